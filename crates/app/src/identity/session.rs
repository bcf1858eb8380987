//! Staying signed in and signing out.

use gradebook_auth::actions::{Account, ManageOwnSession};
use gradebook_auth::{Actor, Grant, Via, authorize};
use gradebook_domain::{SessionId, UserId};
use gradebook_persistence::change_log::{ChangeKind, Stamp};
use gradebook_persistence::repo::people::{self, User};
use gradebook_persistence::repo::sessions::{self, NewSession, Session};
use gradebook_persistence::{DbError, Read, Tx};

use super::refresh_token::RefreshToken;
use super::sign_in::{Client, SignInError};
use super::tokens::{Issuing, TokenPair};
use crate::App;

/// For how long a refresh token that was just replaced still gets the same successor: two tabs, or
/// a phone that lost the answer.
const SUCCESSOR_GRACE_MS: i64 = 10_000;

/// More devices than anybody has. Whoever signs in once more is signed out where it was longest unused.
const MOST_SESSIONS: u64 = 50;
/// What ended so long ago is of no more use: the change log knows it.
const FORGOTTEN_MS: i64 = 60 * 60 * 1000;

impl App {
    /// Starts a session in the caller's transaction, for `user` as it was when its password was
    /// checked: a password changed meanwhile has raised the account's counter, and the session is
    /// worth nothing.
    pub(crate) async fn start_session(
        &self,
        tx: &Tx,
        actor: &Actor,
        user: &User,
        token: &RefreshToken,
        client: &Client,
        second_factor: bool,
    ) -> Result<SessionId, SignInError> {
        let now = self.clock.now_ms();
        let grant = authorize::<ManageOwnSession>(actor, Account { user: user.id })?;
        let new = NewSession {
            family: &token.family(),
            user_ver: user.ver,
            refresh_hash: &token.hash(),
            expires_at: self.lifetimes.session_ends_at(user.role, now, now),
            device: &client.device,
            address: &client.address,
            second_factor,
        };
        let stamp = self.stamp(actor);
        sessions::tidy(tx, &grant, &stamp, now - FORGOTTEN_MS, MOST_SESSIONS - 1).await?;
        Ok(sessions::start(tx, &grant, now, &new).await?)
    }

    /// Whether the actor's session lasts, as far as the database knows; it cannot end before the
    /// transaction does. A token is good for a moment after its session was ended: whatever lasts
    /// longer than that moment has to ask here.
    pub(crate) async fn lasts(&self, tx: &Tx, actor: &Actor) -> Result<bool, DbError> {
        match (actor.user, actor.session) {
            (Some(user), Some(session)) => {
                Ok(sessions::lock_open(tx, user, session).await?.is_some())
            }
            // At the server's shell there is none.
            _ => Ok(true),
        }
    }

    /// [`App::lasts`] for the beginning of long work: the session is not held, so that its owner can
    /// go on with it. Such work asks again when it ends.
    pub(crate) async fn lasts_so_far(
        &self,
        db: &impl Read,
        actor: &Actor,
    ) -> Result<bool, DbError> {
        match (actor.user, actor.session) {
            (Some(user), Some(session)) => sessions::is_open(db, user, session).await,
            _ => Ok(true),
        }
    }

    /// Exchanges a refresh token for new tokens. Uses of one token within ten seconds get the same
    /// successor; a later reuse, or that of an older token, ends the session.
    ///
    /// # Errors
    /// [`SignInError::InvalidRefreshToken`].
    pub async fn refresh(&self, text: &str, via: Via) -> Result<TokenPair, SignInError> {
        let token = self.read_refresh_token(text)?;
        let now = self.clock.now_ms();
        let (session, user) = self.open_session(&token, now).await?;
        let actor = Actor::person(user.id, user.role, session.id, via);
        let successor = self.refresh.successor(&token);
        if session.refresh_hash != token.hash() {
            return self
                .repeat_refresh(&actor, &session, user, &successor, now)
                .await;
        }
        let expires_at = self
            .lifetimes
            .session_ends_at(user.role, session.created_at, now);
        let rotated = self
            .db
            .write(async |tx| {
                let grant = authorize::<ManageOwnSession>(&actor, Account { user: user.id })?;
                let hash = successor.hash();
                let rotated =
                    sessions::rotate(tx, &grant, now, &session, &hash, expires_at).await?;
                Ok::<_, SignInError>(rotated)
            })
            .await?;
        if rotated {
            return Ok(self.token_pair(user, issuing(&session), &successor)?);
        }
        // Another request replaced the token between our read and our write.
        let (session, user) = self.open_session(&token, now).await?;
        self.repeat_refresh(&actor, &session, user, &successor, now)
            .await
    }

    fn read_refresh_token(&self, text: &str) -> Result<RefreshToken, SignInError> {
        self.refresh
            .read(text)
            .ok_or(SignInError::InvalidRefreshToken)
    }

    async fn open_session(
        &self,
        token: &RefreshToken,
        now: i64,
    ) -> Result<(Session, User), SignInError> {
        let session = sessions::by_family(&self.db, &token.family())
            .await?
            .filter(|session| session.ended_at.is_none() && session.expires_at > now)
            .ok_or(SignInError::InvalidRefreshToken)?;
        let user = people::by_id(&self.db, session.user)
            .await?
            .map(|found| found.user)
            .filter(|user| user.enabled && user.ver == session.user_ver)
            // Begun before the account had a second factor, or in the moment when it got one.
            .filter(|user| session.second_factor || !user.totp_enabled)
            .ok_or(SignInError::InvalidRefreshToken)?;
        let ends_at = self
            .lifetimes
            .session_ends_at(user.role, session.created_at, now);
        if ends_at <= now {
            return Err(SignInError::InvalidRefreshToken);
        }
        Ok((session, user))
    }

    /// A token that is not the current one: fine within the grace if the current one follows from
    /// it, and otherwise in the wrong hands.
    async fn repeat_refresh(
        &self,
        actor: &Actor,
        session: &Session,
        user: User,
        successor: &RefreshToken,
        now: i64,
    ) -> Result<TokenPair, SignInError> {
        let replaced_just_now = session.refresh_hash == successor.hash()
            && now - session.rotated_at <= SUCCESSOR_GRACE_MS;
        if replaced_just_now {
            return Ok(self.token_pair(user, issuing(session), successor)?);
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
        // Whether the revocations are at hand does not matter for ending a session.
        if let Ok(signed_in) = self.holder(token, via) {
            return self.sign_out(&signed_in.actor).await;
        }
        let Some(token) = self.refresh.read(token) else {
            return Ok(());
        };
        match self.open_session(&token, self.clock.now_ms()).await {
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
        let stamp: Stamp<'_> = self.stamp(actor);
        self.db
            .write(async |tx| {
                let grant: Grant<ManageOwnSession> = authorize(actor, Account { user })?;
                sessions::end(tx, &grant, &stamp, session, kind).await?;
                Ok(())
            })
            .await
    }
}

fn issuing(session: &Session) -> Issuing {
    Issuing {
        session: session.id,
        began_at: session.created_at,
        second_factor: session.second_factor,
    }
}
