//! Taking a batch back: what a paste, a fill, an import or any other block of edits changed is put
//! back as it was, as one new batch.
//!
//! A batch is taken back by edits that ask for what was there before and name the version that the
//! batch left, so everything that holds for edits holds here: nothing that somebody changed since is
//! overwritten, published scores need a reason, and an undo can be undone.

use std::collections::{HashMap, HashSet};

use gradebook_auth::actions::{EnterScores, SeeHistory};
use gradebook_auth::{Actor, Grant, authorize};
use gradebook_domain::{AssessmentId, BatchId, CourseId, Score, UserId};
use gradebook_persistence::change_log::{ChangeKind, Stamp, Way};
use gradebook_persistence::query::access;
use gradebook_persistence::query::batches::{self, BatchCell};
use gradebook_persistence::query::changes::{self, ChangeFilter, ChangeGroup, Scope};
use gradebook_persistence::query::courses::{self, Course, Which};
use gradebook_persistence::repo::scores::{self, How, ScoreWrite, StoredScore};
use gradebook_persistence::{DatabaseFailure, DbError, Read, Tx};

use super::judge::{CellRefusal, Judgement, RefusalCode, judge};
use super::{Facts, ScoreEdit, facts, facts_as_they_are, grants};
use crate::App;
use crate::error::ReadError;
use crate::reason::{self, InvalidReason};

/// A cell that is as it was before the batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellRestored {
    /// Assessment.
    pub assessment: AssessmentId,
    /// Student.
    pub student: UserId,
    /// The score that was put back.
    pub score: Score,
    /// The remark that stands there now.
    pub comment: Option<String>,
    /// Its version now.
    pub version: i64,
}

/// Why a cell was left as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhySkipped {
    /// Somebody changed it after the batch.
    ChangedSince,
    /// It is as it was before the batch already.
    Unchanged,
    /// It may not be changed.
    Refused(CellRefusal),
}

/// A cell that was left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellSkipped {
    /// Assessment.
    pub assessment: AssessmentId,
    /// Student.
    pub student: UserId,
    /// What would have been put back.
    pub before: Score,
    /// Why it was not.
    pub why: WhySkipped,
    /// What is stored; `None` when the cell is gone.
    pub current: Option<StoredScore>,
}

/// What became of the cells of a batch that was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoReport {
    /// The batch that was taken back.
    pub undone: BatchId,
    /// The batch of the undo itself, by which it can be undone; `None` when nothing was written.
    pub batch: Option<BatchId>,
    /// Cells that are as they were before the batch.
    pub restored: Vec<CellRestored>,
    /// Cells that were left as they are.
    pub skipped: Vec<CellSkipped>,
    /// Titles of the assessments.
    pub titles: HashMap<AssessmentId, String>,
    /// Names of the students of skipped cells and of those who changed them last.
    pub names: HashMap<UserId, String>,
}

/// Why a batch was not taken back.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// There is no such batch with scores that the actor may change.
    #[error("not found")]
    NotFound,
    /// Students have seen some of the scores, and nobody said why they change.
    #[error(
        "{cells} of the scores are published: putting them back needs a reason; nothing was changed"
    )]
    ReasonRequired {
        /// Cells that go back only with a reason.
        cells: usize,
    },
    /// The reason cannot be kept.
    #[error(transparent)]
    Reason(#[from] InvalidReason),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl DatabaseFailure for UndoError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            Self::NotFound | Self::ReasonRequired { .. } | Self::Reason(_) => None,
        }
    }
}

/// A batch with what an undo of it would do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchView {
    /// What the batch changed, in the courses that the actor keeps.
    pub group: ChangeGroup,
    /// The courses of its assessments.
    pub courses: HashMap<CourseId, Course>,
    /// What an undo without a reason would do now.
    pub undo: UndoReport,
}

impl BatchView {
    /// Cells that an undo would put back if it was given a reason.
    #[must_use]
    pub fn needing_reason(&self) -> usize {
        self.undo.needing_reason()
    }

    /// Cells that an undo would put back, with a reason where one is needed.
    #[must_use]
    pub fn restorable(&self) -> usize {
        self.undo.restored.len() + self.needing_reason()
    }
}

impl UndoReport {
    /// Cells that an undo with a reason would put back.
    #[must_use]
    pub fn needing_reason(&self) -> usize {
        let skipped = self.skipped.iter();
        skipped.filter(|cell| cell.needs_reason()).count()
    }

    /// Cells that are not as they were before the batch.
    #[must_use]
    pub fn left(&self) -> usize {
        let as_before = |cell: &&CellSkipped| cell.why == WhySkipped::Unchanged;
        self.skipped.len() - self.skipped.iter().filter(as_before).count()
    }

    /// Whether nothing of the batch is left that another undo could put back: every cell is as it was
    /// before it, or somebody changed it since. A batch of which nothing is as it was before, because
    /// all of it was changed since, was not taken back.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let as_before = |cell: &CellSkipped| cell.why == WhySkipped::Unchanged;
        let refused = |cell: &CellSkipped| matches!(cell.why, WhySkipped::Refused(_));
        let any = !self.restored.is_empty() || self.skipped.iter().any(as_before);
        any && !self.skipped.iter().any(refused)
    }
}

impl CellSkipped {
    /// Whether only a reason is missing.
    #[must_use]
    pub fn needs_reason(&self) -> bool {
        matches!(self.why, WhySkipped::Refused(refusal) if refusal.code == RefusalCode::ReasonRequired)
    }
}

impl App {
    /// A batch of scores in the courses that the actor keeps, and what an undo of it would do now.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] for a batch without scores that the actor may change.
    pub async fn batch(&self, actor: &Actor, batch: BatchId) -> Result<BatchView, ReadError> {
        let db = &self.db;
        let (granted, cells) = cells_of(db, actor, batch).await?;
        if cells.is_empty() {
            return Err(ReadError::NotFound);
        }
        let facts = facts_as_they_are(db, actor, &places(&cells)).await?;
        let plan = plan(&cells, &facts, &granted, actor, None);
        let histories: Vec<_> = facts
            .access
            .values()
            .filter_map(|course| authorize::<SeeHistory>(actor, *course).ok())
            .collect();
        let filter = ChangeFilter {
            batch: Some(batch),
            kind: Some(ChangeKind::Score),
            ..ChangeFilter::default()
        };
        let scope = Scope::Courses(&histories);
        let mut groups = changes::groups(db, scope, &filter, None, 1).await?;
        let group = groups.pop().ok_or(ReadError::NotFound)?;
        let about: HashSet<CourseId> = group.assessments.iter().filter_map(|a| a.course).collect();
        let which = Which::Ids(about.into_iter().collect());
        let found = courses::list(db, &which, CourseId(0), u64::from(u16::MAX)).await?;
        Ok(BatchView {
            group,
            courses: found.into_iter().map(|one| (one.id, one)).collect(),
            undo: report(db, batch, &facts, &plan).await?,
        })
    }

    /// Puts back what a batch changed in the courses that the actor keeps: status, value and remark.
    /// Cells that were changed since, and cells that may not be changed, stay and are listed. If a reason
    /// is needed for some, nothing goes back without one.
    ///
    /// # Errors
    /// [`UndoError`]; nothing is changed then.
    pub async fn undo_batch(
        &self,
        actor: &Actor,
        batch: BatchId,
        reason: Option<&str>,
    ) -> Result<UndoReport, UndoError> {
        let stamp = Stamp {
            at: self.clock.now_ms(),
            actor,
            batch: Some(self.new_batch()),
            reason: reason::given(reason)?,
        };
        self.db
            .write(async |tx| undo(tx, &stamp, batch).await)
            .await
    }
}

/// Takes a batch back in a transaction that may do more; the stamp carries the batch of the undo.
pub(crate) async fn undo(
    tx: &Tx,
    stamp: &Stamp<'_>,
    batch: BatchId,
) -> Result<UndoReport, UndoError> {
    let actor = stamp.actor;
    let (facts, grants, cells) = batch_facts(tx, actor, batch).await?;
    let plan = plan(&cells, &facts, &grants, actor, stamp.reason);
    let report = report(tx, batch, &facts, &plan).await?;
    // All of it at once, or whoever asked would be left with a part.
    let cells = report.needing_reason();
    if cells > 0 {
        return Err(UndoError::ReasonRequired { cells });
    }
    if plan.writes.is_empty() {
        return Ok(report);
    }
    let how = How {
        way: Some(Way::Undo),
        undoes: Some(batch),
        ..How::default()
    };
    let grants: Vec<_> = grants.into_values().collect();
    scores::put_as(tx, &grants, stamp, how, plan.writes).await?;
    Ok(UndoReport {
        batch: stamp.batch,
        ..report
    })
}

type Grants = HashMap<CourseId, Grant<EnterScores>>;

/// The cells of a batch that the actor may know of, locked, with all that judging them needs.
async fn batch_facts(
    tx: &Tx,
    actor: &Actor,
    batch: BatchId,
) -> Result<(Facts, Grants, Vec<BatchCell>), UndoError> {
    let (_, cells) = cells_of(tx, actor, batch).await?;
    if cells.is_empty() {
        return Err(UndoError::NotFound);
    }
    let facts = facts(tx, actor, &places(&cells)).await?;
    let grants = grants(actor, &facts.access);
    Ok((facts, grants, cells))
}

/// The cells that a batch changed in courses that the actor keeps, and the grants for these.
async fn cells_of(
    db: &impl Read,
    actor: &Actor,
    batch: BatchId,
) -> Result<(Grants, Vec<BatchCell>), DbError> {
    let touched = batches::courses_of(db, batch).await?;
    let granted = grants(actor, &access::courses(db, actor, &touched).await?);
    let allowed: Vec<_> = granted.values().collect();
    let cells = batches::cells_of(db, &allowed, batch).await?;
    Ok((granted, cells))
}

fn places(cells: &[BatchCell]) -> HashSet<(AssessmentId, UserId)> {
    cells
        .iter()
        .map(|cell| (cell.assessment, cell.student))
        .collect()
}

struct Plan {
    writes: Vec<ScoreWrite>,
    skipped: Vec<CellSkipped>,
}

fn plan(
    cells: &[BatchCell],
    facts: &Facts,
    grants: &Grants,
    actor: &Actor,
    reason: Option<&str>,
) -> Plan {
    let mut plan = Plan {
        writes: Vec::new(),
        skipped: Vec::new(),
    };
    for cell in cells {
        let current = facts.stored.get(&(cell.assessment, cell.student));
        let why = if is_as_before(cell, current) {
            WhySkipped::Unchanged
        } else if current.is_some_and(|current| current.version != cell.version) {
            WhySkipped::ChangedSince
        } else {
            let edit = ScoreEdit {
                assessment: cell.assessment,
                student: cell.student,
                version: cell.version,
                score: Some(Ok(cell.before)),
                comment: cell.comment_before.clone(),
            };
            match judge(&edit, facts, grants, actor, reason) {
                Judgement::Write(write) => {
                    plan.writes.push(*write);
                    continue;
                }
                Judgement::Reject(refusal) => WhySkipped::Refused(refusal),
                Judgement::AsAsked(_) => WhySkipped::Unchanged,
                Judgement::Conflict(_) => WhySkipped::ChangedSince,
            }
        };
        plan.skipped.push(CellSkipped {
            assessment: cell.assessment,
            student: cell.student,
            before: cell.before,
            why,
            current: current.cloned(),
        });
    }
    plan
}

/// Whether a cell has the score and remark already that the batch replaced.
fn is_as_before(cell: &BatchCell, current: Option<&StoredScore>) -> bool {
    let comment = current.and_then(|current| current.comment.as_deref());
    let comment_before = cell.comment_before.as_deref();
    current.map_or(Score::Blank, |current| current.score) == cell.before
        && comment_before.is_none_or(|before| before == comment.unwrap_or_default())
}

async fn report(
    db: &impl Read,
    undone: BatchId,
    facts: &Facts,
    plan: &Plan,
) -> Result<UndoReport, DbError> {
    let people = plan.skipped.iter().flat_map(|cell| {
        let author = cell.current.as_ref().and_then(|current| current.updated_by);
        std::iter::once(cell.student).chain(author)
    });
    let restored = plan.writes.iter().map(|write| CellRestored {
        assessment: write.assessment,
        student: write.student,
        score: write.score,
        comment: write.comment.clone(),
        version: write.version(),
    });
    let titles = facts
        .assessments
        .iter()
        .map(|(id, assessment)| (*id, assessment.title.clone()));
    Ok(UndoReport {
        undone,
        batch: None,
        restored: restored.collect(),
        skipped: plan.skipped.clone(),
        titles: titles.collect(),
        names: courses::names_of(db, people).await?,
    })
}
