//! Tables of cells, whatever they are written as.

use gradebook_domain::Score;

use crate::i18n::{Locale, T};
use crate::number::Number;

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Nothing.
    Empty,
    /// Words: never a formula, whatever they begin with.
    Text(String),
    /// A number.
    Number(Number),
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A score as a teacher would type it.
    pub(super) fn score(t: T, score: Score) -> Self {
        let code = match (score, t.locale()) {
            (Score::Blank, _) => return Self::Empty,
            (Score::Scored(value), _) => return Self::Number(value.into()),
            (Score::Absent, Locale::ZhCn) => "缺考",
            (Score::Absent, Locale::En) => "abs",
            (Score::Excused, Locale::ZhCn) => "免考",
            (Score::Excused, Locale::En) => "ex",
            (Score::Missing, Locale::ZhCn) => "未交",
            (Score::Missing, Locale::En) => "mi",
        };
        Self::text(code)
    }

    /// As it is shown.
    pub(super) fn shown(&self) -> &str {
        match self {
            Self::Empty => "",
            Self::Text(text) => text,
            Self::Number(number) => number.as_str(),
        }
    }
}

/// What the numbers of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// There are none.
    Words,
    /// Points, with as many decimals as there are in the column.
    Points,
    /// Rounded to two places.
    Rounded,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(super) header: String,
    pub(super) kind: Kind,
}

impl Column {
    pub(super) fn new(header: impl Into<String>, kind: Kind) -> Self {
        Self {
            header: header.into(),
            kind,
        }
    }
}

/// A table with a line of titles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    /// What the sheet of a workbook is called.
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    /// How many columns stay in sight.
    pub(super) frozen: u16,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// What is in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Book {
    /// The name of the file without its ending, for people.
    pub(crate) file_name: String,
    /// The same for programs that read ASCII only.
    pub(crate) plain_name: String,
    /// What kind of file it is, in words.
    pub(crate) title: String,
    /// The tables; the first one is the file's matter.
    pub(crate) tables: Vec<Table>,
}
