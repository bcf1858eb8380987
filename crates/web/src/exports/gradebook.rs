//! A course's gradebook as a file.

use std::collections::HashMap;

use gradebook_app::exports::assessment_headers;
use gradebook_app::read::Assessment;
use gradebook_app::{ColumnView, GradebookView};
use gradebook_domain::{AssessmentId, AssessmentState, Score, UserId};

use super::{Book, Cell, Column, Kind, Table, number};
use crate::i18n::T;
use crate::number::Number;
use crate::pages::words::{class_name, subject_name, term_name};

/// The gradebook with its totals, and a list of its assessments. Drafts are among them: whoever may
/// take this file away keeps the gradebook.
pub(crate) fn book(t: T, view: &GradebookView) -> Book {
    let course = &view.course;
    let parts = [
        subject_name(t, &course.subject),
        class_name(&course.class),
        term_name(&course.term),
    ];
    Book {
        file_name: parts.join(" "),
        plain_name: format!("gradebook-{}", course.id),
        title: t.get("export-gradebook"),
        tables: vec![scores(t, view), assessments(t, view)],
    }
}

fn scores(t: T, view: &GradebookView) -> Table {
    let columns: Vec<Assessment> = view
        .columns
        .iter()
        .map(|column| column.assessment.clone())
        .collect();
    let mut headers = vec![
        Column::new(t.get("export-student-number"), Kind::Words),
        Column::new(t.get("export-name"), Kind::Words),
    ];
    let titles = assessment_headers(&columns).into_iter();
    headers.extend(titles.map(|title| Column::new(title, Kind::Points)));
    let categories = view.categories.iter().map(|category| {
        let header = t.with("export-category", "category", &category.name);
        Column::new(header, Kind::Rounded)
    });
    headers.extend(categories);
    headers.extend([
        Column::new(t.get("export-current"), Kind::Rounded),
        Column::new(t.get("export-final"), Kind::Rounded),
        Column::new(t.get("export-letter"), Kind::Words),
    ]);
    let by_cell: HashMap<(AssessmentId, UserId), Score> = view
        .cells
        .iter()
        .map(|cell| (&cell.stored, cell.stored.score))
        .map(|(stored, score)| ((stored.assessment, stored.student), score))
        .collect();
    let rows = view
        .students
        .iter()
        .zip(&view.totals)
        .map(|(student, totals)| {
            let mut row = vec![
                Cell::text(&student.student_number),
                Cell::text(&student.name),
            ];
            row.extend(columns.iter().map(|column| {
                let score = by_cell.get(&(column.id, student.id)).copied();
                Cell::score(t, score.unwrap_or_default())
            }));
            let rounded = |percentage: &Option<_>| number(percentage.as_ref().map(Number::from));
            row.extend(totals.categories.iter().map(|one| rounded(&one.current)));
            let letter = totals.letter.as_deref();
            row.extend([
                rounded(&totals.current),
                rounded(&totals.r#final),
                letter.map_or(Cell::Empty, Cell::text),
            ]);
            row
        });
    Table {
        name: t.get("export-scores"),
        rows: rows.collect(),
        columns: headers,
        frozen: 2,
    }
}

fn assessments(t: T, view: &GradebookView) -> Table {
    let columns = vec![
        Column::new(t.get("export-title"), Kind::Words),
        Column::new(t.get("export-category-name"), Kind::Words),
        Column::new(t.get("export-category-weight"), Kind::Points),
        Column::new(t.get("export-weight"), Kind::Points),
        Column::new(t.get("export-full-marks"), Kind::Points),
        Column::new(t.get("export-date"), Kind::Words),
        Column::new(t.get("export-state"), Kind::Words),
        Column::new(t.get("export-mean"), Kind::Rounded),
    ];
    let rows = view.columns.iter().map(|column| {
        let assessment = &column.assessment;
        let category = view
            .categories
            .iter()
            .find(|category| category.scheme.id == assessment.category);
        vec![
            Cell::text(&assessment.title),
            category.map_or(Cell::Empty, |category| Cell::text(&category.name)),
            number(category.map(|category| category.scheme.weight.into())),
            Cell::Number(assessment.weight.into()),
            Cell::Number(assessment.limits.max_score.into()),
            Cell::text(&assessment.held_on),
            state(t, assessment.state),
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

/// The state in a word.
pub(super) fn state(t: T, state: AssessmentState) -> Cell {
    Cell::Text(t.get(match state {
        AssessmentState::Draft => "state-draft",
        AssessmentState::Published => "state-published",
        AssessmentState::Locked => "state-locked",
    }))
}

/// The mean of the scored entries.
pub(super) fn mean(column: &ColumnView) -> Cell {
    let mean = column.statistics.as_ref().map(|figures| &figures.mean);
    number(mean.map(Number::from))
}
