//! Files that people take away: gradebooks, exam sheets and class lists as CSV and as workbooks.
//!
//! A [`Book`] says what is in a file, in the reader's language; [`csv`] and [`xlsx`] write it down.

pub(crate) mod class_list;
pub(crate) mod csv;
pub(crate) mod forms;
pub(crate) mod gradebook;
pub(crate) mod left_out;
pub(crate) mod sheet;
mod table;
mod xlsx;

use crate::number::Number;

pub(crate) use table::{Book, Cell, Column, Kind, Table};

/// What a file is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Comma-separated values, the first table of the book only.
    Csv,
    /// An Excel workbook.
    Xlsx,
}

impl Format {
    /// The ending of a file's name.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// What a browser is told.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    #[error("cannot write CSV: {0}")]
    Csv(#[from] ::csv::Error),
    #[error("cannot write a workbook: {0}")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
}

/// The file, as it was at `now_s`.
pub(crate) fn write(book: &Book, format: Format, now_s: i64) -> Result<Vec<u8>, WriteError> {
    match format {
        Format::Csv => csv::write(book.tables.first()),
        Format::Xlsx => xlsx::write(book, now_s),
    }
}

/// A number, or nothing.
fn number(value: Option<Number>) -> Cell {
    value.map_or(Cell::Empty, Cell::Number)
}
