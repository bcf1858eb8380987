//! Imports with everything that their pages can show.

use std::sync::Arc;

use askama::Template;
use gradebook_app::imports::{
    ImportChoices, ImportError, ImportOrder, ImportOutcome, ImportReport, ImportRoster,
    ImportState, KeptImport, KeptSummary, LeftOut, LeftOutError, LeftOutRow, NotInFile, Outcome,
    Phase, Progress, RowChange, RowCounts, RowError, RowOutcome, StoredImport,
};
use gradebook_app::{ListCount, Page};
use gradebook_auth::Role;
use gradebook_domain::{BatchId, ClassId, CourseId, ImportId, Score, UserId};

use super::imports::{agree, earlier, list, one, plan, roster};
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
    let listed = |imports, text: &str| earlier::FoundImports {
        imports,
        count: ListCount {
            all: 41,
            before: 20,
        },
        text: text.to_owned(),
    };
    let around = |course, imports| list::Around {
        role: Role::Admin,
        course,
        choices: ImportChoices {
            terms: vec![samples::term(true)],
            current: Some(samples::term(true).id),
            exams: vec![samples::exam()],
        },
        imports,
    };
    let course = || samples::courses().items.into_iter().next();
    let full = Page {
        items: imports(),
        next: Some(3),
    };
    for (found, errors) in [
        (around(None, listed(full, "<b>")), Vec::new()),
        (around(None, listed(nothing(), "")), vec!["<b>".to_owned()]),
        (around(course(), listed(nothing(), "no <b>")), Vec::new()),
    ] {
        let sent = list::Sent::empty();
        let view = list::list_page(&at("/admin/imports"), found, sent, errors);
        pages.push(("imports", view.render()));
    }
    for (kept, plan) in [
        (
            of_roster(ImportState::Planned),
            Ok(Some(Arc::new(roster_plan()))),
        ),
        (of_roster(ImportState::Committed), Ok(None)),
    ] {
        let query = plan::RowsQuery::default();
        let view = one::one_page(
            &at("/imports/2"),
            Role::Admin,
            &kept,
            plan,
            &query,
            agree::Refusal::default(),
        );
        pages.push(("import of a roster", view.render()));
    }
    for errors in [Vec::new(), vec!["<b>".to_owned()]] {
        let around = roster::Around {
            years: vec!["2026-2027 <b>".to_owned()],
            imports: listed(
                Page {
                    items: vec![of_roster(ImportState::Committed)],
                    next: Some(3),
                },
                "",
            ),
        };
        let sent = roster::RosterSent {
            school_year: "2026-2027".to_owned(),
            create_missing: true,
            ..roster::RosterSent::default()
        };
        let view = roster::roster_page(&at("/admin/imports/roster"), around, sent, errors);
        pages.push(("rosters", view.render()));
    }
    for kept in imports() {
        let state = kept.stored.state;
        let waits = kept.abandoned || matches!(state, ImportState::Planned | ImportState::Failed);
        let plans = if waits {
            vec![
                Ok(Some(Arc::new(import_plan(true)))),
                Ok(Some(Arc::new(import_plan(false)))),
                Ok(None),
                Err(ImportError::Refused {
                    errors: import_plan(true).rows[0].errors.clone(),
                    total: 1,
                }),
            ]
        } else {
            vec![Ok(None)]
        };
        for found in plans {
            let path = at("/imports/1");
            let query = plan::RowsQuery::default();
            let view = one::one_page(
                &path,
                Role::Admin,
                &kept,
                found,
                &query,
                agree::Refusal::default(),
            );
            pages.push(("import", view.render()));
        }
        // Columns for which nothing is known, and a reason that is missing.
        if state == ImportState::Planned {
            let query = plan::RowsQuery::default();
            let unknown = |column: &str| RowError {
                line: 1,
                column: column.to_owned(),
                value: String::new(),
                code: "unknown_subject",
                detail: String::new(),
                other_lines: Vec::new(),
            };
            let refused = Err(ImportError::Refused {
                errors: vec![unknown("备注 <b>"), unknown("书法")],
                total: 2,
            });
            let refusal = agree::Refusal::default();
            let path = at("/imports/1");
            let view = one::one_page(&path, Role::Admin, &kept, refused, &query, refusal);
            pages.push(("import with unknown columns", view.render()));
            let mut correcting = import_plan(false);
            correcting.report.corrected = 3;
            correcting.report.new_subjects = vec!["书法 <b>".to_owned()];
            let found = Ok(Some(Arc::new(correcting)));
            let refusal = agree::Refusal::of("reason_required");
            let view = one::one_page(&path, Role::Admin, &kept, found, &query, refusal);
            pages.push(("import that corrects", view.render()));
        }
        // Somebody who agreed to it did not look at the names.
        if state == ImportState::Planned {
            let (path, query) = (at("/imports/1"), plan::RowsQuery::default());
            let found = Ok(Some(Arc::new(import_plan(false))));
            let refused = agree::Refusal::of("names_not_checked");
            let view = one::one_page(&path, Role::Admin, &kept, found, &query, refused);
            pages.push(("import", view.render()));
        }
        // Taken back in part: the rest needs a reason.
        if state == ImportState::Committed {
            let (path, query) = (at("/imports/1"), plan::RowsQuery::default());
            let mut kept = kept.clone();
            kept.summary.restored = Some(2);
            let refused = agree::Refusal::of("undo_reason_required");
            let mut view = one::one_page(&path, Role::Admin, &kept, Ok(None), &query, refused);
            view.set_left_out(Some(&left_out()));
            pages.push(("import", view.render()));
        }
    }
    pages
}

/// More rows that were left out than are kept.
fn left_out() -> LeftOut {
    let text = |text: &str| text.to_owned();
    LeftOut {
        titles: vec![text("学号"), text("语文 <b>")],
        rows: vec![LeftOutRow {
            line: 3,
            number: text("S3 <b>"),
            name: text("李雷 <b>"),
            fields: vec![text("S3 <b>"), text("9O <b>")],
            errors: vec![LeftOutError {
                column: text("语文 <b>"),
                value: text("9O <b>"),
                code: text("not_a_number"),
                detail: text("not a number"),
                other_lines: vec![4],
            }],
        }],
        total: 1_200,
        of_course: false,
    }
}

/// The import of a roster.
fn of_roster(state: ImportState) -> KeptImport {
    let mut kept = imports().swap_remove(0);
    kept.stored.kind = "roster".to_owned();
    kept.stored.course = None;
    kept.stored.state = state;
    kept.order = Some(ImportOrder::Roster(ImportRoster::default()));
    kept.summary.teachers = 1;
    kept.summary.enrolled = 3;
    kept.summary.moved = 1;
    kept.summary.renamed = 1;
    kept
}

/// A plan of a roster with everything that it can do.
fn roster_plan() -> ImportOutcome {
    let mut plan = import_plan(true);
    let text = |text: &str| text.to_owned();
    let (class, school_year) = (|| text("六年级 3班 <b>"), || text("2026-2027"));
    plan.rows[1].changes = vec![
        RowChange::Renamed {
            from: text("李名 <b>"),
            to: text("李明"),
        },
        RowChange::Leaves {
            class: class(),
            school_year: school_year(),
            last_day: text("2026-10-07"),
        },
        RowChange::StaysUntil {
            class: class(),
            school_year: school_year(),
            last_day: text("2026-12-31"),
        },
        RowChange::Instead {
            class: class(),
            instead_of: text("六年级 2班"),
            school_year: school_year(),
            first_day: text("2026-10-08"),
        },
    ];
    plan.rows[2].changes = vec![
        RowChange::Account {
            username: text("li.ming"),
        },
        RowChange::Joins {
            class: class(),
            school_year: school_year(),
            first_day: text("2026-09-01"),
        },
    ];
    plan.report = ImportReport {
        students_created: 1,
        teachers_created: 1,
        enrolled: 2,
        moved: 1,
        renamed: 1,
        new_classes: vec![class()],
        ignored_columns: vec![text("性别 <b>")],
        not_in_file_total: 1,
        not_in_file: vec![NotInFile {
            class: ClassId(1),
            class_name: class(),
            student_number: text("S9"),
            name: text("王芳 <b>"),
        }],
        ..ImportReport::default()
    };
    plan
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
        ImportState::Planned,
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
        expired: nth == 7,
        course: (nth % 2 == 0)
            .then(|| samples::courses().items.into_iter().next())
            .flatten(),
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
        changes: match outcome {
            Outcome::Changed => vec![
                RowChange::NameDiffers {
                    on_roll: "韩梅梅 <b>".to_owned(),
                },
                RowChange::Score {
                    column: "期中 <b>".into(),
                    from: Some(Score::Absent),
                    to: Score::Scored(samples::points("18.5")),
                },
                RowChange::MoreScores { count: 3 },
            ],
            _ => Vec::new(),
        },
        errors: match outcome {
            Outcome::Rejected => vec![RowError {
                line,
                column: "语文".to_owned(),
                value: "9O <b>".to_owned(),
                code: "not_a_number",
                detail: String::new(),
                other_lines: Vec::new(),
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
        names_differ: 1,
        errors: Vec::new(),
        errors_total: usize::from(rejected),
        rows,
    }
}
