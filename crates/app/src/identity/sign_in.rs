//! Signing in with a password, and with a second factor where the account has one.

use gradebook_auth::actions::{Account, ChangeOwnPassword};
use gradebook_auth::password::HashingError;
use gradebook_auth::{Actor, Denied, SignError, Verdict, Via, authorize};
use gradebook_domain::UserId;
use gradebook_persistence::repo::people::{self, Credentials, User};
use gradebook_persistence::{DatabaseFailure, DbError};

use super::throttle::{Attempt, NotNow, Tried};
use super::tokens::{Issuing, TokenPair};
use crate::App;
use crate::username::username_key;

/// What a client tells of itself.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// Its name, from `User-Agent`.
    pub device: String,
    /// Its network address.
    pub address: String,
    /// What [`App::new_known_device`] gave it after an earlier sign-in.
    pub known_device: Option<String>,
}

/// Why there are no tokens.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Unknown user, disabled user, wrong password: one answer for all.
    #[error("invalid username or password")]
    InvalidCredentials,
    /// The password is right, and a code is needed too.
    #[error("a code is needed")]
    OtpRequired {
        /// For [`App::finish_sign_in`], within five minutes.
        ticket: String,
    },
    /// The password is right, and the code is wrong or was used before.
    #[error("the code is not right, or was used before")]
    WrongCode,
    /// The second step came too late, or the password has changed since the first.
    #[error("the sign-in took too long")]
    TicketExpired,
    /// Too many failed attempts for this account or from this address.
    #[error("too many failed attempts; wait {retry_after_s} seconds")]
    Throttled {
        /// Seconds until the next attempt is looked at.
        retry_after_s: u32,
    },
    /// The refresh token is spent, unknown or of an ended session.
    #[error("invalid refresh token")]
    InvalidRefreshToken,
    /// Too many sign-ins at once.
    #[error("too many sign-ins at once")]
    Busy,
    /// A fault of this program or machine.
    #[error("{0}")]
    Internal(&'static str),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl DatabaseFailure for SignInError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<HashingError> for SignInError {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy => Self::Busy,
            HashingError::Failed => Self::Internal("hashing a password failed"),
        }
    }
}

impl From<Denied> for SignInError {
    fn from(_: Denied) -> Self {
        Self::InvalidCredentials
    }
}

impl From<SignError> for SignInError {
    fn from(_: SignError) -> Self {
        Self::Internal("signing a token failed")
    }
}

impl From<NotNow> for SignInError {
    fn from(not_now: NotNow) -> Self {
        match not_now {
            NotNow::Wait(retry_after_s) => Self::Throttled { retry_after_s },
            NotNow::Database(error) => Self::Database(error),
        }
    }
}

impl App {
    /// Signs in with a password, and with a code where the account has a second factor.
    ///
    /// # Errors
    /// [`SignInError::InvalidCredentials`], the same and in the same time for an unknown user, a
    /// disabled one and a wrong password; [`SignInError::OtpRequired`] when only the code is missing;
    /// [`SignInError::Throttled`] after too many failures, whatever the password is.
    pub async fn sign_in(
        &self,
        username: &str,
        password: String,
        otp: Option<&str>,
        via: Via,
        client: &Client,
    ) -> Result<TokenPair, SignInError> {
        let key = username_key(username);
        let found = match &key {
            Ok(key) => people::by_username_key(&self.db, key).await?,
            Err(_) => None,
        };
        // A name that nobody can have counts, too: it is answered like any other.
        let named = key.as_deref().unwrap_or(username);
        let attempt = self.sign_in_attempt(named, found.as_ref(), client).await?;
        let enabled = found.as_ref().is_some_and(|found| found.user.enabled);
        let stored = found.as_ref().and_then(|found| found.password_hash.clone());
        let verdict = self
            .passwords
            .verify(stored.clone(), password.clone())
            .await?;
        let known = found.as_ref().map(|found| found.user.id.0);
        let (Verdict::Match { needs_rehash }, Some(found), true) = (verdict, found, enabled) else {
            self.failed(&attempt).await?;
            // Not the name that was typed: it may be a password in the wrong field.
            tracing::warn!(
                user_id = known,
                address = client.address,
                via = via.as_str(),
                "sign-in refused"
            );
            return Err(SignInError::InvalidCredentials);
        };
        let actor = newcomer(&found.user, via);
        if let (true, Some(old)) = (needs_rehash, stored) {
            self.rehash(&actor, found.user.id, &old, password).await?;
        }
        if found.user.totp_enabled && otp.is_none() {
            let now = self.clock.now_ms();
            let ticket = self.tickets.issue(found.user.id, found.user.ver, now);
            tracing::info!(
                user_id = found.user.id.0,
                address = client.address,
                via = via.as_str(),
                "password right, code asked for"
            );
            return Err(SignInError::OtpRequired { ticket });
        }
        let otp = otp.filter(|_| found.user.totp_enabled);
        self.begin_session(&actor, found.user, otp, &attempt, client)
            .await
    }

    /// Signs in with the code, after [`App::sign_in`] found the password right.
    ///
    /// # Errors
    /// [`SignInError::TicketExpired`] when the first step has to be done again;
    /// [`SignInError::WrongCode`]; [`SignInError::Throttled`].
    pub async fn finish_sign_in(
        &self,
        ticket: &str,
        otp: &str,
        via: Via,
        client: &Client,
    ) -> Result<TokenPair, SignInError> {
        let ticket = self
            .tickets
            .read(ticket, self.clock.now_ms())
            .ok_or(SignInError::TicketExpired)?;
        let found = people::by_id(&self.db, ticket.user)
            .await?
            .filter(|found| found.user.enabled && found.user.ver == ticket.ver)
            .filter(|found| found.user.totp_enabled)
            .ok_or(SignInError::TicketExpired)?;
        let key = username_key(&found.user.username).unwrap_or_default();
        let attempt = self.sign_in_attempt(&key, Some(&found), client).await?;
        let actor = newcomer(&found.user, via);
        self.begin_session(&actor, found.user, Some(otp), &attempt, client)
            .await
    }

    /// Leave to try, unless too much went wrong: for this name and address, or, on a device that the
    /// account's owner has used before, for such devices of theirs alone.
    async fn sign_in_attempt(
        &self,
        username_key: &str,
        found: Option<&Credentials>,
        client: &Client,
    ) -> Result<Attempt, NotNow> {
        let now_s = self.now_s();
        let known = found.filter(|found| {
            let device = client.known_device.as_deref();
            device.is_some_and(|device| self.devices.knows(&found.user, device, now_s))
        });
        match known {
            Some(found) => self.attempt(&[Tried::KnownDevices(found.user.id)]).await,
            None => {
                let tried = [
                    Tried::Username(username_key),
                    Tried::Address(&client.address),
                ];
                self.attempt(&tried).await
            }
        }
    }

    /// Checks the code, if the account needs one, and starts the session.
    async fn begin_session(
        &self,
        actor: &Actor,
        user: User,
        otp: Option<&str>,
        attempt: &Attempt,
        client: &Client,
    ) -> Result<TokenPair, SignInError> {
        let token = self.refresh.first(&*self.random);
        let began_at = self.clock.now_ms();
        let second_factor = otp.is_some();
        let started = self
            .db
            .write(async |tx| {
                // Hashing took a while. Whoever was disabled, given another password or role, or a
                // second factor meanwhile must not come in by what was true before.
                let now = people::lock(tx, user.id).await?;
                let unchanged = now.is_some_and(|now| {
                    now.enabled && now.ver == user.ver && now.totp_enabled == user.totp_enabled
                });
                if !unchanged {
                    return Err(SignInError::InvalidCredentials);
                }
                if let Some(otp) = otp
                    && !self.use_code(tx, actor, user.id, otp).await?
                {
                    return Err(SignInError::WrongCode);
                }
                attempt.succeeded(tx).await?;
                self.start_session(tx, actor, &user, &token, client, second_factor)
                    .await
            })
            .await;
        let session = match started {
            Err(SignInError::WrongCode) => {
                self.failed(attempt).await?;
                tracing::warn!(
                    user_id = user.id.0,
                    address = client.address,
                    via = actor.via.as_str(),
                    "sign-in refused: code"
                );
                return Err(SignInError::WrongCode);
            }
            other => other?,
        };
        tracing::info!(
            user_id = user.id.0,
            session_id = session.0,
            address = client.address,
            via = actor.via.as_str(),
            second_factor,
            "signed in"
        );
        let from = Issuing {
            session,
            began_at,
            second_factor,
        };
        Ok(self.token_pair(user, from, &token)?)
    }

    async fn rehash(
        &self,
        actor: &Actor,
        user: UserId,
        old: &str,
        password: String,
    ) -> Result<(), SignInError> {
        let new = self.passwords.hash(password).await?;
        self.db
            .write(async |tx| {
                let grant = authorize::<ChangeOwnPassword>(actor, Account { user })?;
                people::rehash_own_password(tx, &grant, old, new.as_str()).await?;
                Ok(())
            })
            .await
    }
}

/// Somebody who has shown who they are and has no session yet.
fn newcomer(user: &User, via: Via) -> Actor {
    Actor {
        user: Some(user.id),
        role: user.role,
        session: None,
        via,
    }
}
