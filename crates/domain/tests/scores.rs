//! Scores, their bounds, and the states of an assessment.
#![allow(clippy::unwrap_used)]

use gradebook_domain::AssessmentState::{Draft, Locked, Published};
use gradebook_domain::{
    AbsentPolicy, Aggregation, AssessmentState, Points, PointsError, RankStyle, Reading, Score,
    ScoreError, ScoreLimits, ScoreRefusal, ScoreStatus, Transition,
};

fn points(text: &str) -> Points {
    text.parse().unwrap()
}

#[test]
fn a_cell_takes_codes_in_any_case_and_numbers() {
    for (text, score) in [
        ("", Score::Blank),
        (" \u{3000}", Score::Blank),
        ("缺考", Score::Absent),
        ("缺", Score::Absent),
        ("ABS", Score::Absent),
        (" Absent ", Score::Absent),
        ("免考", Score::Excused),
        ("免", Score::Excused),
        ("Ex", Score::Excused),
        ("exc", Score::Excused),
        ("excused", Score::Excused),
        ("未交", Score::Missing),
        ("未", Score::Missing),
        ("mI", Score::Missing),
        ("mis", Score::Missing),
        ("missing", Score::Missing),
        ("0", Score::Scored(Points::ZERO)),
        ("７１．５", Score::Scored(points("71.5"))),
        ("９１。５", Score::Scored(points("91.5"))),
        ("\u{3000}８０\u{3000}", Score::Scored(points("80"))),
        ("－３", Score::Scored(points("-3"))),
        ("−3", Score::Scored(points("-3"))),
        ("ＡＢＳ", Score::Absent),
        ("-3", Score::Scored(points("-3"))),
    ] {
        assert_eq!(Score::parse_entry(text), Ok(score), "{text:?}");
    }
    for text in [
        "abse",
        "缺了",
        "请假",
        "blank",
        "8o",
        "九十",
        "。",
        "1。2。3",
    ] {
        assert_eq!(Score::parse_entry(text), Err(PointsError::NotANumber));
    }
}

#[test]
fn a_value_exists_exactly_when_scored() {
    let value = points("7");
    for status in ScoreStatus::ALL.iter().copied() {
        let (with, without) = (
            Score::from_parts(status, Some(value)),
            Score::from_parts(status, None),
        );
        if status == ScoreStatus::Scored {
            assert_eq!(with, Ok(Score::Scored(value)));
            assert_eq!(without, Err(ScoreError::ValueNeeded));
        } else {
            assert_eq!(with, Err(ScoreError::ValueNotAllowed));
            assert_eq!(without.unwrap().status(), status);
            assert_eq!(without.unwrap().value(), None);
        }
    }
}

#[test]
fn stored_names_are_stable_and_read_back() {
    fn names<T: Copy + core::str::FromStr + PartialEq + core::fmt::Debug>(
        all: &[T],
        name: impl Fn(T) -> &'static str,
        expected: &[&str],
    ) {
        let names: Vec<_> = all.iter().map(|item| name(*item)).collect();
        assert_eq!(names, expected);
        for (item, text) in all.iter().zip(&names) {
            assert_eq!(text.parse::<T>().ok(), Some(*item));
            assert!(text.to_uppercase().parse::<T>().is_err());
        }
    }
    names(
        ScoreStatus::ALL,
        ScoreStatus::as_str,
        &["blank", "scored", "absent", "excused", "missing"],
    );
    names(
        AssessmentState::ALL,
        AssessmentState::as_str,
        &["draft", "published", "locked"],
    );
    names(
        Aggregation::ALL,
        Aggregation::as_str,
        &["points", "mean", "weighted"],
    );
    names(
        AbsentPolicy::ALL,
        AbsentPolicy::as_str,
        &["zero", "left_out"],
    );
    names(Reading::ALL, Reading::as_str, &["current", "final"]);
    names(RankStyle::ALL, RankStyle::as_str, &["competition", "dense"]);
}

#[test]
fn bounds_are_inclusive_and_name_the_limit() {
    let plain = ScoreLimits {
        max_score: points("100"),
        extra_credit_limit: Points::ZERO,
    };
    let extra = ScoreLimits {
        extra_credit_limit: points("5.5"),
        ..plain
    };
    let scored = |text| Score::Scored(points(text));
    assert_eq!(plain.check(scored("100")), Ok(scored("100")));
    assert_eq!(plain.check(scored("0")), Ok(scored("0")));
    assert_eq!(
        plain.check(scored("100.0001")),
        Err(ScoreRefusal::AboveMaximum {
            limit: points("100")
        })
    );
    assert_eq!(plain.check(scored("-0.0001")), Err(ScoreRefusal::Negative));
    assert_eq!(extra.check(scored("105.5")), Ok(scored("105.5")));
    assert_eq!(
        extra.check(scored("105.5001")),
        Err(ScoreRefusal::AboveMaximum {
            limit: points("105.5")
        })
    );
    for score in [Score::Blank, Score::Absent, Score::Excused, Score::Missing] {
        assert_eq!(plain.check(score), Ok(score));
    }
}

#[test]
fn a_negative_extra_credit_does_not_lower_full_marks_and_a_huge_one_does_not_overflow() {
    let limits = |extra| ScoreLimits {
        max_score: points("10"),
        extra_credit_limit: Points::from_ten_thousandths(extra),
    };
    assert_eq!(limits(-1).highest(), points("10"));
    assert_eq!(limits(i64::MAX).highest().ten_thousandths(), i64::MAX);
}

#[test]
fn only_the_four_steps_change_a_state() {
    use Transition::{Lock, Publish, Unlock, Unpublish};
    for state in AssessmentState::ALL.iter().copied() {
        for step in Transition::ALL.iter().copied() {
            let expected = match (state, step) {
                (Draft, Publish) | (Locked, Unlock) => Some(Published),
                (Published, Unpublish) => Some(Draft),
                (Published, Lock) => Some(Locked),
                _ => None,
            };
            let named = match step {
                Publish => state.publish(),
                Unpublish => state.unpublish(),
                Lock => state.lock(),
                Unlock => state.unlock(),
            };
            assert_eq!(named.ok(), expected, "{state} {step}");
            if let Err(error) = named {
                assert_eq!((error.from, error.transition), (state, step));
            }
        }
    }
    assert!(!Draft.visible_to_students());
    assert!(Published.visible_to_students() && Locked.visible_to_students());
}
