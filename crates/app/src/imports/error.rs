//! What can be wrong with a file, and with the order to import it.

use std::collections::{BTreeMap, BTreeSet};

use gradebook_auth::Denied;
use gradebook_persistence::{DatabaseFailure, DbError};

use super::outcome::ImportOutcome;
use super::room::NoRoom;

/// One thing in the file that keeps it, or one of its rows, from being imported.
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
    /// Lines that say the same as this one, where only one of them can be right; the first few.
    pub other_lines: Vec<u64>,
}

/// Characters of a wrong value that are shown.
pub const LONGEST_VALUE: usize = 60;
/// Characters of a title by which columns are told apart: more than an assessment's may have, with the day
/// or the number behind it.
pub(super) const LONGEST_TITLE: usize = 150;
/// Errors of one file that are listed; the others are only counted.
pub const MOST_ERRORS: usize = 1_000;
/// Errors of one row that are kept.
const MOST_OF_A_ROW: usize = 8;
/// Other lines that an error names.
const MOST_OTHER_LINES: usize = 5;

/// Errors while they are collected: all are counted, the first of each row are kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Errors {
    by_line: BTreeMap<u64, Vec<RowError>>,
    /// Errors that say for another row what was said before.
    repeated: BTreeMap<u64, RowError>,
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
        let of_line = self.by_line.entry(line).or_default();
        if of_line.len() < MOST_OF_A_ROW {
            of_line.push(row_error((line, column), value, code, detail));
        }
    }

    /// Refuses all lines that are about the same, each with the others: nobody can tell which is right.
    pub(super) fn refuse_all(
        &mut self,
        lines: &[u64],
        column: &str,
        value: &str,
        code: &'static str,
    ) {
        for line in lines {
            let others = lines.iter().filter(|other| *other != line);
            let others: Vec<u64> = others.take(MOST_OTHER_LINES).copied().collect();
            let shown: Vec<String> = others.iter().map(u64::to_string).collect();
            let shown = shown.join(", ");
            let which = if others.len() == 1 {
                "line"
            } else {
                "the lines"
            };
            let detail = format!("the same stands on {which} {shown}; keep one of them");
            let mut error = row_error((*line, column), value, code, detail);
            error.other_lines = others;
            self.total += 1;
            // Whatever else is wrong with the line, this is told.
            let of_line = self.by_line.entry(*line).or_default();
            of_line.truncate(MOST_OF_A_ROW - 1);
            of_line.push(error);
        }
    }

    /// Refuses a whole column. However many there are, all are kept: each can be left out.
    pub(super) fn add_column(
        &mut self,
        (line, column): (u64, &str),
        code: &'static str,
        detail: impl Into<String>,
    ) {
        self.total += 1;
        let of_line = self.by_line.entry(line).or_default();
        let mut error = row_error((line, column), "", code, detail);
        // Whole, for it is the title by which the column is left out.
        error.column = column.chars().take(LONGEST_TITLE).collect();
        of_line.push(error);
    }

    /// Says of one more row what was told, and counted, for an earlier one.
    pub(super) fn repeat(
        &mut self,
        (line, column): (u64, &str),
        value: &str,
        code: &'static str,
        detail: &str,
    ) {
        let error = row_error((line, column), value, code, detail);
        self.repeated.entry(line).or_insert(error);
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Whether one of them is about the header, and so about every row.
    pub(super) fn of_header(&self, line: u64) -> bool {
        self.by_line.contains_key(&line)
    }

    /// The lines that have one.
    pub(super) fn lines(&self) -> BTreeSet<u64> {
        let lines = self.by_line.keys().chain(self.repeated.keys());
        lines.copied().collect()
    }

    /// What is wrong with a line.
    pub(super) fn of_line(&self, line: u64) -> Vec<RowError> {
        let own = self.by_line.get(&line).cloned().unwrap_or_default();
        if own.is_empty() {
            return self.repeated.get(&line).cloned().into_iter().collect();
        }
        own
    }

    /// Takes in what another look found; what both found counts once.
    pub(super) fn merge(&mut self, other: Self) {
        for (line, errors) in other.by_line {
            for error in errors {
                let of_line = self.by_line.entry(line).or_default();
                if !of_line.contains(&error) {
                    self.total += 1;
                    of_line.push(error);
                }
            }
        }
        self.repeated.extend(other.repeated);
    }

    /// The refusal of the file for them, in the order of its lines.
    pub(super) fn refusal(self) -> ImportError {
        let (errors, total) = self.listed();
        ImportError::Refused { errors, total }
    }

    /// The errors in the order of lines, and how many there are altogether.
    pub(super) fn listed(self) -> (Vec<RowError>, usize) {
        let errors = self.by_line.into_values().flatten();
        (errors.take(MOST_ERRORS).collect(), self.total)
    }
}

fn row_error(
    (line, column): (u64, &str),
    value: &str,
    code: &'static str,
    detail: impl Into<String>,
) -> RowError {
    RowError {
        line,
        column: column.chars().take(LONGEST_VALUE).collect(),
        value: value.chars().take(LONGEST_VALUE).collect(),
        code,
        detail: detail.into(),
        other_lines: Vec::new(),
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
    /// A workbook of the old kind, or one with a password.
    #[error(
        "this is an old Excel workbook (.xls), or one with a password; save it as .xlsx without a \
         password, or as CSV UTF-8"
    )]
    OldWorkbook,
    /// Named like a workbook, and none.
    #[error("this is not an Excel workbook (.xlsx); save the table as .xlsx or as CSV UTF-8")]
    NotAWorkbook,
    /// A workbook with a password.
    #[error("the workbook is encrypted; save it without a password")]
    Encrypted,
    /// A workbook that cannot be understood.
    #[error(
        "the workbook is damaged ({cause}); open it, save it anew as .xlsx, or save it as CSV UTF-8"
    )]
    BrokenWorkbook {
        /// What the reader stumbled over.
        cause: String,
    },
    /// A document type in a workbook: none has one, and it could name files and addresses.
    #[error("the workbook has a document type declaration, which no spreadsheet program writes")]
    Doctype,
    /// An archive of too many files.
    #[error("the workbook holds more than {most} files; save only the sheet with the table")]
    TooManyEntries {
        /// The most files of a workbook.
        most: usize,
    },
    /// More content than a table may have.
    #[error("the file holds more than a table of scores can; save only the sheet with the table")]
    TooLarge,
    /// Bytes that are no text.
    #[error("this is not a text file; save the table as .xlsx or as CSV UTF-8")]
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
    /// More cells than fit into memory while they are imported.
    #[error(
        "more than {most} cells; keep only the columns of the table, or split the file by its rows"
    )]
    TooManyCells {
        /// The most cells of one file, also empty ones between others.
        most: usize,
    },
    /// More columns than a table may have.
    #[error("more than {most} columns; keep only those of the table")]
    TooManyColumns {
        /// The most columns of one file.
        most: usize,
    },
}

impl Unreadable {
    /// Why, as a stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty_file",
            Self::NoRows => "no_rows",
            Self::OldWorkbook => "old_workbook",
            Self::NotAWorkbook => "not_a_workbook",
            Self::Encrypted => "encrypted_workbook",
            Self::BrokenWorkbook { .. } => "broken_workbook",
            Self::Doctype => "doctype_not_allowed",
            Self::TooManyEntries { .. } => "too_many_entries",
            Self::TooLarge => "content_too_large",
            Self::Binary => "not_a_table",
            Self::Encoding { .. } => "unknown_encoding",
            Self::TooManyRows { .. } => "too_many_rows",
            Self::TooManyCells { .. } => "too_many_cells",
            Self::TooManyColumns { .. } => "too_many_columns",
        }
    }
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
    /// Something is wrong with the header, or with rows of the file.
    #[error("{total} errors in the file; nothing was imported")]
    Refused {
        /// What, in the order of lines; at most [`MOST_ERRORS`].
        errors: Vec<RowError>,
        /// How many there are altogether.
        total: usize,
    },
    /// Some rows cannot be imported, and leaving them out was not allowed.
    #[error("{} of the rows cannot be imported; nothing was imported", .0.counts.rejected)]
    Rejected(Box<ImportOutcome>),
    /// The plan is not the one that was agreed to any more.
    #[error("what the import would do has changed since it was looked at; look at it again")]
    PlanChanged(Box<ImportOutcome>),
    /// There is no such course or import, or the actor may not know of it.
    #[error("not found")]
    NotFound,
    /// The session of the actor ended meanwhile.
    #[error("the session of whoever started it ended before it was written")]
    SignedOut,
    /// Too many files at once.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// The actor may not import this.
    #[error("not allowed")]
    Forbidden,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl ImportError {
    /// Why, as a stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(reason) => reason.code(),
            Self::Order { code, .. } => code,
            Self::Refused { .. } => "file_rejected",
            Self::Rejected(_) => "rows_rejected",
            Self::PlanChanged(_) => "plan_changed",
            Self::NotFound => "not_found",
            Self::SignedOut => "session_ended",
            Self::NoRoom(_) => "busy",
            Self::Forbidden => "forbidden",
            Self::Database(_) => "database",
        }
    }
}

impl From<Denied> for ImportError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Hidden => Self::NotFound,
            Denied::Visible => Self::Forbidden,
        }
    }
}

impl DatabaseFailure for ImportError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            Self::Unreadable(_)
            | Self::Order { .. }
            | Self::Refused { .. }
            | Self::Rejected(_)
            | Self::PlanChanged(_)
            | Self::NotFound
            | Self::SignedOut
            | Self::NoRoom(_)
            | Self::Forbidden => None,
        }
    }
}
