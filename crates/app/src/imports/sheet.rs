//! The content of a file of scores: classes, pupils and entries, before the database is asked about
//! them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gradebook_domain::Score;

use super::error::{Errors, ImportError, Unreadable};
use super::fields;
use super::header::{self, Destination, Header, Scores, plain, title_key};
use super::ignored::IgnoredColumns;
use super::table::{Record, Table};

/// Characters of a number or a name that are shown of a row, whatever stands there.
const LONGEST_SHOWN: usize = 128;

/// A class as the file names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct ClassKey {
    pub(super) grade_level: String,
    pub(super) name: String,
}

/// An entry of a pupil in a subject or an assessment.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Line of the file on which it stands.
    pub(super) line: u64,
    /// Place among [`Sheet::subjects`].
    pub(super) subject: usize,
    pub(super) score: Score,
}

impl Entry {
    /// As it would be typed. What stands in the file is not kept: there are hundreds of thousands.
    pub(super) fn text(&self) -> String {
        match self.score {
            Score::Scored(points) => points.to_string(),
            Score::Absent => "缺考".to_owned(),
            Score::Excused => "免考".to_owned(),
            Score::Missing => "未交".to_owned(),
            Score::Blank => String::new(),
        }
    }
}

/// What a file says of a pupil: one row, or several where each has one score.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// The lines of the file that it stands on, ascending.
    pub(super) lines: Vec<u64>,
    /// Place among [`Sheet::classes`], once it is known.
    pub(super) class: Option<usize>,
    pub(super) number: String,
    pub(super) name: Option<String>,
    /// What is not blank: a blank cell leaves the stored score as it is.
    pub(super) entries: Vec<Entry>,
}

impl Row {
    /// Line of the file on which it begins.
    pub(super) fn line(&self) -> u64 {
        self.lines.first().copied().unwrap_or(0)
    }

    /// The lines that stay when these are left out.
    pub(super) fn kept_lines(&self, without: &BTreeSet<u64>) -> impl Iterator<Item = u64> {
        let lines = self.lines.iter().copied();
        lines.filter(|line| !without.contains(line))
    }
}

/// A file that could be read.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    pub(super) header: Header,
    /// Titles of the columns with scores, or the assessments that rows name.
    pub(super) subjects: Vec<String>,
    /// The classes, with the line of their first row.
    pub(super) classes: Vec<(ClassKey, u64)>,
    /// The rows that are not wrong in themselves.
    pub(super) rows: Vec<Row>,
    /// Number and name of every row, by line, also of those that are wrong.
    pub(super) named: BTreeMap<u64, (String, String)>,
    /// The titles of columns, or the assessments that rows name, that are left out.
    pub(super) ignored: Vec<String>,
}

impl Sheet {
    /// Whether the pupils' classes have to be found by their enrolments.
    pub(super) fn is_without_classes(&self) -> bool {
        self.header.class.is_none()
    }
}

/// Reads the rows of a file. What is wrong with single rows comes beside the sheet, so that it can
/// be told together with what only the database knows.
pub(super) fn read(
    table: Table,
    destination: Destination<'_>,
    ignore: &IgnoredColumns,
) -> Result<(Sheet, Errors), ImportError> {
    let mut errors = Errors::default();
    let mut records = table.records.iter();
    let first = records.next().ok_or(Unreadable::Empty)?;
    let Some(header) = header::read(first, destination, ignore, &mut errors) else {
        return Err(errors.refusal());
    };
    if records.len() == 0 {
        return Err(Unreadable::NoRows.into());
    }
    let mut reading = Reading {
        header: &header,
        table: &table,
        subjects: Vec::new(),
        subject_places: HashMap::new(),
        classes: Vec::new(),
        class_places: HashMap::new(),
        students: HashMap::new(),
        rows: Vec::new(),
        named: BTreeMap::new(),
        stands: BTreeMap::new(),
        ignore,
        ignored: header.ignored.clone(),
        errors: &mut errors,
    };
    match header.scores.clone() {
        Scores::Wide(columns) => {
            let titles = columns.iter().map(|at| header.title(*at).to_owned());
            reading.subjects = titles.collect();
            for record in records {
                reading.wide(record, &columns);
            }
        }
        Scores::Long { assessment, value } => {
            for record in records {
                reading.long(record, (assessment, value));
            }
        }
    }
    reading.refuse_twice();
    let Reading {
        subjects,
        classes,
        rows,
        named,
        ignored,
        ..
    } = reading;
    let sheet = Sheet {
        subjects,
        classes,
        rows,
        named,
        ignored,
        header,
    };
    Ok((sheet, errors))
}

struct Reading<'a> {
    header: &'a Header,
    table: &'a Table,
    subjects: Vec<String>,
    subject_places: HashMap<String, usize>,
    classes: Vec<(ClassKey, u64)>,
    class_places: HashMap<ClassKey, usize>,
    /// The place of each student number among the rows.
    students: HashMap<String, usize>,
    rows: Vec<Row>,
    named: BTreeMap<u64, (String, String)>,
    /// The lines about each student, or about each student in an assessment: also those that are wrong,
    /// for of two rows of one student a fault in one does not make the other right.
    stands: BTreeMap<(String, Option<String>), Vec<u64>>,
    ignore: &'a IgnoredColumns,
    ignored: Vec<String>,
    errors: &'a mut Errors,
}

impl Reading<'_> {
    /// A row with a score in each column.
    fn wide(&mut self, record: &Record, columns: &[usize]) {
        self.name(record);
        self.stand(record, None);
        if !self.has_its_fields(record) {
            return;
        }
        let student = self.student(record);
        let entries = self.entries(record, columns);
        let Some((class, number, name)) = student else {
            return;
        };
        self.keep(record.line, class, number, name, entries);
    }

    /// A row with one score of an assessment that it names.
    fn long(&mut self, record: &Record, (assessment, value): (usize, usize)) {
        self.name(record);
        let named = plain(record.field(assessment));
        let (key, ignored) = (title_key(named), self.ignore.has(named));
        if !ignored && !key.is_empty() {
            self.stand(record, Some(&key));
        }
        if !self.has_its_fields(record) {
            return;
        }
        if ignored {
            // Nothing is asked of a line from which nothing is taken, and nobody is known by it.
            if !self.ignored.iter().any(|known| title_key(known) == key) {
                self.ignored.push(named.to_owned());
            }
            return;
        }
        let title = self.text(record, assessment, 128);
        let student = self.student(record);
        let score = self.score(record, value);
        let (Some((class, number, name)), Some(title), Some(score)) = (student, title, score)
        else {
            return;
        };
        let subjects = &mut self.subjects;
        let subject = *self.subject_places.entry(key).or_insert_with(|| {
            subjects.push(title);
            subjects.len() - 1
        });
        let entry = (score != Score::Blank).then_some(Entry {
            line: record.line,
            subject,
            score,
        });
        self.add(record.line, (class, number, name), entry);
    }

    /// One more line of a student, with or without an entry.
    fn add(
        &mut self,
        line: u64,
        (class, number, name): (Option<ClassKey>, String, Option<String>),
        entry: Option<Entry>,
    ) {
        match self.students.get(&number) {
            Some(place) => {
                let row = &mut self.rows[*place];
                row.lines.push(line);
                row.entries.extend(entry);
            }
            None => self.keep(line, class, number, name, entry.into_iter().collect()),
        }
    }

    /// Remembers whom a row names, whatever else is wrong with it or left out of it.
    fn name(&mut self, record: &Record) {
        let number = plain(record.field(self.header.number));
        let name = self.header.name.map(|at| plain(record.field(at)));
        let shown = [number, name.unwrap_or_default()].map(shown);
        self.named.insert(record.line, shown.into());
    }

    /// Remembers that a row stands for a student, or for one in an assessment.
    fn stand(&mut self, record: &Record, assessment: Option<&str>) {
        let number = shown(plain(record.field(self.header.number)));
        if !number.is_empty() {
            let about = (number, assessment.map(str::to_owned));
            self.stands.entry(about).or_default().push(record.line);
        }
    }

    /// Rows about the same are all left out: nobody can tell which is right.
    fn refuse_twice(&mut self) {
        let mut twice = BTreeSet::new();
        for ((number, assessment), lines) in std::mem::take(&mut self.stands) {
            if lines.len() < 2 {
                continue;
            }
            let title = self.header.title(self.header.number);
            let code = match assessment {
                None => "duplicate_student",
                Some(_) => "duplicate_cell",
            };
            self.errors.refuse_all(&lines, title, &number, code);
            twice.extend(lines);
        }
        if twice.is_empty() {
            return;
        }
        for row in &mut self.rows {
            row.lines.retain(|line| !twice.contains(line));
            row.entries.retain(|entry| !twice.contains(&entry.line));
        }
        self.rows.retain(|row| !row.lines.is_empty());
    }

    fn keep(
        &mut self,
        line: u64,
        class: Option<ClassKey>,
        number: String,
        name: Option<String>,
        entries: Vec<Entry>,
    ) {
        let classes = &mut self.classes;
        let places = &mut self.class_places;
        let class = class.map(|key| {
            *places.entry(key.clone()).or_insert_with(|| {
                classes.push((key, line));
                classes.len() - 1
            })
        });
        self.students.insert(number.clone(), self.rows.len());
        self.rows.push(Row {
            lines: vec![line],
            class,
            number,
            name,
            entries,
        });
    }

    /// Who a row is about, and the class that it names; nothing when it cannot be told.
    fn student(&mut self, record: &Record) -> Option<(Option<ClassKey>, String, Option<String>)> {
        let class = match self.header.class {
            Some((grade_level, class)) => {
                let grade_level = self.text(record, grade_level, 64);
                let name = self.text(record, class, 64);
                Some(grade_level.zip(name))
            }
            None => None,
        };
        let number = self.text(record, self.header.number, 32);
        let name = match self.header.name {
            Some(at) if !record.field(at).is_empty() => self.text(record, at, 128),
            _ => None,
        };
        let class = match class {
            Some(named) => {
                let (grade_level, name) = named?;
                Some(ClassKey { grade_level, name })
            }
            None => None,
        };
        Some((class, number?, name))
    }

    fn has_its_fields(&mut self, record: &Record) -> bool {
        let width = self.header.titles.len();
        fields::has_its_fields(self.table, record, width, self.errors)
    }

    /// A text that must be there and fit.
    fn text(&mut self, record: &Record, at: usize, longest: usize) -> Option<String> {
        let column = (at, self.header.title(at));
        fields::text(self.table, record, column, longest, self.errors)
    }

    fn entries(&mut self, record: &Record, columns: &[usize]) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(columns.len());
        for (subject, at) in columns.iter().enumerate() {
            match self.score(record, *at) {
                None | Some(Score::Blank) => {}
                Some(score) => entries.push(Entry {
                    line: record.line,
                    subject,
                    score,
                }),
            }
        }
        entries
    }

    fn score(&mut self, record: &Record, at: usize) -> Option<Score> {
        let text = record.field(at);
        let column = (record.line, self.header.title(at));
        if fields::lacks_result(self.table, record.line, at) {
            let (code, detail) = fields::NO_RESULT;
            self.errors.add(column, "", code, detail);
            return None;
        }
        match Score::parse_entry(text) {
            Ok(score) => Some(score),
            Err(error) => {
                let (code, detail) = fields::explain(error);
                self.errors.add(column, text, code, detail);
                None
            }
        }
    }
}

/// A number or a name as far as it is shown.
fn shown(text: &str) -> String {
    text.chars().take(LONGEST_SHOWN).collect()
}
