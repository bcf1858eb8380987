//! Rows of one file by the names of their columns.

use std::collections::HashMap;

use csv::StringRecord;
use gradebook_domain::Points;
use jiff::civil::Date;

use super::error::{Errors, OneRosterError, Place};
use super::files::File;
use crate::text::{has_unprintable, lines_have_unprintable};

/// Rows of all files together.
const MOST_ROWS: usize = 250_000;

/// Fields of one row, and its bytes: a reader makes room for all of them at once.
const MOST_FIELDS: usize = 300;
const LONGEST_ROW: usize = 64 * 1024;

/// Whether no row of a text has too many fields or is too long, as the reader will see its rows.
pub(super) fn have_bounds(text: &str) -> bool {
    let (mut fields, mut bytes) = (1_usize, 0_usize);
    let (mut quoted, mut begins) = (false, true);
    for byte in text.bytes() {
        bytes += 1;
        let quote = byte == b'"';
        // A quote within a field that began without one is a sign like any other; two of them in a
        // quoted one leave it and enter it again.
        if quote && (quoted || begins) {
            quoted = !quoted;
            begins = !quoted;
            continue;
        }
        begins = false;
        match byte {
            b',' if !quoted => {
                fields += 1;
                begins = true;
            }
            b'\n' | b'\r' if !quoted => {
                (fields, bytes) = (1, 0);
                begins = true;
            }
            _ => {}
        }
        if fields > MOST_FIELDS || bytes > LONGEST_ROW {
            return false;
        }
    }
    true
}

/// Rows of one file: what is kept of each differs.
const fn most_rows(file: File) -> usize {
    match file.name.as_bytes() {
        b"academicSessions" => 1_000,
        b"courses" | b"classes" => 20_000,
        b"categories" => 50_000,
        b"users" | b"roles" | b"lineItems" => 50_000,
        _ => MOST_ROWS,
    }
}

/// How many rows may still be read.
pub(super) struct Allowance(usize);

impl Default for Allowance {
    fn default() -> Self {
        Self(MOST_ROWS)
    }
}

/// One row.
pub(super) struct Fields<'a> {
    pub(super) place: Place,
    columns: &'a HashMap<String, usize>,
    record: &'a StringRecord,
}

impl Fields<'_> {
    /// What stands in the column, without spaces around it; nothing in a column that is not there.
    pub(super) fn get(&self, column: &str) -> &str {
        self.columns
            .get(&column.to_ascii_lowercase())
            .and_then(|at| self.record.get(*at))
            .map_or("", str::trim)
    }

    /// A text that must be there and fit on one line.
    pub(super) fn need(&self, column: &str, longest: usize, errors: &mut Errors) -> Option<String> {
        let text = self.get(column);
        if text.is_empty() {
            errors.add(
                self.place,
                column,
                "",
                "missing_value",
                "this cell must not be empty",
            );
            return None;
        }
        self.fitting(column, text, longest, errors)
    }

    /// A text that fits on one line, if there is any.
    pub(super) fn may(&self, column: &str, longest: usize, errors: &mut Errors) -> Option<String> {
        let text = self.get(column);
        if text.is_empty() {
            return None;
        }
        self.fitting(column, text, longest, errors)
    }

    fn fitting(
        &self,
        column: &str,
        text: &str,
        longest: usize,
        errors: &mut Errors,
    ) -> Option<String> {
        if text.chars().count() > longest {
            let detail = format!("longer than {longest} characters");
            errors.add(self.place, column, text, "too_long", detail);
            return None;
        }
        if has_unprintable(text) {
            let detail = "a line break or another character that cannot be seen";
            errors.add(self.place, column, text, "invalid_character", detail);
            return None;
        }
        Some(text.to_owned())
    }

    /// A remark, which may have several lines.
    pub(super) fn remark(&self, column: &str, errors: &mut Errors) -> Option<String> {
        let text = self.get(column);
        if text.is_empty() {
            return None;
        }
        if text.chars().count() > crate::scores::LONGEST_COMMENT {
            errors.add(
                self.place,
                column,
                text,
                "too_long",
                "too long for a remark",
            );
            return None;
        }
        if lines_have_unprintable(text) {
            let detail = "a character that cannot be seen";
            errors.add(self.place, column, text, "invalid_character", detail);
            return None;
        }
        Some(text.to_owned())
    }

    /// A day; a time behind it does not matter.
    pub(super) fn day(&self, column: &str, errors: &mut Errors) -> Option<String> {
        let text = self.get(column);
        if text.is_empty() {
            return None;
        }
        let day: String = text.chars().take(10).collect();
        if day.len() == 10 && day.parse::<Date>().is_ok() {
            return Some(day);
        }
        errors.add(
            self.place,
            column,
            text,
            "invalid_date",
            "a date is written like 2026-11-21",
        );
        None
    }

    /// A number of points, if there is any.
    pub(super) fn points(&self, column: &str, errors: &mut Errors) -> Option<Points> {
        let text = self.get(column);
        if text.is_empty() {
            return None;
        }
        match text.parse::<Points>() {
            Ok(points) => Some(points),
            Err(error) => {
                errors.add(self.place, column, text, "not_a_number", error.to_string());
                None
            }
        }
    }

    /// One of a closed set, if there is any.
    pub(super) fn one_of<T: std::str::FromStr>(
        &self,
        column: &str,
        errors: &mut Errors,
    ) -> Option<T> {
        let text = self.get(column);
        if text.is_empty() {
            return None;
        }
        let value = text.parse().ok();
        if value.is_none() {
            errors.add(
                self.place,
                column,
                text,
                "invalid_value",
                "this value is not known here",
            );
        }
        value
    }

    /// Where `column` refers to; an unknown id is an error.
    pub(super) fn refer(
        &self,
        column: &str,
        ids: &HashMap<String, usize>,
        errors: &mut Errors,
    ) -> Option<usize> {
        let id = self.get(column);
        if id.is_empty() {
            errors.add(
                self.place,
                column,
                "",
                "missing_value",
                "this cell must not be empty",
            );
            return None;
        }
        let found = ids.get(id).copied();
        if found.is_none() {
            let detail = "no row of the bundle has this sourcedId";
            errors.add(self.place, column, id, "unknown_reference", detail);
        }
        found
    }
}

/// Calls `each` for every row of a file that is not to be deleted.
pub(super) fn each_row(
    file: File,
    text: &str,
    allowance: &mut Allowance,
    errors: &mut Errors,
    mut each: impl FnMut(&Fields<'_>, &mut Errors),
) -> Result<(), OneRosterError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut columns: HashMap<String, usize> = HashMap::new();
    let (mut width, mut rows) = (0, 0);
    let mut record = StringRecord::new();
    // Reading UTF-8 from memory cannot fail.
    while reader.read_record(&mut record).unwrap_or(false) {
        let place = Place {
            file: file.name,
            line: line_of(text, record.position()),
        };
        if width == 0 {
            width = record.len();
            for (at, title) in record.iter().enumerate() {
                columns
                    .entry(title.trim().to_ascii_lowercase())
                    .or_insert(at);
            }
            if !columns.contains_key("sourcedid") {
                let detail = "the first line of the file has no column sourcedId";
                errors.add(place, "sourcedId", "", "missing_column", detail);
                return Ok(());
            }
            continue;
        }
        rows += 1;
        if rows > most_rows(file) {
            return Err(OneRosterError::TooManyRowsIn(file.name, most_rows(file)));
        }
        allowance.0 = allowance
            .0
            .checked_sub(1)
            .ok_or(OneRosterError::TooManyRows(MOST_ROWS))?;
        if record.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        if record.len() != width {
            let detail = format!("the row has {} fields, the header {width}", record.len());
            errors.add(place, "", "", "wrong_number_of_fields", detail);
            continue;
        }
        let fields = Fields {
            place,
            columns: &columns,
            record: &record,
        };
        if !fields.get("status").eq_ignore_ascii_case("tobedeleted") {
            each(&fields, errors);
        }
    }
    Ok(())
}

/// The line on which a record begins. The reader's own count is of where it began to look, before
/// empty lines.
fn line_of(text: &str, position: Option<&csv::Position>) -> u64 {
    let Some(position) = position else {
        return 1;
    };
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let skipped = text
        .as_bytes()
        .get(from..)
        .unwrap_or_default()
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .filter(|byte| **byte == b'\n')
        .count();
    position.line() + u64::try_from(skipped).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_bounds_as_the_reader_sees_them() {
        let wide = |fields: usize| format!("a{}\nb,c\n", ",".repeat(fields - 1));
        let long = |bytes: usize| format!("a\n\"{}\"\n", "x\n".repeat(bytes / 2));
        for (text, within) in [
            (wide(MOST_FIELDS), true),
            (wide(MOST_FIELDS + 1), false),
            // Commas within quotes are text.
            (format!("\"{}\"", ",".repeat(1_000)), true),
            // A quoted quote does not end the field, and one within a plain field begins none.
            (format!("\"a\"\"{}\"", ",".repeat(1_000)), true),
            (format!("a\"{}\"", ",".repeat(1_000)), false),
            (format!("\"a\"{}", ",".repeat(1_000)), false),
            (long(LONGEST_ROW - 10), true),
            (long(LONGEST_ROW + 10), false),
            ("a,b\n".repeat(100_000), true),
        ] {
            let shown: String = text.chars().take(20).collect();
            assert_eq!(have_bounds(&text), within, "{shown}");
        }
    }
}
