//! A year's total and why it is what it is: the terms' percentages by the terms' weights.

use crate::exact::Exact;
use crate::percentage::Percentage;
use crate::weight::{Weight, scale_up};

/// A year's total in one subject.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct YearTotal {
    /// The exact percentage; `None` when no term that has a weight counts.
    pub percentage: Option<Percentage>,
    /// The terms, in the order in which they were given.
    pub terms: Vec<YearLine>,
}

/// A term's part in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearLine {
    /// What the term came to; `None` when it has nothing to count and is skipped.
    pub percentage: Option<Percentage>,
    /// The weight that the school gave the term, in percent.
    pub weight: Weight,
    /// The weight after scaling, in percent; zero when the term is skipped.
    pub effective_weight: Exact,
    /// Percentage points that it brings to the year.
    pub contribution: Exact,
}

/// What became of a term in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YearTreatment {
    /// It counted.
    Counted,
    /// The subject was not taught in it.
    NotTaught,
    /// No score of it counts.
    NothingToCount,
    /// It has no weight in the year.
    NoWeight,
}

impl YearTreatment {
    /// What became of the term of this line.
    #[must_use]
    pub fn of(line: &YearLine, taught: bool) -> Self {
        match &line.percentage {
            _ if !taught => Self::NotTaught,
            None => Self::NothingToCount,
            Some(_) if line.weight == Weight::ZERO => Self::NoWeight,
            Some(_) => Self::Counted,
        }
    }
}

/// Σ term percentage × term weight by the rules of a course (product.md, "Totals"): terms
/// without a percentage are skipped, weights under 100 scale up, weights over 100 do not
/// scale down. Nothing with a weight that counts, no percentage.
#[must_use]
pub fn year_total(terms: &[(Weight, Option<Percentage>)]) -> YearTotal {
    let counting = terms
        .iter()
        .filter(|(_, percentage)| percentage.is_some())
        .map(|(weight, _)| *weight);
    let scale = scale_up(counting);
    let lines: Vec<YearLine> = terms
        .iter()
        .map(|(weight, percentage)| {
            let (effective_weight, contribution) = match (percentage, &scale) {
                (Some(percentage), Some(scale)) => (
                    &weight.exact() * scale,
                    &(&weight.fraction() * scale) * percentage.exact(),
                ),
                _ => (Exact::zero(), Exact::zero()),
            };
            YearLine {
                percentage: percentage.clone(),
                weight: *weight,
                effective_weight,
                contribution,
            }
        })
        .collect();
    YearTotal {
        percentage: scale
            .map(|_| Percentage::new(lines.iter().map(|line| &line.contribution).sum())),
        terms: lines,
    }
}
