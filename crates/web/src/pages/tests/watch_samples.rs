//! Samples of the progress of entry and of unusual scores.

use actix_web::web::Query;
use gradebook_app::read::Person;
use gradebook_app::{
    Anomaly, AnomalyKind, AnomalyList, Page, Progress, ProgressBoard, ProgressSummary, Unusual,
    UsualOf, WatchChoice,
};
use gradebook_domain::{Percentage, UserId};

use super::samples;
use crate::pages::watch::{Sittings, WatchQuery};

pub(super) fn query() -> WatchQuery {
    let text = "of=e4&class=gYear+%3Cb%3E&teacher=9&kind=still_blank&show=unfinished";
    Query::<WatchQuery>::from_query(text).unwrap().into_inner()
}

pub(super) fn sittings() -> Sittings {
    Sittings {
        terms: vec![samples::term(true)],
        exams: samples::exams().items,
    }
}

fn choice() -> WatchChoice {
    WatchChoice {
        classes: vec![samples::class()],
        teachers: vec![Person {
            id: UserId(9),
            name: "王 <b>".to_owned(),
        }],
    }
}

/// A column that is complete and due, one that is behind, one that is not due.
pub(super) fn progress() -> ProgressBoard {
    let one = |entered, last_entry, due| Progress {
        assessment: samples::assessment(1, "期中 <b>", None),
        course: samples::course(1, true),
        expected: 50,
        entered,
        last_entry,
        due,
    };
    ProgressBoard {
        rows: Page {
            items: vec![
                one(3, None, true),
                one(50, Some(1_790_000_000_000), true),
                one(0, None, false),
            ],
            next: Some(100),
        },
        summary: ProgressSummary {
            assessments: 3,
            complete: 1,
            published: 2,
        },
        choice: choice(),
    }
}

/// No column to list, of so many.
pub(super) fn nothing_to_enter(assessments: usize) -> ProgressBoard {
    ProgressBoard {
        rows: Page {
            items: Vec::new(),
            next: None,
        },
        summary: ProgressSummary {
            assessments,
            complete: assessments,
            published: 0,
        },
        choice: WatchChoice::default(),
    }
}

pub(super) fn unusual(of: UsualOf) -> Unusual {
    let percent = |text: &str| Percentage::from_decimal(text.parse().unwrap());
    Unusual {
        value: "9".parse().unwrap(),
        percentage: percent("9"),
        own_mean: percent("89.5"),
        of,
        others: 4,
    }
}

/// One of each kind.
pub(super) fn anomalies() -> AnomalyList {
    let kinds = [
        AnomalyKind::AllZero { count: 6 },
        AnomalyKind::FarFromOwnMean(unusual(UsualOf::Course)),
        AnomalyKind::FarFromOwnMean(unusual(UsualOf::Exams)),
        AnomalyKind::StillBlank {
            entered: 47,
            expected: 50,
        },
    ];
    let one = |kind| Anomaly {
        kind,
        students: vec![samples::student()],
        assessment: samples::assessment(1, "期中 <b>", None),
        course: samples::course(1, true),
    };
    AnomalyList {
        rows: Page {
            items: kinds.map(one).into(),
            next: Some(100),
        },
        choice: choice(),
    }
}

pub(super) fn nothing_odd() -> AnomalyList {
    AnomalyList {
        rows: Page {
            items: Vec::new(),
            next: None,
        },
        choice: choice(),
    }
}
