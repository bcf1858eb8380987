//! The rows that an import left out, as a file to correct and import again.

use gradebook_app::imports::LeftOut;
use gradebook_domain::ImportId;

use super::{Book, Cell, Column, Kind, Table};
use crate::i18n::{Locale, T};
use crate::pages::imports::left_out::reasons;

/// Columns that no import reads: the line that a row had, and what was wrong with it.
const ADDED: [&str; 2] = ["export-line", "export-why-left-out"];

/// The rows as they were, with the reasons behind them.
pub(crate) fn book(t: T, id: ImportId, left_out: &LeftOut) -> Book {
    // A file that was left out once more has these columns already.
    let added: Vec<String> = Locale::ALL
        .into_iter()
        .flat_map(|locale| ADDED.map(|key| T(locale).get(key)))
        .collect();
    let widest = left_out.rows.iter().map(|row| row.fields.len()).max();
    let width = left_out.titles.len().max(widest.unwrap_or(0));
    let title = |at: usize| left_out.titles.get(at).map_or("", String::as_str);
    let places: Vec<usize> = (0..width)
        .filter(|at| !added.iter().any(|name| name == title(*at)))
        .collect();
    let columns = places.iter().map(|at| title(*at).to_owned());
    let columns = columns.chain(ADDED.map(|key| t.get(key)));
    let rows = left_out.rows.iter().map(|row| {
        let field = |at: &usize| row.fields.get(*at).map_or(Cell::Empty, Cell::text);
        let why = reasons(t, row, left_out.of_course)
            .into_iter()
            .map(|(place, advice)| {
                if place.is_empty() {
                    advice
                } else {
                    format!("{place} · {advice}")
                }
            });
        let why: Vec<String> = why.collect();
        let added = [
            Cell::text(row.line.to_string()),
            Cell::text(why.join(" / ")),
        ];
        places.iter().map(field).chain(added).collect()
    });
    Book {
        file_name: t.get("export-left-out"),
        plain_name: format!("import-{id}-left-out"),
        title: t.get("export-left-out"),
        tables: vec![Table {
            name: t.get("export-students"),
            rows: rows.collect(),
            columns: columns
                .map(|title| Column::new(title, Kind::Words))
                .collect(),
            frozen: 0,
        }],
    }
}
