//! A key that signs.

use std::fmt;

use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::EncodingKey;

use super::{Algorithm, Jwk, KeyError, SECRET_BYTES, VerifyingKey, strong_secret};

/// Bytes of one coordinate of a point on P-256.
const COORDINATE: usize = 32;

/// A key that signs access tokens, with the half that verifies them.
#[derive(Clone)]
pub struct SigningKey {
    key: EncodingKey,
    public: VerifyingKey,
}

impl SigningKey {
    /// Makes a new key from the system's randomness and returns it as the text
    /// that [`SigningKey::read`] takes, to be kept in a file of mode 0600.
    ///
    /// # Errors
    /// [`KeyError::Generation`].
    pub fn generate(algorithm: Algorithm) -> Result<String, KeyError> {
        let failed = |_| KeyError::Generation;
        let system = SystemRandom::new();
        Ok(match algorithm {
            Algorithm::Es256 => {
                let signing = &ECDSA_P256_SHA256_FIXED_SIGNING;
                let document = EcdsaKeyPair::generate_pkcs8(signing, &system).map_err(failed)?;
                pem(document.as_ref())
            }
            Algorithm::EdDsa => {
                // Version 1, which other programs read, too.
                pem(Ed25519KeyPair::generate_pkcs8v1(&system)
                    .map_err(failed)?
                    .as_ref())
            }
            Algorithm::Hs256 => {
                let mut secret = [0; SECRET_BYTES];
                rand::fill(&mut secret).map_err(failed)?;
                format!("{}\n", STANDARD.encode(secret))
            }
        })
    }

    /// Reads a key of this algorithm: PKCS#8 PEM text, or base64 of at least 32
    /// random bytes for HS256. Its `kid` is its RFC 7638 thumbprint, so the same
    /// key has the same id on every replica.
    ///
    /// # Errors
    /// [`KeyError::NotAPrivateKey`], [`KeyError::Weak`].
    pub fn read(algorithm: Algorithm, text: &str) -> Result<Self, KeyError> {
        match algorithm {
            Algorithm::Es256 => Self::es256(text),
            Algorithm::EdDsa => Self::eddsa(text),
            Algorithm::Hs256 => {
                let secret = strong_secret(text)?;
                Ok(Self {
                    key: EncodingKey::from_secret(&secret),
                    public: VerifyingKey::symmetric(&secret),
                })
            }
        }
        .map_err(|_| KeyError::NotAPrivateKey(algorithm))
    }

    fn es256(text: &str) -> Result<Self, KeyError> {
        let refused = KeyError::NotAPrivateKey(Algorithm::Es256);
        let key = EncodingKey::from_ec_pem(text.as_bytes()).map_err(|_| refused)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_bytes())
            .map_err(|_| refused)?;
        let (x, y) = pair
            .public_key()
            .as_ref()
            .get(1..)
            .and_then(|coordinates| coordinates.split_at_checked(COORDINATE))
            .ok_or(refused)?;
        let public = VerifyingKey::from_jwk(Jwk::es256(x, y))?;
        Ok(Self { key, public })
    }

    fn eddsa(text: &str) -> Result<Self, KeyError> {
        let refused = KeyError::NotAPrivateKey(Algorithm::EdDsa);
        let key = EncodingKey::from_ed_pem(text.as_bytes()).map_err(|_| refused)?;
        let pair = Ed25519KeyPair::from_pkcs8(key.as_bytes()).map_err(|_| refused)?;
        let public = VerifyingKey::from_jwk(Jwk::eddsa(pair.public_key().as_ref()))?;
        Ok(Self { key, public })
    }

    /// The half that verifies; what may be shown of it is its
    /// [`VerifyingKey::jwk`].
    #[must_use]
    pub const fn public(&self) -> &VerifyingKey {
        &self.public
    }

    /// The signature as base64url.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<String, KeyError> {
        let algorithm = self.public.algorithm().for_crypto();
        jsonwebtoken::crypto::sign(message, &self.key, algorithm).map_err(|_| KeyError::Signing)
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

fn pem(der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let mut text = "-----BEGIN PRIVATE KEY-----\n".to_owned();
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = tail;
    }
    text.push_str("-----END PRIVATE KEY-----\n");
    text
}
