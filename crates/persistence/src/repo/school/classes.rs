//! Adding and changing classes.

use std::collections::{BTreeSet, HashMap};

use gradebook_auth::Grant;
use gradebook_auth::actions::ManageSetup;
use gradebook_domain::ClassId;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{CHUNK, NewClass, named};
use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::Tx;
use crate::entity::class;
use crate::error::DbError;
use crate::query::courses::{Class, read_class};

/// The classes among `ids` that exist, locked until the transaction ends: none goes, changes its year
/// or its name meanwhile.
///
/// # Errors
/// Any database failure.
pub async fn lock_classes(tx: &Tx, ids: &BTreeSet<ClassId>) -> Result<Vec<Class>, DbError> {
    let rows = class::Entity::find()
        .filter(class::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .order_by_asc(class::Column::Id)
        .lock_exclusive()
        .all(tx.raw())
        .await?;
    Ok(rows.into_iter().map(read_class).collect())
}

/// Creates many classes and returns their ids.
///
/// # Errors
/// [`DbError::Duplicate`] when one of the years has one of these classes.
pub async fn create_classes(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    new: &[NewClass],
) -> Result<HashMap<NewClass, ClassId>, DbError> {
    for chunk in new.chunks(CHUNK) {
        let rows = chunk.iter().map(|one| class::ActiveModel {
            school_year: Set(one.school_year.clone()),
            grade_level: Set(one.grade_level.clone()),
            name: Set(one.name.clone()),
            ..Default::default()
        });
        class::Entity::insert_many(rows)
            .exec_without_returning(tx.raw())
            .await?;
    }
    let years: BTreeSet<&String> = new.iter().map(|one| &one.school_year).collect();
    // MySQL returns no generated ids for a multi-row insert; the unique key finds them.
    let of_years = class::Entity::find()
        .filter(class::Column::SchoolYear.is_in(years))
        .all(tx.raw())
        .await?;
    let of_years: HashMap<NewClass, ClassId> = of_years
        .into_iter()
        .map(|row| {
            let key = NewClass {
                school_year: row.school_year,
                grade_level: row.grade_level,
                name: row.name,
            };
            (key, ClassId(row.id))
        })
        .collect();
    let created: HashMap<NewClass, ClassId> = new
        .iter()
        .filter_map(|one| Some((one.clone(), *of_years.get(one)?)))
        .collect();
    let changes = new.iter().map(|one| NewChange {
        detail: Some(format!("{} {}", one.grade_level, one.name)),
        ..NewChange::of(ChangeKind::ClassCreated)
    });
    change_log::append(tx, stamp, changes).await?;
    Ok(created)
}

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
