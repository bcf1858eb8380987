//! A course's total and why it is what it is.
//!
//! The rules are those of product.md, "Totals". Everything is exact; rounding happens at
//! display.

mod category;
mod drops;
mod explanation;

use std::collections::{BTreeMap, BTreeSet};

use crate::exact::Exact;
use crate::ids::AssessmentId;
use crate::names::names;
use crate::percentage::Percentage;
use crate::scheme::{AssessmentScheme, Scheme};
use crate::score::Score;
use crate::weight::scale_up;

pub use explanation::{
    AssessmentLine, CategoryLine, CourseTotal, DropEnd, Explanation, NoValue, Treatment,
};

/// Which of the two totals is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reading {
    /// How the student stands on what has been scored: blank is ignored. Missing is too,
    /// since only the final reading names it as 0.
    Current,
    /// As if the term ended now: blank and missing count 0.
    Final,
}

names!(Reading, "a reading", {
    Current => "current",
    Final => "final",
});

/// One student's scores in a course; an assessment without an entry is blank.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks(BTreeMap<AssessmentId, Score>);

impl Marks {
    /// The score in an assessment, blank when there is none.
    #[must_use]
    pub fn get(&self, assessment: AssessmentId) -> Score {
        self.0.get(&assessment).copied().unwrap_or_default()
    }

    /// These scores, with others in the place of some.
    #[must_use]
    pub fn with(&self, scores: impl IntoIterator<Item = (AssessmentId, Score)>) -> Self {
        let mut marks = self.0.clone();
        marks.extend(scores);
        Self(marks)
    }
}

/// When an assessment appears twice, the later score stands.
impl FromIterator<(AssessmentId, Score)> for Marks {
    fn from_iter<I: IntoIterator<Item = (AssessmentId, Score)>>(scores: I) -> Self {
        Self(scores.into_iter().collect())
    }
}

/// The total of one student in one course.
///
/// Σ category percentage × weight. Categories with nothing to count are skipped; the
/// weights of the others scale up to 100 when they sum to less and stay as they are when
/// they sum to more. Without any weight there is no percentage.
///
/// Defined for every scheme: what cannot count (no full marks, an unknown category) does
/// not and says so in [`CourseTotal::why`]. Of categories with the same id the first one
/// has the assessments.
#[must_use]
pub fn total(scheme: &Scheme, marks: &Marks, reading: Reading) -> CourseTotal {
    let mut members: BTreeMap<_, Vec<&AssessmentScheme>> = BTreeMap::new();
    let known: BTreeSet<_> = scheme.categories.iter().map(|c| c.id).collect();
    let mut outside = Vec::new();
    for assessment in &scheme.assessments {
        if known.contains(&assessment.category) {
            members
                .entry(assessment.category)
                .or_default()
                .push(assessment);
        } else {
            outside.push(AssessmentLine::uncounted(
                assessment,
                marks.get(assessment.id),
                Treatment::NoCategory,
            ));
        }
    }

    let mut categories: Vec<CategoryLine> = scheme
        .categories
        .iter()
        .map(|category| {
            let assessments = members.remove(&category.id).unwrap_or_default();
            category::evaluate(category, &assessments, marks, scheme.absent, reading)
        })
        .collect();

    let counting = categories
        .iter()
        .filter(|line| line.percentage.is_some())
        .map(|line| line.weight);
    let percentage = scale_up(counting).map(|scale| {
        categories.iter_mut().for_each(|line| line.apply(&scale));
        Percentage::new(
            categories
                .iter()
                .map(|line| &line.contribution)
                .sum::<Exact>(),
        )
    });
    CourseTotal {
        percentage,
        why: Explanation {
            reading,
            categories,
            outside,
        },
    }
}
