//! Rows of a workbook: of its first sheet, as the spreadsheet program last showed them. Formulas
//! are not evaluated; what they came to is stored beside them.

use std::collections::HashMap;
use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx};

use super::archive::{self, broken};
use super::error::Unreadable;
use super::table::{Record, Table, TableBuilder};

/// Reads the first sheet.
///
/// # Errors
/// [`Unreadable`].
pub(super) fn read(file: &[u8]) -> Result<Table, Unreadable> {
    let without_result = archive::examine(file)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).map_err(not_a_workbook)?;
    let name = book.sheet_names().first().cloned();
    let name = name.ok_or_else(|| broken("it has no sheet"))?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(broken)?;
    let mut table = TableBuilder::default();
    let mut row: Option<(u32, Record)> = None;
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (at, column) = cell.get_position();
        if *cell.get_value() == DataRef::Empty {
            continue;
        }
        let text = text_of(cell.get_value());
        if text.trim().is_empty() {
            continue;
        }
        let column = TableBuilder::checked_column(column)?;
        match &mut row {
            Some((open, _)) if at < *open => return Err(broken("its rows are out of order")),
            Some((open, record)) if at == *open => fill(record, column, &text)?,
            _ => {
                if let Some((_, record)) = row.take() {
                    table.push(record)?;
                }
                let mut record = Record::new(u64::from(at) + 1);
                fill(&mut record, column, &text)?;
                row = Some((at, record));
            }
        }
        table.count_text(text.len())?;
    }
    if let Some((_, record)) = row {
        table.push(record)?;
    }
    let mut table = table.done()?;
    let mut by_line: HashMap<u64, Vec<usize>> = HashMap::new();
    for (row, column) in without_result {
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        by_line.entry(u64::from(row) + 1).or_default().push(column);
    }
    table.formulas = by_line;
    Ok(table)
}

fn not_a_workbook(error: calamine::XlsxError) -> Unreadable {
    match error {
        calamine::XlsxError::FileNotFound(_) => Unreadable::NotAWorkbook,
        calamine::XlsxError::Password => Unreadable::Encrypted,
        other => broken(other),
    }
}

/// Puts a text into its column; the fields between are empty.
fn fill(record: &mut Record, column: usize, text: &str) -> Result<(), Unreadable> {
    if record.fields.len() > column {
        return Err(broken("its cells are out of order"));
    }
    while record.fields.len() < column {
        record.fields.push_field("");
    }
    record.fields.push_field(text.trim());
    Ok(())
}

/// A cell as the text that somebody would type for it.
fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => decimal(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(time) if time.is_datetime() => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTime(time) => decimal(time.as_f64()),
        DataRef::Error(error) => error.to_string(),
    }
}

/// A stored number in the 15 digits that a spreadsheet program shows: the file holds the nearest
/// binary fraction, and 0.1 + 0.2 is no 0.3 in it. No arithmetic is done with it.
fn decimal(number: f64) -> String {
    let text = format!("{number:.14e}");
    let Some((digits, exponent)) = text.split_once('e') else {
        return text;
    };
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits),
    };
    let Ok(exponent) = exponent.parse::<i32>() else {
        return text;
    };
    let all: String = digits.chars().filter(char::is_ascii_digit).collect();
    let kept = all.trim_end_matches('0');
    if kept.is_empty() {
        return "0".to_owned();
    }
    // Beyond any grade or score, and with more digits than the file holds: the last ones of a long number
    // are lost, and nobody is to be taken for somebody else by the others.
    if !(-15..=14).contains(&exponent) {
        return text;
    }
    match usize::try_from(exponent) {
        Ok(whole) if kept.len() <= whole + 1 => {
            let zeros = "0".repeat(whole + 1 - kept.len());
            format!("{sign}{kept}{zeros}")
        }
        Ok(whole) => {
            let (integer, fraction) = kept.split_at(whole + 1);
            format!("{sign}{integer}.{fraction}")
        }
        Err(_) => {
            let zeros = "0".repeat(usize::try_from(-exponent - 1).unwrap_or(0));
            format!("{sign}0.{zeros}{kept}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_the_program_shows() {
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (88.7, "88.7"),
            (0.1 + 0.2, "0.3"),
            (91.499_999_999_999_99, "91.5"),
            (2_026_001.0, "2026001"),
            (-3.25, "-3.25"),
            (0.0625, "0.0625"),
            (100.0, "100"),
            (1e5, "100000"),
            (202_609_010_001.0, "202609010001"),
            (202_609_010_001_234.0, "202609010001234"),
            (2_026_090_100_012_345.0, "2.02609010001234e15"),
        ] {
            assert_eq!(decimal(number), expected);
        }
        for odd in [f64::NAN, f64::INFINITY, 1e300, 1e-300] {
            assert!(decimal(odd).parse::<gradebook_domain::Points>().is_err());
        }
    }
}
