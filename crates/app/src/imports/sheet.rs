//! The content of the file: classes, pupils and entries, before the database is asked about them.

use std::collections::HashMap;

use gradebook_domain::{PointsError, Score};

use super::error::{Errors, ImportError, Unreadable};
use super::header::{self, Header};
use super::table::{self, Record};

/// A class as the file names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct ClassKey {
    pub(super) grade_level: String,
    pub(super) name: String,
}

/// An entry of a pupil in a subject.
pub(super) struct Entry {
    /// Place among [`Sheet::subjects`].
    pub(super) subject: usize,
    pub(super) score: Score,
    /// As it is written in the file.
    pub(super) text: String,
}

/// A pupil's row.
pub(super) struct Row {
    pub(super) line: u64,
    /// Place among [`Sheet::classes`].
    pub(super) class: usize,
    pub(super) number: String,
    pub(super) name: Option<String>,
    /// What is not blank: a blank cell leaves the stored score as it is.
    pub(super) entries: Vec<Entry>,
}

/// A file that could be read.
pub(super) struct Sheet {
    pub(super) header: Header,
    /// Titles of the columns with scores.
    pub(super) subjects: Vec<String>,
    /// The classes, with the line of their first row.
    pub(super) classes: Vec<(ClassKey, u64)>,
    pub(super) rows: Vec<Row>,
}

/// Rows of one file: what one transaction, and the bound parameters of one statement, can take.
const MOST_ROWS: usize = 20_000;

/// Reads the text of a file. What is wrong with single rows comes beside the sheet, so that it can
/// be told together with what only the database knows.
pub(super) fn read(text: &str) -> Result<(Sheet, Errors), ImportError> {
    let mut errors = Errors::default();
    let mut records = table::records(text).into_iter();
    let first = records.next().ok_or(Unreadable::Empty)?;
    let Some(header) = header::read(first, &mut errors) else {
        return Err(errors.refusal());
    };
    if records.len() == 0 {
        return Err(Unreadable::NoRows.into());
    }
    if records.len() > MOST_ROWS {
        return Err(Unreadable::TooManyRows { most: MOST_ROWS }.into());
    }
    let mut reading = Reading {
        header: &header,
        classes: Vec::new(),
        class_places: HashMap::new(),
        numbers: HashMap::new(),
        errors: &mut errors,
    };
    let rows = records.filter_map(|record| reading.row(record)).collect();
    let classes = reading.classes;
    let subjects = header.subjects.iter();
    let sheet = Sheet {
        subjects: subjects.map(|at| header.title(*at).to_owned()).collect(),
        classes,
        rows,
        header,
    };
    Ok((sheet, errors))
}

struct Reading<'a> {
    header: &'a Header,
    classes: Vec<(ClassKey, u64)>,
    class_places: HashMap<ClassKey, usize>,
    /// On which line each student number was.
    numbers: HashMap<String, u64>,
    errors: &'a mut Errors,
}

impl Reading<'_> {
    /// One row; `None` when it cannot be told whose it is.
    fn row(&mut self, record: Record) -> Option<Row> {
        let line = record.line;
        self.check_width(&record)?;
        let grade_level = self.text(&record, self.header.grade_level, 64);
        let class = self.text(&record, self.header.class, 64);
        let number = self.text(&record, self.header.number, 32);
        let name = match self.header.name {
            Some(at) if !field(&record, at).is_empty() => self.text(&record, at, 128),
            _ => None,
        };
        let entries = self.entries(&record);
        let number = number?;
        let column = (line, self.header.title(self.header.number));
        if let Some(earlier) = self.numbers.get(&number) {
            let detail = format!("the student is on line {earlier} and again on line {line}");
            self.errors
                .add(column, &number, "duplicate_student", detail);
            return None;
        }
        self.numbers.insert(number.clone(), line);
        let key = ClassKey {
            grade_level: grade_level?,
            name: class?,
        };
        let classes = &mut self.classes;
        let class = *self.class_places.entry(key.clone()).or_insert_with(|| {
            classes.push((key, line));
            classes.len() - 1
        });
        Some(Row {
            line,
            class,
            number,
            name,
            entries,
        })
    }

    /// A row with too few fields, or with text where the header has no column, may be shifted.
    fn check_width(&mut self, record: &Record) -> Option<()> {
        let width = self.header.titles.len();
        let used = record.fields.iter().rposition(|text| !text.is_empty());
        let overfull = used.is_some_and(|last| last >= width);
        if record.fields.len() >= width && !overfull {
            return Some(());
        }
        let found = record.fields.len();
        let open_quote = record.fields.iter().any(|text| text.contains('\n'));
        let hint = if open_quote {
            "; is a quotation mark left open?"
        } else {
            ""
        };
        let detail = format!("the row has {found} fields, the header {width}{hint}");
        let shown = record.fields.join(",");
        self.errors
            .add((record.line, ""), &shown, "wrong_number_of_fields", detail);
        None
    }

    /// A text that must be there and fit.
    fn text(&mut self, record: &Record, at: usize, longest: usize) -> Option<String> {
        let text = field(record, at);
        let column = (record.line, self.header.title(at));
        if text.is_empty() {
            self.errors
                .add(column, "", "missing_value", "this cell must not be empty");
            None
        } else if text.chars().count() > longest {
            let detail = format!("longer than {longest} characters");
            self.errors.add(column, text, "too_long", detail);
            None
        } else if text.chars().any(char::is_control) {
            let detail = "a line break or another control character";
            self.errors.add(column, text, "invalid_character", detail);
            None
        } else {
            Some(text.to_owned())
        }
    }

    fn entries(&mut self, record: &Record) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(self.header.subjects.len());
        for (subject, at) in self.header.subjects.iter().enumerate() {
            let text = field(record, *at);
            match Score::parse_entry(text) {
                Ok(Score::Blank) => {}
                Ok(score) => entries.push(Entry {
                    subject,
                    score,
                    text: text.to_owned(),
                }),
                Err(error) => {
                    let column = (record.line, self.header.title(*at));
                    let (code, detail) = explain(error);
                    self.errors.add(column, text, code, detail);
                }
            }
        }
        entries
    }
}

fn field(record: &Record, at: usize) -> &str {
    record.fields.get(at).map_or("", String::as_str)
}

fn explain(error: PointsError) -> (&'static str, &'static str) {
    match error {
        PointsError::NotANumber => (
            "not_a_number",
            "not a number, and not 缺考 (absent), 免考 (excused) or 未交 (missing)",
        ),
        PointsError::TooManyDecimals => ("too_many_decimals", "more than four decimal places"),
        PointsError::OutOfRange => ("above_maximum", "beyond every possible maximum"),
    }
}
