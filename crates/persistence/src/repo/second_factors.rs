//! The second factor of accounts: the sealed secret of an authenticator app, the last code that was
//! used, and recovery codes.

use gradebook_auth::Grant;
use gradebook_auth::actions::{ManageOwnSecondFactor, ManagePeople};
use gradebook_domain::UserId;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::people::{self, User};
use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::{Read, Tx};
use crate::entity::{recovery_code, totp_secret, user};
use crate::error::DbError;

/// The secret of an account's authenticator app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSecret {
    /// The secret, sealed for this account.
    pub sealed: String,
    /// When it was made, unix milliseconds.
    pub created_at: i64,
    /// Whether the app has shown that it knows the secret.
    pub confirmed: bool,
    /// The newest step whose code was used.
    pub last_step: i64,
}

/// The secret of an account, if there is one.
///
/// # Errors
/// Any database failure.
pub async fn secret(db: &impl Read, user: UserId) -> Result<Option<StoredSecret>, DbError> {
    let row = totp_secret::Entity::find_by_id(user.0)
        .one(&db.on().0)
        .await?;
    Ok(row.map(|row| StoredSecret {
        sealed: row.sealed,
        created_at: row.created_at,
        confirmed: row.confirmed_at.is_some(),
        last_step: row.last_step,
    }))
}

/// How many recovery codes of an account are left.
///
/// # Errors
/// Any database failure.
pub async fn codes_left(db: &impl Read, user: UserId) -> Result<u64, DbError> {
    let left = recovery_code::Entity::find()
        .filter(recovery_code::Column::UserId.eq(user.0))
        .filter(recovery_code::Column::UsedAt.is_null())
        .count(&db.on().0)
        .await?;
    Ok(left)
}

/// Keeps a new secret that is not confirmed yet, in place of an earlier one of that kind. Nothing
/// changes for the account until it is confirmed, so the change log does not have it.
///
/// # Errors
/// [`DbError::Duplicate`] when a confirmed one is there.
pub async fn begin(
    tx: &Tx,
    grant: &Grant<ManageOwnSecondFactor>,
    at: i64,
    sealed: &str,
) -> Result<(), DbError> {
    let owner = grant.on().user.0;
    totp_secret::Entity::delete_many()
        .filter(totp_secret::Column::UserId.eq(owner))
        .filter(totp_secret::Column::ConfirmedAt.is_null())
        .exec(tx.raw())
        .await?;
    let row = totp_secret::ActiveModel {
        user_id: Set(owner),
        sealed: Set(sealed.to_owned()),
        created_at: Set(at),
        confirmed_at: Set(None),
        last_step: Set(0),
    };
    totp_secret::Entity::insert(row)
        .exec_without_returning(tx.raw())
        .await?;
    Ok(())
}

/// Confirms the secret with the code of `step`: the account asks for codes from now on. `false`
/// when there is none to confirm, for instance because another request was first.
///
/// # Errors
/// Any database failure.
pub async fn confirm(
    tx: &Tx,
    grant: &Grant<ManageOwnSecondFactor>,
    stamp: &Stamp<'_>,
    sealed: &str,
    step: i64,
) -> Result<bool, DbError> {
    let owner = grant.on().user;
    let updated = totp_secret::Entity::update_many()
        .col_expr(totp_secret::Column::ConfirmedAt, Expr::value(stamp.at))
        .col_expr(totp_secret::Column::LastStep, Expr::value(step))
        .filter(totp_secret::Column::UserId.eq(owner.0))
        .filter(totp_secret::Column::Sealed.eq(sealed))
        .filter(totp_secret::Column::ConfirmedAt.is_null())
        .exec(tx.raw())
        .await?;
    if updated.rows_affected == 0 {
        return Ok(false);
    }
    mark(tx, owner, stamp.at, true).await?;
    append(tx, stamp, owner, ChangeKind::TotpEnabled).await?;
    Ok(true)
}

/// Uses the code of a step; `false` when it, or a later one, was used before.
///
/// # Errors
/// Any database failure.
pub async fn use_step(
    tx: &Tx,
    grant: &Grant<ManageOwnSecondFactor>,
    step: i64,
) -> Result<bool, DbError> {
    let updated = totp_secret::Entity::update_many()
        .col_expr(totp_secret::Column::LastStep, Expr::value(step))
        .filter(totp_secret::Column::UserId.eq(grant.on().user.0))
        .filter(totp_secret::Column::ConfirmedAt.is_not_null())
        .filter(totp_secret::Column::LastStep.lt(step))
        .exec(tx.raw())
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Uses the recovery code with this tag; `false` when there is no such code, or it was used before.
///
/// # Errors
/// Any database failure.
pub async fn use_recovery_code(
    tx: &Tx,
    grant: &Grant<ManageOwnSecondFactor>,
    stamp: &Stamp<'_>,
    tag: &str,
) -> Result<bool, DbError> {
    let owner = grant.on().user;
    let updated = recovery_code::Entity::update_many()
        .col_expr(recovery_code::Column::UsedAt, Expr::value(stamp.at))
        .filter(recovery_code::Column::UserId.eq(owner.0))
        .filter(recovery_code::Column::Tag.eq(tag))
        .filter(recovery_code::Column::UsedAt.is_null())
        .exec(tx.raw())
        .await?;
    if updated.rows_affected == 0 {
        return Ok(false);
    }
    append(tx, stamp, owner, ChangeKind::RecoveryCodeUsed).await?;
    Ok(true)
}

/// Puts these recovery codes in place of all earlier ones.
///
/// # Errors
/// Any database failure.
pub async fn replace_recovery_codes(
    tx: &Tx,
    grant: &Grant<ManageOwnSecondFactor>,
    stamp: &Stamp<'_>,
    tags: &[String],
) -> Result<(), DbError> {
    let owner = grant.on().user;
    delete_codes(tx, owner).await?;
    let rows = tags.iter().map(|tag| recovery_code::ActiveModel {
        user_id: Set(owner.0),
        tag: Set(tag.clone()),
        used_at: Set(None),
    });
    recovery_code::Entity::insert_many(rows)
        .exec_without_returning(tx.raw())
        .await?;
    append(tx, stamp, owner, ChangeKind::RecoveryCodesMade).await
}

/// The owner does without a second factor from now on.
///
/// # Errors
/// Any database failure.
pub async fn remove(
    tx: &Tx,
    grant: &Grant<ManageOwnSecondFactor>,
    stamp: &Stamp<'_>,
) -> Result<(), DbError> {
    let owner = grant.on().user;
    delete(tx, owner).await?;
    mark(tx, owner, stamp.at, false).await?;
    append(tx, stamp, owner, ChangeKind::TotpDisabled).await
}

/// Takes the second factor from an account whose owner lost it, and makes its tokens void.
///
/// # Errors
/// Any database failure.
pub async fn reset(
    tx: &Tx,
    grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    user: &User,
) -> Result<(), DbError> {
    delete(tx, user.id).await?;
    people::forget_second_factor(tx, grant, stamp, user).await
}

async fn delete(tx: &Tx, user: UserId) -> Result<(), DbError> {
    totp_secret::Entity::delete_by_id(user.0)
        .exec(tx.raw())
        .await?;
    delete_codes(tx, user).await
}

async fn delete_codes(tx: &Tx, user: UserId) -> Result<(), DbError> {
    recovery_code::Entity::delete_many()
        .filter(recovery_code::Column::UserId.eq(user.0))
        .exec(tx.raw())
        .await?;
    Ok(())
}

async fn mark(tx: &Tx, user: UserId, at: i64, enabled: bool) -> Result<(), DbError> {
    user::Entity::update_many()
        .col_expr(user::Column::TotpEnabled, Expr::value(enabled))
        .col_expr(user::Column::UpdatedAt, Expr::value(at))
        .filter(user::Column::Id.eq(user.0))
        .exec(tx.raw())
        .await?;
    Ok(())
}

async fn append(tx: &Tx, stamp: &Stamp<'_>, user: UserId, kind: ChangeKind) -> Result<(), DbError> {
    let change = NewChange {
        user: Some(user),
        ..NewChange::of(kind)
    };
    change_log::append(tx, stamp, [change]).await
}
