//! Slowing down whoever guesses: failures are counted in the database, so that all replicas know
//! them, under keyed tags that tell neither names nor addresses.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gradebook_auth::mac::MacKey;
use gradebook_auth::throttle::{Failures, Guarded, KEPT_MS};
use gradebook_domain::{SessionId, UserId};
use gradebook_persistence::repo::throttles;
use gradebook_persistence::{DbError, Tx};

use crate::App;

/// Attempts on one secret that are looked at at the same time in one process: whoever sends many at
/// once must not have them all judged before the first failure counts.
const AT_ONCE: usize = 4;
/// The same for one address: half of the queue for hashing, so that nobody fills it alone.
const AT_ONCE_FROM_ADDRESS: usize = 100;
/// Between two looks for failures that are no longer needed.
const TIDIED_EVERY_MS: i64 = 10 * 60 * 1000;

/// What somebody tries to get right.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tried<'a> {
    /// To sign in under this name, which need not exist.
    Username(&'a str),
    /// To sign in from one of the devices on which the account's owner has signed in before.
    KnownDevices(UserId),
    /// Anything, from this address.
    Address(&'a str),
    /// The own password, or a code, within a session: whoever holds another session of the account
    /// must not be able to make its owner wait.
    OwnSecret(UserId, Option<SessionId>),
}

/// Why an attempt is not looked at.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotNow {
    /// After too many failures; how many seconds to wait.
    #[error("too many failed attempts")]
    Wait(u32),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

/// What the throttles of one process know.
pub(crate) struct Throttles {
    key: MacKey,
    under_way: Arc<Mutex<HashMap<String, usize>>>,
    tidied_at: AtomicI64,
}

/// Leave to make one attempt. It ends when this is dropped.
pub(crate) struct Attempt {
    guards: Vec<(Guarded, String)>,
    under_way: Arc<Mutex<HashMap<String, usize>>>,
}

impl Throttles {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self {
            key: MacKey::derive(secret, "throttle"),
            under_way: Arc::default(),
            tidied_at: AtomicI64::new(0),
        }
    }

    fn guard(&self, tried: Tried<'_>) -> Option<(Guarded, String)> {
        let (guarded, kind, what) = match tried {
            Tried::Username(name) => (Guarded::Secret, "username", name.to_owned()),
            Tried::KnownDevices(user) => (Guarded::Secret, "devices", user.to_string()),
            Tried::OwnSecret(user, session) => {
                let session = session.map_or(0, |session| session.0);
                (Guarded::Secret, "own", format!("{user} {session}"))
            }
            Tried::Address(address) => (Guarded::Address, "address", network(address)?),
        };
        Some((guarded, self.key.name(&[kind.as_bytes(), what.as_bytes()])))
    }

    /// Takes a place among the attempts under way.
    fn enter(&self, guards: Vec<(Guarded, String)>) -> Option<Attempt> {
        let mut under_way = self.lock();
        let full = guards.iter().any(|(guarded, tag)| {
            let most = match guarded {
                Guarded::Secret => AT_ONCE,
                Guarded::Address => AT_ONCE_FROM_ADDRESS,
            };
            under_way.get(tag).is_some_and(|count| *count >= most)
        });
        if full {
            return None;
        }
        for (_, tag) in &guards {
            *under_way.entry(tag.clone()).or_default() += 1;
        }
        drop(under_way);
        Some(Attempt {
            guards,
            under_way: Arc::clone(&self.under_way),
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, usize>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The address itself, or the /64 of an IPv6 one: whoever has one of those has them all.
fn network(address: &str) -> Option<String> {
    match address.parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(v4) => Some(v4.to_string()),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Some(format!("{a:x}:{b:x}:{c:x}:{d:x}::/64"))
        }
    }
}

fn secrets(guards: &[(Guarded, String)]) -> impl Iterator<Item = &str> {
    guards
        .iter()
        .filter(|(guarded, _)| *guarded == Guarded::Secret)
        .map(|(_, tag)| tag.as_str())
}

impl Attempt {
    /// The failures of the secret are forgotten: it was right. Those of the address stay.
    pub(crate) async fn succeeded(&self, tx: &Tx) -> Result<(), DbError> {
        for tag in secrets(&self.guards) {
            throttles::forget(tx, tag).await?;
        }
        Ok(())
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for (_, tag) in &self.guards {
            if let Some(count) = under_way.get_mut(tag) {
                *count -= 1;
                if *count == 0 {
                    under_way.remove(tag);
                }
            }
        }
    }
}

impl App {
    /// Leave to try something, unless too much of it went wrong lately.
    pub(crate) async fn attempt(&self, tried: &[Tried<'_>]) -> Result<Attempt, NotNow> {
        let guards: Vec<(Guarded, String)> = tried
            .iter()
            .filter_map(|tried| self.throttles.guard(*tried))
            .collect();
        let attempt = self.throttles.enter(guards).ok_or(NotNow::Wait(1))?;
        let tags: Vec<&str> = attempt.guards.iter().map(|(_, tag)| &**tag).collect();
        let known = throttles::read(&self.db, &tags).await?;
        let now = self.clock.now_ms();
        let wait_ms = attempt
            .guards
            .iter()
            .filter_map(|(guarded, tag)| Some(guarded.wait_ms(*known.get(tag)?, now)))
            .max()
            .unwrap_or(0);
        if wait_ms > 0 {
            let seconds = u32::try_from((wait_ms + 999) / 1000).unwrap_or(u32::MAX);
            return Err(NotNow::Wait(seconds));
        }
        Ok(attempt)
    }

    /// Counts a failure of an attempt.
    pub(crate) async fn failed(&self, attempt: &Attempt) -> Result<(), DbError> {
        let tags: Vec<&str> = attempt.guards.iter().map(|(_, tag)| &**tag).collect();
        let now = self.clock.now_ms();
        let tidy = now - self.throttles.tidied_at.load(Ordering::Relaxed) > TIDIED_EVERY_MS;
        if tidy {
            self.throttles.tidied_at.store(now, Ordering::Relaxed);
        }
        self.db
            .write(async |tx| {
                if tidy {
                    throttles::forget_before(tx, now - KEPT_MS).await?;
                }
                let known = throttles::lock(tx, &tags).await?;
                for (guarded, tag) in &attempt.guards {
                    let failures = known.get(tag).copied().unwrap_or_default();
                    let failures: Failures = guarded.failed(failures, now);
                    throttles::put(tx, &known, tag, failures).await?;
                }
                Ok(())
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttles() -> Throttles {
        Throttles::new(&[1; 32])
    }

    #[test]
    fn four_attempts_at_once_and_no_fifth() {
        let throttles = throttles();
        let guards = || throttles.guard(Tried::Username("li")).into_iter().collect();
        let mut under_way: Vec<_> = (0..4).map(|_| throttles.enter(guards())).collect();
        assert!(under_way.iter().all(Option::is_some));
        assert!(throttles.enter(guards()).is_none());
        let others = throttles
            .guard(Tried::Username("wang"))
            .into_iter()
            .collect();
        assert!(throttles.enter(others).is_some());
        under_way.pop();
        assert!(throttles.enter(guards()).is_some());
        under_way.clear();
        assert!(throttles.lock().is_empty());
    }

    #[test]
    fn many_may_sign_in_from_one_address_at_once() {
        let throttles = throttles();
        let guards = || {
            let guard = throttles.guard(Tried::Address("192.0.2.1"));
            guard.into_iter().collect()
        };
        let under_way: Vec<_> = (0..100).map(|_| throttles.enter(guards())).collect();
        assert!(under_way.iter().all(Option::is_some));
        assert!(
            throttles.enter(guards()).is_none(),
            "and one fills no queue"
        );
    }

    #[test]
    fn addresses_of_one_network_are_one() {
        assert_eq!(network("192.0.2.1").unwrap(), "192.0.2.1");
        assert_eq!(network("::ffff:192.0.2.1").unwrap(), "192.0.2.1");
        assert_eq!(
            network("2001:db8:1:2:3:4:5:6").unwrap(),
            "2001:db8:1:2::/64"
        );
        assert_eq!(network("2001:db8:1:2::9"), network("2001:db8:1:2:ffff::"));
        assert_ne!(network("2001:db8:1:2::9"), network("2001:db8:1:3::9"));
        assert_eq!(network(""), None);
    }

    #[test]
    fn what_is_tried_has_a_tag_of_its_own_that_tells_nothing() {
        let throttles = throttles();
        let tags: Vec<String> = [
            Tried::Username("7"),
            Tried::KnownDevices(UserId(7)),
            Tried::OwnSecret(UserId(7), None),
            Tried::OwnSecret(UserId(7), Some(SessionId(7))),
            Tried::Address("0.0.0.7"),
        ]
        .into_iter()
        .map(|tried| throttles.guard(tried).unwrap().1)
        .collect();
        for (place, tag) in tags.iter().enumerate() {
            assert_eq!(tag.len(), 64);
            assert!(!tags[..place].contains(tag));
        }
    }
}
