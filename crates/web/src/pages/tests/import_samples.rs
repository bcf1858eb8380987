//! Imports with everything that their pages can show.

use askama::Template;
use gradebook_app::Page;
use gradebook_app::imports::{
    ImportError, ImportOutcome, ImportReport, ImportState, KeptImport, KeptSummary, Outcome, Phase,
    Progress, RowCounts, RowError, RowOutcome, StoredImport,
};
use gradebook_auth::Role;
use gradebook_domain::{BatchId, CourseId, ImportId, UserId};

use super::imports::{list, one};
use super::{request, samples};
use crate::i18n::Locale;

/// Every page of imports.
pub(super) fn pages(locale: Locale) -> Vec<(&'static str, askama::Result<String>)> {
    let at = |path: &str| request(path, locale);
    let mut pages = Vec::new();
    let nothing = || Page {
        items: Vec::new(),
        next: None,
    };
    let around = |course, imports| list::Around {
        role: Role::Admin,
        course,
        terms: vec![samples::term(true)],
        imports,
    };
    let course = || samples::courses().items.into_iter().next();
    let full = Page {
        items: imports(),
        next: Some(3),
    };
    for (found, errors) in [
        (around(None, full), Vec::new()),
        (around(None, nothing()), vec!["<b>".to_owned()]),
        (around(course(), nothing()), Vec::new()),
    ] {
        let sent = list::Sent::empty();
        let view = list::list_page(&at("/admin/imports"), found, sent, errors);
        pages.push(("imports", view.render()));
    }
    for kept in imports() {
        let state = kept.stored.state;
        let waits = kept.abandoned || matches!(state, ImportState::Planned | ImportState::Failed);
        let plans = if waits {
            vec![
                Ok(Some(import_plan(true))),
                Ok(Some(import_plan(false))),
                Ok(None),
                Err(ImportError::Refused {
                    errors: import_plan(true).rows[0].errors.clone(),
                    total: 1,
                }),
            ]
        } else {
            vec![Ok(None)]
        };
        for plan in plans {
            let path = at("/imports/1");
            let query = one::RowsQuery::default();
            let view = one::one_page(&path, Role::Admin, &kept, plan, &query, None);
            pages.push(("import", view.render()));
        }
    }
    pages
}

/// An import in each state; the last was interrupted.
pub(super) fn imports() -> Vec<KeptImport> {
    let states = [
        ImportState::Planned,
        ImportState::Running,
        ImportState::Committed,
        ImportState::Undone,
        ImportState::Failed,
        ImportState::Running,
    ];
    let kept = |(nth, state): (i64, ImportState)| KeptImport {
        stored: StoredImport {
            id: ImportId(nth),
            kind: "exam".to_owned(),
            course: (nth % 2 == 0).then_some(CourseId(1)),
            file_name: "月考 <b>.xlsx".to_owned(),
            options: String::new(),
            state,
            summary: None,
            batch: Some(BatchId(5)),
            created_at: 1_795_219_200_000,
            created_by: Some(UserId(7)),
            changed_at: 1_795_219_200_000,
        },
        order: None,
        summary: KeptSummary {
            new: 3,
            scores_new: 9,
            students: 2,
            rejected: 1,
            error: Some("plan_changed".to_owned()),
            ..KeptSummary::default()
        },
        author: (nth != 4).then(|| "李雷 <b>".to_owned()),
        progress: (nth == 2).then_some(Progress {
            phase: Phase::Scores,
            done: 1_000,
            total: 3_000,
        }),
        abandoned: nth == 6,
    };
    (1..).zip(states).map(kept).collect()
}

/// A plan with a row of each outcome.
pub(super) fn import_plan(rejected: bool) -> ImportOutcome {
    let row = |(line, outcome): (u64, Outcome)| RowOutcome {
        line,
        number: format!("S{line}"),
        name: "李雷 <b>".to_owned(),
        outcome,
        changes: Vec::new(),
        errors: match outcome {
            Outcome::Rejected => vec![RowError {
                line,
                column: "语文".to_owned(),
                value: "9O <b>".to_owned(),
                code: "not_a_number",
                detail: String::new(),
            }],
            _ => Vec::new(),
        },
    };
    let outcomes = Outcome::ALL.into_iter();
    let rows: Vec<RowOutcome> = (2..)
        .zip(outcomes.filter(|one| rejected || *one != Outcome::Rejected))
        .map(row)
        .collect();
    ImportOutcome {
        plan_hash: "ab12".to_owned(),
        report: ImportReport {
            scores_new: usize::from(rejected) * 3,
            enrolled: usize::from(rejected),
            ..ImportReport::default()
        },
        counts: RowCounts {
            new: 1,
            changed: 1,
            unchanged: 1,
            rejected: usize::from(rejected),
        },
        errors: Vec::new(),
        errors_total: usize::from(rejected),
        rows,
    }
}
