//! The stream of events that keeps open pages current: ids and versions, never values.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use gradebook_auth::actions::{Account, FollowEvents};
use gradebook_auth::{Actor, Denied, Grant, Role, authorize};
use gradebook_domain::{AssessmentId, ChangeId, CourseId, SessionId, UserId};
use gradebook_persistence::query::structure;
use tokio::sync::broadcast::{self, error::RecvError};

use crate::App;
use crate::error::ReadError;

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LiveKind {
    /// A score changed.
    Score,
    /// An assessment was created or changed its state.
    Assessment,
    /// Courses, classes or who belongs to them changed.
    Roster,
    /// Tokens were made void.
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
    /// Whether students may know of it.
    pub(crate) visible: bool,
    /// For revocations: whose tokens.
    pub(crate) user: Option<UserId>,
    /// For revocations: of which session only.
    pub(crate) session: Option<SessionId>,
}

/// Events a slow follower may fall behind before it is told to read everything anew.
const BACKLOG: usize = 4_096;

pub(crate) struct Live {
    sender: broadcast::Sender<Arc<LiveEvent>>,
    /// The highest id that was handed on, so that a page can tell whether it missed something.
    last: AtomicI64,
}

impl Live {
    pub(crate) fn new() -> Self {
        Self {
            sender: broadcast::Sender::new(BACKLOG),
            last: AtomicI64::new(0),
        }
    }

    /// Everything up to here is handed on, or was there before this process.
    pub(crate) fn reached(&self, id: ChangeId) {
        self.last.fetch_max(id.0, Ordering::AcqRel);
    }

    pub(crate) fn publish(&self, event: LiveEvent) {
        let id = event.id;
        // Nobody listening is fine.
        let _ = self.sender.send(Arc::new(event));
        self.reached(id);
    }
}

/// What one follower may see.
enum Reach {
    Everything,
    /// A teacher: every course of the classes that they teach.
    Courses(HashSet<CourseId>),
    /// A student: their own scores, and news of their courses' published assessments.
    Student(UserId, HashSet<CourseId>),
}

/// One open event stream.
pub struct Follower {
    events: broadcast::Receiver<Arc<LiveEvent>>,
    grant: Grant<FollowEvents>,
    reach: Reach,
    reach_is_stale: bool,
}

/// What a follower is told next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Something changed.
    Event(Arc<LiveEvent>),
    /// Too much changed to tell it all: read everything anew.
    Resync,
    /// The follower's tokens were made void.
    SignedOut,
    /// The process stops.
    Stopped,
}

impl App {
    /// The newest change that event streams have told of. A page that was made after asking for it
    /// and follows from there misses nothing.
    #[must_use]
    pub fn last_event(&self) -> ChangeId {
        ChangeId(self.live.last.load(Ordering::Acquire))
    }

    /// Opens an event stream.
    ///
    /// # Errors
    /// Database failures.
    pub async fn follow(&self, actor: &Actor) -> Result<Follower, ReadError> {
        let user = actor.user_id().ok_or(Denied::Visible)?;
        let grant = authorize::<FollowEvents>(actor, Account { user })?;
        // Subscribe first, so that nothing is lost between reading the reach and listening.
        let events = self.live.sender.subscribe();
        Ok(Follower {
            events,
            reach: self.reach(&grant).await?,
            reach_is_stale: false,
            grant,
        })
    }

    async fn reach(&self, grant: &Grant<FollowEvents>) -> Result<Reach, ReadError> {
        Ok(match grant.actor().role {
            Role::Admin => Reach::Everything,
            Role::Teacher => {
                Reach::Courses(structure::courses_of_taught_classes(&self.db, grant).await?)
            }
            Role::Student => Reach::Student(
                grant.on().user,
                structure::courses_of_student(&self.db, grant).await?,
            ),
        })
    }

    /// Waits for the next event that the follower may see. Each event is judged as it is sent.
    pub async fn next_event(&self, follower: &mut Follower) -> Next {
        loop {
            let event = match follower.events.recv().await {
                Ok(event) => event,
                Err(RecvError::Lagged(_)) => {
                    follower.reach_is_stale = true;
                    return Next::Resync;
                }
                Err(RecvError::Closed) => return Next::Stopped,
            };
            match event.kind {
                LiveKind::Revocation => {
                    if follower.is_signed_out_by(&event) {
                        return Next::SignedOut;
                    }
                    continue;
                }
                LiveKind::Roster => follower.reach_is_stale = true,
                LiveKind::Score | LiveKind::Assessment => {}
            }
            if follower.reach_is_stale {
                match self.reach(&follower.grant).await {
                    Ok(reach) => {
                        follower.reach = reach;
                        follower.reach_is_stale = false;
                    }
                    // Without the facts nothing may be sent; the client reads anew and learns.
                    Err(_) => return Next::Resync,
                }
            }
            if follower.may_see(&event) {
                return Next::Event(event);
            }
        }
    }
}

impl Follower {
    fn is_signed_out_by(&self, event: &LiveEvent) -> bool {
        match event.session {
            Some(session) => self.grant.actor().session == Some(session),
            None => event.user == Some(self.grant.on().user),
        }
    }

    fn may_see(&self, event: &LiveEvent) -> bool {
        let in_courses = |courses: &HashSet<CourseId>| {
            event.course.is_some_and(|course| courses.contains(&course))
        };
        match &self.reach {
            Reach::Everything => true,
            Reach::Courses(courses) => in_courses(courses),
            Reach::Student(student, courses) => match event.kind {
                LiveKind::Score => event.visible && event.student == Some(*student),
                LiveKind::Assessment => event.visible && in_courses(courses),
                LiveKind::Roster => event.student == Some(*student),
                LiveKind::Revocation => false,
            },
        }
    }
}
