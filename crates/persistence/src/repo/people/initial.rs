//! Initial passwords for many accounts at once.

use std::collections::BTreeMap;

use gradebook_auth::actions::ManagePeople;
use gradebook_auth::{Grant, Role};
use gradebook_domain::UserId;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::{CHUNK, sessions};
use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::Tx;
use crate::entity::user;
use crate::error::DbError;

/// The student may sign in and has no password of their own: none, or the initial one still.
pub(crate) fn waits_for_a_password() -> Condition {
    Condition::all()
        .add(user::Column::Role.eq(Role::Student.as_str()))
        .add(user::Column::Enabled.eq(true))
        .add(
            user::Column::PasswordHash
                .is_null()
                .or(user::Column::PasswordChangeRequired.eq(true)),
        )
}

/// Gives those of the students that have no password of their own the initial one whose hash
/// comes with them, and ends their sessions. Returns who was given one: whoever chose a password
/// of their own meanwhile keeps it.
///
/// # Errors
/// Any database failure.
pub async fn give_initial_passwords(
    tx: &Tx,
    _grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    hashes: &BTreeMap<UserId, String>,
) -> Result<Vec<UserId>, DbError> {
    let mut given = Vec::with_capacity(hashes.len());
    let all: Vec<(&UserId, &String)> = hashes.iter().collect();
    for chunk in all.chunks(CHUNK) {
        let asked = chunk.iter().map(|(id, _)| id.0);
        let waiting: Vec<i64> = user::Entity::find()
            .select_only()
            .column(user::Column::Id)
            .filter(user::Column::Id.is_in(asked))
            .filter(waits_for_a_password())
            .order_by_asc(user::Column::Id)
            .lock_exclusive()
            .into_tuple()
            .all(tx.raw())
            .await?;
        if waiting.is_empty() {
            continue;
        }
        let hash = chunk
            .iter()
            .filter(|(id, _)| waiting.binary_search(&id.0).is_ok())
            .fold(CaseStatement::new(), |case, (id, hash)| {
                case.case(user::Column::Id.eq(id.0), Expr::value(hash.as_str()))
            })
            .finally(Expr::col(user::Column::PasswordHash));
        user::Entity::update_many()
            .col_expr(user::Column::PasswordHash, hash.into())
            .col_expr(user::Column::PasswordChangeRequired, Expr::value(true))
            .col_expr(user::Column::Ver, Expr::col(user::Column::Ver).add(1))
            .col_expr(user::Column::UpdatedAt, Expr::value(stamp.at))
            .filter(user::Column::Id.is_in(waiting.iter().copied()))
            .exec(tx.raw())
            .await?;
        let versions: Vec<(i64, i64)> = user::Entity::find()
            .select_only()
            .columns([user::Column::Id, user::Column::Ver])
            .filter(user::Column::Id.is_in(waiting.iter().copied()))
            .order_by_asc(user::Column::Id)
            .into_tuple()
            .all(tx.raw())
            .await?;
        let changes = versions.into_iter().map(|(id, ver)| NewChange {
            user: Some(UserId(id)),
            version: Some(ver),
            ..NewChange::of(ChangeKind::PasswordReset)
        });
        change_log::append(tx, stamp, changes).await?;
        given.extend(waiting.into_iter().map(UserId));
    }
    sessions::end_all_of(tx, &given, stamp.at).await?;
    Ok(given)
}
