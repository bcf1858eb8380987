//! What becomes of an import that is taken back.

use gradebook_auth::Grant;
use gradebook_auth::actions::Import;
use gradebook_domain::ImportId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::ImportState;
use crate::change_log::Stamp;
use crate::db::Tx;
use crate::entity::import;
use crate::error::DbError;

/// What an import did so far, as JSON, locked until the transaction ends: two who take back a part of it
/// each do not count over each other.
///
/// # Errors
/// Any database failure.
pub async fn lock_summary(
    tx: &Tx,
    _grant: &Grant<Import>,
    id: ImportId,
) -> Result<Option<String>, DbError> {
    let summary: Option<Option<String>> = import::Entity::find_by_id(id.0)
        .select_only()
        .column(import::Column::Summary)
        .lock_exclusive()
        .into_tuple()
        .one(tx.raw())
        .await?;
    Ok(summary.flatten())
}

/// Says what an undo of an import did: that it was taken back, or, where something that it wrote still
/// stands, only the summary.
///
/// # Errors
/// Any database failure.
pub async fn undone(
    tx: &Tx,
    _grant: &Grant<Import>,
    stamp: &Stamp<'_>,
    (id, summary): (ImportId, &str),
    whole: bool,
) -> Result<(), DbError> {
    let state = if whole {
        ImportState::Undone
    } else {
        ImportState::Committed
    };
    import::Entity::update_many()
        .col_expr(import::Column::State, Expr::value(state.as_str()))
        .col_expr(import::Column::Summary, Expr::value(summary))
        .col_expr(import::Column::ChangedAt, Expr::value(stamp.at))
        .filter(import::Column::Id.eq(id.0))
        .filter(import::Column::State.eq(ImportState::Committed.as_str()))
        .exec(tx.raw())
        .await?;
    Ok(())
}
