//! Importing a file of an exam's scores over many classes.

use std::collections::BTreeSet;

use gradebook_auth::Actor;
use gradebook_domain::{AssessmentId, ExamId};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::repo::scores;
use gradebook_persistence::{Db, Tx};

use super::error::{Errors, ImportError};
use super::exam_plan::{Planned, Stored, plan};
use super::exam_write::Writing;
use super::found::Found;
use super::header::Destination;
use super::ignored::IgnoredColumns;
use super::order::ImportScores;
use super::outcome::{FileDigest, Fingerprint, ImportOutcome};
use super::sheet::{self, Sheet};
use super::table::Table;
use super::{Agreed, ImportReport, Report, placement};

/// A file of an exam, read.
pub(super) struct ExamImport {
    order: ImportScores,
    file: FileDigest,
    sheet: Sheet,
    errors: Errors,
}

impl ExamImport {
    pub(super) fn read(
        order: ImportScores,
        file: FileDigest,
        table: Table,
    ) -> Result<Self, ImportError> {
        let (sheet, errors) = sheet::read(
            table,
            Destination::Exam,
            &IgnoredColumns::of(&order.ignore_columns),
        )?;
        if order.create_missing {
            order.new_term()?;
        }
        Ok(Self {
            order,
            file,
            sheet,
            errors,
        })
    }

    /// Rows of the file.
    pub(super) fn rows(&self) -> usize {
        self.sheet.rows.len()
    }

    pub(super) async fn preview(&self, db: &Db) -> Result<ImportOutcome, ImportError> {
        let (sheet, in_several) = placement::place(db, &self.sheet, &self.order).await?;
        let mut found = Found::look_up(db, &sheet, &self.order).await?;
        found.in_several = in_several;
        let ids: Vec<AssessmentId> = found.columns.keys().copied().collect();
        let stored: Stored = scores::of_assessments(db, &ids)
            .await?
            .into_iter()
            .map(|stored| ((stored.assessment, stored.student), stored))
            .collect();
        let errors = self.errors.clone();
        let planned = plan(&sheet, &found, &stored, &self.order, errors)?;
        Ok(self.outcome(&sheet, planned, &found).0)
    }

    /// Does what the plan says, if that is what was agreed to. The outcome tells whether anything
    /// was to be done.
    pub(super) async fn commit(
        &self,
        tx: &Tx,
        actor: &Actor,
        stamp: &Stamp<'_>,
        agreed: &Agreed,
        report: Report<'_>,
    ) -> Result<(ImportOutcome, bool), ImportError> {
        // Whoever closes a term locks it first and its assessments then, and so does this: the term that
        // is looked up afterwards stays as it is until the scores are written.
        Found::lock_term(tx, &self.order).await?;
        let (sheet, in_several) = placement::place(tx, &self.sheet, &self.order).await?;
        let mut found = Found::look_up(tx, &sheet, &self.order).await?;
        found.in_several = in_several;
        found.lock_columns(tx).await?;
        let stored = scores::lock(tx, &found.cells(&sheet)).await?;
        let planned = plan(&sheet, &found, &stored, &self.order, self.errors.clone())?;
        let (mut outcome, plan) = self.outcome(&sheet, planned, &found);
        agreed.check(&outcome)?;
        if plan.is_empty() {
            return Ok((outcome, false));
        }
        let writing = Writing {
            tx,
            actor,
            stamp: *stamp,
            order: &self.order,
            sheet: &sheet,
            plan: &plan,
            found,
            report,
        };
        let written = writing.run().await?;
        outcome.report.exam = Some(written.exam);
        outcome.report.classes = written.found.classes.iter().flatten().copied().collect();
        Ok((outcome, true))
    }

    fn outcome(
        &self,
        sheet: &Sheet,
        planned: Planned,
        found: &Found,
    ) -> (ImportOutcome, super::exam_plan::Plan) {
        let rejected: BTreeSet<u64> = planned.errors.lines();
        let order = &self.order;
        let mut print = Fingerprint::of("exam", &self.file);
        for text in [&order.school_year, &order.term, &order.exam] {
            print.text(text);
        }
        print.text(order.kind);
        print.text(order.held_on.as_deref().unwrap_or_default());
        print.flag(order.create_missing);
        print.flag(order.publish);
        print.texts(&sheet.ignored);
        print.rejected(&rejected);
        planned.plan.sign(&mut print, sheet, found);
        let exam = found.exam.as_ref().map(|exam| exam.id);
        let report = self.report(sheet, &planned.plan, found, exam);
        let outcome = planned.rows.outcome(report, print.done(), planned.errors);
        (outcome, planned.plan)
    }

    fn report(
        &self,
        sheet: &Sheet,
        plan: &super::exam_plan::Plan,
        found: &Found,
        exam: Option<ExamId>,
    ) -> ImportReport {
        let changed = plan.scores.iter();
        let changed = changed.filter(|score| score.before.is_some()).count();
        ImportReport {
            dry_run: false,
            batch: None,
            term_created: plan.term,
            exam_created: plan.exam,
            students_created: plan.students.len(),
            classes_created: plan.classes.len(),
            subjects_created: plan.subjects.len(),
            courses_created: plan.courses.len(),
            enrolled: plan.enrolments.len(),
            rows: plan.rows,
            scores_new: plan.scores.len() - changed,
            scores_changed: changed,
            scores_unchanged: plan.unchanged,
            published: plan.publish.len(),
            exam,
            corrected: plan.corrections(sheet, found),
            new_subjects: plan
                .subjects
                .iter()
                .filter_map(|place| sheet.subjects.get(*place).cloned())
                .collect(),
            ignored_columns: sheet.ignored.clone(),
            classes: found.classes.iter().flatten().copied().collect(),
            ..ImportReport::default()
        }
    }
}
