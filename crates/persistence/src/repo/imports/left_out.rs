//! The rows of imports that were left out.

use gradebook_auth::Grant;
use gradebook_auth::actions::Import;
use gradebook_domain::ImportId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::db::{Read, Tx};
use crate::entity::import;
use crate::error::DbError;

/// The rows of an import that were left out, as JSON, while they are kept.
///
/// # Errors
/// Any database failure.
pub async fn left_out(
    db: &impl Read,
    _grant: &Grant<Import>,
    id: ImportId,
) -> Result<Option<String>, DbError> {
    let rows: Option<Option<String>> = import::Entity::find_by_id(id.0)
        .select_only()
        .column(import::Column::LeftOut)
        .into_tuple()
        .one(&db.on().0)
        .await?;
    Ok(rows.flatten())
}

/// Forgets the rows of imports that came before `before`.
///
/// # Errors
/// Any database failure.
pub async fn forget_left_out(tx: &Tx, before: i64) -> Result<(), DbError> {
    import::Entity::update_many()
        .col_expr(import::Column::LeftOut, Expr::value(Option::<String>::None))
        .filter(import::Column::LeftOut.is_not_null())
        .filter(import::Column::CreatedAt.lt(before))
        .exec(tx.raw())
        .await?;
    Ok(())
}
