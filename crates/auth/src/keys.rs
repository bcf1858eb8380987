//! The keys that sign and verify access tokens, and their public form (JWK).
//!
//! Key generation and ECDSA signatures draw on the system's random generator.

mod jwk;
mod ring;
mod secret;
mod signing;
mod verifying;

use std::fmt;
use std::str::FromStr;

pub use jwk::{Jwk, Jwks};
pub use ring::{KeyRing, KeyState, RingKey};
pub use secret::{SECRET_BYTES, WeakSecret, strong_secret};
pub use signing::SigningKey;
pub use verifying::VerifyingKey;

/// No key id is longer than this many bytes.
pub(crate) const LONGEST_KID: usize = 128;

/// How a key signs. Each key has exactly one algorithm, and so has each `kid`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Algorithm {
    /// ECDSA with P-256 and SHA-256.
    #[default]
    Es256,
    /// Ed25519 (RFC 8037).
    EdDsa,
    /// HMAC with SHA-256: whoever can verify can sign, so the key is never shown.
    Hs256,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Es256, Self::EdDsa, Self::Hs256];

    /// The `alg` of a header or JWK.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Hs256 => "HS256",
        }
    }

    /// The name in settings and in the names of files: `es256`, `eddsa`, `hs256`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "es256",
            Self::EdDsa => "eddsa",
            Self::Hs256 => "hs256",
        }
    }

    const fn for_crypto(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Es256 => jsonwebtoken::Algorithm::ES256,
            Self::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            Self::Hs256 => jsonwebtoken::Algorithm::HS256,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No algorithm has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such algorithm; there are es256, eddsa and hs256")]
pub struct UnknownAlgorithm;

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        let found = Self::ALL.into_iter().find(|one| one.name() == name);
        found.ok_or(UnknownAlgorithm)
    }
}

/// A key that cannot be used, or could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The system's generator or the cryptographic library failed.
    #[error("a key could not be generated")]
    Generation,
    /// No PKCS#8 private key for this algorithm in PEM text.
    #[error("holds no private key for {0} (PKCS#8 PEM)")]
    NotAPrivateKey(Algorithm),
    /// A symmetric key that could be guessed.
    #[error(transparent)]
    Weak(#[from] WeakSecret),
    /// No public signature key in JWK form of an algorithm that we have, or one
    /// with fields that we do not know (a private `d` among them).
    #[error("this is not a public ES256 or EdDSA signature key in JWK form")]
    NotAPublicKey,
    /// A ring without a key.
    #[error("there is no key")]
    Empty,
    /// Two keys of a ring have one `kid`.
    #[error("two keys have the same key id")]
    DuplicateKid,
    /// Signing failed inside the cryptographic library.
    #[error("signing failed")]
    Signing,
}

/// Chooses `jsonwebtoken`'s cryptographic library (aws-lc-rs) for this
/// process. May be called any number of times; [`crate::AccessTokens::new`]
/// calls it too.
pub fn install_crypto() {
    // The error means that a provider stands already, and only one is linked.
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}

#[cfg(test)]
mod tests;
