//! Browsers that an account's owner has signed in with before. Their wrong attempts are counted
//! apart, so that a stranger who guesses cannot keep the owner out.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gradebook_auth::mac::{MacKey, TAG_BYTES};
use gradebook_domain::UserId;

use crate::App;

const NONCE: usize = 16;

/// Makes and reads the texts that browsers keep.
pub(crate) struct KnownDevices(MacKey);

impl KnownDevices {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(MacKey::derive(secret, "known device"))
    }

    fn text(&self, user: UserId, nonce: [u8; NONCE]) -> String {
        let mut bytes = nonce.to_vec();
        bytes.extend(self.0.tag(&[&nonce, &user.0.to_be_bytes()]));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Whether the text was made for this user.
    pub(crate) fn knows(&self, user: UserId, text: &str) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) else {
            return false;
        };
        if bytes.len() != NONCE + TAG_BYTES {
            return false;
        }
        let (nonce, tag) = bytes.split_at(NONCE);
        self.0.holds(&[nonce, &user.0.to_be_bytes()], tag)
    }
}

impl App {
    /// What a browser shall keep in which this user has signed in; `None` if it has it already.
    #[must_use]
    pub fn new_known_device(&self, user: UserId, kept: Option<&str>) -> Option<String> {
        if kept.is_some_and(|kept| self.devices.knows(user, kept)) {
            return None;
        }
        let mut nonce = [0; NONCE];
        self.random.fill(&mut nonce);
        Some(self.devices.text(user, nonce))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_to_one_user() {
        let devices = KnownDevices::new(&[1; 32]);
        let text = devices.text(UserId(7), [3; NONCE]);
        assert!(devices.knows(UserId(7), &text));
        assert!(!devices.knows(UserId(8), &text));
        assert!(!KnownDevices::new(&[2; 32]).knows(UserId(7), &text));
        for wrong in ["", "AAAA", &text[1..], &format!("{text}AAAA")] {
            assert!(!devices.knows(UserId(7), wrong), "{wrong}");
        }
    }
}
