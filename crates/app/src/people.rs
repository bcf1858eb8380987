//! Accounts: adding, finding and, in [`change`], changing them.

mod change;
pub(crate) mod first_admin;
mod number;
mod placed;
mod pupils;
mod search;
mod slips;

use std::collections::HashMap;
use std::fmt;

use gradebook_auth::actions::{ListUsers, ManagePeople, School};
use gradebook_auth::password::{
    HashingError, OlderHash, PersonalWords, WeakPassword, check_new, initial_password,
};
use gradebook_auth::{Actor, Denied, Grant, Role, authorize};
use gradebook_domain::UserId;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::repo::people::{self, NewUser, User};
use gradebook_persistence::{DatabaseFailure, DbError, Read, Tx};

pub use change::PersonChange;
pub use first_admin::FirstAdminError;
pub use placed::{PersonError, Placement};
pub use pupils::{LineFault, PupilsError};
pub use search::AccountEvent;
pub use slips::{ClassSlips, PrintedSlips};

use crate::App;
use crate::error::ReadError;
use crate::text::has_unprintable;
use crate::username::{InvalidUsername, new_username_key, username_key};

/// An account to add.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// The name to sign in with.
    pub username: String,
    /// The person's name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// 学号, for students.
    pub student_number: Option<String>,
    /// What the person signs in with; without it a one-time initial password is made.
    pub password: Option<NewPassword>,
    /// Locale of the pages.
    pub locale: String,
    /// Whether the account may sign in from the start.
    pub enabled: bool,
}

/// What the person of a new account signs in with, without having to change it.
#[derive(Clone)]
pub enum NewPassword {
    /// A password that the person chose.
    Chosen(String),
    /// The hash that an older system kept of their password.
    Older(OlderHash),
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewPassword(redacted)")
    }
}

/// Why an account could not be added or changed.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The username cannot be one.
    #[error(transparent)]
    Username(#[from] InvalidUsername),
    /// A person needs a name of at most 128 characters, all of them to be seen.
    #[error("a name has 1 to 128 characters, and no control characters")]
    Name,
    /// A student needs a student number; nobody else has one.
    #[error(
        "a student has a student number of at most 32 characters, none of them control characters, and \
         nobody else has one"
    )]
    StudentNumber,
    /// Admins become teachers and teachers admins; a student's account stays one.
    #[error(
        "an admin can become a teacher and a teacher an admin; a student's account stays one: \
         add another account for the other role"
    )]
    Role,
    /// The password is not accepted.
    #[error(transparent)]
    Weak(WeakPassword),
    /// The username or student number is taken.
    #[error("this username or student number is taken")]
    AlreadyExists,
    /// Somebody else has the username.
    #[error("this username is taken: choose another one")]
    UsernameTaken,
    /// Somebody else has the student number.
    #[error("this student number is taken: check it")]
    NumberTaken,
    /// The student number is hard to tell from somebody else's.
    #[error(
        "{number} is the number of {name}, and only zeros at the front, spaces, letter case or width \
         differ: give another one"
    )]
    NumberAlike {
        /// The number that there is.
        number: String,
        /// Whose it is.
        name: String,
    },
    /// There is no such account.
    #[error("there is no such account")]
    NotFound,
    /// The actor may not manage accounts.
    #[error("not allowed")]
    Forbidden,
    /// The session that asks has ended.
    #[error("this session has ended")]
    SignedOut,
    /// Nobody could administer the school any more.
    #[error("this is the last admin who can sign in")]
    LastAdmin,
    /// Hashing the password failed.
    #[error("{0}")]
    Hashing(HashingError),
    /// The database failed.
    #[error(transparent)]
    Database(DbError),
}

impl DatabaseFailure for PeopleError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<DbError> for PeopleError {
    fn from(error: DbError) -> Self {
        match error {
            // somebody else was a moment earlier
            taken if taken.is_duplicate_of("student_number") => Self::NumberTaken,
            taken if taken.is_duplicate_of("username") => Self::UsernameTaken,
            DbError::Duplicate(_) => Self::AlreadyExists,
            other => Self::Database(other),
        }
    }
}

impl From<Denied> for PeopleError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Hidden => Self::NotFound,
            Denied::Visible => Self::Forbidden,
        }
    }
}

impl From<HashingError> for PeopleError {
    fn from(error: HashingError) -> Self {
        Self::Hashing(error)
    }
}

impl App {
    /// A one-time password to print on a slip.
    pub(crate) fn new_initial_password(&self) -> String {
        let mut bytes = [0_u8; 6];
        self.random.fill(&mut bytes);
        initial_password(&bytes)
    }

    /// Adds an account. Returns it and the one-time password, if one was made.
    ///
    /// # Errors
    /// [`PeopleError`]; nothing is added then.
    pub async fn add_person(
        &self,
        actor: &Actor,
        new: NewPerson,
    ) -> Result<(User, Option<String>), PeopleError> {
        let grant = authorize::<ManagePeople>(actor, School)?;
        let ready = self.ready_person(new).await?;
        let stamp = self.stamp(actor);
        let user = self
            .db
            .write(async |tx| {
                self.asker_lasts(tx, actor).await?;
                put(tx, &grant, &stamp, &ready).await
            })
            .await?;
        Ok((user, ready.initial))
    }

    /// Looks at what was typed of a new account, and hashes its password.
    pub(crate) async fn ready_person(&self, new: NewPerson) -> Result<ReadyPerson, PeopleError> {
        let key = new_username_key(&new.username)?;
        let username = new.username.trim();
        let name = usable_name(&new.name)?;
        let number = match (new.role, new.student_number.as_deref()) {
            (Role::Student, Some(typed)) => {
                Some(number::usable(typed).ok_or(PeopleError::StudentNumber)?)
            }
            (Role::Admin | Role::Teacher, None) => None,
            _ => return Err(PeopleError::StudentNumber),
        };
        let (hash, initial) = match new.password {
            Some(NewPassword::Chosen(chosen)) => {
                let about = PersonalWords {
                    username,
                    name,
                    student_number: number.as_deref(),
                };
                check_new(&chosen, &about).map_err(PeopleError::Weak)?;
                (self.passwords.hash(chosen).await?.into_string(), None)
            }
            Some(NewPassword::Older(hash)) => (hash.into_string(), None),
            None => {
                let initial = self.new_initial_password();
                let hash = self.passwords.hash(initial.clone()).await?;
                (hash.into_string(), Some(initial))
            }
        };
        let user = NewUser {
            username: username.to_owned(),
            username_key: key,
            name: name.to_owned(),
            role: new.role,
            student_number: number,
            password_hash: Some(hash),
            password_change_required: initial.is_some(),
            locale: new.locale,
        };
        Ok(ReadyPerson {
            user,
            enabled: new.enabled,
            initial,
        })
    }

    /// One account.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin; [`ReadError::NotFound`].
    pub async fn person(&self, actor: &Actor, id: UserId) -> Result<User, ReadError> {
        let _may_list = authorize::<ListUsers>(actor, School)?;
        people::by_id(&self.db, id)
            .await?
            .map(|found| found.user)
            .ok_or(ReadError::NotFound)
    }

    /// The accounts with these usernames, each at its place; `None` where there is none.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn people_named(
        &self,
        actor: &Actor,
        usernames: &[String],
    ) -> Result<Vec<Option<User>>, ReadError> {
        let _may_list = authorize::<ListUsers>(actor, School)?;
        let keys: Vec<Option<String>> = usernames
            .iter()
            .map(|username| username_key(username).ok())
            .collect();
        let asked: Vec<String> = keys.iter().flatten().cloned().collect();
        let found: HashMap<String, User> = people::by_username_keys(&self.db, &asked)
            .await?
            .into_iter()
            .collect();
        Ok(keys
            .into_iter()
            .map(|key| key.and_then(|key| found.get(&key).cloned()))
            .collect())
    }

    /// An account that was disabled a moment ago must not leave another one behind.
    pub(crate) async fn asker_lasts(&self, tx: &Tx, actor: &Actor) -> Result<(), PeopleError> {
        if self.lasts(tx, actor).await? {
            Ok(())
        } else {
            Err(PeopleError::SignedOut)
        }
    }

    /// A stamp for changes that belong to no batch and need no reason.
    pub(crate) fn stamp<'a>(&self, actor: &'a Actor) -> Stamp<'a> {
        Stamp {
            at: self.clock.now_ms(),
            actor,
            batch: None,
            reason: None,
        }
    }
}

/// An account that can be written.
pub(crate) struct ReadyPerson {
    user: NewUser,
    enabled: bool,
    /// The one-time password, if one was made.
    pub(crate) initial: Option<String>,
}

/// Writes the account, and returns it.
pub(crate) async fn put(
    tx: &Tx,
    grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    ready: &ReadyPerson,
) -> Result<User, PeopleError> {
    let key = std::slice::from_ref(&ready.user.username_key);
    if !people::taken_usernames(tx, key).await?.is_empty() {
        return Err(PeopleError::UsernameTaken);
    }
    if let Some(number) = &ready.user.student_number {
        number::free(tx, number, None).await?;
    }
    people::create(tx, grant, stamp, std::slice::from_ref(&ready.user)).await?;
    let added = by_key(tx, &ready.user.username_key).await?;
    if ready.enabled {
        return Ok(added);
    }
    people::set_enabled(tx, grant, stamp, &added, false).await?;
    by_key(tx, &ready.user.username_key).await
}

/// The name without spaces around it.
fn usable_name(name: &str) -> Result<&str, PeopleError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 128 || has_unprintable(name) {
        return Err(PeopleError::Name);
    }
    Ok(name)
}

async fn by_key(db: &impl Read, key: &str) -> Result<User, PeopleError> {
    people::by_username_key(db, key)
        .await?
        .map(|found| found.user)
        .ok_or(PeopleError::NotFound)
}
