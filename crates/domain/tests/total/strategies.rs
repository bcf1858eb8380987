//! Courses for the properties: small numbers, so that ties and edges are frequent.

use gradebook_domain::{
    AbsentPolicy, Aggregation, AssessmentId, AssessmentScheme, CategoryId, CategoryScheme, Points,
    Reading, Scheme, Score, Weight,
};
use proptest::prelude::*;

/// A scheme and the scores of one student.
#[derive(Debug, Clone)]
pub(crate) struct Course {
    pub(crate) scheme: Scheme,
    pub(crate) scores: Vec<(AssessmentId, Score)>,
}

/// What a course may contain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    /// Values above full marks.
    pub(crate) extra_credit: bool,
    /// `drop_lowest` and `drop_highest` in one category whatever its aggregation. The
    /// second selection works on what the first left, so the total is then not monotonic.
    pub(crate) mixed_drops: bool,
    /// Full marks of zero and assessments outside the categories.
    pub(crate) odd: bool,
}

pub(crate) const ANY: Kind = Kind {
    extra_credit: true,
    mixed_drops: true,
    odd: true,
};

pub(crate) const ORDERLY: Kind = Kind {
    extra_credit: false,
    mixed_drops: false,
    odd: false,
};

fn half_points(halves: i64) -> Points {
    Points::from_ten_thousandths(halves * 5_000)
}

fn score(max_score: i64, kind: Kind) -> impl Strategy<Value = Score> {
    let most = max_score * if kind.extra_credit { 3 } else { 2 };
    prop_oneof![
        6 => (0..=most).prop_map(|halves| Score::Scored(half_points(halves))),
        1 => Just(Score::Scored(Points::ZERO)),
        1 => Just(Score::Blank),
        1 => Just(Score::Absent),
        1 => Just(Score::Excused),
        1 => Just(Score::Missing),
    ]
}

type Item = (i64, Weight, Score);

fn item(kind: Kind) -> impl Strategy<Value = Item> {
    let max_scores = if kind.odd {
        vec![0, 4, 5, 10, 10, 20, 50]
    } else {
        vec![4, 5, 10, 10, 20, 50]
    };
    (prop::sample::select(max_scores), 0_i64..5).prop_flat_map(move |(max_score, weight)| {
        let weight = Weight::from_percent(weight).unwrap();
        (Just(max_score), Just(weight), score(max_score, kind))
    })
}

fn group(kind: Kind) -> impl Strategy<Value = (CategoryScheme, Vec<Item>)> {
    (
        prop_oneof![Just(0_i64), 1_i64..=60],
        prop::sample::select(Aggregation::ALL),
        0_u32..4,
        0_u32..4,
        prop::collection::vec(item(kind), 0..6),
    )
        .prop_map(
            move |(weight, aggregation, drop_lowest, drop_highest, items)| {
                let mixed = kind.mixed_drops || aggregation == Aggregation::Mean;
                let category = CategoryScheme {
                    id: CategoryId(0),
                    weight: Weight::from_percent(weight).unwrap(),
                    aggregation,
                    drop_lowest,
                    drop_highest: if mixed || drop_lowest == 0 {
                        drop_highest
                    } else {
                        0
                    },
                };
                (category, items)
            },
        )
}

pub(crate) fn course(kind: Kind) -> impl Strategy<Value = Course> {
    let groups = prop::collection::vec(group(kind), 0..4);
    let policy = prop::sample::select(AbsentPolicy::ALL);
    (groups, policy, any::<bool>()).prop_map(move |(groups, absent, stray)| {
        let mut scheme = Scheme {
            absent,
            categories: Vec::new(),
            assessments: Vec::new(),
        };
        let mut scores = Vec::new();
        for (number, (category, items)) in (1..).zip(groups) {
            let id = CategoryId(number);
            scheme.categories.push(CategoryScheme { id, ..category });
            for (place, (max_score, weight, score)) in (0..).zip(items) {
                // Places alternate between the ends, so that the order is not that of the ids.
                let id =
                    AssessmentId(number * 100 + if place % 2 == 0 { place } else { 50 - place });
                let outside = kind.odd && stray && place == 3;
                scheme.assessments.push(AssessmentScheme {
                    id,
                    category: CategoryId(if outside { 99 } else { number }),
                    max_score: half_points(max_score * 2),
                    weight,
                });
                scores.push((id, score));
            }
        }
        Course { scheme, scores }
    })
}

pub(crate) fn reading() -> impl Strategy<Value = Reading> {
    prop::sample::select(Reading::ALL)
}
