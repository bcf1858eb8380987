//! Importing a bundle: read it, plan it, lock what the plan looks at, plan it again, write it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use gradebook_auth::actions::{ExchangeSchool, School};
use gradebook_auth::{Actor, Grant, Via, authorize};
use gradebook_domain::{AssessmentId, CourseId, TermId};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::whole_school::{WholeSchool, whole_school};
use gradebook_persistence::repo::{assessments, exchange};
use gradebook_persistence::{DbError, Tx};

use super::error::{Errors, OneRosterError};
use super::plan::{self, Plan};
use super::read;
use super::report::OneRosterReport;
use super::wanted::Wanted;
use super::write::Writing;
use crate::App;
use crate::imports::{FileDigest, Waits};
use crate::reason;

/// Assessments that one statement locks.
const LOCKED_AT_ONCE: usize = 1_000;

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

/// A bundle that was read.
struct Bundle {
    file: FileDigest,
    wanted: Wanted,
    errors: Errors,
    has_reason: bool,
    agreed: Option<String>,
}

impl Bundle {
    fn plan(&self, school: &WholeSchool) -> Result<(Plan, OneRosterReport), OneRosterError> {
        let mut errors = self.errors.clone();
        let plan = plan::plan(&self.wanted, school, self.has_reason, &mut errors);
        errors.none()?;
        let report = OneRosterReport::of(&self.file, &self.wanted, &plan);
        match &self.agreed {
            Some(hash) if *hash != report.plan_hash => Err(OneRosterError::PlanChanged),
            _ => Ok((plan, report)),
        }
    }
}

/// Work that takes seconds, where it holds up nobody.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, OneRosterError> + Send + 'static,
) -> Result<T, OneRosterError> {
    let done = tokio::task::spawn_blocking(work).await;
    let failed = |error: tokio::task::JoinError| {
        DbError::Configuration(format!("an import stopped: {error}")).into()
    };
    done.unwrap_or_else(|error| Err(failed(error)))
}

async fn planned(
    bundle: &Arc<Bundle>,
    school: WholeSchool,
) -> Result<(WholeSchool, Plan, OneRosterReport), OneRosterError> {
    let bundle = Arc::clone(bundle);
    aside(move || {
        let (plan, report) = bundle.plan(&school)?;
        Ok((school, plan, report))
    })
    .await
}

/// What is there already of a plan, and so what has to stay as it is until the plan is done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Touched {
    terms: BTreeSet<TermId>,
    courses: BTreeSet<CourseId>,
    assessments: BTreeSet<AssessmentId>,
}

impl Touched {
    fn by(plan: &Plan) -> Self {
        let places = &plan.places;
        Self {
            terms: places.terms.iter().flatten().copied().collect(),
            courses: places.courses.iter().flatten().copied().collect(),
            assessments: places.assessments.iter().flatten().copied().collect(),
        }
    }

    fn is_within(&self, other: &Self) -> bool {
        self.terms.is_subset(&other.terms)
            && self.courses.is_subset(&other.courses)
            && self.assessments.is_subset(&other.assessments)
    }

    /// Terms, courses, assessments: the order of every writer. Scores come last, and whoever writes
    /// one has locked its assessment.
    async fn lock(&self, tx: &Tx, grant: &Grant<ExchangeSchool>) -> Result<(), DbError> {
        exchange::lock(tx, grant, &self.terms, &self.courses).await?;
        let ids: Vec<AssessmentId> = self.assessments.iter().copied().collect();
        for chunk in ids.chunks(LOCKED_AT_ONCE) {
            assessments::lock(tx, &chunk.iter().copied().collect()).await?;
        }
        Ok(())
    }
}

impl App {
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
        let _place = self.room.to_read(actor).await?;
        let (file, agreed) = (file.to_vec(), order.plan_hash.clone());
        let has_reason = reason.is_some();
        let parsing = self.room.to_parse(actor, Waits::Sender).await?;
        let bundle = aside(move || {
            // Whoever hangs up does not stop the work, so the place ends with it.
            let _parsing = parsing;
            let (wanted, errors) = read::read(&file)?;
            Ok(Arc::new(Bundle {
                file: FileDigest::of(&file),
                wanted,
                errors,
                has_reason,
                agreed,
            }))
        });
        let bundle = &bundle.await?;
        // A plan that is not the one agreed to is told before anybody is locked out.
        let school = whole_school(&self.db, grant).await?;
        let (_, plan, report) = planned(bundle, school).await?;
        if order.dry_run {
            return Ok(OneRosterReport {
                dry_run: true,
                ..report
            });
        }
        let touched = Mutex::new(Touched::by(&plan));
        let batch = self.new_batch();
        let stamp = Stamp {
            at: self.clock.now_ms(),
            actor,
            batch: Some(batch),
            reason,
        };
        self.db
            .write(async |tx| {
                if !self.lasts_so_far(tx, actor).await? {
                    return Err(OneRosterError::SignedOut);
                }
                let report = write(tx, (actor, grant), &stamp, bundle, &touched).await?;
                // Whoever was disabled while this was written leaves nothing behind.
                if !self.lasts(tx, actor).await? {
                    return Err(OneRosterError::SignedOut);
                }
                Ok(report)
            })
            .await
    }
}

/// Locks what the last plan touched, plans again by what is there now, and does it.
async fn write(
    tx: &Tx,
    (actor, grant): (&Actor, &Grant<ExchangeSchool>),
    stamp: &Stamp<'_>,
    bundle: &Arc<Bundle>,
    touched: &Mutex<Touched>,
) -> Result<OneRosterReport, OneRosterError> {
    let locked = touched
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    locked.lock(tx, grant).await?;
    let (school, plan, report) = planned(bundle, whole_school(tx, grant).await?).await?;
    let touches = Touched::by(&plan);
    if !touches.is_within(&locked) {
        // Somebody created what the plan is about: the transaction runs again and locks that, too.
        *touched.lock().unwrap_or_else(PoisonError::into_inner) = touches;
        return Err(exchange::changed_meanwhile().into());
    }
    if report.is_empty() {
        return Ok(report);
    }
    let writing = Writing {
        tx,
        actor,
        stamp: *stamp,
        exchange: grant,
        wanted: &bundle.wanted,
        school: &school,
        places: plan.places.clone(),
        plan: &plan,
    };
    writing.run().await?;
    Ok(OneRosterReport {
        batch: stamp.batch,
        ..report
    })
}
