//! The follower of the change log: each process reads what it and the others wrote, and passes it
//! to the revocations and to open event streams.

use std::collections::{HashMap, HashSet, VecDeque};
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use gradebook_domain::{AssessmentId, ChangeId};
use gradebook_persistence::DbError;
use gradebook_persistence::change_log::{self, Change, ChangeKind};
use gradebook_persistence::query::gradebook;

use crate::App;
use crate::live::{LiveEvent, LiveKind};

/// How often the log is read when nothing is heard from this process's own writes.
const PERIOD: Duration = Duration::from_secs(1);
/// After this long without reading the log, nobody can say which tokens are void.
const LOST_AFTER_MS: i64 = 10_000;

/// The follower has ended because it was asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TailStopped;

/// When the log was last read.
#[derive(Default)]
pub(crate) struct Tail {
    /// Unix milliseconds; 0 before the first time.
    read_at: AtomicI64,
}

impl Tail {
    pub(crate) fn lost(&self, now_ms: i64) -> bool {
        now_ms - self.read_at.load(Ordering::Acquire) > LOST_AFTER_MS
    }

    fn mark_read(&self, now_ms: i64) {
        self.read_at.store(now_ms, Ordering::Release);
    }
}

/// How far the log has been read.
///
/// On MySQL a row can become visible after one with a higher id, so the ids of the last seconds are
/// read again each time and those already seen are dropped.
struct Position {
    /// Every id up to here is done with.
    floor: ChangeId,
    /// Ids above the floor that were seen.
    seen: HashSet<ChangeId>,
    /// The highest id at each recent reading, oldest first.
    readings: VecDeque<(i64, ChangeId)>,
}

impl Position {
    fn starting_at(floor: ChangeId) -> Self {
        Self {
            floor,
            seen: HashSet::new(),
            readings: VecDeque::new(),
        }
    }

    /// The ids that were not seen before.
    fn take_new(&mut self, ids: Vec<ChangeId>) -> Vec<ChangeId> {
        ids.into_iter().filter(|id| self.seen.insert(*id)).collect()
    }

    /// Raises the floor to the highest id of the newest reading that is older than `overlap_ms`.
    fn settle(&mut self, now_ms: i64, overlap_ms: i64) {
        let highest = self.seen.iter().max().copied().unwrap_or(self.floor);
        self.readings.push_back((now_ms, highest));
        while let Some((read_at, id)) = self.readings.front().copied() {
            if now_ms - read_at < overlap_ms {
                break;
            }
            self.floor = self.floor.max(id);
            self.readings.pop_front();
        }
        let floor = self.floor;
        self.seen.retain(|id| *id > floor);
    }
}

impl App {
    /// Follows the change log until `stop` resolves. Runs once per process, beside everything else.
    ///
    /// # Errors
    /// A database failure at the start; later ones are logged and tried again.
    pub async fn follow_changes(
        &self,
        stop: impl Future<Output = ()>,
    ) -> Result<TailStopped, DbError> {
        let mut stop = pin!(stop);
        let now = self.clock.now_ms();
        let overlap_ms = self.overlap_ms();
        // A transaction that is under way now may still show ids below the newest one.
        let floor = change_log::newest_until(&self.db, now - overlap_ms).await?;
        let mut position = Position::starting_at(floor);
        // What is visible already is no news.
        let known = position.take_new(change_log::ids_after(&self.db, floor).await?);
        self.live.reached(known.last().copied().unwrap_or(floor));
        position.settle(now, overlap_ms);
        let lifetime_ms = self.lifetimes.access * 1000 + LOST_AFTER_MS;
        let since = now - lifetime_ms;
        for change in change_log::revocations_since(&self.db, since).await? {
            self.revoked.note(&change);
        }
        self.tail.mark_read(self.clock.now_ms());
        let mut failing = false;
        loop {
            tokio::select! {
                () = &mut stop => return Ok(TailStopped),
                () = self.db.committed() => {}
                () = tokio::time::sleep(PERIOD) => {}
            }
            match self.read_changes(&mut position).await {
                Ok(()) => {
                    if failing {
                        tracing::info!("change log is read again");
                    }
                    failing = false;
                }
                Err(error) => {
                    if !failing {
                        tracing::error!(%error, "change log cannot be read");
                    }
                    failing = true;
                }
            }
        }
    }

    fn overlap_ms(&self) -> i64 {
        i64::try_from(self.db.commit_overlap().as_millis()).unwrap_or(i64::MAX)
    }

    async fn read_changes(&self, position: &mut Position) -> Result<(), DbError> {
        let ids = change_log::ids_after(&self.db, position.floor).await?;
        let new = position.take_new(ids);
        let changes = match change_log::rows(&self.db, &new).await {
            Ok(changes) => changes,
            Err(error) => {
                // They were not handed on, so the next reading must find them again.
                for id in &new {
                    position.seen.remove(id);
                }
                return Err(error);
            }
        };
        for change in &changes {
            self.revoked.note(change);
        }
        let visible = self.visible_assessments(&changes).await?;
        for change in changes {
            if let Some(event) = event_of(change, &visible) {
                self.live.publish(event);
            }
        }
        let now = self.clock.now_ms();
        position.settle(now, self.overlap_ms());
        self.revoked
            .forget_before(now - self.lifetimes.access * 1000 - 2 * LOST_AFTER_MS);
        self.tail.mark_read(now);
        Ok(())
    }

    async fn visible_assessments(
        &self,
        changes: &[Change],
    ) -> Result<HashMap<AssessmentId, bool>, DbError> {
        let ids: HashSet<AssessmentId> = changes
            .iter()
            .filter_map(|change| change.assessment)
            .collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let found = gradebook::assessments(&self.db, &ids).await?;
        Ok(found
            .into_values()
            .map(|one| (one.id, one.state.visible_to_students()))
            .collect())
    }
}

fn event_of(change: Change, visible: &HashMap<AssessmentId, bool>) -> Option<LiveEvent> {
    let published = change
        .assessment
        .and_then(|id| visible.get(&id).copied())
        .unwrap_or(false);
    let (kind, visible) = match change.kind {
        ChangeKind::Score => (LiveKind::Score, published),
        ChangeKind::AssessmentCreated => (LiveKind::Assessment, false),
        // A student who saw the grades must see them go, too.
        ChangeKind::AssessmentPublished
        | ChangeKind::AssessmentUnpublished
        | ChangeKind::AssessmentLocked
        | ChangeKind::AssessmentUnlocked => (LiveKind::Assessment, true),
        ChangeKind::Enrolled
        | ChangeKind::CourseCreated
        | ChangeKind::TeacherAssigned
        | ChangeKind::ClassCreated => (LiveKind::Roster, true),
        ChangeKind::UserDisabled
        | ChangeKind::PasswordReset
        | ChangeKind::PasswordChanged
        | ChangeKind::SessionEnded
        | ChangeKind::RefreshReused => (LiveKind::Revocation, false),
        ChangeKind::ExamCreated
        | ChangeKind::TermCreated
        | ChangeKind::SubjectCreated
        | ChangeKind::UserCreated
        | ChangeKind::UserEnabled => return None,
    };
    Some(LiveEvent {
        id: change.id,
        kind,
        course: change.course,
        assessment: change.assessment,
        student: change.student,
        version: change.version,
        visible,
        user: change.user,
        session: change.session,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(range: std::ops::RangeInclusive<i64>) -> Vec<ChangeId> {
        range.map(ChangeId).collect()
    }

    #[test]
    fn a_row_that_becomes_visible_late_is_handed_on_once() {
        let mut position = Position::starting_at(ChangeId(10));
        assert_eq!(position.take_new(vec![ChangeId(11), ChangeId(13)]).len(), 2);
        position.settle(0, 20_000);
        assert_eq!(position.take_new(ids(11..=13)), [ChangeId(12)]);
        position.settle(1_000, 20_000);
        assert_eq!(position.take_new(ids(11..=13)), []);
    }

    #[test]
    fn the_floor_rises_when_the_overlap_is_over() {
        let mut position = Position::starting_at(ChangeId(0));
        position.take_new(ids(1..=5));
        position.settle(0, 20_000);
        assert_eq!(position.floor, ChangeId(0));
        position.settle(20_000, 20_000);
        assert_eq!(position.floor, ChangeId(5));
        assert!(position.seen.is_empty());
    }

    #[test]
    fn without_overlap_nothing_is_read_twice() {
        let mut position = Position::starting_at(ChangeId(0));
        position.take_new(ids(1..=5));
        position.settle(0, 0);
        assert_eq!(position.floor, ChangeId(5));
    }
}
