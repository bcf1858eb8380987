//! How a score changes that may no longer simply be entered, and how students ask for a review.
//!
//! `make` proposes and asks; `settle` answers, approves, rejects and takes back; `read` lists. Every
//! write locks the assessment, then the cell, then the amendment: the order of all writers.

mod make;
mod read;
mod settle;

use std::collections::HashSet;

use gradebook_auth::actions::CourseAccess;
use gradebook_auth::{Actor, Denied};
use gradebook_domain::{AmendmentId, AssessmentId, AssessmentState, InvalidStep, Score, UserId};
use gradebook_persistence::query::gradebook::Assessment;
use gradebook_persistence::query::{access, courses};
use gradebook_persistence::repo::amendments::Proposal;
use gradebook_persistence::repo::assessments;
use gradebook_persistence::repo::scores::{self, StoredScore};
use gradebook_persistence::{DatabaseFailure, DbError, Tx};

pub use make::MakeAmendment;
pub use read::{AmendmentSteps, AmendmentView, MyRequest, MyReviews, Reviews};
pub use settle::{AnswerReview, ApproveAmendment};

use crate::reason::InvalidReason;
use crate::scores::{CellConflict, CellRefusal, ScoreEdit, accepted};

/// A score that somebody wants a cell to have, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct WantedScore {
    /// The status and value, or what is wrong with what was typed; `None` leaves it.
    pub score: Option<Result<Score, CellRefusal>>,
    /// The remark, empty to remove it; `None` leaves it.
    pub comment: Option<String>,
}

/// Why an amendment was not made, answered or decided. Nothing is changed then.
#[derive(Debug, thiserror::Error)]
pub enum AmendmentError {
    /// No such amendment or cell, or the actor may not know of it.
    #[error("not found")]
    NotFound,
    /// The actor may know of it but not do this.
    #[error("not allowed")]
    Forbidden,
    /// Why is asked for.
    #[error("a reason is needed")]
    ReasonRequired,
    /// What is said with a decision is asked for.
    #[error("a note is needed")]
    NoteRequired,
    /// The reason or note cannot be kept.
    #[error(transparent)]
    Text(#[from] InvalidReason),
    /// A student proposes no score.
    #[error("only teachers propose a score")]
    NoProposal,
    /// There is no score to give.
    #[error("a score is needed")]
    ProposalRequired,
    /// The cell cannot have this score.
    #[error("the cell cannot have this score")]
    Refused(CellRefusal),
    /// The cell has this score already.
    #[error("the score would stay as it is")]
    Unchanged,
    /// The score can simply be entered.
    #[error("this score can be entered without an amendment")]
    NotLocked,
    /// One is open already for this cell.
    #[error("one is open for this score already")]
    AlreadyOpen(AmendmentId),
    /// The student has as many open requests as anybody may.
    #[error("at most {MOST_OPEN} requests may be open")]
    TooManyOpen,
    /// The student asked about this score as often as anybody may while it stays the same.
    #[error("at most {MOST_FOR_A_SCORE} requests may be made about one score")]
    AskedOften,
    /// The student asked as often as anybody may within a day.
    #[error("at most {MOST_A_DAY} requests may be made within a day")]
    TooManyToday,
    /// The student cannot see the score now, so their request waits.
    #[error("the assessment is taken back; the request waits until it is published again")]
    NotPublished,
    /// It is settled, or takes no such step.
    #[error(transparent)]
    InvalidStep(#[from] InvalidStep),
    /// The cell was changed since.
    #[error("the score was changed since")]
    Conflict(Box<CellConflict>),
    /// The same for a student, who is told the score but neither who changed it nor when.
    #[error("the score was changed since")]
    Changed(Score),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

/// Requests that one student may have open at a time: more than an exam has subjects.
pub(crate) const MOST_OPEN: u64 = 10;
/// Requests of one student about one score while it stays the same: some are taken back in error.
pub(crate) const MOST_FOR_A_SCORE: u64 = 3;
/// Requests of one student within [`DAY_MS`]: those of a whole exam, twice.
pub(crate) const MOST_A_DAY: u64 = 20;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl DatabaseFailure for AmendmentError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Denied> for AmendmentError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Hidden => Self::NotFound,
            Denied::Visible => Self::Forbidden,
        }
    }
}

/// A cell with all that decides what may become of it, locked against other writers.
struct Ground {
    assessment: Assessment,
    student: UserId,
    access: CourseAccess,
    stored: Option<StoredScore>,
    /// Whether the student belongs to the class.
    enrolled: bool,
}

impl Ground {
    /// Locks the assessment and the cell, and reads how the actor stands to the course.
    async fn lock(
        tx: &Tx,
        actor: &Actor,
        (assessment, student): (AssessmentId, UserId),
    ) -> Result<Option<Self>, DbError> {
        let found = assessments::lock(tx, &HashSet::from([assessment]))
            .await?
            .remove(&assessment);
        let Some(found) = found else {
            return Ok(None);
        };
        let cell = (assessment, student);
        let stored = scores::lock(tx, &HashSet::from([cell]))
            .await?
            .remove(&cell);
        let Some(access) = access::course(tx, actor, found.course).await? else {
            return Ok(None);
        };
        let course = HashSet::from([found.course]);
        let members = access::members(tx, &course, &HashSet::from([student])).await?;
        Ok(Some(Self {
            assessment: found,
            student,
            access,
            stored,
            enrolled: !members.is_empty(),
        }))
    }

    /// Whether the score cannot simply be entered.
    fn frozen(&self) -> bool {
        self.assessment.state == AssessmentState::Locked || !self.access.term_open
    }

    /// What a student's request is settled with is told to the student, so while they cannot see the
    /// assessment it waits: publishing settles it with the score that they then see.
    fn seen_by_student(&self) -> Result<(), AmendmentError> {
        if self.assessment.state.visible_to_students() {
            Ok(())
        } else {
            Err(AmendmentError::NotPublished)
        }
    }

    fn score(&self) -> Score {
        self.stored.as_ref().map_or(Score::Blank, |one| one.score)
    }

    fn version(&self) -> i64 {
        self.stored.as_ref().map_or(0, |one| one.version)
    }

    /// What was typed, if the cell may have it and does not have it already.
    fn proposal(&self, wanted: WantedScore) -> Result<Proposal, AmendmentError> {
        let comment = wanted.comment.clone();
        let (score, _) = self.outcome(wanted)?;
        Ok(Proposal { score, comment })
    }

    /// The score and the remark that the cell gets, by the rules for any entry.
    fn outcome(&self, wanted: WantedScore) -> Result<(Score, Option<String>), AmendmentError> {
        if wanted.score.is_none() && wanted.comment.is_none() {
            return Err(AmendmentError::ProposalRequired);
        }
        let edit = ScoreEdit {
            assessment: self.assessment.id,
            student: self.student,
            version: self.version(),
            score: wanted.score,
            comment: wanted.comment,
        };
        let stored = self.stored.as_ref();
        let (score, comment) =
            accepted(&self.assessment, &edit, stored).map_err(AmendmentError::Refused)?;
        let remark = stored.and_then(|one| one.comment.as_deref());
        if score == self.score() && comment.as_deref() == remark {
            return Err(AmendmentError::Unchanged);
        }
        Ok((score, comment))
    }

    /// Refuses a cell that is not as it was at `version`, with what it is now.
    async fn expect(&self, tx: &Tx, version: i64) -> Result<(), AmendmentError> {
        if self.version() == version {
            return Ok(());
        }
        let author = self.stored.as_ref().and_then(|one| one.updated_by);
        let names = courses::names_of(tx, author).await?;
        Err(AmendmentError::Conflict(Box::new(CellConflict {
            assessment: self.assessment.id,
            student: self.student,
            current: self.stored.clone(),
            author: author.and_then(|author| names.get(&author).cloned()),
        })))
    }
}
