//! The keys in use: one signs, several verify.

use std::collections::HashSet;

use super::{Jwks, KeyError, SigningKey, VerifyingKey};
use crate::jwt::{LEEWAY, LONGEST_LIFETIME};

/// Seconds for which a key verifies after the next one took over: as long as its
/// last token is good.
const VERIFIES_FOR: i64 = LONGEST_LIFETIME + LEEWAY;

/// A key and its times, in Unix seconds.
#[derive(Debug, Clone)]
pub struct RingKey {
    key: SigningKey,
    signs_from: i64,
    signs_until: Option<i64>,
}

/// What a key is good for at some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// It verifies already and will sign.
    Next,
    /// It signs.
    Signs,
    /// It signs no more, but its tokens are accepted until then.
    Verifies {
        /// Unix seconds.
        until: i64,
    },
    /// None of its tokens can be good any more.
    Spent,
}

impl RingKey {
    /// The key.
    #[must_use]
    pub const fn key(&self) -> &SigningKey {
        &self.key
    }

    /// From when it signs.
    #[must_use]
    pub const fn signs_from(&self) -> i64 {
        self.signs_from
    }

    /// When the next key takes over, if there is one.
    #[must_use]
    pub const fn signs_until(&self) -> Option<i64> {
        self.signs_until
    }

    /// Until when its tokens are accepted, if another key takes over.
    fn verifies_until(&self) -> Option<i64> {
        self.signs_until
            .map(|until| until.saturating_add(VERIFIES_FOR))
    }

    /// A key is known before it signs, so that no server meets a token of a key
    /// that it does not know.
    fn verifies_at(&self, now: i64) -> bool {
        self.verifies_until().is_none_or(|until| now < until)
    }
}

/// Keys that sign one after the other. A key signs from its time until that of
/// the next one; it verifies from the moment it is in the ring until the last
/// token that it signed has expired.
#[derive(Debug, Clone)]
pub struct KeyRing {
    first: RingKey,
    /// The others, in the order in which they sign.
    later: Vec<RingKey>,
}

impl KeyRing {
    /// Puts a ring together of keys and the Unix seconds from which they sign,
    /// in any order.
    ///
    /// # Errors
    /// [`KeyError::Empty`]; [`KeyError::DuplicateKid`]: a `kid` names exactly one
    /// key, hence one algorithm.
    pub fn new(keys: impl IntoIterator<Item = (i64, SigningKey)>) -> Result<Self, KeyError> {
        let mut keys: Vec<RingKey> = keys
            .into_iter()
            .map(|(signs_from, key)| RingKey {
                key,
                signs_from,
                signs_until: None,
            })
            .collect();
        // Of two that begin at once the same one counts on every replica.
        keys.sort_by(|one, other| one.order().cmp(&other.order()));
        let kids: HashSet<&str> = keys.iter().map(|one| one.key.public().kid()).collect();
        if kids.len() < keys.len() {
            return Err(KeyError::DuplicateKid);
        }
        let starts: Vec<i64> = keys.iter().map(|one| one.signs_from).collect();
        for (one, next) in keys.iter_mut().zip(starts.into_iter().skip(1)) {
            one.signs_until = Some(next);
        }
        let mut keys = keys.into_iter();
        Ok(Self {
            first: keys.next().ok_or(KeyError::Empty)?,
            later: keys.collect(),
        })
    }

    /// A ring of one key.
    #[must_use]
    pub const fn of(key: SigningKey) -> Self {
        let first = RingKey {
            key,
            signs_from: 0,
            signs_until: None,
        };
        Self {
            first,
            later: Vec::new(),
        }
    }

    /// All keys, in the order in which they sign.
    pub fn keys(&self) -> impl Iterator<Item = &RingKey> {
        std::iter::once(&self.first).chain(&self.later)
    }

    /// The key that takes over last.
    #[must_use]
    pub fn newest(&self) -> &RingKey {
        self.later.last().unwrap_or(&self.first)
    }

    /// The key that signs at this moment: the last whose time has come. A server
    /// whose clock is behind all of them takes the first.
    #[must_use]
    pub fn signing(&self, now: i64) -> &SigningKey {
        &self.turn(now).key
    }

    fn turn(&self, now: i64) -> &RingKey {
        let begun = |one: &&RingKey| one.signs_from <= now;
        self.later.iter().rev().find(begun).unwrap_or(&self.first)
    }

    /// The key with exactly this id, as long as its tokens count; an id is only
    /// ever a name to look up.
    #[must_use]
    pub fn find(&self, kid: &str, now: i64) -> Option<&VerifyingKey> {
        self.keys()
            .filter(|one| one.verifies_at(now))
            .map(|one| one.key.public())
            .find(|key| key.kid() == kid)
    }

    /// What this key of the ring is good for.
    #[must_use]
    pub fn state(&self, one: &RingKey, now: i64) -> KeyState {
        if self.turn(now).key.public().kid() == one.key.public().kid() {
            return KeyState::Signs;
        }
        match one.verifies_until() {
            Some(until) if now >= until => KeyState::Spent,
            Some(until) if one.signs_from <= now => KeyState::Verifies { until },
            _ => KeyState::Next,
        }
    }

    /// The public keys whose tokens count, the one that signs first. Symmetric
    /// keys are not among them.
    #[must_use]
    pub fn jwks(&self, now: i64) -> Jwks {
        let signing = self.signing(now).public();
        let others = self
            .keys()
            .filter(|one| one.verifies_at(now))
            .map(|one| one.key.public())
            .filter(|key| key.kid() != signing.kid());
        let keys = std::iter::once(signing).chain(others);
        Jwks {
            keys: keys.filter_map(VerifyingKey::jwk).cloned().collect(),
        }
    }
}

impl RingKey {
    fn order(&self) -> (i64, &str) {
        (self.signs_from, self.key.public().kid())
    }
}
