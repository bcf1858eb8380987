//! Keyed tags (HMAC-SHA-256) that only this installation can make, one key for
//! each purpose, all derived from one secret. A tag made for one purpose means
//! nothing for another.

use std::fmt;

use aws_lc_rs::{constant_time, hkdf, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Bytes of a tag.
pub const TAG_BYTES: usize = 32;
/// Parameters of HKDF that are the same for every key of this program.
const SALT: &[u8] = b"gradebook";

/// A key for tags of one purpose.
#[derive(Clone)]
pub struct MacKey(hmac::Key);

impl MacKey {
    /// The key for `purpose`, derived by HKDF (RFC 5869) from a secret of at
    /// least 32 random bytes.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "HKDF fails only for outputs of more than 255 hashes; going on with a key of zeros would be worse"
    )]
    pub fn derive(secret: &[u8], purpose: &str) -> Self {
        let mut key = [0_u8; TAG_BYTES];
        let purpose = [purpose.as_bytes()];
        hkdf::Salt::new(hkdf::HKDF_SHA256, SALT)
            .extract(secret)
            .expand(&purpose, hkdf::HKDF_SHA256)
            .and_then(|material| material.fill(&mut key))
            .expect("one hash of key material");
        Self(hmac::Key::new(hmac::HMAC_SHA256, &key))
    }

    /// The tag of a list of parts. Each part counts with its length, so that no
    /// other division into parts has the same tag.
    #[must_use]
    pub fn tag(&self, parts: &[&[u8]]) -> [u8; TAG_BYTES] {
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(self.sign(parts).as_ref());
        tag
    }

    /// Whether `tag` is the tag of these parts, in a time that does not depend on where it differs.
    #[must_use]
    pub fn holds(&self, parts: &[&[u8]], tag: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(self.sign(parts).as_ref(), tag).is_ok()
    }

    /// The tag as text, to be stored in place of what it stands for.
    #[must_use]
    pub fn name(&self, parts: &[&[u8]]) -> String {
        self.tag(parts)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// A text that carries `message` and proves that this installation wrote it for `holder`.
    #[must_use]
    pub fn write(&self, message: &[u8], holder: &[&[u8]]) -> String {
        let mut bytes = message.to_vec();
        bytes.extend(self.tag(&Self::bound(message, holder)));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The message of a text that [`MacKey::write`] wrote for this holder; nothing else is read.
    #[must_use]
    pub fn read(&self, text: &str, holder: &[&[u8]]) -> Option<Vec<u8>> {
        let mut message = URL_SAFE_NO_PAD.decode(text).ok()?;
        let tag = message.split_off(message.len().checked_sub(TAG_BYTES)?);
        self.holds(&Self::bound(&message, holder), &tag)
            .then_some(message)
    }

    fn bound<'a>(message: &'a [u8], holder: &[&'a [u8]]) -> Vec<&'a [u8]> {
        let mut parts = vec![message];
        parts.extend(holder);
        parts
    }

    fn sign(&self, parts: &[&[u8]]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            context.update(&length.to_be_bytes());
            context.update(part);
        }
        context.sign()
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_holds_for_its_parts_its_purpose_and_its_secret_only() {
        let key = MacKey::derive(&[1; 32], "one");
        let tag = key.tag(&[b"ab", b"c"]);
        assert!(key.holds(&[b"ab", b"c"], &tag));
        for other in [
            &[b"a".as_slice(), b"bc"][..],
            &[b"abc"],
            &[b"ab", b"c", b""],
            &[],
        ] {
            assert!(!key.holds(other, &tag), "{other:?}");
        }
        assert!(!key.holds(&[b"ab", b"c"], &tag[..31]));
        assert!(!key.holds(&[b"ab", b"c"], b""));
        assert!(!MacKey::derive(&[1; 32], "two").holds(&[b"ab", b"c"], &tag));
        assert!(!MacKey::derive(&[2; 32], "one").holds(&[b"ab", b"c"], &tag));
    }

    #[test]
    fn a_changed_bit_is_seen() {
        let key = MacKey::derive(&[1; 32], "one");
        let tag = key.tag(&[b"message"]);
        for place in 0..TAG_BYTES * 8 {
            let mut changed = tag;
            changed[place / 8] ^= 1 << (place % 8);
            assert!(!key.holds(&[b"message"], &changed), "{place}");
        }
    }

    #[test]
    fn a_written_text_is_read_for_its_holder_only() {
        let key = MacKey::derive(&[1; 32], "one");
        let text = key.write(b"message", &[b"holder"]);
        assert_eq!(key.read(&text, &[b"holder"]).unwrap(), b"message");
        assert_eq!(key.read(&text, &[b"other"]), None);
        assert_eq!(key.read(&text, &[]), None);
        assert_eq!(
            MacKey::derive(&[1; 32], "two").read(&text, &[b"holder"]),
            None
        );
        for place in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(key.read(&changed, &[b"holder"]), None, "{place}");
        }
        for wrong in ["", "AAAA", &text[4..], &format!("{text}AAAA")] {
            assert_eq!(key.read(wrong, &[b"holder"]), None, "{wrong}");
        }
        assert_eq!(key.name(&[b"a"]).len(), 64);
    }

    #[test]
    fn it_tells_nothing_of_itself() {
        let key = MacKey::derive(&[1; 32], "one");
        assert_eq!(format!("{key:?}"), "MacKey(redacted)");
    }
}
