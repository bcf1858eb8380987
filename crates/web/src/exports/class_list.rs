//! The list of a class as a file.

use gradebook_app::exports::ClassListView;

use super::{Book, Cell, Column, Kind, Table};
use crate::i18n::T;
use crate::pages::words::class_name;

/// Who belongs to the class today or later.
pub(crate) fn book(t: T, view: &ClassListView) -> Book {
    let class = &view.class;
    let mut columns = vec![
        "export-grade-level",
        "export-class",
        "export-student-number",
        "export-name",
        "export-joined",
        "export-leaves",
    ];
    // After the name.
    let place: u16 = 4;
    if view.usernames {
        columns.insert(usize::from(place), "export-username");
    }
    let rows = view.members.iter().map(|member| {
        let mut row = vec![
            Cell::text(&class.grade_level),
            Cell::text(&class.name),
            Cell::text(&member.student.student_number),
            Cell::text(&member.student.name),
            Cell::text(&member.starts_on),
            member.ends_on.as_ref().map_or(Cell::Empty, Cell::text),
        ];
        if view.usernames {
            row.insert(usize::from(place), Cell::text(&member.username));
        }
        row
    });
    Book {
        file_name: format!("{} {}", class_name(class), class.school_year),
        plain_name: format!("class-{}", class.id),
        title: t.get("export-class-list"),
        tables: vec![Table {
            name: t.get("export-students"),
            rows: rows.collect(),
            columns: columns
                .into_iter()
                .map(|key| Column::new(t.get(key), Kind::Words))
                .collect(),
            frozen: place,
        }],
    }
}
