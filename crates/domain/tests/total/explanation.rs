//! What a total says about itself.

use gradebook_domain::{
    AbsentPolicy, Aggregation, AssessmentId, AssessmentLine, CategoryId, DropEnd, Marks, NoValue,
    Reading, Scheme, Treatment, Weight, total,
};

use super::cases::course;

/// Each assessment's treatment and contribution, in the scheme's order.
fn lines(scheme: &Scheme, marks: &Marks, reading: Reading) -> Vec<(Treatment, String)> {
    let why = total(scheme, marks, reading).why;
    assert_eq!(why.reading, reading);
    why.categories
        .iter()
        .flat_map(|category| &category.assessments)
        .chain(&why.outside)
        .map(|line| (line.treatment, line.contribution.rounded().to_string()))
        .collect()
}

#[test]
fn every_line_says_what_was_done() {
    let entries = [
        ("9", "10"),
        ("", "10"),
        ("mi", "10"),
        ("abs", "10"),
        ("ex", "10"),
        ("3", "10"),
        ("10", "10"),
    ];
    let (mut scheme, marks) = course(&[("100", Aggregation::Mean, &entries)]);
    scheme.absent = AbsentPolicy::LeftOut;
    scheme.categories[0].drop_lowest = 1;
    scheme.categories[0].drop_highest = 1;
    let line = |treatment, contribution: &str| (treatment, contribution.to_owned());
    assert_eq!(
        lines(&scheme, &marks, Reading::Current),
        [
            line(Treatment::Counted, "90"),
            line(Treatment::LeftOut(NoValue::Blank), "0"),
            line(Treatment::LeftOut(NoValue::Missing), "0"),
            line(Treatment::LeftOut(NoValue::Absent), "0"),
            line(Treatment::Excused, "0"),
            line(Treatment::Dropped(DropEnd::Lowest), "0"),
            line(Treatment::Dropped(DropEnd::Highest), "0"),
        ]
    );
    scheme.absent = AbsentPolicy::CountsZero;
    assert_eq!(
        lines(&scheme, &marks, Reading::Final),
        [
            line(Treatment::Counted, "22.5"),
            // Of three equal zeros the one with the smallest id goes.
            line(Treatment::Dropped(DropEnd::Lowest), "0"),
            line(Treatment::CountedZero(NoValue::Missing), "0"),
            line(Treatment::CountedZero(NoValue::Absent), "0"),
            line(Treatment::Excused, "0"),
            line(Treatment::Counted, "7.5"),
            line(Treatment::Dropped(DropEnd::Highest), "0"),
        ]
    );
}

#[test]
fn what_cannot_count_says_so() {
    let entries = [("9", "10"), ("8", "10"), ("7", "10"), ("6", "10")];
    let (mut scheme, marks) = course(&[("100", Aggregation::Weighted, &entries)]);
    scheme.assessments[1].weight = gradebook_domain::Weight::ZERO;
    scheme.assessments[2].max_score = gradebook_domain::Points::ZERO;
    scheme.assessments[3].category = CategoryId(77);
    let treatments: Vec<_> = lines(&scheme, &marks, Reading::Final)
        .into_iter()
        .map(|(treatment, _)| treatment)
        .collect();
    assert_eq!(
        treatments,
        [
            Treatment::Counted,
            Treatment::NoWeight,
            Treatment::NoMaximum,
            Treatment::NoCategory,
        ]
    );
    let why = total(&scheme, &marks, Reading::Final).why;
    assert_eq!(why.outside[0].id, AssessmentId(104));
    assert_eq!(why.categories[0].assessments[2].percentage, None);
}

#[test]
fn weights_are_shown_as_declared_and_as_used() {
    let (scheme, marks) = course(&[
        ("50", Aggregation::Points, &[("8", "10")]),
        ("30", Aggregation::Points, &[("5", "10"), ("5", "30")]),
        ("20", Aggregation::Points, &[("", "10")]),
    ]);
    let why = total(&scheme, &marks, Reading::Current).why;
    let shown: Vec<_> = why
        .categories
        .iter()
        .map(|line| {
            [
                line.percentage
                    .as_ref()
                    .map_or("-".to_owned(), ToString::to_string),
                line.weight.to_string(),
                line.effective_weight.rounded().to_string(),
                line.contribution.rounded().to_string(),
            ]
            .join(" ")
        })
        .collect();
    assert_eq!(shown, ["80 50 62.5 50", "25 30 37.5 9.38", "- 20 0 0"]);
    let half = &why.categories[1].assessments[0];
    assert_eq!(half.percentage.as_ref().unwrap().to_string(), "50");
    assert_eq!(half.category_share.rounded().to_string(), "12.5");
    assert_eq!(half.contribution.rounded().fixed(), "4.69");
}

#[test]
fn a_line_says_how_much_of_its_category_it_is() {
    let shares = |aggregation, weights: [i64; 3]| -> Vec<String> {
        let entries = [("8", "10"), ("15", "30"), ("ex", "60")];
        let (mut scheme, marks) = course(&[("100", aggregation, &entries)]);
        for (one, weight) in scheme.assessments.iter_mut().zip(weights) {
            one.weight = Weight::from_percent(weight).unwrap();
        }
        let why = total(&scheme, &marks, Reading::Current).why;
        let lines = why.categories[0].assessments.iter();
        let share = |line: &AssessmentLine| line.effective_weight.rounded().to_string();
        lines.map(share).collect()
    };
    assert_eq!(shares(Aggregation::Points, [0; 3]), ["25", "75", "0"]);
    assert_eq!(shares(Aggregation::Mean, [0; 3]), ["50", "50", "0"]);
    assert_eq!(
        shares(Aggregation::Weighted, [20, 40, 40]),
        ["33.33", "66.67", "0"]
    );
}
