//! How many streams each person has open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use gradebook_domain::UserId;

/// Streams that one person may have open in this process: more than anybody has pages, and few
/// enough that one account cannot take all connections.
pub(super) const MOST_STREAMS: usize = 20;

/// The streams that are open.
#[derive(Clone, Default)]
pub(super) struct Places(Arc<Mutex<HashMap<UserId, usize>>>);

/// One open stream's place; free again when dropped.
pub(super) struct Place {
    places: Places,
    user: UserId,
}

impl Places {
    /// A place, unless this person has all of theirs.
    pub(super) fn take(&self, user: UserId) -> Option<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = open.entry(user).or_insert(0);
        if *taken >= MOST_STREAMS {
            return None;
        }
        *taken += 1;
        Some(Place {
            places: self.clone(),
            user,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = open.get_mut(&self.user) {
            *taken -= 1;
            if *taken == 0 {
                open.remove(&self.user);
            }
        }
    }
}
