//! A class's sheet of an exam as a file: the form that the importer reads.

use std::collections::HashMap;

use gradebook_app::ExamSheetView;
use gradebook_domain::{AssessmentId, Score, UserId};

use super::gradebook::{mean, state};
use super::{Book, Cell, Column, Kind, Table, number};
use crate::i18n::T;
use crate::number::Number;
use crate::pages::words::{class_name, subject_name, teacher_names};

/// The sheet with sums and ranks, and a list of its columns.
pub(crate) fn book(t: T, view: &ExamSheetView) -> Book {
    let first = view.columns.first().map(|(_, course)| &course.class);
    let class = first.map_or_else(String::new, class_name);
    Book {
        file_name: format!("{} {class}", view.exam.name),
        plain_name: format!("exam-{}-class-{}", view.exam.id, view.class),
        title: t.get("export-sheet"),
        tables: vec![scores(t, view), subjects(t, view)],
    }
}

fn scores(t: T, view: &ExamSheetView) -> Table {
    let mut columns = vec![
        Column::new(t.get("export-grade-level"), Kind::Words),
        Column::new(t.get("export-class"), Kind::Words),
        Column::new(t.get("export-candidate-number"), Kind::Words),
        Column::new(t.get("export-name"), Kind::Words),
    ];
    let subjects = view.columns.iter();
    columns.extend(
        subjects.map(|(_, course)| Column::new(subject_name(t, &course.subject), Kind::Points)),
    );
    columns.extend([
        Column::new(t.get("export-total"), Kind::Points),
        Column::new(t.get("export-mean"), Kind::Rounded),
        Column::new(t.get("export-rank"), Kind::Points),
    ]);
    let (grade_level, class) = view
        .columns
        .first()
        .map(|(_, course)| {
            (
                course.class.grade_level.as_str(),
                course.class.name.as_str(),
            )
        })
        .unwrap_or_default();
    let by_cell: HashMap<(AssessmentId, UserId), Score> = view
        .cells
        .iter()
        .map(|cell| &cell.stored)
        .map(|stored| ((stored.assessment, stored.student), stored.score))
        .collect();
    let rows = view
        .students
        .iter()
        .zip(&view.totals)
        .map(|(student, totals)| {
            let mut row = vec![
                Cell::text(grade_level),
                Cell::text(class),
                Cell::text(&student.student_number),
                Cell::text(&student.name),
            ];
            row.extend(view.columns.iter().map(|(column, _)| {
                let score = by_cell.get(&(column.assessment.id, student.id)).copied();
                Cell::score(t, score.unwrap_or_default())
            }));
            row.extend([
                number(totals.total.map(Number::from)),
                number(totals.mean.as_ref().map(Number::from)),
                number(totals.rank.map(Number::from)),
            ]);
            row
        });
    Table {
        name: t.get("export-scores"),
        rows: rows.collect(),
        columns,
        frozen: 4,
    }
}

fn subjects(t: T, view: &ExamSheetView) -> Table {
    let columns = vec![
        Column::new(t.get("export-subject"), Kind::Words),
        Column::new(t.get("export-teachers"), Kind::Words),
        Column::new(t.get("export-full-marks"), Kind::Points),
        Column::new(t.get("export-date"), Kind::Words),
        Column::new(t.get("export-state"), Kind::Words),
        Column::new(t.get("export-mean"), Kind::Rounded),
    ];
    let rows = view.columns.iter().map(|(column, course)| {
        vec![
            Cell::Text(subject_name(t, &course.subject)),
            Cell::Text(teacher_names(t, course)),
            Cell::Number(column.assessment.limits.max_score.into()),
            Cell::text(&column.assessment.held_on),
            state(t, column.assessment.state),
            mean(column),
        ]
    });
    Table {
        name: t.get("export-assessments"),
        rows: rows.collect(),
        columns,
        frozen: 1,
    }
}
