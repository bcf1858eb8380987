//! How a total came about, in words.

use gradebook_app::CourseGrades;
use gradebook_domain::{
    AbsentPolicy, Aggregation, AssessmentLine, CategoryLine, CourseTotal, DropEnd, Exact,
    LetterScale, NoValue, Points, Reading, Treatment, Weight,
};

use super::words::ScoreText;
use crate::i18n::T;

/// One reading of a total, explained.
#[derive(Debug, Clone)]
pub(super) struct WhyView {
    /// What the page remembers the section by.
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) categories: Vec<CategoryView>,
    /// The total; `None` when nothing counts.
    pub(super) total: Option<String>,
    /// The rules that applied.
    pub(super) notes: Vec<String>,
}

/// A weight, and what has become of it.
#[derive(Debug, Clone, Default)]
pub(super) struct WeightView {
    pub(super) text: String,
    /// What is said below it.
    pub(super) note: Option<String>,
    /// The text says of what it is a share, so it needs no name.
    pub(super) is_share: bool,
}

/// A category's part.
#[derive(Debug, Clone)]
pub(super) struct CategoryView {
    pub(super) name: String,
    /// How its percentage is made.
    pub(super) rule: String,
    /// `None` when it has nothing to count.
    pub(super) percentage: Option<String>,
    pub(super) weight: WeightView,
    pub(super) contribution: Option<String>,
    pub(super) lines: Vec<LineView>,
}

/// An assessment's part.
#[derive(Debug, Clone)]
pub(super) struct LineView {
    pub(super) title: String,
    pub(super) score: String,
    /// What was done with it, unless its value simply counted.
    pub(super) note: Option<String>,
    /// How much of its category it is.
    pub(super) weight: WeightView,
    pub(super) contribution: Option<String>,
    pub(super) dropped: bool,
}

impl WhyView {
    pub(super) fn new(t: T, one: &CourseGrades, total: &CourseTotal) -> Self {
        let categories: Vec<CategoryView> = total
            .why
            .categories
            .iter()
            .map(|line| category(t, one, line))
            .collect();
        let scaled = total.why.categories.iter().any(is_scaled);
        let (id, title, reading) = match total.why.reading {
            Reading::Current => ("why-current", "why-current", "total-current-note"),
            Reading::Final => ("why-final", "why-final", "total-final-note"),
        };
        let absent = match one.course.absent {
            AbsentPolicy::CountsZero => "why-absent-zero",
            AbsentPolicy::LeftOut => "why-absent-left-out",
        };
        let mut notes = vec![t.get("why-rule"), t.get(reading), t.get(absent)];
        if scaled {
            notes.push(t.get("why-scaled"));
        }
        notes.push(t.get("why-rounded"));
        if let Some(scale) = &one.course.letters {
            notes.push(letters(t, scale));
        }
        Self {
            id,
            title: t.get(title),
            categories,
            total: total
                .percentage
                .as_ref()
                .map(|percentage| percentage.rounded().fixed()),
            notes,
        }
    }
}

/// Where the letters come from.
fn letters(t: T, scale: &LetterScale) -> String {
    let bands = scale.bands().iter().map(|(letter, from)| {
        let from = from.to_string();
        t.args("settings-band", &[("letter", letter), ("from", &from)])
    });
    t.with("why-letters", "bands", t.list(bands))
}

/// A weight of the whole, as it was set up and as it counts.
pub(super) fn weighed(t: T, weight: Weight, effective: &Exact, counts: bool) -> WeightView {
    let scaled = counts && *effective != weight.exact();
    WeightView {
        text: t.with("percent", "value", weight),
        note: scaled.then(|| t.with("why-weight-scaled", "effective", effective.rounded())),
        is_share: false,
    }
}

fn is_scaled(line: &CategoryLine) -> bool {
    line.percentage.is_some() && line.effective_weight != line.weight.exact()
}

fn category(t: T, one: &CourseGrades, line: &CategoryLine) -> CategoryView {
    let found = one
        .categories
        .iter()
        .find(|category| category.scheme.id == line.id);
    let weighted = found.is_some_and(|one| one.scheme.aggregation == Aggregation::Weighted);
    CategoryView {
        name: found
            .map(|category| category.name.clone())
            .unwrap_or_default(),
        rule: found.map(|category| rule(t, category)).unwrap_or_default(),
        percentage: line
            .percentage
            .as_ref()
            .map(|percentage| t.with("percent", "value", percentage)),
        weight: weighed(
            t,
            line.weight,
            &line.effective_weight,
            line.percentage.is_some(),
        ),
        contribution: line
            .percentage
            .is_some()
            .then(|| line.contribution.rounded().fixed()),
        lines: line
            .assessments
            .iter()
            .map(|assessment| assessment_line(t, one, assessment, weighted))
            .collect(),
    }
}

pub(super) fn rule(t: T, category: &gradebook_app::read::Category) -> String {
    let scheme = category.scheme;
    let aggregation = match scheme.aggregation {
        Aggregation::Points => "why-aggregation-points",
        Aggregation::Mean => "why-aggregation-mean",
        Aggregation::Weighted => "why-aggregation-weighted",
    };
    let drop = |key, count| (count > 0).then(|| t.count(key, count));
    t.list(
        [
            Some(t.get(aggregation)),
            drop("why-drop-lowest", scheme.drop_lowest),
            drop("why-drop-highest", scheme.drop_highest),
        ]
        .into_iter()
        .flatten(),
    )
}

fn assessment_line(t: T, one: &CourseGrades, line: &AssessmentLine, weighted: bool) -> LineView {
    let found = one
        .assessments
        .iter()
        .find(|grade| grade.assessment.id == line.id);
    let max = found.map_or(Points::ZERO, |grade| grade.assessment.limits.max_score);
    LineView {
        title: found
            .map(|grade| grade.assessment.title.clone())
            .unwrap_or_default(),
        score: ScoreText::new(t, line.score, max).line(),
        note: treatment(line.treatment).map(|key| t.get(key)),
        weight: if line.treatment.counts() {
            let declared = found.filter(|_| weighted).map(|one| one.assessment.weight);
            let declared = declared.filter(|weight| weight.exact() != line.effective_weight);
            WeightView {
                text: t.with("why-share", "value", line.effective_weight.rounded()),
                note: declared.map(|weight| t.with("settings-weight-of", "weight", weight)),
                is_share: true,
            }
        } else {
            WeightView::default()
        },
        contribution: line
            .treatment
            .counts()
            .then(|| line.contribution.rounded().fixed()),
        dropped: matches!(line.treatment, Treatment::Dropped(_)),
    }
}

fn treatment(treatment: Treatment) -> Option<&'static str> {
    Some(match treatment {
        Treatment::Counted => return None,
        Treatment::CountedZero(NoValue::Blank) => "treatment-zero-blank",
        Treatment::CountedZero(NoValue::Missing) => "treatment-zero-missing",
        Treatment::CountedZero(NoValue::Absent) => "treatment-zero-absent",
        Treatment::Dropped(DropEnd::Lowest) => "treatment-dropped-lowest",
        Treatment::Dropped(DropEnd::Highest) => "treatment-dropped-highest",
        Treatment::Excused => "treatment-excused",
        Treatment::LeftOut(NoValue::Blank) => "treatment-out-blank",
        Treatment::LeftOut(NoValue::Missing) => "treatment-out-missing",
        Treatment::LeftOut(NoValue::Absent) => "treatment-out-absent",
        Treatment::NoWeight => "treatment-no-weight",
        Treatment::NoMaximum => "treatment-no-maximum",
        Treatment::NoCategory => "treatment-no-category",
    })
}
