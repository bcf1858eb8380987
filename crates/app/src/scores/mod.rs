//! Entering scores: each cell is judged alone, those that may be saved are saved together.

mod judge;
mod undo;

use std::collections::{HashMap, HashSet};

use gradebook_auth::actions::{CourseAccess, EnterScores as EnterScoresAction};
use gradebook_auth::{Actor, Grant, Role, authorize};
use gradebook_domain::{AssessmentId, BatchId, CourseId, Score, UserId};
use gradebook_persistence::change_log::{Stamp, Way};
use gradebook_persistence::query::gradebook::{self, Assessment};
use gradebook_persistence::query::{access, courses};
use gradebook_persistence::repo::assessments;
use gradebook_persistence::repo::scores::{self, How, StoredScore};
use gradebook_persistence::{DatabaseFailure, DbError, Read, Tx};

pub use judge::{CellRefusal, RefusalCode};
pub(crate) use judge::{LONGEST_COMMENT, accepted};
pub(crate) use undo::undo;
pub use undo::{BatchView, CellRestored, CellSkipped, UndoError, UndoReport, WhySkipped};

use crate::App;
use crate::reason::{self, InvalidReason};
use judge::{Judgement, judge};

/// One cell that somebody wants to change.
#[derive(Debug, Clone)]
pub struct ScoreEdit {
    /// Assessment.
    pub assessment: AssessmentId,
    /// Student.
    pub student: UserId,
    /// The version that the author saw; 0 for a cell that nobody ever wrote.
    pub version: i64,
    /// The new status and value, or what is wrong with what was typed; `None` leaves it.
    pub score: Option<Result<Score, CellRefusal>>,
    /// The new remark, empty to remove it; `None` leaves it.
    pub comment: Option<String>,
}

/// A block of cells to change.
#[derive(Debug, Clone)]
pub struct EnterScores {
    /// The cells.
    pub edits: Vec<ScoreEdit>,
    /// Why, for cells that are published.
    pub reason: Option<String>,
    /// Save all cells or none.
    pub atomic: bool,
    /// How they came into the cells, for the history.
    pub way: Option<Way>,
}

/// A cell that was saved, or was already as asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellSaved {
    /// Assessment.
    pub assessment: AssessmentId,
    /// Student.
    pub student: UserId,
    /// Its version now.
    pub version: i64,
}

/// A cell that somebody else changed first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellConflict {
    /// Assessment.
    pub assessment: AssessmentId,
    /// Student.
    pub student: UserId,
    /// What is stored; `None` when nobody ever wrote the cell (the edit named a version it never
    /// had).
    pub current: Option<StoredScore>,
    /// The name of who stored it.
    pub author: Option<String>,
}

/// What became of a block of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditReport {
    /// The batch that undo names.
    pub batch: BatchId,
    /// Cells that are as asked for now.
    pub saved: Vec<CellSaved>,
    /// Cells that somebody else changed first.
    pub conflicts: Vec<CellConflict>,
    /// Cells that cannot be as asked for.
    pub rejected: Vec<(AssessmentId, UserId, CellRefusal)>,
}

/// Why a block of cells was not saved.
#[derive(Debug, thiserror::Error)]
pub enum EnterScoresError {
    /// Students enter no scores.
    #[error("not allowed")]
    Forbidden,
    /// More cells than one request may have.
    #[error("at most {MOST_EDITS} cells in one request")]
    TooMany,
    /// The reason is too long to be kept with every cell.
    #[error(transparent)]
    Reason(#[from] InvalidReason),
    /// Asked for all or nothing, and some cells cannot be saved. Nothing was.
    #[error("not all cells can be saved")]
    NotAll(Box<EditReport>),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl DatabaseFailure for EnterScoresError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            Self::Forbidden | Self::TooMany | Self::Reason(_) | Self::NotAll(_) => None,
        }
    }
}

/// The most cells in one request.
const MOST_EDITS: usize = 5_000;

/// What judging cells needs to know, read inside the transaction that saves them.
struct Facts {
    assessments: HashMap<AssessmentId, Assessment>,
    access: HashMap<CourseId, CourseAccess>,
    /// Which students belong to the class of which course.
    members: HashSet<(CourseId, UserId)>,
    stored: HashMap<(AssessmentId, UserId), StoredScore>,
}

impl App {
    /// Saves scores. Nothing is overwritten unseen: a cell whose version is not the one that the
    /// author saw is reported with what is stored now.
    ///
    /// # Errors
    /// [`EnterScoresError`]; nothing is saved then.
    pub async fn enter_scores(
        &self,
        actor: &Actor,
        command: &EnterScores,
    ) -> Result<EditReport, EnterScoresError> {
        if actor.role == Role::Student {
            return Err(EnterScoresError::Forbidden);
        }
        if command.edits.len() > MOST_EDITS {
            return Err(EnterScoresError::TooMany);
        }
        let batch = self.new_batch();
        let reason = reason::given(command.reason.as_deref())?;
        let stamp = Stamp {
            at: self.clock.now_ms(),
            actor,
            batch: Some(batch),
            reason,
        };
        self.db
            .write(async |tx| self.enter_in(tx, actor, command, &stamp, batch).await)
            .await
    }

    async fn enter_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        command: &EnterScores,
        stamp: &Stamp<'_>,
        batch: BatchId,
    ) -> Result<EditReport, EnterScoresError> {
        let cells = command
            .edits
            .iter()
            .map(|edit| (edit.assessment, edit.student))
            .collect();
        let facts = facts(tx, actor, &cells).await?;
        let grants = grants(actor, &facts.access);
        let mut report = EditReport {
            batch,
            saved: Vec::new(),
            conflicts: Vec::new(),
            rejected: Vec::new(),
        };
        let mut writes = Vec::new();
        let mut seen = HashSet::new();
        for edit in &command.edits {
            let (assessment, student) = (edit.assessment, edit.student);
            let judgement = if seen.insert((assessment, student)) {
                judge(edit, &facts, &grants, actor, stamp.reason)
            } else {
                Judgement::Reject(CellRefusal::of(RefusalCode::DuplicateCell))
            };
            let saved = |version| CellSaved {
                assessment,
                student,
                version,
            };
            match judgement {
                Judgement::AsAsked(version) => report.saved.push(saved(version)),
                Judgement::Write(write) => {
                    report.saved.push(saved(write.version()));
                    writes.push(*write);
                }
                Judgement::Conflict(current) => report.conflicts.push(CellConflict {
                    assessment,
                    student,
                    current: current.map(|stored| *stored),
                    author: None,
                }),
                Judgement::Reject(refusal) => report.rejected.push((assessment, student, refusal)),
            }
        }
        name_authors(tx, &mut report.conflicts).await?;
        if command.atomic && !(report.conflicts.is_empty() && report.rejected.is_empty()) {
            report.saved.clear();
            return Err(EnterScoresError::NotAll(Box::new(report)));
        }
        if !writes.is_empty() {
            let grants: Vec<_> = grants.into_values().collect();
            let how = How {
                way: command.way,
                undoes: None,
                ..How::default()
            };
            scores::put_as(tx, &grants, stamp, how, writes).await?;
        }
        Ok(report)
    }
}

/// The grants for those of the courses in which the actor may enter scores.
fn grants(
    actor: &Actor,
    access: &HashMap<CourseId, CourseAccess>,
) -> HashMap<CourseId, Grant<EnterScoresAction>> {
    access
        .iter()
        .filter_map(|(course, access)| {
            let grant = authorize::<EnterScoresAction>(actor, *access).ok()?;
            Some((*course, grant))
        })
        .collect()
}

async fn facts(
    tx: &Tx,
    actor: &Actor,
    cells: &HashSet<(AssessmentId, UserId)>,
) -> Result<Facts, DbError> {
    let ids = cells.iter().map(|(assessment, _)| *assessment).collect();
    let assessments = assessments::lock(tx, &ids).await?;
    let stored = scores::lock(tx, cells).await?;
    around(tx, actor, assessments, stored, cells).await
}

/// The same without locks, for somebody who only looks.
async fn facts_as_they_are(
    db: &impl Read,
    actor: &Actor,
    cells: &HashSet<(AssessmentId, UserId)>,
) -> Result<Facts, DbError> {
    let ids = cells.iter().map(|(assessment, _)| *assessment).collect();
    let assessments = gradebook::assessments(db, &ids).await?;
    let stored = scores::of_cells(db, cells).await?;
    around(db, actor, assessments, stored, cells).await
}

/// The facts about the courses and students around these assessments and cells.
async fn around(
    db: &impl Read,
    actor: &Actor,
    assessments: HashMap<AssessmentId, Assessment>,
    stored: HashMap<(AssessmentId, UserId), StoredScore>,
    cells: &HashSet<(AssessmentId, UserId)>,
) -> Result<Facts, DbError> {
    let course_ids: HashSet<CourseId> = assessments.values().map(|one| one.course).collect();
    let access = access::courses(db, actor, &course_ids).await?;
    let students: HashSet<UserId> = cells.iter().map(|(_, student)| *student).collect();
    let members = access::members(db, &course_ids, &students).await?;
    Ok(Facts {
        assessments,
        access,
        members,
        stored,
    })
}

async fn name_authors(tx: &Tx, conflicts: &mut [CellConflict]) -> Result<(), DbError> {
    let authors = conflicts
        .iter()
        .filter_map(|conflict| conflict.current.as_ref()?.updated_by);
    let names = courses::names_of(tx, authors).await?;
    for conflict in conflicts {
        conflict.author = conflict
            .current
            .as_ref()
            .and_then(|stored| stored.updated_by)
            .and_then(|author| names.get(&author).cloned());
    }
    Ok(())
}
