//! How a password is stored: `$gb1$` and then
//! `bcrypt(base64(HMAC-SHA-384(pepper, NFC(password))), cost)`.
//!
//! The HMAC makes every password 64 ASCII bytes, below bcrypt's 72 and free of
//! the NUL at which it stops, and makes a stolen database useless without the
//! pepper, which lies in a file outside it. bcrypt's salt comes from the
//! system's random generator.

use std::fmt;
use std::hint::black_box;
use std::str::FromStr;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bcrypt::HashParts;
use unicode_normalization::UnicodeNormalization;

/// Marks this scheme in front of a bcrypt string.
const TAG: &str = "$gb1$";
/// No stored hash may make us work longer than this (cost 15 ≈ 2 s).
const HIGHEST_STORED_COST: u32 = 15;
/// bcrypt reads no more bytes than this.
const BCRYPT_BYTES: usize = 72;

/// The secret key that is mixed into every password; kept outside the database.
#[derive(Clone)]
pub struct Pepper(hmac::Key);

/// A pepper needs at least 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the pepper needs at least 32 bytes")]
pub struct PepperTooShort;

impl Pepper {
    /// Takes the pepper's bytes, which should be random.
    ///
    /// # Errors
    /// [`PepperTooShort`] below 32 bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, PepperTooShort> {
        if bytes.len() < 32 {
            return Err(PepperTooShort);
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA384, bytes)))
    }

    /// The 64 ASCII bytes that bcrypt sees.
    fn season(&self, password: &str) -> String {
        let normal: String = password.nfc().collect();
        STANDARD.encode(hmac::sign(&self.0, normal.as_bytes()))
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(redacted)")
    }
}

/// bcrypt's cost, the logarithm of its work: 4..=15.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost(u32);

/// A cost outside 4..=15.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bcrypt cost is a number from 4 to 15")]
pub struct CostOutOfRange;

impl Cost {
    /// Takes a cost.
    ///
    /// # Errors
    /// [`CostOutOfRange`] unless it is 4..=15.
    pub fn new(cost: u32) -> Result<Self, CostOutOfRange> {
        if (4..=HIGHEST_STORED_COST).contains(&cost) {
            Ok(Self(cost))
        } else {
            Err(CostOutOfRange)
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl Default for Cost {
    /// 12, about a quarter of a second.
    fn default() -> Self {
        Self(12)
    }
}

/// A password as the database stores it: the scheme's tag, then a bcrypt
/// string; 65 ASCII characters.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The text to store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text to store.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(redacted)")
    }
}

/// A bcrypt hash of a plain password, from an older system. It matches once: the sign-in that it
/// lets through replaces it.
#[derive(Clone, PartialEq, Eq)]
pub struct OlderHash(String);

/// A text that is no hash of an older system, or one that we would never check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a bcrypt hash ($2a$, $2b$ or $2y$, 60 characters) of cost 4 to 15")]
pub struct NotAnOlderHash;

impl OlderHash {
    /// Takes a hash that a sign-in can be checked against.
    ///
    /// # Errors
    /// [`NotAnOlderHash`].
    pub fn parse(text: &str) -> Result<Self, NotAnOlderHash> {
        match Stored::parse(text) {
            Some(Stored::Plain { bcrypt, .. }) => {
                HashParts::from_str(bcrypt).map_err(|_| NotAnOlderHash)?;
                Ok(Self(bcrypt.to_owned()))
            }
            Some(Stored::Seasoned { .. }) | None => Err(NotAnOlderHash),
        }
    }

    /// The text to store.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Debug for OlderHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OlderHash(redacted)")
    }
}

/// What comparing a password with a stored hash says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the password.
    Match {
        /// The hash is of an older scheme or a lower cost: hash again and
        /// store, now that the password is at hand.
        needs_rehash: bool,
    },
    /// It is not, or there is no such user, or the stored text is no hash that
    /// we accept.
    NoMatch,
}

/// A stored hash, by its scheme.
enum Stored<'a> {
    Seasoned {
        bcrypt: &'a str,
        cost: u32,
    },
    /// Of an older system: `$2a$`, `$2b$` or `$2y$` of the plain password.
    Plain {
        bcrypt: &'a str,
        cost: u32,
    },
}

impl<'a> Stored<'a> {
    /// `None` for anything malformed and for costs outside 4..=15.
    fn parse(text: &'a str) -> Option<Self> {
        let tagged = text.strip_prefix(TAG);
        let bcrypt = tagged.unwrap_or(text);
        let versions: &[&str] = match tagged {
            Some(_) => &["$2b$"],
            None => &["$2a$", "$2b$", "$2y$"],
        };
        let after = versions.iter().find_map(|v| bcrypt.strip_prefix(v))?;
        let (digits, _) = after.split_once('$')?;
        if digits.len() != 2 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let cost = Cost::new(digits.parse().ok()?).ok()?.get();
        Some(match tagged {
            Some(_) => Self::Seasoned { bcrypt, cost },
            None => Self::Plain { bcrypt, cost },
        })
    }
}

/// The scheme with its settings: hashes and compares, slowly, on the calling
/// thread.
#[derive(Debug, Clone)]
pub(super) struct Scheme {
    pub(super) pepper: Pepper,
    pub(super) cost: Cost,
}

impl Scheme {
    /// `None` only if the system has no randomness to give for the salt.
    pub(super) fn hash(&self, password: &str) -> Option<PasswordHash> {
        let seasoned = self.pepper.season(password);
        let bcrypt = bcrypt::non_truncating_hash(seasoned, self.cost.get()).ok()?;
        Some(PasswordHash(format!("{TAG}{bcrypt}")))
    }

    /// Compares. Everything costs what a hash of today's cost costs, so that nobody can tell by the
    /// time whether there is such a user: whatever cannot match (no user, an unusable stored text, a
    /// password that plain bcrypt would cut), and hashes of a lower cost. Only those of a higher cost
    /// take longer, until their owner signs in.
    pub(super) fn verify(&self, stored: Option<&str>, password: &str) -> Verdict {
        let today = self.cost.get();
        let (matches, needs_rehash, cost) = match stored.and_then(Stored::parse) {
            Some(Stored::Seasoned { bcrypt, cost }) => (
                bcrypt::non_truncating_verify(self.pepper.season(password), bcrypt),
                cost != today,
                cost,
            ),
            Some(Stored::Plain { bcrypt, cost })
                if password.len() <= BCRYPT_BYTES && !password.contains('\0') =>
            {
                (bcrypt::verify(password, bcrypt), true, cost)
            }
            Some(Stored::Plain { .. }) | None => {
                self.waste_one_hash(password, today);
                return Verdict::NoMatch;
            }
        };
        for missing in missing_work(cost, today) {
            self.waste_one_hash(password, missing);
        }
        match matches {
            Ok(true) => Verdict::Match { needs_rehash },
            Ok(false) => Verdict::NoMatch,
            Err(_malformed) => {
                self.waste_one_hash(password, today);
                Verdict::NoMatch
            }
        }
    }

    fn waste_one_hash(&self, password: &str, cost: u32) {
        let seasoned = self.pepper.season(password);
        let _ = black_box(bcrypt::hash_with_salt(seasoned, cost, [0; 16]));
    }
}

/// The costs of the hashes that, after one of `done`, make up the work of one of `today`: each step
/// doubles, so the sum of all below is what is missing.
fn missing_work(done: u32, today: u32) -> std::ops::Range<u32> {
    done..today.max(done)
}

#[cfg(test)]
mod tests;
