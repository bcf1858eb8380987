//! Signing in, staying signed in, signing out.

use aws_lc_rs::{digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gradebook_auth::actions::{Account, ChangeOwnPassword, ManageOwnSession};
use gradebook_auth::password::HashingError;
use gradebook_auth::{
    AccessClaims, Actor, Denied, Grant, Role, SignError, Verdict, Via, authorize,
};
use gradebook_domain::{SessionId, UserId};
use gradebook_persistence::change_log::{ChangeKind, Stamp};
use gradebook_persistence::repo::people::{self, User};
use gradebook_persistence::repo::sessions::{self, NewSession, Session};
use gradebook_persistence::{DatabaseFailure, DbError};

use crate::App;
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
    fn idle(&self, role: Role) -> i64 {
        match role {
            Role::Admin | Role::Teacher => self.staff_idle,
            Role::Student => self.student_idle,
        }
    }
}

/// For how long a refresh token that was just replaced still gets the same successor: two tabs, or
/// a phone that lost the answer.
const SUCCESSOR_GRACE_MS: i64 = 10_000;

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

/// Makes refresh tokens: the first at random, each later one from the one before, so that two uses
/// of one token can be given the same successor without storing it.
pub(crate) struct RefreshTokens {
    key: hmac::Key,
}

impl RefreshTokens {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, secret),
        }
    }

    fn successor(&self, session: SessionId, generation: i64, token: &str) -> String {
        let text = format!("refresh:{session}:{generation}:{token}");
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, text.as_bytes()).as_ref())
    }
}

fn fingerprint(token: &str) -> String {
    digest::digest(&digest::SHA256, token.as_bytes())
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
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
        let (Verdict::Match { needs_rehash }, Some(found), true) = (verdict, found, enabled) else {
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
        self.start_session(&actor, found.user, client).await
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

    pub(crate) async fn start_session(
        &self,
        actor: &Actor,
        user: User,
        client: &Client,
    ) -> Result<TokenPair, SignInError> {
        let mut secret = [0_u8; 32];
        self.random.fill(&mut secret);
        let refresh_token = URL_SAFE_NO_PAD.encode(secret);
        let refresh_hash = fingerprint(&refresh_token);
        let now = self.clock.now_ms();
        let idle = self.lifetimes.idle(user.role);
        let session = self
            .db
            .write(async |tx| {
                let grant = authorize::<ManageOwnSession>(actor, Account { user: user.id })?;
                let new = NewSession {
                    refresh_hash: &refresh_hash,
                    expires_at: now + idle * 1000,
                    device: &client.device,
                    address: &client.address,
                };
                Ok::<_, SignInError>(sessions::start(tx, &grant, now, &new).await?)
            })
            .await?;
        self.token_pair(user, session, refresh_token)
    }

    fn token_pair(
        &self,
        user: User,
        session: SessionId,
        refresh_token: String,
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
            refresh_token,
            refresh_expires_in: self.lifetimes.idle(user.role),
            scope,
            user,
        })
    }

    /// Exchanges a refresh token for new tokens. Uses of one token within ten seconds get the same
    /// successor; a later reuse ends the session.
    ///
    /// # Errors
    /// [`SignInError::InvalidRefreshToken`].
    pub async fn refresh(&self, token: &str, via: Via) -> Result<TokenPair, SignInError> {
        let hash = fingerprint(token);
        let now = self.clock.now_ms();
        let (session, user) = self.open_session(&hash, now).await?;
        let actor = Actor::person(user.id, user.role, session.id, via);
        let account = || Account { user: user.id };
        if session.refresh_hash != hash {
            return self.repeat_refresh(&actor, session, user, token, now).await;
        }
        let successor = self
            .refresh
            .successor(session.id, session.generation, token);
        let successor_hash = fingerprint(&successor);
        let expires_at = now + self.lifetimes.idle(user.role) * 1000;
        let rotated = self
            .db
            .write(async |tx| {
                let grant = authorize::<ManageOwnSession>(&actor, account())?;
                Ok::<_, SignInError>(
                    sessions::rotate(tx, &grant, now, &session, &successor_hash, expires_at)
                        .await?,
                )
            })
            .await?;
        if rotated {
            return self.token_pair(user, session.id, successor);
        }
        // Another request replaced the token between our read and our write.
        let (session, user) = self.open_session(&hash, now).await?;
        self.repeat_refresh(&actor, session, user, token, now).await
    }

    async fn open_session(&self, hash: &str, now: i64) -> Result<(Session, User), SignInError> {
        let session = sessions::by_refresh_hash(&self.db, hash)
            .await?
            .filter(|session| session.ended_at.is_none() && session.expires_at > now)
            .ok_or(SignInError::InvalidRefreshToken)?;
        let user = people::by_id(&self.db, session.user)
            .await?
            .map(|found| found.user)
            .filter(|user| user.enabled)
            .ok_or(SignInError::InvalidRefreshToken)?;
        Ok((session, user))
    }

    async fn repeat_refresh(
        &self,
        actor: &Actor,
        session: Session,
        user: User,
        token: &str,
        now: i64,
    ) -> Result<TokenPair, SignInError> {
        let repeated = session.previous_hash.as_deref() == Some(fingerprint(token).as_str());
        if repeated && now - session.rotated_at <= SUCCESSOR_GRACE_MS {
            let successor = self
                .refresh
                .successor(session.id, session.generation - 1, token);
            return self.token_pair(user, session.id, successor);
        }
        self.end_session(actor, user.id, session.id, ChangeKind::RefreshReused)
            .await?;
        tracing::warn!(
            user_id = user.id.0,
            session_id = session.id.0,
            "refresh token reused"
        );
        Err(SignInError::InvalidRefreshToken)
    }

    /// Signs the actor's session out.
    ///
    /// # Errors
    /// Database failures only: a session that has ended already is no error.
    pub async fn sign_out(&self, actor: &Actor) -> Result<(), SignInError> {
        if let (Some(user), Some(session)) = (actor.user, actor.session) {
            self.end_session(actor, user, session, ChangeKind::SessionEnded)
                .await?;
        }
        Ok(())
    }

    /// Ends the session that an access or refresh token belongs to, as RFC 7009 asks. An unknown
    /// token is no error.
    ///
    /// # Errors
    /// Database failures only.
    pub async fn revoke(&self, token: &str, via: Via) -> Result<(), SignInError> {
        if let Ok(signed_in) = self.authenticate(token, via) {
            return self.sign_out(&signed_in.actor).await;
        }
        let now = self.clock.now_ms();
        match self.open_session(&fingerprint(token), now).await {
            Ok((session, user)) => {
                let actor = Actor::person(user.id, user.role, session.id, via);
                self.sign_out(&actor).await
            }
            Err(SignInError::InvalidRefreshToken) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn end_session(
        &self,
        actor: &Actor,
        user: UserId,
        session: SessionId,
        kind: ChangeKind,
    ) -> Result<(), SignInError> {
        let at = self.clock.now_ms();
        self.db
            .write(async |tx| {
                let grant: Grant<ManageOwnSession> = authorize(actor, Account { user })?;
                let stamp = Stamp {
                    at,
                    actor,
                    batch: None,
                    reason: None,
                };
                sessions::end(tx, &grant, &stamp, session, kind).await?;
                Ok(())
            })
            .await
    }
}
