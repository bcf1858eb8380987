//! What can go wrong in a database, sorted by what to do about it.

use sea_orm::error::{SqlxError, SqlxMySqlError, SqlxSqliteError};
use sea_orm::{DbErr, RuntimeErr, SqlErr};

/// A failed database operation.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// Another transaction was in the way (deadlock, lock timeout, certification failure, busy
    /// file). The whole transaction may be run again.
    #[error("the database was busy with a competing change: {0}")]
    Contention(#[source] DbErr),
    /// The database cannot be reached now. Trying later may help.
    #[error("the database cannot be reached: {0}")]
    Unavailable(#[source] DbErr),
    /// A unique value exists already.
    #[error("a unique value exists already: {0}")]
    Duplicate(#[source] DbErr),
    /// A stored value means nothing to this version of the program.
    #[error("{table}.{column} holds {value:?}, which this version does not understand")]
    Corrupt {
        /// Table of the value.
        table: &'static str,
        /// Column of the value.
        column: &'static str,
        /// The value as text.
        value: String,
    },
    /// Settings that cannot work, in words for the person who made them.
    #[error("{0}")]
    Configuration(String),
    /// A mistake in this program or its schema.
    #[error("unexpected database error: {0}")]
    Unexpected(#[source] DbErr),
}

/// An error that may hold a database failure inside, so that a transaction can be retried and the
/// edge can answer 503.
pub trait DatabaseFailure {
    /// The database failure behind this error, if that is what it is.
    fn database_failure(&self) -> Option<&DbError>;
}

impl DatabaseFailure for DbError {
    fn database_failure(&self) -> Option<&DbError> {
        Some(self)
    }
}

impl DbError {
    /// What was read changed before it was locked: the whole transaction is to run again.
    #[must_use]
    pub fn run_again(why: &str) -> Self {
        Self::Contention(DbErr::Custom(why.to_owned()))
    }
}

impl DbError {
    /// Whether a value of this column is there already. Both databases name the column or its index.
    #[must_use]
    pub fn is_duplicate_of(&self, column: &str) -> bool {
        matches!(self, Self::Duplicate(error) if error.to_string().contains(column))
    }
}

impl From<DbErr> for DbError {
    fn from(error: DbErr) -> Self {
        match classify(&error) {
            Kind::Contention => Self::Contention(error),
            Kind::Unavailable => Self::Unavailable(error),
            Kind::Duplicate => Self::Duplicate(error),
            Kind::Unexpected => Self::Unexpected(error),
        }
    }
}

enum Kind {
    Contention,
    Unavailable,
    Duplicate,
    Unexpected,
}

/// MySQL error numbers after which the whole transaction may be run again: deadlock or Galera
/// certification failure, lock wait timeout, record changed since the snapshot (MariaDB).
const MYSQL_CONTENTION: [u16; 3] = [1213, 1205, 1020];
/// Server shutting down, too many connections, node not in the primary component, killed.
const MYSQL_UNAVAILABLE: [u16; 5] = [1053, 1040, 1047, 1927, 1203];
/// SQLITE_BUSY and SQLITE_LOCKED, whose extended codes carry these in the low byte.
const SQLITE_CONTENTION: [i32; 2] = [5, 6];
/// SQLITE_CANTOPEN, SQLITE_IOERR, SQLITE_FULL.
const SQLITE_UNAVAILABLE: [i32; 3] = [14, 10, 13];

fn classify(error: &DbErr) -> Kind {
    if let Some(SqlErr::UniqueConstraintViolation(_)) = error.sql_err() {
        return Kind::Duplicate;
    }
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(RuntimeErr::Internal(_)) => Kind::Unavailable,
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => classify_driver(cause),
        _ => Kind::Unexpected,
    }
}

fn classify_driver(error: &SqlxError) -> Kind {
    match error {
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::PoolTimedOut
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed
        | SqlxError::Protocol(_) => Kind::Unavailable,
        SqlxError::Database(cause) => {
            if let Some(mysql) = cause.try_downcast_ref::<SqlxMySqlError>() {
                match mysql.number() {
                    number if MYSQL_CONTENTION.contains(&number) => Kind::Contention,
                    number if MYSQL_UNAVAILABLE.contains(&number) => Kind::Unavailable,
                    _ => Kind::Unexpected,
                }
            } else if cause.try_downcast_ref::<SqlxSqliteError>().is_some() {
                let code = cause.code().and_then(|code| code.parse::<i32>().ok());
                match code.map(|code| code & 0xff) {
                    Some(code) if SQLITE_CONTENTION.contains(&code) => Kind::Contention,
                    Some(code) if SQLITE_UNAVAILABLE.contains(&code) => Kind::Unavailable,
                    _ => Kind::Unexpected,
                }
            } else {
                Kind::Unexpected
            }
        }
        _ => Kind::Unexpected,
    }
}
