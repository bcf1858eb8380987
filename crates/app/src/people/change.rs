//! Changing accounts.

use gradebook_auth::actions::{Account, ChooseOwnLanguage, ManagePeople, School};
use gradebook_auth::{Actor, Grant, Role, authorize};
use gradebook_domain::UserId;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::repo::people::{self, User};
use gradebook_persistence::repo::{second_factors, sessions};
use gradebook_persistence::{Read, Tx};

use super::{PeopleError, by_key, number, usable_name};
use crate::App;
use crate::username::{new_username_key, username_key};

/// What to change of an account; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct PersonChange {
    /// The name to sign in with; sessions under way go on.
    pub username: Option<String>,
    /// 学号, of a student.
    pub student_number: Option<String>,
    /// The person's name.
    pub name: Option<String>,
    /// Whether the account may sign in.
    pub enabled: Option<bool>,
    /// Locale of the pages.
    pub locale: Option<String>,
    /// Role: an admin can become a teacher and a teacher an admin. A teacher who becomes an admin
    /// stays the teacher of their courses.
    pub role: Option<Role>,
}

impl App {
    /// Enables or disables an account by username; disabling ends its sessions.
    ///
    /// # Errors
    /// [`PeopleError`]; nothing is changed then.
    pub async fn set_enabled(
        &self,
        actor: &Actor,
        username: &str,
        enabled: bool,
    ) -> Result<(), PeopleError> {
        let grant = authorize::<ManagePeople>(actor, School)?;
        let key = username_key(username)?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                self.asker_lasts(tx, actor).await?;
                let user = locked(tx, by_key(tx, &key).await?.id).await?;
                set_enabled(tx, &grant, &stamp, &user, enabled).await
            })
            .await
    }

    /// Changes an account and returns it; disabling it and changing its role end its sessions.
    ///
    /// # Errors
    /// [`PeopleError`]; nothing is changed then.
    pub async fn change_person(
        &self,
        actor: &Actor,
        id: UserId,
        change: &PersonChange,
    ) -> Result<User, PeopleError> {
        let grant = authorize::<ManagePeople>(actor, School)?;
        let name = change.name.as_deref().map(usable_name).transpose()?;
        let username = match change.username.as_deref().map(str::trim) {
            Some(typed) => Some((typed, username_key(typed)?)),
            None => None,
        };
        let number = change.student_number.as_deref().map(str::trim);
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                self.asker_lasts(tx, actor).await?;
                let user = locked(tx, id).await?;
                if let Some(enabled) = change.enabled {
                    set_enabled(tx, &grant, &stamp, &user, enabled).await?;
                }
                if let Some(role) = change.role {
                    change_role(tx, &grant, &stamp, &user, role).await?;
                }
                // What is written next has to know what was written before.
                if let Some((typed, key)) = &username {
                    rename(tx, &grant, &stamp, &user, (typed, key)).await?;
                }
                let user = by_id(tx, id).await?;
                if let Some(number) = number {
                    renumber(tx, &grant, &stamp, &user, number).await?;
                }
                let user = by_id(tx, id).await?;
                let name = name.unwrap_or(&user.name);
                let locale = change.locale.as_ref().unwrap_or(&user.locale);
                if *name != user.name || *locale != user.locale {
                    people::change_profile(tx, &grant, &stamp, &user, name, locale).await?;
                }
                by_id(tx, id).await
            })
            .await
    }

    /// Keeps the language that the actor chose for their pages; one that they have already changes
    /// nothing.
    ///
    /// # Errors
    /// [`PeopleError::NotFound`] for somebody without an account; database failures.
    pub async fn choose_language(&self, actor: &Actor, locale: &str) -> Result<(), PeopleError> {
        let id = actor.user_id().ok_or(PeopleError::NotFound)?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                self.asker_lasts(tx, actor).await?;
                let user = locked(tx, id).await?;
                if user.locale_chosen && user.locale == locale {
                    return Ok(());
                }
                let grant = authorize::<ChooseOwnLanguage>(actor, Account { user: id })?;
                Ok(people::choose_own_locale(tx, &grant, &stamp, locale).await?)
            })
            .await
    }

    /// Takes the second factor from an account, by username, and ends its sessions: its owner lost
    /// phone and recovery codes. `false` when it has none.
    ///
    /// # Errors
    /// [`PeopleError`]; nothing is changed then.
    pub async fn reset_totp(&self, actor: &Actor, username: &str) -> Result<bool, PeopleError> {
        let grant = authorize::<ManagePeople>(actor, School)?;
        let key = username_key(username)?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                self.asker_lasts(tx, actor).await?;
                let user = locked(tx, by_key(tx, &key).await?.id).await?;
                reset_totp(tx, &grant, &stamp, &user).await
            })
            .await
    }

    /// The same by id.
    ///
    /// # Errors
    /// [`PeopleError`]; nothing is changed then.
    pub async fn reset_totp_of(&self, actor: &Actor, id: UserId) -> Result<bool, PeopleError> {
        let grant = authorize::<ManagePeople>(actor, School)?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                self.asker_lasts(tx, actor).await?;
                let user = locked(tx, id).await?;
                reset_totp(tx, &grant, &stamp, &user).await
            })
            .await
    }

    /// Gives an account, by username, a new one-time password and ends its sessions.
    ///
    /// # Errors
    /// [`PeopleError`]; nothing is changed then.
    pub async fn reset_password(
        &self,
        actor: &Actor,
        username: &str,
    ) -> Result<String, PeopleError> {
        let grant = authorize::<ManagePeople>(actor, School)?;
        let key = username_key(username)?;
        let user = by_key(&self.db, &key).await?;
        self.reset(actor, &grant, &user).await
    }

    /// Gives an account a new one-time password and ends its sessions.
    ///
    /// # Errors
    /// [`PeopleError`]; nothing is changed then.
    pub async fn reset_password_of(
        &self,
        actor: &Actor,
        id: UserId,
    ) -> Result<String, PeopleError> {
        let grant = authorize::<ManagePeople>(actor, School)?;
        let user = by_id(&self.db, id).await?;
        self.reset(actor, &grant, &user).await
    }

    async fn reset(
        &self,
        actor: &Actor,
        grant: &Grant<ManagePeople>,
        user: &User,
    ) -> Result<String, PeopleError> {
        let initial = self.new_initial_password();
        let hash = self.passwords.hash(initial.clone()).await?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                self.asker_lasts(tx, actor).await?;
                people::reset_password(tx, grant, &stamp, user, hash.as_str()).await?;
                sessions::end_all(tx, user.id, stamp.at).await?;
                Ok::<_, PeopleError>(())
            })
            .await?;
        Ok(initial)
    }
}

/// The account as it stays until the transaction ends.
async fn locked(tx: &Tx, id: UserId) -> Result<User, PeopleError> {
    people::lock(tx, id).await?.ok_or(PeopleError::NotFound)
}

async fn by_id(db: &impl Read, id: UserId) -> Result<User, PeopleError> {
    people::by_id(db, id)
        .await?
        .map(|found| found.user)
        .ok_or(PeopleError::NotFound)
}

/// A new name is looked at as that of a new account; the present one may be as it is.
async fn rename(
    tx: &Tx,
    grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    user: &User,
    (username, key): (&str, &str),
) -> Result<(), PeopleError> {
    if username == user.username {
        return Ok(());
    }
    if username_key(&user.username)? != key {
        new_username_key(username)?;
        if people::by_username_key(tx, key).await?.is_some() {
            return Err(PeopleError::UsernameTaken);
        }
    }
    Ok(people::change_username(tx, grant, stamp, user, (username, key)).await?)
}

async fn renumber(
    tx: &Tx,
    grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    user: &User,
    typed: &str,
) -> Result<(), PeopleError> {
    if user.student_number.as_deref() == Some(typed) {
        return Ok(());
    }
    let number = number::usable(typed).filter(|_| user.role == Role::Student);
    let number = number.ok_or(PeopleError::StudentNumber)?;
    number::free(tx, &number, Some(user.id)).await?;
    Ok(people::change_student_number(tx, grant, stamp, user, &number).await?)
}

async fn reset_totp(
    tx: &Tx,
    grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    user: &User,
) -> Result<bool, PeopleError> {
    if !user.totp_enabled {
        return Ok(false);
    }
    second_factors::reset(tx, grant, stamp, user).await?;
    sessions::end_all(tx, user.id, stamp.at).await?;
    Ok(true)
}

async fn set_enabled(
    tx: &Tx,
    grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    user: &User,
    enabled: bool,
) -> Result<(), PeopleError> {
    if user.enabled == enabled {
        return Ok(());
    }
    if !enabled {
        keep_an_admin(tx, user).await?;
    }
    people::set_enabled(tx, grant, stamp, user, enabled).await?;
    sessions::end_all(tx, user.id, stamp.at).await?;
    Ok(())
}

async fn change_role(
    tx: &Tx,
    grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    user: &User,
    role: Role,
) -> Result<(), PeopleError> {
    match (user.role, role) {
        (Role::Admin, Role::Admin)
        | (Role::Teacher, Role::Teacher)
        | (Role::Student, Role::Student) => return Ok(()),
        // A student has a number and grades, and nobody else has.
        (Role::Student, _) | (_, Role::Student) => return Err(PeopleError::Role),
        (Role::Admin, Role::Teacher) => keep_an_admin(tx, user).await?,
        (Role::Teacher, Role::Admin) => {}
    }
    people::change_role(tx, grant, stamp, user, role).await?;
    sessions::end_all(tx, user.id, stamp.at).await?;
    Ok(())
}

/// Refuses when nobody but this account could administer the school.
async fn keep_an_admin(tx: &Tx, user: &User) -> Result<(), PeopleError> {
    if user.role != Role::Admin {
        return Ok(());
    }
    let admins = people::lock_enabled_admins(tx).await?;
    if admins.iter().all(|admin| *admin == user.id) {
        return Err(PeopleError::LastAdmin);
    }
    Ok(())
}
