//! Who has a gradebook open. It is no change of the school, so the change log does not have it. A row
//! says when it was true last; whoever reads it judges whether it still is, and old rows are forgotten
//! now and then. The course is that of the grant.

use gradebook_auth::Grant;
use gradebook_auth::actions::SeeGradebook;
use gradebook_domain::{AssessmentId, UserId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::db::{Read, Tx};
use crate::entity::presence::{ActiveModel, Column, Entity, Model};
use crate::entity::user;
use crate::error::DbError;

/// A cell of a gradebook.
pub type Place = (AssessmentId, UserId);

/// Somebody who has the gradebook open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Who.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// The cell where they are.
    pub place: Option<Place>,
}

/// The user has the gradebook open at this time (unix milliseconds), in this cell.
///
/// # Errors
/// Any database failure.
pub async fn put(
    tx: &Tx,
    grant: &Grant<SeeGradebook>,
    user: UserId,
    place: Option<Place>,
    at: i64,
) -> Result<(), DbError> {
    let row = ActiveModel {
        course_id: Set(grant.on().course.0),
        user_id: Set(user.0),
        assessment_id: Set(place.map(|(assessment, _)| assessment.0)),
        student_id: Set(place.map(|(_, student)| student.0)),
        seen_at: Set(at),
    };
    let moved = OnConflict::columns([Column::CourseId, Column::UserId])
        .update_columns([Column::AssessmentId, Column::StudentId, Column::SeenAt])
        .to_owned();
    Entity::insert(row)
        .on_conflict(moved)
        .exec_without_returning(tx.raw())
        .await?;
    Ok(())
}

/// The user has closed the gradebook.
///
/// # Errors
/// Any database failure.
pub async fn leave(tx: &Tx, grant: &Grant<SeeGradebook>, user: UserId) -> Result<(), DbError> {
    Entity::delete_by_id((grant.on().course.0, user.0))
        .exec(tx.raw())
        .await?;
    Ok(())
}

/// Forgets whoever was last seen in any gradebook before `at`.
///
/// The table needs no index for it: it has a row for each person and course of the last minutes. With
/// the primary key alone, [`put`] locks one thing only, so that no two wait for each other.
///
/// # Errors
/// Any database failure.
pub async fn forget_before(tx: &Tx, at: i64) -> Result<(), DbError> {
    Entity::delete_many()
        .filter(Column::SeenAt.lt(at))
        .exec(tx.raw())
        .await?;
    Ok(())
}

/// Who was seen in a gradebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// What was said last of the user: the cell, and when.
    pub own: Option<(Option<Place>, i64)>,
    /// Everybody else, by id.
    pub others: Vec<Present>,
}

/// Who has the gradebook open and was seen since `at`. Nothing is locked. Open pages ask every few
/// seconds: it is one statement for who is alone there, and a second one for the names of others.
///
/// # Errors
/// Any database failure.
pub async fn seen(
    db: &impl Read,
    grant: &Grant<SeeGradebook>,
    user: UserId,
    at: i64,
) -> Result<Seen, DbError> {
    let rows = Entity::find()
        .filter(Column::CourseId.eq(grant.on().course.0))
        .filter(Column::SeenAt.gte(at))
        .order_by_asc(Column::UserId)
        .all(&db.on().0)
        .await?;
    let (own, rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.user_id == user.0);
    let own = own.first().map(|row| (place(row), row.seen_at));
    let named = if rows.is_empty() {
        Vec::new()
    } else {
        user::Entity::find()
            .filter(user::Column::Id.is_in(rows.iter().map(|row| row.user_id)))
            .all(&db.on().0)
            .await?
    };
    let others = rows
        .into_iter()
        .filter_map(|row| {
            let person = named.iter().find(|person| person.id == row.user_id)?;
            Some(Present {
                user: UserId(row.user_id),
                name: person.name.clone(),
                place: place(&row),
            })
        })
        .collect();
    Ok(Seen { own, others })
}

fn place(row: &Model) -> Option<Place> {
    row.assessment_id
        .map(AssessmentId)
        .zip(row.student_id.map(UserId))
}
