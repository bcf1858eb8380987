//! Tables as comma-separated values that spreadsheet programs read right.

use std::borrow::Cow;

use csv::{Terminator, WriterBuilder};

use super::WriteError;
use super::table::{Cell, Table};

/// Without it Excel takes UTF-8 for the local code page.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// UTF-8 with its mark, lines that end with CR LF. A line of titles stands there even when there are
/// no rows.
pub(super) fn write(table: Option<&Table>) -> Result<Vec<u8>, WriteError> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.to_vec());
    if let Some(table) = table {
        writer.write_record(
            table
                .columns
                .iter()
                .map(|one| inert(&one.header).into_owned()),
        )?;
        for row in &table.rows {
            writer.write_record(row.iter().map(|cell| field(cell).into_owned()))?;
        }
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()).into())
}

fn field(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Text(text) => inert(text),
        Cell::Number(number) => Cow::Borrowed(number.as_str()),
    }
}

/// Words that no spreadsheet computes: names and titles come from whoever typed them. The apostrophe
/// before them says that they are text. A number, negative or not, computes nothing.
pub(crate) fn inert(text: &str) -> Cow<'_, str> {
    let begins = text.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠',
    ]);
    if begins && !is_number(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A sign, digits and at most one point.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    !whole.is_empty() && !fraction.is_empty() && all_digits(whole) && all_digits(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exports::{Column, Kind};

    #[test]
    fn no_text_is_a_formula_and_numbers_stay_numbers() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+1+1", "'+1+1"),
            ("-1-1", "'-1-1"),
            ("-", "'-"),
            ("-.5e3", "'-.5e3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("\n=1", "'\n=1"),
            ("\0=1", "'\0=1"),
            ("＝1", "'＝1"),
            ("-7", "-7"),
            ("-7.25", "-7.25"),
            ("+86", "+86"),
            ("-7.", "'-7."),
            ("-1.2.3", "'-1.2.3"),
            ("12", "12"),
            ("O'Neil = 1, -2", "O'Neil = 1, -2"),
            ("", ""),
        ] {
            assert_eq!(inert(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_file_is_as_spreadsheets_want_it() {
        let table = Table {
            name: String::new(),
            columns: vec![
                Column::new("姓名", Kind::Words),
                Column::new("=x", Kind::Points),
            ],
            frozen: 1,
            rows: vec![
                vec![Cell::text("a \"b\", c"), Cell::Empty],
                vec![Cell::text("line\nbreak"), Cell::text("-1+1")],
            ],
        };
        let written = write(Some(&table)).unwrap();
        assert_eq!(
            String::from_utf8(written).unwrap(),
            "\u{feff}姓名,'=x\r\n\"a \"\"b\"\", c\",\r\n\"line\nbreak\",'-1+1\r\n"
        );
    }
}
