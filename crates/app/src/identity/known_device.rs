//! Browsers that an account's owner has signed in with before. Their wrong attempts are counted
//! apart, so that a stranger who guesses cannot keep the owner out.

use gradebook_auth::mac::MacKey;
use gradebook_persistence::repo::people::User;

use crate::App;

/// A browser that was not used for so long is a stranger's again.
pub const KNOWN_FOR_S: i64 = 180 * 24 * 60 * 60;

/// Makes and reads the texts that browsers keep.
pub(crate) struct KnownDevices(MacKey);

impl KnownDevices {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(MacKey::derive(secret, "known device"))
    }

    fn text(&self, user: &User, now_s: i64) -> String {
        let [id, ver, factor] = named(user);
        self.0.write(&now_s.to_be_bytes(), &[&id, &ver, &factor])
    }

    /// Whether the text was made for this account as it is now: a changed password, another role, a
    /// second factor make all devices strangers.
    pub(crate) fn knows(&self, user: &User, text: &str, now_s: i64) -> bool {
        let [id, ver, factor] = named(user);
        let issued = self.0.read(text, &[&id, &ver, &factor]);
        issued
            .and_then(|issued| issued.try_into().ok().map(i64::from_be_bytes))
            .is_some_and(|issued_s| now_s - issued_s < KNOWN_FOR_S)
    }
}

fn named(user: &User) -> [[u8; 8]; 3] {
    [user.id.0, user.ver, i64::from(user.totp_enabled)].map(i64::to_be_bytes)
}

impl App {
    /// What a browser shall keep in which this user has just signed in.
    #[must_use]
    pub fn new_known_device(&self, user: &User) -> String {
        self.devices.text(user, self.now_s())
    }
}

#[cfg(test)]
mod tests {
    use gradebook_auth::Role;
    use gradebook_domain::UserId;

    use super::*;

    fn user() -> User {
        User {
            id: UserId(7),
            username: "li".to_owned(),
            name: "Li".to_owned(),
            role: Role::Teacher,
            student_number: None,
            password_change_required: false,
            enabled: true,
            locale: "en".to_owned(),
            locale_chosen: false,
            ver: 3,
            totp_enabled: false,
            has_password: true,
        }
    }

    #[test]
    fn a_device_is_known_to_one_account_as_it_is() {
        let devices = KnownDevices::new(&[1; 32]);
        let text = devices.text(&user(), 1_000);
        assert!(devices.knows(&user(), &text, 2_000));
        let others = [
            User {
                id: UserId(8),
                ..user()
            },
            User { ver: 4, ..user() },
            User {
                totp_enabled: true,
                ..user()
            },
        ];
        for other in others {
            assert!(!devices.knows(&other, &text, 2_000), "{other:?}");
        }
        assert!(!KnownDevices::new(&[2; 32]).knows(&user(), &text, 2_000));
        assert!(!devices.knows(&user(), "", 2_000));
    }

    #[test]
    fn it_is_forgotten_after_half_a_year() {
        let devices = KnownDevices::new(&[1; 32]);
        let text = devices.text(&user(), 1_000);
        assert!(devices.knows(&user(), &text, 1_000 + KNOWN_FOR_S - 1));
        assert!(!devices.knows(&user(), &text, 1_000 + KNOWN_FOR_S));
    }
}
