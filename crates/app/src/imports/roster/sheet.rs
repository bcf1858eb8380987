//! The content of a roster, before the database is asked about it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use gradebook_auth::Role;

use super::super::error::{Errors, ImportError, Unreadable};
use super::super::fields;
use super::super::header::title_key;
use super::super::table::{Record, Table};
use super::header::{Header, Titles};
use super::order::{ImportRoster, day};
use crate::text::has_unprintable;
use crate::username::username_key;

const STUDENTS: &[&str] = &["学生", "student", "pupil"];
const TEACHERS: &[&str] = &["教师", "老师", "teacher"];

/// A class as the file names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClassKey {
    pub(super) school_year: String,
    pub(super) grade_level: String,
    pub(super) name: String,
}

impl std::fmt::Display for ClassKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.grade_level, self.name)
    }
}

impl ClassKey {
    /// The form by which two spellings of one class are the same: without width, letter case and
    /// spaces.
    pub(super) fn folded(&self) -> (String, String, String) {
        let [year, level, name] =
            [&self.school_year, &self.grade_level, &self.name].map(|text| title_key(text));
        (year, level, name)
    }
}

/// Somebody of the file.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) line: u64,
    /// `Student` or `Teacher`.
    pub(super) role: Role,
    /// 学号; of teachers none.
    pub(super) number: Option<String>,
    pub(super) name: String,
    /// Place among [`Roster::classes`].
    pub(super) class: Option<usize>,
    /// As the file has it.
    pub(super) username: Option<String>,
    /// As the file or the order has it, ISO 8601.
    pub(super) first_day: Option<String>,
}

impl Row {
    /// What a new account would sign in with.
    pub(super) fn sign_in_name(&self) -> &str {
        let name = self.username.as_deref().or(self.number.as_deref());
        name.unwrap_or_default()
    }
}

/// A roster that could be read.
#[derive(Debug, Default)]
pub(super) struct Roster {
    /// The rows that are not wrong in themselves.
    pub(super) rows: Vec<Row>,
    pub(super) classes: Vec<ClassKey>,
    /// Number or username, and name, of every row, by line, also of those that are wrong.
    pub(super) named: BTreeMap<u64, (String, String)>,
    /// Every student number of the file, also of rows that are wrong.
    pub(super) numbers: HashSet<String>,
    /// The titles of columns that are not read.
    pub(super) ignored: Vec<String>,
    /// What columns are called in this file.
    pub(super) titles: Titles,
}

/// Reads the rows of a roster. What is wrong with single rows comes beside it, so that it can be told
/// together with what only the database knows.
pub(super) fn read(table: &Table, order: &ImportRoster) -> Result<(Roster, Errors), ImportError> {
    let mut errors = Errors::default();
    let mut records = table.records.iter();
    let first = records.next().ok_or(Unreadable::Empty)?;
    let Some(header) = Header::read(first, order, &mut errors) else {
        return Err(errors.refusal());
    };
    if records.len() == 0 {
        return Err(Unreadable::NoRows.into());
    }
    let mut reading = Reading {
        table,
        order,
        header: &header,
        errors: &mut errors,
        roster: Roster {
            ignored: header.ignored(),
            titles: header.titles_of_roles(),
            ..Roster::default()
        },
        places: HashMap::new(),
        stands: Vec::new(),
    };
    for record in records {
        if let Some(row) = reading.row(record) {
            reading.roster.rows.push(row);
        }
    }
    let (mut roster, stands) = (reading.roster, reading.stands);
    refuse_twice(&mut roster, &stands, &mut errors);
    Ok((roster, errors))
}

struct Reading<'a> {
    table: &'a Table,
    order: &'a ImportRoster,
    header: &'a Header,
    errors: &'a mut Errors,
    roster: Roster,
    places: HashMap<(String, String, String), usize>,
    stands: Vec<Stands>,
}

/// Whom a row names, also a row that is wrong: of two rows of one person a fault in one does not make
/// the other right.
struct Stands {
    line: u64,
    number: Option<String>,
    sign_in_name: Option<String>,
}

impl Reading<'_> {
    fn row(&mut self, record: &Record) -> Option<Row> {
        let header = self.header;
        if !fields::has_its_fields(self.table, record, header.titles.len(), self.errors) {
            return None;
        }
        let role = self.role(record);
        self.stand(record, role);
        let role = role?;
        let known = |at: Option<usize>| at.map(|at| record.field(at)).unwrap_or_default();
        let staff = header.staff_number.filter(|_| role == Role::Teacher);
        let shown = [known(header.number), known(staff), known(header.username)];
        let shown = shown.into_iter().find(|text| !text.is_empty());
        let name = record.field(header.name).to_owned();
        let of_line = (shown.unwrap_or_default().to_owned(), name);
        self.roster.named.insert(record.line, of_line);

        let name = self.printable(record, header.name, 128);
        let username = self.optional(record, header.username, 64)?;
        if role == Role::Teacher {
            return self.teacher(record, name?, username);
        }
        let number = self.needed(record, header.number, "学号 (student number)", 32);
        if let Some(number) = &number {
            self.roster.numbers.insert(number.clone());
        }
        let class = self.class(record);
        let first_day = self.first_day(record)?;
        Some(Row {
            line: record.line,
            role,
            number: Some(number?),
            name: name?,
            class: Some(class?),
            username,
            first_day,
        })
    }

    fn stand(&mut self, record: &Record, role: Option<Role>) {
        let header = self.header;
        let text = |at: Option<usize>| {
            let text = at.map(|at| record.field(at).to_owned());
            text.filter(|text| !text.is_empty())
        };
        let (number, otherwise) = match role {
            Some(Role::Teacher) => (None, text(header.staff_number.or(header.number))),
            _ => (text(header.number), text(header.number)),
        };
        self.stands.push(Stands {
            line: record.line,
            number,
            sign_in_name: text(header.username).or(otherwise),
        });
    }

    /// A teacher signs in with the username, or else with the staff number, which may stand under
    /// the heading of student numbers.
    fn teacher(&mut self, record: &Record, name: String, username: Option<String>) -> Option<Row> {
        let header = self.header;
        let staff = header.staff_number.or(header.number);
        let staff = self.optional(record, staff, 64)?;
        let Some(username) = username.or(staff) else {
            let column = (record.line, header.title(header.username));
            let detail = "a teacher needs what to sign in with, under 用户名 (username) or 工号 (staff number)";
            self.errors.add(column, "", "missing_value", detail);
            return None;
        };
        let class = header.class.map(|at| record.field(at)).unwrap_or_default();
        if !class.is_empty() {
            let column = (record.line, header.title(header.class));
            let detail =
                "a teacher belongs to no class: leave the cell empty, and give them courses";
            self.errors.add(column, class, "not_for_teachers", detail);
            return None;
        }
        Some(Row {
            line: record.line,
            role: Role::Teacher,
            number: None,
            name,
            class: None,
            username: Some(username),
            first_day: None,
        })
    }

    fn role(&mut self, record: &Record) -> Option<Role> {
        let Some(at) = self.header.role else {
            return Some(Role::Student);
        };
        let typed = record.field(at);
        let key = title_key(typed);
        if key.is_empty() || STUDENTS.contains(&key.as_str()) {
            return Some(Role::Student);
        }
        if TEACHERS.contains(&key.as_str()) {
            return Some(Role::Teacher);
        }
        let column = (record.line, self.header.title(Some(at)));
        let detail = "学生 (student) or 教师 (teacher); admins are added one by one";
        self.errors.add(column, typed, "invalid_role", detail);
        None
    }

    fn class(&mut self, record: &Record) -> Option<usize> {
        let (header, order) = (self.header, self.order);
        let year = self.or_default(record, header.school_year, &order.school_year, "学年", 32);
        let level = self.or_default(record, header.grade_level, &order.grade_level, "年级", 64);
        let name = self.or_default(record, header.class, &order.class, "班级", 64);
        let key = ClassKey {
            school_year: year?,
            grade_level: level?,
            name: name?,
        };
        let classes = &mut self.roster.classes;
        let place = self.places.entry(key.folded()).or_insert_with(|| {
            classes.push(key);
            classes.len() - 1
        });
        Some(*place)
    }

    /// `None` when the cell is wrong, `Some(None)` when nothing is stated.
    fn first_day(&mut self, record: &Record) -> Option<Option<String>> {
        let typed = self.optional(record, self.header.first_day, 32)?;
        let Some(typed) = typed else {
            return Some(self.order.first_day.clone());
        };
        match day(&typed) {
            Some(day) => Some(Some(day)),
            None => {
                let column = (record.line, self.header.title(self.header.first_day));
                let detail = "a date like 2026-09-01";
                self.errors.add(column, &typed, "invalid_first_day", detail);
                None
            }
        }
    }

    fn or_default(
        &mut self,
        record: &Record,
        at: Option<usize>,
        default: &Option<String>,
        shown: &str,
        longest: usize,
    ) -> Option<String> {
        match (self.optional(record, at, longest)?, default) {
            (Some(text), _) => Some(text),
            (None, Some(default)) => Some(default.clone()),
            (None, None) => self.needed(record, at, shown, longest),
        }
    }

    /// A cell that may be empty: `None` when what is there is wrong.
    fn optional(
        &mut self,
        record: &Record,
        at: Option<usize>,
        longest: usize,
    ) -> Option<Option<String>> {
        match at {
            Some(at) if fields::lacks_result(self.table, record.line, at) => {
                self.printable(record, at, longest).map(Some)
            }
            Some(at) if !record.field(at).is_empty() => {
                self.printable(record, at, longest).map(Some)
            }
            _ => Some(None),
        }
    }

    /// A cell that must not be empty, also where the file has no such column.
    fn needed(
        &mut self,
        record: &Record,
        at: Option<usize>,
        shown: &str,
        longest: usize,
    ) -> Option<String> {
        let Some(at) = at else {
            let detail = "neither the file nor the form says it";
            self.errors
                .add((record.line, shown), "", "missing_value", detail);
            return None;
        };
        self.printable(record, at, longest)
    }

    /// A text that must be there, fit, and can be seen.
    fn printable(&mut self, record: &Record, at: usize, longest: usize) -> Option<String> {
        let title = self.header.title(Some(at));
        let text = fields::text(self.table, record, (at, title), longest, self.errors)?;
        if has_unprintable(&text) {
            let detail = "a character that cannot be seen";
            self.errors
                .add((record.line, title), &text, "invalid_character", detail);
            return None;
        }
        Some(text)
    }
}

/// Whoever stands in the file twice is left out twice: nobody can tell which row is right.
fn refuse_twice(roster: &mut Roster, stands: &[Stands], errors: &mut Errors) {
    let mut by_number: HashMap<&str, Vec<u64>> = HashMap::new();
    let mut by_username: HashMap<String, Vec<u64>> = HashMap::new();
    for row in stands {
        if let Some(number) = &row.number {
            by_number.entry(number).or_default().push(row.line);
        }
        let name = row.sign_in_name.as_deref().unwrap_or_default();
        if let Ok(key) = username_key(name) {
            by_username.entry(key).or_default().push(row.line);
        }
    }
    let mut twice: BTreeSet<u64> = BTreeSet::new();
    let numbers = by_number.into_iter().map(|(number, lines)| {
        let title = roster.titles.number.as_str();
        (lines, title, number.to_owned(), "duplicate_student")
    });
    let usernames = by_username.into_iter().map(|(key, lines)| {
        let title = roster.titles.username.as_str();
        (lines, title, key, "duplicate_username")
    });
    for (lines, title, value, code) in numbers.chain(usernames) {
        // Who is there twice by number has said so already.
        if lines.len() < 2 || lines.iter().all(|line| twice.contains(line)) {
            continue;
        }
        twice.extend(&lines);
        errors.refuse_all(&lines, title, &value, code);
    }
    roster.rows.retain(|row| !twice.contains(&row.line));
}
