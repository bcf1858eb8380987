//! The threads that hash passwords.
//!
//! A hash takes a quarter of a second of one core. Done in a request handler
//! it stalls every other request; so a few threads do nothing else, and a
//! bounded queue in front of them turns a storm of sign-ins into a 503. They
//! give way to everything else: who is signed in is served before who signs in.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::oneshot;

use super::scheme::{Cost, PasswordHash, Pepper, Scheme, Verdict};

/// How the hasher works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HasherSettings {
    /// The cost of new hashes and of the hash wasted on an unknown user.
    pub cost: Cost,
    /// Threads; at least one is started.
    pub threads: usize,
    /// How many requests may wait for a thread before others are refused.
    pub queue: usize,
}

impl Default for HasherSettings {
    /// Cost 12, one thread fewer than there are cores (but one), 200 waiting.
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self {
            cost: Cost::default(),
            threads: cores.saturating_sub(1).max(1),
            queue: 200,
        }
    }
}

/// Why there is no answer. None of them says anything about the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashingError {
    /// The queue is full: answer 503 with `Retry-After`.
    #[error("too many passwords are being checked")]
    Busy,
    /// No randomness for the salt, or a fault while hashing.
    #[error("hashing a password failed")]
    Failed,
}

/// The hasher could not be started.
#[derive(Debug, thiserror::Error)]
#[error("no thread to hash passwords on")]
pub struct StartError(#[source] std::io::Error);

enum Job {
    Hash {
        password: String,
        reply: oneshot::Sender<Option<PasswordHash>>,
    },
    Verify {
        stored: Option<String>,
        password: String,
        reply: oneshot::Sender<Verdict>,
    },
}

/// Hashes and checks passwords on threads of its own, which end when the last
/// clone is dropped. Requests whose caller went away are skipped.
#[derive(Clone)]
pub struct PasswordHasher {
    jobs: SyncSender<Job>,
}

impl PasswordHasher {
    /// Starts the threads.
    ///
    /// # Errors
    /// [`StartError`] if the system gives no thread.
    pub fn start(pepper: Pepper, settings: HasherSettings) -> Result<Self, StartError> {
        let scheme = Arc::new(Scheme {
            pepper,
            cost: settings.cost,
        });
        let (jobs, waiting) = sync_channel(settings.queue.max(1));
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 0..settings.threads.max(1) {
            let (scheme, waiting) = (Arc::clone(&scheme), Arc::clone(&waiting));
            thread::Builder::new()
                .name(format!("password-{number}"))
                .spawn(move || work(&scheme, &waiting))
                .map_err(StartError)?;
        }
        Ok(Self { jobs })
    }

    /// Hashes a new password for storing.
    ///
    /// # Errors
    /// [`HashingError::Busy`] at once when the queue is full.
    pub async fn hash(&self, password: String) -> Result<PasswordHash, HashingError> {
        let (reply, answer) = oneshot::channel();
        self.submit(Job::Hash { password, reply })?;
        match answer.await {
            Ok(Some(hash)) => Ok(hash),
            Ok(None) | Err(_) => Err(HashingError::Failed),
        }
    }

    /// Compares a password with what is stored. For an unknown user pass
    /// `None`: it takes as long and answers [`Verdict::NoMatch`].
    ///
    /// # Errors
    /// [`HashingError::Busy`] at once when the queue is full.
    pub async fn verify(
        &self,
        stored: Option<String>,
        password: String,
    ) -> Result<Verdict, HashingError> {
        let (reply, answer) = oneshot::channel();
        self.submit(Job::Verify {
            stored,
            password,
            reply,
        })?;
        answer.await.map_err(|_| HashingError::Failed)
    }

    fn submit(&self, job: Job) -> Result<(), HashingError> {
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => HashingError::Busy,
            TrySendError::Disconnected(_) => HashingError::Failed,
        })
    }
}

impl std::fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHasher")
    }
}

/// How much a thread gives way, on the scale of `nice`, where 19 is most.
const NICENESS: i32 = 10;

/// On Linux this is about the calling thread alone. Where it is not allowed, hashing goes on as
/// important as everything else.
fn give_way() {
    let gives_way = rustix::process::getpriority_process(None).is_ok_and(|now| now >= NICENESS);
    if !gives_way {
        let _ = rustix::process::setpriority_process(None, NICENESS);
    }
}

/// One thread: takes jobs until all senders are gone. A job that panics drops
/// its reply, which the caller sees as [`HashingError::Failed`].
fn work(scheme: &Scheme, waiting: &Mutex<Receiver<Job>>) {
    give_way();
    loop {
        let next = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(job) = next else { return };
        let _ = catch_unwind(AssertUnwindSafe(|| run(scheme, job)));
    }
}

fn run(scheme: &Scheme, job: Job) {
    match job {
        Job::Hash { password, reply } if !reply.is_closed() => {
            let _ = reply.send(scheme.hash(&password));
        }
        Job::Verify {
            stored,
            password,
            reply,
        } if !reply.is_closed() => {
            let _ = reply.send(scheme.verify(stored.as_deref(), &password));
        }
        Job::Hash { .. } | Job::Verify { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn hasher(cost: u32, queue: usize) -> PasswordHasher {
        let settings = HasherSettings {
            cost: Cost::new(cost).unwrap(),
            threads: 1,
            queue,
        };
        PasswordHasher::start(Pepper::new(&[9; 48]).unwrap(), settings).unwrap()
    }

    #[tokio::test]
    async fn hashes_and_verifies() {
        let hasher = hasher(4, 10);
        assert_eq!(format!("{hasher:?}"), "PasswordHasher");
        let stored = hasher.hash("correct horse".into()).await.unwrap();
        let stored = Some(stored.into_string());
        assert_eq!(
            hasher.verify(stored.clone(), "correct horse".into()).await,
            Ok(Verdict::Match {
                needs_rehash: false
            })
        );
        assert_eq!(
            hasher.verify(stored, "wrong horse".into()).await,
            Ok(Verdict::NoMatch)
        );
        assert_eq!(
            hasher.verify(None, "correct horse".into()).await,
            Ok(Verdict::NoMatch)
        );
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let hasher = hasher(11, 1);
        let ask = || hasher.verify(None, "correct horse".into());
        // One is being worked on at most and one waits: three of five are refused.
        let (a, b, c, d, e) = tokio::join!(ask(), ask(), ask(), ask(), ask());
        let answers = [a, b, c, d, e];
        let refused = answers.iter().filter(|a| **a == Err(HashingError::Busy));
        assert!(refused.count() >= 3, "{answers:?}");
        assert!(answers.contains(&Ok(Verdict::NoMatch)), "{answers:?}");
        // And the queue empties again.
        assert_eq!(ask().await, Ok(Verdict::NoMatch));
    }

    #[test]
    fn callers_who_left_are_skipped() {
        let scheme = Scheme {
            pepper: Pepper::new(&[9; 48]).unwrap(),
            cost: Cost::new(11).unwrap(),
        };
        let password = || "correct horse".to_owned();
        let timed = |job| {
            let begin = Instant::now();
            run(&scheme, job);
            begin.elapsed()
        };
        let (mut one_at_work, mut all_that_left) = (Duration::ZERO, Duration::ZERO);
        for round in 0..20 {
            let ((hash, mut hashed), (verdict, mut verified)) =
                (oneshot::channel(), oneshot::channel());
            if round > 0 {
                hashed.close();
                verified.close();
            }
            let took = [
                timed(Job::Hash {
                    password: password(),
                    reply: hash,
                }),
                timed(Job::Verify {
                    stored: None,
                    password: password(),
                    reply: verdict,
                }),
            ];
            if round == 0 {
                one_at_work = took[0].max(took[1]);
                assert!(hashed.try_recv().unwrap().is_some());
                assert_eq!(verified.try_recv(), Ok(Verdict::NoMatch));
            } else {
                all_that_left += took[0] + took[1];
            }
        }
        assert!(
            all_that_left < one_at_work,
            "{all_that_left:?} {one_at_work:?}"
        );
    }

    #[tokio::test]
    async fn an_unknown_user_takes_as_long_as_a_wrong_password() {
        let hasher = hasher(9, 10);
        let stored = hasher.hash("correct horse".into()).await.unwrap();
        let mut fastest = [Duration::MAX; 2];
        let alike = |[known, unknown]: [Duration; 2]| unknown * 2 > known && known * 2 > unknown;
        // On a busy machine it takes more rounds until both ran undisturbed once.
        for round in 0..100 {
            if round >= 8 && alike(fastest) {
                break;
            }
            for (kind, best) in fastest.iter_mut().enumerate() {
                let stored = (kind == 0).then(|| stored.as_str().to_owned());
                let begin = Instant::now();
                hasher.verify(stored, "wrong horse".into()).await.unwrap();
                *best = begin.elapsed().min(*best);
            }
        }
        assert!(alike(fastest), "{fastest:?}");
    }

    #[test]
    fn only_the_hashing_thread_gives_way() {
        let niceness = || rustix::process::getpriority_process(None).unwrap();
        let before = niceness();
        let inside = thread::spawn(move || {
            give_way();
            niceness()
        });
        assert_eq!(inside.join().unwrap(), NICENESS.max(before));
        assert_eq!(niceness(), before);
    }

    #[test]
    fn defaults_leave_a_core_free() {
        let settings = HasherSettings::default();
        assert!(settings.threads >= 1);
        assert_eq!((settings.queue, settings.cost.get()), (200, 12));
    }
}
