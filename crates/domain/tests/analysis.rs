//! An exam's analysis against a second, naive implementation in whole numbers.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use gradebook_domain::{
    Band, ClassId, CompositeWeights, ExamScores, Figures, Lines, LinesError, Mark, Points,
    RankStyle, Score, SubjectId, UserId, UsualExcellent, Weight, analyse, rank_change,
};
use proptest::prelude::*;

fn points(text: &str) -> Points {
    text.parse().unwrap()
}

fn lines(full: &str, excellent: &str, good: &str, pass: &str) -> Result<Lines, LinesError> {
    Lines::new(points(full), points(excellent), points(good), points(pass))
}

#[test]
fn lines_are_in_order() {
    assert!(lines("100", "85", "75", "60").is_ok());
    assert!(lines("100", "100", "100", "100").is_ok());
    assert!(lines("0.0001", "0", "0", "0").is_ok());
    for (one, error) in [
        (lines("0", "0", "0", "0"), LinesError::Full),
        (lines("-1", "-1", "-1", "-1"), LinesError::Full),
        (lines("100", "100.0001", "75", "60"), LinesError::Excellent),
        (lines("100", "85", "85.0001", "60"), LinesError::Good),
        (lines("100", "85", "75", "75.0001"), LinesError::Pass),
        (lines("100", "85", "75", "-0.0001"), LinesError::Pass),
    ] {
        assert_eq!(one, Err(error));
    }
}

#[test]
fn usual_lines_are_shares_of_full_marks() {
    let brief = |full: &str, excellent| {
        let lines = Lines::usual(points(full), excellent).unwrap();
        Band::ALL
            .iter()
            .map(|band| lines.start(*band).to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        brief("100", UsualExcellent::Percent85),
        ["85", "75", "60", "0"]
    );
    assert_eq!(
        brief("120", UsualExcellent::Percent90),
        ["108", "90", "72", "0"]
    );
    // 60 % of 0.0003 is 0.00018, which a score reaches from 0.0002 on.
    assert_eq!(
        brief("0.0003", UsualExcellent::Percent90),
        ["0.0003", "0.0003", "0.0002", "0"]
    );
    assert_eq!(
        Lines::usual(Points::ZERO, UsualExcellent::Percent90),
        Err(LinesError::Full)
    );
}

#[test]
fn the_scale_of_a_histogram_is_round() {
    let starts = |full: &str| {
        let lines = Lines::usual(points(full), UsualExcellent::Percent90).unwrap();
        let figures = Figures::of(&[points(full)], &lines, &CompositeWeights::USUAL).unwrap();
        let last = figures.histogram.last().unwrap();
        assert_eq!(last.count, 1, "full marks are in the last bin of {full}");
        assert_eq!(last.to, points(full));
        (
            figures.histogram.len(),
            figures.histogram[1].from.to_string(),
        )
    };
    for (full, bins, width) in [
        ("100", 10, "10"),
        ("120", 12, "10"),
        ("150", 15, "10"),
        ("160", 8, "20"),
        ("40", 8, "5"),
        ("30", 15, "2"),
        ("10", 10, "1"),
        ("7.5", 15, "0.5"),
        ("95", 10, "10"),
        ("0.0002", 2, "0.0001"),
    ] {
        assert_eq!(starts(full), (bins, width.to_owned()), "{full}");
    }
}

#[test]
fn composite_weights_sum_to_a_hundred() {
    let weight = |percent| Weight::from_percent(percent).unwrap();
    let made = |mean, pass, excellent| {
        CompositeWeights::new(weight(mean), weight(pass), weight(excellent))
    };
    assert_eq!(made(40, 30, 30), Ok(CompositeWeights::USUAL));
    assert!(made(100, 0, 0).is_ok());
    assert!(made(40, 30, 29).is_err());
    assert!(made(40, 30, 31).is_err());
}

#[test]
fn up_is_positive() {
    assert_eq!(rank_change(Some(2), Some(5)), Some(3));
    assert_eq!(rank_change(Some(5), Some(2)), Some(-3));
    assert_eq!(rank_change(Some(5), Some(5)), Some(0));
    assert_eq!(rank_change(None, Some(2)), None);
    assert_eq!(rank_change(Some(2), None), None);
}

/// Students of classes 1 and 2 (Grade 5) and 3 (Grade 6) with scores in up to three subjects; some are
/// in two classes, some marks are of classes that the student is not in.
#[derive(Debug, Clone)]
struct School {
    members: BTreeSet<(i64, i64)>,
    columns: BTreeSet<(i64, i64)>,
    marks: BTreeMap<(i64, i64, i64), Score>,
}

fn school() -> impl Strategy<Value = School> {
    let score = prop_oneof![
        4 => (0_i64..=20).prop_map(|half| Score::Scored(Points::from_ten_thousandths(half * 5_000))),
        1 => prop::sample::select(vec![Score::Absent, Score::Blank, Score::Excused, Score::Missing]),
    ];
    (
        prop::collection::btree_set((1_i64..=3, 1_i64..=9), 0..14),
        prop::collection::btree_set((1_i64..=3, 1_i64..=3), 0..9),
        prop::collection::btree_map((1_i64..=3, 1_i64..=3, 1_i64..=9), score, 0..60),
    )
        .prop_map(|(members, columns, marks)| School {
            members,
            columns,
            marks,
        })
}

fn level(class: i64) -> &'static str {
    if class == 3 { "Grade 6" } else { "Grade 5" }
}

/// Full marks 10; excellent 9, good 7.5, pass 6, in Grade 6 one less.
fn line_values(class: i64) -> [i64; 3] {
    if class == 3 {
        [80_000, 65_000, 50_000]
    } else {
        [90_000, 75_000, 60_000]
    }
}

fn exam(school: &School, rank_style: RankStyle) -> ExamScores {
    let lines = [1, 3].map(|class| {
        let [excellent, good, pass] = line_values(class).map(Points::from_ten_thousandths);
        let lines = Lines::new(points("10"), excellent, good, pass).unwrap();
        (level(class).to_owned(), lines)
    });
    ExamScores {
        grade_levels: (1..=3)
            .map(|class| (ClassId(class), level(class).to_owned()))
            .collect(),
        members: school
            .members
            .iter()
            .map(|(class, student)| (ClassId(*class), UserId(*student)))
            .collect(),
        columns: school
            .columns
            .iter()
            .map(|(subject, class)| (SubjectId(*subject), ClassId(*class)))
            .collect(),
        lines: (1..=3)
            .map(|subject| (SubjectId(subject), lines.iter().cloned().collect()))
            .collect(),
        marks: school
            .marks
            .iter()
            .map(|((subject, class, student), score)| Mark {
                class: ClassId(*class),
                subject: SubjectId(*subject),
                student: UserId(*student),
                score: *score,
            })
            .collect(),
        weights: CompositeWeights::USUAL,
        rank_style,
    }
}

impl School {
    /// The value of a cell that counts.
    fn value(&self, subject: i64, class: i64, student: i64) -> Option<i64> {
        let counts =
            self.members.contains(&(class, student)) && self.columns.contains(&(subject, class));
        let score = self.marks.get(&(subject, class, student))?;
        score
            .value()
            .filter(|_| counts)
            .map(Points::ten_thousandths)
    }

    fn column(&self, subject: i64, class: i64) -> Vec<i64> {
        (1..=9)
            .filter_map(|student| self.value(subject, class, student))
            .collect()
    }

    /// The class in which a student has most scores; the first of equals.
    fn home(&self, student: i64) -> Option<i64> {
        let scored = |class: i64| {
            (1..=3)
                .filter(|subject| self.value(*subject, class, student).is_some())
                .count()
        };
        let own: Vec<i64> = (1..=3)
            .filter(|class| self.members.contains(&(*class, student)))
            .collect();
        let most = own.iter().map(|class| scored(*class)).max()?;
        own.into_iter().find(|class| scored(*class) == most)
    }

    fn total(&self, student: i64) -> Option<i64> {
        let home = self.home(student)?;
        let values: Vec<i64> = (1..=3)
            .filter_map(|subject| {
                let elsewhere = || (1..=3).find_map(|class| self.value(subject, class, student));
                self.value(subject, home, student).or_else(elsewhere)
            })
            .collect();
        (!values.is_empty()).then(|| values.iter().sum())
    }
}

/// 1 + how many (different) values are ahead.
fn rank_among<T: Ord + Clone>(own: &T, all: &[T], style: RankStyle) -> usize {
    let mut ahead: Vec<T> = all.iter().filter(|other| *other > own).cloned().collect();
    if style == RankStyle::Dense {
        ahead.sort();
        ahead.dedup();
    }
    ahead.len() + 1
}

/// `part / whole` to hundredths, half away from zero, of non-negative numbers.
fn hundredths(part: i128, whole: i128) -> i64 {
    i64::try_from((part * 200 + whole) / (whole * 2)).unwrap()
}

fn styles() -> impl Strategy<Value = RankStyle> {
    prop::sample::select(RankStyle::ALL)
}

proptest! {
    #[test]
    fn figures_are_as_counted_by_hand(school in school(), style in styles()) {
        let found = analyse(&exam(&school, style));
        let subjects: BTreeSet<i64> = school.columns.iter().map(|(subject, _)| *subject).collect();
        let of: Vec<i64> = found.subjects.iter().map(|one| one.subject.0).collect();
        prop_assert_eq!(of, subjects.into_iter().collect::<Vec<_>>());
        for subject in &found.subjects {
            let classes: Vec<i64> = subject.classes.iter().map(|one| one.class.0).collect();
            let sat: Vec<i64> = school.columns.iter().filter(|(of, _)| *of == subject.subject.0).map(|(_, class)| *class).collect();
            prop_assert_eq!(&classes, &sat);
            for class in &subject.classes {
                let values = school.column(subject.subject.0, class.class.0);
                check_figures(class.figures.as_ref(), &values, line_values(class.class.0))?;
                // Means as fractions over a common denominator that every size up to 9 divides.
                let mean = |class: i64| {
                    let values = school.column(subject.subject.0, class);
                    (!values.is_empty()).then(|| values.iter().sum::<i64>() * 2_520 / i64::try_from(values.len()).unwrap())
                };
                let beside: Vec<i64> = sat.iter().filter(|other| level(**other) == level(class.class.0)).filter_map(|other| mean(*other)).collect();
                prop_assert_eq!(class.rank_by_mean, mean(class.class.0).map(|own| rank_among(&own, &beside, style)));
                let composites: Vec<_> = subject.classes.iter().filter(|other| other.grade_level == class.grade_level)
                    .filter_map(|other| other.figures.as_ref()).map(|figures| figures.composite).collect();
                prop_assert_eq!(class.rank_by_composite, class.figures.as_ref().map(|own| rank_among(&own.composite, &composites, style)));
            }
            for grade in &subject.grade_levels {
                let values: Vec<i64> = sat.iter().filter(|class| level(**class) == grade.grade_level)
                    .flat_map(|class| school.column(subject.subject.0, *class)).collect();
                let class = if grade.grade_level == "Grade 6" { 3 } else { 1 };
                check_figures(grade.figures.as_ref(), &values, line_values(class))?;
            }
        }
    }

    #[test]
    fn totals_and_ranks_are_as_counted_by_hand(school in school(), style in styles()) {
        let found = analyse(&exam(&school, style));
        let students: BTreeSet<i64> = school.members.iter().map(|(_, student)| *student).collect();
        let listed: BTreeSet<i64> = found.students.iter().map(|one| one.student.0).collect();
        prop_assert_eq!(found.students.len(), listed.len());
        prop_assert_eq!(&listed, &students);
        for place in &found.students {
            let student = place.student.0;
            let total = school.total(student);
            prop_assert_eq!(Some(place.class.0), school.home(student));
            prop_assert_eq!(place.total.map(Points::ten_thousandths), total);
            let among = |beside: &dyn Fn(i64) -> bool| -> Vec<i64> {
                students.iter().filter(|other| school.home(**other).is_some_and(beside)).filter_map(|other| school.total(*other)).collect()
            };
            let in_class = among(&|class| class == place.class.0);
            let in_grade = among(&|class| level(class) == level(place.class.0));
            prop_assert_eq!(place.rank_in_class, total.map(|own| rank_among(&own, &in_class, style)));
            prop_assert_eq!(place.rank_in_grade, total.map(|own| rank_among(&own, &in_grade, style)));
        }
    }

    #[test]
    fn all_subjects_count_only_who_has_all(school in school()) {
        let found = analyse(&exam(&school, RankStyle::Competition));
        let classes: BTreeSet<i64> = school.columns.iter().map(|(_, class)| *class).collect();
        prop_assert_eq!(found.all_subjects.len(), classes.len());
        for (line, class) in found.all_subjects.iter().zip(classes) {
            prop_assert_eq!(line.class.0, class);
            let subjects: Vec<i64> = school.columns.iter().filter(|(_, of)| *of == class).map(|(subject, _)| *subject).collect();
            let [excellent, _, pass] = line_values(class);
            let (mut counted, mut passed, mut excellent_all) = (0, 0, 0);
            for student in 1..=9 {
                let values: Vec<i64> = subjects.iter().filter_map(|subject| school.value(*subject, class, student)).collect();
                if values.len() == subjects.len() {
                    counted += 1;
                    passed += usize::from(values.iter().all(|value| *value >= pass));
                    excellent_all += usize::from(values.iter().all(|value| *value >= excellent));
                }
            }
            prop_assert_eq!((line.counted, line.passed_all, line.excellent_all), (counted, passed, excellent_all));
        }
    }

    #[test]
    fn every_value_is_in_one_bin_and_in_one_band(full in 1_i64..3_000_000, values in prop::collection::vec(0_i64..4_000_000, 1..30)) {
        let lines = Lines::usual(Points::from_ten_thousandths(full), UsualExcellent::Percent90).unwrap();
        let values: Vec<Points> = values.into_iter().map(Points::from_ten_thousandths).collect();
        let figures = Figures::of(&values, &lines, &CompositeWeights::USUAL).unwrap();
        prop_assert!(figures.histogram.len() <= 15);
        prop_assert_eq!(figures.histogram.iter().map(|bin| bin.count).sum::<usize>(), values.len());
        prop_assert_eq!(figures.bands.iter().map(|band| band.count).sum::<usize>(), values.len());
        let last = figures.histogram.len() - 1;
        for (place, bin) in figures.histogram.iter().enumerate() {
            let inside = values.iter().filter(|value| **value >= bin.from && (place == last || **value < bin.to)).count();
            prop_assert_eq!(bin.count, inside);
            if place > 0 {
                prop_assert_eq!(bin.from, figures.histogram[place - 1].to);
            }
        }
        // A share reaches a usual line exactly when its percentage does.
        for value in values {
            prop_assert_eq!(value >= lines.pass(), value.ten_thousandths() * 100 >= full * 60);
        }
    }
}

fn check_figures(
    figures: Option<&Figures>,
    values: &[i64],
    [excellent, good, pass]: [i64; 3],
) -> Result<(), TestCaseError> {
    let Some(figures) = figures else {
        prop_assert!(values.is_empty());
        return Ok(());
    };
    let count = i128::try_from(values.len()).unwrap();
    let sum: i128 = values.iter().map(|value| i128::from(*value)).sum();
    prop_assert_eq!(figures.statistics.count, values.len());
    prop_assert_eq!(i128::from(figures.statistics.sum.ten_thousandths()), sum);
    let mean = hundredths(sum, count * 10_000);
    prop_assert_eq!(figures.statistics.mean.rounded().hundredths(), mean);
    let reach = |line: i64| {
        let reached = values.iter().filter(|value| **value >= line).count();
        hundredths(i128::try_from(reached).unwrap() * 100, count)
    };
    let rates = [
        &figures.excellent_rate,
        &figures.good_rate,
        &figures.pass_rate,
    ];
    for (rate, line) in rates.into_iter().zip([excellent, good, pass]) {
        prop_assert_eq!(rate.rounded().hundredths(), reach(line));
    }
    // In thousandths: the displayed figures × 4, 3 and 3; half of a hundredth goes to the even one.
    let thousandths = mean * 4 + reach(pass) * 3 + reach(excellent) * 3;
    let (whole, rest) = (thousandths / 10, thousandths % 10);
    let composite = whole + i64::from(rest > 5 || (rest == 5 && whole % 2 == 1));
    prop_assert_eq!(figures.composite.hundredths(), composite);
    let between = |from: i64, to: i64| {
        values
            .iter()
            .filter(|value| (from..to).contains(*value))
            .count()
    };
    let bands: Vec<usize> = figures.bands.iter().map(|band| band.count).collect();
    prop_assert_eq!(
        bands,
        [
            between(excellent, i64::MAX),
            between(good, excellent),
            between(pass, good),
            between(0, pass)
        ]
    );
    Ok(())
}
