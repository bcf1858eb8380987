//! Importing a file of an exam's scores over many classes.

use std::borrow::Cow;
use std::collections::BTreeSet;

use gradebook_auth::Actor;
use gradebook_domain::{AssessmentId, ExamId, UserId};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::repo::{people, scores};
use gradebook_persistence::{Db, DbError, Read, Tx};

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
        let (sheet, found) = self.look_up(db).await?;
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
        let (sheet, found) = self.locked(tx).await?;
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

    /// What exists, with everything locked that the plan looks at. Whoever closes a term locks it first and
    /// its assessments then, and so does this; then come the accounts of those who are put into a class,
    /// whose enrolments nobody else changes meanwhile.
    async fn locked(&self, tx: &Tx) -> Result<(Cow<'_, Sheet>, Found), ImportError> {
        Found::lock_term(tx, &self.order).await?;
        let (sheet, mut before) = self.look_up(tx).await?;
        before.lock_columns(tx).await?;
        let joining = self.joining(&sheet, &before);
        people::lock_all(tx, &joining).await?;
        // Who belongs to which class may be something else than before this waited.
        let (sheet, mut found) = self.look_up(tx).await?;
        let known = |id: &AssessmentId| before.columns.contains_key(id);
        if self.joining(&sheet, &found).is_subset(&joining) && found.assessments.values().all(known)
        {
            found.columns = before.columns;
            return Ok((sheet, found));
        }
        let why = "what an import names was changed meanwhile";
        Err(DbError::run_again(why).into())
    }

    async fn look_up(&self, db: &impl Read) -> Result<(Cow<'_, Sheet>, Found), DbError> {
        let (sheet, in_several) = placement::place(db, &self.sheet, &self.order).await?;
        let mut found = Found::look_up(db, &sheet, &self.order).await?;
        found.in_several = in_several;
        Ok((sheet, found))
    }

    /// Whoever has an account and would be put into a class.
    fn joining(&self, sheet: &Sheet, found: &Found) -> BTreeSet<UserId> {
        if !self.order.create_missing || sheet.is_without_classes() {
            return BTreeSet::new();
        }
        let rows = sheet.rows.iter().zip(&found.students);
        rows.filter_map(|(row, student)| Some((row.class?, (*student)?)))
            .filter(|(class, student)| {
                let class = found.classes.get(*class).copied().flatten();
                class.is_none_or(|class| !found.members.contains(&(class, *student)))
            })
            .map(|(_, student)| student)
            .collect()
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
            new_classes: plan
                .classes
                .iter()
                .filter_map(|place| sheet.classes.get(*place))
                .map(|(key, _)| {
                    let year = &self.order.school_year;
                    format!("{} {} ({year})", key.grade_level, key.name)
                })
                .collect(),
            ..ImportReport::default()
        }
    }
}
