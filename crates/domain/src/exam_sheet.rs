//! An exam sheet's totals: 总分 and 名次 over the subjects of one exam.

use std::collections::BTreeMap;

use crate::exact::Exact;
use crate::ids::UserId;
use crate::points::Points;
use crate::rank::{RankStyle, ranks};
use crate::score::Score;
use crate::statistics::mean;

/// One student's line of totals.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SheetTotal {
    /// The student.
    pub student: UserId,
    /// The sum of the scored values, in points; `None` when nothing is scored.
    pub total: Option<Points>,
    /// How many subjects are scored.
    pub counted: usize,
    /// The mean of the scored values, in points.
    pub mean: Option<Exact>,
    /// The place among the students who have a total, 1 is the highest total.
    pub rank: Option<usize>,
}

/// The totals of each row, in the order of `rows`; ties share a rank (1, 1, 3).
#[must_use]
pub fn sheet_totals(rows: &[(UserId, Vec<Score>)]) -> Vec<SheetTotal> {
    sheet_totals_ranked(rows, RankStyle::Competition)
}

/// The totals of each row, in the order of `rows`, ranked in the school's style.
#[must_use]
pub fn sheet_totals_ranked(rows: &[(UserId, Vec<Score>)], style: RankStyle) -> Vec<SheetTotal> {
    let mut sheet: Vec<SheetTotal> = rows
        .iter()
        .map(|(student, scores)| unranked(*student, scores))
        .collect();
    // Ranked by row, not by student: a student who appears twice must not move the others.
    let totals: Vec<(usize, Points)> = sheet
        .iter()
        .enumerate()
        .filter_map(|(row, line)| Some((row, line.total?)))
        .collect();
    let by_row: BTreeMap<usize, usize> = ranks(&totals, style).into_iter().collect();
    for (row, line) in sheet.iter_mut().enumerate() {
        line.rank = by_row.get(&row).copied();
    }
    sheet
}

fn unranked(student: UserId, scores: &[Score]) -> SheetTotal {
    let values: Vec<Points> = scores.iter().filter_map(|score| score.value()).collect();
    SheetTotal {
        student,
        total: (!values.is_empty())
            .then(|| Points::checked_sum(&values))
            .flatten(),
        counted: values.len(),
        mean: mean(&values),
        rank: None,
    }
}
