//! What stays on record of an import that was written, with the transaction that wrote it.

use gradebook_auth::Grant;
use gradebook_auth::actions::Import;
use gradebook_domain::{BatchId, ImportId};
use gradebook_persistence::Tx;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::repo::imports::{self, Done, NewImport};
use serde::{Deserialize, Serialize};

use super::error::ImportError;
use super::order::ImportOrder;
use super::outcome::ImportOutcome;
use crate::text::plain_file_name;

/// What an import did, or why it did nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeptSummary {
    /// Rows that added something.
    pub new: usize,
    /// Rows that changed something.
    pub changed: usize,
    /// Rows that changed nothing.
    pub unchanged: usize,
    /// Rows that were left out.
    pub rejected: usize,
    /// Cells that had no score before.
    pub scores_new: usize,
    /// Cells that had another score before.
    pub scores_changed: usize,
    /// Accounts created.
    pub students: usize,
    /// Classes created.
    pub classes: usize,
    /// Accounts of teachers created.
    pub teachers: usize,
    /// Students who joined a class.
    pub enrolled: usize,
    /// Those of them who left another class for it.
    pub moved: usize,
    /// Accounts that got another name.
    pub renamed: usize,
    /// The exam that it was imported into.
    pub exam: Option<i64>,
    /// Why nothing was written: the code of the error.
    pub error: Option<String>,
    /// Cells that an undo put back.
    pub restored: Option<usize>,
    /// Cells that an undo left as they are.
    pub skipped: Option<usize>,
}

impl KeptSummary {
    pub(super) fn of(outcome: &ImportOutcome) -> Self {
        let (counts, report) = (outcome.counts, &outcome.report);
        Self {
            new: counts.new,
            changed: counts.changed,
            unchanged: counts.unchanged,
            rejected: counts.rejected,
            scores_new: report.scores_new,
            scores_changed: report.scores_changed,
            students: report.students_created,
            classes: report.classes_created,
            teachers: report.teachers_created,
            enrolled: report.enrolled,
            moved: report.moved,
            renamed: report.renamed,
            exam: report.exam.map(|exam| exam.0),
            ..Self::default()
        }
    }

    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Where an import is put on record.
pub(super) enum Record {
    /// As one that came and was written at once.
    New,
    /// As the end of one that was kept.
    Kept(ImportId, BatchId),
}

/// Puts a written import on record, in the transaction that wrote it.
pub(super) async fn put_on_record(
    tx: &Tx,
    grant: &Grant<Import>,
    stamp: &Stamp<'_>,
    (order, outcome, left_out): (&ImportOrder, &ImportOutcome, Option<String>),
    record: &Record,
) -> Result<(), ImportError> {
    let batch = outcome.report.batch;
    let done = Done {
        summary: KeptSummary::of(outcome).json(),
        left_out,
        batch,
    };
    match record {
        // An import that found everything as it says is no event.
        Record::New if batch.is_none() => Ok(()),
        Record::New => {
            let new = NewImport {
                kind: order.kind(),
                file_name: plain_file_name(order.file_name()),
                options: order.json(),
                file: None,
                done: Some(done),
            };
            imports::keep(tx, grant, stamp, &new).await?;
            Ok(())
        }
        Record::Kept(id, claim) => {
            let name = &plain_file_name(order.file_name());
            let ended = imports::finish(tx, grant, stamp, (*id, *claim), name, &done).await?;
            if ended {
                Ok(())
            } else {
                Err(ImportError::Order {
                    code: "taken_over",
                    detail: "another server writes this import".to_owned(),
                })
            }
        }
    }
}
