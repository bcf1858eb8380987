//! The stream of events that keeps open pages current: ids and versions, never values.

mod follower;
mod place;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use gradebook_auth::actions::{Account, FollowEvents};
use gradebook_auth::{Actor, Denied, authorize};
use gradebook_domain::{AmendmentId, AssessmentId, ChangeId, CourseId, UserId};
use gradebook_persistence::{DatabaseFailure, DbError};
use tokio::sync::broadcast;

use crate::App;
use follower::TokenOf;
pub use follower::{Follower, Next};
use place::Places;

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LiveKind {
    /// A score changed.
    Score,
    /// An assessment was created or changed its state.
    Assessment,
    /// A change of a score was proposed, or a review asked for, answered or decided.
    Amendment,
    /// Courses, classes or who belongs to them changed.
    Roster,
    /// Tokens were made void: everybody looks whether their own were.
    Revocation,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveEvent {
    /// Id in the change log.
    pub id: ChangeId,
    /// What it is about.
    pub kind: LiveKind,
    /// The course it happened in.
    pub course: Option<CourseId>,
    /// The assessment it is about.
    pub assessment: Option<AssessmentId>,
    /// The student it is about.
    pub student: Option<UserId>,
    /// The score's version after.
    pub version: Option<i64>,
    /// The amendment that it is about, or that changed the score.
    pub amendment: Option<AmendmentId>,
    /// Whether students may know of it.
    pub(crate) visible: bool,
    /// Whether the assessment is part of an exam, so that the class's other teachers see it, too.
    pub(crate) exam: bool,
}

/// Events a slow follower may fall behind before it is told to read everything anew.
const BACKLOG: usize = 4_096;

pub(crate) struct Live {
    sender: broadcast::Sender<Arc<LiveEvent>>,
    /// The highest id that was handed on, so that a page can tell whether it missed something.
    last: AtomicI64,
    open: Places,
    /// How often all streams were ended.
    endings: AtomicU64,
}

impl Live {
    pub(crate) fn new() -> Self {
        Self {
            sender: broadcast::Sender::new(BACKLOG),
            last: AtomicI64::new(0),
            open: Places::default(),
            endings: AtomicU64::new(0),
        }
    }

    /// Everything up to here is handed on, or was there before this process.
    pub(crate) fn reached(&self, id: ChangeId) {
        self.last.fetch_max(id.0, Ordering::AcqRel);
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<LiveEvent>> {
        self.sender.subscribe()
    }

    /// Ends every open stream.
    pub(crate) fn end_all(&self) {
        self.endings.fetch_add(1, Ordering::AcqRel);
        // Wakes them; each then looks for itself.
        self.publish(LiveEvent {
            id: ChangeId(self.last.load(Ordering::Acquire)),
            kind: LiveKind::Revocation,
            course: None,
            assessment: None,
            student: None,
            version: None,
            amendment: None,
            visible: false,
            exam: false,
        });
    }

    fn endings(&self) -> u64 {
        self.endings.load(Ordering::Acquire)
    }

    pub(crate) fn publish(&self, event: LiveEvent) {
        let id = event.id;
        // Nobody listening is fine.
        let _ = self.sender.send(Arc::new(event));
        self.reached(id);
    }
}

/// Why there is no event stream.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// Only people have streams.
    #[error("not allowed")]
    Forbidden,
    /// This person has as many open as they may.
    #[error("too many open event streams")]
    TooManyStreams,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<Denied> for FollowError {
    fn from(_: Denied) -> Self {
        Self::Forbidden
    }
}

impl DatabaseFailure for FollowError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            Self::Forbidden | Self::TooManyStreams => None,
        }
    }
}

impl App {
    /// The newest change that event streams have told of. A page that was made after asking for it
    /// and follows from there misses nothing.
    #[must_use]
    pub fn last_event(&self) -> ChangeId {
        ChangeId(self.live.last.load(Ordering::Acquire))
    }

    /// Opens an event stream for the holder of a token with this `ver`.
    ///
    /// # Errors
    /// [`FollowError::TooManyStreams`] when this person has twenty open; database failures.
    pub async fn follow(&self, actor: &Actor, ver: i64) -> Result<Follower, FollowError> {
        let (Some(user), Some(session)) = (actor.user_id(), actor.session) else {
            return Err(FollowError::Forbidden);
        };
        let grant = authorize::<FollowEvents>(actor, Account { user })?;
        let place = self
            .live
            .open
            .take(user)
            .ok_or(FollowError::TooManyStreams)?;
        let endings = self.live.endings();
        // Subscribe first, so that nothing is lost between reading the reach and listening.
        let events = self.live.subscribe();
        let reach = self.reach(&grant).await?;
        let token = TokenOf {
            session,
            ver,
            endings,
        };
        Ok(Follower::new(events, grant, token, reach, place))
    }
}
