//! Importing scores from files: read the file, plan what it means for the school, then do all of it
//! or nothing.

mod error;
mod found;
pub(crate) mod header;
mod order;
mod plan;
mod sheet;
mod table;
mod text;
mod write;

use gradebook_auth::actions::{ImportScores as MayImport, School};
use gradebook_auth::{Actor, Via, authorize};
use gradebook_domain::{AssessmentId, BatchId, ClassId, ExamId};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::repo::scores;

pub use error::{ImportError, LONGEST_VALUE, MOST_ERRORS, RowError, Unreadable};
pub use order::ImportScores;

use crate::App;
use found::Found;
use plan::{Plan, Stored, plan};
use sheet::Sheet;
use write::Writing;

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

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportReport {
    /// Whether nothing was written because nothing was to be.
    pub dry_run: bool,
    /// The batch that undo names; `None` when nothing was written.
    pub batch: Option<BatchId>,
    /// Whether the term was created.
    pub term_created: bool,
    /// Whether the exam was created.
    pub exam_created: bool,
    /// Accounts created, without a password yet.
    pub students_created: usize,
    /// Classes created.
    pub classes_created: usize,
    /// Subjects created.
    pub subjects_created: usize,
    /// Courses created.
    pub courses_created: usize,
    /// Students who joined a class.
    pub enrolled: usize,
    /// Students in the file.
    pub rows: usize,
    /// Cells that had no score before.
    pub scores_new: usize,
    /// Cells that had another score before.
    pub scores_changed: usize,
    /// Cells that were as the file says already.
    pub scores_unchanged: usize,
    /// Assessments published.
    pub published: usize,
    /// The exam; `None` when a dry run would create it.
    pub exam: Option<ExamId>,
    /// The classes of the file, in its order; a dry run knows only those that exist.
    pub classes: Vec<ClassId>,
}

impl App {
    /// Imports a file of one exam's scores in the wide form, `年级,班级,考号,[姓名,]语文,数学,…`:
    /// all of it or nothing. Cells that are blank in the file stay as they are, and importing the
    /// same file again changes nothing.
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
        let actor = &actor.clone().via(Via::Import);
        // Each write asks for its own grant besides; this one keeps others from probing files.
        let _may_import = authorize::<MayImport>(actor, School)?;
        let now = self.clock.now_ms();
        let order = &order.checked(now)?;
        let report = Report(on_progress);
        report.progress(Phase::Checking, 0, 0);
        let text = text::text_of(file, &order.file_name)?;
        let (sheet, errors) = &sheet::read(&text)?;
        if order.create_missing {
            order.new_term()?;
        }
        report.progress(Phase::Checking, sheet.rows.len(), sheet.rows.len());
        if order.dry_run {
            let found = Found::look_up(&self.db, sheet, order).await?;
            let ids: Vec<AssessmentId> = found.columns.keys().copied().collect();
            let stored: Stored = scores::of_assessments(&self.db, &ids)
                .await?
                .into_iter()
                .map(|stored| ((stored.assessment, stored.student), stored))
                .collect();
            let plan = plan(sheet, &found, &stored, order, errors.clone())?;
            let exam = found.exam.as_ref().map(|exam| exam.id);
            return Ok(summary(order, sheet, &plan, &found, exam));
        }
        let batch = self.new_batch();
        let stamp = Stamp {
            at: now,
            actor,
            batch: Some(batch),
            reason: order.reason.as_deref(),
        };
        self.db
            .write(async |tx| {
                let mut found = Found::look_up(tx, sheet, order).await?;
                found.lock_columns(tx).await?;
                let stored = scores::lock(tx, &found.cells(sheet)).await?;
                let plan = &plan(sheet, &found, &stored, order, errors.clone())?;
                if plan.is_empty() {
                    let exam = found.exam.as_ref().map(|exam| exam.id);
                    return Ok(summary(order, sheet, plan, &found, exam));
                }
                let writing = Writing {
                    tx,
                    actor,
                    stamp,
                    order,
                    sheet,
                    plan,
                    found,
                    report,
                };
                let written = writing.run().await?;
                Ok(ImportReport {
                    batch: Some(batch),
                    ..summary(order, sheet, plan, &written.found, Some(written.exam))
                })
            })
            .await
    }
}

fn summary(
    order: &ImportScores,
    sheet: &Sheet,
    plan: &Plan,
    found: &Found,
    exam: Option<ExamId>,
) -> ImportReport {
    let changed = plan
        .scores
        .iter()
        .filter(|score| score.before.is_some())
        .count();
    ImportReport {
        dry_run: order.dry_run,
        batch: None,
        term_created: plan.term,
        exam_created: plan.exam,
        students_created: plan.students.len(),
        classes_created: plan.classes.len(),
        subjects_created: plan.subjects.len(),
        courses_created: plan.courses.len(),
        enrolled: plan.enrolments.len(),
        rows: sheet.rows.len(),
        scores_new: plan.scores.len() - changed,
        scores_changed: changed,
        scores_unchanged: plan.unchanged,
        published: plan.publish.len(),
        exam,
        classes: found.classes.iter().flatten().copied().collect(),
    }
}
