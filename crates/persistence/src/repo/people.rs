//! Accounts.

use gradebook_auth::actions::{ChangeOwnPassword, ListUsers, ManagePeople};
use gradebook_auth::{Grant, Role};
use gradebook_domain::UserId;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::CHUNK;
use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::{Read, Tx};
use crate::entity::user;
use crate::error::DbError;

/// An account, without its password hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// The name to sign in with, as it was given.
    pub username: String,
    /// The person's name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// 学号, for students.
    pub student_number: Option<String>,
    /// Whether the initial password has still to be changed.
    pub password_change_required: bool,
    /// Whether the account may sign in.
    pub enabled: bool,
    /// Locale of the pages, `en` or `zh-CN`.
    pub locale: String,
    /// Counter that makes tokens with an older one void.
    pub ver: i64,
    /// Whether there is a password to sign in with.
    pub has_password: bool,
}

/// What signing in needs: the account and its stored password hash.
pub struct Credentials {
    /// The account.
    pub user: User,
    /// Its password hash, if it has one.
    pub password_hash: Option<String>,
}

/// An account to create.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The name to sign in with.
    pub username: String,
    /// Its normalised form, by which it is unique.
    pub username_key: String,
    /// The person's name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// 学号; a student must have one.
    pub student_number: Option<String>,
    /// Password hash; without one nobody can sign in to the account yet.
    pub password_hash: Option<String>,
    /// Whether the password must be changed at the first sign-in.
    pub password_change_required: bool,
    /// Locale of the pages.
    pub locale: String,
}

fn read(row: user::Model) -> Result<Credentials, DbError> {
    let role = row.role.parse().map_err(|_| DbError::Corrupt {
        table: "users",
        column: "role",
        value: row.role.clone(),
    })?;
    Ok(Credentials {
        user: User {
            id: UserId(row.id),
            username: row.username,
            name: row.name,
            role,
            student_number: row.student_number,
            password_change_required: row.password_change_required,
            enabled: row.enabled,
            locale: row.locale,
            ver: row.ver,
            has_password: row.password_hash.is_some(),
        },
        password_hash: row.password_hash,
    })
}

/// The account with this normalised username.
///
/// # Errors
/// Any database failure.
pub async fn by_username_key(db: &impl Read, key: &str) -> Result<Option<Credentials>, DbError> {
    let row = user::Entity::find()
        .filter(user::Column::UsernameKey.eq(key))
        .one(&db.on().0)
        .await?;
    row.map(read).transpose()
}

/// The account with this id.
///
/// # Errors
/// Any database failure.
pub async fn by_id(db: &impl Read, id: UserId) -> Result<Option<Credentials>, DbError> {
    let row = user::Entity::find_by_id(id.0).one(&db.on().0).await?;
    row.map(read).transpose()
}

/// Accounts after `after`, in order of id.
///
/// # Errors
/// Any database failure.
pub async fn list(
    db: &impl Read,
    _grant: &Grant<ListUsers>,
    after: UserId,
    limit: u64,
) -> Result<Vec<User>, DbError> {
    let rows = user::Entity::find()
        .filter(user::Column::Id.gt(after.0))
        .order_by_asc(user::Column::Id)
        .limit(limit)
        .all(&db.on().0)
        .await?;
    rows.into_iter()
        .map(|row| read(row).map(|found| found.user))
        .collect()
}

/// Students by number, for those of `numbers` that exist.
///
/// # Errors
/// Any database failure.
pub async fn students_by_number(
    db: &impl Read,
    numbers: &[String],
) -> Result<Vec<(String, UserId)>, DbError> {
    let mut found = Vec::with_capacity(numbers.len());
    for chunk in numbers.chunks(CHUNK) {
        let rows: Vec<(Option<String>, i64)> = user::Entity::find()
            .select_only()
            .columns([user::Column::StudentNumber, user::Column::Id])
            .filter(user::Column::StudentNumber.is_in(chunk))
            .filter(user::Column::Role.eq(Role::Student.as_str()))
            .into_tuple()
            .all(&db.on().0)
            .await?;
        found.extend(
            rows.into_iter()
                .filter_map(|(number, id)| number.map(|number| (number, UserId(id)))),
        );
    }
    Ok(found)
}

/// Which of these normalised usernames are taken.
///
/// # Errors
/// Any database failure.
pub async fn taken_usernames(db: &impl Read, keys: &[String]) -> Result<Vec<String>, DbError> {
    let mut taken = Vec::new();
    for chunk in keys.chunks(CHUNK) {
        let rows: Vec<String> = user::Entity::find()
            .select_only()
            .column(user::Column::UsernameKey)
            .filter(user::Column::UsernameKey.is_in(chunk))
            .into_tuple()
            .all(&db.on().0)
            .await?;
        taken.extend(rows);
    }
    Ok(taken)
}

/// How many accounts there are.
///
/// # Errors
/// Any database failure.
pub async fn count(db: &impl Read) -> Result<u64, DbError> {
    Ok(user::Entity::find().count(&db.on().0).await?)
}

/// How many admins can sign in, other than `besides`.
///
/// # Errors
/// Any database failure.
pub async fn other_enabled_admins(db: &impl Read, besides: UserId) -> Result<u64, DbError> {
    Ok(user::Entity::find()
        .filter(user::Column::Role.eq(Role::Admin.as_str()))
        .filter(user::Column::Enabled.eq(true))
        .filter(user::Column::Id.ne(besides.0))
        .count(&db.on().0)
        .await?)
}

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
            created_at: Set(stamp.at),
            updated_at: Set(stamp.at),
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
        ..NewChange::of(kind)
    };
    change_log::append(tx, stamp, [change]).await?;
    Ok(ver)
}
