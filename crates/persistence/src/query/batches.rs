//! What one batch of scores changed, as the change log tells it.

use std::collections::{HashMap, HashSet};

use gradebook_auth::Grant;
use gradebook_auth::actions::EnterScores;
use gradebook_domain::{AssessmentId, BatchId, CourseId, Score, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::history;
use crate::change_log::ChangeKind;
use crate::db::Read;
use crate::entity::change;
use crate::error::DbError;
use crate::repo::CHUNK;

/// One cell that a batch changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchCell {
    /// The course of the assessment.
    pub course: CourseId,
    /// Assessment.
    pub assessment: AssessmentId,
    /// Student.
    pub student: UserId,
    /// The score before.
    pub before: Score,
    /// The score after.
    pub after: Score,
    /// The remark before, empty for none; `None` where the batch left it.
    pub comment_before: Option<String>,
    /// The version of the cell after.
    pub version: i64,
}

/// The courses in which a batch changed scores.
///
/// # Errors
/// Any database failure.
pub async fn courses_of(db: &impl Read, batch: BatchId) -> Result<HashSet<CourseId>, DbError> {
    let ids: Vec<i64> = change::Entity::find()
        .select_only()
        .distinct()
        .column(change::Column::CourseId)
        .filter(change::Column::BatchId.eq(batch.0))
        .filter(change::Column::Kind.eq(ChangeKind::Score.as_str()))
        .filter(change::Column::CourseId.is_not_null())
        .into_tuple()
        .all(&db.on().0)
        .await?;
    Ok(ids.into_iter().map(CourseId).collect())
}

/// The cells that a batch changed in the courses of these grants, by assessment and student.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn cells_of(
    db: &impl Read,
    grants: &[&Grant<EnterScores>],
    batch: BatchId,
) -> Result<Vec<BatchCell>, DbError> {
    let allowed: HashSet<i64> = grants.iter().map(|grant| grant.on().course.0).collect();
    if allowed.is_empty() {
        return Ok(Vec::new());
    }
    let rows = change::Entity::find()
        .filter(change::Column::BatchId.eq(batch.0))
        .filter(change::Column::Kind.eq(ChangeKind::Score.as_str()))
        // A school's import is a hundred times what one teacher may see of it.
        .filter(change::Column::CourseId.is_in(allowed))
        .order_by_asc(change::Column::Id)
        .all(&db.on().0)
        .await?;
    let mut cells = Vec::with_capacity(rows.len());
    let mut unknown = Vec::new();
    for row in rows {
        let (Some(course), Some(assessment), Some(student)) =
            (row.course_id, row.assessment_id, row.student_id)
        else {
            continue;
        };
        if row.detail.is_some() && row.comment_before.is_none() {
            unknown.push((row.id, assessment, student));
        }
        cells.push(BatchCell {
            course: CourseId(course),
            assessment: AssessmentId(assessment),
            student: UserId(student),
            before: history::score(row.before_status.as_deref(), row.before_value)?,
            after: history::score(row.after_status.as_deref(), row.after_value)?,
            comment_before: row.comment_before,
            version: row.version.unwrap_or(0),
        });
    }
    let mut found = comments_before(db, unknown).await?;
    for cell in &mut cells {
        if let Some(comment) = found.remove(&(cell.assessment.0, cell.student.0)) {
            cell.comment_before = Some(comment);
        }
    }
    cells.sort_by_key(|cell| (cell.assessment, cell.student));
    Ok(cells)
}

/// The remarks that these changes replaced. Versions that did not know the column wrote only the
/// new remark; the old one is the new one of the change before.
async fn comments_before(
    db: &impl Read,
    changes: Vec<(i64, i64, i64)>,
) -> Result<HashMap<(i64, i64), String>, DbError> {
    let mut found = HashMap::with_capacity(changes.len());
    for chunk in changes.chunks(CHUNK) {
        let ids: HashMap<(i64, i64), i64> = chunk
            .iter()
            .map(|(id, assessment, student)| ((*assessment, *student), *id))
            .collect();
        let assessments: HashSet<i64> = ids.keys().map(|(assessment, _)| *assessment).collect();
        let students: HashSet<i64> = ids.keys().map(|(_, student)| *student).collect();
        found.extend(ids.keys().map(|cell| (*cell, String::new())));
        let earlier: Vec<(i64, i64, i64, String)> = change::Entity::find()
            .select_only()
            .columns([
                change::Column::Id,
                change::Column::AssessmentId,
                change::Column::StudentId,
                change::Column::Detail,
            ])
            .filter(change::Column::AssessmentId.is_in(assessments))
            .filter(change::Column::StudentId.is_in(students))
            .filter(change::Column::Kind.eq(ChangeKind::Score.as_str()))
            .filter(change::Column::Detail.is_not_null())
            .order_by_asc(change::Column::Id)
            .into_tuple()
            .all(&db.on().0)
            .await?;
        for (id, assessment, student, comment) in earlier {
            let cell = (assessment, student);
            if ids.get(&cell).is_some_and(|of| id < *of) {
                found.insert(cell, comment);
            }
        }
    }
    Ok(found)
}
