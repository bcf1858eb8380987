//! `gradebook doctor`: looks at everything that a server needs, and changes nothing.

mod database;
mod files;
mod hashing;
mod network;
mod report;

use gradebook_app::SystemClock;

use super::Failure;
use super::output::Output;
use crate::config::{Config, ConfigError, Stated};
use report::{Check, Report};

const SETTINGS: &str = "settings";

/// Checks everything. A check that fails makes the command fail, with exit code 1.
pub(super) async fn run(
    config: &Config,
    stated: &[Stated],
    unknown: &[String],
    json: bool,
    output: &Output,
) -> Result<(), Failure> {
    let mut checks = settings(stated, unknown);
    checks.extend(network::checks(config));
    checks.extend(files::checks(config));
    checks.extend(database::checks(config, &SystemClock).await);
    let hashing = hashing::Hashing::measured(config);
    checks.push(hashing.check());
    Report::new(checks, stated, Some(&hashing)).print(json, output)
}

/// What is left to say when the settings themselves cannot be read.
pub(super) fn unusable_settings(
    error: &ConfigError,
    json: bool,
    output: &Output,
) -> Result<(), Failure> {
    let found = format!(
        "{}, from {}: {}",
        error.setting, error.origin, error.problem
    );
    let check = Check::fail(SETTINGS, found, &error.advice);
    Report::new(vec![check], &[], None).print(json, output)
}

fn settings(stated: &[Stated], unknown: &[String]) -> Vec<Check> {
    let found = if stated.is_empty() {
        "all are left to their defaults".to_owned()
    } else {
        let made: Vec<String> = stated
            .iter()
            .map(|one| format!("{} = {} ({})", one.key, one.value, one.origin))
            .collect();
        format!("{}; all others are defaults", made.join("; "))
    };
    let mut checks = vec![Check::ok(SETTINGS, found)];
    if !unknown.is_empty() {
        checks.push(Check::warn(
            SETTINGS,
            format!("there are no such settings: {}", unknown.join(", ")),
            "correct or remove these variables; `gradebook --help` lists all settings",
        ));
    }
    checks
}
