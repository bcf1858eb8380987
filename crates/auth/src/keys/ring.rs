//! The keys in use: one signs, several verify.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::{Jwks, KeyError, SigningKey, VerifyingKey};

/// One active key that signs, and all keys whose tokens are accepted: the
/// active one and those retired so lately that their tokens may still live.
#[derive(Debug, Clone)]
pub struct KeyRing {
    active: SigningKey,
    verifying: BTreeMap<String, VerifyingKey>,
}

impl KeyRing {
    /// Puts a ring together.
    ///
    /// # Errors
    /// [`KeyError::DuplicateKid`]: a `kid` names exactly one key, hence one
    /// algorithm.
    pub fn new(
        active: SigningKey,
        retired: impl IntoIterator<Item = VerifyingKey>,
    ) -> Result<Self, KeyError> {
        let keys = std::iter::once(active.public().clone()).chain(retired);
        let verifying = by_kid(keys.map(|key| (key.kid().to_owned(), key)))?;
        Ok(Self { active, verifying })
    }

    /// The key that signs.
    #[must_use]
    pub const fn active(&self) -> &SigningKey {
        &self.active
    }

    /// The key with exactly this id; an id is only ever a name to look up.
    #[must_use]
    pub fn find(&self, kid: &str) -> Option<&VerifyingKey> {
        self.verifying.get(kid)
    }

    /// The public keys, the active one first.
    #[must_use]
    pub fn jwks(&self) -> Jwks {
        let active = self.active.public().jwk();
        let retired = self.verifying.values().map(VerifyingKey::jwk);
        let retired = retired.filter(|jwk| jwk.kid() != active.kid());
        Jwks {
            keys: std::iter::once(active).chain(retired).cloned().collect(),
        }
    }
}

/// Files keys by id, refusing two with the same.
pub(crate) fn by_kid<K>(
    keys: impl IntoIterator<Item = (String, K)>,
) -> Result<BTreeMap<String, K>, KeyError> {
    let mut filed = BTreeMap::new();
    for (kid, key) in keys {
        match filed.entry(kid) {
            Entry::Vacant(free) => free.insert(key),
            Entry::Occupied(_) => return Err(KeyError::DuplicateKid),
        };
    }
    Ok(filed)
}
