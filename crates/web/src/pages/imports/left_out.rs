//! Rows of a file that were left out, on the page of its import.

use gradebook_app::imports::{LeftOut, LeftOutRow};
use gradebook_domain::ImportId;

use super::row_advice;
use crate::i18n::T;

/// Rows on the page; the file has all that are kept.
const SHOWN: usize = 100;

/// The rows that were left out.
#[derive(Debug, Clone)]
pub(in crate::pages) struct LeftOutView {
    /// "3 rows were left out".
    pub(in crate::pages) words: String,
    /// "The first 100 are listed", where there are more.
    pub(in crate::pages) more: Option<String>,
    /// The file with all that are kept.
    pub(in crate::pages) href: String,
    pub(in crate::pages) rows: Vec<LeftOutLine>,
}

/// One of them.
#[derive(Debug, Clone)]
pub(in crate::pages) struct LeftOutLine {
    pub(in crate::pages) line: u64,
    pub(in crate::pages) number: String,
    pub(in crate::pages) name: String,
    /// Column with what stands there, and what to do.
    pub(in crate::pages) errors: Vec<(String, String)>,
}

/// What is wrong with a row: column with what stands there, and what to do.
pub(crate) fn reasons(t: T, row: &LeftOutRow, of_course: bool) -> Vec<(String, String)> {
    let errors = row.errors.iter().map(|error| {
        let place = match (error.column.is_empty(), error.value.is_empty()) {
            (true, _) => String::new(),
            (false, true) => error.column.clone(),
            (false, false) => format!("{}: {}", error.column, error.value),
        };
        (
            place,
            row_advice(t, &error.code, &error.other_lines, of_course),
        )
    });
    errors.collect()
}

pub(super) fn view(t: T, id: ImportId, rows: &LeftOut) -> LeftOutView {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let shown = rows.rows.len().min(SHOWN);
    LeftOutView {
        words: t.count("imports-were-left-out", count(rows.total)),
        more: (shown < rows.total).then(|| t.count("imports-first-listed", count(shown))),
        href: format!("/api/v1/imports/{id}/left-out.csv?lang={}", t.tag()),
        rows: rows
            .rows
            .iter()
            .take(SHOWN)
            .map(|row| LeftOutLine {
                line: row.line,
                number: row.number.clone(),
                name: row.name.clone(),
                errors: reasons(t, row, rows.of_course),
            })
            .collect(),
    }
}
