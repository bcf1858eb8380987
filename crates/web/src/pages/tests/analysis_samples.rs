//! Samples of an exam's analysis: as an admin, a teacher and a filter meet it.

use gradebook_app::read::{Class, Exam, ExamSettings, Student, Subject};
use gradebook_app::{ClassView, ExamAnalysisView, GradeView, StudentView, SubjectView};
use gradebook_domain::*;

use super::samples;

fn points(text: &str) -> Points {
    text.parse().unwrap()
}

fn figures(lines: &Lines) -> Option<Figures> {
    let values = ["59.5", "60", "75", "90", "100"].map(points);
    Figures::of(&values, lines, &CompositeWeights::USUAL)
}

fn subject_view(class: &Class, subject: Subject, withheld: bool, empty: bool) -> SubjectView {
    let lines = Lines::usual(points("100"), UsualExcellent::Percent90).unwrap();
    let found = figures(&lines).filter(|_| !empty);
    SubjectView {
        subject,
        classes: vec![ClassView {
            class: class.clone(),
            state: if empty {
                AssessmentState::Draft
            } else {
                AssessmentState::Published
            },
            lines,
            figures: ClassFigures {
                class: class.id,
                grade_level: class.grade_level.clone(),
                figures: found.clone(),
                rank_by_mean: found.is_some().then_some(1),
                rank_by_composite: found.is_some().then_some(2),
            },
        }],
        grade_levels: vec![GradeView {
            grade_level: class.grade_level.clone(),
            lines,
            lines_set: !empty,
            classes: 5,
            figures: found.filter(|_| !withheld),
            withheld,
            extremes: false,
        }],
    }
}

fn student_view(class: &Class, id: i64, change: Option<i64>) -> StudentView {
    StudentView {
        student: Student {
            id: UserId(id),
            student_number: format!("2026000{id}"),
            name: "李雷 <b>".to_owned(),
        },
        place: StudentPlace {
            student: UserId(id),
            class: class.id,
            total: change.map(|_| points("180.5")),
            counted: 2,
            rank_in_class: change.map(|_| 1),
            rank_in_grade: change.map(|_| 3),
        },
        earlier_rank: change.map(|change| usize::try_from(change + 3).unwrap()),
        rank_change: change,
        comparable: change.is_some_and(|change| change != -2),
        subjects: 2 + usize::from(change == Some(-2)),
    }
}

/// What an exam before this one is called.
pub(super) fn earlier() -> Exam {
    Exam {
        id: ExamId(3),
        name: "月考 <b>".to_owned(),
        held_on: "2026-10-10".to_owned(),
        ..samples::exam()
    }
}

/// The whole exam as an admin sees it, compared with an earlier one; or one class as its teacher does.
pub(super) fn analysis(admin: bool) -> ExamAnalysisView {
    let class = samples::class();
    ExamAnalysisView {
        exam: samples::exam(),
        term: samples::term(true),
        settings: ExamSettings::default(),
        earlier: admin.then(earlier),
        classes: vec![class.clone()],
        class: (!admin).then_some(class.id),
        whole: admin,
        may_edit: admin,
        subjects: vec![
            subject_view(&class, samples::subject(1), !admin, false),
            subject_view(&class, samples::subject(2), false, true),
        ],
        all_subjects: vec![(
            class.clone(),
            AllSubjects {
                class: class.id,
                counted: 48,
                passed_all: 34,
                excellent_all: 0,
            },
        )],
        students: [Some(2), Some(-2), Some(0), None]
            .into_iter()
            .zip(1..)
            .map(|(change, id)| student_view(&class, id, change))
            .collect(),
    }
}

/// An exam that nobody sits.
pub(super) fn nothing() -> ExamAnalysisView {
    ExamAnalysisView {
        subjects: Vec::new(),
        all_subjects: Vec::new(),
        students: Vec::new(),
        classes: Vec::new(),
        ..analysis(true)
    }
}
