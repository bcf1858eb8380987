//! The follower of the change log: each process reads what it and the others wrote, and passes it
//! to the revocations and to open event streams.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt::Display;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use gradebook_auth::LONGEST_LIFETIME;
use gradebook_domain::{AmendmentId, AssessmentId, ChangeId};
use gradebook_persistence::DbError;
use gradebook_persistence::change_log::{self, Change, ChangeKind};
use gradebook_persistence::query::amendments;
use gradebook_persistence::query::gradebook::{self, Assessment};
use tokio::time::timeout;

use crate::App;
use crate::live::{LiveEvent, LiveKind};

/// How often the log is read when nothing is heard from this process's own writes.
const PERIOD: Duration = Duration::from_secs(1);
/// A reading without an answer for this long has failed: a silent database must not hang the tail.
const READ_WITHIN: Duration = Duration::from_secs(5);
/// Rows that are read and handed on at once, so that a long backlog does not outlast a reading.
const MOST_ROWS: usize = 10_000;
/// After this long without reading the log, nobody can say which tokens are void.
const LOST_AFTER_MS: i64 = 10_000;

/// Revocations are remembered for longer than any token can live, and than a token and the change
/// that voids it can be apart on their way into the database.
const REMEMBERED_MS: i64 = (LONGEST_LIFETIME + 300) * 1000;

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

    /// Those of `ids` that were not seen before.
    fn unseen(&self, mut ids: Vec<ChangeId>) -> Vec<ChangeId> {
        ids.retain(|id| !self.seen.contains(id));
        ids
    }

    /// These were handed on. Whatever was not is found again by the next reading.
    fn handed_on(&mut self, ids: Vec<ChangeId>) {
        self.seen.extend(ids);
    }

    /// Raises the floor to the highest id of the newest reading that is older than `overlap_ms`.
    /// `now_ms` is the time before the present reading.
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

/// How far a reading came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// To the end of the log.
    Whole,
    /// There is more.
    Part,
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
        let mut position = tokio::select! {
            () = &mut stop => return Ok(TailStopped),
            position = self.first_position() => position?,
        };
        let mut failing = false;
        let mut more = false;
        loop {
            if !more {
                tokio::select! {
                    () = &mut stop => return Ok(TailStopped),
                    () = self.db.committed() => {}
                    () = tokio::time::sleep(PERIOD) => {}
                }
            }
            let read = tokio::select! {
                () = &mut stop => return Ok(TailStopped),
                read = timeout(READ_WITHIN, self.read_changes(&mut position, MOST_ROWS)) => read,
            };
            let failed: &dyn Display = match &read {
                Ok(Ok(reading)) => {
                    if failing {
                        tracing::info!("change log is read again");
                    }
                    failing = false;
                    more = *reading == Reading::Part;
                    continue;
                }
                Ok(Err(error)) => error,
                Err(_) => &"the database does not answer",
            };
            if !failing {
                tracing::error!(error = %failed, "change log cannot be read");
            }
            failing = true;
            more = false;
        }
    }

    /// Where the log ends now, after the revocations of one token lifetime.
    async fn first_position(&self) -> Result<Position, DbError> {
        let now = self.clock.now_ms();
        let overlap_ms = self.overlap_ms();
        self.read_school().await?;
        // A transaction that is under way now may still show ids below the newest one.
        let floor = change_log::newest_until(&self.db, now - overlap_ms).await?;
        let mut position = Position::starting_at(floor);
        // What is visible already is no news.
        let known = change_log::ids_after(&self.db, floor).await?;
        self.live.reached(known.last().copied().unwrap_or(floor));
        position.handed_on(known);
        position.settle(now, overlap_ms);
        let since = now - REMEMBERED_MS;
        for change in change_log::revocations_since(&self.db, since).await? {
            self.revoked.note(&change);
        }
        self.tail.mark_read(now);
        Ok(position)
    }

    fn overlap_ms(&self) -> i64 {
        i64::try_from(self.db.commit_overlap().as_millis()).unwrap_or(i64::MAX)
    }

    /// Hands on what is new, at most `most_rows` of it, as a whole or not at all: whoever drops this, and every error, leaves the
    /// position where it was.
    async fn read_changes(
        &self,
        position: &mut Position,
        most_rows: usize,
    ) -> Result<Reading, DbError> {
        let now = self.clock.now_ms();
        let ids = change_log::ids_after(&self.db, position.floor).await?;
        let mut new = position.unseen(ids);
        let reading = if new.len() > most_rows {
            Reading::Part
        } else {
            Reading::Whole
        };
        new.truncate(most_rows);
        let changes = change_log::rows(&self.db, &new).await?;
        // At once, whatever becomes of the rest: noting one twice does no harm.
        for change in &changes {
            self.revoked.note(change);
        }
        if changes
            .iter()
            .any(|change| change.kind == ChangeKind::SchoolChanged)
        {
            self.read_school().await?;
        }
        let columns = self.columns(&changes).await?;
        let reviews = self.requests_among(&changes).await?;
        // Nothing waits from here on, so nobody can stop between two events.
        for change in changes {
            if let Some(event) = event_of(change, &columns, &reviews) {
                self.live.publish(event);
            }
        }
        position.handed_on(new);
        position.settle(now, self.overlap_ms());
        if reading == Reading::Whole {
            self.revoked.forget_before(now - REMEMBERED_MS);
            self.tail.mark_read(now);
        }
        Ok(reading)
    }

    /// The assessments that the changes are about.
    async fn columns(
        &self,
        changes: &[Change],
    ) -> Result<HashMap<AssessmentId, Assessment>, DbError> {
        let ids: HashSet<AssessmentId> = changes
            .iter()
            .filter_map(|change| change.assessment)
            .collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        gradebook::assessments(&self.db, &ids).await
    }

    /// Which of the amendments that the changes are about are students' requests.
    async fn requests_among(&self, changes: &[Change]) -> Result<HashSet<AmendmentId>, DbError> {
        let ids: HashSet<AmendmentId> = changes
            .iter()
            .filter_map(|change| change.amendment)
            .collect();
        if ids.is_empty() {
            return Ok(ids);
        }
        amendments::reviews_among(&self.db, &ids).await
    }
}

fn event_of(
    change: Change,
    columns: &HashMap<AssessmentId, Assessment>,
    reviews: &HashSet<AmendmentId>,
) -> Option<LiveEvent> {
    let column = change.assessment.and_then(|id| columns.get(&id));
    let published = column.is_some_and(|column| column.state.visible_to_students());
    let own = change.amendment.is_some_and(|id| reviews.contains(&id));
    let (kind, visible) = match change.kind {
        ChangeKind::Score => (LiveKind::Score, published),
        ChangeKind::AssessmentCreated
        | ChangeKind::AssessmentDeleted
        | ChangeKind::ExamCourseRemoved => (LiveKind::Assessment, false),
        ChangeKind::AssessmentChanged => (LiveKind::Assessment, published),
        // What students see of a course may be computed otherwise from now on.
        ChangeKind::CategoryCreated
        | ChangeKind::CategoryChanged
        | ChangeKind::CategoryDeleted
        | ChangeKind::CoursePolicyChanged => (LiveKind::Assessment, true),
        // A student who saw the grades must see them go, too.
        ChangeKind::AssessmentPublished
        | ChangeKind::AssessmentUnpublished
        | ChangeKind::AssessmentLocked
        | ChangeKind::AssessmentUnlocked => (LiveKind::Assessment, true),
        // What a teacher proposes is between them and the admin; of the score there is an event.
        ChangeKind::AmendmentProposed
        | ChangeKind::ReviewRequested
        | ChangeKind::ReviewAnswered
        | ChangeKind::ReviewCorrected
        | ChangeKind::ReviewUpheld
        | ChangeKind::AmendmentApproved
        | ChangeKind::AmendmentRejected
        | ChangeKind::AmendmentWithdrawn => (LiveKind::Amendment, published && own),
        ChangeKind::Enrolled
        | ChangeKind::EnrolmentEnded
        | ChangeKind::EnrolmentChanged
        | ChangeKind::ClassChanged
        | ChangeKind::CourseCreated
        | ChangeKind::TeacherAssigned
        | ChangeKind::TeacherRemoved
        | ChangeKind::ClassCreated => (LiveKind::Roster, true),
        ChangeKind::RoleChanged
        | ChangeKind::UserDisabled
        | ChangeKind::PasswordReset
        | ChangeKind::PasswordChanged
        | ChangeKind::TotpReset
        | ChangeKind::SessionEnded
        | ChangeKind::RefreshReused => (LiveKind::Revocation, false),
        // Closing a term locks its assessments, of which there are events.
        ChangeKind::ExamCreated
        | ChangeKind::ExamLinesChanged
        | ChangeKind::ExamSettingsChanged
        | ChangeKind::ExamChanged
        | ChangeKind::SchoolChanged
        | ChangeKind::TermChanged
        | ChangeKind::TermClosed
        | ChangeKind::TermReopened
        | ChangeKind::SubjectChanged
        | ChangeKind::TermCreated
        | ChangeKind::SubjectCreated
        | ChangeKind::ImportUploaded
        | ChangeKind::ImportChanged
        | ChangeKind::ImportCancelled
        | ChangeKind::Imported
        | ChangeKind::UserCreated
        | ChangeKind::UserChanged
        | ChangeKind::UsernameChanged
        | ChangeKind::StudentNumberChanged
        | ChangeKind::UserEnabled
        | ChangeKind::LanguageChosen
        | ChangeKind::TotpEnabled
        | ChangeKind::TotpDisabled
        | ChangeKind::RecoveryCodesMade
        | ChangeKind::RecoveryCodeUsed
        // Each process sees keys in their directory.
        | ChangeKind::SigningKeyAdded
        | ChangeKind::SigningKeyRetired
        | ChangeKind::SigningKeyWithdrawn => return None,
    };
    Some(LiveEvent {
        id: change.id,
        kind,
        course: change.course,
        assessment: change.assessment,
        student: change.student,
        version: change.version,
        amendment: change.amendment.filter(|_| own || kind != LiveKind::Score),
        visible,
        exam: column.is_some_and(|column| column.exam.is_some()),
    })
}

#[cfg(test)]
mod tests;
