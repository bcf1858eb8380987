//! The files of imports: kept until they are written, and no longer than they have to be.

use std::collections::HashMap;

use gradebook_auth::Grant;
use gradebook_auth::actions::Import;
use gradebook_domain::ImportId;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::ImportState;
use crate::db::{Read, Tx};
use crate::entity::import;
use crate::error::DbError;

/// The file of an import, while it is kept.
///
/// # Errors
/// Any database failure.
pub async fn file(
    db: &impl Read,
    _grant: &Grant<Import>,
    id: ImportId,
) -> Result<Option<Vec<u8>>, DbError> {
    let file: Option<Option<Vec<u8>>> = import::Entity::find_by_id(id.0)
        .select_only()
        .column(import::Column::File)
        .into_tuple()
        .one(&db.on().0)
        .await?;
    Ok(file.flatten())
}

/// Whether the file of an import is still kept.
///
/// # Errors
/// Any database failure.
pub async fn has_file(
    db: &impl Read,
    _grant: &Grant<Import>,
    id: ImportId,
) -> Result<bool, DbError> {
    let kept: Option<i64> = import::Entity::find_by_id(id.0)
        .select_only()
        .column(import::Column::Id)
        .filter(import::Column::File.is_not_null())
        .into_tuple()
        .one(&db.on().0)
        .await?;
    Ok(kept.is_some())
}

/// Forgets the files that came before `before` and are not being written, and those that nobody can be
/// writing any more.
///
/// # Errors
/// Any database failure.
pub async fn forget_files(tx: &Tx, before: i64) -> Result<(), DbError> {
    let idle = import::Column::State
        .ne(ImportState::Running.as_str())
        .or(import::Column::ChangedAt.lt(before));
    import::Entity::update_many()
        .col_expr(import::Column::File, Expr::value(Option::<Vec<u8>>::None))
        .filter(import::Column::File.is_not_null())
        .filter(import::Column::CreatedAt.lt(before))
        .filter(idle)
        .exec(tx.raw())
        .await?;
    Ok(())
}

/// Keeps only the newest files that wait: so many of one person, and so many of the school. Those that
/// are being written stay.
///
/// # Errors
/// Any database failure.
pub async fn keep_newest(tx: &Tx, of_person: usize, of_school: usize) -> Result<(), DbError> {
    let waiting: Vec<(i64, Option<i64>)> = import::Entity::find()
        .select_only()
        .columns([import::Column::Id, import::Column::CreatedBy])
        .filter(import::Column::File.is_not_null())
        .filter(import::Column::State.ne(ImportState::Running.as_str()))
        .order_by_desc(import::Column::Id)
        .into_tuple()
        .all(tx.raw())
        .await?;
    let mut kept: HashMap<Option<i64>, usize> = HashMap::new();
    let mut forgotten = Vec::new();
    for (nth, (id, person)) in waiting.into_iter().enumerate() {
        let of_them = kept.entry(person).or_insert(0);
        *of_them += 1;
        if nth >= of_school || *of_them > of_person {
            forgotten.push(id);
        }
    }
    if forgotten.is_empty() {
        return Ok(());
    }
    import::Entity::update_many()
        .col_expr(import::Column::File, Expr::value(Option::<Vec<u8>>::None))
        .filter(import::Column::Id.is_in(forgotten))
        .filter(import::Column::State.ne(ImportState::Running.as_str()))
        .exec(tx.raw())
        .await?;
    Ok(())
}
