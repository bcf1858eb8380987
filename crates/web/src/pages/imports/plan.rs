//! The plan of an import as a page shows it.

use gradebook_app::imports::{ImportOutcome, NotInFile, Outcome, RowChange, RowOutcome};
use gradebook_domain::Score;
use serde::Deserialize;

use super::row_advice;
use crate::i18n::T;
use crate::pages::admin::Badge;
use crate::pages::change_lines::score_text;

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
    /// "2 rows have another name than the school"; nothing when all names agree.
    pub(in crate::pages) names_differ: Option<String>,
    /// "Changes 3 scores that students have seen"; nothing when none does.
    pub(in crate::pages) corrected: Option<String>,
    /// Classes that are created, to be looked at: a slip of the pen makes one, too.
    pub(in crate::pages) new_classes: Option<String>,
    /// Columns that are not read.
    pub(in crate::pages) ignored: Option<String>,
    /// Students of the classes whom a roster does not name: how many, and the first of them.
    pub(in crate::pages) not_in_file: Option<(String, Vec<NotInFile>)>,
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
    /// What it does, in words.
    pub(in crate::pages) changes: Vec<String>,
    /// Column with what stands there, and what to do.
    pub(in crate::pages) errors: Vec<(String, String)>,
}

/// Which rows.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct RowsQuery {
    outcome: Option<String>,
    from: Option<usize>,
}

/// The counts above a plan.
pub(super) fn facts(t: T, outcome: &ImportOutcome, of_roster: bool) -> Vec<(String, usize)> {
    let report = &outcome.report;
    let scores = [
        ("imports-scores-new", report.scores_new),
        ("imports-scores-changed", report.scores_changed),
        ("imports-scores-unchanged", report.scores_unchanged),
    ];
    let people = [
        ("imports-students", report.students_created),
        ("imports-teachers", report.teachers_created),
        ("imports-classes", report.classes_created),
        ("imports-enrolments", report.enrolled - report.moved),
        ("imports-moved", report.moved),
        ("imports-renamed", report.renamed),
        ("imports-courses", report.courses_created),
        ("imports-published", report.published),
        ("imports-unchanged-rows", outcome.counts.unchanged),
    ];
    let people = people
        .into_iter()
        .filter(|(key, count)| *count > 0 && (of_roster || *key != "imports-unchanged-rows"));
    let scores = scores.into_iter().filter(|_| !of_roster);
    let facts = scores.chain(people);
    facts.map(|(key, count)| (t.get(key), count)).collect()
}

pub(super) fn plan_view(
    t: T,
    (here, of_course): (&str, bool),
    outcome: &ImportOutcome,
    query: &RowsQuery,
) -> Plan {
    let wanted = Outcome::ALL
        .into_iter()
        .find(|one| Some(one.as_str()) == query.outcome.as_deref());
    let mut rows: Vec<&RowOutcome> = outcome
        .rows
        .iter()
        .filter(|row| wanted.is_none_or(|wanted| row.outcome == wanted))
        .collect();
    // What needs somebody's eyes comes first.
    rows.sort_by_key(|row| {
        (
            row.outcome != Outcome::Rejected && !is_doubtful(row),
            row.outcome,
            row.line,
        )
    });
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
    let written = [
        report.scores_new,
        report.scores_changed,
        report.students_created,
        report.teachers_created,
        report.enrolled,
        report.renamed,
        report.courses_created,
        report.published,
        usize::from(report.exam_created),
    ];
    let shown = rows.iter().skip(from).take(SHOWN);
    let list = |names: &[String]| (!names.is_empty()).then(|| t.list(names));
    Plan {
        hash: outcome.plan_hash.clone(),
        does_something: written.iter().any(|count| *count > 0),
        rejected: (outcome.counts.rejected > 0)
            .then(|| t.count("imports-left-out", count(outcome.counts.rejected))),
        names_differ: (outcome.names_differ > 0)
            .then(|| t.count("imports-names-differ", count(outcome.names_differ))),
        corrected: (report.corrected > 0)
            .then(|| t.count("imports-corrects", count(report.corrected))),
        new_classes: list(&report.new_classes),
        ignored: list(&report.ignored_columns),
        not_in_file: (report.not_in_file_total > 0).then(|| {
            let words = t.count("imports-not-in-file", count(report.not_in_file_total));
            (words, report.not_in_file.clone())
        }),
        chips: std::iter::once(all).chain(of_outcome).collect(),
        rows: shown.map(|row| row_view(t, row, of_course)).collect(),
        more: (rows.len() > from + SHOWN).then(|| link(wanted, from + SHOWN)),
    }
}

/// Whether the row may be somebody else's.
fn is_doubtful(row: &RowOutcome) -> bool {
    row.changes.iter().any(RowChange::is_doubt)
}

fn outcome_word(t: T, outcome: Outcome) -> String {
    t.get(match outcome {
        Outcome::Rejected => "imports-rejected",
        Outcome::Changed => "imports-changed",
        Outcome::New => "imports-new",
        Outcome::Unchanged => "imports-unchanged",
    })
}

fn row_view(t: T, row: &RowOutcome, of_course: bool) -> RowView {
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
        (
            place,
            row_advice(t, error.code, &error.other_lines, of_course),
        )
    });
    RowView {
        line: row.line,
        number: row.number.clone(),
        name: row.name.clone(),
        badge: Badge {
            class,
            text: outcome_word(t, row.outcome),
        },
        changes: changes(t, row),
        errors: errors.collect(),
    }
}

fn changes(t: T, row: &RowOutcome) -> Vec<String> {
    let words = |change: &RowChange| match change {
        RowChange::NameDiffers { on_roll } => {
            Some(t.args("imports-change-other-name", &[("name", on_roll)]))
        }
        RowChange::Score { column, from, to } => {
            let text = |score: Score| score_text(t, score);
            let from = from.map_or_else(|| text(Score::Blank), text);
            let values = [("column", &**column), ("from", &from), ("to", &text(*to))];
            Some(t.args("imports-change-score", &values))
        }
        RowChange::MoreScores { count } => {
            let count = u32::try_from(*count).unwrap_or(u32::MAX);
            Some(t.count("imports-change-more-scores", count))
        }
        // What is the same as the number is not worth a line.
        RowChange::Account { username } if *username == row.number => None,
        RowChange::Account { username } => {
            Some(t.args("imports-change-account", &[("username", username)]))
        }
        RowChange::Renamed { from, to } => {
            Some(t.args("imports-change-name", &[("from", from), ("to", to)]))
        }
        RowChange::Leaves {
            class,
            school_year,
            last_day,
        } => Some(t.args(
            "imports-change-leaves",
            &[("class", class), ("year", school_year), ("day", last_day)],
        )),
        RowChange::StaysUntil {
            class,
            school_year,
            last_day,
        } => Some(t.args(
            "imports-change-stays",
            &[("class", class), ("year", school_year), ("day", last_day)],
        )),
        RowChange::Instead {
            class,
            instead_of,
            school_year,
            first_day,
        } => Some(t.args(
            "imports-change-instead",
            &[
                ("class", class),
                ("from", instead_of),
                ("year", school_year),
                ("day", first_day),
            ],
        )),
        RowChange::Joins {
            class,
            school_year,
            first_day,
        } => Some(t.args(
            "imports-change-joins",
            &[("class", class), ("year", school_year), ("day", first_day)],
        )),
    };
    row.changes.iter().filter_map(words).collect()
}
