//! Who a token stands for, and whether it still does: answered from memory, fed by the tail.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use gradebook_auth::{Actor, TokenError, Via};
use gradebook_domain::{SessionId, UserId};
use gradebook_persistence::change_log::{Change, ChangeKind};

use super::tokens::Standing;
use crate::App;

/// Why a token was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// Its time is over.
    #[error("token has expired")]
    Expired,
    /// It is not one of ours, or damaged. The reason is for the log only.
    #[error("could not validate credentials")]
    Invalid(&'static str),
    /// It was made void: sign-out, password change, disabled account.
    #[error("token has been revoked")]
    Revoked,
    /// This process has lost the change log and cannot tell which tokens are void.
    #[error("revocations cannot be checked now")]
    NotReady,
}

/// A person with a valid token.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who, in which role.
    pub actor: Actor,
    /// What the token opens.
    pub standing: Standing,
    /// When the token ends, unix seconds.
    pub expires_at: i64,
    /// The token's `ver`: how often the account's tokens had been made void when it was issued.
    pub ver: i64,
}

/// Tokens made void, kept for as long as a token can live.
#[derive(Default)]
pub(crate) struct Revocations {
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    /// The lowest `ver` that still counts, and when that was said (unix milliseconds).
    users: HashMap<UserId, (i64, i64)>,
    /// Ended sessions and when they ended (unix milliseconds).
    sessions: HashMap<SessionId, i64>,
}

impl Revocations {
    pub(crate) fn note(&self, change: &Change) {
        if !ChangeKind::REVOKING.contains(&change.kind) {
            return;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = change.session {
            known.sessions.insert(session, change.at);
        } else if let (Some(user), Some(version)) = (change.user, change.version) {
            let entry = known.users.entry(user).or_insert((version, change.at));
            *entry = (entry.0.max(version), change.at);
        }
    }

    pub(crate) fn forget_before(&self, at: i64) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.users.retain(|_, (_, since)| *since >= at);
        known.sessions.retain(|_, since| *since >= at);
    }

    pub(crate) fn is_void(&self, user: UserId, session: SessionId, ver: i64) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.sessions.contains_key(&session)
            || known
                .users
                .get(&user)
                .is_some_and(|(lowest, _)| ver < *lowest)
    }
}

impl App {
    /// Who holds this access token. Needs no database query.
    ///
    /// # Errors
    /// [`AuthError`] says what is wrong with the token.
    pub fn authenticate(&self, token: &str, via: Via) -> Result<SignedIn, AuthError> {
        let holder = self.holder(token, via)?;
        if self.tail.lost(self.clock.now_ms()) {
            return Err(AuthError::NotReady);
        }
        Ok(holder)
    }

    /// Who holds this access token, as far as this process knows.
    pub(crate) fn holder(&self, token: &str, via: Via) -> Result<SignedIn, AuthError> {
        let now_ms = self.clock.now_ms();
        let claims =
            self.tokens
                .verify(token, now_ms.div_euclid(1000))
                .map_err(|error| match error {
                    TokenError::Expired => AuthError::Expired,
                    TokenError::Invalid(reason) => AuthError::Invalid(reason.as_str()),
                })?;
        let (Some(user), Some(session)) = (claims.user_id(), claims.session_id()) else {
            return Err(AuthError::Invalid("subject"));
        };
        let standing = Standing::of_scope(&claims.scope).ok_or(AuthError::Invalid("scope"))?;
        if self.revoked.is_void(user, session, claims.ver) {
            return Err(AuthError::Revoked);
        }
        Ok(SignedIn {
            actor: Actor::person(user, claims.role, session, via),
            standing,
            expires_at: claims.exp,
            ver: claims.ver,
        })
    }
}
