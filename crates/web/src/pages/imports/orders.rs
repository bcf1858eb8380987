//! What the form of an import of scores asks for.

use gradebook_app::imports::{ImportChoices, ImportError, ImportOrder, ImportScores};
use gradebook_domain::{CourseId, TermId};

use crate::access::SignedIn;
use crate::api::imports::{course_order, exam_order};
use crate::upload::Upload;

/// What stands for an exam that is not in the list.
const NEW: &str = "new";

pub(super) async fn order(
    visitor: &SignedIn,
    course: Option<CourseId>,
    upload: &Upload,
) -> Result<ImportOrder, ImportError> {
    let refused = |code: &'static str| ImportError::Order {
        code,
        detail: String::new(),
    };
    if upload.file.is_empty() {
        return Err(refused("missing_file"));
    }
    match course {
        Some(course) => course_order(upload, course).map_err(|_| refused("invalid_exam")),
        None => {
            let choices = visitor.app.import_choices(&visitor.actor).await?;
            match upload.field("exam_id").filter(|id| *id != NEW) {
                Some(id) => known_exam(upload, &choices, id).ok_or(refused("invalid_exam")),
                None => new_exam(visitor, upload, &choices).await,
            }
        }
    }
}

/// An order for an exam of the list.
fn known_exam(upload: &Upload, choices: &ImportChoices, id: &str) -> Option<ImportOrder> {
    let id: i64 = id.parse().ok()?;
    let exam = choices.exams.iter().find(|exam| exam.id.0 == id)?;
    let term = choices.terms.iter().find(|term| term.id == exam.term)?;
    Some(ImportOrder::Exam(ImportScores {
        file_name: upload.file_name.clone(),
        school_year: term.school_year.clone(),
        term: term.name.clone(),
        exam: exam.name.clone(),
        kind: ImportScores::kind_of(&exam.kind)?,
        create_missing: upload.flag("create_missing").ok()?,
        publish: upload.flag("publish").ok()?,
        dry_run: false,
        reason: upload.field("reason").map(str::to_owned),
        held_on: None,
        ignore_columns: Vec::new(),
    }))
}

/// An order for an exam by its name.
async fn new_exam(
    visitor: &SignedIn,
    upload: &Upload,
    choices: &ImportChoices,
) -> Result<ImportOrder, ImportError> {
    let refused = |code| ImportError::Order {
        code,
        detail: String::new(),
    };
    let order = exam_order(visitor, upload).await;
    let order = order.unwrap_or_else(|_| Err(refused("invalid_exam")))?;
    let term = upload.id("term_id").unwrap_or(None).map(TermId);
    let name = upload.field("exam_name").unwrap_or_default();
    match term.and_then(|term| choices.nearly(term, name)) {
        Some(_) => Err(refused("similar_exam")),
        None => Ok(order),
    }
}
