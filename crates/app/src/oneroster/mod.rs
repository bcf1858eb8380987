//! The whole school as a OneRoster 1.2 bundle: ten files of comma-separated values in a zip, which
//! other systems of schools read and write.
//!
//! Reading order: `files` (which there are), `export` (our school in their words), `archive` (the
//! zip), `read` (a bundle as what the school is to have: `wanted`), `plan` (what of it is new) and
//! `write`.

mod archive;
mod error;
mod export;
mod files;
mod grades;
mod plan;
mod read;
mod rows;
mod wanted;
mod write;

use aws_lc_rs::digest::{Context, SHA256};
use gradebook_auth::actions::{ExchangeSchool, School};
use gradebook_auth::{Actor, Via, authorize};
use gradebook_domain::BatchId;
use gradebook_persistence::DbError;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::whole_school;

pub use archive::NoBundle;
pub use error::{BundleRowError, OneRosterError};
pub use wanted::Skipped;

use crate::App;
use crate::error::ReadError;
use crate::reason;
use plan::{Plan, gaps};
use wanted::Wanted;
use write::Writing;

/// How to import a bundle.
#[derive(Debug, Clone, Default)]
pub struct ImportOneRoster {
    /// Only say what would be done.
    pub dry_run: bool,
    /// Why scores change that students have seen.
    pub reason: Option<String>,
    /// The plan of the dry run that is to be done, and no other.
    pub plan_hash: Option<String>,
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OneRosterReport {
    /// Whether nothing was written because nothing was to be.
    pub dry_run: bool,
    /// The batch of the change log; `None` when nothing was written.
    pub batch: Option<BatchId>,
    /// Names this plan.
    pub plan_hash: String,
    /// Terms created.
    pub terms: usize,
    /// Subjects created.
    pub subjects: usize,
    /// Classes created.
    pub classes: usize,
    /// Accounts created, without a password yet.
    pub people: usize,
    /// Memberships created.
    pub enrolments: usize,
    /// Courses created.
    pub courses: usize,
    /// Courses given to teachers.
    pub teachers: usize,
    /// Exams created.
    pub exams: usize,
    /// Categories created.
    pub categories: usize,
    /// Assessments created.
    pub assessments: usize,
    /// Cells that had no score before.
    pub scores_new: usize,
    /// Cells that had another score before.
    pub scores_changed: usize,
    /// Cells that were as the bundle says already.
    pub scores_unchanged: usize,
    /// Rows that have no counterpart here.
    pub skipped: Skipped,
}

impl OneRosterReport {
    fn of(file: &[u8], wanted: &Wanted, plan: &Plan) -> Self {
        let places = &plan.places;
        let changed = plan.scores.iter().filter(|one| one.before.is_some());
        let changed = changed.count();
        let mut report = Self {
            terms: gaps(&places.terms),
            subjects: gaps(&places.subjects),
            classes: gaps(&places.classes),
            people: gaps(&places.people),
            enrolments: plan.enrolments.len(),
            courses: gaps(&places.courses),
            teachers: plan.teachers.len(),
            exams: gaps(&places.exams),
            categories: gaps(&places.categories),
            assessments: gaps(&places.assessments),
            scores_new: plan.scores.len() - changed,
            scores_changed: changed,
            scores_unchanged: plan.unchanged,
            skipped: wanted.skipped,
            ..Self::default()
        };
        report.plan_hash = report.hash(file, plan);
        report
    }

    /// The file, what is created of it and what each score that changes was before.
    fn hash(&self, file: &[u8], plan: &Plan) -> String {
        let mut context = Context::new(&SHA256);
        context.update(file);
        for count in self.created() {
            context.update(&count.to_le_bytes());
        }
        for planned in &plan.scores {
            let version = planned.before.as_ref().map_or(0, |before| before.version);
            context.update(&planned.at.to_le_bytes());
            context.update(&version.to_le_bytes());
        }
        let bytes = context.finish();
        bytes
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn created(&self) -> [usize; 10] {
        [
            self.terms,
            self.subjects,
            self.classes,
            self.people,
            self.enrolments,
            self.courses,
            self.teachers,
            self.exams,
            self.categories,
            self.assessments,
        ]
    }

    /// Whether the school has all of it already.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.created().iter().all(|count| *count == 0) && self.scores_new + self.scores_changed == 0
    }
}

impl App {
    /// The whole school as a bundle. No password, key or second factor is in it.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn export_oneroster(&self, actor: &Actor) -> Result<Vec<u8>, ReadError> {
        let grant = authorize::<ExchangeSchool>(actor, School)?;
        let school = whole_school::whole_school(&self.db, &grant).await?;
        // Writing to memory does not fail.
        archive::write(&export::tables(&school))
            .map_err(|error| DbError::Configuration(format!("cannot write a zip: {error}")).into())
    }

    /// Imports a bundle: creates what the school does not have and enters the scores, all of it or
    /// nothing. What is there under the same name stays as it is, so importing the same bundle again
    /// changes nothing.
    ///
    /// # Errors
    /// [`OneRosterError`]; nothing is written then.
    pub async fn import_oneroster(
        &self,
        actor: &Actor,
        file: &[u8],
        order: &ImportOneRoster,
    ) -> Result<OneRosterReport, OneRosterError> {
        let actor = &actor.clone().via(Via::Import);
        let grant = &authorize::<ExchangeSchool>(actor, School)?;
        let reason = reason::given(order.reason.as_deref())?;
        let (wanted, errors) = &read::read(file)?;
        let planned = |school: &_| {
            let mut errors = errors.clone();
            let plan = plan::plan(wanted, school, reason.is_some(), &mut errors);
            errors.none()?;
            let report = OneRosterReport::of(file, wanted, &plan);
            match &order.plan_hash {
                Some(hash) if *hash != report.plan_hash => Err(OneRosterError::PlanChanged),
                _ => Ok((plan, report)),
            }
        };
        if order.dry_run {
            let school = whole_school::whole_school(&self.db, grant).await?;
            let (_, report) = planned(&school)?;
            return Ok(OneRosterReport {
                dry_run: true,
                ..report
            });
        }
        let batch = self.new_batch();
        let stamp = Stamp {
            at: self.clock.now_ms(),
            actor,
            batch: Some(batch),
            reason,
        };
        self.db
            .write(async |tx| {
                let school = &whole_school::whole_school(tx, grant).await?;
                let (plan, report) = planned(school)?;
                if report.is_empty() {
                    return Ok(report);
                }
                let writing = Writing {
                    tx,
                    actor,
                    stamp,
                    exchange: grant,
                    wanted,
                    school,
                    places: plan.places.clone(),
                    plan: &plan,
                };
                writing.run().await?;
                Ok(OneRosterReport {
                    batch: Some(batch),
                    ..report
                })
            })
            .await
    }
}
