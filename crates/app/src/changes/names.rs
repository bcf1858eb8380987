//! What a change that is not of a score is about, by name: it may be gone, or be called otherwise now.

use gradebook_persistence::change_log::ChangeKind;
use gradebook_persistence::query::changes::LoggedChange;
use serde_json::Value;

/// The name that the log has of what was added, changed or removed: of a category, an assessment, a
/// term, a subject, a class, an exam or a file. Details that only a program can read have none.
#[must_use]
pub fn name_in(change: &LoggedChange) -> Option<String> {
    let detail = change.detail.as_deref()?;
    let name = match change.kind? {
        ChangeKind::CategoryCreated
        | ChangeKind::CategoryChanged
        | ChangeKind::CategoryDeleted
        | ChangeKind::AssessmentChanged
        | ChangeKind::AssessmentDeleted => {
            let fields: Value = serde_json::from_str(detail).ok()?;
            fields.get("name")?.as_str()?.to_owned()
        }
        ChangeKind::TermCreated
        | ChangeKind::TermClosed
        | ChangeKind::TermReopened
        | ChangeKind::SubjectCreated
        | ChangeKind::ClassCreated
        | ChangeKind::ExamCreated
        | ChangeKind::ExamCourseRemoved
        | ChangeKind::ImportUploaded
        | ChangeKind::ImportChanged
        | ChangeKind::ImportCancelled
        | ChangeKind::Imported => detail.to_owned(),
        // What it was and what it became.
        ChangeKind::ClassChanged | ChangeKind::ExamChanged => detail.replace(" -> ", " → "),
        // The name, then what became of it.
        ChangeKind::TermChanged | ChangeKind::SubjectChanged => {
            let name = detail.split(';').next();
            name.unwrap_or_default().to_owned()
        }
        _ => return None,
    };
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}
