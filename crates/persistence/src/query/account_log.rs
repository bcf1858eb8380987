//! What happened to one account.

use gradebook_auth::Grant;
use gradebook_auth::actions::SeeChangeLog;
use gradebook_domain::{ChangeId, CourseId, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::courses;
use crate::change_log::ChangeKind;
use crate::db::Read;
use crate::entity::change;
use crate::error::DbError;

/// One change of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountChange {
    /// Id of the change.
    pub id: ChangeId,
    /// Unix milliseconds.
    pub at: i64,
    /// Who; `None` for the operator at the server's shell.
    pub actor: Option<(UserId, String)>,
    /// What; `None` for a kind that only a newer version knows.
    pub kind: Option<ChangeKind>,
    /// The course that was given or taken.
    pub course: Option<CourseId>,
    /// What it was and what it became, for kinds that keep it.
    pub detail: Option<String>,
    /// `web`, `api`, `cli` or `import`.
    pub source: String,
}

/// Changes of one account, newest first, older than `before` if given.
///
/// # Errors
/// Any database failure.
pub async fn of_account(
    db: &impl Read,
    _grant: &Grant<SeeChangeLog>,
    account: UserId,
    before: Option<ChangeId>,
    limit: u64,
) -> Result<Vec<AccountChange>, DbError> {
    let mut select = change::Entity::find()
        .filter(change::Column::UserId.eq(account.0))
        .order_by_desc(change::Column::Id)
        .limit(limit);
    if let Some(before) = before {
        select = select.filter(change::Column::Id.lt(before.0));
    }
    let rows = select.all(&db.on().0).await?;
    let names = courses::names(db, rows.iter().filter_map(|row| row.actor_id)).await?;
    Ok(rows
        .into_iter()
        .map(|row| AccountChange {
            id: ChangeId(row.id),
            at: row.at,
            actor: row.actor_id.map(UserId).map(|id| {
                let name = names.get(&id).cloned().unwrap_or_default();
                (id, name)
            }),
            kind: ChangeKind::parse(&row.kind),
            course: row.course_id.map(CourseId),
            detail: row.detail,
            source: row.source,
        })
        .collect())
}
