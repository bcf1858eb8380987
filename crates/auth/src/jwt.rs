//! Access tokens: a JWS of `typ` `at+jwt` (RFC 9068) whose claims are checked
//! one by one.
//!
//! `jsonwebtoken` does the cryptography only. Its own validation takes a
//! missing `iss` or `aud`, any `typ` and unknown `crit`, and reads the clock;
//! here everything is required, and `now` is a parameter. All times are whole
//! seconds since 1970.

mod claims;
mod reason;

use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub use claims::AccessClaims;
pub use reason::{Reason, TokenError};

use crate::jws;
use crate::keys::{KeyError, KeyRing, install_crypto};

/// The `typ` of an access token, compared exactly.
const TYP: &str = "at+jwt";
/// Seconds by which the clocks of two replicas may differ.
pub(crate) const LEEWAY: i64 = 5;
/// No token lives longer than this many seconds.
pub const LONGEST_LIFETIME: i64 = 15 * 60;

/// A token that could not be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// [`AccessTokens::verify`] would refuse these claims.
    #[error("these claims would be refused: {0}")]
    Claims(Reason),
    /// The key failed.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Signs and verifies the access tokens of one issuer for one audience.
#[derive(Debug)]
pub struct AccessTokens {
    /// Replaced as a whole; each signing or verifying holds on to one ring.
    keys: RwLock<Arc<KeyRing>>,
    issuer: String,
    audience: String,
}

impl AccessTokens {
    /// `issuer` and `audience` are what `iss` and `aud` say in every token, for
    /// instance the public URL and `gradebook`.
    #[must_use]
    pub fn new(keys: KeyRing, issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        install_crypto();
        Self {
            keys: RwLock::new(Arc::new(keys)),
            issuer: issuer.into(),
            audience: audience.into(),
        }
    }

    /// The keys as they are now.
    #[must_use]
    pub fn keys(&self) -> Arc<KeyRing> {
        // Nobody can fail while holding the lock, and a ring is never half written.
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Signs and verifies with these keys from now on. Calls under way end with
    /// the keys that they began with.
    pub fn replace_keys(&self, keys: KeyRing) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    /// The `iss` of every token.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The `aud` of every token.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Signs with the key whose turn it is at `iat`.
    ///
    /// # Errors
    /// [`SignError::Claims`] for claims that [`AccessTokens::verify`] would
    /// refuse even at the moment from which they hold (`nbf`).
    pub fn sign(&self, claims: &AccessClaims) -> Result<String, SignError> {
        self.check(claims, claims.nbf)
            .map_err(|error| SignError::Claims(error.reason()))?;
        let keys = self.keys();
        let key = keys.signing(claims.iat);
        let header = serde_json::json!({
            "alg": key.public().algorithm().as_str(),
            "kid": key.public().kid(),
            "typ": TYP,
        });
        let payload = claims
            .to_json()
            .ok_or(SignError::Claims(Reason::BadClaims))?;
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        token.push_str(&URL_SAFE_NO_PAD.encode(payload));
        let signature = key.sign(token.as_bytes())?;
        token.push('.');
        token.push_str(&signature);
        if token.len() > jws::LONGEST_TOKEN {
            return Err(SignError::Claims(Reason::TooLong));
        }
        Ok(token)
    }

    /// Verifies the signature, then every claim, against `now` (Unix seconds).
    ///
    /// # Errors
    /// [`TokenError::Expired`] for a token that is sound but for its age,
    /// [`TokenError::Invalid`] for everything else.
    pub fn verify(&self, token: &str, now: i64) -> Result<AccessClaims, TokenError> {
        let keys = self.keys();
        let opened = jws::open(token, |kid| keys.find(kid, now))?;
        if opened.typ.as_deref() != Some(TYP) {
            return Err(Reason::WrongType.into());
        }
        let claims = AccessClaims::from_json(&opened.payload).ok_or(Reason::BadClaims)?;
        self.check(&claims, now)?;
        Ok(claims)
    }

    fn check(&self, claims: &AccessClaims, now: i64) -> Result<(), TokenError> {
        if claims.iss != self.issuer {
            return Err(Reason::WrongIssuer.into());
        }
        if claims.aud != self.audience {
            return Err(Reason::WrongAudience.into());
        }
        if claims.user_id().is_none() || claims.session_id().is_none() {
            return Err(Reason::BadSubject.into());
        }
        let AccessClaims { iat, nbf, exp, .. } = *claims;
        let latest_start = now.saturating_add(LEEWAY);
        if iat < 0 || iat > latest_start || nbf > latest_start {
            return Err(Reason::NotYet.into());
        }
        let lifetime = exp.checked_sub(iat).ok_or(Reason::BadLifetime)?;
        if !(1..=LONGEST_LIFETIME).contains(&lifetime) || !(iat..exp).contains(&nbf) {
            return Err(Reason::BadLifetime.into());
        }
        if exp.saturating_add(LEEWAY) <= now {
            return Err(TokenError::Expired);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
