//! Accounts.

mod change;
mod identifiers;
mod initial;
mod numbers;
mod rename;
mod search;

use std::collections::BTreeSet;

use gradebook_auth::Role;
use gradebook_domain::UserId;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

pub use change::{
    change_own_password, change_profile, change_role, choose_own_locale, create,
    forget_second_factor, rehash_own_password, reset_password, set_enabled,
};
pub use identifiers::{change_student_number, change_username};
pub use initial::give_initial_passwords;
pub(crate) use initial::waits_for_a_password;
pub use numbers::{Numbered, alike, nearly_numbered, numbered, students_by_number};
pub use rename::rename_all;
pub use search::{PeopleFilter, count_of, list};

use super::CHUNK;
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
    /// Whether the user chose that locale; until then the browser's counts.
    pub locale_chosen: bool,
    /// Counter that makes tokens with an older one void.
    pub ver: i64,
    /// Whether signing in takes a code besides the password.
    pub totp_enabled: bool,
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
            locale_chosen: row.locale_chosen,
            ver: row.ver,
            totp_enabled: row.totp_enabled,
            has_password: row.password_hash.is_some(),
        },
        password_hash: row.password_hash,
    })
}

pub(crate) fn read_user(row: user::Model) -> Result<User, DbError> {
    read(row).map(|found| found.user)
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

/// The account with this id, locked until the transaction ends: whatever is decided from it stays
/// true.
///
/// # Errors
/// Any database failure.
pub async fn lock(tx: &Tx, id: UserId) -> Result<Option<User>, DbError> {
    let row = user::Entity::find_by_id(id.0)
        // SQLite knows no row locks and needs none: its write transactions run one by one.
        .lock_exclusive()
        .one(tx.raw())
        .await?;
    Ok(row.map(read).transpose()?.map(|found| found.user))
}

/// The accounts among `ids` that exist, locked until the transaction ends, in the order in which
/// everybody locks them.
///
/// # Errors
/// Any database failure.
pub async fn lock_all(tx: &Tx, ids: &BTreeSet<UserId>) -> Result<Vec<User>, DbError> {
    let all: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let mut locked = Vec::with_capacity(all.len());
    for chunk in all.chunks(CHUNK) {
        let rows = user::Entity::find()
            .filter(user::Column::Id.is_in(chunk.iter().copied()))
            .order_by_asc(user::Column::Id)
            .lock_exclusive()
            .all(tx.raw())
            .await?;
        for row in rows {
            locked.push(read(row)?.user);
        }
    }
    Ok(locked)
}

/// The accounts among `ids` that exist.
///
/// # Errors
/// Any database failure.
pub async fn by_ids(db: &impl Read, ids: &[UserId]) -> Result<Vec<User>, DbError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let rows = user::Entity::find()
            .filter(user::Column::Id.is_in(chunk.iter().map(|id| id.0)))
            .all(&db.on().0)
            .await?;
        for row in rows {
            found.push(read(row)?.user);
        }
    }
    Ok(found)
}

/// The accounts among those with these normalised usernames that exist.
///
/// # Errors
/// Any database failure.
pub async fn by_username_keys(
    db: &impl Read,
    keys: &[String],
) -> Result<Vec<(String, User)>, DbError> {
    let mut found = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(CHUNK) {
        let rows = user::Entity::find()
            .filter(user::Column::UsernameKey.is_in(chunk))
            .all(&db.on().0)
            .await?;
        for row in rows {
            found.push((row.username_key.clone(), read(row)?.user));
        }
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

/// The admins who can sign in, locked against other writers until the transaction ends, so that of
/// two who disable each other the second sees what the first did.
///
/// # Errors
/// Any database failure.
pub async fn lock_enabled_admins(tx: &Tx) -> Result<Vec<UserId>, DbError> {
    let admins = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::Role.eq(Role::Admin.as_str()))
        .filter(user::Column::Enabled.eq(true));
    // Found first and locked by id, so that nobody else's row is waited for.
    let found: Vec<i64> = admins.clone().into_tuple().all(tx.raw()).await?;
    let locked: Vec<i64> = admins
        .filter(user::Column::Id.is_in(found))
        .order_by_asc(user::Column::Id)
        // SQLite knows no row locks and needs none: its write transactions run one by one.
        .lock_exclusive()
        .into_tuple()
        .all(tx.raw())
        .await?;
    Ok(locked.into_iter().map(UserId).collect())
}
