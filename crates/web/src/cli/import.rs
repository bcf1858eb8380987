//! `gradebook import`.

use std::io::IsTerminal;
use std::path::Path;

use gradebook_app::App;
use gradebook_app::imports::{
    Agreed, ImportError, ImportIntoCourse, ImportOrder, ImportOutcome, ImportReport,
    ImportScores as ExamOrder, Phase, Progress, RowError,
};
use gradebook_auth::Actor;
use gradebook_domain::CourseId;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::Failure;
use super::args::{ImportCommand, ImportScores, Planned};
use super::open::{Migrate, open_app};
use super::output::{Output, list_errors};
use super::{import_oneroster, import_roster};
use crate::config::Config;

pub(super) async fn run(
    config: &Config,
    command: ImportCommand,
    output: &Output,
) -> Result<(), Failure> {
    let path = match &command {
        ImportCommand::Scores(command) => &command.file,
        ImportCommand::Roster(command) => &command.file,
        ImportCommand::Oneroster(command) => &command.file,
    };
    let file = std::fs::read(path).map_err(|error| {
        Failure::failed(format!(
            "cannot read {}: {error}; name a file that can be read",
            path.display()
        ))
    })?;
    let (app, db) = open_app(config, Migrate::FileOnly).await?;
    let done = match &command {
        ImportCommand::Scores(command) => scores(&app, command, &file, output).await,
        ImportCommand::Roster(command) => import_roster::run(&app, command, &file, output).await,
        ImportCommand::Oneroster(command) => {
            import_oneroster::run(&app, command, &file, output).await
        }
    };
    db.close().await;
    done
}

async fn scores(
    app: &App,
    command: &ImportScores,
    file: &[u8],
    output: &Output,
) -> Result<(), Failure> {
    let order = order(command);
    let bar = bar();
    let tell = |progress: Progress| show(&bar, progress);
    let actor = Actor::operator();
    let imported = if command.planned.dry_run {
        app.preview_import(&actor, file, &order, &tell).await
    } else {
        app.commit_import(&actor, file, &order, &agreed(&command.planned), &tell)
            .await
    };
    bar.finish_and_clear();
    match imported {
        Ok(outcome) if outcome.counts.rejected > 0 && !command.planned.allow_partial => Err(
            explain(ImportError::Rejected(Box::new(outcome)), command, output)?,
        ),
        Ok(outcome) if command.planned.json => output.json(&as_json(&outcome)),
        Ok(outcome) => {
            let errors = outcome.errors.iter();
            list_errors(errors.map(|error| located(&command.file, error)));
            output.line(&summary(&outcome))
        }
        Err(error) => Err(explain(error, command, output)?),
    }
}

/// What whoever typed the command agrees to.
pub(super) fn agreed(planned: &Planned) -> Agreed {
    Agreed {
        plan_hash: planned.plan_hash.clone(),
        allow_partial: planned.allow_partial,
        same_names_only: false,
    }
}

pub(super) fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn order(command: &ImportScores) -> ImportOrder {
    let file_name = name_of(&command.file);
    let reason = command.reason.clone();
    let ignore_columns = command.ignore_column.clone();
    if let Some(course) = command.course {
        return ImportOrder::Course(ImportIntoCourse {
            file_name,
            course: CourseId(course),
            reason,
            ignore_columns,
        });
    }
    // Each of them is there unless there is a course: the arguments say so.
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    ImportOrder::Exam(ExamOrder {
        file_name,
        school_year: text(&command.school_year),
        term: text(&command.term),
        exam: text(&command.exam),
        kind: command.kind.as_str(),
        create_missing: command.create_missing,
        publish: command.publish,
        dry_run: command.planned.dry_run,
        reason,
        held_on: command.held_on.clone(),
        ignore_columns,
    })
}

/// A bar on a terminal, and nothing elsewhere.
pub(super) fn bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg:20} {bar:40} {pos}/{len}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}

pub(super) fn show(bar: &ProgressBar, progress: Progress) {
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    bar.set_message(match progress.phase {
        Phase::Checking => "checking the file",
        Phase::Students => "students and classes",
        Phase::Scores => "scores",
        Phase::Publishing => "publishing",
    });
    bar.set_length(count(progress.total));
    bar.set_position(count(progress.done));
}

fn summary(outcome: &ImportOutcome) -> String {
    let report: &ImportReport = &outcome.report;
    let mut created: Vec<String> = Vec::new();
    let mut count = |number: usize, what: &str| {
        if number > 0 {
            created.push(format!("{number} {what}"));
        }
    };
    count(usize::from(report.term_created), "term");
    count(usize::from(report.exam_created), "exam");
    count(report.subjects_created, "subjects");
    count(report.classes_created, "classes");
    count(report.students_created, "students");
    count(report.enrolled, "enrolments");
    count(report.courses_created, "courses");
    let mut lines = vec![
        if report.dry_run {
            "dry run, nothing was written".to_owned()
        } else if let Some(batch) = report.batch {
            format!("imported as batch {batch}")
        } else {
            "nothing to write: everything is as the file says".to_owned()
        },
        format!("rows:      {}", report.rows),
        format!(
            "scores:    {} new, {} changed, {} unchanged",
            report.scores_new, report.scores_changed, report.scores_unchanged
        ),
    ];
    if outcome.names_differ > 0 {
        lines.push(format!(
            "names:     {} rows have another name than the school: look at them before you go on",
            outcome.names_differ
        ));
    }
    if !report.ignored_columns.is_empty() {
        let columns = report.ignored_columns.join(", ");
        lines.push(format!("columns left out: {columns}"));
    }
    if !created.is_empty() {
        lines.push(format!("created:   {}", created.join(", ")));
    }
    if outcome.counts.rejected > 0 {
        lines.push(format!(
            "left out:  {} rows, listed above",
            outcome.counts.rejected
        ));
    }
    if report.published > 0 {
        lines.push(format!("published: {} assessments", report.published));
    }
    lines.join("\n")
}

fn as_json(outcome: &ImportOutcome) -> serde_json::Value {
    let report = &outcome.report;
    json!({
        "plan_hash": outcome.plan_hash,
        "rejected": refusal_as_json(&outcome.errors, outcome.errors_total),
        "dry_run": report.dry_run,
        "batch_id": report.batch.map(|batch| batch.0),
        "exam_id": report.exam.map(|exam| exam.0),
        "class_ids": report.classes.iter().map(|class| class.0).collect::<Vec<_>>(),
        "rows": report.rows,
        "ignored_columns": report.ignored_columns,
        "new_subjects": report.new_subjects,
        "names_differ": outcome.names_differ,
        "scores": {
            "new": report.scores_new,
            "changed": report.scores_changed,
            "unchanged": report.scores_unchanged,
        },
        "created": {
            "term": report.term_created,
            "exam": report.exam_created,
            "subjects": report.subjects_created,
            "classes": report.classes_created,
            "students": report.students_created,
            "enrolments": report.enrolled,
            "courses": report.courses_created,
        },
        "published": report.published,
    })
}

/// Lists what is wrong with the file, and sums it up.
fn explain(
    error: ImportError,
    command: &ImportScores,
    output: &Output,
) -> Result<Failure, Failure> {
    let file = &command.file;
    Ok(match error {
        ImportError::Refused { errors, total } => list(&errors, total, command, output)?,
        ImportError::Rejected(outcome) => {
            list(&outcome.errors, outcome.errors_total, command, output)?
        }
        ImportError::PlanChanged(_) => Failure::Refused(format!(
            "{error}; nothing was written. Run it with --dry-run to see the plan"
        )),
        ImportError::NotFound => Failure::Refused(
            "there is no such course; `gradebook course list` lists them".to_owned(),
        ),
        ImportError::Unreadable(reason) => {
            Failure::Refused(format!("{}: {reason}; nothing was written", file.display()))
        }
        ImportError::Order { code, detail } => {
            let next = match code {
                "unknown_term" | "unknown_exam" => " (--create-missing does that)",
                _ => "",
            };
            Failure::Refused(format!("{detail}{next}; nothing was written"))
        }
        ImportError::Forbidden | ImportError::SignedOut | ImportError::NoRoom(_) => {
            Failure::failed(error.to_string())
        }
        ImportError::Database(error) => error.into(),
    })
}

/// What is wrong with rows, and what it sums up to.
fn list(
    errors: &[RowError],
    total: usize,
    command: &ImportScores,
    output: &Output,
) -> Result<Failure, Failure> {
    let file = &command.file;
    if command.planned.json {
        output.json(&refusal_as_json(errors, total))?;
    } else {
        list_errors(errors.iter().map(|error| located(file, error)));
    }
    let shown = errors.len();
    let or = match errors.iter().any(RowError::is_of_unknown_column) {
        true => ", or leave a column out with --ignore-column TITLE",
        false => "",
    };
    let more = if shown < total {
        format!(" (the first {shown} are listed)")
    } else {
        String::new()
    };
    Ok(Failure::Refused(format!(
        "{total} errors in {}{more}; nothing was written. Correct the file and import it again{or}",
        file.display()
    )))
}

/// `FILE:LINE: column: value: reason`, without the parts that there are none of.
pub(super) fn located(file: &Path, error: &RowError) -> String {
    let mut parts = vec![format!("{}:{}", file.display(), error.line)];
    for part in [&error.column, &error.value] {
        if !part.is_empty() {
            // A terminal must not obey what stands in a file.
            parts.push(part.chars().filter(|sign| !sign.is_control()).collect());
        }
    }
    parts.push(error.detail.clone());
    parts.join(": ")
}

pub(super) fn refusal_as_json(errors: &[RowError], total: usize) -> serde_json::Value {
    let errors: Vec<serde_json::Value> = errors
        .iter()
        .map(|error| {
            json!({
                "line": error.line,
                "column": error.column,
                "value": error.value,
                "code": error.code,
                "detail": error.detail,
                "other_lines": error.other_lines,
            })
        })
        .collect();
    json!({ "total": total, "errors": errors })
}
