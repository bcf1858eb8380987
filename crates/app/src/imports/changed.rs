//! Changing what was asked for while an import waits: the file need not be sent again.

use gradebook_auth::Actor;
use gradebook_domain::ImportId;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::repo::imports;

use super::background::STALE_MS;
use super::error::ImportError;
use super::record::KeptSummary;
use crate::App;

/// What to change about an import that waits; what is not stated stays.
#[derive(Debug, Clone, Default)]
pub struct ImportChange {
    /// Why scores change that students have seen; empty for no reason.
    pub reason: Option<String>,
    /// The titles of all columns that are left out.
    pub ignore_columns: Option<Vec<String>>,
}

impl App {
    /// Changes what was asked for. The plan is another one afterwards, to be looked at again.
    ///
    /// # Errors
    /// [`ImportError::Order`] when the import is written already, its file is forgotten, or what is asked
    /// for cannot be done.
    pub async fn change_import(
        &self,
        actor: &Actor,
        id: ImportId,
        change: &ImportChange,
    ) -> Result<(), ImportError> {
        let (kept, grant) = self.found_import(actor, id).await?;
        let mut order = kept.order.ok_or(ImportError::NotFound)?;
        if let Some((reason, ignore_columns)) = order.choices() {
            if let Some(given) = &change.reason {
                *reason = Some(given.clone());
            }
            if let Some(titles) = &change.ignore_columns {
                ignore_columns.clone_from(titles);
            }
        }
        let now = self.clock.now_ms();
        let order = order.checked(now)?;
        let stamp = &Stamp {
            at: now,
            actor,
            batch: None,
            reason: None,
        };
        let options = order.json();
        let what = (order.file_name(), options.as_str());
        let changed: Result<bool, ImportError> = self
            .db
            .write(async |tx| {
                if !self.lasts(tx, actor).await? {
                    return Err(ImportError::SignedOut);
                }
                Ok(imports::change(tx, &grant, stamp, id, what, now - STALE_MS).await?)
            })
            .await;
        if changed? { Ok(()) } else { Err(gone()) }
    }

    /// Takes back a file that waits for somebody to agree to its plan: it is forgotten.
    ///
    /// # Errors
    /// [`ImportError::Order`] when the import is written already, or its file is forgotten.
    pub async fn cancel_import(&self, actor: &Actor, id: ImportId) -> Result<(), ImportError> {
        let (kept, grant) = self.found_import(actor, id).await?;
        let now = self.clock.now_ms();
        let stamp = &Stamp {
            at: now,
            actor,
            batch: None,
            reason: None,
        };
        let summary = KeptSummary {
            error: Some(CANCELLED.to_owned()),
            ..KeptSummary::default()
        };
        let summary = summary.json();
        let what = (kept.stored.file_name.as_str(), summary.as_str());
        let cancelled: Result<bool, ImportError> = self
            .db
            .write(async |tx| {
                if !self.lasts(tx, actor).await? {
                    return Err(ImportError::SignedOut);
                }
                Ok(imports::cancel(tx, &grant, stamp, id, what, now - STALE_MS).await?)
            })
            .await;
        self.plans.forget(id);
        if cancelled? { Ok(()) } else { Err(gone()) }
    }
}

/// Why nothing is written of an import that its sender took back.
pub(super) const CANCELLED: &str = "cancelled";

fn gone() -> ImportError {
    ImportError::Order {
        code: "not_waiting",
        detail: "this import is being written or is written already, or its file is forgotten; send it again"
            .to_owned(),
    }
}
