//! Signing in with a password.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gradebook_auth::actions::{Account, ChangeOwnPassword};
use gradebook_auth::password::HashingError;
use gradebook_auth::{AccessClaims, Actor, Denied, Role, SignError, Verdict, Via, authorize};
use gradebook_domain::{SessionId, UserId};
use gradebook_persistence::repo::people::{self, User};
use gradebook_persistence::{DatabaseFailure, DbError};

use crate::App;
use crate::refresh_token::RefreshToken;
use crate::revocation::{SCOPE_ALL, SCOPE_PASSWORD_CHANGE};
use crate::username::username_key;

/// How long tokens and sessions live, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// An access token.
    pub access: i64,
    /// A teacher's or admin's session without use.
    pub staff_idle: i64,
    /// A student's session without use.
    pub student_idle: i64,
}

impl Default for Lifetimes {
    /// 5 minutes, 60 minutes, 14 days.
    fn default() -> Self {
        Self {
            access: 5 * 60,
            staff_idle: 60 * 60,
            student_idle: 14 * 24 * 60 * 60,
        }
    }
}

impl Lifetimes {
    pub(crate) fn idle(&self, role: Role) -> i64 {
        match role {
            Role::Admin | Role::Teacher => self.staff_idle,
            Role::Student => self.student_idle,
        }
    }
}

/// What a client tells of itself.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// Its name, from `User-Agent`.
    pub device: String,
    /// Its network address.
    pub address: String,
}

/// A signed-in client's tokens.
pub struct TokenPair {
    /// The access token.
    pub access_token: String,
    /// Seconds until it ends.
    pub expires_in: i64,
    /// The refresh token.
    pub refresh_token: String,
    /// Seconds until it ends.
    pub refresh_expires_in: i64,
    /// The scope of the access token.
    pub scope: &'static str,
    /// The account.
    pub user: User,
}

/// Why there are no tokens.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Unknown user, disabled user, wrong password: one answer for all.
    #[error("invalid username or password")]
    InvalidCredentials,
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

impl App {
    /// Signs in with a password.
    ///
    /// # Errors
    /// [`SignInError::InvalidCredentials`], the same and in the same time for an unknown user, a
    /// disabled one and a wrong password.
    pub async fn sign_in(
        &self,
        username: &str,
        password: String,
        via: Via,
        client: &Client,
    ) -> Result<TokenPair, SignInError> {
        let found = match username_key(username) {
            Ok(key) => people::by_username_key(&self.db, &key).await?,
            Err(_) => None,
        };
        let enabled = found.as_ref().is_some_and(|found| found.user.enabled);
        let stored = found.as_ref().and_then(|found| found.password_hash.clone());
        let verdict = self
            .passwords
            .verify(stored.clone(), password.clone())
            .await?;
        let known = found.as_ref().map(|found| found.user.id.0);
        let (Verdict::Match { needs_rehash }, Some(found), true) = (verdict, found, enabled) else {
            // Not the name that was typed: it may be a password in the wrong field.
            tracing::warn!(
                user_id = known,
                address = client.address,
                via = via.as_str(),
                "sign-in refused"
            );
            return Err(SignInError::InvalidCredentials);
        };
        let actor = Actor {
            user: Some(found.user.id),
            role: found.user.role,
            session: None,
            via,
        };
        if let (true, Some(old)) = (needs_rehash, stored) {
            self.rehash(&actor, found.user.id, &old, password).await?;
        }
        let token = self.refresh.first(&*self.random);
        let session = self
            .db
            .write(async |tx| {
                self.start_session(tx, &actor, &found.user, &token, client)
                    .await
            })
            .await?;
        tracing::info!(
            user_id = found.user.id.0,
            session_id = session.0,
            address = client.address,
            via = via.as_str(),
            "signed in"
        );
        self.token_pair(found.user, session, &token)
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

    pub(crate) fn token_pair(
        &self,
        user: User,
        session: SessionId,
        refresh_token: &RefreshToken,
    ) -> Result<TokenPair, SignInError> {
        let now = self.clock.now_ms().div_euclid(1000);
        let scope = if user.password_change_required {
            SCOPE_PASSWORD_CHANGE
        } else {
            SCOPE_ALL
        };
        let mut jti = [0_u8; 12];
        self.random.fill(&mut jti);
        let access_token = self.tokens.sign(&AccessClaims {
            iss: self.tokens.issuer().to_owned(),
            aud: self.tokens.audience().to_owned(),
            sub: user.id.to_string(),
            iat: now,
            nbf: now,
            exp: now + self.lifetimes.access,
            jti: URL_SAFE_NO_PAD.encode(jti),
            sid: session.to_string(),
            ver: user.ver,
            role: user.role,
            scope: scope.to_owned(),
            amr: vec!["pwd".to_owned()],
        })?;
        Ok(TokenPair {
            access_token,
            expires_in: self.lifetimes.access,
            refresh_token: self.refresh.text(refresh_token),
            refresh_expires_in: self.lifetimes.idle(user.role),
            scope,
            user,
        })
    }
}
