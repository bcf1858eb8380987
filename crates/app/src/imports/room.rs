//! How many files may be received, read and written at once: each takes memory, and a school has one
//! database. Whoever finds no room is told to come again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gradebook_auth::Actor;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::App;

/// How many places there are, and how many of them one person may have, so that nobody keeps all
/// others from importing.
#[derive(Debug, Clone, Copy)]
struct Size {
    all: usize,
    of_one: usize,
}

/// Files that are being received, or lie in memory until they are answered.
const RECEIVED: Size = Size { all: 16, of_one: 2 };
/// Files that are being read and planned, and imports that are written while their sender waits.
const READ: Size = Size { all: 3, of_one: 2 };
/// Files that are being parsed, whether somebody still waits for it or has hung up.
const PARSED: Size = Size { all: 3, of_one: 2 };
/// Imports that are written in the background.
const WRITTEN: Size = Size { all: 3, of_one: 1 };
/// How long a file waits for others to be read while somebody waits for it.
const PATIENCE: Duration = Duration::from_secs(10);
/// The same in the background.
const LONG_PATIENCE: Duration = Duration::from_secs(120);

/// There is no room for another file at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRoom {
    /// For anybody's.
    #[error("too many files are being imported; try again in a moment")]
    AtAll,
    /// For one more of the same person.
    #[error("other files of yours are being imported; wait until they are done, and try again")]
    ForOneMore,
}

impl NoRoom {
    /// When to try again.
    pub const RETRY_AFTER_S: u32 = 10;
}

/// Who waits for a file to be parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waits {
    /// Whoever sent it.
    Sender,
    /// Nobody: it is written in the background.
    Nobody,
}

/// Who takes places; the operator is nobody's account.
type Person = Option<i64>;

fn person(actor: &Actor) -> Person {
    actor.user_id().map(|user| user.0)
}

/// Places of one kind.
struct Places {
    all: Arc<Semaphore>,
    size: Size,
    of_person: Arc<Mutex<HashMap<Person, Arc<Semaphore>>>>,
}

impl Places {
    fn new(size: Size) -> Self {
        Self {
            all: Arc::new(Semaphore::new(size.all)),
            size,
            of_person: Arc::default(),
        }
    }

    fn of(&self, person: Person) -> Turn {
        let mut known = known(&self.of_person);
        let own = known
            .entry(person)
            .or_insert_with(|| Arc::new(Semaphore::new(self.size.of_one)));
        Turn {
            own: Arc::clone(own),
            person,
            of_person: Arc::clone(&self.of_person),
        }
    }

    fn at_once(&self, person: Person) -> Result<Place, NoRoom> {
        let turn = self.of(person);
        let own = Arc::clone(&turn.own).try_acquire_owned();
        let own = own.map_err(|_| NoRoom::ForOneMore)?;
        let all = Arc::clone(&self.all).try_acquire_owned();
        let all = all.map_err(|_| NoRoom::AtAll)?;
        Ok(Place {
            _own: own,
            _all: all,
            _turn: turn,
        })
    }

    /// A place, if one comes free soon enough. Whoever waits for an own one takes none of the others'.
    async fn within(&self, person: Person, patience: Duration) -> Result<Place, NoRoom> {
        let until = tokio::time::Instant::now() + patience;
        let turn = self.of(person);
        let own = acquired(&turn.own, until).await.ok_or(NoRoom::ForOneMore)?;
        let all = acquired(&self.all, until).await.ok_or(NoRoom::AtAll)?;
        Ok(Place {
            _own: own,
            _all: all,
            _turn: turn,
        })
    }
}

async fn acquired(
    places: &Arc<Semaphore>,
    until: tokio::time::Instant,
) -> Option<OwnedSemaphorePermit> {
    let place = Arc::clone(places).acquire_owned();
    tokio::time::timeout_at(until, place).await.ok()?.ok()
}

/// A place, until it is dropped.
pub(crate) struct Place {
    _own: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
    _turn: Turn,
}

/// Whoever has a place of a person or waits for one; the last one forgets the person.
struct Turn {
    own: Arc<Semaphore>,
    person: Person,
    of_person: Arc<Mutex<HashMap<Person, Arc<Semaphore>>>>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut known = known(&self.of_person);
        // The map's, and this one's. The permit that a place gave back just now has none any more.
        if Arc::strong_count(&self.own) <= 2 {
            known.remove(&self.person);
        }
    }
}

fn known(
    of_person: &Mutex<HashMap<Person, Arc<Semaphore>>>,
) -> MutexGuard<'_, HashMap<Person, Arc<Semaphore>>> {
    of_person.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The room of this process.
pub(crate) struct Room {
    received: Places,
    read: Places,
    parsed: Places,
    written: Places,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            received: Places::new(RECEIVED),
            read: Places::new(READ),
            parsed: Places::new(PARSED),
            written: Places::new(WRITTEN),
        }
    }
}

/// Room for one file while it is received and in memory.
pub struct FileRoom {
    _place: Place,
}

impl Room {
    /// Room for reading and planning, once others are done.
    pub(crate) async fn to_read(&self, actor: &Actor) -> Result<Place, NoRoom> {
        self.read.within(person(actor), PATIENCE).await
    }

    /// Room for parsing a file, which goes on when whoever sent it hangs up; the place has to go with it.
    pub(crate) async fn to_parse(&self, actor: &Actor, who: Waits) -> Result<Place, NoRoom> {
        let patience = match who {
            Waits::Sender => PATIENCE,
            Waits::Nobody => LONG_PATIENCE,
        };
        self.parsed.within(person(actor), patience).await
    }

    #[cfg(test)]
    pub(super) fn parsed_at_once(&self, actor: &Actor) -> Result<Place, NoRoom> {
        self.parsed.at_once(person(actor))
    }

    /// Room for an import in the background.
    pub(crate) fn to_write(&self, actor: &Actor) -> Result<Place, NoRoom> {
        self.written.at_once(person(actor))
    }
}

impl App {
    /// Room for a file that somebody is about to send, before a byte of it is read; it ends when the
    /// answer is dropped.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn room_for_file(&self, actor: &Actor) -> Result<FileRoom, NoRoom> {
        let place = self.room.received.at_once(person(actor))?;
        Ok(FileRoom { _place: place })
    }
}

#[cfg(test)]
mod tests {
    use gradebook_auth::Role;
    use gradebook_domain::UserId;

    use super::*;

    fn of(id: i64) -> Actor {
        Actor {
            user: Some(UserId(id)),
            role: Role::Teacher,
            ..Actor::operator()
        }
    }

    #[tokio::test]
    async fn whoever_finds_no_room_is_told_so() {
        let room = Room::default();
        let mut reading = Vec::new();
        for nth in 0..READ.all {
            let actor = of(i64::try_from(nth).unwrap());
            reading.push(room.to_read(&actor).await.unwrap());
        }
        let none = room.read.within(Some(99), Duration::ZERO).await;
        assert_eq!(none.map(drop), Err(NoRoom::AtAll));
        reading.pop();
        assert!(room.to_read(&of(99)).await.is_ok());
        let all = 0..i64::try_from(WRITTEN.all).unwrap();
        let mut writing: Vec<_> = all.map(|id| room.to_write(&of(id)).unwrap()).collect();
        assert_eq!(room.to_write(&of(99)).map(drop), Err(NoRoom::AtAll));
        writing.pop();
        assert!(room.to_write(&of(99)).is_ok());
    }

    #[tokio::test]
    async fn nobody_keeps_all_others_from_importing() {
        let room = Room::default();
        let (one, other) = (of(1), of(2));
        for places in [&room.received, &room.read, &room.parsed, &room.written] {
            let own: Vec<_> = (0..places.size.of_one)
                .map(|_| places.at_once(Some(1)).unwrap())
                .collect();
            let more = places.within(Some(1), Duration::ZERO).await.map(drop);
            assert_eq!(more, Err(NoRoom::ForOneMore));
            assert!(places.at_once(Some(2)).is_ok());
            // Whoever waits for an own place keeps none of the others' meanwhile.
            assert_eq!(places.all.available_permits(), places.size.all - own.len());
        }
        let first = room.to_write(&one).unwrap();
        assert_eq!(room.to_write(&one).map(drop), Err(NoRoom::ForOneMore));
        let second = room.to_write(&other).unwrap();
        drop(first);
        drop(room.to_write(&one).unwrap());
        drop(second);
        // Whoever has no place any more is forgotten.
        assert!(known(&room.written.of_person).is_empty());
    }
}
