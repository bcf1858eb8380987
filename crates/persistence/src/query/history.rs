//! What happened to one cell.

use std::collections::{HashMap, HashSet};

use gradebook_auth::Grant;
use gradebook_auth::actions::SeeHistory;
use gradebook_domain::{
    AmendmentId, AssessmentId, BatchId, ChangeId, CourseId, Points, Score, UserId,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::courses;
use crate::change_log::{ChangeKind, Way};
use crate::db::Read;
use crate::entity::change;
use crate::error::DbError;

/// One change of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellChange {
    /// Id of the change.
    pub id: ChangeId,
    /// Unix milliseconds.
    pub at: i64,
    /// Who; `None` for the operator at the server's shell.
    pub actor: Option<(UserId, String)>,
    /// Before.
    pub before: Score,
    /// After.
    pub after: Score,
    /// The remark after, where it changed.
    pub comment: Option<String>,
    /// The remark before, where it changed; unknown of changes of older versions.
    pub comment_before: Option<String>,
    /// The version after.
    pub version: i64,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// `web`, `api`, `cli` or `import`.
    pub source: String,
    /// The paste, fill or import that it was part of.
    pub batch: Option<BatchId>,
    /// How it was entered.
    pub way: Option<Way>,
    /// The batch that it took back.
    pub undoes: Option<BatchId>,
    /// The amendment by which it changed.
    pub amendment: Option<AmendmentId>,
}

/// Changes of one cell, newest first, older than `before` if given.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn of_cell(
    db: &impl Read,
    grant: &Grant<SeeHistory>,
    (assessment, student): (AssessmentId, UserId),
    before: Option<ChangeId>,
    limit: u64,
) -> Result<Vec<CellChange>, DbError> {
    let mut select = change::Entity::find()
        .filter(change::Column::AssessmentId.eq(assessment.0))
        .filter(change::Column::StudentId.eq(student.0))
        .filter(change::Column::CourseId.eq(grant.on().course.0))
        .filter(change::Column::Kind.eq(ChangeKind::Score.as_str()))
        .order_by_desc(change::Column::Id)
        .limit(limit);
    if let Some(before) = before {
        select = select.filter(change::Column::Id.lt(before.0));
    }
    let rows = select.all(&db.on().0).await?;
    let names = courses::names(db, rows.iter().filter_map(|row| row.actor_id)).await?;
    rows.into_iter().map(|row| read(row, &names)).collect()
}

/// How many scores each of these batches changed, in these courses or in all of them.
///
/// # Errors
/// Any database failure.
pub async fn batch_sizes(
    db: &impl Read,
    batches: impl IntoIterator<Item = BatchId>,
    courses: Option<&HashSet<CourseId>>,
) -> Result<HashMap<BatchId, u64>, DbError> {
    let batches: HashSet<i64> = batches.into_iter().map(|batch| batch.0).collect();
    let mut select = change::Entity::find()
        .select_only()
        .column(change::Column::BatchId)
        .column_as(change::Column::Id.count(), "size")
        .filter(change::Column::BatchId.is_in(batches))
        .filter(change::Column::Kind.eq(ChangeKind::Score.as_str()))
        .group_by(change::Column::BatchId);
    if let Some(courses) = courses {
        select = select.filter(change::Column::CourseId.is_in(courses.iter().map(|id| id.0)));
    }
    Ok(select
        .into_tuple::<(i64, i64)>()
        .all(&db.on().0)
        .await?
        .into_iter()
        .map(|(batch, size)| (BatchId(batch), u64::try_from(size).unwrap_or(0)))
        .collect())
}

fn read(row: change::Model, names: &HashMap<UserId, String>) -> Result<CellChange, DbError> {
    Ok(CellChange {
        id: ChangeId(row.id),
        at: row.at,
        actor: row.actor_id.map(|id| {
            let name = names.get(&UserId(id)).cloned().unwrap_or_default();
            (UserId(id), name)
        }),
        before: score(row.before_status.as_deref(), row.before_value)?,
        after: score(row.after_status.as_deref(), row.after_value)?,
        comment: row.detail,
        comment_before: row.comment_before,
        way: row.way.as_deref().and_then(Way::parse),
        undoes: row.undoes.map(BatchId),
        version: row.version.unwrap_or(0),
        reason: row.reason,
        source: row.source,
        batch: row.batch_id.map(BatchId),
        amendment: row.amendment_id.map(AmendmentId),
    })
}

/// A score from its parts in the log.
pub(super) fn score(status: Option<&str>, value: Option<i64>) -> Result<Score, DbError> {
    let status = status.unwrap_or("blank");
    status
        .parse()
        .ok()
        .and_then(|parsed| Score::from_parts(parsed, value.map(Points::from_ten_thousandths)).ok())
        .ok_or_else(|| DbError::Corrupt {
            table: "change_log",
            column: "status",
            value: format!("{status} with {value:?}"),
        })
}
