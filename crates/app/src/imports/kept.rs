//! Imports that are kept: a file is sent, its plan is looked at, it is written in the background,
//! and what it did is looked at and taken back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use gradebook_auth::actions::{Import, ImportScope};
use gradebook_auth::{Actor, Grant, authorize};
use gradebook_domain::{BatchId, CourseId, ImportId};
use gradebook_persistence::DbError;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::{access, courses};
use gradebook_persistence::repo::imports::{self, ImportState, NewImport, StoredImport};

use super::error::ImportError;
use super::order::ImportOrder;
use super::outcome::ImportOutcome;
use super::record::{KeptSummary, Record};
use super::{Agreed, Phase, Progress, leave};
use crate::App;
use crate::courses::Page;
use crate::scores::{UndoError, UndoReport};

/// For how long a file waits for somebody to agree to its plan.
const KEPT_MS: i64 = 3_600_000;
/// After how long a server that said nothing more of an import must have died.
const STALE_MS: i64 = 180_000;

/// How far imports of this process have come.
pub(crate) type Underway = Mutex<HashMap<i64, Progress>>;

/// An import that is kept, as pages show it.
#[derive(Debug, Clone)]
pub struct KeptImport {
    /// What is stored.
    pub stored: StoredImport,
    /// What was asked for; `None` when a newer version wrote it.
    pub order: Option<ImportOrder>,
    /// What it did, or why it failed.
    pub summary: KeptSummary,
    /// Who sent it.
    pub author: Option<String>,
    /// How far it has come, if this process writes it.
    pub progress: Option<Progress>,
    /// It was being written by a server that died: nothing of it was.
    pub abandoned: bool,
}

impl App {
    /// Keeps a file until somebody agrees to its plan, for an hour.
    ///
    /// # Errors
    /// [`ImportError`] when the actor may not import it.
    pub async fn keep_import(
        &self,
        actor: &Actor,
        file: &[u8],
        order: &ImportOrder,
    ) -> Result<ImportId, ImportError> {
        let grant = &leave(&self.db, actor, order).await?;
        let now = self.clock.now_ms();
        let stamp = &Stamp {
            at: now,
            actor,
            batch: None,
            reason: None,
        };
        let new = &NewImport {
            kind: order.kind(),
            file_name: order.file_name().to_owned(),
            options: order.json(),
            file: Some(file.to_vec()),
            done: None,
        };
        self.db
            .write(async |tx| {
                imports::forget_files(tx, now - KEPT_MS).await?;
                Ok(imports::keep(tx, grant, stamp, new).await?)
            })
            .await
    }

    /// The imports into a course, or all of them, newest first.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn kept_imports(
        &self,
        actor: &Actor,
        course: Option<CourseId>,
        before: Option<ImportId>,
        limit: u16,
    ) -> Result<Page<KeptImport>, ImportError> {
        let grant = self.import_grant(actor, course).await?;
        let found = imports::list(&self.db, &grant, before, u64::from(limit) + 1).await?;
        let authors = found.iter().filter_map(|one| one.created_by);
        let names = courses::names_of(&self.db, authors).await?;
        let kept = found.into_iter().map(|stored| {
            let author = stored.created_by.and_then(|id| names.get(&id).cloned());
            self.as_kept(stored, author)
        });
        let kept = kept.collect();
        Ok(Page::cut(kept, usize::from(limit), |one| one.stored.id.0))
    }

    /// One import.
    ///
    /// # Errors
    /// [`ImportError::NotFound`] for one that the actor may not know of.
    pub async fn kept_import(
        &self,
        actor: &Actor,
        id: ImportId,
    ) -> Result<KeptImport, ImportError> {
        Ok(self.found_import(actor, id).await?.0)
    }

    /// The plan of a kept import as it is now; `None` once its file is forgotten.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn plan_of_kept(
        &self,
        actor: &Actor,
        kept: &KeptImport,
    ) -> Result<Option<ImportOutcome>, ImportError> {
        let grant = self.import_grant(actor, kept.stored.course).await?;
        let file = imports::file(&self.db, &grant, kept.stored.id).await?;
        let (Some(file), Some(order)) = (file, &kept.order) else {
            return Ok(None);
        };
        let plan = self.preview_import(actor, &file, order, &|_| {}).await?;
        Ok(Some(plan))
    }

    /// Begins to write a kept import on a thread of its own, whatever becomes of the request. All of
    /// it is written, or nothing.
    ///
    /// # Errors
    /// [`ImportError::Order`] when it is written already, or its file is forgotten.
    pub async fn start_import(
        self: &Arc<Self>,
        actor: &Actor,
        id: ImportId,
        agreed: Agreed,
    ) -> Result<(), ImportError> {
        let (kept, grant) = self.found_import(actor, id).await?;
        let order = kept.order.ok_or(ImportError::NotFound)?;
        let claim = self.new_batch();
        let now = self.clock.now_ms();
        let stamp = &Stamp {
            at: now,
            actor,
            batch: None,
            reason: None,
        };
        let grant = &grant;
        let taken: Result<bool, ImportError> = self
            .db
            .write(async |tx| {
                Ok(imports::claim(tx, grant, stamp, (id, claim), now - STALE_MS).await?)
            })
            .await;
        if !taken? {
            return Err(ImportError::Order {
                code: "not_waiting",
                detail: "this import is written already, or its file is forgotten; send it again"
                    .to_owned(),
            });
        }
        self.set_progress(
            id,
            Some(Progress {
                phase: Phase::Checking,
                done: 0,
                total: 0,
            }),
        );
        let (app, actor) = (Arc::clone(self), actor.clone());
        let runtime = tokio::runtime::Handle::current();
        let thread = std::thread::Builder::new().name("import".to_owned());
        let begun = thread.spawn(move || {
            runtime.block_on(async {
                if let Err(error) = app.write_kept(&actor, (id, claim), &order, &agreed).await {
                    tracing::error!(import = id.0, %error, "the end of an import is not on record");
                }
                app.set_progress(id, None);
            });
        });
        begun.map(drop).map_err(|error| {
            self.set_progress(id, None);
            DbError::Configuration(format!("no thread for an import: {error}")).into()
        })
    }

    async fn write_kept(
        &self,
        actor: &Actor,
        (id, claim): (ImportId, BatchId),
        order: &ImportOrder,
        agreed: &Agreed,
    ) -> Result<(), ImportError> {
        let grant = &self.import_grant(actor, order.course()).await?;
        let record = Record::Kept(id, claim);
        let tell = |progress| self.set_progress(id, Some(progress));
        let written = match imports::file(&self.db, grant, id).await? {
            Some(file) => {
                self.commit_and_record(actor, &file, order, agreed, (&record, &tell))
                    .await
            }
            None => Err(ImportError::NotFound),
        };
        let Err(error) = written else {
            return Ok(());
        };
        let code = error.code();
        if code == "database" {
            tracing::error!(import = id.0, %error, "an import failed");
        }
        let summary = &KeptSummary {
            error: Some(code.to_owned()),
            ..KeptSummary::default()
        }
        .json();
        let stamp = &Stamp {
            at: self.clock.now_ms(),
            actor,
            batch: None,
            reason: None,
        };
        self.db
            .write(async |tx| Ok(imports::fail(tx, grant, stamp, (id, claim), summary).await?))
            .await
    }

    /// Takes back the scores of an import. What was changed since stays, and is listed.
    ///
    /// # Errors
    /// [`UndoError`].
    pub async fn undo_import(
        &self,
        actor: &Actor,
        kept: &KeptImport,
        reason: Option<&str>,
    ) -> Result<UndoReport, UndoError> {
        let batch = kept.stored.batch.ok_or(UndoError::NotFound)?;
        let grant = self.import_grant(actor, kept.stored.course).await;
        let grant = &grant.map_err(|_| UndoError::NotFound)?;
        let report = self.undo_batch(actor, batch, reason).await?;
        let summary = &KeptSummary {
            restored: Some(report.restored.len()),
            skipped: Some(report.skipped.len()),
            ..kept.summary.clone()
        }
        .json();
        let stamp = &Stamp {
            at: self.clock.now_ms(),
            actor,
            batch: report.batch,
            reason: None,
        };
        let id = kept.stored.id;
        self.db
            .write(async |tx| {
                imports::undone(tx, grant, stamp, (id, summary)).await?;
                Ok::<_, UndoError>(())
            })
            .await?;
        Ok(report)
    }

    async fn import_grant(
        &self,
        actor: &Actor,
        course: Option<CourseId>,
    ) -> Result<Grant<Import>, ImportError> {
        let course = match course {
            None => None,
            Some(id) => {
                let facts = access::course(&self.db, actor, id).await?;
                Some(facts.ok_or(ImportError::NotFound)?)
            }
        };
        Ok(authorize::<Import>(actor, ImportScope { course })?)
    }

    async fn found_import(
        &self,
        actor: &Actor,
        id: ImportId,
    ) -> Result<(KeptImport, Grant<Import>), ImportError> {
        let stored = imports::one(&self.db, id).await?;
        let stored = stored.ok_or(ImportError::NotFound)?;
        // Whether there is an import of this number is nobody else's business.
        let grant = self.import_grant(actor, stored.course).await;
        let grant = grant.map_err(|error| match error {
            ImportError::Forbidden => ImportError::NotFound,
            other => other,
        })?;
        let names = courses::names_of(&self.db, stored.created_by).await?;
        let author = stored.created_by.and_then(|id| names.get(&id).cloned());
        Ok((self.as_kept(stored, author), grant))
    }

    fn as_kept(&self, stored: StoredImport, author: Option<String>) -> KeptImport {
        let running = stored.state == ImportState::Running;
        let progress = self.progress_of(stored.id).filter(|_| running);
        let silent = stored.changed_at < self.clock.now_ms() - STALE_MS;
        let summary = stored.summary.as_deref().unwrap_or_default();
        KeptImport {
            order: ImportOrder::of_json(&stored.kind, stored.course, &stored.options),
            summary: serde_json::from_str(summary).unwrap_or_default(),
            abandoned: running && progress.is_none() && silent,
            author,
            progress,
            stored,
        }
    }

    fn set_progress(&self, id: ImportId, progress: Option<Progress>) {
        let mut underway = match self.imports.lock() {
            Ok(underway) => underway,
            Err(poisoned) => poisoned.into_inner(),
        };
        match progress {
            Some(progress) => underway.insert(id.0, progress),
            None => underway.remove(&id.0),
        };
    }

    fn progress_of(&self, id: ImportId) -> Option<Progress> {
        let underway = match self.imports.lock() {
            Ok(underway) => underway,
            Err(poisoned) => poisoned.into_inner(),
        };
        underway.get(&id.0).copied()
    }
}
