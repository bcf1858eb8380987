//! Writes of accounts.

use gradebook_auth::actions::{ChangeOwnPassword, ChooseOwnLanguage, ManagePeople};
use gradebook_auth::{Grant, Role};
use gradebook_domain::UserId;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};

use super::super::CHUNK;
use super::search::search_text;
use super::{NewUser, User};
use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::Tx;
use crate::entity::user;
use crate::error::DbError;

/// Creates accounts and returns their ids by normalised username.
///
/// # Errors
/// [`DbError::Duplicate`] when a username or student number is taken.
pub async fn create(
    tx: &Tx,
    _grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    users: &[NewUser],
) -> Result<Vec<(String, UserId)>, DbError> {
    let mut created = Vec::with_capacity(users.len());
    for chunk in users.chunks(CHUNK) {
        let rows = chunk.iter().map(|new| user::ActiveModel {
            username: Set(new.username.clone()),
            username_key: Set(new.username_key.clone()),
            name: Set(new.name.clone()),
            role: Set(new.role.as_str().to_owned()),
            student_number: Set(new.student_number.clone()),
            password_hash: Set(new.password_hash.clone()),
            password_change_required: Set(new.password_change_required),
            enabled: Set(true),
            locale: Set(new.locale.clone()),
            ver: Set(1),
            totp_enabled: Set(false),
            locale_chosen: Set(false),
            created_at: Set(stamp.at),
            updated_at: Set(stamp.at),
            search_text: Set(Some(search_text(
                &new.username,
                &new.name,
                new.student_number.as_deref(),
            ))),
            ..Default::default()
        });
        user::Entity::insert_many(rows)
            .exec_without_returning(tx.raw())
            .await?;
        // MySQL returns no generated ids for a multi-row insert; the unique key finds them.
        let ids: Vec<(String, i64)> = user::Entity::find()
            .select_only()
            .columns([user::Column::UsernameKey, user::Column::Id])
            .filter(user::Column::UsernameKey.is_in(chunk.iter().map(|new| &new.username_key)))
            .into_tuple()
            .all(tx.raw())
            .await?;
        created.extend(ids.into_iter().map(|(key, id)| (key, UserId(id))));
    }
    let changes = created.iter().map(|(_, id)| NewChange {
        user: Some(*id),
        ..NewChange::of(ChangeKind::UserCreated)
    });
    change_log::append(tx, stamp, changes).await?;
    Ok(created)
}

/// Gives an account a new initial password, which must be changed at the next sign-in, and makes
/// its tokens void.
///
/// # Errors
/// Any database failure.
pub async fn reset_password(
    tx: &Tx,
    _grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    user: &User,
    password_hash: &str,
) -> Result<(), DbError> {
    let columns = [
        (user::Column::PasswordHash, Expr::value(password_hash)),
        (user::Column::PasswordChangeRequired, Expr::value(true)),
    ];
    change_and_void(tx, stamp, ChangeKind::PasswordReset, user.id, columns).await?;
    Ok(())
}

/// Marks an account as one without a second factor and makes its tokens void.
///
/// # Errors
/// Any database failure.
pub async fn forget_second_factor(
    tx: &Tx,
    _grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    user: &User,
) -> Result<(), DbError> {
    let columns = [(user::Column::TotpEnabled, Expr::value(false))];
    change_and_void(tx, stamp, ChangeKind::TotpReset, user.id, columns).await?;
    Ok(())
}

/// Enables or disables an account; disabling makes its tokens void.
///
/// # Errors
/// Any database failure.
pub async fn set_enabled(
    tx: &Tx,
    _grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    user: &User,
    enabled: bool,
) -> Result<(), DbError> {
    let kind = if enabled {
        ChangeKind::UserEnabled
    } else {
        ChangeKind::UserDisabled
    };
    let columns = [(user::Column::Enabled, Expr::value(enabled))];
    change_and_void(tx, stamp, kind, user.id, columns).await?;
    Ok(())
}

/// Changes what an account is called and in which language its pages are; its tokens still hold.
///
/// # Errors
/// Any database failure.
pub async fn change_profile(
    tx: &Tx,
    _grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    user: &User,
    name: &str,
    locale: &str,
) -> Result<(), DbError> {
    let search = search_text(&user.username, name, user.student_number.as_deref());
    user::Entity::update_many()
        .col_expr(user::Column::Name, Expr::value(name))
        .col_expr(user::Column::SearchText, Expr::value(search))
        .col_expr(user::Column::Locale, Expr::value(locale))
        .col_expr(user::Column::UpdatedAt, Expr::value(stamp.at))
        .filter(user::Column::Id.eq(user.id.0))
        .exec(tx.raw())
        .await?;
    let before = format!("{} ({})", user.name, user.locale);
    let change = NewChange {
        user: Some(user.id),
        detail: Some(format!("{before} -> {name} ({locale})")),
        ..NewChange::of(ChangeKind::UserChanged)
    };
    change_log::append(tx, stamp, [change]).await
}

/// Gives an account another role and makes its tokens void, since they carry the role.
///
/// # Errors
/// Any database failure.
pub async fn change_role(
    tx: &Tx,
    _grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    user: &User,
    role: Role,
) -> Result<(), DbError> {
    let columns = [(user::Column::Role, Expr::value(role.as_str()))];
    let change = NewChange {
        detail: Some(format!("{} -> {role}", user.role)),
        ..NewChange::of(ChangeKind::RoleChanged)
    };
    change_and_void_as(tx, stamp, change, user.id, columns).await?;
    Ok(())
}

/// Keeps the language that the grant's user chose.
///
/// # Errors
/// Any database failure.
pub async fn choose_own_locale(
    tx: &Tx,
    grant: &Grant<ChooseOwnLanguage>,
    stamp: &Stamp<'_>,
    locale: &str,
) -> Result<(), DbError> {
    let owner = grant.on().user;
    user::Entity::update_many()
        .col_expr(user::Column::Locale, Expr::value(locale))
        .col_expr(user::Column::LocaleChosen, Expr::value(true))
        .col_expr(user::Column::UpdatedAt, Expr::value(stamp.at))
        .filter(user::Column::Id.eq(owner.0))
        .exec(tx.raw())
        .await?;
    let change = NewChange {
        user: Some(owner),
        detail: Some(locale.to_owned()),
        ..NewChange::of(ChangeKind::LanguageChosen)
    };
    change_log::append(tx, stamp, [change]).await
}

/// Stores a user's own new password and makes tokens issued before it void. Returns the new
/// counter for the tokens that follow.
///
/// # Errors
/// Any database failure.
pub async fn change_own_password(
    tx: &Tx,
    grant: &Grant<ChangeOwnPassword>,
    stamp: &Stamp<'_>,
    user: &User,
    password_hash: &str,
) -> Result<i64, DbError> {
    debug_assert_eq!(grant.on().user, user.id);
    let columns = [
        (user::Column::PasswordHash, Expr::value(password_hash)),
        (user::Column::PasswordChangeRequired, Expr::value(false)),
    ];
    let owner = grant.on().user;
    change_and_void(tx, stamp, ChangeKind::PasswordChanged, owner, columns).await
}

/// Replaces a password hash by one of the same password in today's scheme and cost, if nobody
/// changed the password meanwhile.
///
/// # Errors
/// Any database failure.
pub async fn rehash_own_password(
    tx: &Tx,
    grant: &Grant<ChangeOwnPassword>,
    old_hash: &str,
    new_hash: &str,
) -> Result<(), DbError> {
    user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(new_hash))
        .filter(user::Column::Id.eq(grant.on().user.0))
        .filter(user::Column::PasswordHash.eq(old_hash))
        .exec(tx.raw())
        .await?;
    Ok(())
}

/// Changes columns of an account, makes the tokens issued before void, and returns the counter of
/// those that follow. The database counts, not the caller: of two changes at once, each that read
/// the account before the other, both must void tokens that the other has let out.
async fn change_and_void(
    tx: &Tx,
    stamp: &Stamp<'_>,
    kind: ChangeKind,
    user: UserId,
    columns: impl IntoIterator<Item = (user::Column, Expr)>,
) -> Result<i64, DbError> {
    change_and_void_as(tx, stamp, NewChange::of(kind), user, columns).await
}

/// [`change_and_void`] with more to record than the kind.
async fn change_and_void_as(
    tx: &Tx,
    stamp: &Stamp<'_>,
    change: NewChange,
    user: UserId,
    columns: impl IntoIterator<Item = (user::Column, Expr)>,
) -> Result<i64, DbError> {
    let mut update = user::Entity::update_many()
        .col_expr(user::Column::Ver, Expr::col(user::Column::Ver).add(1))
        .col_expr(user::Column::UpdatedAt, Expr::value(stamp.at))
        .filter(user::Column::Id.eq(user.0));
    for (column, value) in columns {
        update = update.col_expr(column, value);
    }
    update.exec(tx.raw()).await?;
    let ver: Option<i64> = user::Entity::find_by_id(user.0)
        .select_only()
        .column(user::Column::Ver)
        .into_tuple()
        .one(tx.raw())
        .await?;
    let ver = ver.ok_or(DbError::Unexpected(DbErr::RecordNotUpdated))?;
    let change = NewChange {
        user: Some(user),
        version: Some(ver),
        ..change
    };
    change_log::append(tx, stamp, [change]).await?;
    Ok(ver)
}
