//! The students of a class in the visitor's words.

use gradebook_app::read::Class;
use gradebook_app::{ExamAnalysisView, StudentView};

use super::view::text;
use super::{Change, StudentGroup, StudentRow};
use crate::i18n::T;
use crate::pages::words::class_name;

/// The students of one class, best first.
pub(super) fn group(t: T, view: &ExamAnalysisView, class: &Class) -> StudentGroup {
    let mut students: Vec<&StudentView> = view
        .students
        .iter()
        .filter(|student| student.place.class == class.id)
        .collect();
    // Stable: equal places stay in order of student numbers; whoever has none comes last.
    students.sort_by_key(|student| student.place.rank_in_class.unwrap_or(usize::MAX));
    StudentGroup {
        id: format!("class-{}", class.id),
        name: class_name(class),
        count: t.count(
            "analysis-students-count",
            u32::try_from(students.len()).unwrap_or(u32::MAX),
        ),
        open: view.classes.len() == 1 || view.class.is_some(),
        rows: students.iter().map(|one| student_row(t, one)).collect(),
    }
}

fn student_row(t: T, student: &StudentView) -> StudentRow {
    StudentRow {
        number: student.student.student_number.clone(),
        name: student.student.name.clone(),
        total: text(student.place.total),
        part: (student.place.total.is_some() && student.place.counted < student.subjects).then(
            || {
                t.args(
                    "analysis-part",
                    &[
                        ("counted", &student.place.counted.to_string()),
                        ("all", &student.subjects.to_string()),
                    ],
                )
            },
        ),
        rank_in_class: text(student.place.rank_in_class),
        rank_in_grade: text(student.place.rank_in_grade),
        earlier: text(student.earlier_rank),
        change: change(t, student.rank_change.filter(|_| student.comparable)),
    }
}

fn change(t: T, places: Option<i64>) -> Change {
    let count = |key, places: i64| {
        t.count(
            key,
            u32::try_from(places.unsigned_abs()).unwrap_or(u32::MAX),
        )
    };
    match places {
        None => Change {
            class: "is-unknown",
            arrow: "",
            words: t.get("analysis-change-unknown"),
        },
        Some(0) => Change {
            class: "is-same",
            arrow: "→",
            words: t.get("analysis-change-same"),
        },
        Some(up) if up > 0 => Change {
            class: "is-up",
            arrow: "↑",
            words: count("analysis-change-up", up),
        },
        Some(down) => Change {
            class: "is-down",
            arrow: "↓",
            words: count("analysis-change-down", down),
        },
    }
}
