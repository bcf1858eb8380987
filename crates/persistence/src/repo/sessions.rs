//! Signed-in devices and the one refresh token that each of them holds.

use gradebook_auth::Grant;
use gradebook_auth::actions::ManageOwnSession;
use gradebook_domain::{SessionId, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::{Read, Tx};
use crate::entity::session;
use crate::error::DbError;

/// A session as the refresh of its tokens sees it.
#[derive(Debug, Clone)]
pub struct Session {
    /// Id, the token's `sid`.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// The account's token counter when the session was started: a later one ends the session.
    pub user_ver: i64,
    /// SHA-256 of the current refresh token, in hexadecimal.
    pub refresh_hash: String,
    /// How often the refresh token was replaced.
    pub generation: i64,
    /// When it was last replaced, unix milliseconds.
    pub rotated_at: i64,
    /// After this it cannot be refreshed, unix milliseconds.
    pub expires_at: i64,
    /// When it was ended, if it was.
    pub ended_at: Option<i64>,
}

/// A session to start.
pub struct NewSession<'a> {
    /// What all refresh tokens of the session have in common.
    pub family: &'a str,
    /// The account's token counter.
    pub user_ver: i64,
    /// SHA-256 of its first refresh token, in hexadecimal.
    pub refresh_hash: &'a str,
    /// Until when it can be refreshed, unix milliseconds.
    pub expires_at: i64,
    /// What the client calls itself.
    pub device: &'a str,
    /// Where it signed in from.
    pub address: &'a str,
}

/// Starts a session for the user of the grant.
///
/// # Errors
/// Any database failure.
pub async fn start(
    tx: &Tx,
    grant: &Grant<ManageOwnSession>,
    at: i64,
    new: &NewSession<'_>,
) -> Result<SessionId, DbError> {
    let row = session::ActiveModel {
        user_id: Set(grant.on().user.0),
        family: Set(new.family.to_owned()),
        user_ver: Set(new.user_ver),
        refresh_hash: Set(new.refresh_hash.to_owned()),
        generation: Set(1),
        created_at: Set(at),
        rotated_at: Set(at),
        expires_at: Set(new.expires_at),
        ended_at: Set(None),
        device: Set(new.device.chars().take(255).collect()),
        address: Set(new.address.chars().take(64).collect()),
        ..Default::default()
    };
    let inserted = session::Entity::insert(row).exec(tx.raw()).await?;
    Ok(SessionId(inserted.last_insert_id))
}

/// The session whose refresh tokens are of this family.
///
/// # Errors
/// Any database failure.
pub async fn by_family(db: &impl Read, family: &str) -> Result<Option<Session>, DbError> {
    let row = session::Entity::find()
        .filter(session::Column::Family.eq(family))
        .one(&db.on().0)
        .await?;
    Ok(row.map(|row| Session {
        id: SessionId(row.id),
        user: UserId(row.user_id),
        user_ver: row.user_ver,
        refresh_hash: row.refresh_hash,
        generation: row.generation,
        rotated_at: row.rotated_at,
        expires_at: row.expires_at,
        ended_at: row.ended_at,
    }))
}

/// Replaces the refresh token `session.refresh_hash` by its successor; `false` when somebody else
/// did so first.
///
/// # Errors
/// Any database failure.
pub async fn rotate(
    tx: &Tx,
    grant: &Grant<ManageOwnSession>,
    at: i64,
    session: &Session,
    successor_hash: &str,
    expires_at: i64,
) -> Result<bool, DbError> {
    let updated = session::Entity::update_many()
        .col_expr(session::Column::RefreshHash, Expr::value(successor_hash))
        .col_expr(
            session::Column::Generation,
            Expr::value(session.generation + 1),
        )
        .col_expr(session::Column::RotatedAt, Expr::value(at))
        .col_expr(session::Column::ExpiresAt, Expr::value(expires_at))
        .filter(session::Column::Id.eq(session.id.0))
        .filter(session::Column::UserId.eq(grant.on().user.0))
        .filter(session::Column::RefreshHash.eq(session.refresh_hash.as_str()))
        .filter(session::Column::EndedAt.is_null())
        .exec(tx.raw())
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Ends one session of the grant's user; `false` when it had ended already or is not theirs.
///
/// # Errors
/// Any database failure.
pub async fn end(
    tx: &Tx,
    grant: &Grant<ManageOwnSession>,
    stamp: &Stamp<'_>,
    session: SessionId,
    kind: ChangeKind,
) -> Result<bool, DbError> {
    let updated = session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(stamp.at))
        .filter(session::Column::Id.eq(session.0))
        .filter(session::Column::UserId.eq(grant.on().user.0))
        .filter(session::Column::EndedAt.is_null())
        .exec(tx.raw())
        .await?;
    if updated.rows_affected == 0 {
        return Ok(false);
    }
    let change = NewChange {
        user: Some(grant.on().user),
        session: Some(session),
        ..NewChange::of(kind)
    };
    change_log::append(tx, stamp, [change]).await?;
    Ok(true)
}

/// Ends every session of a user: part of a password change, a reset or a disabled account, which
/// writes the change-log row that makes the tokens void.
///
/// # Errors
/// Any database failure.
pub async fn end_all(tx: &Tx, user: UserId, at: i64) -> Result<(), DbError> {
    end_all_of(tx, &[user], at).await
}

/// [`end_all`] for several people at once.
pub(crate) async fn end_all_of(tx: &Tx, users: &[UserId], at: i64) -> Result<(), DbError> {
    session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(at))
        .filter(session::Column::UserId.is_in(users.iter().map(|user| user.0)))
        .filter(session::Column::EndedAt.is_null())
        .exec(tx.raw())
        .await?;
    Ok(())
}
