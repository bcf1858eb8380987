//! Which column of the file holds what.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

use super::error::Errors;
use super::ignored::IgnoredColumns;
use super::table::Record;

/// Where the columns are, counted from 0.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) line: u64,
    /// The titles of all columns as they are written.
    pub(super) titles: Vec<String>,
    /// Grade level and class; without them a student's class is the one of the enrolment.
    pub(super) class: Option<(usize, usize)>,
    pub(super) number: usize,
    pub(super) name: Option<usize>,
    pub(super) scores: Scores,
    /// The titles of columns that are left out.
    pub(super) ignored: Vec<String>,
}

/// Where the scores are.
#[derive(Debug, Clone)]
pub(super) enum Scores {
    /// Each of these columns holds those of one subject or assessment.
    Wide(Vec<usize>),
    /// Each row holds one, of the assessment that it names.
    Long {
        /// The column that names the assessment.
        assessment: usize,
        /// The column with the score.
        value: usize,
    },
}

/// Where the scores of a file are to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination<'a> {
    /// An exam: a column is a subject.
    Exam,
    /// One course: a column is an assessment, which may be called this, as [`title_key`] writes it.
    Course(&'a HashSet<String>),
}

impl Header {
    /// The title of a column; empty for one that has none.
    pub(super) fn title(&self, column: usize) -> &str {
        self.titles.get(column).map_or("", String::as_str)
    }
}

/// Titles as [`title_key`] writes them.
pub(super) const GRADE_LEVEL: &[&str] = &["年级", "gradelevel", "grade"];
pub(super) const CLASS: &[&str] = &["班级", "班", "class", "classname"];
pub(super) const NUMBER: &[&str] = &[
    "考号",
    "学号",
    "考生号",
    "准考证号",
    "studentnumber",
    "studentno",
    "studentid",
    "number",
];
pub(super) const NAME: &[&str] = &["姓名", "学生姓名", "name", "studentname"];
const ASSESSMENT: &[&str] = &["assessment", "测评", "考核", "subject", "科目", "学科"];
const VALUE: &[&str] = &["value", "score", "分数", "成绩", "得分"];
/// What sheets and gradebooks show beside the scores: it follows from them.
const DERIVED: &[&str] = &[
    "原文件行号",
    "未导入原因",
    "lineinthefile",
    "whyleftout",
    "总分",
    "名次",
    "排名",
    "班级名次",
    "年级名次",
    "班级排名",
    "年级排名",
    "序号",
    "平均",
    "平均分",
    "当前",
    "最终",
    "总评",
    "等第",
    "等级",
    "total",
    "rank",
    "classrank",
    "graderank",
    "mean",
    "average",
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

/// Whether a column with this title follows from others: totals, ranks and a category's percentage.
pub(super) fn is_derived(title: &str) -> bool {
    title.ends_with('%') || DERIVED.contains(&title_key(title).as_str())
}

/// Behind which an export puts an apostrophe before a text.
const SIGNS: [char; 12] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠',
];

/// A text without the apostrophe that keeps a spreadsheet program from taking it for a formula.
pub(super) fn plain(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(SIGNS) => rest,
        _ => text,
    }
}

/// The titles of a header row without the empty ones behind the last.
pub(super) fn titles(record: &Record) -> Vec<String> {
    let mut titles: Vec<String> = record.fields.iter().map(plain).map(str::to_owned).collect();
    while titles.last().is_some_and(String::is_empty) {
        titles.pop();
    }
    titles
}

/// Finds columns by what they are called.
pub(super) struct Columns<'a> {
    line: u64,
    titles: &'a [String],
    keys: Vec<String>,
    pub(super) errors: &'a mut Errors,
}

impl<'a> Columns<'a> {
    pub(super) fn new(line: u64, titles: &'a [String], errors: &'a mut Errors) -> Self {
        Self {
            line,
            titles,
            keys: titles.iter().map(|title| title_key(title)).collect(),
            errors,
        }
    }

    /// The column with one of these names. Two of them, or none where one is needed, is an error.
    pub(super) fn role(&mut self, names: &[&str], shown: &str, needed: bool) -> Option<usize> {
        let mut columns =
            (0..self.keys.len()).filter(|at| names.contains(&self.keys[*at].as_str()));
        let first = columns.next();
        if let (Some(first), Some(second)) = (first, columns.next()) {
            let (first, second) = (&self.titles[first], &self.titles[second]);
            let detail = format!("{first} and {second} mean the same");
            self.errors
                .add((self.line, second), "", "duplicate_column", detail);
        }
        if needed && first.is_none() {
            let detail = format!("the file has no column {shown}");
            self.errors
                .add((self.line, shown), "", "missing_column", detail);
        }
        first
    }

    fn has(&self, names: &[&str]) -> bool {
        self.keys.iter().any(|key| names.contains(&key.as_str()))
    }

    /// The columns that are called nothing of this, and have a title.
    fn others(&self, known: &[&str]) -> Vec<usize> {
        (0..self.keys.len())
            .filter(|at| !self.keys[*at].is_empty() && !known.contains(&self.keys[*at].as_str()))
            .collect()
    }
}

/// Reads the header; `None` when rows cannot be read with it, for a reason among `errors`.
pub(super) fn read(
    record: &Record,
    destination: Destination<'_>,
    ignore: &IgnoredColumns,
    errors: &mut Errors,
) -> Option<Header> {
    let (line, titles) = (record.line, titles(record));
    let mut columns = Columns::new(line, &titles, errors);
    let long = columns.has(ASSESSMENT) && columns.has(VALUE);
    // Without either, classes are found by the enrolments.
    let names_class = columns.has(GRADE_LEVEL) || columns.has(CLASS);
    let class_needed = destination == Destination::Exam && names_class;
    let grade_level = columns.role(GRADE_LEVEL, "年级 (grade level)", class_needed);
    let class = columns.role(CLASS, "班级 (class)", class_needed);
    let number = columns.role(NUMBER, "考号 / 学号 (student number)", true);
    let name = columns.role(NAME, "姓名 (name)", false);
    let class = grade_level.zip(class);
    if class_needed && class.is_none() {
        return None;
    }
    let mut ignored = Vec::new();
    let scores = if long {
        Scores::Long {
            assessment: columns.role(ASSESSMENT, "assessment", true)?,
            value: columns.role(VALUE, "value", true)?,
        }
    } else {
        let known = [GRADE_LEVEL, CLASS, NUMBER, NAME].concat();
        let mut scores = columns.others(&known);
        match destination {
            Destination::Exam => scores.retain(|at| !is_derived(&titles[*at])),
            Destination::Course(assessments) => {
                // An assessment may be called "Final", too: it stands before what follows from it.
                // An export gives it a longer name then, and what has the short one is the total.
                let has_longer = |key: &str| {
                    columns.keys.iter().any(|other| {
                        let rest = other.strip_prefix(key);
                        rest.is_some_and(|rest| rest.starts_with('('))
                            && assessments.contains(other)
                    })
                };
                let mut seen = HashSet::new();
                scores.retain(|at| {
                    let key = &columns.keys[*at];
                    let first = seen.insert(key.clone());
                    let named = first && assessments.contains(key) && !has_longer(key);
                    named || !is_derived(&titles[*at])
                });
            }
        }
        scores.retain(|at| {
            let ignore = ignore.has(&titles[*at]);
            if ignore {
                ignored.push(titles[*at].clone());
            }
            !ignore
        });
        refuse_twice(&columns.keys, &titles, &scores, line, columns.errors);
        if scores.is_empty() {
            let detail = "no column holds scores";
            errors.add((line, ""), "", "no_subject_column", detail);
        }
        Scores::Wide(scores)
    };
    Some(Header {
        line,
        class: class.filter(|_| destination == Destination::Exam),
        number: number?,
        name,
        scores,
        ignored,
        titles,
    })
}

fn refuse_twice(
    keys: &[String],
    titles: &[String],
    scores: &[usize],
    line: u64,
    errors: &mut Errors,
) {
    for (nth, second) in scores.iter().enumerate() {
        if scores[..nth]
            .iter()
            .any(|first| keys[*first] == keys[*second])
        {
            let detail = format!("the column {} stands twice", titles[*second]);
            errors.add((line, &titles[*second]), "", "duplicate_column", detail);
        }
    }
}
