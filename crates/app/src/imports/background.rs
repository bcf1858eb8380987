//! Writing a kept import in the background, and how far it has come.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gradebook_auth::actions::Import;
use gradebook_auth::{Actor, Grant};
use gradebook_domain::{BatchId, ImportId};
use gradebook_persistence::DbError;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::repo::imports;

use super::error::ImportError;
use super::order::ImportOrder;
use super::record::{KeptSummary, Record};
use super::{Agreed, Phase, Progress};
use crate::App;

/// After how long a server that said nothing more of an import must have died.
pub(super) const STALE_MS: i64 = 180_000;
/// How often a server says that it still writes an import.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);

/// How far imports of this process have come.
pub(crate) type Underway = Mutex<HashMap<i64, Progress>>;

/// An import of this process, until it is dropped: also when the thread that wrote it fails.
struct UnderWay {
    app: Arc<App>,
    id: ImportId,
}

impl UnderWay {
    fn begin(app: &Arc<App>, id: ImportId) -> Self {
        let begun = Progress {
            phase: Phase::Checking,
            done: 0,
            total: 0,
        };
        underway(&app.imports).insert(id.0, begun);
        Self {
            app: Arc::clone(app),
            id,
        }
    }

    fn tell(&self, progress: Progress) {
        underway(&self.app.imports).insert(self.id.0, progress);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        underway(&self.app.imports).remove(&self.id.0);
    }
}

fn underway(imports: &Underway) -> MutexGuard<'_, HashMap<i64, Progress>> {
    imports.lock().unwrap_or_else(PoisonError::into_inner)
}

impl App {
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
        let place = self.room.to_write()?;
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
                if !self.lasts(tx, actor).await? {
                    return Err(ImportError::SignedOut);
                }
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
        let underway = UnderWay::begin(self, id);
        let (app, actor) = (Arc::clone(self), actor.clone());
        let runtime = tokio::runtime::Handle::current();
        let thread = std::thread::Builder::new().name("import".to_owned());
        let begun = thread.spawn(move || {
            let _place = place;
            let tell = |progress| underway.tell(progress);
            let written = app.write_kept(&actor, (id, claim), &order, &agreed, &tell);
            if let Err(error) = runtime.block_on(written) {
                tracing::error!(import = id.0, %error, "the end of an import is not on record");
            }
        });
        begun.map(drop).map_err(|error| {
            DbError::Configuration(format!("no thread for an import: {error}")).into()
        })
    }

    async fn write_kept(
        &self,
        actor: &Actor,
        (id, claim): (ImportId, BatchId),
        order: &ImportOrder,
        agreed: &Agreed,
        tell: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), ImportError> {
        let grant = &self.import_grant(actor, order.course()).await?;
        let record = Record::Kept(id, claim);
        let written = match imports::file(&self.db, grant, id).await? {
            Some(file) => {
                let writing = self.commit_and_record(actor, &file, order, agreed, (&record, tell));
                tokio::select! {
                    written = writing => written,
                    error = self.give_signs_of_life(actor, grant, (id, claim)) => Err(error),
                }
            }
            None => Err(ImportError::NotFound),
        };
        self.plans.forget(id);
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

    /// Says from time to time that an import is being written; never ends.
    async fn give_signs_of_life(
        &self,
        actor: &Actor,
        grant: &Grant<Import>,
        of: (ImportId, BatchId),
    ) -> ImportError {
        loop {
            tokio::time::sleep(SIGN_OF_LIFE).await;
            let at = self.clock.now_ms();
            let said: Result<(), DbError> = self
                .db
                .write(async |tx| imports::touch(tx, grant, of, at).await)
                .await;
            // On SQLite nobody else writes meanwhile; then nobody else could take it over either.
            if let Err(error) = said {
                tracing::debug!(import = of.0.0, actor = ?actor.user, %error, "no sign of life");
            }
        }
    }

    pub(super) fn progress_of(&self, id: ImportId) -> Option<Progress> {
        underway(&self.imports).get(&id.0).copied()
    }
}
