//! A category's percentage: which scores enter it, and with how much.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::One;

use super::drops::{Candidate, choose};
use super::explanation::{AssessmentLine, CategoryLine, DropEnd, NoValue, Treatment};
use super::{Marks, Reading};
use crate::exact::Exact;
use crate::percentage::Percentage;
use crate::points::Points;
use crate::scheme::{AbsentPolicy, Aggregation, AssessmentScheme, CategoryScheme};
use crate::score::Score;
use crate::weight::Weight;

/// The category's line without what depends on the other categories.
pub(super) fn evaluate(
    category: &CategoryScheme,
    assessments: &[&AssessmentScheme],
    marks: &Marks,
    absent: AbsentPolicy,
    reading: Reading,
) -> CategoryLine {
    let mut entering = Vec::new();
    let mut lines = Vec::with_capacity(assessments.len());
    for (position, assessment) in assessments.iter().enumerate() {
        let score = marks.get(assessment.id);
        let (treatment, value) = treat(category.aggregation, assessment, score, absent, reading);
        let mut line = AssessmentLine::uncounted(assessment, score, treatment);
        if let Some(value) = value {
            line.percentage = Percentage::of(value, assessment.max_score);
            entering.push(candidate(category.aggregation, assessment, value, position));
        }
        lines.push(line);
    }

    for (count, end) in [
        (category.drop_lowest, DropEnd::Lowest),
        (category.drop_highest, DropEnd::Highest),
    ] {
        for position in choose(&mut entering, count, end) {
            if let Some(line) = lines.get_mut(position) {
                line.treatment = Treatment::Dropped(end);
            }
        }
    }

    CategoryLine {
        id: category.id,
        percentage: share_out(&entering, &mut lines),
        weight: category.weight,
        effective_weight: Exact::zero(),
        contribution: Exact::zero(),
        assessments: lines,
    }
}

/// What happens to a score before drops, and the value that it enters with if it does.
fn treat(
    aggregation: Aggregation,
    assessment: &AssessmentScheme,
    score: Score,
    absent: AbsentPolicy,
    reading: Reading,
) -> (Treatment, Option<Points>) {
    if assessment.max_score <= Points::ZERO {
        return (Treatment::NoMaximum, None);
    }
    if aggregation == Aggregation::Weighted && assessment.weight == Weight::ZERO {
        return (Treatment::NoWeight, None);
    }
    let no_value = match score {
        Score::Scored(value) => return (Treatment::Counted, Some(value)),
        Score::Excused => return (Treatment::Excused, None),
        Score::Blank => NoValue::Blank,
        Score::Missing => NoValue::Missing,
        Score::Absent => NoValue::Absent,
    };
    let counts = match no_value {
        NoValue::Blank | NoValue::Missing => reading == Reading::Final,
        NoValue::Absent => absent == AbsentPolicy::CountsZero,
    };
    if counts {
        (Treatment::CountedZero(no_value), Some(Points::ZERO))
    } else {
        (Treatment::LeftOut(no_value), None)
    }
}

/// All three aggregations are Σ earned / Σ possible; they differ in what one assessment
/// puts into the sums.
fn candidate(
    aggregation: Aggregation,
    assessment: &AssessmentScheme,
    value: Points,
    position: usize,
) -> Candidate {
    let value = BigInt::from(value.ten_thousandths());
    let max_score = BigInt::from(assessment.max_score.ten_thousandths());
    let weight = BigInt::from(assessment.weight.ten_thousandths());
    let (earned, possible) = match aggregation {
        Aggregation::Points => (
            BigRational::from_integer(value),
            BigRational::from_integer(max_score),
        ),
        Aggregation::Mean => (BigRational::new(value, max_score), BigRational::one()),
        Aggregation::Weighted => (
            BigRational::new(value * &weight, max_score),
            BigRational::from_integer(weight),
        ),
    };
    Candidate {
        position,
        id: assessment.id,
        earned,
        possible,
    }
}

/// The percentage of what was not dropped, shared out to the lines that made it.
fn share_out(kept: &[Candidate], lines: &mut [AssessmentLine]) -> Option<Percentage> {
    if kept.is_empty() {
        return None;
    }
    let possible: BigRational = kept.iter().map(|item| &item.possible).sum();
    let mut sum = Exact::zero();
    for item in kept {
        let share = Exact(&item.earned * BigInt::from(100) / &possible);
        sum = &sum + &share;
        if let Some(line) = lines.get_mut(item.position) {
            line.effective_weight = Exact(&item.possible * BigInt::from(100) / &possible);
            line.category_share = share;
        }
    }
    Some(Percentage::new(sum))
}
