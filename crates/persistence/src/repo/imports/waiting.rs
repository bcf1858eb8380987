//! Imports that wait for somebody to agree to their plan.

use gradebook_auth::Grant;
use gradebook_auth::actions::Import;
use gradebook_domain::ImportId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{ImportState, on_record};
use crate::change_log::{ChangeKind, Stamp};
use crate::db::Tx;
use crate::entity::import;
use crate::error::DbError;

/// Lets an import wait again that was taken so long ago, before `stale`, that its server must have
/// died. Should it live after all, the import is not its any more.
async fn release(tx: &Tx, id: ImportId, stale: i64) -> Result<(), DbError> {
    import::Entity::update_many()
        .col_expr(
            import::Column::State,
            Expr::value(ImportState::Planned.as_str()),
        )
        .col_expr(import::Column::Claim, Expr::value(Option::<i64>::None))
        .filter(import::Column::Id.eq(id.0))
        .filter(import::Column::File.is_not_null())
        .filter(import::Column::State.eq(ImportState::Running.as_str()))
        .filter(import::Column::ChangedAt.lt(stale))
        .exec(tx.raw())
        .await?;
    Ok(())
}

/// Changes what was asked for of an import that waits, or was abandoned before `stale` and waits from now
/// on. Returns whether it does.
///
/// # Errors
/// Any database failure.
pub async fn change(
    tx: &Tx,
    grant: &Grant<Import>,
    stamp: &Stamp<'_>,
    id: ImportId,
    (file_name, options): (&str, &str),
    stale: i64,
) -> Result<bool, DbError> {
    release(tx, id, stale).await?;
    let waits = [ImportState::Planned, ImportState::Failed].map(ImportState::as_str);
    let changed = import::Entity::update_many()
        .col_expr(import::Column::Options, Expr::value(options))
        .col_expr(import::Column::ChangedAt, Expr::value(stamp.at))
        .filter(import::Column::Id.eq(id.0))
        .filter(import::Column::File.is_not_null())
        .filter(import::Column::State.is_in(waits))
        .exec(tx.raw())
        .await?;
    if changed.rows_affected == 1 {
        on_record(tx, grant, stamp, ChangeKind::ImportChanged, file_name).await?;
    }
    Ok(changed.rows_affected == 1)
}

/// Forgets the file of an import that waits, or was abandoned before `stale`, and says why nothing is
/// written. Returns whether it still waited.
///
/// # Errors
/// Any database failure.
pub async fn cancel(
    tx: &Tx,
    grant: &Grant<Import>,
    stamp: &Stamp<'_>,
    id: ImportId,
    (file_name, summary): (&str, &str),
    stale: i64,
) -> Result<bool, DbError> {
    release(tx, id, stale).await?;
    let waits = [ImportState::Planned, ImportState::Failed].map(ImportState::as_str);
    let cancelled = import::Entity::update_many()
        .col_expr(
            import::Column::State,
            Expr::value(ImportState::Failed.as_str()),
        )
        .col_expr(import::Column::File, Expr::value(Option::<Vec<u8>>::None))
        .col_expr(import::Column::Summary, Expr::value(summary))
        .col_expr(import::Column::ChangedAt, Expr::value(stamp.at))
        .filter(import::Column::Id.eq(id.0))
        .filter(import::Column::File.is_not_null())
        .filter(import::Column::State.is_in(waits))
        .exec(tx.raw())
        .await?;
    if cancelled.rows_affected == 1 {
        on_record(tx, grant, stamp, ChangeKind::ImportCancelled, file_name).await?;
    }
    Ok(cancelled.rows_affected == 1)
}
