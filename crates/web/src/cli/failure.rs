//! Why a command did not do what it was asked to, and the exit code for that.

use std::fmt;
use std::process::ExitCode;

use gradebook_app::{ConnectError, DbError, ReadError};

use crate::config::ConfigError;
use crate::secrets::SecretError;
use crate::server::StartError;

/// Why a command did not do what it was asked to, in words that name the next step.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// It could not be done: exit code 1.
    Failed(String),
    /// It was asked for wrongly: exit code 2.
    Usage(String),
    /// What was put in is refused, and nothing was written: exit code 3.
    Refused(String),
}

impl Failure {
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }

    /// The code that the process ends with.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::Refused(_) => 3,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(message) | Self::Usage(message) | Self::Refused(message) => {
                formatter.write_str(message)
            }
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<SecretError> for Failure {
    fn from(error: SecretError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Url(_) => Self::Usage(format!(
                "{error}; write sqlite://FILE?mode=rwc or mysql://USER:PASSWORD@HOST/DATABASE"
            )),
            ConnectError::File { .. } => Self::Failed(format!(
                "{error}; make its folder writable for the account that runs gradebook, or name \
                 another file with DATABASE_URL"
            )),
            ConnectError::Server { .. } => Self::Failed(format!(
                "{error}; check that the server runs, and host, user, password and database in \
                 DATABASE_URL"
            )),
        }
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        let next = match &error {
            DbError::Contention(_) => "try again",
            DbError::Unavailable(_) => "check that the database runs, then try again",
            DbError::Configuration(_) => return Self::Failed(error.to_string()),
            DbError::Duplicate(_) | DbError::Corrupt { .. } | DbError::Unexpected(_) => {
                "`gradebook migrate status` tells whether the database fits this version"
            }
        };
        Self::Failed(format!("{error}; {next}"))
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Database(error) => error.into(),
            ReadError::NotFound | ReadError::Forbidden => Self::Failed(error.to_string()),
        }
    }
}
