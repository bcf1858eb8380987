//! One open event stream: what its reader may see, and when they are told.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use gradebook_auth::actions::FollowEvents;
use gradebook_auth::{Grant, Role};
use gradebook_domain::{CourseId, SessionId, UserId};
use gradebook_persistence::DbError;
use gradebook_persistence::query::structure::{self, TaughtCourses};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Instant, timeout_at};

use super::place::Place;
use super::{BACKLOG, LiveEvent, LiveKind};
use crate::App;

/// How long roster events are gathered before the reach is read again: an import writes thousands.
const GATHERING: Duration = Duration::from_millis(250);
/// After this long the reach is asked for again when the database gave no answer.
const AGAIN: Duration = Duration::from_secs(5);

/// What one follower may see.
pub(super) enum Reach {
    Everything,
    Teacher(TaughtCourses),
    /// A student: their own scores, and news of their courses' published assessments.
    Student(UserId, HashSet<CourseId>),
}

impl Reach {
    /// Whether the event can matter at all, whatever the courses are after the roster changed.
    fn may_matter(&self, event: &LiveEvent) -> bool {
        match (self, event.kind) {
            // Everybody's are looked up at each turn.
            (_, LiveKind::Revocation) => false,
            (Self::Everything, _) => true,
            // A class without courses and members is nobody's yet.
            (Self::Teacher(_), LiveKind::Roster) => {
                event.course.is_some() || event.student.is_some()
            }
            (Self::Teacher(_), LiveKind::Score | LiveKind::Assessment | LiveKind::Amendment) => {
                true
            }
            (Self::Student(me, _), LiveKind::Roster) => event
                .student
                .map_or(event.course.is_some(), |student| student == *me),
            (Self::Student(me, _), LiveKind::Score | LiveKind::Amendment) => {
                event.visible && event.student == Some(*me)
            }
            (Self::Student(..), LiveKind::Assessment) => event.visible,
        }
    }

    fn contains(&self, event: &LiveEvent) -> bool {
        let is_in = |courses: &HashSet<CourseId>| {
            event.course.is_some_and(|course| courses.contains(&course))
        };
        self.may_matter(event)
            && match (self, event.kind) {
                (_, LiveKind::Revocation) => false,
                (Self::Everything, _) => true,
                // The log does not say of which class an enrolment is.
                (Self::Teacher(taught), LiveKind::Roster) => {
                    event.course.is_none() || is_in(&taught.own)
                }
                (Self::Teacher(taught), LiveKind::Amendment) => is_in(&taught.own),
                (Self::Teacher(taught), LiveKind::Score | LiveKind::Assessment) => {
                    is_in(&taught.own) || (event.exam && is_in(&taught.beside))
                }
                (Self::Student(me, courses), LiveKind::Roster) => {
                    event.student == Some(*me) || is_in(courses)
                }
                (Self::Student(..), LiveKind::Score | LiveKind::Amendment) => true,
                (Self::Student(_, courses), LiveKind::Assessment) => is_in(courses),
            }
    }
}

/// The token that a stream was opened with.
pub(super) struct TokenOf {
    pub(super) session: SessionId,
    pub(super) ver: i64,
    /// How often all streams had been ended by then.
    pub(super) endings: u64,
}

/// One open event stream.
///
/// Whoever waits for its next event may stop waiting at any time: all that was taken from the
/// channel and not told yet is kept here.
pub struct Follower {
    events: broadcast::Receiver<Arc<LiveEvent>>,
    grant: Grant<FollowEvents>,
    token: TokenOf,
    reach: Reach,
    /// When the reach is to be read again. Nothing is judged by one that may be wrong.
    refresh_at: Option<Instant>,
    /// Events that are not judged yet, oldest first.
    waiting: VecDeque<Arc<LiveEvent>>,
    /// Something was lost on the way: the reader is to read everything anew.
    missed: bool,
    _place: Place,
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
    pub(super) async fn reach(&self, grant: &Grant<FollowEvents>) -> Result<Reach, DbError> {
        Ok(match grant.actor().role {
            Role::Admin => Reach::Everything,
            Role::Teacher => {
                Reach::Teacher(structure::courses_of_taught_classes(&self.db, grant).await?)
            }
            Role::Student => Reach::Student(
                grant.on().user,
                structure::courses_of_student(&self.db, grant).await?,
            ),
        })
    }

    /// Waits for the next event that the follower may see. Each event is judged as it is sent.
    ///
    /// Cancel-safe: nothing is lost when the returned future is dropped.
    pub async fn next_event(&self, follower: &mut Follower) -> Next {
        loop {
            // At each turn, since the event that tells of it may have been lost.
            if self.is_signed_out(follower) {
                return Next::SignedOut;
            }
            let received = match follower.refresh_at {
                None => {
                    if let Some(event) = follower.next_waiting() {
                        return Next::Event(event);
                    }
                    follower.events.recv().await
                }
                Some(at) => match timeout_at(at, follower.events.recv()).await {
                    Ok(received) => received,
                    Err(_) => {
                        if let Some(next) = self.read_reach_again(follower).await {
                            return next;
                        }
                        continue;
                    }
                },
            };
            match received {
                Ok(event) => follower.receive(event),
                Err(RecvError::Lagged(_)) => follower.lose(GATHERING),
                Err(RecvError::Closed) => return Next::Stopped,
            }
        }
    }

    fn is_signed_out(&self, follower: &Follower) -> bool {
        let token = &follower.token;
        let user = follower.grant.on().user;
        token.endings != self.live.endings() || self.revoked.is_void(user, token.session, token.ver)
    }

    /// Reads the reach again, and says what the reader is told of that.
    async fn read_reach_again(&self, follower: &mut Follower) -> Option<Next> {
        // Nothing changes before the answer is there: who drops this asks again.
        match self.reach(&follower.grant).await {
            Ok(reach) => follower.refreshed(reach),
            Err(error) => {
                tracing::debug!(%error, "an event stream waits for the database");
                follower.refresh_at = None;
                follower.lose(AGAIN);
                None
            }
        }
    }
}

impl Follower {
    pub(super) fn new(
        events: broadcast::Receiver<Arc<LiveEvent>>,
        grant: Grant<FollowEvents>,
        token: TokenOf,
        reach: Reach,
        place: Place,
    ) -> Self {
        Self {
            events,
            grant,
            token,
            reach,
            refresh_at: None,
            waiting: VecDeque::new(),
            missed: false,
            _place: place,
        }
    }

    fn receive(&mut self, event: Arc<LiveEvent>) {
        if !self.reach.may_matter(&event) {
            return;
        }
        if event.kind == LiveKind::Roster {
            self.refresh_within(GATHERING);
        }
        self.waiting.push_back(event);
        if self.waiting.len() > BACKLOG {
            self.lose(GATHERING);
        }
    }

    /// Gives up on telling it all.
    fn lose(&mut self, wait: Duration) {
        self.missed = true;
        self.waiting.clear();
        // The roster may be among what was lost.
        self.refresh_within(wait);
    }

    /// Later events do not put it off.
    fn refresh_within(&mut self, wait: Duration) {
        self.refresh_at.get_or_insert_with(|| Instant::now() + wait);
    }

    fn next_waiting(&mut self) -> Option<Arc<LiveEvent>> {
        while let Some(event) = self.waiting.pop_front() {
            if self.reach.contains(&event) {
                return Some(event);
            }
        }
        None
    }

    fn refreshed(&mut self, reach: Reach) -> Option<Next> {
        self.reach = reach;
        self.refresh_at = None;
        let (rosters, others): (Vec<_>, Vec<_>) = self
            .waiting
            .drain(..)
            .partition(|event| event.kind == LiveKind::Roster);
        self.waiting.extend(others);
        if std::mem::take(&mut self.missed) {
            return Some(Next::Resync);
        }
        self.one_of(&rosters).map(Next::Event)
    }

    /// One event for all that the reader may see. It has the id of the first, so that a reader who
    /// goes no further than this knows of nothing that still waits.
    fn one_of(&self, rosters: &[Arc<LiveEvent>]) -> Option<Arc<LiveEvent>> {
        let mut seen = rosters.iter().filter(|event| self.reach.contains(event));
        let first = seen.next()?;
        let alone = seen.next().is_none();
        // A teacher is not told who joined a class: it may be another teacher's.
        let named = alone && !matches!(self.reach, Reach::Teacher(_));
        Some(Arc::new(LiveEvent {
            course: first.course.filter(|_| alone),
            student: first.student.filter(|_| named),
            ..LiveEvent::clone(first)
        }))
    }
}
