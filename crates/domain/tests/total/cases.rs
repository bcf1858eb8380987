//! Cases with known answers, the table of product.md first.

use gradebook_domain::Reading::{Current, Final};
use gradebook_domain::{
    AbsentPolicy, Aggregation, AssessmentId, AssessmentScheme, CategoryId, CategoryScheme, Marks,
    Points, Reading, Scheme, SchemeError, Score, Weight, total,
};

/// A category: its weight, aggregation and `(entry, max_score)` of each assessment.
pub(crate) type Group<'a> = (&'a str, Aggregation, &'a [(&'a str, &'a str)]);

pub(crate) fn points(text: &str) -> Points {
    text.parse().unwrap()
}

pub(crate) fn course(groups: &[Group<'_>]) -> (Scheme, Marks) {
    let mut scheme = Scheme {
        absent: AbsentPolicy::CountsZero,
        categories: Vec::new(),
        assessments: Vec::new(),
    };
    let mut scores = Vec::new();
    for (number, (weight, aggregation, entries)) in (1..).zip(groups) {
        let category = CategoryId(number);
        scheme.categories.push(CategoryScheme {
            id: category,
            weight: weight.parse().unwrap(),
            aggregation: *aggregation,
            drop_lowest: 0,
            drop_highest: 0,
        });
        for (place, (entry, max_score)) in (1..).zip(*entries) {
            let id = AssessmentId(number * 100 + place);
            scheme.assessments.push(AssessmentScheme {
                id,
                category,
                max_score: points(max_score),
                weight: Weight::from_percent(1).unwrap(),
            });
            scores.push((id, Score::parse_entry(entry).unwrap()));
        }
    }
    (scheme, scores.into_iter().collect())
}

pub(crate) fn shown(scheme: &Scheme, marks: &Marks, reading: Reading) -> String {
    total(scheme, marks, reading)
        .percentage
        .map_or_else(|| "none".to_owned(), |percentage| percentage.to_string())
}

#[test]
fn the_table_of_product_md() {
    use Aggregation::{Mean, Points};
    let cases: &[(&[Group<'_>], &str, &str)] = &[
        (&[("100", Points, &[("5", "10"), ("", "10")])], "50", "25"),
        (&[("100", Mean, &[("5", "10"), ("", "10")])], "50", "25"),
        (
            &[
                ("50", Points, &[("9", "10")]),
                ("50", Points, &[("20", "40")]),
            ],
            "70",
            "70",
        ),
        (
            &[
                ("50", Points, &[("10", "10")]),
                ("40", Points, &[("", "40")]),
            ],
            "100",
            "55.56",
        ),
        (
            &[
                ("50", Points, &[("11", "10")]),
                ("60", Points, &[("45", "40")]),
            ],
            "122.5",
            "122.5",
        ),
        (
            &[
                ("50", Points, &[("267.9", "200")]),
                ("50", Points, &[("53.7", "100")]),
            ],
            "93.83",
            "93.83",
        ),
        (
            &[("100", Points, &[("88.56", "100"), ("69.71", "100")])],
            "79.14",
            "79.14",
        ),
        (
            &[
                ("9.9", Points, &[("75", "100")]),
                ("23.1", Points, &[("53.75", "100")]),
            ],
            "60.13",
            "60.13",
        ),
    ];
    for (groups, current, last) in cases {
        let (scheme, marks) = course(groups);
        assert_eq!(scheme.validate(), Ok(()));
        assert_eq!(shown(&scheme, &marks, Current), *current, "{groups:?}");
        assert_eq!(shown(&scheme, &marks, Final), *last, "{groups:?}");
    }
}

#[test]
fn each_status_in_each_reading() {
    for (entry, policy, current, last) in [
        ("", AbsentPolicy::CountsZero, "80", "40"),
        ("mi", AbsentPolicy::CountsZero, "80", "40"),
        ("ex", AbsentPolicy::CountsZero, "80", "80"),
        ("abs", AbsentPolicy::CountsZero, "40", "40"),
        ("abs", AbsentPolicy::LeftOut, "80", "80"),
        ("0", AbsentPolicy::LeftOut, "40", "40"),
    ] {
        let (mut scheme, marks) =
            course(&[("100", Aggregation::Points, &[("8", "10"), (entry, "10")])]);
        scheme.absent = policy;
        assert_eq!(shown(&scheme, &marks, Current), current, "{entry} {policy}");
        assert_eq!(shown(&scheme, &marks, Final), last, "{entry} {policy}");
    }
}

#[test]
fn the_three_aggregations_differ() {
    let entries = [("90", "100"), ("5", "10"), ("20", "20")];
    for (aggregation, expected) in [
        (Aggregation::Points, "88.46"), // 115 / 130
        (Aggregation::Mean, "80"),      // (90 + 50 + 100) / 3
        (Aggregation::Weighted, "65"),  // (90 + 50·4 + 100·1) / 6
    ] {
        let (mut scheme, marks) = course(&[("30", aggregation, &entries)]);
        scheme.assessments[1].weight = Weight::from_percent(4).unwrap();
        assert_eq!(shown(&scheme, &marks, Current), expected, "{aggregation}");
    }
}

#[test]
fn nothing_to_count_is_no_percentage_and_not_zero() {
    let (scheme, marks) = course(&[("100", Aggregation::Points, &[("", "10"), ("ex", "10")])]);
    assert_eq!(shown(&scheme, &marks, Current), "none");
    assert_eq!(shown(&scheme, &marks, Final), "0");
    let (scheme, marks) = course(&[("0", Aggregation::Points, &[("9", "10")])]);
    assert_eq!(shown(&scheme, &marks, Current), "none");
    let (scheme, marks) = course(&[]);
    assert_eq!(shown(&scheme, &marks, Final), "none");
}

#[test]
fn without_a_weight_a_weighted_category_is_skipped() {
    let (mut scheme, marks) = course(&[
        ("50", Aggregation::Weighted, &[("1", "10")]),
        ("50", Aggregation::Points, &[("9", "10")]),
    ]);
    scheme.assessments[0].weight = Weight::ZERO;
    assert_eq!(shown(&scheme, &marks, Current), "90");
}

#[test]
fn dropping_by_points_looks_at_the_percentage_that_remains() {
    // Kane & Kane: dropping the lowest percentage (1/20) leaves 100/200, the best leaves 81/120.
    let entries = [("80", "100"), ("20", "100"), ("1", "20")];
    let (mut scheme, marks) = course(&[("100", Aggregation::Points, &entries)]);
    scheme.categories[0].drop_lowest = 1;
    assert_eq!(shown(&scheme, &marks, Current), "67.5");
    // Without 80/100 there remain 21/120.
    scheme.categories[0].drop_lowest = 0;
    scheme.categories[0].drop_highest = 1;
    assert_eq!(shown(&scheme, &marks, Current), "17.5");
}

#[test]
fn drops_come_after_the_reading_and_keep_one() {
    let entries = [("9", "10"), ("", "10"), ("6", "10")];
    let (mut scheme, marks) = course(&[("100", Aggregation::Mean, &entries)]);
    scheme.categories[0].drop_lowest = 1;
    assert_eq!(shown(&scheme, &marks, Current), "90");
    assert_eq!(shown(&scheme, &marks, Final), "75");
    scheme.categories[0].drop_lowest = u32::MAX;
    scheme.categories[0].drop_highest = u32::MAX;
    assert_eq!(shown(&scheme, &marks, Current), "90");
    scheme.categories[0].drop_lowest = 0;
    assert_eq!(shown(&scheme, &marks, Current), "60");
}

#[test]
fn odd_schemes_leave_out_what_cannot_count() {
    let (mut scheme, marks) = course(&[("100", Aggregation::Points, &[("9", "10"), ("5", "10")])]);
    let second = scheme.assessments[1];
    scheme.assessments[1].max_score = Points::ZERO;
    assert_eq!(shown(&scheme, &marks, Current), "90");
    assert_eq!(
        scheme.validate(),
        Err(SchemeError::MaxScoreNotPositive(second.id))
    );
    scheme.assessments[1].max_score = points("-10");
    assert_eq!(shown(&scheme, &marks, Current), "90");
    scheme.assessments[1] = AssessmentScheme {
        category: CategoryId(9),
        ..second
    };
    assert_eq!(shown(&scheme, &marks, Current), "90");
    assert_eq!(
        scheme.validate(),
        Err(SchemeError::UnknownCategory {
            assessment: second.id,
            category: CategoryId(9)
        })
    );
    scheme.assessments[1] = second;
    scheme.categories.push(scheme.categories[0]);
    assert_eq!(shown(&scheme, &marks, Current), "70");
    assert_eq!(
        scheme.validate(),
        Err(SchemeError::DuplicateCategory(CategoryId(1)))
    );
    scheme.categories.pop();
    scheme.assessments[1].id = scheme.assessments[0].id;
    assert_eq!(
        scheme.validate(),
        Err(SchemeError::DuplicateAssessment(scheme.assessments[0].id))
    );
}
