//! `gradebook import roster`.

use std::path::Path;

use gradebook_app::App;
use gradebook_app::imports::{
    ImportError, ImportOrder, ImportOutcome, ImportRoster as Order, Outcome, Phase, Progress,
    RowChange, RowError, RowOutcome,
};
use gradebook_auth::Actor;
use indicatif::ProgressBar;

use super::Failure;
use super::args::ImportRoster;
use super::import::{agreed, bar, located, name_of, refusal_as_json, show};
use super::output::{Output, list_errors};
use crate::api::imports::ImportDto;

/// Rows and names that are listed, of those that may be as many as the school has.
const LISTED: usize = 50;

pub(super) async fn run(
    app: &App,
    command: &ImportRoster,
    file: &[u8],
    output: &Output,
) -> Result<(), Failure> {
    let order = ImportOrder::Roster(Order {
        file_name: name_of(&command.file),
        school_year: command.school_year.clone(),
        grade_level: command.grade_level.clone(),
        class: command.class.clone(),
        first_day: command.first_day.clone(),
        create_missing: command.create_missing,
        keep_other_classes: command.keep_other_classes,
    });
    let bar = bar();
    let imported = import(app, command, file, &order, &bar).await;
    bar.finish_and_clear();
    match imported {
        Ok(outcome) if outcome.counts.rejected > 0 && !command.planned.allow_partial => {
            refused(command, outcome, output)
        }
        Ok(outcome) if command.planned.json => output.json(&ImportDto::from(outcome)),
        Ok(outcome) => {
            let errors = outcome.errors.iter();
            list_errors(errors.map(|error| located(&command.file, error)));
            output.line(&summary(&command.file, &outcome))
        }
        Err(ImportError::Rejected(outcome)) => refused(command, *outcome, output),
        Err(error) => Err(explain(error, command, output)?),
    }
}

async fn import(
    app: &App,
    command: &ImportRoster,
    file: &[u8],
    order: &ImportOrder,
    bar: &ProgressBar,
) -> Result<ImportOutcome, ImportError> {
    let tell = |progress: Progress| {
        let of_people = progress.phase == Phase::Students || progress.phase == Phase::Checking;
        if of_people {
            show(bar, progress);
        }
    };
    let actor = Actor::operator();
    if command.planned.dry_run {
        return app.preview_import(&actor, file, order, &tell).await;
    }
    let agreed = agreed(&command.planned);
    app.commit_import(&actor, file, order, &agreed, &tell).await
}

fn refused(command: &ImportRoster, outcome: ImportOutcome, output: &Output) -> Result<(), Failure> {
    let (rows, total) = (outcome.counts.rejected, outcome.errors_total);
    if command.planned.json {
        output.json(&ImportDto::from(outcome))?;
    } else {
        let errors = outcome.errors.iter();
        list_errors(errors.map(|error| located(&command.file, error)));
    }
    Err(Failure::Refused(format!(
        "{total} errors in {rows} rows of {}; nothing was written. Correct the file and import it again, or leave \
         these rows out with --allow-partial",
        command.file.display()
    )))
}

fn explain(
    error: ImportError,
    command: &ImportRoster,
    output: &Output,
) -> Result<Failure, Failure> {
    let file = command.file.display();
    Ok(match error {
        ImportError::Refused { errors, total } => {
            list(&errors, total, command, output)?;
            Failure::Refused(format!(
                "the header of {file} cannot be used; nothing was written"
            ))
        }
        ImportError::PlanChanged(_) => Failure::Refused(format!(
            "{error}; nothing was written. Run it with --dry-run to see the plan"
        )),
        ImportError::Unreadable(reason) => {
            Failure::Refused(format!("{file}: {reason}; nothing was written"))
        }
        ImportError::Order { detail, .. } => {
            Failure::Refused(format!("{detail}; nothing was written"))
        }
        ImportError::Database(error) => error.into(),
        ImportError::Rejected(_)
        | ImportError::NotFound
        | ImportError::Forbidden
        | ImportError::NoRoom(_)
        | ImportError::SignedOut => Failure::failed(error.to_string()),
    })
}

fn list(
    errors: &[RowError],
    total: usize,
    command: &ImportRoster,
    output: &Output,
) -> Result<(), Failure> {
    if command.planned.json {
        output.json(&refusal_as_json(errors, total))
    } else {
        list_errors(errors.iter().map(|error| located(&command.file, error)));
        Ok(())
    }
}

fn summary(file: &Path, outcome: &ImportOutcome) -> String {
    let (report, counts) = (&outcome.report, outcome.counts);
    let mut lines: Vec<String> = Vec::new();
    let changed = outcome.rows.iter();
    let changed = changed.filter(|row| row.outcome == Outcome::Changed);
    lines.extend(changed.take(LISTED).map(|row| told(file, row)));
    if counts.changed > LISTED {
        lines.push(format!(
            "… and {} more that change",
            counts.changed - LISTED
        ));
    }
    if report.not_in_file_total > 0 {
        lines.push(format!(
            "still in these classes, not in the file: {}",
            report.not_in_file_total
        ));
        let shown = report.not_in_file.iter().take(LISTED);
        lines.extend(shown.map(|one| {
            printable(&format!(
                "  {}: {} {}",
                one.class_name, one.student_number, one.name
            ))
        }));
    }
    if !report.ignored_columns.is_empty() {
        let columns = report.ignored_columns.join(", ");
        lines.push(printable(&format!("columns that are not read: {columns}")));
    }
    lines.push(if report.dry_run {
        "dry run, nothing was written".to_owned()
    } else if let Some(batch) = report.batch {
        format!("imported as batch {batch}")
    } else {
        "nothing to write: everything is as the file says".to_owned()
    });
    lines.push(format!(
        "rows:      {} new, {} changed, {} unchanged, {} left out",
        counts.new, counts.changed, counts.unchanged, counts.rejected
    ));
    let done: Vec<String> = [
        (report.classes_created, "classes created"),
        (report.students_created, "students created"),
        (report.teachers_created, "teachers created"),
        (report.enrolled, "joined a class"),
        (report.moved, "of them from another class"),
        (report.renamed, "renamed"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    if !done.is_empty() {
        lines.push(format!("people:    {}", done.join(", ")));
    }
    if !report.dry_run && report.students_created > 0 {
        let classes: Vec<String> = report.classes.iter().map(ToString::to_string).collect();
        lines.push(format!(
            "{} students have no password yet: `gradebook user slips --class ID > slips.csv` makes one-time \
             passwords (classes {})",
            report.students_created,
            classes.join(", ")
        ));
    }
    if !report.dry_run && report.teachers_created > 0 {
        lines.push(format!(
            "{} teachers have no password yet: `gradebook user reset-password USERNAME` makes one",
            report.teachers_created
        ));
    }
    lines.join("\n")
}

/// What one row changes.
fn told(file: &Path, row: &RowOutcome) -> String {
    let changes = row.changes.iter().map(|change| match change {
        RowChange::NameDiffers { on_roll } => format!("the school knows this student as {on_roll}"),
        RowChange::Score { column, .. } => format!("a score in {column}"),
        RowChange::MoreScores { count } => format!("{count} more scores"),
        RowChange::Account { username } => format!("new account {username}"),
        RowChange::Renamed { from, .. } => format!("was called {from}"),
        RowChange::Leaves {
            class,
            school_year,
            last_day,
        } => format!("leaves {class} ({school_year}) after {last_day}"),
        RowChange::StaysUntil {
            class,
            school_year,
            last_day,
        } => format!("is in {class} ({school_year}) until {last_day}"),
        RowChange::Instead {
            class,
            instead_of,
            school_year,
            first_day,
        } => format!("is in {class} ({school_year}) from {first_day} on, not in {instead_of}"),
        RowChange::Joins {
            class,
            school_year,
            first_day,
        } => format!("joins {class} ({school_year}) on {first_day}"),
    });
    let changes: Vec<String> = changes.collect();
    printable(&format!(
        "{}:{}: {} {}: {}",
        file.display(),
        row.line,
        row.number,
        row.name,
        changes.join("; ")
    ))
}

/// A terminal must not obey what stands in a file.
fn printable(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_control()).collect()
}
