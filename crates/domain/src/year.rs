//! A year's total: the terms' percentages by the terms' weights.

use crate::exact::Exact;
use crate::percentage::Percentage;
use crate::weight::{Weight, scale_up};

/// Σ term percentage × term weight by the rules of a course (product.md, "Totals"): terms
/// without a percentage are skipped, weights under 100 scale up, weights over 100 do not
/// scale down. `None` when nothing with a weight counts.
#[must_use]
pub fn year_total(terms: &[(Weight, Option<Percentage>)]) -> Option<Percentage> {
    let counting = || {
        terms
            .iter()
            .filter_map(|(weight, percentage)| Some((*weight, percentage.as_ref()?)))
    };
    let scale = scale_up(counting().map(|(weight, _)| weight))?;
    let sum: Exact = counting()
        .map(|(weight, percentage)| &weight.fraction() * percentage.exact())
        .sum();
    Some(Percentage::new(sum * scale))
}
