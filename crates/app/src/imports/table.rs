//! Rows of a table with the line on which each begins, whatever file they come from.

use std::collections::HashMap;

use csv::StringRecord;

use super::error::Unreadable;

/// Rows of one file besides its header: what one transaction, and the bound parameters of one
/// statement, can take.
pub(super) const MOST_ROWS: usize = 20_000;
/// Columns of one file.
pub(super) const MOST_COLUMNS: usize = 300;
/// Cells of one file, also empty ones between others: 20,000 rows of 31 columns. What is planned for each of
/// them is held in memory.
const MOST_CELLS: usize = 640_000;
/// Bytes of text in one file. A workbook may repeat one long text in every cell.
const MOST_TEXT: usize = 24 << 20;

/// One row.
#[derive(Debug, Clone)]
pub(super) struct Record {
    /// Line of the file on which it begins, from 1.
    pub(super) line: u64,
    /// Its fields without the spaces around them.
    pub(super) fields: StringRecord,
}

impl Record {
    pub(super) fn new(line: u64) -> Self {
        Self {
            line,
            fields: StringRecord::new(),
        }
    }

    /// A field; empty where there is none.
    pub(super) fn field(&self, at: usize) -> &str {
        self.fields.get(at).unwrap_or_default()
    }

    /// The last field that has anything in it.
    pub(super) fn last_used(&self) -> Option<usize> {
        (0..self.fields.len()).rfind(|at| !self.field(*at).is_empty())
    }

    fn is_blank(&self) -> bool {
        self.last_used().is_none()
    }
}

/// A file's rows.
#[derive(Debug)]
pub(super) struct Table {
    /// The rows that have anything in them.
    pub(super) records: Vec<Record>,
    /// Whether rows end at their last cell, as in a workbook, instead of having all fields.
    pub(super) ragged: bool,
    /// Columns that hold a formula without a result, by line.
    pub(super) formulas: HashMap<u64, Vec<usize>>,
}

/// Whether a table may have so many rows, with its header, and cells.
pub(super) fn check_size(rows: usize, cells: usize) -> Result<(), Unreadable> {
    if rows > MOST_ROWS + 1 {
        Err(Unreadable::TooManyRows { most: MOST_ROWS })
    } else if cells > MOST_CELLS {
        Err(Unreadable::TooManyCells { most: MOST_CELLS })
    } else {
        Ok(())
    }
}

/// Gathers rows up to the bounds of a table.
#[derive(Default)]
pub(super) struct TableBuilder {
    records: Vec<Record>,
    cells: usize,
    text: usize,
}

impl TableBuilder {
    pub(super) fn push(&mut self, record: Record) -> Result<(), Unreadable> {
        if record.is_blank() {
            return Ok(());
        }
        self.cells += record.fields.len();
        check_size(self.records.len() + 1, self.cells)?;
        self.records.push(record);
        Ok(())
    }

    /// The place of a column, if a table may have so many.
    pub(super) fn checked_column(column: u32) -> Result<usize, Unreadable> {
        usize::try_from(column)
            .ok()
            .filter(|column| *column < MOST_COLUMNS)
            .ok_or(Unreadable::TooManyColumns { most: MOST_COLUMNS })
    }

    pub(super) fn count_text(&mut self, bytes: usize) -> Result<(), Unreadable> {
        self.text += bytes;
        if self.text > MOST_TEXT {
            return Err(Unreadable::TooLarge);
        }
        Ok(())
    }

    pub(super) fn done(self) -> Result<Table, Unreadable> {
        if self.records.is_empty() {
            return Err(Unreadable::Empty);
        }
        Ok(Table {
            records: self.records,
            ragged: true,
            formulas: HashMap::new(),
        })
    }
}

/// The rows of a delimited text, which has `\n` at the end of its lines.
pub(super) fn delimited(text: &str) -> Result<Table, Unreadable> {
    let delimiter = delimiter(text);
    // A reader makes room for all fields of a row, several times over, before anybody can count them.
    if text.bytes().filter(|byte| *byte == delimiter).count() > MOST_CELLS {
        return Err(Unreadable::TooManyCells { most: MOST_CELLS });
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut lines = Lines {
        text: text.as_bytes(),
        at: 0,
        line: 1,
    };
    let mut table = TableBuilder::default();
    // Reading a text from memory cannot fail: it is UTF-8 and any number of fields is allowed.
    for mut fields in reader.records().map_while(Result::ok) {
        let line = fields
            .position()
            .map_or(lines.line, |start| lines.of_record(start.byte()));
        fields.trim();
        let record = Record { line, fields };
        if record.last_used().is_some_and(|last| last >= MOST_COLUMNS) {
            return Err(Unreadable::TooManyColumns { most: MOST_COLUMNS });
        }
        table.push(record)?;
    }
    Ok(Table {
        ragged: false,
        ..table.done()?
    })
}

/// Counts lines as the records go by. The reader's own count is of where it began to look for a
/// record, before the empty lines that it skips.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn of_record(&mut self, searched_from: u64) -> u64 {
        let searched_from = usize::try_from(searched_from).unwrap_or(usize::MAX);
        while let Some(byte) = self.text.get(self.at) {
            let is_break = *byte == b'\n';
            if self.at >= searched_from && !is_break {
                break;
            }
            self.line += u64::from(is_break);
            self.at += 1;
        }
        self.line
    }
}

/// The delimiter that the header has most of.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.trim().is_empty());
    let outside_quotes: String = header.unwrap_or_default().split('"').step_by(2).collect();
    let count = |delimiter: &u8| outside_quotes.bytes().filter(|b| b == delimiter).count();
    let mut best = b',';
    for other in [b';', b'\t'] {
        if count(&other) > count(&best) {
            best = other;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Vec<(u64, Vec<String>)> {
        let fields = |record: &Record| record.fields.iter().map(str::to_owned).collect();
        let table = delimited(text).unwrap();
        let records = table.records.iter();
        records
            .map(|record| (record.line, fields(record)))
            .collect()
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        let text = "\n\na,b\n1,\"x\ny\"\n\n,,\n  \n2,\"say \"\"hi\"\"\"\n\"\n3\",z";
        let lines: Vec<u64> = shape(text).iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [3, 4, 9, 10]);
        assert_eq!(shape(text)[1].1, ["1", "x\ny"]);
        assert_eq!(shape(text)[2].1, ["2", "say \"hi\""]);
    }

    #[test]
    fn the_header_shows_the_delimiter() {
        for delimiter in [',', ';', '\t'] {
            let text = format!("a{delimiter}b{delimiter}\"c;,\t;\"\n1{delimiter}2{delimiter}3");
            assert_eq!(shape(&text)[1].1, ["1", "2", "3"], "{delimiter:?}");
        }
    }

    #[test]
    fn spaces_around_fields_do_not_count() {
        assert_eq!(shape(" a ,\u{3000}b\n")[0].1, ["a", "b"]);
    }

    #[test]
    fn a_table_has_bounds() {
        let rows = |count: usize| "a,b\n".repeat(count + 1);
        assert!(delimited(&rows(MOST_ROWS)).is_ok());
        let many = delimited(&rows(MOST_ROWS + 1)).map(drop);
        assert_eq!(many, Err(Unreadable::TooManyRows { most: MOST_ROWS }));
        let wide = delimited(&"a,".repeat(MOST_COLUMNS + 1)).map(drop);
        assert_eq!(wide, Err(Unreadable::TooManyColumns { most: MOST_COLUMNS }));
        let commas = format!("{}a\n", ",".repeat(290)).repeat(2_300);
        let too_many = Err(Unreadable::TooManyCells { most: MOST_CELLS });
        assert_eq!(delimited(&commas).map(drop), too_many);
        // Rows without anything in them are no rows, but their fields take room.
        let blank = format!("a,b\n{}\n1,2\n", ",".repeat(MOST_CELLS));
        assert_eq!(delimited(&blank).map(drop), too_many);
    }
}
