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
        /// Full marks in everything do not suffice: some of it is extra credit.
        extra_credit: bool,
    },
    /// Not even the highest score in everything suffices, which makes this.
    OutOfReach(Percentage),
    /// A category with something open drops both its lowest and its highest: there a higher score can make a
    /// lower total, so that no score is the least that suffices.
    Unforeseeable,
}

/// What is open, and the assessment that it is or that stands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Expected {
    open: Open,
    scheme: AssessmentScheme,
    /// Full marks and the extra credit that is allowed.
    highest: Points,
}

/// A student's place in a course, and what is still open in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    scheme: Scheme,
    marks: Marks,
    open: Vec<Expected>,
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
        let expect = |open, scheme: AssessmentScheme| Expected {
            open,
            scheme,
            highest: scheme.max_score,
        };
        let assessments = scheme.assessments.iter().filter(blank);
        let mut open: Vec<_> = assessments
            .map(|one| expect(Open::Assessment(one.id), *one))
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
        let standing = expected.iter();
        open.extend(standing.map(|one| expect(Open::Category(one.category), *one)));
        scheme.assessments.extend(expected);
        Self {
            scheme,
            marks,
            open,
        }
    }

    /// The outlook where an assessment allows this much above its full marks.
    #[must_use]
    pub fn with_extra_credit(mut self, limit: impl Fn(AssessmentId) -> Points) -> Self {
        for one in &mut self.open {
            if let Open::Assessment(id) = one.open {
                let full = one.scheme.max_score;
                one.highest = full
                    .checked_add(limit(id).max(Points::ZERO))
                    .unwrap_or(full);
            }
        }
        self
    }

    /// What is open, in the scheme's order, categories last.
    pub fn open(&self) -> impl Iterator<Item = Open> {
        self.open.iter().map(|one| one.open)
    }

    /// What it takes to reach a final total of at least `target`, compared unrounded.
    ///
    /// With one assessment open the answer is the lowest score, to a hundredth of a point; with several it is
    /// the lowest percentage that is the same in all of them, to a hundredth of a percent, each score rounded
    /// up to a hundredth of a point. One step less does not reach the target. Where that is above full marks,
    /// each gives what its extra credit allows.
    #[must_use]
    pub fn need(&self, target: &Percentage) -> Need {
        let least = self.at(0);
        if self.open.is_empty() {
            return Need::NothingOpen(least);
        }
        if self.drops_both_ends() {
            return Need::Unforeseeable;
        }
        if let Some(least) = least.filter(|least| least >= target) {
            return Need::Reached(least);
        }
        let highest = self.highest_step();
        let Some(best) = self.at(highest) else {
            return Need::NothingOpen(None);
        };
        if best < *target {
            return Need::OutOfReach(best);
        }
        // `low` does not reach it and `high` does, with this total, until they are neighbours.
        let (mut low, mut high, mut total) = (0, highest, best);
        while high - low > 1 {
            let middle = low.midpoint(high);
            match self.at(middle) {
                Some(found) if found >= *target => (high, total) = (middle, found),
                _ => low = middle,
            }
        }
        let scores = self.open.iter().map(|one| (one, self.score(one, high)));
        Need::Scores {
            average: self.average(high),
            each: scores
                .clone()
                .map(|(one, score)| (one.open, score))
                .collect(),
            total,
            extra_credit: scores
                .clone()
                .any(|(one, score)| score > one.scheme.max_score),
        }
    }

    /// The outlook if these scores were entered: they are open no more.
    #[must_use]
    pub fn assuming(mut self, scores: &[(Open, Score)]) -> Self {
        let of = |open: &Open| match open {
            Open::Assessment(id) => Some(*id),
            Open::Category(_) => {
                let mut all = self.open.iter();
                all.find(|one| one.open == *open).map(|one| one.scheme.id)
            }
        };
        let named = scores
            .iter()
            .filter_map(|(open, score)| Some((of(open)?, *score)));
        self.marks = self.marks.with(named);
        let marks = &self.marks;
        self.open
            .retain(|one| marks.get(one.scheme.id) == Score::Blank);
        self
    }

    /// The totals, current and final. A category of which nothing is known stays out of them, as it is out of
    /// the real ones.
    #[must_use]
    pub fn totals(&self) -> (CourseTotal, CourseTotal) {
        let unknown = |one: &AssessmentScheme| {
            let mut open = self.open.iter();
            open.any(|open| matches!(open.open, Open::Category(_)) && open.scheme.id == one.id)
        };
        let mut scheme = self.scheme.clone();
        scheme.assessments.retain(|one| !unknown(one));
        (
            total(&scheme, &self.marks, Reading::Current),
            total(&scheme, &self.marks, Reading::Final),
        )
    }

    /// Whether more points can make a lower total: they can push a better score out as the highest.
    fn drops_both_ends(&self) -> bool {
        let mut categories = self.scheme.categories.iter();
        categories.any(|category| {
            let mut open = self.open.iter();
            category.drop_lowest > 0
                && category.drop_highest > 0
                && open.any(|one| one.scheme.category == category.id)
        })
    }

    /// How many steps there are from nothing to full marks.
    fn steps(&self) -> i64 {
        match self.open.as_slice() {
            [one] => Integer::div_ceil(&one.scheme.max_score.ten_thousandths(), &STEP),
            _ => ALL,
        }
    }

    /// The step at which everything has the highest score that it can have.
    fn highest_step(&self) -> i64 {
        let steps = BigInt::from(self.steps());
        let highest = self.open.iter().map(|one| {
            let steps = &steps * BigInt::from(one.highest.ten_thousandths());
            steps.div_ceil(&BigInt::from(one.scheme.max_score.ten_thousandths()))
        });
        let highest = highest.max().and_then(|step| step.to_i64());
        highest.unwrap_or(0).max(self.steps())
    }

    /// The score in one assessment at a step: rounded up to a hundredth of a point, never above the highest.
    fn score(&self, one: &Expected, step: i64) -> Points {
        let hundredths = if self.open.len() == 1 {
            Some(step)
        } else {
            let max = BigInt::from(one.scheme.max_score.ten_thousandths());
            let hundredths = max * BigInt::from(step);
            hundredths.div_ceil(&BigInt::from(ALL * STEP)).to_i64()
        };
        let score = hundredths.and_then(|count| count.checked_mul(STEP));
        score.map_or(one.highest, |score| {
            Points::from_ten_thousandths(score).min(one.highest)
        })
    }

    /// The final total at a step.
    fn at(&self, step: i64) -> Option<Percentage> {
        let scores = self
            .open
            .iter()
            .map(|one| (one.scheme.id, Score::Scored(self.score(one, step))));
        total(&self.scheme, &self.marks.with(scores), Reading::Final).percentage
    }

    /// What a step is in percent of full marks.
    fn average(&self, step: i64) -> Percentage {
        let of_one = match self.open.as_slice() {
            [one] => Percentage::of(self.score(one, step), one.scheme.max_score),
            _ => None,
        };
        of_one.unwrap_or_else(|| {
            Percentage::from_decimal(Points::from_ten_thousandths(step.saturating_mul(STEP)))
        })
    }
}
