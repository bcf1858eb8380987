//! What was found, for people and for programs.

use serde::Serialize;

use super::super::Failure;
use super::super::output::Output;
use super::hashing::{Hashing, Measured};
use crate::config::Stated;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    /// As it should be.
    Ok,
    /// The server runs, but somebody should look at it.
    Warn,
    /// The server does not run, or not safely.
    Fail,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Check {
    /// What was looked at.
    pub(super) about: &'static str,
    pub(super) status: Status,
    /// What was found.
    pub(super) found: String,
    /// What to do about it; none if it is as it should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

impl Check {
    pub(super) fn ok(about: &'static str, found: impl Into<String>) -> Self {
        Self {
            about,
            status: Status::Ok,
            found: found.into(),
            next: None,
        }
    }

    pub(super) fn warn(
        about: &'static str,
        found: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self {
            status: Status::Warn,
            next: Some(next.into()),
            ..Self::ok(about, found)
        }
    }

    pub(super) fn fail(
        about: &'static str,
        found: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self {
            status: Status::Fail,
            ..Self::warn(about, found, next)
        }
    }
}

/// A setting that somebody made, in JSON.
#[derive(Serialize)]
struct Setting {
    key: &'static str,
    value: String,
    from: String,
}

#[derive(Serialize)]
pub(super) struct Report {
    version: &'static str,
    /// The worst of all checks.
    status: Status,
    checks: Vec<Check>,
    settings: Vec<Setting>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bcrypt: Option<Measured>,
}

impl Report {
    pub(super) fn new(checks: Vec<Check>, stated: &[Stated], hashing: Option<&Hashing>) -> Self {
        let status = checks.iter().map(|check| check.status).max();
        Self {
            version: env!("CARGO_PKG_VERSION"),
            status: status.unwrap_or(Status::Ok),
            checks,
            settings: stated
                .iter()
                .map(|one| Setting {
                    key: one.key,
                    value: one.value.clone(),
                    from: one.origin.to_string(),
                })
                .collect(),
            bcrypt: hashing.map(Hashing::for_programs),
        }
    }

    fn count(&self, status: Status) -> usize {
        let checks = self.checks.iter();
        checks.filter(|check| check.status == status).count()
    }

    pub(super) fn print(&self, json: bool, output: &Output) -> Result<(), Failure> {
        if json {
            output.json(self)?;
        } else {
            output.raw(self.text().as_bytes())?;
        }
        match self.count(Status::Fail) {
            0 => Ok(()),
            1 => Err(Failure::failed("a check failed; see what it says to do")),
            many => Err(Failure::failed(format!(
                "{many} checks failed; see what each says to do"
            ))),
        }
    }

    fn text(&self) -> String {
        let widths = self.checks.iter().map(|check| check.about.len());
        let width = widths.max().unwrap_or(0);
        let mut text = String::new();
        for check in &self.checks {
            let (status, about) = (check.status.as_str(), check.about);
            text.push_str(&format!("{status:<4}  {about:<width$}  {}\n", check.found));
            if let Some(next) = &check.next {
                text.push_str(&format!("      {:<width$}  -> {next}\n", ""));
            }
        }
        text.push_str(&format!(
            "\n{} ok, {} to look at, {} failed\n",
            self.count(Status::Ok),
            self.count(Status::Warn),
            self.count(Status::Fail)
        ));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_check_is_the_status_and_each_has_its_next_step() {
        let checks = vec![
            Check::ok("disk", "plenty"),
            Check::warn("public URL", "none", "set it"),
        ];
        let report = Report::new(checks.clone(), &[], None);
        assert_eq!(report.status, Status::Warn);
        assert_eq!(
            report.text(),
            "ok    disk        plenty\n\
             warn  public URL  none\n\
             \x20                 -> set it\n\n\
             1 ok, 1 to look at, 0 failed\n"
        );
        let worse = [checks, vec![Check::fail("database", "gone", "start it")]].concat();
        let report = Report::new(worse, &[], None);
        assert_eq!(report.status, Status::Fail);
        assert_eq!(report.count(Status::Fail), 1);
    }
}
