//! Taking an import back.

use gradebook_auth::Actor;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::repo::imports;

use super::kept::KeptImport;
use super::record::KeptSummary;
use crate::App;
use crate::reason;
use crate::scores::{UndoError, UndoReport, undo};

impl App {
    /// Takes back the scores of an import. What was changed since stays, and is listed; so does what
    /// may not be changed. If a reason is needed for some, nothing goes back without one. The import counts as taken back once nothing of it
    /// is left that could still be, and can be taken back further until then.
    ///
    /// # Errors
    /// [`UndoError`]; nothing is changed then.
    pub async fn undo_import(
        &self,
        actor: &Actor,
        kept: &KeptImport,
        reason: Option<&str>,
    ) -> Result<UndoReport, UndoError> {
        let batch = kept.stored.batch.ok_or(UndoError::NotFound)?;
        let grant = self.import_grant(actor, kept.stored.course).await;
        let grant = &grant.map_err(|_| UndoError::NotFound)?;
        let stamp = &Stamp {
            at: self.clock.now_ms(),
            actor,
            batch: Some(self.new_batch()),
            reason: reason::given(reason)?,
        };
        let id = kept.stored.id;
        self.db
            .write(async |tx| {
                let report = undo(tx, stamp, batch).await?;
                // Somebody else may have taken a part of it back since the page was made.
                let stored = imports::lock_summary(tx, grant, id).await?;
                let known: KeptSummary =
                    serde_json::from_str(&stored.unwrap_or_default()).unwrap_or_default();
                let before = known.restored.unwrap_or(0);
                let summary = KeptSummary {
                    restored: Some(before + report.restored.len()),
                    skipped: Some(report.left()),
                    ..known
                };
                let whole = report.is_whole();
                imports::undone(tx, grant, stamp, (id, &summary.json()), whole).await?;
                Ok(report)
            })
            .await
    }
}
