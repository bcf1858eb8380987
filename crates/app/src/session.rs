//! Staying signed in and signing out.

use aws_lc_rs::{digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gradebook_auth::actions::{Account, ManageOwnSession};
use gradebook_auth::{Actor, Grant, Via, authorize};
use gradebook_domain::{SessionId, UserId};
use gradebook_persistence::change_log::{ChangeKind, Stamp};
use gradebook_persistence::repo::people::{self, User};
use gradebook_persistence::repo::sessions::{self, Session};

use crate::App;
use crate::sign_in::{SignInError, TokenPair};

/// For how long a refresh token that was just replaced still gets the same successor: two tabs, or
/// a phone that lost the answer.
const SUCCESSOR_GRACE_MS: i64 = 10_000;

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

/// What is stored of a refresh token: its SHA-256 in hexadecimal.
pub(crate) fn fingerprint(token: &str) -> String {
    digest::digest(&digest::SHA256, token.as_bytes())
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl App {
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
