//! Why a total is what it is: a line for each category and each assessment.

use super::Reading;
use crate::exact::Exact;
use crate::ids::{AssessmentId, CategoryId};
use crate::percentage::Percentage;
use crate::scheme::AssessmentScheme;
use crate::score::Score;
use crate::weight::Weight;

/// A course's total for one student.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseTotal {
    /// The exact percentage; `None` when nothing that has a weight counts.
    pub percentage: Option<Percentage>,
    /// How it came about.
    pub why: Explanation,
}

/// How a total came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Which reading of the scores it is.
    pub reading: Reading,
    /// The categories, in the scheme's order.
    pub categories: Vec<CategoryLine>,
    /// Assessments whose category the scheme does not have; they do not count.
    pub outside: Vec<AssessmentLine>,
}

/// A category's part in the total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryLine {
    /// Which category.
    pub id: CategoryId,
    /// Its percentage; `None` when it has nothing to count and is skipped.
    pub percentage: Option<Percentage>,
    /// The weight that the scheme declares, in percent.
    pub weight: Weight,
    /// The weight after scaling, in percent; zero when the category is skipped.
    pub effective_weight: Exact,
    /// Percentage points that it brings to the total.
    pub contribution: Exact,
    /// Its assessments, in the scheme's order.
    pub assessments: Vec<AssessmentLine>,
}

/// An assessment's part in the total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssessmentLine {
    /// Which assessment.
    pub id: AssessmentId,
    /// The student's score.
    pub score: Score,
    /// What was done with it.
    pub treatment: Treatment,
    /// Value / full marks, when there is a value (or a counted 0) and there are full marks.
    pub percentage: Option<Percentage>,
    /// How much of its category it makes up, in percent, once what does not count is out of it: by
    /// full marks, evenly or by its weight. Zero unless counted.
    pub effective_weight: Exact,
    /// Percentage points that it brings to its category's percentage; zero unless counted.
    pub category_share: Exact,
    /// Percentage points that it brings to the total; zero unless counted.
    pub contribution: Exact,
}

/// What was done with a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Treatment {
    /// Its value counted.
    Counted,
    /// It has no value and counted 0.
    CountedZero(NoValue),
    /// It was dropped by the category's rule.
    Dropped(DropEnd),
    /// The student was excused.
    Excused,
    /// It has no value and was left out.
    LeftOut(NoValue),
    /// The category weights its assessments and this one has no weight.
    NoWeight,
    /// Its full marks are not above zero, so that it has no percentage.
    NoMaximum,
    /// The scheme does not have its category.
    NoCategory,
}

impl Treatment {
    /// Whether the score entered the total, with its value or as 0.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, Self::Counted | Self::CountedZero(_))
    }
}

/// Why a score has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoValue {
    /// Nothing was entered.
    Blank,
    /// It was not handed in.
    Missing,
    /// The student was absent.
    Absent,
}

/// Which rule dropped a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DropEnd {
    /// `drop_lowest`: without it the percentage is highest.
    Lowest,
    /// `drop_highest`: without it the percentage is lowest.
    Highest,
}

impl AssessmentLine {
    pub(super) fn uncounted(
        assessment: &AssessmentScheme,
        score: Score,
        treatment: Treatment,
    ) -> Self {
        Self {
            id: assessment.id,
            score,
            treatment,
            percentage: score
                .value()
                .and_then(|value| Percentage::of(value, assessment.max_score)),
            effective_weight: Exact::zero(),
            category_share: Exact::zero(),
            contribution: Exact::zero(),
        }
    }
}

impl CategoryLine {
    /// Fills in what depends on the other categories: the scaled weight and the
    /// contributions. A skipped category keeps its zeros.
    pub(super) fn apply(&mut self, scale: &Exact) {
        let Some(percentage) = &self.percentage else {
            return;
        };
        self.effective_weight = &self.weight.exact() * scale;
        let factor = &self.weight.fraction() * scale;
        self.contribution = percentage.exact() * &factor;
        for line in &mut self.assessments {
            if line.treatment.counts() {
                line.contribution = &line.category_share * &factor;
            }
        }
    }
}
