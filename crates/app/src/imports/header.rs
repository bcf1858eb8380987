//! Which column of the file holds what.

use unicode_normalization::UnicodeNormalization;

use super::error::Errors;
use super::table::Record;

/// Where the columns are, counted from 0.
pub(super) struct Header {
    pub(super) line: u64,
    /// The titles of all columns as they are written.
    pub(super) titles: Vec<String>,
    pub(super) grade_level: usize,
    pub(super) class: usize,
    pub(super) number: usize,
    pub(super) name: Option<usize>,
    /// The columns that hold scores.
    pub(super) subjects: Vec<usize>,
}

impl Header {
    /// The title of a column; empty for one that has none.
    pub(super) fn title(&self, column: usize) -> &str {
        self.titles.get(column).map_or("", String::as_str)
    }
}

/// Titles as [`title_key`] writes them.
const GRADE_LEVEL: &[&str] = &["年级", "gradelevel", "grade"];
const CLASS: &[&str] = &["班级", "班", "class", "classname"];
const NUMBER: &[&str] = &[
    "考号",
    "学号",
    "考生号",
    "准考证号",
    "studentnumber",
    "studentno",
    "studentid",
    "number",
];
const NAME: &[&str] = &["姓名", "学生姓名", "name", "studentname"];
/// What sheets and gradebooks show beside the scores: it follows from them.
const DERIVED: &[&str] = &[
    "总分",
    "名次",
    "排名",
    "班级名次",
    "年级名次",
    "班级排名",
    "年级排名",
    "序号",
    "total",
    "rank",
    "classrank",
    "graderank",
    "平均",
    "平均分",
    "mean",
    "average",
    "当前",
    "最终",
    "等第",
    "current",
    "final",
    "letter",
];

/// Whether a column of this title is none of an assessment.
pub(crate) fn is_reserved(key: &str) -> bool {
    [GRADE_LEVEL, CLASS, NUMBER, NAME, DERIVED]
        .iter()
        .any(|names| names.contains(&key))
}

/// The form by which titles and names of subjects are compared: without letter case, width,
/// spaces, hyphens and underscores.
pub(crate) fn title_key(title: &str) -> String {
    title
        .nfkc()
        .filter(|character| !character.is_whitespace() && !matches!(character, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Reads the header; `None` when rows cannot be read with it, for a reason among `errors`.
pub(super) fn read(record: Record, errors: &mut Errors) -> Option<Header> {
    let (line, mut titles) = (record.line, record.fields);
    // Spreadsheets write empty cells behind the last title.
    while titles.last().is_some_and(String::is_empty) {
        titles.pop();
    }
    let keys: Vec<String> = titles.iter().map(|title| title_key(title)).collect();
    let mut role = |names: &[&str], shown: &str, needed: bool| {
        let mut columns = (0..keys.len()).filter(|at| names.contains(&keys[*at].as_str()));
        let first = columns.next();
        if let (Some(first), Some(second)) = (first, columns.next()) {
            let detail = format!("{} and {} mean the same", titles[first], titles[second]);
            errors.add((line, &titles[second]), "", "duplicate_column", detail);
        }
        if needed && first.is_none() {
            let detail = format!("the file has no column {shown}");
            errors.add((line, shown), "", "missing_column", detail);
        }
        first
    };
    let grade_level = role(GRADE_LEVEL, "年级 (grade level)", true);
    let class = role(CLASS, "班级 (class)", true);
    let number = role(NUMBER, "考号 / 学号 (student number)", true);
    let name = role(NAME, "姓名 (name)", false);
    let known = [GRADE_LEVEL, CLASS, NUMBER, NAME, DERIVED].concat();
    let subjects: Vec<usize> = (0..keys.len())
        .filter(|at| !keys[*at].is_empty() && !known.contains(&keys[*at].as_str()))
        .collect();
    for (nth, second) in subjects.iter().enumerate() {
        if subjects[..nth]
            .iter()
            .any(|first| keys[*first] == keys[*second])
        {
            let detail = format!("the column {} stands twice", titles[*second]);
            errors.add((line, &titles[*second]), "", "duplicate_column", detail);
        }
    }
    if subjects.is_empty() {
        errors.add(
            (line, ""),
            "",
            "no_subject_column",
            "no column holds scores",
        );
    }
    Some(Header {
        line,
        grade_level: grade_level?,
        class: class?,
        number: number?,
        name,
        subjects,
        titles,
    })
}
