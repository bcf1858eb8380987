//! The append-only record of every change: written with each change, read by the tail and by
//! histories.

mod difference;
mod mark;
mod reading;
mod way;

use gradebook_auth::Actor;
use gradebook_domain::{AmendmentId, AssessmentId, BatchId, CourseId, Score, SessionId, UserId};
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::db::Tx;
use crate::entity::change;
use crate::error::DbError;
use crate::repo::CHUNK;

pub(crate) use difference::difference;
pub use mark::{Mark, mark};
pub use reading::{Change, ids_after, newest_until, revocations_since, rows};
pub use way::Way;

macro_rules! change_kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal),+ $(,)?) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ChangeKind {
            $($(#[$doc])* $kind,)+
        }

        impl ChangeKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The stored name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $name,)+ }
            }

            /// The kind with this name.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($name => Some(Self::$kind),)+ _ => None }
            }
        }
    };
}

change_kinds! {
    /// A score was entered, changed or cleared.
    Score = "score",
    /// An assessment was created.
    AssessmentCreated = "assessment_created",
    /// An assessment became visible to students.
    AssessmentPublished = "assessment_published",
    /// An assessment was taken back from students.
    AssessmentUnpublished = "assessment_unpublished",
    /// An assessment was locked.
    AssessmentLocked = "assessment_locked",
    /// An assessment was unlocked.
    AssessmentUnlocked = "assessment_unlocked",
    /// An assessment was given another title, maximum, weight, category or date; `detail` has both
    /// sides.
    AssessmentChanged = "assessment_changed",
    /// An assessment was deleted, with what was entered.
    AssessmentDeleted = "assessment_deleted",
    /// A category was created.
    CategoryCreated = "category_created",
    /// A category was given another name, weight, aggregation, drops or place; `detail` has both sides.
    CategoryChanged = "category_changed",
    /// A category was deleted.
    CategoryDeleted = "category_deleted",
    /// A course counts absences otherwise, gives other letters or shows other figures; `detail` has
    /// both sides.
    CoursePolicyChanged = "course_policy_changed",
    /// A teacher proposed another score where none can be entered any more.
    AmendmentProposed = "amendment_proposed",
    /// A student asked to have a score looked at again.
    ReviewRequested = "review_requested",
    /// A teacher told what came of looking again.
    ReviewAnswered = "review_answered",
    /// A score that was to be looked at again was changed.
    ReviewCorrected = "review_corrected",
    /// A score was looked at again and stays.
    ReviewUpheld = "review_upheld",
    /// An admin approved an amendment.
    AmendmentApproved = "amendment_approved",
    /// An admin rejected an amendment.
    AmendmentRejected = "amendment_rejected",
    /// An amendment was taken back by whoever made it.
    AmendmentWithdrawn = "amendment_withdrawn",
    /// An exam was created.
    ExamCreated = "exam_created",
    /// A line of an exam's analysis was set, changed or put back to the usual one.
    ExamLinesChanged = "exam_lines_changed",
    /// The composite's weights of an exam, or what follows a tie, changed.
    ExamSettingsChanged = "exam_settings_changed",
    /// An exam was given another name, kind or day.
    ExamChanged = "exam_changed",
    /// A course does not take part in an exam any more; its empty draft is gone.
    ExamCourseRemoved = "exam_course_removed",
    /// The school was given another name or language; `detail` has both sides.
    SchoolChanged = "school_changed",
    /// A term was created.
    TermCreated = "term_created",
    /// A term was given another name, other dates or another weight.
    TermChanged = "term_changed",
    /// A term was closed: what was published in it is locked.
    TermClosed = "term_closed",
    /// A closed term was opened again.
    TermReopened = "term_reopened",
    /// A subject was created.
    SubjectCreated = "subject_created",
    /// A subject was given another code, name or place.
    SubjectChanged = "subject_changed",
    /// A class was created.
    ClassCreated = "class_created",
    /// A class was given another name.
    ClassChanged = "class_changed",
    /// A student joined a class.
    Enrolled = "enrolled",
    /// A student left a class.
    EnrolmentEnded = "enrolment_ended",
    /// The days of a student in a class were put right.
    EnrolmentChanged = "enrolment_changed",
    /// A course was created.
    CourseCreated = "course_created",
    /// A teacher was given a course.
    TeacherAssigned = "teacher_assigned",
    /// A course was taken from a teacher.
    TeacherRemoved = "teacher_removed",
    /// An account was created.
    UserCreated = "user_created",
    /// An account was given another name or language.
    UserChanged = "user_changed",
    /// An account was given another username; its tokens still hold. `detail` has both.
    UsernameChanged = "username_changed",
    /// A student was given another number; `detail` has both.
    StudentNumberChanged = "student_number_changed",
    /// An account was given another role; its tokens are void.
    RoleChanged = "role_changed",
    /// A user chose the language of their pages.
    LanguageChosen = "language_chosen",
    /// An account was enabled.
    UserEnabled = "user_enabled",
    /// An account was disabled; its tokens are void.
    UserDisabled = "user_disabled",
    /// An account was given a new initial password; its tokens are void.
    PasswordReset = "password_reset",
    /// A user changed their own password; their other tokens are void.
    PasswordChanged = "password_changed",
    /// A user signs in with codes of an authenticator app from now on.
    TotpEnabled = "totp_enabled",
    /// A user signs in without codes from now on.
    TotpDisabled = "totp_disabled",
    /// An account's second factor was taken away by an admin; its tokens are void.
    TotpReset = "totp_reset",
    /// A user was given recovery codes; earlier ones are void.
    RecoveryCodesMade = "recovery_codes_made",
    /// A recovery code was used to sign in.
    RecoveryCodeUsed = "recovery_code_used",
    /// A session was ended; its tokens are void.
    SessionEnded = "session_ended",
    /// A spent refresh token came back, so its session was ended.
    RefreshReused = "refresh_reused",
    /// A file to import was sent; `detail` is its name.
    ImportUploaded = "import_uploaded",
    /// What was asked for of a file that waits was changed; `detail` is its name.
    ImportChanged = "import_changed",
    /// A file that waited was taken back before it was imported; `detail` is its name.
    ImportCancelled = "import_cancelled",
    /// A file was imported; `detail` is its name.
    Imported = "imported",
    /// A key that is to sign access tokens was added; `detail` is its id.
    SigningKeyAdded = "signing_key_added",
    /// A key stops signing; its tokens are good until they expire.
    SigningKeyRetired = "signing_key_retired",
    /// A key was removed before its time; its tokens are void.
    SigningKeyWithdrawn = "signing_key_withdrawn",
}

impl ChangeKind {
    /// The kinds that make access tokens void.
    pub const REVOKING: [Self; 7] = [
        Self::RoleChanged,
        Self::UserDisabled,
        Self::PasswordReset,
        Self::PasswordChanged,
        Self::TotpReset,
        Self::SessionEnded,
        Self::RefreshReused,
    ];
}

/// Who changes something, when, and as part of what.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    /// Unix milliseconds.
    pub at: i64,
    /// Who.
    pub actor: &'a Actor,
    /// The paste, fill or import that the change belongs to.
    pub batch: Option<BatchId>,
    /// Why, where a reason is asked for.
    pub reason: Option<&'a str>,
}

/// One row to append. Fields that mean nothing for its kind stay `None`.
#[derive(Debug, Clone, Default)]
pub struct NewChange {
    /// What happened; `None` is never appended.
    pub kind: Option<ChangeKind>,
    /// The course it happened in.
    pub course: Option<CourseId>,
    /// The assessment it is about.
    pub assessment: Option<AssessmentId>,
    /// The student it is about.
    pub student: Option<UserId>,
    /// The account it is about.
    pub user: Option<UserId>,
    /// The session it is about.
    pub session: Option<SessionId>,
    /// The score before.
    pub before: Option<Score>,
    /// The score after.
    pub after: Option<Score>,
    /// The version after: of the score, or of the account's tokens.
    pub version: Option<i64>,
    /// Anything else worth keeping, as JSON or a name.
    pub detail: Option<String>,
    /// The remark before, empty for none, where it changed.
    pub comment_before: Option<String>,
    /// How it was entered.
    pub way: Option<Way>,
    /// The batch that it takes back.
    pub undoes: Option<BatchId>,
    /// The amendment that it is about, or was made by.
    pub amendment: Option<AmendmentId>,
}

impl NewChange {
    /// A row of this kind with nothing else filled in.
    #[must_use]
    pub fn of(kind: ChangeKind) -> Self {
        Self {
            kind: Some(kind),
            ..Self::default()
        }
    }
}

/// Appends rows in the caller's transaction.
pub(crate) async fn append(
    tx: &Tx,
    stamp: &Stamp<'_>,
    changes: impl IntoIterator<Item = NewChange>,
) -> Result<(), DbError> {
    let rows: Vec<change::ActiveModel> = changes
        .into_iter()
        .filter_map(|change| change.kind.map(|kind| row(stamp, kind, change)))
        .collect();
    for chunk in rows.chunks(CHUNK) {
        change::Entity::insert_many(chunk.to_vec())
            .exec_without_returning(tx.raw())
            .await?;
    }
    Ok(())
}

fn row(stamp: &Stamp<'_>, kind: ChangeKind, change: NewChange) -> change::ActiveModel {
    let status = |score: Option<Score>| score.map(|score| score.status().as_str().to_owned());
    let value = |score: Option<Score>| {
        score
            .and_then(Score::value)
            .map(gradebook_domain::Points::ten_thousandths)
    };
    change::ActiveModel {
        at: Set(stamp.at),
        actor_id: Set(stamp.actor.user_id().map(|user| user.0)),
        kind: Set(kind.as_str().to_owned()),
        course_id: Set(change.course.map(|id| id.0)),
        assessment_id: Set(change.assessment.map(|id| id.0)),
        student_id: Set(change.student.map(|id| id.0)),
        user_id: Set(change.user.map(|id| id.0)),
        session_id: Set(change.session.map(|id| id.0)),
        before_status: Set(status(change.before)),
        before_value: Set(value(change.before)),
        after_status: Set(status(change.after)),
        after_value: Set(value(change.after)),
        version: Set(change.version),
        reason: Set(stamp.reason.map(str::to_owned)),
        source: Set(stamp.actor.via.as_str().to_owned()),
        batch_id: Set(stamp.batch.map(|id| id.0)),
        detail: Set(change.detail),
        comment_before: Set(change.comment_before),
        way: Set(change.way.map(|way| way.as_str().to_owned())),
        undoes: Set(change.undoes.map(|id| id.0)),
        amendment_id: Set(change.amendment.map(|id| id.0)),
        ..Default::default()
    }
}
