//! Reading the log in the order of its ids.

use gradebook_domain::{AmendmentId, AssessmentId, ChangeId, CourseId, SessionId, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::ChangeKind;
use crate::db::Read;
use crate::entity::change;
use crate::error::DbError;
use crate::repo::CHUNK;

/// A row of the change log as the tail reads it: ids and versions, no values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its id; ids grow, but on MySQL they may become visible out of order.
    pub id: ChangeId,
    /// Unix milliseconds.
    pub at: i64,
    /// What happened.
    pub kind: ChangeKind,
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
    /// The version after.
    pub version: Option<i64>,
    /// The amendment that it is about, or was made by.
    pub amendment: Option<AmendmentId>,
}

/// The highest id among the rows until `at` (unix milliseconds), 0 if there are none.
///
/// # Errors
/// Any database failure.
pub async fn newest_until(db: &impl Read, at: i64) -> Result<ChangeId, DbError> {
    let newest: Option<i64> = change::Entity::find()
        .select_only()
        .column(change::Column::Id)
        .filter(change::Column::At.lte(at))
        .order_by_desc(change::Column::Id)
        .limit(1)
        .into_tuple()
        .one(&db.on().0)
        .await?;
    Ok(ChangeId(newest.unwrap_or(0)))
}

/// The ids after `floor`, ascending.
///
/// # Errors
/// Any database failure.
pub async fn ids_after(db: &impl Read, floor: ChangeId) -> Result<Vec<ChangeId>, DbError> {
    let ids: Vec<i64> = change::Entity::find()
        .select_only()
        .column(change::Column::Id)
        .filter(change::Column::Id.gt(floor.0))
        .order_by_asc(change::Column::Id)
        .into_tuple()
        .all(&db.on().0)
        .await?;
    Ok(ids.into_iter().map(ChangeId).collect())
}

/// The rows with these ids, ascending. Rows of kinds that a newer version wrote are left out.
///
/// # Errors
/// Any database failure.
pub async fn rows(db: &impl Read, ids: &[ChangeId]) -> Result<Vec<Change>, DbError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let rows = change::Entity::find()
            .filter(change::Column::Id.is_in(chunk.iter().map(|id| id.0)))
            .order_by_asc(change::Column::Id)
            .all(&db.on().0)
            .await?;
        found.extend(rows.into_iter().filter_map(read));
    }
    Ok(found)
}

/// The rows since `at` (unix milliseconds) that made tokens void, ascending.
///
/// # Errors
/// Any database failure.
pub async fn revocations_since(db: &impl Read, at: i64) -> Result<Vec<Change>, DbError> {
    let rows = change::Entity::find()
        .filter(change::Column::At.gte(at))
        .filter(change::Column::Kind.is_in(ChangeKind::REVOKING.map(ChangeKind::as_str)))
        .order_by_asc(change::Column::Id)
        .all(&db.on().0)
        .await?;
    Ok(rows.into_iter().filter_map(read).collect())
}

fn read(row: change::Model) -> Option<Change> {
    Some(Change {
        id: ChangeId(row.id),
        at: row.at,
        kind: ChangeKind::parse(&row.kind)?,
        course: row.course_id.map(CourseId),
        assessment: row.assessment_id.map(AssessmentId),
        student: row.student_id.map(UserId),
        user: row.user_id.map(UserId),
        session: row.session_id.map(SessionId),
        version: row.version,
        amendment: row.amendment_id.map(AmendmentId),
    })
}
