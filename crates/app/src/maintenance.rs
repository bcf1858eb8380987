//! What operating the server needs: migrations and readiness.

use gradebook_persistence::DbError;
use gradebook_persistence::db::{MigrationState, MigrationStep};

use crate::App;

/// Why the process should get no traffic.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The database gives no answer.
    #[error("the database does not answer")]
    Database(#[from] DbError),
    /// The schema is older than this version.
    #[error("{0} migrations are pending")]
    Migrations(usize),
    /// The change log has not been read for a while.
    #[error("the change log is not being followed")]
    Tail,
}

impl App {
    /// Whether the process can do its work.
    ///
    /// # Errors
    /// The first thing that is missing.
    pub async fn ready(&self) -> Result<(), NotReady> {
        self.db.ping().await?;
        let pending = self.pending_migrations().await?;
        if pending > 0 {
            return Err(NotReady::Migrations(pending));
        }
        if self.tail.lost(self.clock.now_ms()) {
            return Err(NotReady::Tail);
        }
        Ok(())
    }

    /// How many migrations the database lacks.
    ///
    /// # Errors
    /// Database failures.
    pub async fn pending_migrations(&self) -> Result<usize, DbError> {
        let steps: Vec<MigrationStep> = self.db.migrations().await?;
        Ok(steps
            .iter()
            .filter(|step| step.state == MigrationState::Pending)
            .count())
    }
}
