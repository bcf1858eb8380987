//! Who is in a class.

use std::collections::HashMap;

use gradebook_auth::Grant;
use gradebook_auth::actions::SeeClassList;
use gradebook_domain::UserId;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::courses::{self, Class};
use super::gradebook::Student;
use crate::db::Read;
use crate::entity::{class, enrolment, user};
use crate::error::DbError;

/// A student of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The student.
    pub student: Student,
    /// The name to sign in with.
    pub username: String,
    /// First day in the class, ISO 8601.
    pub starts_on: String,
    /// Last day in the class, if it is known.
    pub ends_on: Option<String>,
}

/// A class and who belongs to it on `day` or later, by student number; `None` when there is no such
/// class. Who left and came back is there once, with the newest membership.
///
/// # Errors
/// Any database failure.
pub async fn class_list(
    db: &impl Read,
    grant: &Grant<SeeClassList>,
    day: &str,
) -> Result<Option<(Class, Vec<Member>)>, DbError> {
    let id = grant.on().class;
    let executor = &db.on().0;
    let Some(class) = class::Entity::find_by_id(id.0).one(executor).await? else {
        return Ok(None);
    };
    let memberships: HashMap<i64, enrolment::Model> = enrolment::Entity::find()
        .filter(enrolment::Column::ClassId.eq(id.0))
        .filter(
            enrolment::Column::EndsOn
                .is_null()
                .or(enrolment::Column::EndsOn.gte(day)),
        )
        .order_by_asc(enrolment::Column::StartsOn)
        .all(executor)
        .await?
        .into_iter()
        .map(|row| (row.student_id, row))
        .collect();
    let people: Vec<(i64, Option<String>, String, String)> = user::Entity::find()
        .select_only()
        .columns([
            user::Column::Id,
            user::Column::StudentNumber,
            user::Column::Name,
            user::Column::Username,
        ])
        .filter(user::Column::Id.is_in(memberships.keys().copied()))
        .order_by_asc(user::Column::StudentNumber)
        .into_tuple()
        .all(executor)
        .await?;
    let members = people
        .into_iter()
        .filter_map(|(id, number, name, username)| {
            let membership = memberships.get(&id)?;
            Some(Member {
                student: Student {
                    id: UserId(id),
                    student_number: number.unwrap_or_default(),
                    name,
                },
                username,
                starts_on: membership.starts_on.clone(),
                ends_on: membership.ends_on.clone(),
            })
        })
        .collect();
    Ok(Some((courses::read_class(class), members)))
}
