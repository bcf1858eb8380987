//! What a target takes: entering the answer reaches it, one step less does not.

use gradebook_domain::{
    AbsentPolicy, Aggregation, AssessmentId, AssessmentScheme, CategoryId, CategoryScheme, Exact,
    LetterScale, Marks, Need, Open, Outlook, Percentage, Points, Reading, Scheme, Score, Weight,
    total,
};
use proptest::prelude::*;

use super::strategies::{ANY, course};

fn points(text: &str) -> Points {
    text.parse().unwrap()
}

fn percent(text: &str) -> Percentage {
    Percentage::from_decimal(points(text))
}

/// Categories as (weight, aggregation), assessments as (category, full marks).
fn scheme(categories: &[(&str, Aggregation)], assessments: &[(i64, &str)]) -> Scheme {
    Scheme {
        absent: AbsentPolicy::CountsZero,
        categories: (1..)
            .zip(categories)
            .map(|(id, (weight, aggregation))| CategoryScheme {
                id: CategoryId(id),
                weight: weight.parse().unwrap(),
                aggregation: *aggregation,
                drop_lowest: 0,
                drop_highest: 0,
            })
            .collect(),
        assessments: (1..)
            .zip(assessments)
            .map(|(id, (category, max_score))| AssessmentScheme {
                id: AssessmentId(id),
                category: CategoryId(*category),
                max_score: points(max_score),
                weight: Weight::HUNDRED,
            })
            .collect(),
    }
}

fn marks(scores: &[(i64, &str)]) -> Marks {
    let score = |(id, value): &(i64, &str)| (AssessmentId(*id), Score::Scored(points(value)));
    scores.iter().map(score).collect()
}

#[test]
fn what_the_final_needs_is_the_lowest_score_that_reaches_the_target() {
    // Homework 30 %: 9 of 10. The final exam, 70 % and 120 points, is blank.
    let scheme = scheme(
        &[("30", Aggregation::Points), ("70", Aggregation::Points)],
        &[(1, "10"), (2, "120")],
    );
    let outlook = Outlook::new(scheme, marks(&[(1, "9")]));
    // 27 are there; 53 of 70 are missing for 80: 90.857… points, so 90.86.
    let Need::Scores {
        each,
        average,
        total,
        extra_credit,
    } = outlook.need(&percent("80"))
    else {
        panic!("80 can be reached");
    };
    assert_eq!(each, [(Open::Assessment(AssessmentId(2)), points("90.86"))]);
    assert_eq!(average.rounded().fixed(), "75.72");
    assert!(total >= percent("80"));
    assert!(!extra_credit);
    assert_eq!(outlook.need(&percent("27")), Need::Reached(percent("27")));
    assert_eq!(
        outlook.need(&percent("97.01")),
        Need::OutOfReach(percent("97"))
    );
    assert!(matches!(outlook.need(&percent("97")), Need::Scores { .. }));
}

#[test]
fn extra_credit_is_within_reach_where_it_is_allowed() {
    let points_of =
        |categories: &[(i64, &str)]| scheme(&[("100", Aggregation::Points)], categories);
    // 8 of 10 are there. What is open gives 10, and 15 where 5 of extra credit are allowed: 23 of 20.
    let one = Outlook::new(points_of(&[(1, "10"), (1, "10")]), marks(&[(1, "8")]));
    assert_eq!(one.need(&percent("95")), Need::OutOfReach(percent("90")));
    let one = one.with_extra_credit(|_| points("5"));
    let second = Open::Assessment(AssessmentId(2));
    let Need::Scores {
        each, extra_credit, ..
    } = one.need(&percent("95"))
    else {
        panic!("95 is 11 of 10");
    };
    assert_eq!(each, [(second, points("11"))]);
    assert!(extra_credit);
    assert!(matches!(
        one.need(&percent("90")),
        Need::Scores {
            extra_credit: false,
            ..
        }
    ));
    assert_eq!(
        one.need(&percent("115.01")),
        Need::OutOfReach(percent("115"))
    );
    // Two are open, of which one allows 5 of 10 more: whatever is missing comes from that one.
    let two = Outlook::new(
        points_of(&[(1, "10"), (1, "10"), (1, "20")]),
        marks(&[(1, "8")]),
    );
    let limit = |id: AssessmentId| if id.0 == 2 { points("5") } else { Points::ZERO };
    let two = two.with_extra_credit(limit);
    let Need::Scores { each, total, .. } = two.need(&percent("100")) else {
        panic!("100 is 12 of 10 and 20 of 20");
    };
    let third = Open::Assessment(AssessmentId(3));
    assert_eq!(each, [(second, points("12")), (third, points("20"))]);
    assert_eq!(total, percent("100"));
}

#[test]
fn nothing_is_foretold_where_more_points_can_make_a_lower_total() {
    let mut scheme = scheme(
        &[("100", Aggregation::Points)],
        &[(1, "50"), (1, "10"), (1, "10")],
    );
    scheme.categories[0].drop_lowest = 1;
    scheme.categories[0].drop_highest = 1;
    let outlook = Outlook::new(scheme, marks(&[(1, "26"), (2, "8")]));
    // With nothing, 26 of 50 is left, which is 52 %; with 4 of 10, these are left, which is 40 %.
    let with = |value| {
        let supposed = [(
            Open::Assessment(AssessmentId(3)),
            Score::Scored(points(value)),
        )];
        outlook.clone().assuming(&supposed).totals().1.percentage
    };
    assert!(with("0") > with("4"));
    assert_eq!(outlook.need(&percent("50")), Need::Unforeseeable);
}

#[test]
fn a_letter_is_reached_by_what_is_not_rounded() {
    let scale = LetterScale::a_to_e();
    let scheme = scheme(&[("100", Aggregation::Points)], &[(1, "200"), (1, "100")]);
    let outlook = Outlook::new(scheme, marks(&[(1, "179.99")]));
    let (_, from) = scale.bands().first().unwrap();
    let Need::Scores { each, total, .. } = outlook.need(&Percentage::from_decimal(*from)) else {
        panic!("an A can be reached");
    };
    assert_eq!(each, [(Open::Assessment(AssessmentId(2)), points("90.01"))]);
    assert_eq!(scale.letter(&total), Some("A"));
}

#[test]
fn several_open_ones_take_the_same_percentage() {
    let scheme = scheme(
        &[("50", Aggregation::Mean), ("50", Aggregation::Points)],
        &[(1, "10"), (1, "10"), (2, "120")],
    );
    let outlook = Outlook::new(scheme, marks(&[(1, "6")]));
    // 15 + 0.25 p + 0.5 p = 75 at p = 80.
    let Need::Scores { average, each, .. } = outlook.need(&percent("75")) else {
        panic!("75 can be reached");
    };
    assert_eq!(average, percent("80"));
    let open = |id| Open::Assessment(AssessmentId(id));
    assert_eq!(each, [(open(2), points("8")), (open(3), points("96"))]);
}

#[test]
fn a_category_without_assessments_is_open_by_its_weight() {
    let scheme = scheme(
        &[
            ("40", Aggregation::Points),
            ("60", Aggregation::Weighted),
            ("0", Aggregation::Mean),
        ],
        &[(1, "10")],
    );
    let outlook = Outlook::new(scheme, marks(&[(1, "10")]));
    let exams = Open::Category(CategoryId(2));
    assert_eq!(outlook.open().collect::<Vec<_>>(), [exams]);
    let Need::Scores { each, .. } = outlook.need(&percent("70")) else {
        panic!("70 can be reached");
    };
    assert_eq!(each, [(exams, points("50"))]);
    // Unless something is said of it, what-if leaves it out, as the real total does.
    let (_, untouched) = outlook.totals();
    assert_eq!(untouched.percentage, Some(percent("100")));
    let (_, with) = outlook
        .clone()
        .assuming(&[(exams, Score::Scored(points("50")))])
        .totals();
    assert_eq!(with.percentage, Some(percent("70")));
}

#[test]
fn without_anything_open_the_total_is_what_it_is() {
    let outlook = Outlook::new(
        scheme(&[("100", Aggregation::Points)], &[(1, "10")]),
        marks(&[(1, "7")]),
    );
    assert_eq!(
        outlook.need(&percent("80")),
        Need::NothingOpen(Some(percent("70")))
    );
    let nothing = Outlook::new(scheme(&[], &[]), Marks::default());
    assert_eq!(nothing.need(&percent("80")), Need::NothingOpen(None));
    let no_weight = Outlook::new(
        scheme(&[("0", Aggregation::Points)], &[(1, "10")]),
        Marks::default(),
    );
    assert_eq!(no_weight.need(&percent("80")), Need::NothingOpen(None));
}

#[test]
fn what_if_takes_every_score_and_every_status() {
    let scheme = scheme(&[("100", Aggregation::Points)], &[(1, "10"), (1, "10")]);
    let outlook = Outlook::new(scheme, marks(&[(1, "5")]));
    let if_ = |id, score| (Open::Assessment(AssessmentId(id)), score);
    let totals = |scores: &[(Open, Score)]| {
        let (current, last) = outlook.clone().assuming(scores).totals();
        (current.percentage, last.percentage)
    };
    let both = |current, last| (Some(percent(current)), Some(percent(last)));
    assert_eq!(totals(&[]), both("50", "25"));
    assert_eq!(
        totals(&[if_(2, Score::Scored(points("10")))]),
        both("75", "75")
    );
    assert_eq!(
        totals(&[if_(1, Score::Scored(points("10")))]),
        both("100", "50")
    );
    assert_eq!(totals(&[if_(2, Score::Excused)]), both("50", "50"));
    // What is supposed is open no more.
    let closed = outlook
        .clone()
        .assuming(&[if_(2, Score::Scored(points("10")))]);
    assert_eq!(
        closed.need(&percent("80")),
        Need::NothingOpen(Some(percent("75")))
    );
    // Of what there is not, nothing becomes of it.
    assert_eq!(
        totals(&[(Open::Category(CategoryId(9)), Score::Absent)]),
        both("50", "25")
    );
}

/// The final total when these scores are entered, by the usual rule alone.
fn entered(scheme: &Scheme, marks: &Marks, each: &[(Open, Points)]) -> Option<Percentage> {
    let mut scheme = scheme.clone();
    let mut scores = Vec::new();
    for (place, (open, value)) in (0..).zip(each) {
        let id = match open {
            Open::Assessment(id) => *id,
            Open::Category(category) => {
                let id = AssessmentId(9_000 + place);
                scheme.assessments.push(AssessmentScheme {
                    id,
                    category: *category,
                    max_score: points("100"),
                    weight: Weight::from_percent(7).unwrap(),
                });
                id
            }
        };
        scores.push((id, Score::Scored(*value)));
    }
    total(&scheme, &marks.with(scores), Reading::Final).percentage
}

proptest! {
    #[test]
    fn the_answer_reaches_the_target_and_one_step_less_does_not(
        course in course(ANY),
        target in 0_i64..=13_000,
        extra in prop::collection::vec(0_i64..=50_000, 8),
    ) {
        let marks: Marks = course.scores.iter().copied().collect();
        let target = Percentage::new(Exact::ratio(target, 100).unwrap());
        let extra = |id: AssessmentId| {
            let place = course.scheme.assessments.iter().position(|one| one.id == id);
            Points::from_ten_thousandths(extra.get(place.unwrap()).copied().unwrap_or(0))
        };
        let outlook = Outlook::new(course.scheme.clone(), marks.clone()).with_extra_credit(extra);
        let full = |open: &Open| match open {
            Open::Assessment(id) => {
                let mut all = course.scheme.assessments.iter();
                all.find(|one| one.id == *id).unwrap().max_score
            }
            Open::Category(_) => points("100"),
        };
        let max = |open: &Open| match open {
            Open::Assessment(id) => full(open).checked_add(extra(*id)).unwrap(),
            Open::Category(_) => full(open),
        };
        let all: Vec<_> = outlook.open().map(|open| (open, max(&open))).collect();
        let none: Vec<_> = outlook.open().map(|open| (open, Points::ZERO)).collect();
        match outlook.need(&target) {
            Need::NothingOpen(found) => {
                prop_assert!(all.is_empty() || entered(&course.scheme, &marks, &all).is_none());
                prop_assert_eq!(found, entered(&course.scheme, &marks, &[]));
            }
            Need::Unforeseeable => {
                let mut categories = course.scheme.categories.iter();
                prop_assert!(categories.any(|one| one.drop_lowest > 0 && one.drop_highest > 0));
            }
            Need::Reached(least) => {
                prop_assert!(least >= target);
                prop_assert_eq!(Some(least), entered(&course.scheme, &marks, &none));
            }
            Need::OutOfReach(best) => {
                prop_assert!(best < target);
                prop_assert_eq!(Some(best), entered(&course.scheme, &marks, &all));
            }
            Need::Scores { average, each, total, extra_credit } => {
                prop_assert!(total >= target);
                prop_assert_eq!(extra_credit, each.iter().any(|(open, value)| *value > full(open)));
                prop_assert_eq!(Some(total), entered(&course.scheme, &marks, &each));
                for (open, value) in &each {
                    prop_assert!(*value <= max(open));
                }
                let step = Points::from_ten_thousandths(100);
                let less: Vec<_> = match each.as_slice() {
                    [(open, value)] => {
                        vec![(*open, value.checked_sub(step).unwrap())]
                    }
                    _ => {
                        // The same percentage of each, a hundredth of a percent lower, rounded up.
                        let percent = average.rounded().hundredths() - 1;
                        let of = |open: &Open| {
                            let max = i128::from(full(open).ten_thousandths());
                            let exact = max * i128::from(percent);
                            let hundredths = (exact + 999_999) / 1_000_000;
                            Points::from_ten_thousandths(i64::try_from(hundredths * 100).unwrap())
                        };
                        each.iter().map(|(open, _)| (*open, of(open).min(max(open)))).collect()
                    }
                };
                let below = entered(&course.scheme, &marks, &less);
                prop_assert!(below.is_none_or(|below| below < target));
            }
        }
    }

    #[test]
    fn what_if_is_the_total_of_those_scores(course in course(ANY), value in 0_i64..=20) {
        let marks: Marks = course.scores.iter().copied().collect();
        let outlook = Outlook::new(course.scheme.clone(), marks.clone());
        let score = Score::Scored(Points::from_whole(value).unwrap());
        let changed: Vec<_> = course.scores.iter().step_by(2).map(|(id, _)| (*id, score)).collect();
        let named: Vec<_> =
            changed.iter().map(|(id, score)| (Open::Assessment(*id), *score)).collect();
        let with = marks.with(changed);
        let (current, last) = outlook.assuming(&named).totals();
        prop_assert_eq!(current, total(&course.scheme, &with, Reading::Current));
        prop_assert_eq!(last, total(&course.scheme, &with, Reading::Final));
    }
}
