//! How far the change log has come, so that what was read before can be told from what would be read now.

use gradebook_domain::ChangeId;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::db::Read;
use crate::entity::change;
use crate::error::DbError;

/// Ids below the newest that are counted. A transaction whose ids are lower than those of another may
/// become visible later; this is more than others write meanwhile.
const COUNTED: i64 = 100_000;

/// A state of the change log. Two that are the same saw the same rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The highest id.
    pub newest: ChangeId,
    /// How many of the ids just below it are there.
    pub rows: usize,
}

/// The state of the change log as it is now.
///
/// # Errors
/// Any database failure.
pub async fn mark(db: &impl Read) -> Result<Mark, DbError> {
    let newest: Option<i64> = change::Entity::find()
        .select_only()
        .column(change::Column::Id)
        .order_by_desc(change::Column::Id)
        .limit(1)
        .into_tuple()
        .one(&db.on().0)
        .await?;
    let newest = newest.unwrap_or(0);
    // What appears between the two statements is counted, and so makes the next state another one.
    let rows = change::Entity::find()
        .filter(change::Column::Id.gt(newest - COUNTED))
        .filter(change::Column::Id.lte(newest))
        .count(&db.on().0)
        .await?;
    Ok(Mark {
        newest: ChangeId(newest),
        rows: usize::try_from(rows).unwrap_or(usize::MAX),
    })
}
