//! How many files may be received, read and written at once: each takes memory, and a school has one
//! database. Whoever finds no room is told to come again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gradebook_auth::Actor;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::App;

/// Files that are being received, or lie in memory until they are answered.
const RECEIVED: usize = 16;
/// Those of one person.
const RECEIVED_OF_ONE: usize = 2;
/// Files that are being read and planned, and imports that are written while their sender waits.
const READ: usize = 3;
/// Files that are being parsed, whether somebody still waits for it or has hung up.
const PARSED: usize = READ;
/// Imports that are written in the background.
const WRITTEN: usize = 3;
/// How long a file waits for others to be read.
const PATIENCE: Duration = Duration::from_secs(10);

/// There is no room for another file at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many files are being imported; try again in a moment")]
pub struct NoRoom;

impl NoRoom {
    /// When to try again.
    pub const RETRY_AFTER_S: u32 = 10;
}

/// The room of this process.
pub(crate) struct Room {
    received: Arc<Semaphore>,
    of_person: Arc<Mutex<HashMap<Option<i64>, usize>>>,
    read: Arc<Semaphore>,
    parsed: Arc<Semaphore>,
    written: Arc<Semaphore>,
}

impl Default for Room {
    fn default() -> Self {
        let places = |count| Arc::new(Semaphore::new(count));
        Self {
            received: places(RECEIVED),
            of_person: Arc::default(),
            read: places(READ),
            parsed: places(PARSED),
            written: places(WRITTEN),
        }
    }
}

/// Room for one file while it is received and in memory.
pub struct FileRoom {
    _place: OwnedSemaphorePermit,
    person: Option<i64>,
    of_person: Arc<Mutex<HashMap<Option<i64>, usize>>>,
}

impl Drop for FileRoom {
    fn drop(&mut self) {
        let mut counts = counts(&self.of_person);
        if let Some(count) = counts.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.person);
            }
        }
    }
}

fn counts(
    of_person: &Mutex<HashMap<Option<i64>, usize>>,
) -> MutexGuard<'_, HashMap<Option<i64>, usize>> {
    of_person.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A place, if one comes free soon enough.
async fn within(
    places: &Arc<Semaphore>,
    patience: Duration,
) -> Result<OwnedSemaphorePermit, NoRoom> {
    let place = Arc::clone(places).acquire_owned();
    match tokio::time::timeout(patience, place).await {
        Ok(Ok(place)) => Ok(place),
        Ok(Err(_)) | Err(_) => Err(NoRoom),
    }
}

impl Room {
    /// Room for reading and planning, once others are done.
    pub(crate) async fn to_read(&self) -> Result<OwnedSemaphorePermit, NoRoom> {
        within(&self.read, PATIENCE).await
    }

    /// Room for parsing a file, which goes on when whoever sent it hangs up; the place has to go with it.
    pub(crate) async fn to_parse(&self) -> Result<OwnedSemaphorePermit, NoRoom> {
        within(&self.parsed, PATIENCE).await
    }

    /// Room for an import in the background.
    pub(crate) fn to_write(&self) -> Result<OwnedSemaphorePermit, NoRoom> {
        let place = Arc::clone(&self.written).try_acquire_owned();
        place.map_err(|_| NoRoom)
    }
}

impl App {
    /// Room for a file that somebody is about to send, before a byte of it is read; it ends when the
    /// answer is dropped.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn room_for_file(&self, actor: &Actor) -> Result<FileRoom, NoRoom> {
        let room = &self.room;
        let place = Arc::clone(&room.received).try_acquire_owned();
        let place = place.map_err(|_| NoRoom)?;
        let person = actor.user_id().map(|user| user.0);
        let mut counts = counts(&room.of_person);
        let count = counts.entry(person).or_insert(0);
        if *count >= RECEIVED_OF_ONE {
            return Err(NoRoom);
        }
        *count += 1;
        Ok(FileRoom {
            _place: place,
            person,
            of_person: Arc::clone(&room.of_person),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_finds_no_room_is_told_so() {
        let room = Room::default();
        let mut reading = Vec::new();
        for _ in 0..READ {
            reading.push(room.to_read().await.unwrap());
        }
        let none = within(&room.read, Duration::ZERO).await;
        assert_eq!(none.map(drop), Err(NoRoom));
        reading.pop();
        assert!(room.to_read().await.is_ok());
        let mut writing: Vec<_> = (0..WRITTEN).map(|_| room.to_write().unwrap()).collect();
        assert_eq!(room.to_write().map(drop), Err(NoRoom));
        writing.pop();
        assert!(room.to_write().is_ok());
    }
}
