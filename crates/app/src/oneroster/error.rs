//! What can be wrong with a bundle.

use gradebook_auth::Denied;
use gradebook_domain::ScoreRefusal;
use gradebook_persistence::{DatabaseFailure, DbError};

use super::archive::NoBundle;
use crate::imports::{LONGEST_VALUE, MOST_ERRORS, NoRoom};

/// One thing in a file of the bundle that keeps it from being imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleRowError {
    /// The file, e.g. `users.csv`.
    pub file: String,
    /// The line on which the row begins, from 1; the header is line 1.
    pub line: u64,
    /// The column; empty when the whole row is meant.
    pub column: String,
    /// What stands there, shortened.
    pub value: String,
    /// Why, as a stable name.
    pub code: &'static str,
    /// Why, in words.
    pub detail: String,
}

/// The stable name of why a score cannot be entered.
pub(super) const fn refusal_code(refusal: ScoreRefusal) -> &'static str {
    match refusal {
        ScoreRefusal::Negative => "negative",
        ScoreRefusal::AboveMaximum { .. } => "above_maximum",
    }
}

/// Where something stands in a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: &'static str,
    pub(super) line: u64,
}

/// Errors while they are collected: all are counted, the first are kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Errors {
    kept: Vec<BundleRowError>,
    total: usize,
}

impl Errors {
    pub(super) fn add(
        &mut self,
        place: Place,
        column: &str,
        value: &str,
        code: &'static str,
        detail: impl Into<String>,
    ) {
        self.total += 1;
        if self.kept.len() < MOST_ERRORS {
            self.kept.push(BundleRowError {
                file: format!("{}.csv", place.file),
                line: place.line,
                column: column.to_owned(),
                value: value.chars().take(LONGEST_VALUE).collect(),
                code,
                detail: detail.into(),
            });
        }
    }

    /// Nothing, or the refusal of the bundle.
    pub(super) fn none(self) -> Result<(), OneRosterError> {
        if self.total == 0 {
            return Ok(());
        }
        // A file that is gone through twice tells everything twice.
        let mut errors: Vec<BundleRowError> = Vec::with_capacity(self.kept.len());
        for error in self.kept {
            if errors.last() != Some(&error) && !errors.contains(&error) {
                errors.push(error);
            }
        }
        let total = if self.total > MOST_ERRORS {
            self.total
        } else {
            errors.len()
        };
        Err(OneRosterError::Refused { errors, total })
    }
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum OneRosterError {
    /// The archive is not looked into.
    #[error(transparent)]
    NoBundle(#[from] NoBundle),
    /// A file without which nothing can be understood.
    #[error(
        "the zip has no {0}; a bundle has at least academicSessions, classes, courses and users"
    )]
    MissingFile(String),
    /// Only changes since an earlier export.
    #[error("{0}.csv holds changes only (delta); export everything (bulk) and import that")]
    Delta(String),
    /// More rows than one transaction should take.
    #[error("the bundle has more than {0} rows; export one school year at a time")]
    TooManyRows(usize),
    /// More rows in one file than any school has.
    #[error("{0}.csv has more than {1} rows; export one school year at a time")]
    TooManyRowsIn(&'static str, usize),
    /// Something is wrong with rows of its files.
    #[error("{total} errors in the bundle; nothing was imported")]
    Refused {
        /// What; at most [`MOST_ERRORS`].
        errors: Vec<BundleRowError>,
        /// How many there are altogether.
        total: usize,
    },
    /// The school is not as it was when the dry run looked.
    #[error("the school or the file changed since the dry run; look at a new one first")]
    PlanChanged,
    /// The reason is too long.
    #[error(transparent)]
    Reason(#[from] crate::reason::InvalidReason),
    /// Too many files at once.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// The session of the actor ended meanwhile.
    #[error("the session ended")]
    SignedOut,
    /// The actor may not exchange the school.
    #[error("not allowed")]
    Forbidden,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<Denied> for OneRosterError {
    fn from(_: Denied) -> Self {
        Self::Forbidden
    }
}

impl DatabaseFailure for OneRosterError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}
