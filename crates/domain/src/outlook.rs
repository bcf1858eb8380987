//! What a student can still reach in a course, and what it takes.
//!
//! Everything is over what the student may see. What is open is every visible assessment without an entry,
//! and every category that has weight and no visible assessment yet: of such a category nothing is known but
//! its weight, so one assessment of 100 points stands for it.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::ToPrimitive;

use crate::ids::{AssessmentId, CategoryId};
use crate::percentage::Percentage;
use crate::points::Points;
use crate::scheme::{AssessmentScheme, Scheme};
use crate::score::Score;
use crate::total::{CourseTotal, Marks, Reading, total};
use crate::weight::Weight;

/// The smallest step of an answer: a hundredth of a point, or of a percent.
const STEP: i64 = Points::SCALE / 100;
/// All of it, in steps.
const ALL: i64 = 100 * 100;
/// Full marks of what stands for a category of which nothing is known.
const EXPECTED_MAX: Points = Points::from_ten_thousandths(100 * Points::SCALE);

/// Something that will still count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// A visible assessment in which nothing is entered.
    Assessment(AssessmentId),
    /// A category with weight in which no assessment is visible yet.
    Category(CategoryId),
}

/// What a target takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// Nothing is open: this is the final total, if there is one.
    NothingOpen(Option<Percentage>),
    /// It is reached whatever comes: this is the total if all that is open brings nothing.
    Reached(Percentage),
    /// It takes this.
    Scores {
        /// The same for everything that is open, in percent of full marks.
        average: Percentage,
        /// What that is in each; of a category, in percent.
        each: Vec<(Open, Points)>,
        /// The final total that they make.
        total: Percentage,
    },
    /// Not even full marks in everything suffice, which make this.
    OutOfReach(Percentage),
}

/// A student's place in a course, and what is still open in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    scheme: Scheme,
    marks: Marks,
    open: Vec<(Open, AssessmentScheme)>,
}

impl Outlook {
    /// The outlook of a student with these scores.
    #[must_use]
    pub fn new(mut scheme: Scheme, marks: Marks) -> Self {
        let ids = scheme.assessments.iter().map(|one| one.id.0);
        // Below every id that there is, so that nothing real is meant by it.
        let lowest = ids.min().unwrap_or(0).min(0);
        let blank = |one: &&AssessmentScheme| {
            marks.get(one.id) == Score::Blank && one.max_score > Points::ZERO
        };
        let assessments = scheme.assessments.iter().filter(blank);
        let mut open: Vec<_> = assessments
            .map(|one| (Open::Assessment(one.id), *one))
            .collect();
        let empty = scheme.categories.iter().filter(|category| {
            let mut assessments = scheme.assessments.iter();
            category.weight > Weight::ZERO && !assessments.any(|one| one.category == category.id)
        });
        let expected: Vec<_> = (1..)
            .zip(empty)
            .map(|(place, category)| AssessmentScheme {
                id: AssessmentId(lowest.saturating_sub(place)),
                category: category.id,
                max_score: EXPECTED_MAX,
                weight: Weight::HUNDRED,
            })
            .collect();
        for one in &expected {
            open.push((Open::Category(one.category), *one));
        }
        scheme.assessments.extend(expected);
        Self {
            scheme,
            marks,
            open,
        }
    }

    /// What is open, in the scheme's order, categories last.
    pub fn open(&self) -> impl Iterator<Item = Open> {
        self.open.iter().map(|(open, _)| *open)
    }

    /// What it takes to reach a final total of at least `target`, compared unrounded.
    ///
    /// With one assessment open the answer is the lowest score, to a hundredth of a point; with several it is
    /// the lowest percentage that is the same in all of them, to a hundredth of a percent, each score rounded
    /// up to a hundredth of a point. One step less does not reach the target.
    #[must_use]
    pub fn need(&self, target: &Percentage) -> Need {
        let reaches = |found: &Option<Percentage>| found.as_ref().is_some_and(|one| one >= target);
        let least = self.at(0);
        if self.open.is_empty() {
            return Need::NothingOpen(least);
        }
        if let Some(least) = least.filter(|least| least >= target) {
            return Need::Reached(least);
        }
        let all = self.steps();
        let best = self.at(all);
        if !reaches(&best) {
            return best.map_or(Need::NothingOpen(None), Need::OutOfReach);
        }
        // `low` does not reach it and `high` does, until they are neighbours.
        let (mut low, mut high) = (0, all);
        while high - low > 1 {
            let middle = low.midpoint(high);
            if reaches(&self.at(middle)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        let each: Vec<_> = self
            .open
            .iter()
            .map(|(open, one)| (*open, self.score(one, high)))
            .collect();
        match (self.average(high), self.at(high)) {
            (Some(average), Some(total)) => Need::Scores {
                average,
                each,
                total,
            },
            // Cannot be: what is open has full marks, and the total reached the target.
            _ => Need::NothingOpen(None),
        }
    }

    /// The outlook if these scores were entered: they are open no more.
    #[must_use]
    pub fn assuming(mut self, scores: &[(Open, Score)]) -> Self {
        let of = |open: &Open| match open {
            Open::Assessment(id) => Some(*id),
            Open::Category(_) => {
                let mut all = self.open.iter();
                all.find(|(one, _)| one == open).map(|(_, one)| one.id)
            }
        };
        let named = scores
            .iter()
            .filter_map(|(open, score)| Some((of(open)?, *score)));
        self.marks = self.marks.with(named);
        let marks = &self.marks;
        self.open
            .retain(|(_, one)| marks.get(one.id) == Score::Blank);
        self
    }

    /// The totals, current and final. A category of which nothing is known stays out of them, as it is out of
    /// the real ones.
    #[must_use]
    pub fn totals(&self) -> (CourseTotal, CourseTotal) {
        let unknown = |one: &AssessmentScheme| {
            let mut open = self.open.iter();
            open.any(|(open, expected)| matches!(open, Open::Category(_)) && expected.id == one.id)
        };
        let mut scheme = self.scheme.clone();
        scheme.assessments.retain(|one| !unknown(one));
        (
            total(&scheme, &self.marks, Reading::Current),
            total(&scheme, &self.marks, Reading::Final),
        )
    }

    /// How many steps there are between nothing and everything.
    fn steps(&self) -> i64 {
        match self.open.as_slice() {
            [(_, one)] => Integer::div_ceil(&one.max_score.ten_thousandths(), &STEP),
            _ => ALL,
        }
    }

    /// The score in one assessment at a step: rounded up to a hundredth of a point, never above full marks.
    fn score(&self, one: &AssessmentScheme, step: i64) -> Points {
        let max = one.max_score.ten_thousandths();
        let hundredths = BigInt::from(max) * BigInt::from(step);
        let hundredths = hundredths.div_ceil(&(BigInt::from(self.steps()) * BigInt::from(STEP)));
        let hundredths = if self.open.len() == 1 {
            Some(step)
        } else {
            hundredths.to_i64()
        };
        let score = hundredths.and_then(|count| count.checked_mul(STEP));
        Points::from_ten_thousandths(score.unwrap_or(max).min(max))
    }

    /// The final total at a step.
    fn at(&self, step: i64) -> Option<Percentage> {
        let scores = self
            .open
            .iter()
            .map(|(_, one)| (one.id, Score::Scored(self.score(one, step))));
        total(&self.scheme, &self.marks.with(scores), Reading::Final).percentage
    }

    /// What a step is in percent of full marks.
    fn average(&self, step: i64) -> Option<Percentage> {
        match self.open.as_slice() {
            [(_, one)] => Percentage::of(self.score(one, step), one.max_score),
            _ => Some(Percentage::from_decimal(Points::from_ten_thousandths(
                step.saturating_mul(STEP),
            ))),
        }
    }
}
