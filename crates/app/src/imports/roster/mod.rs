//! Importing a roster: who belongs to which class. Accounts and enrolments that the school does not
//! have are created, people are renamed and moved, and nobody is taken out of a class because the
//! file does not name them.
//!
//! `order` → `header` → `sheet` → `facts` → `plan` with `moves` → `write`.

mod facts;
mod header;
mod moves;
mod order;
mod plan;
mod sheet;
#[cfg(test)]
mod tests;
mod write;

use gradebook_auth::Role;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::{Db, Tx};

pub use order::ImportRoster;

use super::error::{Errors, ImportError};
use super::outcome::{FileDigest, Fingerprint, ImportOutcome};
use super::table::Table;
use super::{Agreed, ImportReport, Report};
use facts::Facts;
use plan::{Plan, Planned, plan};
use sheet::Roster;

/// A roster, read.
pub(super) struct RosterImport {
    order: ImportRoster,
    file: FileDigest,
    roster: Roster,
    errors: Errors,
    /// The day of the import, ISO 8601.
    today: String,
}

impl RosterImport {
    pub(super) fn read(
        order: ImportRoster,
        file: FileDigest,
        table: &Table,
        today: String,
    ) -> Result<Self, ImportError> {
        let (roster, errors) = sheet::read(table, &order)?;
        Ok(Self {
            order,
            file,
            roster,
            errors,
            today,
        })
    }

    /// Rows of the file.
    pub(super) fn rows(&self) -> usize {
        self.roster.rows.len()
    }

    pub(super) async fn preview(&self, db: &Db) -> Result<ImportOutcome, ImportError> {
        let facts = Facts::look_up(db, &self.roster, &self.today).await?;
        Ok(self.planned(&facts).0)
    }

    /// Does what the plan says, made with everything locked that it looks at, if that is what was
    /// agreed to. The outcome tells whether anything was to be done.
    pub(super) async fn commit(
        &self,
        tx: &Tx,
        stamp: &Stamp<'_>,
        agreed: &Agreed,
        report: Report<'_>,
    ) -> Result<(ImportOutcome, bool), ImportError> {
        let facts = Facts::lock(tx, &self.roster, &self.today, |facts| {
            self.planned(facts).1.left()
        })
        .await?;
        let (mut outcome, plan) = self.planned(&facts);
        agreed.check(&outcome)?;
        if plan.is_empty() {
            return Ok((outcome, false));
        }
        let classes = write::write((tx, stamp), &self.roster, &facts, &plan, report).await?;
        outcome.report.classes = classes;
        Ok((outcome, true))
    }

    fn planned(&self, facts: &Facts) -> (ImportOutcome, Plan) {
        let planned = plan(&self.roster, facts, &self.order, self.errors.clone());
        let Planned {
            plan,
            rows,
            errors,
            not_in_file,
            not_in_file_total,
        } = planned;
        let mut print = Fingerprint::of("roster", &self.file);
        let order = &self.order;
        for text in [
            &order.school_year,
            &order.grade_level,
            &order.class,
            &order.first_day,
        ] {
            print.text(text.as_deref().unwrap_or_default());
        }
        print.flag(order.create_missing);
        print.flag(order.keep_other_classes);
        print.rejected(&errors.lines());
        plan.sign(&mut print, &self.roster, facts);
        let of_role = |role: Role| {
            let rows = plan.accounts.iter();
            rows.filter_map(|(place, _)| self.roster.rows.get(*place))
                .filter(|row| row.role == role)
                .count()
        };
        let report = ImportReport {
            students_created: of_role(Role::Student),
            teachers_created: of_role(Role::Teacher),
            classes_created: plan.classes.len(),
            new_classes: plan
                .classes
                .iter()
                .filter_map(|place| self.roster.classes.get(*place))
                .map(|key| format!("{key} ({})", key.school_year))
                .collect(),
            enrolled: plan.joins.len() + plan.instead.len(),
            moved: plan.moved,
            renamed: plan.renames.len(),
            rows: self.roster.named.len(),
            classes: facts
                .classes
                .iter()
                .flatten()
                .map(|class| class.id)
                .collect(),
            not_in_file,
            not_in_file_total,
            ignored_columns: self.roster.ignored.clone(),
            ..ImportReport::default()
        };
        (rows.outcome(report, print.done(), errors), plan)
    }
}
