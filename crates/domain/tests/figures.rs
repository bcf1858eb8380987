//! Rounding, statistics, ranks, the exam sheet and the year.
#![allow(clippy::unwrap_used)]

use gradebook_domain::{
    Exact, Percentage, Points, RankStyle, Rounded, Score, Statistics, UserId, Weight, YearLine,
    mean, ranks, rate, sheet_totals, sheet_totals_ranked, year_total,
};
use proptest::prelude::*;

fn points(text: &str) -> Points {
    text.parse().unwrap()
}

fn all(texts: &[&str]) -> Vec<Points> {
    texts.iter().map(|text| points(text)).collect()
}

#[test]
fn rounds_half_away_from_zero() {
    for (numerator, denominator, hundredths) in [
        (60_125, 1_000, 6_013),
        (-60_125, 1_000, -6_013),
        (60_124_999, 1_000_000, 6_012),
        (1, 3, 33),
        (2, 3, 67),
        (-2, 3, -67),
        (1, 200, 1),
        (-1, 200, -1),
        (1, 201, 0),
        (70, 1, 7_000),
        (0, 5, 0),
    ] {
        let exact = Exact::ratio(numerator, denominator).unwrap();
        assert_eq!(exact.rounded().hundredths(), hundredths, "{exact:?}");
    }
    assert_eq!(Exact::ratio(1, 0), None);
}

#[test]
fn rounded_numbers_are_shown_trimmed_or_fixed() {
    for (hundredths, trimmed, fixed) in [
        (9_383, "93.83", "93.83"),
        (7_000, "70", "70.00"),
        (9_350, "93.5", "93.50"),
        (10_000, "100", "100.00"),
        (5, "0.05", "0.05"),
        (0, "0", "0.00"),
        (-50, "-0.5", "-0.50"),
        (-5, "-0.05", "-0.05"),
    ] {
        let rounded = Rounded::from_hundredths(hundredths);
        assert_eq!(rounded.to_string(), trimmed);
        assert_eq!(rounded.fixed(), fixed);
    }
}

#[test]
fn lines_compare_unrounded_values() {
    let just_below = Percentage::new(Exact::ratio(59_999, 1_000).unwrap());
    let line = Percentage::from_decimal(points("60"));
    assert_eq!(just_below.to_string(), "60");
    assert!(just_below < line);
    assert_eq!(Percentage::of(points("3"), points("5")), Some(line));
    assert_eq!(Percentage::of(points("3"), Points::ZERO), None);
}

#[test]
fn statistics_of_a_column() {
    let figures = Statistics::of(&all(&["2", "4", "4", "4", "5", "5", "7", "9"])).unwrap();
    assert_eq!(figures.count, 8);
    assert_eq!(figures.sum, points("40"));
    assert_eq!(figures.mean, Exact::whole(5));
    assert_eq!(figures.median, Exact::ratio(9, 2).unwrap());
    assert_eq!(figures.highest, points("9"));
    assert_eq!(figures.lowest, points("2"));
    assert_eq!(figures.variance, Exact::whole(4));
    assert_eq!(figures.standard_deviation().to_string(), "2");

    let odd = Statistics::of(&all(&["9", "1", "3"])).unwrap();
    assert_eq!(odd.median, Exact::whole(3));
    assert_eq!(odd.standard_deviation().to_string(), "3.4"); // √(104/9) = 3.399…
    assert_eq!(Statistics::of(&[]), None);
    assert_eq!(mean(&[]), None);
    assert_eq!(rate(&[], Points::ZERO), None);
}

#[test]
fn a_value_on_the_line_reaches_it() {
    let values = all(&["59.9999", "60", "85"]);
    assert_eq!(rate(&values, points("60")).unwrap().to_string(), "66.67");
}

#[test]
fn ranks_after_ties() {
    let items = [("a", 7), ("b", 9), ("c", 9), ("d", 1), ("e", 7)];
    assert_eq!(
        ranks(&items, RankStyle::Competition),
        [("a", 3), ("b", 1), ("c", 1), ("d", 5), ("e", 3)]
    );
    assert_eq!(
        ranks(&items, RankStyle::Dense),
        [("a", 2), ("b", 1), ("c", 1), ("d", 3), ("e", 2)]
    );
    assert!(ranks::<i32, i32>(&[], RankStyle::Dense).is_empty());
}

#[test]
fn an_exam_sheet_ranks_those_who_have_a_total() {
    let scored = |text| Score::Scored(points(text));
    let rows = [
        (UserId(1), vec![scored("80"), scored("70.5"), Score::Absent]),
        (UserId(2), vec![Score::Absent, Score::Blank, Score::Missing]),
        (
            UserId(3),
            vec![scored("100"), scored("50.5"), Score::Excused],
        ),
        (UserId(4), vec![scored("0"), Score::Blank, Score::Blank]),
        (UserId(5), vec![]),
    ];
    let sheet = sheet_totals(&rows);
    let brief: Vec<_> = sheet
        .iter()
        .map(|line| {
            let total = line.total.map(|total| total.to_string());
            let mean = line.mean.as_ref().map(|mean| mean.rounded().to_string());
            (line.student.0, total, line.counted, mean, line.rank)
        })
        .collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        brief,
        [
            (1, some("150.5"), 2, some("75.25"), Some(1)),
            (2, None, 0, None, None),
            (3, some("150.5"), 2, some("75.25"), Some(1)),
            (4, some("0"), 1, some("0"), Some(3)),
            (5, None, 0, None, None),
        ]
    );
    let dense = sheet_totals_ranked(&rows, RankStyle::Dense);
    assert_eq!(dense.iter().filter_map(|line| line.rank).max(), Some(2));
}

#[test]
fn a_year_follows_the_rules_of_a_course() {
    let weight = |percent| Weight::from_percent(percent).unwrap();
    let percent = |text| Some(Percentage::from_decimal(points(text)));
    let shown = |terms: &[_]| {
        let total = year_total(terms).percentage;
        total.map(|total| total.to_string())
    };
    let two = [(weight(40), percent("80")), (weight(60), percent("90"))];
    assert_eq!(shown(&two).as_deref(), Some("86"));
    let first_only = [(weight(40), percent("80")), (weight(60), None)];
    assert_eq!(shown(&first_only).as_deref(), Some("80"));
    let over = [(weight(100), percent("80")), (weight(100), percent("50"))];
    assert_eq!(shown(&over).as_deref(), Some("130"));
    assert_eq!(shown(&[(weight(0), percent("80"))]), None);
    assert_eq!(shown(&[]), None);
}

#[test]
fn a_year_says_what_each_term_brings() {
    let weight = |percent| Weight::from_percent(percent).unwrap();
    let percent = |text| Some(Percentage::from_decimal(points(text)));
    let lines = |terms: &[_]| -> Vec<[String; 3]> {
        let lines = year_total(terms).terms.into_iter();
        let line = |line: YearLine| {
            let effective = line.effective_weight.rounded().to_string();
            let contribution = line.contribution.rounded().to_string();
            [line.weight.to_string(), effective, contribution]
        };
        lines.map(line).collect()
    };
    let two = [(weight(40), percent("80")), (weight(60), percent("90"))];
    assert_eq!(lines(&two), [["40", "40", "32"], ["60", "60", "54"]]);
    let three = [
        (weight(30), percent("80")),
        (weight(30), None),
        (weight(20), percent("90")),
    ];
    assert_eq!(
        lines(&three),
        [["30", "60", "48"], ["30", "0", "0"], ["20", "40", "36"]]
    );
    let none = [(weight(0), percent("80"))];
    assert_eq!(lines(&none), [["0", "0", "0"]]);
}

proptest! {
    #[test]
    fn a_rank_counts_those_ahead(keys in prop::collection::vec(0_u8..6, 0..20)) {
        let items: Vec<_> = keys.iter().copied().enumerate().collect();
        let mut distinct = keys.clone();
        distinct.sort_unstable();
        distinct.dedup();
        for (style, field) in [(RankStyle::Competition, &keys), (RankStyle::Dense, &distinct)] {
            for ((_, rank), key) in ranks(&items, style).into_iter().zip(&keys) {
                prop_assert_eq!(rank, 1 + field.iter().filter(|other| *other > key).count());
            }
        }
    }

    #[test]
    fn rounding_is_nearest(numerator in -1_000_000_000_i64..1_000_000_000, denominator in 1_i64..100_000) {
        let rounded = Exact::ratio(numerator, denominator).unwrap().rounded().hundredths();
        // |n/d − r/100| ≤ 1/200, and on a tie away from zero.
        let (n, d, r) = (i128::from(numerator), i128::from(denominator), i128::from(rounded));
        let distance = (n * 100 - r * d).abs() * 2;
        prop_assert!(distance <= d);
        if distance == d {
            prop_assert!((r * d).abs() > (n * 100).abs());
        }
    }

    #[test]
    fn the_deviation_is_the_nearest_root(values in prop::collection::vec(0_i64..2_000_000, 1..12)) {
        let values: Vec<_> = values.into_iter().map(Points::from_ten_thousandths).collect();
        let figures = Statistics::of(&values).unwrap();
        let hundredths = figures.standard_deviation().hundredths();
        let square = |twice: i64| Exact::ratio(twice * twice, 40_000).unwrap();
        prop_assert!(figures.variance < square(2 * hundredths + 1));
        prop_assert!(hundredths == 0 || figures.variance >= square(2 * hundredths - 1));
    }

    #[test]
    fn figures_do_not_depend_on_order(values in prop::collection::vec(-5_i64..5, 1..9), by in 0_usize..9) {
        let values: Vec<_> = values.into_iter().map(Points::from_ten_thousandths).collect();
        let mut turned = values.clone();
        turned.rotate_left(by % values.len());
        prop_assert_eq!(Statistics::of(&values), Statistics::of(&turned));
    }
}
