//! Applying and taking back migrations, safely from two processes at once.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;

use gradebook_migrations::Migrator;
use sea_orm::{
    ConnectionTrait, DatabaseExecutor, DbErr, EntityTrait, QuerySelect, TransactionTrait,
};
use sea_orm_migration::{MigratorTrait, SchemaManager, seaql_migrations};

use super::{Db, Dialect};
use crate::error::DbError;

/// One migration and whether the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStep {
    /// The migration's name.
    pub name: String,
    /// Whether it has been applied.
    pub state: MigrationState,
}

/// Whether a migration has been applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MigrationState {
    /// The database has it.
    Applied,
    /// `migrate up` would apply it.
    Pending,
}

/// How long a second replica waits for the first one's migrations, and a migration for those who
/// read its table (a backup, say).
const LOCK_SECONDS: u32 = 120;
/// The lock's name as an SQL expression. MySQL takes at most 64 characters, and the name of a
/// database may be that long by itself.
const LOCK_NAME: &str = "CONCAT('gradebook-migrate-', MD5(DATABASE()))";

impl Db {
    /// All migrations of this version, oldest first. Those that a newer version has applied besides
    /// are none of our business: while replicas are exchanged one by one, the old ones go on.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn migrations(&self) -> Result<Vec<MigrationStep>, DbError> {
        let known = SchemaManager::new(&self.readers)
            .has_table(Migrator::migration_table_name().to_string())
            .await?;
        let applied: HashSet<String> = if known {
            seaql_migrations::Entity::find()
                .select_only()
                .column(seaql_migrations::Column::Version)
                .into_tuple::<String>()
                .all(&self.readers)
                .await?
                .into_iter()
                .collect()
        } else {
            HashSet::new()
        };
        Ok(Migrator::migrations()
            .iter()
            .map(|migration| MigrationStep {
                name: migration.name().to_owned(),
                state: if applied.contains(migration.name()) {
                    MigrationState::Applied
                } else {
                    MigrationState::Pending
                },
            })
            .collect())
    }

    /// Applies every pending migration. Of two processes that call this at once, one applies them
    /// and the other waits and finds nothing to do.
    ///
    /// # Errors
    /// The first migration that fails; those before it stay applied.
    pub async fn migrate_up(&self) -> Result<(), DbError> {
        self.alone(async |on| Migrator::up(on, None).await).await
    }

    /// Takes back the newest `steps` migrations, with the data in their tables.
    ///
    /// # Errors
    /// The first migration that fails; those after it stay taken back.
    pub async fn migrate_down(&self, steps: u32) -> Result<(), DbError> {
        self.alone(async |on| Migrator::down(on, Some(steps)).await)
            .await
    }

    async fn alone<F>(&self, work: F) -> Result<(), DbError>
    where
        F: AsyncFn(DatabaseExecutor<'_>) -> Result<(), DbErr>,
    {
        match (self.dialect, &self.file) {
            (Dialect::Sqlite, Some(file)) => {
                let lock = lock_beside(file).await?;
                let done = work(DatabaseExecutor::Connection(&self.writer)).await;
                drop(lock);
                Ok(done?)
            }
            _ => self.alone_on_server(work).await,
        }
    }

    /// Named locks of MySQL belong to a connection; an open transaction keeps that connection, and
    /// the migrations run on it too, so that they end when the lock does.
    async fn alone_on_server<F>(&self, work: F) -> Result<(), DbError>
    where
        F: AsyncFn(DatabaseExecutor<'_>) -> Result<(), DbErr>,
    {
        let holder = self.writer.begin().await?;
        let sql = format!("SELECT GET_LOCK({LOCK_NAME}, {LOCK_SECONDS}) AS held");
        let row = holder
            .query_one_raw(sea_orm::Statement::from_string(
                holder.get_database_backend(),
                sql,
            ))
            .await?;
        let held: i64 = match row {
            Some(row) => row.try_get("", "held")?,
            None => 0,
        };
        if held != 1 {
            return Err(DbError::Configuration(
                "another process has been migrating this database for two minutes; look at it \
                 before trying again"
                    .to_owned(),
            ));
        }
        // Whoever uses this connection next has the patience of requests again.
        holder
            .execute_unprepared(&format!(
                "SET @of_requests = @@SESSION.lock_wait_timeout, \
                 SESSION lock_wait_timeout = {LOCK_SECONDS}"
            ))
            .await?;
        let done = work(DatabaseExecutor::Transaction(&holder)).await;
        holder
            .execute_unprepared("SET SESSION lock_wait_timeout = @of_requests")
            .await?;
        if done.is_ok() {
            // Each change of the schema has been committed by itself; rows may still wait for it.
            // What comes next must not begin before.
            holder.execute_unprepared("COMMIT").await?;
        }
        holder
            .execute_unprepared(&format!("DO RELEASE_LOCK({LOCK_NAME})"))
            .await?;
        holder.rollback().await?;
        Ok(done?)
    }
}

/// Waits for the lock file beside a SQLite file; dropping the handle gives it back.
async fn lock_beside(file: &Path) -> Result<File, DbError> {
    let path = file.with_extension("migrate-lock");
    let failed = |cause: std::io::Error| {
        DbError::Configuration(format!("cannot lock {}: {cause}", path.display()))
    };
    let handle = File::create(&path).map_err(failed)?;
    let waited = tokio::task::spawn_blocking(move || handle.lock().map(|()| handle)).await;
    match waited {
        Ok(locked) => locked.map_err(failed),
        Err(cancelled) => Err(failed(std::io::Error::other(cancelled))),
    }
}
