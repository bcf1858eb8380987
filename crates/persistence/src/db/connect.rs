//! Opening a database from its URL.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions, MySqlSslMode};
use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sea_orm::sqlx::{AssertSqlSafe, ConnectOptions as _, Connection, Executor};
use sea_orm::{DatabaseConnection, SqlxMySqlConnector, SqlxSqliteConnector};
use tokio::sync::Notify;

use super::{Db, Dialect};
use crate::error::DbError;

/// How to open a database.
#[derive(Clone)]
pub struct ConnectOptions {
    /// `sqlite://path?mode=rwc` or `mysql://user:password@host[:port]/database`.
    pub url: String,
    /// Connections of the MySQL pool, or reading connections of SQLite.
    pub max_connections: u32,
    /// How long a request waits for a free connection.
    pub acquire_timeout: Duration,
    /// How long a statement waits for a lock that another transaction holds before it reports
    /// contention. MySQL counts whole seconds; its own default of fifty, once for every attempt,
    /// would hold a request for minutes.
    pub lock_timeout: Duration,
}

impl ConnectOptions {
    /// The defaults for a URL: eight connections, a few seconds of patience.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: 8,
            acquire_timeout: Duration::from_secs(3),
            lock_timeout: LOCK_TIMEOUT,
        }
    }
}

/// Why a database could not be opened. Never shows the URL's password.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL itself cannot work.
    #[error("DATABASE_URL is not usable: {0}")]
    Url(String),
    /// The SQLite file's folder is missing or cannot be written.
    #[error("cannot open the SQLite file {path}: {cause}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: String,
    },
    /// The server does not answer or refuses the sign-in.
    #[error("cannot connect to the database at {host}: {cause}")]
    Server {
        /// Host and port, without user and password.
        host: String,
        /// What the driver says.
        cause: String,
    },
}

/// Pages in the statement cache per connection: the program has far fewer distinct statements.
const STATEMENT_CACHE: usize = 256;
/// The bounds of a random pause, in milliseconds, before a new file is tried again.
const FIRST_OPENING: std::ops::Range<u64> = 5..30;
/// The usual patience with another transaction's lock.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

impl Db {
    /// Opens the database behind `options.url` and checks that it answers.
    ///
    /// # Errors
    /// [`ConnectError`], which says which part of the settings to look at.
    pub async fn connect(options: &ConnectOptions) -> Result<Self, ConnectError> {
        let scheme = options.url.split_once(':').map_or("", |(scheme, _)| scheme);
        match scheme {
            "sqlite" => open_sqlite(options).await,
            "mysql" | "mariadb" => open_mysql(options).await,
            "" => Err(ConnectError::Url(
                "it has no scheme; expected sqlite://… or mysql://…".to_owned(),
            )),
            other => Err(ConnectError::Url(format!(
                "scheme {other:?} is not supported; expected sqlite://… or mysql://…"
            ))),
        }
    }

    fn assemble(
        dialect: Dialect,
        mut readers: DatabaseConnection,
        writer: Option<DatabaseConnection>,
        file: Option<PathBuf>,
    ) -> Self {
        let statements = Arc::new(AtomicU64::new(0));
        let count = |connection: &mut DatabaseConnection| {
            let statements = Arc::clone(&statements);
            connection.set_metric_callback(move |_| {
                statements.fetch_add(1, Ordering::Relaxed);
            });
        };
        count(&mut readers);
        let writer = match writer {
            Some(mut writer) => {
                count(&mut writer);
                writer
            }
            None => readers.clone(),
        };
        Self {
            dialect,
            readers,
            writer,
            statements,
            committed: Arc::new(Notify::new()),
            file: file.map(Arc::new),
        }
    }
}

async fn open_sqlite(options: &ConnectOptions) -> Result<Db, ConnectError> {
    let base = SqliteConnectOptions::from_str(&options.url)
        .map_err(|error| ConnectError::Url(error.to_string()))?
        .journal_mode(SqliteJournalMode::Wal)
        // With WAL, NORMAL can lose the last commits at a power cut; grades must survive one.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(options.lock_timeout)
        .statement_cache_capacity(STATEMENT_CACHE);
    let path = base.get_filename().to_path_buf();
    refuse_private_memory(&options.url, &path)?;
    let file_error = |cause: sea_orm::sqlx::Error| ConnectError::File {
        path: path.clone(),
        cause: cause.to_string(),
    };
    // Stays open until the pools are, so that none of their connections is the first or the last one.
    let first = first_of_file(&base, options.lock_timeout)
        .await
        .map_err(file_error)?;
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .before_acquire(|connection, _| Box::pin(is_between_transactions(connection)))
        .acquire_timeout(options.acquire_timeout.max(options.lock_timeout))
        .connect_with(base.clone())
        .await
        .map_err(file_error)?;
    let readers = SqlitePoolOptions::new()
        .max_connections(options.max_connections)
        .acquire_timeout(options.acquire_timeout)
        .test_before_acquire(false)
        .connect_with(base)
        .await
        .map_err(file_error)?;
    first.close().await.map_err(file_error)?;
    Ok(Db::assemble(
        Dialect::Sqlite,
        SqlxSqliteConnector::from_sqlx_sqlite_pool(readers),
        Some(SqlxSqliteConnector::from_sqlx_sqlite_pool(writer)),
        Some(path),
    ))
}

/// Opens the file, which may be new, and waits for other processes that do so at the same time.
///
/// Turning on the write-ahead log needs the file alone. SQLite reports two that try at once without
/// asking its busy handler, because each of them would wait for the other for ever.
async fn first_of_file(
    base: &SqliteConnectOptions,
    patience: Duration,
) -> Result<SqliteConnection, sea_orm::sqlx::Error> {
    let opening = async {
        loop {
            match base.connect().await {
                Err(error) if is_busy(&error) => super::pause(FIRST_OPENING).await,
                other => return other,
            }
        }
    };
    match tokio::time::timeout(patience, opening).await {
        Ok(opened) => opened,
        Err(_) => base.connect().await,
    }
}

/// Whether SQLite says that somebody else has the file: `SQLITE_BUSY` and its extended codes, whose
/// low byte it is (<https://www.sqlite.org/rescode.html>).
fn is_busy(error: &sea_orm::sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.and_then(|code| code.parse::<u32>().ok())
        .is_some_and(|code| code & 0xff == 5)
}

/// Whether a connection is fit for the next transaction; one that is not is replaced.
///
/// A commit that fails, for instance because the disk is full, can leave its transaction open. Whatever
/// came after it would be part of it and never be committed, however often it seemed to be.
async fn is_between_transactions(
    connection: &mut SqliteConnection,
) -> Result<bool, sea_orm::sqlx::Error> {
    if connection.is_in_transaction() {
        return Ok(false);
    }
    // The driver may have lost count: SQLite itself refuses to begin inside a transaction.
    let begun = connection.execute("BEGIN").await;
    Ok(begun.is_ok() && connection.execute("ROLLBACK").await.is_ok())
}

/// An in-memory database would be a different, empty one on every connection of the pools.
fn refuse_private_memory(url: &str, path: &Path) -> Result<(), ConnectError> {
    if url.contains(":memory:") || url.contains("mode=memory") || path.as_os_str().is_empty() {
        return Err(ConnectError::Url(
            "an in-memory SQLite database cannot be shared by several connections; name a file"
                .to_owned(),
        ));
    }
    Ok(())
}

async fn open_mysql(options: &ConnectOptions) -> Result<Db, ConnectError> {
    let url = url::Url::parse(&options.url)
        .map_err(|error| ConnectError::Url(format!("it is no URL: {error}")))?;
    if url.path().trim_matches('/').is_empty() {
        return Err(ConnectError::Url(
            "it names no database; expected mysql://user:password@host/database".to_owned(),
        ));
    }
    let host = format!(
        "{}:{}",
        url.host_str().unwrap_or("localhost"),
        url.port().unwrap_or(3306)
    );
    warn_of_plaintext(&url);
    let connect = MySqlConnectOptions::from_str(&options.url)
        .map_err(|error| ConnectError::Url(error.to_string()))?
        .statement_cache_capacity(STATEMENT_CACHE)
        .charset("utf8mb4");
    // The second is for locks of whole tables, behind a change of the schema: by itself a statement
    // waits for a day there, on MySQL for a year, and cannot wait less than a second.
    let seconds = options.lock_timeout.as_secs();
    let lock_timeout = format!(
        "SET SESSION innodb_lock_wait_timeout = {seconds}, SESSION lock_wait_timeout = {}",
        seconds.max(1)
    );
    let refused = |cause: String| ConnectError::Server {
        host: host.clone(),
        cause,
    };
    // A pool tries again until its time is up and then says only that; one connection by itself
    // tells why it was refused.
    let first = tokio::time::timeout(options.acquire_timeout, connect.connect()).await;
    match first {
        Ok(Ok(connection)) => connection
            .close()
            .await
            .map_err(|cause| refused(cause.to_string()))?,
        Ok(Err(cause)) => return Err(refused(cause.to_string())),
        Err(_) => return Err(refused("it does not answer in time".to_owned())),
    }
    let pool = MySqlPoolOptions::new()
        .after_connect(move |connection, _| {
            let sql = AssertSqlSafe(lock_timeout.clone());
            Box::pin(async move { connection.execute(sql).await.map(|_| ()) })
        })
        .max_connections(options.max_connections)
        .acquire_timeout(options.acquire_timeout)
        .connect_with(connect)
        .await
        .map_err(|cause| refused(cause.to_string()))?;
    Ok(Db::assemble(
        Dialect::MySql,
        SqlxMySqlConnector::from_sqlx_mysql_pool(pool),
        None,
        None,
    ))
}

/// The driver's default falls back to an unencrypted connection without a word.
fn warn_of_plaintext(url: &url::Url) {
    let host = url.host_str().unwrap_or("localhost");
    let local = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    let stated = url
        .query_pairs()
        .any(|(key, _)| key == "ssl-mode" || key == "sslmode" || key == "socket");
    if !local && !stated {
        tracing::warn!(
            host,
            default = ?MySqlSslMode::Preferred,
            "the connection to the database may be unencrypted; add ?ssl-mode=VERIFY_IDENTITY (or \
             ssl-mode=DISABLED to accept it) to DATABASE_URL"
        );
    }
}

impl From<ConnectError> for DbError {
    fn from(error: ConnectError) -> Self {
        Self::Configuration(error.to_string())
    }
}
