//! Where a score is saved.

use std::collections::{BTreeSet, HashMap, HashSet};

use gradebook_auth::Grant;
use gradebook_auth::actions::EnterScores;
use gradebook_domain::{AmendmentId, AssessmentId, BatchId, CourseId, Points, Score, UserId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select};

use super::{CHUNK, amendments};
use crate::change_log::{self, ChangeKind, NewChange, Stamp, Way};
use crate::db::{Read, Tx};
use crate::entity::score;
use crate::error::DbError;

/// One cell as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredScore {
    /// Assessment.
    pub assessment: AssessmentId,
    /// Student.
    pub student: UserId,
    /// Status and value.
    pub score: Score,
    /// Remark to the student.
    pub comment: Option<String>,
    /// Grows by one with every change.
    pub version: i64,
    /// Whether it was changed after it was published.
    pub corrected: bool,
    /// When it was last changed, unix milliseconds.
    pub updated_at: i64,
    /// Who changed it last; `None` for the operator.
    pub updated_by: Option<UserId>,
}

impl StoredScore {
    /// Whether there is more than a remark.
    #[must_use]
    pub fn has_score(&self) -> bool {
        self.score != Score::Blank
    }
}

/// A cell to save, judged already.
#[derive(Debug, Clone)]
pub struct ScoreWrite {
    /// The course of the assessment.
    pub course: CourseId,
    /// What is stored now; `None` for a cell that nobody ever wrote.
    pub before: Option<StoredScore>,
    /// Assessment.
    pub assessment: AssessmentId,
    /// Student.
    pub student: UserId,
    /// New status and value.
    pub score: Score,
    /// New remark.
    pub comment: Option<String>,
    /// Whether the student is to see it as corrected.
    pub corrected: bool,
}

impl ScoreWrite {
    /// The version that the cell has after this write.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.before.as_ref().map_or(0, |before| before.version) + 1
    }
}

pub(crate) fn read(row: score::Model) -> Result<StoredScore, DbError> {
    let corrupt = || DbError::Corrupt {
        table: "scores",
        column: "status",
        value: format!("{} with {:?}", row.status, row.value),
    };
    let status = row.status.parse().map_err(|_| corrupt())?;
    let value = row.value.map(Points::from_ten_thousandths);
    let score = Score::from_parts(status, value).map_err(|_| corrupt())?;
    Ok(StoredScore {
        assessment: AssessmentId(row.assessment_id),
        student: UserId(row.student_id),
        score,
        comment: row.comment,
        version: row.version,
        corrected: row.corrected,
        updated_at: row.updated_at,
        updated_by: row.updated_by.map(UserId),
    })
}

/// The stored cells among `cells`, locked against other writers until the transaction ends.
///
/// # Errors
/// Any database failure.
pub async fn lock(
    tx: &Tx,
    cells: &HashSet<(AssessmentId, UserId)>,
) -> Result<HashMap<(AssessmentId, UserId), StoredScore>, DbError> {
    // SQLite knows no row locks and needs none: its write transactions run one by one.
    select(tx, cells, QuerySelect::lock_exclusive).await
}

/// The stored cells among `cells` as they are now, for somebody who only looks.
///
/// # Errors
/// Any database failure.
pub async fn of_cells(
    db: &impl Read,
    cells: &HashSet<(AssessmentId, UserId)>,
) -> Result<HashMap<(AssessmentId, UserId), StoredScore>, DbError> {
    select(db, cells, |select| select).await
}

async fn select(
    db: &impl Read,
    cells: &HashSet<(AssessmentId, UserId)>,
    how: fn(Select<score::Entity>) -> Select<score::Entity>,
) -> Result<HashMap<(AssessmentId, UserId), StoredScore>, DbError> {
    let mut found = HashMap::with_capacity(cells.len());
    let mut sorted: Vec<_> = cells.iter().copied().collect();
    sorted.sort_unstable();
    for chunk in sorted.chunks(CHUNK) {
        let assessments: BTreeSet<i64> = chunk.iter().map(|(assessment, _)| assessment.0).collect();
        let students: BTreeSet<i64> = chunk.iter().map(|(_, student)| student.0).collect();
        let select = score::Entity::find()
            .filter(score::Column::AssessmentId.is_in(assessments))
            .filter(score::Column::StudentId.is_in(students));
        for row in how(select).all(&db.on().0).await? {
            let stored = read(row)?;
            let cell = (stored.assessment, stored.student);
            if cells.contains(&cell) {
                found.insert(cell, stored);
            }
        }
    }
    Ok(found)
}

/// Saves scores with their change-log rows. Every course of `writes` needs its own grant, and every
/// cell with a `before` must have been read by [`lock`] in this transaction.
///
/// # Errors
/// [`DbError::Contention`] when somebody else wrote a so far unwritten cell first; the transaction
/// then runs again and sees it.
pub async fn put(
    tx: &Tx,
    grants: &[Grant<EnterScores>],
    stamp: &Stamp<'_>,
    writes: Vec<ScoreWrite>,
) -> Result<(), DbError> {
    put_as(tx, grants, stamp, How::default(), writes).await
}

/// How a block of scores came to be, for the change log.
#[derive(Debug, Clone, Copy, Default)]
pub struct How {
    /// The way in which a person entered it.
    pub way: Option<Way>,
    /// The batch that it takes back.
    pub undoes: Option<BatchId>,
    /// The amendment by which it changes.
    pub amendment: Option<AmendmentId>,
}

/// [`put`] for somebody who says how the scores came to be.
///
/// # Errors
/// As [`put`].
pub async fn put_as(
    tx: &Tx,
    grants: &[Grant<EnterScores>],
    stamp: &Stamp<'_>,
    how: How,
    mut writes: Vec<ScoreWrite>,
) -> Result<(), DbError> {
    let allowed: HashSet<CourseId> = grants.iter().map(|grant| grant.on().course).collect();
    if let Some(stray) = writes.iter().find(|write| !allowed.contains(&write.course)) {
        return Err(DbError::Configuration(format!(
            "no grant to enter scores in course {}",
            stray.course
        )));
    }
    // One order of locking for all writers keeps them from waiting for each other in a circle.
    writes.sort_by_key(|write| (write.assessment, write.student));
    let twice = writes.windows(2).find(|pair| {
        (pair[0].assessment, pair[0].student) == (pair[1].assessment, pair[1].student)
    });
    if let Some([cell, _]) = twice {
        return Err(DbError::Configuration(format!(
            "two scores for student {} in assessment {} at once",
            cell.student, cell.assessment
        )));
    }
    let (changed, new): (Vec<_>, Vec<_>) = writes.iter().partition(|write| write.before.is_some());
    for chunk in new.chunks(CHUNK) {
        let inserted = score::Entity::insert_many(chunk.iter().map(|write| row(stamp, write)))
            .exec_without_returning(tx.raw())
            .await
            .map_err(DbError::from);
        match inserted {
            Err(DbError::Duplicate(cause)) => return Err(DbError::Contention(cause)),
            other => other?,
        };
    }
    for chunk in changed.chunks(CHUNK) {
        score::Entity::insert_many(chunk.iter().map(|write| row(stamp, write)))
            .on_conflict(
                OnConflict::columns([score::Column::AssessmentId, score::Column::StudentId])
                    .update_columns([
                        score::Column::Status,
                        score::Column::Value,
                        score::Column::Comment,
                        score::Column::Version,
                        score::Column::Corrected,
                        score::Column::UpdatedAt,
                        score::Column::UpdatedBy,
                    ])
                    .to_owned(),
            )
            .exec_without_returning(tx.raw())
            .await?;
    }
    let changes = writes.iter().map(|write| NewChange {
        course: Some(write.course),
        assessment: Some(write.assessment),
        student: Some(write.student),
        before: Some(
            write
                .before
                .as_ref()
                .map_or(Score::Blank, |before| before.score),
        ),
        after: Some(write.score),
        version: Some(write.version()),
        comment_before: comment_change(write).map(|(before, _)| before),
        detail: comment_change(write).map(|(_, after)| after),
        way: how.way,
        undoes: how.undoes,
        amendment: how.amendment,
        ..NewChange::of(ChangeKind::Score)
    });
    change_log::append(tx, stamp, changes).await?;
    amendments::correct_reviews(tx, stamp, &writes).await
}

/// The remark before and after, where it changed; none is recorded as empty text.
fn comment_change(write: &ScoreWrite) -> Option<(String, String)> {
    let before = write
        .before
        .as_ref()
        .and_then(|before| before.comment.clone());
    (before != write.comment).then(|| {
        (
            before.unwrap_or_default(),
            write.comment.clone().unwrap_or_default(),
        )
    })
}

fn row(stamp: &Stamp<'_>, write: &ScoreWrite) -> score::ActiveModel {
    score::ActiveModel {
        assessment_id: Set(write.assessment.0),
        student_id: Set(write.student.0),
        status: Set(write.score.status().as_str().to_owned()),
        value: Set(write.score.value().map(Points::ten_thousandths)),
        comment: Set(write.comment.clone()),
        version: Set(write.version()),
        corrected: Set(write.corrected),
        updated_at: Set(stamp.at),
        updated_by: Set(stamp.actor.user_id().map(|user| user.0)),
    }
}

/// All stored cells of these assessments.
///
/// # Errors
/// Any database failure.
pub async fn of_assessments(
    db: &impl Read,
    assessments: &[AssessmentId],
) -> Result<Vec<StoredScore>, DbError> {
    let rows = score::Entity::find()
        .filter(score::Column::AssessmentId.is_in(assessments.iter().map(|id| id.0)))
        .all(&db.on().0)
        .await?;
    rows.into_iter().map(read).collect()
}
