//! The plan of an import, as its page shows it.

use gradebook_app::imports::{ImportOutcome, Outcome, RowOutcome};
use serde::Deserialize;

use super::advice;
use crate::i18n::T;
use crate::pages::admin::Badge;

/// Rows of the file on one page.
const SHOWN: usize = 100;

/// A plan to agree to.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Plan {
    pub(in crate::pages) hash: String,
    /// Whether anything would be written.
    pub(in crate::pages) does_something: bool,
    /// "3 rows are left out"; nothing when all rows are imported.
    pub(in crate::pages) rejected: Option<String>,
    /// Outcomes with the address that shows only these, and whether it is this one.
    pub(in crate::pages) chips: Vec<(String, String, bool)>,
    pub(in crate::pages) rows: Vec<RowView>,
    pub(in crate::pages) more: Option<String>,
}

/// A row of the file.
#[derive(Debug, Clone)]
pub(in crate::pages) struct RowView {
    pub(in crate::pages) line: u64,
    pub(in crate::pages) number: String,
    pub(in crate::pages) name: String,
    pub(in crate::pages) badge: Badge,
    /// Column with what stands there, and what to do.
    pub(in crate::pages) errors: Vec<(String, String)>,
}

/// Which rows.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct RowsQuery {
    pub(super) outcome: Option<String>,
    pub(super) from: Option<usize>,
}

pub(super) fn facts_of_plan(t: T, outcome: &ImportOutcome) -> Vec<(String, usize)> {
    let report = &outcome.report;
    let always = [
        ("imports-scores-new", report.scores_new),
        ("imports-scores-changed", report.scores_changed),
        ("imports-scores-unchanged", report.scores_unchanged),
    ];
    let created = [
        ("imports-students", report.students_created),
        ("imports-classes", report.classes_created),
        ("imports-enrolments", report.enrolled),
        ("imports-courses", report.courses_created),
        ("imports-published", report.published),
    ];
    let created = created.into_iter().filter(|(_, count)| *count > 0);
    let facts = always.into_iter().chain(created);
    facts.map(|(key, count)| (t.get(key), count)).collect()
}

pub(super) fn plan_view(t: T, here: &str, outcome: &ImportOutcome, query: &RowsQuery) -> Plan {
    let wanted = Outcome::ALL
        .into_iter()
        .find(|one| Some(one.as_str()) == query.outcome.as_deref());
    let mut rows: Vec<&RowOutcome> = outcome
        .rows
        .iter()
        .filter(|row| wanted.is_none_or(|wanted| row.outcome == wanted))
        .collect();
    // What needs somebody's eyes comes first.
    rows.sort_by_key(|row| (row.outcome, row.line));
    let from = query.from.unwrap_or(0).min(rows.len());
    let link = |outcome: Option<Outcome>, from: usize| match outcome {
        Some(outcome) => format!("{here}?outcome={}&from={from}", outcome.as_str()),
        None => format!("{here}?from={from}"),
    };
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let all = (link(None, 0), t.get("imports-all-rows"), wanted.is_none());
    let of_outcome = Outcome::ALL.into_iter().filter_map(|one| {
        let number = outcome.counts.of(one);
        let text = format!("{} {number}", outcome_word(t, one));
        (number > 0).then(|| (link(Some(one), 0), text, wanted == Some(one)))
    });
    let report = &outcome.report;
    let created = report.students_created + report.enrolled + report.published;
    let shown = rows.iter().skip(from).take(SHOWN);
    Plan {
        hash: outcome.plan_hash.clone(),
        does_something: report.scores_new + report.scores_changed + created > 0
            || report.exam_created
            || report.courses_created > 0,
        rejected: (outcome.counts.rejected > 0)
            .then(|| t.count("imports-left-out", count(outcome.counts.rejected))),
        chips: std::iter::once(all).chain(of_outcome).collect(),
        rows: shown.map(|row| row_view(t, row)).collect(),
        more: (rows.len() > from + SHOWN).then(|| link(wanted, from + SHOWN)),
    }
}

fn outcome_word(t: T, outcome: Outcome) -> String {
    t.get(match outcome {
        Outcome::Rejected => "imports-rejected",
        Outcome::Changed => "imports-changed",
        Outcome::New => "imports-new",
        Outcome::Unchanged => "imports-unchanged",
    })
}

fn row_view(t: T, row: &RowOutcome) -> RowView {
    let class = match row.outcome {
        Outcome::Rejected => "is-danger",
        Outcome::Changed => "is-corrected",
        Outcome::New => "is-new",
        Outcome::Unchanged => "is-draft",
    };
    let errors = row.errors.iter().map(|error| {
        let place = match (error.column.is_empty(), error.value.is_empty()) {
            (true, _) => String::new(),
            (false, true) => error.column.clone(),
            (false, false) => format!("{}: {}", error.column, error.value),
        };
        (place, advice(t, error.code))
    });
    RowView {
        line: row.line,
        number: row.number.clone(),
        name: row.name.clone(),
        badge: Badge {
            class,
            text: outcome_word(t, row.outcome),
        },
        errors: errors.collect(),
    }
}
