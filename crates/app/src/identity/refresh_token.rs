//! Refresh tokens: opaque to clients, recognisable to us for ever.
//!
//! A token names its family (the session) and its generation, carries a secret of 256 bits and is
//! sealed with a MAC. The first secret of a family is random; each later one follows from the one
//! before, so that two uses of one token get the same successor without storing it. Because an old
//! token is still recognised as ours, its reuse ends the session, however old it is.

use aws_lc_rs::{constant_time, digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::clock::Randomness;

const FAMILY: usize = 12;
const GENERATION: usize = 4;
const SECRET: usize = 32;
const SEAL: usize = 16;
const SEALED: usize = FAMILY + GENERATION + SECRET;

/// One refresh token of a family.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RefreshToken {
    family: [u8; FAMILY],
    generation: u32,
    secret: [u8; SECRET],
}

impl RefreshToken {
    /// What all tokens of the session have in common.
    pub(crate) fn family(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.family)
    }

    /// What is stored of it: SHA-256 of the secret in hexadecimal.
    pub(crate) fn hash(&self) -> String {
        digest::digest(&digest::SHA256, &self.secret)
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn bytes(&self) -> [u8; SEALED] {
        let mut bytes = [0; SEALED];
        let (family, rest) = bytes.split_at_mut(FAMILY);
        let (generation, secret) = rest.split_at_mut(GENERATION);
        family.copy_from_slice(&self.family);
        generation.copy_from_slice(&self.generation.to_be_bytes());
        secret.copy_from_slice(&self.secret);
        bytes
    }
}

/// Makes and recognises refresh tokens.
pub(crate) struct RefreshTokens {
    key: hmac::Key,
}

impl RefreshTokens {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, secret),
        }
    }

    /// The first token of a new family.
    pub(crate) fn first(&self, random: &dyn Randomness) -> RefreshToken {
        let mut token = RefreshToken {
            family: [0; FAMILY],
            generation: 1,
            secret: [0; SECRET],
        };
        random.fill(&mut token.family);
        random.fill(&mut token.secret);
        token
    }

    /// The token that follows; always the same one.
    pub(crate) fn successor(&self, token: &RefreshToken) -> RefreshToken {
        let mut secret = [0; SECRET];
        secret.copy_from_slice(self.mac(b"next", token).as_ref());
        RefreshToken {
            family: token.family,
            generation: token.generation.wrapping_add(1),
            secret,
        }
    }

    /// The token as a client holds it.
    pub(crate) fn text(&self, token: &RefreshToken) -> String {
        let mut bytes = token.bytes().to_vec();
        bytes.extend(self.mac(b"seal", token).as_ref().iter().take(SEAL));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The token behind a text, if it is one of ours.
    pub(crate) fn read(&self, text: &str) -> Option<RefreshToken> {
        let bytes: [u8; SEALED + SEAL] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (sealed, seal) = bytes.split_at(SEALED);
        let (family, rest) = sealed.split_at(FAMILY);
        let (generation, secret) = rest.split_at(GENERATION);
        let token = RefreshToken {
            family: family.try_into().ok()?,
            generation: u32::from_be_bytes(generation.try_into().ok()?),
            secret: secret.try_into().ok()?,
        };
        let expected = self.mac(b"seal", &token);
        constant_time::verify_slices_are_equal(expected.as_ref().get(..SEAL)?, seal).ok()?;
        Some(token)
    }

    fn mac(&self, purpose: &[u8; 4], token: &RefreshToken) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(purpose);
        context.update(&token.bytes());
        context.sign()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemRandomness;

    #[test]
    fn a_token_is_read_back_and_a_changed_one_is_not() {
        let tokens = RefreshTokens::new(&[1; 32]);
        let first = tokens.first(&SystemRandomness);
        let text = tokens.text(&first);
        assert!(tokens.read(&text) == Some(first));
        assert!(RefreshTokens::new(&[2; 32]).read(&text).is_none());
        for place in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap_or_default();
            assert!(tokens.read(&changed).is_none(), "{place}");
        }
        assert!(tokens.read("").is_none());
    }

    #[test]
    fn successors_are_the_same_each_time_and_all_different() {
        let tokens = RefreshTokens::new(&[1; 32]);
        let first = tokens.first(&SystemRandomness);
        let second = tokens.successor(&first);
        assert!(second == tokens.successor(&first));
        assert_eq!(first.family(), second.family());
        assert_ne!(first.hash(), second.hash());
        assert_ne!(second.hash(), tokens.successor(&second).hash());
    }
}
