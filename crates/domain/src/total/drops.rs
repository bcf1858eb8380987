//! Which scores to drop.
//!
//! For a ratio Σ earned / Σ possible, dropping the lowest percentages one by one is not
//! optimal: a long test with a middling result can weigh more than a short one with a bad
//! result (D. Kane and J. Kane, "How to drop the lowest scores", 2006). For a trial ratio
//! q the best items to keep are those with the greatest earned − q·possible; the ratio of
//! the kept items is the next q (W. Dinkelbach, "On nonlinear fractional programming",
//! Management Science 13, 1967). With exact numbers q moves strictly towards the optimum
//! until it stands still, and there are finitely many selections, so the search ends.

use core::cmp::Ordering;

use num_rational::BigRational;
use num_traits::Zero;

use super::explanation::DropEnd;
use crate::ids::AssessmentId;

/// A score that enters its category: Σ earned / Σ possible, with `possible` above zero.
pub(super) struct Candidate {
    /// The place of its line in the explanation.
    pub(super) position: usize,
    pub(super) id: AssessmentId,
    pub(super) earned: BigRational,
    pub(super) possible: BigRational,
}

/// Removes `count` candidates, but never the last one, so that the ratio of those that
/// stay is highest ([`DropEnd::Lowest`]) or lowest ([`DropEnd::Highest`]). Answers the
/// positions of the dropped. Among equally good choices the smaller id is dropped.
pub(super) fn choose(candidates: &mut Vec<Candidate>, count: u32, end: DropEnd) -> Vec<usize> {
    let spare = candidates.len().saturating_sub(1);
    let count = usize::try_from(count).map_or(spare, |count| count.min(spare));
    if count == 0 {
        return Vec::new();
    }
    let mut trial = ratio(candidates.iter());
    loop {
        sort_by_worth(candidates, &trial, end);
        let next = ratio(candidates.iter().skip(count));
        if next == trial {
            break;
        }
        trial = next;
    }
    candidates
        .drain(..count)
        .map(|dropped| dropped.position)
        .collect()
}

/// Puts first what is best dropped at the trial ratio.
fn sort_by_worth(candidates: &mut [Candidate], trial: &BigRational, end: DropEnd) {
    candidates.sort_by_cached_key(|item| {
        let worth = &item.earned - trial * &item.possible;
        let worth = match end {
            DropEnd::Lowest => worth,
            DropEnd::Highest => -worth,
        };
        (worth, item.id, item.position)
    });
}

fn ratio<'a>(items: impl Iterator<Item = &'a Candidate>) -> BigRational {
    let (earned, possible) = items.fold(
        (BigRational::zero(), BigRational::zero()),
        |(earned, possible), item| (earned + &item.earned, possible + &item.possible),
    );
    match possible.cmp(&BigRational::zero()) {
        Ordering::Greater => earned / possible,
        // Cannot be: every candidate's part is above zero.
        Ordering::Less | Ordering::Equal => BigRational::zero(),
    }
}
