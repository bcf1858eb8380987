//! What happened, in words.

use gradebook_app::AccountEvent;
use gradebook_app::read::ChangeKind;

use super::role_name;
use crate::i18n::{DateText, T};
use crate::pages::words::{class_name, subject_name};

/// A change of an account as a line of its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pages) struct LogLine {
    pub(in crate::pages) what: String,
    /// What it was and what it became.
    pub(in crate::pages) detail: Option<String>,
    /// The course it is about: its page and its name.
    pub(in crate::pages) course: Option<(String, String)>,
    pub(in crate::pages) who: String,
    pub(in crate::pages) through: Option<String>,
    pub(in crate::pages) at: DateText,
}

/// A line of the log. Only kinds whose detail is known to be fit for a page show it.
pub(super) fn log_line(t: T, event: AccountEvent) -> LogLine {
    let change = event.change;
    let by_person = change.actor.is_some();
    let detail = match change.kind {
        Some(ChangeKind::RoleChanged) => change.detail.as_deref().map(|detail| roles(t, detail)),
        Some(
            ChangeKind::UserChanged
            | ChangeKind::UsernameChanged
            | ChangeKind::StudentNumberChanged,
        ) => change.detail.map(|detail| detail.replace("->", "→")),
        _ => None,
    };
    LogLine {
        what: change
            .kind
            .map_or_else(|| t.get("change-unknown"), |kind| t.get(words(kind))),
        detail,
        course: event.course.map(|course| {
            let name = format!(
                "{} · {}",
                subject_name(t, &course.subject),
                class_name(&course.class)
            );
            (format!("/courses/{}", course.id), name)
        }),
        who: change
            .actor
            .map_or_else(|| t.get("change-by-operator"), |(_, name)| name),
        through: source(&change.source)
            .filter(|_| by_person || change.source == "import")
            .map(|key| t.get(key)),
        at: t.instant(change.at),
    }
}

/// `teacher -> admin` in the visitor's words.
fn roles(t: T, detail: &str) -> String {
    detail
        .split(" -> ")
        .map(|role| {
            role.parse()
                .map_or_else(|_| role.to_owned(), |role| role_name(t, role))
        })
        .collect::<Vec<_>>()
        .join(" → ")
}

/// By which way, as a key, where it is worth a word.
pub(in crate::pages) fn source(source: &str) -> Option<&'static str> {
    match source {
        "api" => Some("change-through-api"),
        "cli" => Some("change-through-cli"),
        "import" => Some("change-through-import"),
        _ => None,
    }
}

/// The text of every kind of change.
pub(in crate::pages) fn words(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Score => "change-score",
        ChangeKind::AssessmentCreated => "change-assessment-created",
        ChangeKind::AssessmentPublished => "change-assessment-published",
        ChangeKind::AssessmentUnpublished => "change-assessment-unpublished",
        ChangeKind::AssessmentLocked => "change-assessment-locked",
        ChangeKind::AssessmentUnlocked => "change-assessment-unlocked",
        ChangeKind::AssessmentChanged => "change-assessment-changed",
        ChangeKind::AssessmentDeleted => "change-assessment-deleted",
        ChangeKind::CategoryCreated => "change-category-created",
        ChangeKind::CategoryChanged => "change-category-changed",
        ChangeKind::CategoryDeleted => "change-category-deleted",
        ChangeKind::CoursePolicyChanged => "change-course-policy-changed",
        ChangeKind::AmendmentProposed => "change-amendment-proposed",
        ChangeKind::ReviewRequested => "change-review-requested",
        ChangeKind::ReviewAnswered => "change-review-answered",
        ChangeKind::ReviewCorrected => "change-review-corrected",
        ChangeKind::ReviewUpheld => "change-review-upheld",
        ChangeKind::AmendmentApproved => "change-amendment-approved",
        ChangeKind::AmendmentRejected => "change-amendment-rejected",
        ChangeKind::AmendmentWithdrawn => "change-amendment-withdrawn",
        ChangeKind::ExamCreated => "change-exam-created",
        ChangeKind::ExamLinesChanged => "change-exam-lines",
        ChangeKind::ExamSettingsChanged => "change-exam-settings",
        ChangeKind::ExamChanged => "change-exam-changed",
        ChangeKind::ExamCourseRemoved => "change-exam-course-removed",
        ChangeKind::SchoolChanged => "change-school-changed",
        ChangeKind::TermCreated => "change-term-created",
        ChangeKind::TermChanged => "change-term-changed",
        ChangeKind::TermClosed => "change-term-closed",
        ChangeKind::TermReopened => "change-term-reopened",
        ChangeKind::SubjectCreated => "change-subject-created",
        ChangeKind::SubjectChanged => "change-subject-changed",
        ChangeKind::ImportUploaded => "change-import-uploaded",
        ChangeKind::ImportChanged => "change-import-changed",
        ChangeKind::ImportCancelled => "change-import-cancelled",
        ChangeKind::Imported => "change-imported",
        ChangeKind::ClassCreated => "change-class-created",
        ChangeKind::ClassChanged => "change-class-changed",
        ChangeKind::Enrolled => "change-enrolled",
        ChangeKind::EnrolmentEnded => "change-enrolment-ended",
        ChangeKind::EnrolmentChanged => "change-enrolment-changed",
        ChangeKind::CourseCreated => "change-course-created",
        ChangeKind::TeacherAssigned => "change-teacher-assigned",
        ChangeKind::TeacherRemoved => "change-teacher-removed",
        ChangeKind::UserCreated => "change-user-created",
        ChangeKind::UserChanged => "change-user-changed",
        ChangeKind::UsernameChanged => "change-username-changed",
        ChangeKind::StudentNumberChanged => "change-student-number-changed",
        ChangeKind::RoleChanged => "change-role-changed",
        ChangeKind::UserEnabled => "change-user-enabled",
        ChangeKind::UserDisabled => "change-user-disabled",
        ChangeKind::PasswordReset => "change-password-reset",
        ChangeKind::PasswordChanged => "change-password-changed",
        ChangeKind::LanguageChosen => "change-language-chosen",
        ChangeKind::TotpEnabled => "change-totp-enabled",
        ChangeKind::TotpDisabled => "change-totp-disabled",
        ChangeKind::TotpReset => "change-totp-reset",
        ChangeKind::RecoveryCodesMade => "change-recovery-codes-made",
        ChangeKind::RecoveryCodeUsed => "change-recovery-code-used",
        ChangeKind::SessionEnded => "change-session-ended",
        ChangeKind::RefreshReused => "change-refresh-reused",
        ChangeKind::SigningKeyAdded => "change-signing-key-added",
        ChangeKind::SigningKeyRetired => "change-signing-key-retired",
        ChangeKind::SigningKeyWithdrawn => "change-signing-key-withdrawn",
    }
}
