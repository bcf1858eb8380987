//! What the school is called and which language it begins with.

use gradebook_auth::Grant;
use gradebook_auth::actions::ManageSetup;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::change_log::{self, ChangeKind, NewChange, Stamp, difference};
use crate::db::{Read, Tx};
use crate::entity::school;
use crate::error::DbError;

/// The id of the one row.
const THE_ONE: i64 = 1;
/// The language of new accounts of a school that has chosen none.
const USUAL_LOCALE: &str = "zh-CN";

/// The school.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct School {
    /// Its name; empty until somebody says it.
    pub name: String,
    /// Its language, `en` or `zh-CN`; empty until somebody chooses.
    pub locale: String,
}

impl School {
    /// The language of a new account of which nothing else is said.
    #[must_use]
    pub fn locale_of_accounts(&self) -> &str {
        if self.locale.is_empty() {
            USUAL_LOCALE
        } else {
            &self.locale
        }
    }
}

fn read(row: Option<school::Model>) -> School {
    row.map_or_else(School::default, |row| School {
        name: row.name,
        locale: row.locale,
    })
}

/// The school.
///
/// # Errors
/// Any database failure.
pub async fn the_school(db: &impl Read) -> Result<School, DbError> {
    let row = school::Entity::find_by_id(THE_ONE).one(&db.on().0).await?;
    Ok(read(row))
}

/// The school, locked until the transaction ends.
///
/// # Errors
/// Any database failure.
pub async fn lock_the_school(tx: &Tx) -> Result<School, DbError> {
    let row = school::Entity::find_by_id(THE_ONE)
        // SQLite knows no row locks and needs none: its write transactions run one by one.
        .lock_exclusive()
        .one(tx.raw())
        .await?;
    Ok(read(row))
}

/// Gives the school the name and language of `after`.
///
/// # Errors
/// Any database failure.
pub async fn change_the_school(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    before: &School,
    after: &School,
) -> Result<(), DbError> {
    let texts = |one: &School| [("name", one.name.clone()), ("locale", one.locale.clone())];
    let Some(differences) = difference(texts(before), texts(after)) else {
        return Ok(());
    };
    school::Entity::update_many()
        .col_expr(school::Column::Name, Expr::value(after.name.as_str()))
        .col_expr(school::Column::Locale, Expr::value(after.locale.as_str()))
        .filter(school::Column::Id.eq(THE_ONE))
        .exec(tx.raw())
        .await?;
    let change = NewChange {
        detail: Some(differences),
        ..NewChange::of(ChangeKind::SchoolChanged)
    };
    change_log::append(tx, stamp, [change]).await
}
