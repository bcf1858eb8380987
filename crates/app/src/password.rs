//! Changing one's own password.

use gradebook_auth::actions::{Account, ChangeOwnPassword};
use gradebook_auth::password::{HashingError, PersonalWords, WeakPassword, check_new};
use gradebook_auth::{Actor, Denied, Verdict, authorize};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::repo::people::{self, User};
use gradebook_persistence::repo::sessions;
use gradebook_persistence::{DatabaseFailure, DbError};

use crate::App;
use crate::error::ReadError;
use crate::sign_in::{Client, SignInError, TokenPair};

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The current password is not right.
    #[error("the current password is not right")]
    WrongCurrent,
    /// The new password is not accepted.
    #[error(transparent)]
    Weak(WeakPassword),
    /// The new password is the current one.
    #[error("the new password is the same as the current one")]
    Unchanged,
    /// Too many passwords are being checked.
    #[error("too many passwords are being checked")]
    Busy,
    /// A fault of this program or machine.
    #[error("{0}")]
    Internal(&'static str),
    /// The account is gone or disabled.
    #[error("the account is not there any more")]
    Gone,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl DatabaseFailure for ChangePasswordError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<HashingError> for ChangePasswordError {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy => Self::Busy,
            HashingError::Failed => Self::Internal("hashing a password failed"),
        }
    }
}

impl From<Denied> for ChangePasswordError {
    fn from(_: Denied) -> Self {
        Self::Gone
    }
}

impl From<SignInError> for ChangePasswordError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Busy => Self::Busy,
            SignInError::Internal(what) => Self::Internal(what),
            SignInError::Database(error) => Self::Database(error),
            SignInError::InvalidCredentials | SignInError::InvalidRefreshToken => Self::Gone,
        }
    }
}

impl App {
    /// The actor's own account.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when the account is gone.
    pub async fn me(&self, actor: &Actor) -> Result<User, ReadError> {
        let id = actor.user_id().ok_or(ReadError::NotFound)?;
        people::by_id(&self.db, id)
            .await?
            .map(|found| found.user)
            .ok_or(ReadError::NotFound)
    }

    /// Changes the actor's password, ends all their sessions and signs this client in anew.
    ///
    /// # Errors
    /// [`ChangePasswordError`]; nothing is changed then.
    pub async fn change_password(
        &self,
        actor: &Actor,
        current: String,
        new: String,
        client: &Client,
    ) -> Result<TokenPair, ChangePasswordError> {
        let id = actor.user_id().ok_or(ChangePasswordError::Gone)?;
        let found = people::by_id(&self.db, id)
            .await?
            .filter(|found| found.user.enabled)
            .ok_or(ChangePasswordError::Gone)?;
        let unchanged = current == new;
        let verdict = self
            .passwords
            .verify(found.password_hash.clone(), current)
            .await?;
        let Verdict::Match { .. } = verdict else {
            return Err(ChangePasswordError::WrongCurrent);
        };
        if unchanged {
            return Err(ChangePasswordError::Unchanged);
        }
        check_new(
            &new,
            &PersonalWords {
                username: &found.user.username,
                name: &found.user.name,
                student_number: found.user.student_number.as_deref(),
            },
        )
        .map_err(ChangePasswordError::Weak)?;
        let hash = self.passwords.hash(new).await?;
        let at = self.clock.now_ms();
        let token = self.refresh.first(&*self.random);
        let (user, session) = self
            .db
            .write(async |tx| {
                let grant = authorize::<ChangeOwnPassword>(actor, Account { user: id })?;
                let stamp = Stamp {
                    at,
                    actor,
                    batch: None,
                    reason: None,
                };
                // Hashing took a while: an admin may have disabled or reset the account meanwhile.
                let now = people::by_id(tx, id)
                    .await?
                    .filter(|now| now.user.enabled)
                    .ok_or(ChangePasswordError::Gone)?;
                if now.password_hash != found.password_hash {
                    return Err(ChangePasswordError::WrongCurrent);
                }
                sessions::end_all(tx, id, at).await?;
                let ver = people::change_own_password(tx, &grant, &stamp, &now.user, hash.as_str())
                    .await?;
                let user = User {
                    ver,
                    password_change_required: false,
                    ..now.user
                };
                let session = self.start_session(tx, actor, &user, &token, client).await?;
                Ok::<_, ChangePasswordError>((user, session))
            })
            .await?;
        Ok(self.token_pair(user, session, &token)?)
    }
}
