//! Why the second factor is as it was.

use gradebook_auth::Denied;
use gradebook_auth::password::HashingError;
use gradebook_auth::sealing::SealError;
use gradebook_persistence::{DatabaseFailure, DbError};

use super::super::throttle::NotNow;

/// Why the second factor is as it was.
#[derive(Debug, thiserror::Error)]
pub enum SecondFactorError {
    /// There is one already: remove it first.
    #[error("there is a second factor already; remove it before setting up another")]
    AlreadyEnabled,
    /// There is none.
    #[error("there is no second factor")]
    NotEnabled,
    /// Nothing waits to be confirmed; it was begun too long ago or not at all.
    #[error("nothing waits to be confirmed; begin again")]
    NothingToConfirm,
    /// The code is not the one that the app shows.
    #[error(
        "the code is not right; it changes every 30 seconds, and the phone's clock must be right"
    )]
    WrongCode,
    /// The password is not right.
    #[error("the password is not right")]
    WrongPassword,
    /// The school requires a second factor of this role.
    #[error("the school requires a second factor of this role")]
    Required,
    /// Too many failed attempts.
    #[error("too many failed attempts; wait {retry_after_s} seconds")]
    Throttled {
        /// Seconds until the next attempt is looked at.
        retry_after_s: u32,
    },
    /// Too many passwords are being checked.
    #[error("too many passwords are being checked")]
    Busy,
    /// A fault of this program or machine.
    #[error("{0}")]
    Internal(&'static str),
    /// The account is gone or disabled.
    #[error("the account is not there any more")]
    Gone,
    /// The database failed.
    #[error(transparent)]
    Database(DbError),
}

impl DatabaseFailure for SecondFactorError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<DbError> for SecondFactorError {
    fn from(error: DbError) -> Self {
        match error {
            // Another request confirmed a secret meanwhile.
            DbError::Duplicate(_) => Self::AlreadyEnabled,
            other => Self::Database(other),
        }
    }
}

impl From<Denied> for SecondFactorError {
    fn from(_: Denied) -> Self {
        Self::Gone
    }
}

impl From<SealError> for SecondFactorError {
    fn from(_: SealError) -> Self {
        Self::Internal("a stored secret could not be sealed")
    }
}

impl From<HashingError> for SecondFactorError {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy => Self::Busy,
            HashingError::Failed => Self::Internal("checking a password failed"),
        }
    }
}

impl From<NotNow> for SecondFactorError {
    fn from(not_now: NotNow) -> Self {
        match not_now {
            NotNow::Wait(retry_after_s) => Self::Throttled { retry_after_s },
            NotNow::Database(error) => Self::Database(error),
        }
    }
}
