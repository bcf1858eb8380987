//! Which column of a roster holds what.

use std::collections::BTreeSet;

use super::super::error::Errors;
use super::super::header::{CLASS, Columns, GRADE_LEVEL, NAME, NUMBER, titles};
use super::super::table::Record;
use super::order::ImportRoster;

/// Titles as [`title_key`](super::super::header::title_key) writes them.
const SCHOOL_YEAR: &[&str] = &["学年", "schoolyear", "academicyear", "year"];
const FIRST_DAY: &[&str] = &[
    "入学日期",
    "入班日期",
    "入学时间",
    "入班时间",
    "joined",
    "joinedon",
    "joindate",
    "firstday",
    "startson",
    "startdate",
];
const USERNAME: &[&str] = &["用户名", "登录名", "账号", "username", "login"];
const ROLE: &[&str] = &["角色", "身份", "role"];
const STAFF_NUMBER: &[&str] = &["工号", "staffnumber"];
/// The titles of columns that rows are blamed for.
#[derive(Debug, Default)]
pub(super) struct Titles {
    pub(super) number: String,
    pub(super) class: String,
    pub(super) username: String,
    pub(super) first_day: String,
}

/// Where the columns are, counted from 0.
pub(super) struct Header {
    pub(super) titles: Vec<String>,
    pub(super) number: Option<usize>,
    pub(super) staff_number: Option<usize>,
    pub(super) name: usize,
    pub(super) school_year: Option<usize>,
    pub(super) grade_level: Option<usize>,
    pub(super) class: Option<usize>,
    pub(super) first_day: Option<usize>,
    pub(super) username: Option<usize>,
    pub(super) role: Option<usize>,
}

impl Header {
    pub(super) fn read(record: &Record, order: &ImportRoster, errors: &mut Errors) -> Option<Self> {
        let titles = titles(record);
        let mut columns = Columns::new(record.line, &titles, errors);
        let role = columns.role(ROLE, "", false);
        let of_pupils = role.is_none();
        let header = Self {
            number: columns.role(NUMBER, "学号 (student number)", of_pupils),
            staff_number: columns.role(STAFF_NUMBER, "", false),
            school_year: columns.role(SCHOOL_YEAR, "", false),
            grade_level: columns.role(
                GRADE_LEVEL,
                "年级 (grade level)",
                of_pupils && order.grade_level.is_none(),
            ),
            class: columns.role(CLASS, "班级 (class)", of_pupils && order.class.is_none()),
            first_day: columns.role(FIRST_DAY, "", false),
            username: columns.role(USERNAME, "", false),
            role,
            name: columns.role(NAME, "姓名 (name)", true).unwrap_or(0),
            titles: Vec::new(),
        };
        if errors.of_header(record.line) {
            return None;
        }
        Some(Self { titles, ..header })
    }

    pub(super) fn title(&self, column: Option<usize>) -> &str {
        let title = column.and_then(|at| self.titles.get(at));
        title.map_or("", String::as_str)
    }

    pub(super) fn ignored(&self) -> Vec<String> {
        let read: BTreeSet<usize> = [
            self.number,
            self.staff_number,
            Some(self.name),
            self.school_year,
            self.grade_level,
            self.class,
            self.first_day,
            self.username,
            self.role,
        ]
        .into_iter()
        .flatten()
        .collect();
        let all = self.titles.iter().enumerate();
        all.filter(|(at, title)| !read.contains(at) && !title.is_empty())
            .map(|(_, title)| title.clone())
            .collect()
    }

    pub(super) fn titles_of_roles(&self) -> Titles {
        Titles {
            number: self.title(self.number).to_owned(),
            class: self.title(self.class).to_owned(),
            username: self.title(self.username.or(self.number)).to_owned(),
            first_day: self.title(self.first_day).to_owned(),
        }
    }
}
