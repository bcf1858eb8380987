//! Changing classes.

use gradebook_auth::Grant;
use gradebook_auth::actions::ManageSetup;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{NewClass, named};
use crate::change_log::{ChangeKind, Stamp};
use crate::db::Tx;
use crate::entity::class;
use crate::error::DbError;
use crate::query::courses::Class;

/// Gives a class another year, grade level and name.
///
/// # Errors
/// [`DbError::Duplicate`] when the year has another class of this name.
pub async fn change_class(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    before: &Class,
    after: &NewClass,
) -> Result<(), DbError> {
    let old = format!(
        "{} {} {}",
        before.school_year, before.grade_level, before.name
    );
    let new = format!("{} {} {}", after.school_year, after.grade_level, after.name);
    if old == new {
        return Ok(());
    }
    class::Entity::update_many()
        .col_expr(
            class::Column::SchoolYear,
            Expr::value(after.school_year.as_str()),
        )
        .col_expr(
            class::Column::GradeLevel,
            Expr::value(after.grade_level.as_str()),
        )
        .col_expr(class::Column::Name, Expr::value(after.name.as_str()))
        .filter(class::Column::Id.eq(before.id.0))
        .exec(tx.raw())
        .await?;
    let detail = format!("{old} -> {new}");
    named(tx, stamp, ChangeKind::ClassChanged, &detail).await
}
