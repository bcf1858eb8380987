//! Batches and single changes: what was done at once is one line.

use std::collections::HashMap;

use gradebook_domain::{AssessmentId, BatchId, ChangeId, CourseId};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{ChangeFilter, LOG, LoggedChange, Scope, named, newest_first, titles};
use crate::change_log::ChangeKind;
use crate::db::Read;
use crate::entity::change;
use crate::error::DbError;

/// The changes of one batch that a reader asked for, or one change that belongs to none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeGroup {
    /// Its newest change.
    pub newest: LoggedChange,
    /// Scores that it changed.
    pub scores: u64,
    /// All its changes.
    pub changes: u64,
    /// The assessments whose scores it changed.
    pub assessments: Vec<GroupAssessment>,
}

/// An assessment of which a batch changed scores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupAssessment {
    /// Its id.
    pub id: AssessmentId,
    /// Nothing when it was deleted.
    pub title: Option<String>,
    /// Its course.
    pub course: Option<CourseId>,
    /// How many scores.
    pub scores: u64,
}

/// How often changes of one kind are in a batch: the batch, the kind, the assessment with its course.
type Counted = (i64, String, Option<i64>, Option<i64>, i64);

/// Batches and single changes, newest first; `before` is the newest change of the last one read.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn groups(
    db: &impl Read,
    scope: Scope<'_>,
    filter: &ChangeFilter,
    before: Option<ChangeId>,
    limit: u64,
) -> Result<Vec<ChangeGroup>, DbError> {
    let conditions = filter
        .condition(scope, LOG)
        .zip(filter.condition(scope, "later"));
    let Some((condition, of_later)) = conditions else {
        return Ok(Vec::new());
    };
    // A batch is shown once, where its newest change stands.
    let later = Query::select()
        .expr(Expr::val(1))
        .from_as(change::Entity, "later")
        .and_where(Expr::col(("later", "batch_id")).equals((LOG, "batch_id")))
        .and_where(Expr::col(("later", "id")).gt(Expr::col((LOG, "id"))))
        .cond_where(of_later)
        .to_owned();
    let newest = condition.clone().add(Expr::exists(later).not());
    let rows = newest_first(db, newest, before, limit).await?;
    let batches: Vec<i64> = rows.iter().filter_map(|row| row.batch_id).collect();
    let counted: Vec<Counted> = change::Entity::find()
        .select_only()
        .column(change::Column::BatchId)
        .column(change::Column::Kind)
        .column(change::Column::AssessmentId)
        .column(change::Column::CourseId)
        .column_as(change::Column::Id.count(), "changes")
        .filter(condition)
        .filter(change::Column::BatchId.is_in(batches))
        .group_by(change::Column::BatchId)
        .group_by(change::Column::Kind)
        .group_by(change::Column::AssessmentId)
        .group_by(change::Column::CourseId)
        .order_by_asc(change::Column::BatchId)
        .order_by_asc(change::Column::CourseId)
        .order_by_asc(change::Column::AssessmentId)
        .into_tuple()
        .all(&db.on().0)
        .await?;
    let titles = titles(db, counted.iter().filter_map(|row| row.2)).await?;
    let newest = named(db, rows).await?;
    Ok(newest
        .into_iter()
        .map(|newest| group(newest, &counted, &titles))
        .collect())
}

/// How many scores each of these batches changed in all that the reader may see.
///
/// # Errors
/// Any database failure.
pub async fn sizes(
    db: &impl Read,
    scope: Scope<'_>,
    batches: &[BatchId],
) -> Result<HashMap<BatchId, u64>, DbError> {
    let filter = ChangeFilter {
        kind: Some(ChangeKind::Score),
        ..ChangeFilter::default()
    };
    let Some(condition) = filter.condition(scope, LOG) else {
        return Ok(HashMap::new());
    };
    let counted: Vec<(i64, i64)> = change::Entity::find()
        .select_only()
        .column(change::Column::BatchId)
        .column_as(change::Column::Id.count(), "changes")
        .filter(condition)
        .filter(change::Column::BatchId.is_in(batches.iter().map(|batch| batch.0)))
        .group_by(change::Column::BatchId)
        .into_tuple()
        .all(&db.on().0)
        .await?;
    Ok(counted
        .into_iter()
        .map(|(batch, count)| (BatchId(batch), u64::try_from(count).unwrap_or(0)))
        .collect())
}

fn group(
    newest: LoggedChange,
    counted: &[Counted],
    titles: &HashMap<AssessmentId, String>,
) -> ChangeGroup {
    let of_batch: Vec<_> = counted
        .iter()
        .filter(|(batch, ..)| newest.batch.is_some_and(|own| own.0 == *batch))
        .collect();
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    let assessments: Vec<_> = of_batch
        .iter()
        .filter(|(_, kind, ..)| kind == ChangeKind::Score.as_str())
        .filter_map(|(_, _, assessment, course, count)| {
            let id = AssessmentId((*assessment)?);
            Some(GroupAssessment {
                id,
                title: titles.get(&id).cloned(),
                course: course.map(CourseId),
                scores: number(*count),
            })
        })
        .collect();
    let single_score = newest.batch.is_none() && newest.kind == Some(ChangeKind::Score);
    ChangeGroup {
        scores: assessments.iter().map(|one| one.scores).sum::<u64>() + u64::from(single_score),
        changes: of_batch
            .iter()
            .map(|(.., count)| number(*count))
            .sum::<u64>()
            + u64::from(newest.batch.is_none()),
        assessments,
        newest,
    }
}
