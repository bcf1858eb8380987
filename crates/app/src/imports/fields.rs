//! The cells of a row, whatever the file is about.

use gradebook_domain::PointsError;

use super::error::Errors;
use super::header::plain;
use super::table::{Record, Table};

/// What is said of a formula that the program which wrote the file did not evaluate.
pub(super) const NO_RESULT: (&str, &str) = (
    "formula_without_result",
    "a formula without its result: open the file in a spreadsheet program and save it, or type the value",
);

/// Whether a row has the fields of the header. One with too few, or with text where the header has no
/// column, may be shifted.
pub(super) fn has_its_fields(
    table: &Table,
    record: &Record,
    width: usize,
    errors: &mut Errors,
) -> bool {
    let used = record.last_used();
    let overfull = used.is_some_and(|last| last >= width);
    if (table.ragged || record.fields.len() >= width) && !overfull {
        return true;
    }
    let found = record.fields.len();
    let open_quote = record.fields.iter().any(|text| text.contains('\n'));
    let hint = if open_quote {
        "; is a quotation mark left open?"
    } else {
        ""
    };
    let detail = format!("the row has {found} fields, the header {width}{hint}");
    let shown: Vec<&str> = record.fields.iter().take(20).collect();
    errors.add(
        (record.line, ""),
        &shown.join(","),
        "wrong_number_of_fields",
        detail,
    );
    false
}

/// A text that must be there and fit.
pub(super) fn text(
    table: &Table,
    record: &Record,
    (at, title): (usize, &str),
    longest: usize,
    errors: &mut Errors,
) -> Option<String> {
    let text = plain(record.field(at));
    let column = (record.line, title);
    if text.is_empty() {
        let (code, detail) = match lacks_result(table, record.line, at) {
            true => NO_RESULT,
            false => ("missing_value", "this cell must not be empty"),
        };
        errors.add(column, "", code, detail);
        None
    } else if text.chars().count() > longest {
        let detail = format!("longer than {longest} characters");
        errors.add(column, text, "too_long", detail);
        None
    } else if text.chars().any(char::is_control) {
        let detail = "a line break or another control character";
        errors.add(column, text, "invalid_character", detail);
        None
    } else {
        Some(text.to_owned())
    }
}

/// Whether a cell holds a formula without a result.
pub(super) fn lacks_result(table: &Table, line: u64, column: usize) -> bool {
    let of_line = table.formulas.get(&line);
    of_line.is_some_and(|columns| columns.contains(&column))
}

/// Why a text is no score.
pub(super) fn explain(error: PointsError) -> (&'static str, &'static str) {
    match error {
        PointsError::NotANumber => (
            "not_a_number",
            "not a number, and not 缺考 (absent), 免考 (excused) or 未交 (missing)",
        ),
        PointsError::TooManyDecimals => ("too_many_decimals", "more than four decimal places"),
        PointsError::OutOfRange => ("above_maximum", "beyond every possible maximum"),
    }
}
