//! Connections, transactions and retries: the only module that knows which database it talks to.

mod connect;
mod inspect;
mod migrate;
mod rehearse;
mod tx;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseExecutor, IsolationLevel, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use tokio::sync::Notify;

pub use connect::{ConnectError, ConnectOptions};
pub use inspect::Inspection;
pub use migrate::{MigrationState, MigrationStep};
pub use tx::Tx;

use crate::error::{DatabaseFailure, DbError};

/// The kind of database behind a [`Db`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// One SQLite file.
    Sqlite,
    /// A MySQL or MariaDB server.
    MySql,
}

/// A database: pools of connections and the way to write through them.
///
/// SQLite has one writing connection and several reading ones, because SQLite lets only one
/// transaction write at a time; MySQL uses one pool for both.
#[derive(Clone)]
pub struct Db {
    dialect: Dialect,
    readers: DatabaseConnection,
    writer: DatabaseConnection,
    /// Counts every statement sent, so that tests can prove that no query runs in a loop.
    statements: Arc<AtomicU64>,
    committed: Arc<Notify>,
    /// Where the SQLite file is, for the lock that serialises migrations.
    file: Option<Arc<std::path::PathBuf>>,
}

/// Something that a query can run on: the database or a transaction.
pub trait Read: Sync {
    /// Access for this crate's queries; its content is private to the crate.
    fn on(&self) -> Executor<'_>;
}

/// A borrowed connection, opaque outside this crate.
pub struct Executor<'a>(pub(crate) DatabaseExecutor<'a>);

impl Read for Db {
    fn on(&self) -> Executor<'_> {
        Executor(DatabaseExecutor::Connection(&self.readers))
    }
}

impl Read for Tx {
    fn on(&self) -> Executor<'_> {
        Executor(DatabaseExecutor::Transaction(self.raw()))
    }
}

/// How often a transaction that met a competing one is run again before giving up.
const ATTEMPTS: u32 = 8;
/// Bounds of the first random pause between attempts; they double with each attempt.
const FIRST_PAUSE_MS: std::ops::Range<u64> = 2..12;

impl Db {
    /// The kind of database.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Runs `work` in one transaction: all of it is stored, or nothing.
    ///
    /// When the database reports a competing transaction the whole of `work` runs again, so it
    /// must not have effects outside the transaction.
    ///
    /// # Errors
    /// The error of `work`, after which nothing is stored; or that of the commit.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFn(&Tx) -> Result<T, E>,
        E: From<DbError> + DatabaseFailure,
    {
        let done = self.write_unlogged(work).await?;
        self.committed.notify_one();
        Ok(done)
    }

    /// Like [`Db::write`], for what adds nothing to the change log: whoever follows the log
    /// ([`Db::committed`]) is not woken. A change of the school never goes this way.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_unlogged<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFn(&Tx) -> Result<T, E>,
        E: From<DbError> + DatabaseFailure,
    {
        let mut attempt = 1;
        loop {
            match self.attempt(&work).await {
                Ok(done) => return Ok(done),
                Err(error) => match error.database_failure() {
                    Some(DbError::Contention(cause)) if attempt < ATTEMPTS => {
                        tracing::debug!(attempt, %cause, "transaction runs again");
                    }
                    _ => return Err(error),
                },
            }
            let factor = 1_u64 << attempt;
            pause(FIRST_PAUSE_MS.start * factor..FIRST_PAUSE_MS.end * factor).await;
            attempt += 1;
        }
    }

    async fn attempt<T, E, F>(&self, work: &F) -> Result<T, E>
    where
        F: AsyncFn(&Tx) -> Result<T, E>,
        E: From<DbError>,
    {
        let options = match self.dialect {
            Dialect::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            },
            // Rows are locked as they are read for change; READ COMMITTED keeps gap locks from
            // turning two teachers on one column into deadlocks.
            Dialect::MySql => TransactionOptions {
                isolation_level: Some(IsolationLevel::ReadCommitted),
                ..TransactionOptions::default()
            },
        };
        let raw = self
            .writer
            .begin_with_options(options)
            .await
            .map_err(|error| E::from(DbError::from(error)))?;
        let tx = Tx::new(raw);
        match work(&tx).await {
            Ok(done) => {
                tx.commit().await.map_err(E::from)?;
                Ok(done)
            }
            Err(error) => {
                // The transaction ends with the connection anyway; the first error is the one
                // that tells what happened.
                if let Err(cause) = tx.rollback().await {
                    tracing::warn!(%cause, "rollback failed");
                }
                Err(error)
            }
        }
    }

    /// Resolves after a [`Db::write`] of this process has been committed since the last call.
    pub async fn committed(&self) {
        self.committed.notified().await;
    }

    /// For how long after a row became visible one with a lower id still may.
    ///
    /// SQLite commits one transaction after the other. MySQL hands out ids when rows are written,
    /// so a long transaction shows its low ids late: an import of a whole school writes for tens
    /// of seconds while others commit higher ids. What becomes visible after this time is told to
    /// nobody, so it must be longer than the longest import; reading the ids of a minute again and
    /// again costs little.
    #[must_use]
    pub fn commit_overlap(&self) -> Duration {
        match self.dialect {
            Dialect::Sqlite => Duration::ZERO,
            Dialect::MySql => Duration::from_secs(60),
        }
    }

    /// Number of statements sent since the start (transaction control not counted).
    #[must_use]
    pub fn statements_sent(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Asks the database for an answer.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] when it gives none.
    pub async fn ping(&self) -> Result<(), DbError> {
        self.readers.execute_unprepared("SELECT 1").await?;
        Ok(())
    }

    /// Closes all connections.
    pub async fn close(self) {
        // Nothing is left to do about a connection that fails to say goodbye.
        let _ = self.readers.close_by_ref().await;
        let _ = self.writer.close_by_ref().await;
    }
}

/// Waits for a random number of milliseconds within the bounds, so that those who met do not meet again.
async fn pause(bounds_ms: std::ops::Range<u64>) {
    #[expect(
        clippy::disallowed_methods,
        reason = "a pause decides nothing that a test would want to set"
    )]
    let pause_ms = rand::random_range(bounds_ms);
    tokio::time::sleep(Duration::from_millis(pause_ms)).await;
}
