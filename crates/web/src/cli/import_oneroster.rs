//! `gradebook import oneroster`.

use gradebook_app::App;
use gradebook_app::oneroster::{
    BundleRowError, ImportOneRoster as Order, OneRosterError, OneRosterReport,
};
use gradebook_auth::Actor;

use super::Failure;
use super::args::ImportOneRoster;
use super::output::{Output, list_errors};
use crate::oneroster_report::{OneRosterDto, rejected};

pub(super) async fn run(
    app: &App,
    command: &ImportOneRoster,
    file: &[u8],
    output: &Output,
) -> Result<(), Failure> {
    let order = Order {
        dry_run: command.dry_run,
        reason: command.reason.clone(),
        plan_hash: None,
    };
    match app.import_oneroster(&Actor::operator(), file, &order).await {
        Ok(report) if command.json => output.json(&OneRosterDto::from(&report)),
        Ok(report) => output.line(&summary(&report)),
        Err(OneRosterError::Refused { errors, total }) => {
            if command.json {
                output.json(&rejected(&errors, total))?;
            } else {
                list_errors(errors.iter().map(located));
            }
            Err(Failure::Refused(format!(
                "{total} errors in {}; nothing was written. Correct them where the bundle comes from",
                command.file.display()
            )))
        }
        Err(OneRosterError::Database(error)) => Err(error.into()),
        Err(error) => Err(Failure::Refused(format!(
            "{}: {error}; nothing was written",
            command.file.display()
        ))),
    }
}

/// `FILE:LINE: column: value: reason`, without the parts that there are none of.
fn located(error: &BundleRowError) -> String {
    let mut parts = vec![format!("{}:{}", error.file, error.line)];
    for part in [&error.column, &error.value] {
        if !part.is_empty() {
            // A terminal must not obey what stands in a file.
            parts.push(part.chars().filter(|sign| !sign.is_control()).collect());
        }
    }
    parts.push(error.detail.clone());
    parts.join(": ")
}

fn summary(report: &OneRosterReport) -> String {
    let counts = [
        (report.terms, "terms"),
        (report.subjects, "subjects"),
        (report.classes, "classes"),
        (report.people, "people"),
        (report.enrolments, "enrolments"),
        (report.courses, "courses"),
        (report.teachers, "courses given to teachers"),
        (report.exams, "exams"),
        (report.categories, "categories"),
        (report.assessments, "assessments"),
    ];
    let created: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let mut lines = vec![if report.dry_run {
        "dry run, nothing was written".to_owned()
    } else if let Some(batch) = report.batch {
        format!("imported as batch {batch}")
    } else {
        "nothing to write: the school has all of it".to_owned()
    }];
    lines.push(format!(
        "scores:    {} new, {} changed, {} unchanged",
        report.scores_new, report.scores_changed, report.scores_unchanged
    ));
    if !created.is_empty() {
        lines.push(format!("created:   {}", created.join(", ")));
    }
    let skipped = report.skipped;
    if skipped.people + skipped.enrolments + skipped.results > 0 {
        lines.push(format!(
            "passed over: {} people, {} enrolments, {} results that have no counterpart here",
            skipped.people, skipped.enrolments, skipped.results
        ));
    }
    if !report.administrators.is_empty() {
        // A terminal must not obey what stands in a file.
        let names = report.administrators.iter();
        let names = names.map(|name| name.chars().filter(|sign| !sign.is_control()).collect());
        let names: Vec<String> = names.collect();
        lines.push(format!(
            "left out, for no file makes an administrator: {}; `gradebook user add` does",
            names.join(", ")
        ));
    }
    if report.people > 0 && !report.dry_run {
        lines.push(
            "new accounts have no password: `gradebook user slips` makes them for a class, \
             `gradebook user reset-password` for one person"
                .to_owned(),
        );
    }
    lines.join("\n")
}
