//! The keys that sign and verify access tokens, and their public form (JWK).
//!
//! Key generation and ECDSA signatures draw on the system's random generator.

mod jwk;
mod ring;

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
    ParsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};

pub use jwk::{Jwk, Jwks};
pub use ring::KeyRing;
#[cfg(test)]
pub(crate) use ring::by_kid;

use crate::jws::JwsKey;

/// No key id is longer than this many bytes.
pub(crate) const LONGEST_KID: usize = 128;
/// Bytes of one coordinate of a point on P-256.
const COORDINATE: usize = 32;

/// How a key signs. Each key has exactly one algorithm, and so has each `kid`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA with P-256 and SHA-256.
    Es256,
}

impl Algorithm {
    /// The `alg` of a header or JWK.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
        }
    }

    const fn for_crypto(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Es256 => jsonwebtoken::Algorithm::ES256,
        }
    }
}

/// A key that cannot be used, or could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The system's generator or the cryptographic library failed.
    #[error("a key could not be generated")]
    Generation,
    /// No PKCS#8 private key for P-256 in PEM text.
    #[error("this is not a PKCS#8 PEM private key for P-256")]
    NotAPrivateKey,
    /// No public signature key for ES256 in JWK form, or one with fields that
    /// we do not know (a private `d` among them).
    #[error("this is not a public ES256 signature key in JWK form")]
    NotAPublicKey,
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

/// A public key that verifies signatures.
#[derive(Clone)]
pub struct VerifyingKey {
    algorithm: Algorithm,
    jwk: Jwk,
    key: DecodingKey,
}

impl VerifyingKey {
    /// Takes a public JWK, for instance of a retired key whose private half
    /// was destroyed. Its `kid` is taken as it stands.
    ///
    /// # Errors
    /// [`KeyError::NotAPublicKey`] unless it is `kty` EC, `crv` P-256, `alg`
    /// ES256, `use` sig, with a `kid` of 1 to 128 bytes and a point on the curve.
    pub fn from_jwk(jwk: Jwk) -> Result<Self, KeyError> {
        let (x, y) = jwk.es256_point().ok_or(KeyError::NotAPublicKey)?;
        let mut point = vec![4];
        point.extend_from_slice(&x);
        point.extend_from_slice(&y);
        // Refuses points that are not on the curve.
        ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point)
            .map_err(|_| KeyError::NotAPublicKey)?;
        Ok(Self {
            algorithm: Algorithm::Es256,
            key: DecodingKey::from_ec_der(&point),
            jwk,
        })
    }

    /// The key's id.
    #[must_use]
    pub fn kid(&self) -> &str {
        self.jwk.kid()
    }

    /// The key's only algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public form.
    #[must_use]
    pub const fn jwk(&self) -> &Jwk {
        &self.jwk
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

/// A private key that signs access tokens, with its public half.
#[derive(Clone)]
pub struct SigningKey {
    key: EncodingKey,
    public: VerifyingKey,
}

impl SigningKey {
    /// Makes a new ES256 key from the system's randomness and returns it as
    /// PKCS#8 PEM text, to be kept in a file of mode 0600.
    ///
    /// # Errors
    /// [`KeyError::Generation`].
    pub fn generate() -> Result<String, KeyError> {
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                .map_err(|_| KeyError::Generation)?;
        Ok(pem("PRIVATE KEY", document.as_ref()))
    }

    /// Reads a key from PKCS#8 PEM text. Its `kid` is its RFC 7638 thumbprint,
    /// so the same key has the same id on every replica.
    ///
    /// # Errors
    /// [`KeyError::NotAPrivateKey`].
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let key =
            EncodingKey::from_ec_pem(text.as_bytes()).map_err(|_| KeyError::NotAPrivateKey)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_bytes())
            .map_err(|_| KeyError::NotAPrivateKey)?;
        let point = pair.public_key().as_ref();
        let (x, y) = point
            .get(1..)
            .and_then(|coordinates| coordinates.split_at_checked(COORDINATE))
            .ok_or(KeyError::NotAPrivateKey)?;
        let jwk = Jwk::es256(&URL_SAFE_NO_PAD.encode(x), &URL_SAFE_NO_PAD.encode(y));
        let public = VerifyingKey::from_jwk(jwk).map_err(|_| KeyError::NotAPrivateKey)?;
        Ok(Self { key, public })
    }

    /// The public half, which may be shown to anybody.
    #[must_use]
    pub const fn public(&self) -> &VerifyingKey {
        &self.public
    }

    /// The signature as base64url.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<String, KeyError> {
        jsonwebtoken::crypto::sign(message, &self.key, self.public.algorithm.for_crypto())
            .map_err(|_| KeyError::Signing)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.public.kid())
            .field("key", &"redacted")
            .finish()
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = tail;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

#[cfg(test)]
mod tests;
