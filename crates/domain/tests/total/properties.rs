//! What holds for every course.

use gradebook_domain::{
    AbsentPolicy, Aggregation, AssessmentId, AssessmentScheme, CategoryId, CategoryScheme, Exact,
    Marks, Percentage, Points, Reading, Scheme, Score, Weight, total,
};
use proptest::prelude::*;
use proptest::sample::Index;

use super::reference;
use super::strategies::{ANY, Course, Kind, ORDERLY, course, reading};

fn percentage(course: &Course, reading: Reading) -> Option<Percentage> {
    total(&course.scheme, &marks(course), reading).percentage
}

fn marks(course: &Course) -> Marks {
    course.scores.iter().copied().collect()
}

fn course_with_scores(kind: Kind) -> impl Strategy<Value = Course> {
    course(kind).prop_filter("needs an assessment", |course| !course.scores.is_empty())
}

/// A course of one category of up to eight assessments, where drops matter most.
fn one_category() -> impl Strategy<Value = Course> {
    let item = (1_i64..12, 0_i64..14, 1_i64..6);
    (
        prop::collection::vec(item, 1..=8),
        prop::sample::select(Aggregation::ALL),
        0_u32..6,
        0_u32..6,
    )
        .prop_map(|(items, aggregation, drop_lowest, drop_highest)| {
            let ids = || (1..).map(AssessmentId);
            let whole = |points| Points::from_whole(points).unwrap();
            Course {
                scheme: Scheme {
                    absent: AbsentPolicy::CountsZero,
                    categories: vec![CategoryScheme {
                        id: CategoryId(1),
                        weight: Weight::HUNDRED,
                        aggregation,
                        drop_lowest,
                        drop_highest,
                    }],
                    assessments: ids()
                        .zip(&items)
                        .map(|(id, (max_score, _, weight))| AssessmentScheme {
                            id,
                            category: CategoryId(1),
                            max_score: whole(*max_score),
                            weight: Weight::from_percent(*weight).unwrap(),
                        })
                        .collect(),
                },
                scores: ids()
                    .zip(&items)
                    .map(|(id, (_, value, _))| (id, Score::Scored(whole(*value))))
                    .collect(),
            }
        })
}

fn wild_scheme() -> impl Strategy<Value = (Scheme, Marks)> {
    let id = 0_i64..4;
    let weight = (0_i64..).prop_map(|weight| Weight::from_ten_thousandths(weight).unwrap());
    let category = (
        id.clone(),
        weight.clone(),
        prop::sample::select(Aggregation::ALL),
        any::<u32>(),
        0_u32..3,
    )
        .prop_map(
            |(id, weight, aggregation, drop_lowest, drop_highest)| CategoryScheme {
                id: CategoryId(id),
                weight,
                aggregation,
                drop_lowest,
                drop_highest,
            },
        );
    let assessment =
        (id.clone(), id.clone(), any::<i64>(), weight).prop_map(|(id, category, max, weight)| {
            AssessmentScheme {
                id: AssessmentId(id),
                category: CategoryId(category),
                max_score: Points::from_ten_thousandths(max),
                weight,
            }
        });
    let score = any::<i64>().prop_map(|value| Score::Scored(Points::from_ten_thousandths(value)));
    (
        prop::collection::vec(category, 0..4),
        prop::collection::vec(assessment, 0..7),
        prop::collection::vec((id.prop_map(AssessmentId), score), 0..6),
    )
        .prop_map(|(categories, assessments, scores)| {
            let scheme = Scheme {
                absent: AbsentPolicy::LeftOut,
                categories,
                assessments,
            };
            (scheme, scores.into_iter().collect())
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn is_what_the_rules_say(course in course(ANY), reading in reading()) {
        let expected = reference::total(&course.scheme, &marks(&course), reading);
        let actual = percentage(&course, reading);
        prop_assert_eq!(
            actual.as_ref().map(Percentage::exact).cloned(),
            expected.map(reference::Fraction::exact)
        );
    }

    #[test]
    fn drops_are_the_best_of_all_selections(course in one_category()) {
        let expected = reference::total(&course.scheme, &marks(&course), Reading::Current);
        let actual = percentage(&course, Reading::Current);
        prop_assert_eq!(
            actual.as_ref().map(Percentage::exact).cloned(),
            expected.map(reference::Fraction::exact)
        );
    }

    #[test]
    fn contributions_sum_to_the_total(course in course(ANY), reading in reading()) {
        let result = total(&course.scheme, &marks(&course), reading);
        let mut sum = Exact::zero();
        let mut weights = Exact::zero();
        for category in &result.why.categories {
            let lines = || category.assessments.iter();
            for line in lines().filter(|line| !line.treatment.counts()) {
                prop_assert!(line.contribution.is_zero() && line.category_share.is_zero());
            }
            let contributed: Exact = lines().map(|line| &line.contribution).sum();
            prop_assert_eq!(&contributed, &category.contribution);
            let shares: Exact = lines().map(|line| &line.category_share).sum();
            match &category.percentage {
                Some(percentage) => prop_assert_eq!(&shares, percentage.exact()),
                None => prop_assert!(shares.is_zero()),
            }
            sum = sum + contributed;
            weights = &weights + &category.effective_weight;
        }
        match &result.percentage {
            Some(percentage) => {
                prop_assert_eq!(&sum, percentage.exact());
                prop_assert!(weights >= Exact::whole(100));
            }
            None => prop_assert!(sum.is_zero() && weights.is_zero()),
        }
        let explained: usize = result.why.categories.iter().map(|c| c.assessments.len()).sum();
        prop_assert_eq!(explained + result.why.outside.len(), course.scheme.assessments.len());
    }

    #[test]
    fn order_does_not_matter(
        course in course(ANY), reading in reading(), by in any::<Index>(), reverse: bool,
    ) {
        fn turn<T>(items: &mut [T], by: Index, reverse: bool) {
            if !items.is_empty() {
                items.rotate_left(by.index(items.len()));
            }
            if reverse {
                items.reverse();
            }
        }
        let mut turned = course.clone();
        turn(&mut turned.scores, by, reverse);
        turn(&mut turned.scheme.assessments, by, reverse);
        turn(&mut turned.scheme.categories, by, !reverse);
        let treatments = |course: &Course| {
            let why = total(&course.scheme, &marks(course), reading).why;
            let mut lines: Vec<_> = why.categories.into_iter().flat_map(|c| c.assessments).collect();
            lines.sort_by_key(|line| line.id);
            lines
        };
        prop_assert_eq!(percentage(&turned, reading), percentage(&course, reading));
        prop_assert_eq!(treatments(&turned), treatments(&course));
    }

    #[test]
    fn stays_within_its_bounds(course in course(ORDERLY), reading in reading()) {
        let declared: Exact = course.scheme.categories.iter().map(|c| c.weight.exact()).sum();
        let most = declared.max(Exact::whole(100));
        if let Some(percentage) = percentage(&course, reading) {
            prop_assert!(*percentage.exact() >= Exact::zero());
            prop_assert!(*percentage.exact() <= most);
        }
    }

    #[test]
    fn an_excused_score_changes_nothing(
        course in course(ANY), reading in reading(), at in any::<Index>(),
    ) {
        prop_assume!(!course.scheme.categories.is_empty());
        let mut more = course.clone();
        more.scheme.assessments.insert(0, AssessmentScheme {
            id: AssessmentId(1),
            category: at.get(&course.scheme.categories).id,
            max_score: Points::from_whole(30).unwrap(),
            weight: Weight::HUNDRED,
        });
        more.scores.push((AssessmentId(1), Score::Excused));
        prop_assert_eq!(percentage(&more, reading), percentage(&course, reading));
    }

    #[test]
    fn missing_and_blank_are_alike(course in course(ANY), reading in reading()) {
        let mut other = course.clone();
        for (_, score) in &mut other.scores {
            if *score == Score::Missing {
                *score = Score::Blank;
            }
        }
        prop_assert_eq!(percentage(&other, reading), percentage(&course, reading));
    }

    #[test]
    fn a_raised_score_never_lowers_the_total(
        course in course_with_scores(Kind { extra_credit: true, ..ORDERLY }),
        reading in reading(),
        at in any::<Index>(),
        raise in 1_i64..200_000,
    ) {
        let at = at.index(course.scores.len());
        let mut raised = course.clone();
        let score = &mut raised.scores[at].1;
        let value = score.value();
        prop_assume!(value.is_some());
        *score = Score::Scored(value.unwrap().checked_add(Points::from_ten_thousandths(raise)).unwrap());
        prop_assert!(percentage(&raised, reading) >= percentage(&course, reading));
    }

    #[test]
    fn the_final_reading_is_not_above_the_current(course in course(ORDERLY)) {
        let current = percentage(&course, Reading::Current);
        let last = percentage(&course, Reading::Final);
        if current.is_some() {
            prop_assert!(last.is_some());
            prop_assert!(last <= current);
        }
    }

    #[test]
    fn is_defined_for_every_scheme((scheme, marks) in wild_scheme(), reading in reading()) {
        let result = total(&scheme, &marks, reading);
        let sum: Exact = result.why.categories.iter().map(|line| &line.contribution).sum();
        if let Some(percentage) = result.percentage {
            prop_assert_eq!(&sum, percentage.exact());
            let _ = percentage.rounded().fixed();
        }
    }
}
