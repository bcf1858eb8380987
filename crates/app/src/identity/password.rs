//! Changing one's own password.

use gradebook_auth::actions::{Account, ChangeOwnPassword};
use gradebook_auth::password::{HashingError, PersonalWords, WeakPassword, check_new};
use gradebook_auth::{Actor, Denied, SignError, Verdict, authorize};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::repo::people::{self, User};
use gradebook_persistence::repo::sessions;
use gradebook_persistence::{DatabaseFailure, DbError};

use super::sign_in::{Client, SignInError};
use super::throttle::{NotNow, Tried};
use super::tokens::{Issuing, TokenPair};
use crate::App;
use crate::error::ReadError;

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
    /// Too many failed attempts.
    #[error("too many failed attempts; wait {retry_after_s} seconds")]
    Throttled {
        /// Seconds until the next attempt is looked at.
        retry_after_s: u32,
    },
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
            SignInError::Throttled { retry_after_s } => Self::Throttled { retry_after_s },
            SignInError::InvalidCredentials
            | SignInError::InvalidRefreshToken
            | SignInError::OtpRequired { .. }
            | SignInError::WrongCode
            | SignInError::TicketExpired => Self::Gone,
        }
    }
}

impl From<NotNow> for ChangePasswordError {
    fn from(not_now: NotNow) -> Self {
        match not_now {
            NotNow::Wait(retry_after_s) => Self::Throttled { retry_after_s },
            NotNow::Database(error) => Self::Database(error),
        }
    }
}

impl From<SignError> for ChangePasswordError {
    fn from(error: SignError) -> Self {
        SignInError::from(error).into()
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
        let tried = Tried::OwnSecret(id, actor.session);
        let attempt = self.attempt(&[tried]).await?;
        let unchanged = current == new;
        let verdict = self
            .passwords
            .verify(found.password_hash.clone(), current)
            .await?;
        let Verdict::Match { .. } = verdict else {
            self.failed(&attempt).await?;
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
        let (user, from) = self
            .db
            .write(async |tx| {
                let grant = authorize::<ChangeOwnPassword>(actor, Account { user: id })?;
                let stamp = Stamp {
                    at,
                    actor,
                    batch: None,
                    reason: None,
                };
                // Hashing took a while: an admin may have disabled or reset the account meanwhile, and
                // the session may have been ended.
                let now = people::lock(tx, id)
                    .await?
                    .filter(|now| now.enabled)
                    .ok_or(ChangePasswordError::Gone)?;
                if now.ver != found.user.ver {
                    return Err(ChangePasswordError::WrongCurrent);
                }
                let second_factor = match actor.session {
                    Some(session) => {
                        sessions::lock_open(tx, id, session)
                            .await?
                            .ok_or(ChangePasswordError::Gone)?
                            .second_factor
                    }
                    None => false,
                };
                sessions::end_all(tx, id, at).await?;
                attempt.succeeded(tx).await?;
                let ver =
                    people::change_own_password(tx, &grant, &stamp, &now, hash.as_str()).await?;
                let user = User {
                    ver,
                    password_change_required: false,
                    ..now
                };
                let session = self
                    .start_session(tx, actor, &user, &token, client, second_factor)
                    .await?;
                let from = Issuing {
                    session,
                    began_at: at,
                    second_factor,
                };
                Ok::<_, ChangePasswordError>((user, from))
            })
            .await?;
        Ok(self.token_pair(user, from, &token)?)
    }
}
