//! Importing scores and rosters from files: read the file, plan what it means for the school, then do all of it
//! or nothing.

mod agreed;
mod archive;
mod background;
mod cell;
mod changed;
mod choices;
mod course;
mod course_people;
pub(crate) mod directory;
mod doubt;
mod error;
mod exam;
mod exam_plan;
mod exam_write;
mod fields;
mod file;
mod fingerprint;
mod found;
pub(crate) mod header;
mod ignored;
mod kept;
mod left_out;
mod new_number;
mod options;
mod order;
mod outcome;
mod placement;
mod plans;
mod record;
mod report;
mod room;
mod roster;
mod sheet;
mod table;
mod taken_back;
mod text;
mod titles;
mod workbook;

use gradebook_auth::actions::{Import, ImportScope};
use gradebook_auth::{Actor, Grant, Via, authorize};
use gradebook_domain::TermId;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::courses::Term;
use gradebook_persistence::query::{access, structure};
use gradebook_persistence::{Db, Read, Tx};

pub use agreed::Agreed;
pub(crate) use background::Underway;
pub use changed::ImportChange;
pub use choices::ImportChoices;
pub use error::{ImportError, LONGEST_VALUE, MOST_ERRORS, RowError, Unreadable};
pub use file::LARGEST_FILE;
pub use gradebook_persistence::repo::imports::{ImportState, StoredImport};
pub use kept::KeptImport;
pub use left_out::{LeftOut, LeftOutError, LeftOutRow};
pub use order::{ImportIntoCourse, ImportOrder, ImportScores};
pub use outcome::{ImportOutcome, NotInFile, Outcome, RowChange, RowCounts, RowOutcome};
pub(crate) use plans::Plans;
pub use record::KeptSummary;
pub use report::ImportReport;
pub use room::{FileRoom, NoRoom};
pub(crate) use room::{Room, Waits};
pub use roster::ImportRoster;

use crate::App;
use course::CourseImport;
use exam::ExamImport;
pub(crate) use outcome::{FileDigest, Fingerprint};
use record::{Record, put_on_record};
use roster::RosterImport;

/// What an import is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Reading the file and comparing it with what is stored.
    Checking,
    /// Creating classes and accounts.
    Students,
    /// Saving scores.
    Scores,
    /// Publishing assessments.
    Publishing,
}

/// How far an import has come. A transaction that has to run again starts again from the first
/// phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What it is busy with.
    pub phase: Phase,
    /// Rows, accounts, scores or assessments that are done.
    pub done: usize,
    /// How many there are in this phase.
    pub total: usize,
}

/// Whom to tell how far an import has come.
#[derive(Clone, Copy)]
struct Report<'a>(&'a (dyn Fn(Progress) + Sync));

impl Report<'_> {
    fn progress(self, phase: Phase, done: usize, total: usize) {
        (self.0)(Progress { phase, done, total });
    }
}

/// A file that was read, with the order for it.
enum Ready {
    Exam(Box<ExamImport>),
    Course(Box<CourseImport>),
    Roster(Box<RosterImport>),
}

impl Ready {
    async fn preview(&self, db: &Db, actor: &Actor) -> Result<ImportOutcome, ImportError> {
        match self {
            Self::Exam(import) => import.preview(db).await,
            Self::Course(import) => import.preview(db, actor).await,
            Self::Roster(import) => import.preview(db).await,
        }
    }

    async fn commit(
        &self,
        tx: &Tx,
        stamp: &Stamp<'_>,
        agreed: &Agreed,
        report: Report<'_>,
    ) -> Result<(ImportOutcome, bool), ImportError> {
        match self {
            Self::Exam(import) => import.commit(tx, stamp.actor, stamp, agreed, report).await,
            Self::Roster(import) => import.commit(tx, stamp, agreed, report).await,
            Self::Course(import) => {
                let (outcome, writes) = import.prepare(tx, stamp.actor).await?;
                agreed.check(&outcome)?;
                let any = !writes.is_empty();
                import.write(tx, stamp, writes, report).await?;
                Ok((outcome, any))
            }
        }
    }
}

/// The actor's leave to import what is ordered.
async fn leave(
    db: &impl Read,
    actor: &Actor,
    order: &ImportOrder,
) -> Result<Grant<Import>, ImportError> {
    let course = match order {
        ImportOrder::Exam(_) | ImportOrder::Roster(_) => None,
        ImportOrder::Course(order) => {
            let facts = access::course(db, actor, order.course).await?;
            Some(facts.ok_or(ImportError::NotFound)?)
        }
    };
    Ok(authorize::<Import>(actor, ImportScope { course })?)
}

impl App {
    /// Imports a file of one exam's scores: all of it or nothing, or, for a dry run, tells what that
    /// would be. Cells that are blank in the file stay as they are, and importing the same file again
    /// changes nothing.
    ///
    /// `on_progress` is called as the work goes on.
    ///
    /// # Errors
    /// [`ImportError`]; nothing is written then.
    pub async fn import_scores(
        &self,
        actor: &Actor,
        file: &[u8],
        order: &ImportScores,
        on_progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<ImportReport, ImportError> {
        let dry_run = order.dry_run;
        let order = ImportOrder::Exam(order.clone());
        let outcome = if dry_run {
            self.preview_import(actor, file, &order, on_progress).await
        } else {
            let agreed = Agreed::default();
            self.commit_import(actor, file, &order, &agreed, on_progress)
                .await
        };
        match outcome {
            Ok(outcome) if outcome.counts.rejected == 0 => Ok(outcome.report),
            Ok(outcome) => Err(refused(outcome)),
            Err(ImportError::Rejected(outcome)) => Err(refused(*outcome)),
            Err(error) => Err(error),
        }
    }

    /// The exact plan of an import; nothing is written.
    ///
    /// # Errors
    /// [`ImportError`] for what no row can be imported for; rows that cannot be imported are in the
    /// outcome.
    pub async fn preview_import(
        &self,
        actor: &Actor,
        file: &[u8],
        order: &ImportOrder,
        on_progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<ImportOutcome, ImportError> {
        let _place = self.room.to_read(actor).await?;
        self.preview_in_place(actor, file, order, on_progress).await
    }

    /// The same for whoever has a place for reading already.
    async fn preview_in_place(
        &self,
        actor: &Actor,
        file: &[u8],
        order: &ImportOrder,
        on_progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<ImportOutcome, ImportError> {
        let what = (file, order, Waits::Sender);
        let ready = self.read_import(actor, what, on_progress).await?;
        let mut outcome = ready.preview(&self.db, actor).await?;
        outcome.report.dry_run = true;
        Ok(outcome)
    }

    /// Imports a file as its plan says: all of it, all but the rows that cannot be imported if that
    /// was agreed to, or nothing.
    ///
    /// # Errors
    /// [`ImportError`]; nothing is written then.
    pub async fn commit_import(
        &self,
        actor: &Actor,
        file: &[u8],
        order: &ImportOrder,
        agreed: &Agreed,
        on_progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<ImportOutcome, ImportError> {
        let _place = self.room.to_read(actor).await?;
        self.commit_and_record(actor, file, order, agreed, (&Record::New, on_progress))
            .await
    }

    async fn commit_and_record(
        &self,
        actor: &Actor,
        file: &[u8],
        order: &ImportOrder,
        agreed: &Agreed,
        (record, on_progress): (&Record, &(dyn Fn(Progress) + Sync)),
    ) -> Result<ImportOutcome, ImportError> {
        let who = match record {
            Record::New => Waits::Sender,
            Record::Kept(..) => Waits::Nobody,
        };
        let what = (file, order, who);
        let ready = &self.read_import(actor, what, on_progress).await?;
        let actor = &actor.clone().via(Via::Import);
        // A plan that nobody agreed to is told before anybody has to wait for it. What stands in the rows
        // that it leaves out is read once more, while nothing is locked yet.
        let mut left_out = None;
        if agreed.plan_hash.is_some() || agreed.allow_partial {
            let plan = ready.preview(&self.db, actor).await?;
            agreed.check(&plan)?;
            left_out = self.left_out_by(actor, what, &plan).await?;
        }
        let report = Report(on_progress);
        let batch = self.new_batch();
        let checked = order.checked(self.clock.now_ms())?;
        let stamp = Stamp {
            at: self.clock.now_ms(),
            actor,
            batch: Some(batch),
            reason: checked.reason(),
        };
        self.db
            .write(async |tx| {
                if !self.lasts_so_far(tx, actor).await? {
                    return Err(ImportError::SignedOut);
                }
                let (mut outcome, written) = ready.commit(tx, &stamp, agreed, report).await?;
                outcome.report.batch = written.then_some(batch);
                if written || matches!(record, Record::Kept(..)) {
                    let grant = leave(tx, actor, order).await?;
                    let left_out = left_out.as_ref().and_then(|rows| rows.json(&outcome));
                    let what = (order, &outcome, left_out);
                    put_on_record(tx, &grant, &stamp, what, record).await?;
                }
                // Whoever was disabled while this was written leaves nothing behind.
                if !self.lasts(tx, actor).await? {
                    return Err(ImportError::SignedOut);
                }
                Ok(outcome)
            })
            .await
    }

    /// The term that an import into the school names by its id.
    ///
    /// # Errors
    /// [`ImportError::Order`] when there is none, [`ImportError::Forbidden`].
    pub async fn import_term(&self, actor: &Actor, id: TermId) -> Result<Term, ImportError> {
        let _may_import = authorize::<Import>(actor, ImportScope { course: None })?;
        let term = structure::term_of(&self.db, id).await?;
        term.ok_or_else(|| ImportError::Order {
            code: "unknown_term",
            detail: format!("there is no term {id}"),
        })
    }

    async fn read_import(
        &self,
        actor: &Actor,
        (file, order, who): (&[u8], &ImportOrder, Waits),
        on_progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Ready, ImportError> {
        // Each write asks for its own grant besides; this one keeps others from probing files.
        let _may_import = leave(&self.db, actor, order).await?;
        let order = order.checked(self.clock.now_ms())?;
        let report = Report(on_progress);
        report.progress(Phase::Checking, 0, 0);
        let parsing = self.room.to_parse(actor, who).await?;
        let table = file::read(file, order.file_name(), parsing).await?;
        let digest = FileDigest::of(file);
        let ready = match order {
            ImportOrder::Exam(order) => {
                Ready::Exam(Box::new(ExamImport::read(order, digest, table)?))
            }
            ImportOrder::Course(order) => {
                let import = CourseImport::read(&self.db, order, digest, table).await?;
                Ready::Course(Box::new(import))
            }
            ImportOrder::Roster(order) => {
                let import = RosterImport::read(order, digest, &table, self.today())?;
                Ready::Roster(Box::new(import))
            }
        };
        let rows = match &ready {
            Ready::Exam(import) => import.rows(),
            Ready::Course(import) => import.rows(),
            Ready::Roster(import) => import.rows(),
        };
        report.progress(Phase::Checking, rows, rows);
        Ok(ready)
    }
}

fn refused(outcome: ImportOutcome) -> ImportError {
    ImportError::Refused {
        errors: outcome.errors,
        total: outcome.errors_total,
    }
}
