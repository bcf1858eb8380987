//! A key that verifies.

use std::fmt;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey};
use jsonwebtoken::DecodingKey;

use super::jwk::{PublicPoint, symmetric_kid};
use super::{Algorithm, Jwk, KeyError};
use crate::jws::JwsKey;

/// A key that verifies signatures: a public one, or a symmetric one.
#[derive(Clone)]
pub struct VerifyingKey {
    algorithm: Algorithm,
    kid: String,
    /// What may be shown of it: nothing of a symmetric key.
    jwk: Option<Jwk>,
    key: DecodingKey,
}

impl VerifyingKey {
    /// Takes a public JWK, for instance of a retired key whose private half
    /// was destroyed. Its `kid` is taken as it stands.
    ///
    /// # Errors
    /// [`KeyError::NotAPublicKey`] unless it is ES256 on P-256 or EdDSA on
    /// Ed25519, `use` sig, with a `kid` of 1 to 128 bytes and a point on the
    /// curve.
    pub fn from_jwk(jwk: Jwk) -> Result<Self, KeyError> {
        let refused = |_| KeyError::NotAPublicKey;
        // Parsing refuses points that are not on the curve.
        let (algorithm, key) = match jwk.point().ok_or(KeyError::NotAPublicKey)? {
            PublicPoint::Es256(point) => {
                ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point).map_err(refused)?;
                (Algorithm::Es256, DecodingKey::from_ec_der(&point))
            }
            PublicPoint::EdDsa(point) => {
                ParsedPublicKey::new(&ED25519, &point).map_err(refused)?;
                (Algorithm::EdDsa, DecodingKey::from_ed_der(&point))
            }
        };
        Ok(Self {
            algorithm,
            kid: jwk.kid().to_owned(),
            jwk: Some(jwk),
            key,
        })
    }

    /// The verifying side of a symmetric key, which was found strong.
    pub(crate) fn symmetric(secret: &[u8]) -> Self {
        Self {
            algorithm: Algorithm::Hs256,
            kid: symmetric_kid(secret),
            jwk: None,
            key: DecodingKey::from_secret(secret),
        }
    }

    /// The same key under the id that published vectors give it.
    #[cfg(test)]
    pub(crate) fn named(self, kid: &str) -> Self {
        let kid = kid.to_owned();
        Self { kid, ..self }
    }

    /// The key's id.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The key's only algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public form; a symmetric key has none.
    #[must_use]
    pub const fn jwk(&self) -> Option<&Jwk> {
        self.jwk.as_ref()
    }
}

impl JwsKey for VerifyingKey {
    fn algorithm(&self) -> &str {
        self.algorithm.as_str()
    }

    fn verifies(&self, signed: &[u8], signature: &str) -> bool {
        let algorithm = self.algorithm.for_crypto();
        jsonwebtoken::crypto::verify(signature, signed, &self.key, algorithm).unwrap_or(false)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("kid", &self.kid())
            .field("algorithm", &self.algorithm)
            .finish()
    }
}
