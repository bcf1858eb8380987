//! The accounts of a class, for handing out initial passwords.

use std::collections::HashMap;

use gradebook_auth::Grant;
use gradebook_auth::actions::ManagePeople;
use gradebook_domain::ClassId;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::courses::{self, Class};
use crate::db::Read;
use crate::entity::{class, enrolment, user};
use crate::error::DbError;
use crate::repo::people::{self, User, waits_for_a_password};

/// A class and how many of its students wait for a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassAccounts {
    /// The class.
    pub class: Class,
    /// How many students it has.
    pub students: u64,
    /// How many of them may sign in and have no password of their own.
    pub waiting: u64,
}

/// Membership on `day` or later.
fn belongs(day: &str) -> Condition {
    Condition::any()
        .add(enrolment::Column::EndsOn.is_null())
        .add(enrolment::Column::EndsOn.gte(day))
}

/// All classes with those who belong to them on `day` or later, in the order of [`Class::place`].
///
/// # Errors
/// Any database failure.
pub async fn of_all_classes(
    db: &impl Read,
    _grant: &Grant<ManagePeople>,
    day: &str,
) -> Result<Vec<ClassAccounts>, DbError> {
    let counted = enrolment::Entity::find()
        .select_only()
        .column(enrolment::Column::ClassId)
        .column_as(
            Expr::col(enrolment::Column::StudentId).count_distinct(),
            "students",
        )
        .filter(belongs(day))
        .group_by(enrolment::Column::ClassId);
    let waiting = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(waits_for_a_password())
        .into_query();
    let waiting = counted
        .clone()
        .filter(enrolment::Column::StudentId.in_subquery(waiting));
    let executor = &db.on().0;
    let all: HashMap<i64, i64> = counted
        .into_tuple::<(i64, i64)>()
        .all(executor)
        .await?
        .into_iter()
        .collect();
    let waiting: HashMap<i64, i64> = waiting
        .into_tuple::<(i64, i64)>()
        .all(executor)
        .await?
        .into_iter()
        .collect();
    let classes = class::Entity::find().all(executor).await?;
    let of = |counts: &HashMap<i64, i64>, id: i64| {
        counts
            .get(&id)
            .and_then(|count| u64::try_from(*count).ok())
            .unwrap_or(0)
    };
    let mut classes: Vec<ClassAccounts> = classes
        .into_iter()
        .map(|row| ClassAccounts {
            students: of(&all, row.id),
            waiting: of(&waiting, row.id),
            class: courses::read_class(row),
        })
        .collect();
    classes.sort_by_cached_key(|one| one.class.place());
    Ok(classes)
}

/// A class and the accounts of those who belong to it on `day` or later, by student number;
/// `None` when there is no such class.
///
/// # Errors
/// Any database failure.
pub async fn of_class(
    db: &impl Read,
    _grant: &Grant<ManagePeople>,
    id: ClassId,
    day: &str,
) -> Result<Option<(Class, Vec<User>)>, DbError> {
    let executor = &db.on().0;
    let Some(class) = class::Entity::find_by_id(id.0).one(executor).await? else {
        return Ok(None);
    };
    let members = enrolment::Entity::find()
        .select_only()
        .column(enrolment::Column::StudentId)
        .filter(enrolment::Column::ClassId.eq(id.0))
        .filter(belongs(day))
        .into_query();
    let rows = user::Entity::find()
        .filter(user::Column::Id.in_subquery(members))
        .order_by_asc(user::Column::StudentNumber)
        .all(executor)
        .await?;
    let students = rows
        .into_iter()
        .map(people::read_user)
        .collect::<Result<_, _>>()?;
    Ok(Some((courses::read_class(class), students)))
}
