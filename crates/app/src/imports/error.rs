//! What can be wrong with a file of scores, and with the order to import it.

use gradebook_auth::Denied;
use gradebook_persistence::{DatabaseFailure, DbError};

/// One thing in the file that keeps it from being imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// Line of the file on which the row begins, from 1; the header is line 1.
    pub line: u64,
    /// The column as its header names it; empty when the whole row is meant.
    pub column: String,
    /// What stands there, shortened to [`LONGEST_VALUE`] characters.
    pub value: String,
    /// Why, as a stable name: `not_a_number`, `above_maximum`, `unknown_student`, …
    pub code: &'static str,
    /// Why, in words.
    pub detail: String,
}

/// Characters of a wrong value that are shown.
pub const LONGEST_VALUE: usize = 60;
/// Errors of one file that are listed; the others are only counted.
pub const MOST_ERRORS: usize = 1_000;

/// Errors while they are collected: all are counted, the first are kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Errors {
    kept: Vec<RowError>,
    total: usize,
}

impl Errors {
    pub(super) fn add(
        &mut self,
        (line, column): (u64, &str),
        value: &str,
        code: &'static str,
        detail: impl Into<String>,
    ) {
        self.total += 1;
        if self.kept.len() < MOST_ERRORS {
            self.kept.push(RowError {
                line,
                column: column.to_owned(),
                value: value.chars().take(LONGEST_VALUE).collect(),
                code,
                detail: detail.into(),
            });
        }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// The refusal of the file for them, in the order of its lines.
    pub(super) fn refusal(self) -> ImportError {
        let mut errors = self.kept;
        errors.sort_by_key(|error| error.line);
        ImportError::Refused {
            errors,
            total: self.total,
        }
    }
}

/// Why a file cannot even be looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// A header and nothing below it.
    #[error("the file has a header and no rows")]
    NoRows,
    /// A workbook.
    #[error("this is an Excel workbook; save it as CSV UTF-8 and import that")]
    Spreadsheet,
    /// Bytes that are no text.
    #[error("this is not a text file; save the table as CSV UTF-8")]
    Binary,
    /// Text in neither of the encodings that are understood.
    #[error("the text is neither UTF-8 nor GBK (it looks like {looks_like}); save it as CSV UTF-8")]
    Encoding {
        /// The encoding that it looks like.
        looks_like: &'static str,
    },
    /// More rows than one transaction should take.
    #[error("more than {most} rows; split the file")]
    TooManyRows {
        /// The most rows of one file.
        most: usize,
    },
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// What was asked for cannot be done, whatever the file holds.
    #[error("{detail}")]
    Order {
        /// Why, as a stable name: `unknown_term`, `unknown_exam`, `term_closed`, `invalid_…`.
        code: &'static str,
        /// Why, in words.
        detail: String,
    },
    /// Something is wrong with rows of the file.
    #[error("{total} errors in the file; nothing was imported")]
    Refused {
        /// What, in the order of lines; at most [`MOST_ERRORS`].
        errors: Vec<RowError>,
        /// How many there are altogether.
        total: usize,
    },
    /// The actor may not import scores.
    #[error("not allowed")]
    Forbidden,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<Denied> for ImportError {
    fn from(_: Denied) -> Self {
        Self::Forbidden
    }
}

impl DatabaseFailure for ImportError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            Self::Unreadable(_) | Self::Order { .. } | Self::Refused { .. } | Self::Forbidden => {
                None
            }
        }
    }
}
