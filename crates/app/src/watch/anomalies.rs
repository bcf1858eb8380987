//! Which cells look wrong.

use std::collections::HashSet;

use gradebook_domain::{AssessmentId, Points, Score, UserId};
use gradebook_persistence::query::watch::{Entries, WatchedColumn};
use jiff::ToSpan;
use jiff::civil::Date;

use super::AnomalyKind;
use crate::usual::{Scored, scored, unusual};

/// So many days after its day a column should be complete.
const DAYS: i64 = 3;
/// Fewer zeros than this are no pattern.
const FEWEST_ZEROS: usize = 2;

/// Something odd, before it has names.
#[derive(Debug, Clone)]
pub(super) struct Odd {
    pub(super) kind: AnomalyKind,
    /// In order of id.
    pub(super) students: Vec<UserId>,
    pub(super) assessment: AssessmentId,
}

/// What is odd in the watched columns: pupils with nothing but zeros, then scores far from the rest,
/// each in order of column and student; then blanks, one line a column.
pub(super) fn find(watched: &[WatchedColumn], entries: &Entries, today: &str) -> Vec<Odd> {
    let columns: HashSet<AssessmentId> =
        watched.iter().map(|column| column.assessment.id).collect();
    let mut found = Vec::new();
    for (student, scores) in scored(entries) {
        let is_own = |score: &&Scored| {
            let place = (score.class, student);
            columns.contains(&score.assessment) && entries.members.contains(&place)
        };
        let zeros = scores.iter().all(|score| score.value == Points::ZERO);
        let first = scores.iter().find(is_own);
        if let Some(first) = first.filter(|_| zeros && scores.len() >= FEWEST_ZEROS) {
            found.push(Odd {
                kind: AnomalyKind::AllZero {
                    count: scores.len(),
                },
                students: vec![student],
                assessment: first.assessment,
            });
            continue;
        }
        let far = unusual(&scores).into_iter();
        let far = far.filter(|(score, _)| is_own(score));
        found.extend(far.map(|(score, unusual)| Odd {
            kind: AnomalyKind::FarFromOwnMean(unusual),
            students: vec![student],
            assessment: score.assessment,
        }));
    }
    found.extend(blanks(watched, entries, today));
    found.sort_by_key(|odd| {
        (
            odd.kind.name(),
            odd.assessment,
            odd.students.first().copied(),
        )
    });
    found
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
    let blank = late.into_iter().filter_map(|column| {
        let (class, id) = (column.course.class.id, column.assessment.id);
        let students: Vec<UserId> = entries
            .members
            .iter()
            .filter(|(of, student)| *of == class && !written.contains(&(id, *student)))
            .map(|(_, student)| *student)
            .filter(|student| {
                let day = &column.assessment.held_on;
                entries
                    .days
                    .owes(&column.course, *student, day, Score::Blank)
            })
            .collect();
        (!students.is_empty()).then_some(Odd {
            kind: AnomalyKind::StillBlank {
                entered: column.entered,
                expected: column.expected,
            },
            students,
            assessment: id,
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
