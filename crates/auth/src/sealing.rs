//! Secrets that the database keeps but must not be able to read: AES-256-GCM
//! under a key derived from one that lies outside of it. Nonces come from the
//! system's random generator.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::mac::MacKey;

/// Marks the present way of sealing.
const TAG: &str = "v1.";

/// Seals and opens the secrets of one purpose.
pub struct SealingKey([u8; 32]);

/// Sealing or opening failed; the cause is deliberately not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored secret could not be sealed or opened")]
pub struct SealError;

impl SealingKey {
    /// The key for `purpose`, derived by HKDF (RFC 5869) from a secret of at
    /// least 32 random bytes.
    #[must_use]
    pub fn derive(secret: &[u8], purpose: &str) -> Self {
        Self(MacKey::derive(secret, "sealing").tag(&[purpose.as_bytes()]))
    }

    fn key(&self) -> Result<RandomizedNonceKey, SealError> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.0).map_err(|_| SealError)
    }

    /// Seals a secret for one owner: the text to store. It opens for nobody
    /// else, so that rows cannot be swapped.
    ///
    /// # Errors
    /// [`SealError`] if the system has no randomness for the nonce.
    pub fn seal(&self, owner: i64, secret: &[u8]) -> Result<String, SealError> {
        let mut sealed = secret.to_vec();
        let nonce = self
            .key()?
            .seal_in_place_append_tag(Aad::from(owner.to_be_bytes()), &mut sealed)
            .map_err(|_| SealError)?;
        let mut bytes = nonce.as_ref().to_vec();
        bytes.extend(sealed);
        Ok(format!("{TAG}{}", STANDARD.encode(bytes)))
    }

    /// The secret behind a stored text.
    ///
    /// # Errors
    /// [`SealError`] if it is not one that this key sealed for this owner.
    pub fn open(&self, owner: i64, stored: &str) -> Result<Vec<u8>, SealError> {
        let text = stored.strip_prefix(TAG).ok_or(SealError)?;
        let bytes = STANDARD.decode(text).map_err(|_| SealError)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN).ok_or(SealError)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError)?;
        let mut sealed = sealed.to_vec();
        let secret = self
            .key()?
            .open_in_place(nonce, Aad::from(owner.to_be_bytes()), &mut sealed)
            .map_err(|_| SealError)?;
        Ok(secret.to_vec())
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_for_its_owner_only() {
        let key = SealingKey::derive(&[1; 32], "totp");
        let stored = key.seal(7, b"twenty secret bytes!").unwrap();
        assert_eq!(key.open(7, &stored).unwrap(), b"twenty secret bytes!");
        assert_eq!(key.open(8, &stored), Err(SealError));
        let other = SealingKey::derive(&[1; 32], "other");
        assert_eq!(other.open(7, &stored), Err(SealError));
        let other = SealingKey::derive(&[2; 32], "totp");
        assert_eq!(other.open(7, &stored), Err(SealError));
    }

    #[test]
    fn no_two_sealed_texts_are_alike_and_none_shows_the_secret() {
        let key = SealingKey::derive(&[1; 32], "totp");
        let (one, two) = (key.seal(7, b"same").unwrap(), key.seal(7, b"same").unwrap());
        assert_ne!(one, two);
        assert!(one.starts_with("v1."));
        assert_eq!(format!("{key:?}"), "SealingKey(redacted)");
    }

    #[test]
    fn damaged_texts_do_not_open() {
        let key = SealingKey::derive(&[1; 32], "totp");
        let stored = key.seal(7, b"secret").unwrap();
        for damaged in [
            "",
            "v1.",
            "v1.AAAA",
            "v1.!!!!",
            &stored[3..],
            &stored.replace("v1.", "v2."),
            &stored[..stored.len() - 4],
        ] {
            assert_eq!(key.open(7, damaged), Err(SealError), "{damaged}");
        }
    }
}
