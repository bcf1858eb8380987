//! Samples of the progress of entry and of unusual scores.

use gradebook_app::{Anomaly, AnomalyKind, Page, Progress};
use gradebook_domain::Percentage;

use super::samples;

/// A column that is complete and due, one that is behind, one that is not due.
pub(super) fn progress() -> Page<Progress> {
    let one = |entered, last_entry, due| Progress {
        assessment: samples::assessment(1, "期中 <b>", None),
        course: samples::course(1, true),
        expected: 50,
        entered,
        last_entry,
        due,
    };
    Page {
        items: vec![
            one(3, None, true),
            one(50, Some(1_790_000_000_000), true),
            one(0, None, false),
        ],
        next: Some(100),
    }
}

/// One of each kind.
pub(super) fn anomalies() -> Page<Anomaly> {
    let percent = |text: &str| Percentage::from_decimal(text.parse().unwrap());
    let kinds = [
        AnomalyKind::AllZero { count: 6 },
        AnomalyKind::FarFromOwnMean {
            value: "9".parse().unwrap(),
            percentage: percent("9"),
            own_mean: percent("89.5"),
        },
        AnomalyKind::StillBlank {
            entered: 47,
            expected: 50,
        },
    ];
    let one = |kind| Anomaly {
        kind,
        student: samples::student(),
        assessment: samples::assessment(1, "期中 <b>", None),
        course: samples::course(1, true),
    };
    Page {
        items: kinds.map(one).into(),
        next: Some(100),
    }
}
