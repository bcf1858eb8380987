//! Tables with their titles only, to fill in and import.

use super::{Book, Column, Kind, Table};
use crate::i18n::T;

fn book(t: T, plain: &str, title: &str, titles: Vec<String>, frozen: u16) -> Book {
    let columns = titles.into_iter();
    Book {
        file_name: t.get(title),
        plain_name: plain.to_owned(),
        title: t.get(title),
        tables: vec![Table {
            name: t.get("export-students"),
            columns: columns.map(|one| Column::new(one, Kind::Words)).collect(),
            frozen,
            rows: Vec::new(),
        }],
    }
}

/// Who belongs to which class.
pub(crate) fn roster(t: T) -> Book {
    let titles = [
        "term-year",
        "export-grade-level",
        "export-class",
        "export-student-number",
        "export-name",
        "export-joined",
        "export-username",
        "account-role",
    ];
    let titles = titles.map(|key| t.get(key)).to_vec();
    book(t, "roster", "imports-form-roster", titles, 5)
}

/// The scores of an exam in these subjects.
pub(crate) fn scores(t: T, subjects: impl Iterator<Item = String>) -> Book {
    let titles = [
        "export-grade-level",
        "export-class",
        "export-student-number",
        "export-name",
    ];
    let titles = titles.map(|key| t.get(key)).into_iter().chain(subjects);
    book(t, "scores", "imports-form-scores", titles.collect(), 4)
}
