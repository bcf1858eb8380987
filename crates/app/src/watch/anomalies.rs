//! Which cells look wrong.

use std::collections::{BTreeMap, HashMap, HashSet};

use gradebook_domain::{AssessmentId, Exact, Percentage, Points, Score, UserId, far_from_mean};
use gradebook_persistence::query::watch::{Entries, WatchedColumn};
use jiff::ToSpan;
use jiff::civil::Date;

use super::AnomalyKind;

/// So many days after its day a column should be complete.
const DAYS: i64 = 3;
/// Fewer zeros than this are no pattern.
const FEWEST_ZEROS: usize = 2;

/// Something odd, before it has names.
#[derive(Debug, Clone)]
pub(super) struct Odd {
    pub(super) kind: AnomalyKind,
    pub(super) student: UserId,
    pub(super) assessment: AssessmentId,
}

/// What is odd in the watched columns: pupils with nothing but zeros, then scores far from the rest,
/// then blanks; each in order of column and student.
pub(super) fn find(watched: &[WatchedColumn], entries: &Entries, today: &str) -> Vec<Odd> {
    let columns: HashMap<AssessmentId, &WatchedColumn> = watched
        .iter()
        .map(|column| (column.assessment.id, column))
        .collect();
    let mut found = Vec::new();
    for (student, scores) in scored(entries) {
        let own: Vec<&Scored> = scores
            .iter()
            .filter(|score| {
                columns.get(&score.assessment).is_some_and(|column| {
                    let place = (column.course.class.id, student);
                    entries.members.contains(&place)
                })
            })
            .collect();
        let zeros = scores.iter().all(|score| score.value == Points::ZERO);
        if let Some(first) = own
            .first()
            .filter(|_| zeros && scores.len() >= FEWEST_ZEROS)
        {
            found.push(Odd {
                kind: AnomalyKind::AllZero {
                    count: scores.len(),
                },
                student,
                assessment: first.assessment,
            });
            continue;
        }
        let sum: Exact = scores.iter().map(|score| score.percentage.exact()).sum();
        for score in own {
            let others = &sum - score.percentage.exact();
            let mean = far_from_mean(&score.percentage, &others, scores.len() - 1);
            found.extend(mean.map(|own_mean| Odd {
                kind: AnomalyKind::FarFromOwnMean {
                    value: score.value,
                    percentage: score.percentage.clone(),
                    own_mean,
                },
                student,
                assessment: score.assessment,
            }));
        }
    }
    found.extend(blanks(watched, entries, today));
    found.sort_by_key(|odd| {
        let order = match odd.kind {
            AnomalyKind::AllZero { .. } => 0,
            AnomalyKind::FarFromOwnMean { .. } => 1,
            AnomalyKind::StillBlank { .. } => 2,
        };
        (order, odd.assessment, odd.student)
    });
    found
}

struct Scored {
    assessment: AssessmentId,
    value: Points,
    percentage: Percentage,
}

/// The scored values of each student.
fn scored(entries: &Entries) -> BTreeMap<UserId, Vec<Scored>> {
    let mut scored: BTreeMap<UserId, Vec<Scored>> = BTreeMap::new();
    for entry in &entries.entries {
        let full = entries
            .columns
            .get(&entry.assessment)
            .map(|column| column.limits.max_score);
        let (Some(value), Some(full)) = (entry.score.value(), full) else {
            continue;
        };
        if let Some(percentage) = Percentage::of(value, full) {
            scored.entry(entry.student).or_default().push(Scored {
                assessment: entry.assessment,
                value,
                percentage,
            });
        }
    }
    for scores in scored.values_mut() {
        scores.sort_by_key(|score| score.assessment);
    }
    scored
}

/// The blank cells of columns that should be complete: some days after their day, most entered.
fn blanks(watched: &[WatchedColumn], entries: &Entries, today: &str) -> Vec<Odd> {
    let late: Vec<&WatchedColumn> = watched
        .iter()
        .filter(|column| {
            column.entered * 2 > column.expected
                && column.entered < column.expected
                && is_over(&column.assessment.held_on, today)
        })
        .collect();
    if late.is_empty() {
        return Vec::new();
    }
    let written: HashSet<(AssessmentId, UserId)> = entries
        .entries
        .iter()
        .map(|entry| (entry.assessment, entry.student))
        .collect();
    let blank = late.into_iter().flat_map(|column| {
        let written = &written;
        entries
            .members
            .iter()
            .filter(|(class, _)| *class == column.course.class.id)
            .filter(|(_, student)| !written.contains(&(column.assessment.id, *student)))
            .filter(|(class, student)| {
                let day = &column.assessment.held_on;
                entries.days.owes(*class, *student, day, Score::Blank)
            })
            .map(|(_, student)| Odd {
                kind: AnomalyKind::StillBlank {
                    entered: column.entered,
                    expected: column.expected,
                },
                student: *student,
                assessment: column.assessment.id,
            })
    });
    blank.collect()
}

/// Whether the days after `held_on` are over; what is no day never is.
fn is_over(held_on: &str, today: &str) -> bool {
    let (Ok(held_on), Ok(today)) = (held_on.parse::<Date>(), today.parse::<Date>()) else {
        return false;
    };
    held_on
        .checked_add(DAYS.days())
        .is_ok_and(|deadline| deadline <= today)
}
