//! Signed-in devices and the one refresh token that each of them holds.

use gradebook_auth::Grant;
use gradebook_auth::actions::ManageOwnSession;
use gradebook_domain::{SessionId, UserId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::CHUNK;
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
    /// When the session began, unix milliseconds.
    pub created_at: i64,
    /// When the refresh token was last replaced, unix milliseconds.
    pub rotated_at: i64,
    /// After this it cannot be refreshed, unix milliseconds.
    pub expires_at: i64,
    /// When it was ended, if it was.
    pub ended_at: Option<i64>,
    /// Whether it was started with a second factor.
    pub second_factor: bool,
}

/// A session as its owner sees it in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// Id.
    pub id: SessionId,
    /// What the client called itself.
    pub device: String,
    /// Where it signed in from.
    pub address: String,
    /// When it began, unix milliseconds.
    pub created_at: i64,
    /// When it was last used, unix milliseconds, as exactly as access tokens are renewed.
    pub last_used_at: i64,
    /// Whether it was started with a second factor.
    pub second_factor: bool,
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
    /// Whether a second factor was shown.
    pub second_factor: bool,
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
        second_factor: Set(new.second_factor),
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
        created_at: row.created_at,
        rotated_at: row.rotated_at,
        expires_at: row.expires_at,
        ended_at: row.ended_at,
        second_factor: row.second_factor,
    }))
}

/// A session that has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lasting {
    /// When it began, unix milliseconds.
    pub began_at: i64,
    /// Whether it was started with a second factor.
    pub second_factor: bool,
}

/// A session of this user that has not ended, locked until the transaction ends. `None` if it has
/// ended or is not theirs.
///
/// # Errors
/// Any database failure.
pub async fn lock_open(
    tx: &Tx,
    user: UserId,
    session: SessionId,
) -> Result<Option<Lasting>, DbError> {
    let row = session::Entity::find_by_id(session.0)
        .filter(session::Column::UserId.eq(user.0))
        .filter(session::Column::EndedAt.is_null())
        // SQLite knows no row locks and needs none: its write transactions run one by one.
        .lock_exclusive()
        .one(tx.raw())
        .await?;
    Ok(row.map(|row| Lasting {
        began_at: row.created_at,
        second_factor: row.second_factor,
    }))
}

/// Whether this user's session lasts, as it is now: nothing is locked.
///
/// # Errors
/// Any database failure.
pub async fn is_open(db: &impl Read, user: UserId, session: SessionId) -> Result<bool, DbError> {
    let found: Option<i64> = session::Entity::find_by_id(session.0)
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::UserId.eq(user.0))
        .filter(session::Column::EndedAt.is_null())
        .into_tuple()
        .one(&db.on().0)
        .await?;
    Ok(found.is_some())
}

/// The grant's user has shown a code in this session.
///
/// # Errors
/// Any database failure.
pub async fn mark_second_factor(
    tx: &Tx,
    grant: &Grant<ManageOwnSession>,
    session: SessionId,
) -> Result<(), DbError> {
    session::Entity::update_many()
        .col_expr(session::Column::SecondFactor, Expr::value(true))
        .filter(session::Column::Id.eq(session.0))
        .filter(session::Column::UserId.eq(grant.on().user.0))
        .exec(tx.raw())
        .await?;
    Ok(())
}

/// Forgets sessions of the grant's user that ended or ran out before `at` (unix milliseconds), and
/// ends the longest unused ones beyond the `most` newest.
///
/// # Errors
/// Any database failure.
pub async fn tidy(
    tx: &Tx,
    grant: &Grant<ManageOwnSession>,
    stamp: &Stamp<'_>,
    at: i64,
    most: u64,
) -> Result<(), DbError> {
    let owner = grant.on().user;
    let over = session::Column::EndedAt
        .lt(at)
        .or(session::Column::ExpiresAt.lt(at));
    session::Entity::delete_many()
        .filter(session::Column::UserId.eq(owner.0))
        .filter(over)
        .exec(tx.raw())
        .await?;
    // More than these at once are left to the next time. MySQL takes no offset without a limit.
    let ids: Vec<i64> = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::UserId.eq(owner.0))
        .filter(session::Column::EndedAt.is_null())
        .order_by_desc(session::Column::RotatedAt)
        .order_by_desc(session::Column::Id)
        .offset(most)
        .limit(100)
        .into_tuple()
        .all(tx.raw())
        .await?;
    end_these(tx, stamp, owner, &ids).await
}

/// The sessions of the grant's user that can still be used at `now`, the last used first.
///
/// # Errors
/// Any database failure.
pub async fn open(
    db: &impl Read,
    grant: &Grant<ManageOwnSession>,
    user_ver: i64,
    now: i64,
    limit: u64,
) -> Result<Vec<OpenSession>, DbError> {
    let rows = session::Entity::find()
        .filter(session::Column::UserId.eq(grant.on().user.0))
        .filter(session::Column::UserVer.eq(user_ver))
        .filter(session::Column::EndedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .order_by_desc(session::Column::RotatedAt)
        .order_by_desc(session::Column::Id)
        .limit(limit)
        .all(&db.on().0)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| OpenSession {
            id: SessionId(row.id),
            device: row.device,
            address: row.address,
            created_at: row.created_at,
            last_used_at: row.rotated_at,
            second_factor: row.second_factor,
        })
        .collect())
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

/// Ends every session of the grant's user but `keep`, and returns how many.
///
/// # Errors
/// Any database failure.
pub async fn end_others(
    tx: &Tx,
    grant: &Grant<ManageOwnSession>,
    stamp: &Stamp<'_>,
    keep: Option<SessionId>,
) -> Result<usize, DbError> {
    let owner = grant.on().user;
    let mut open = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::UserId.eq(owner.0))
        .filter(session::Column::EndedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(stamp.at));
    if let Some(keep) = keep {
        open = open.filter(session::Column::Id.ne(keep.0));
    }
    // SQLite knows no row locks and needs none: its write transactions run one by one.
    let ids: Vec<i64> = open.lock_exclusive().into_tuple().all(tx.raw()).await?;
    end_these(tx, stamp, owner, &ids).await?;
    Ok(ids.len())
}

async fn end_these(tx: &Tx, stamp: &Stamp<'_>, owner: UserId, ids: &[i64]) -> Result<(), DbError> {
    for chunk in ids.chunks(CHUNK) {
        session::Entity::update_many()
            .col_expr(session::Column::EndedAt, Expr::value(stamp.at))
            .filter(session::Column::Id.is_in(chunk.iter().copied()))
            .exec(tx.raw())
            .await?;
    }
    let changes = ids.iter().map(|id| NewChange {
        user: Some(owner),
        session: Some(SessionId(*id)),
        ..NewChange::of(ChangeKind::SessionEnded)
    });
    change_log::append(tx, stamp, changes).await
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
