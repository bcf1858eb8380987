//! Writing a kept import in the background, and how far it has come.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gradebook_auth::actions::Import;
use gradebook_auth::{Actor, Grant};
use gradebook_domain::{BatchId, ImportId};
use gradebook_persistence::DbError;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::repo::imports::{self, ImportState};

use super::error::ImportError;
use super::order::ImportOrder;
use super::record::{KeptSummary, Record};
use super::{Agreed, Phase, Progress};
use crate::App;

/// After how long a server that said nothing more of an import must have died.
pub(super) const STALE_MS: i64 = 180_000;
/// How often a server says that it still writes an import.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);

/// How far imports of this process have come, with the claim under which each is written. Whoever took
/// one over from a thread that had fallen silent is not disturbed by what that thread still says.
#[derive(Clone, Default)]
pub(crate) struct Underway(Arc<Mutex<HashMap<i64, (BatchId, Progress)>>>);

impl Underway {
    fn all(&self) -> MutexGuard<'_, HashMap<i64, (BatchId, Progress)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, id: ImportId, claim: BatchId) -> Writing {
        let begun = Progress {
            phase: Phase::Checking,
            done: 0,
            total: 0,
        };
        self.all().insert(id.0, (claim, begun));
        Writing {
            imports: self.clone(),
            id,
            claim,
        }
    }

    fn of(&self, id: ImportId) -> Option<Progress> {
        self.all().get(&id.0).map(|(_, progress)| *progress)
    }
}

/// An import that this process writes, until it is dropped: also when the thread that wrote it fails.
struct Writing {
    imports: Underway,
    id: ImportId,
    claim: BatchId,
}

impl Writing {
    fn tell(&self, progress: Progress) {
        if let Some((claim, known)) = self.imports.all().get_mut(&self.id.0)
            && *claim == self.claim
        {
            *known = progress;
        }
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        let mut all = self.imports.all();
        if all
            .get(&self.id.0)
            .is_some_and(|(claim, _)| *claim == self.claim)
        {
            all.remove(&self.id.0);
        }
    }
}

fn not_waiting() -> ImportError {
    ImportError::Order {
        code: "not_waiting",
        detail: "this import is being written or is written already, or its file is forgotten; send it again"
            .to_owned(),
    }
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
        let (kept, grant) = self.found_import(actor, id).await?;
        let waits = match kept.stored.state {
            ImportState::Planned | ImportState::Failed => true,
            ImportState::Running => kept.stored.changed_at < self.clock.now_ms() - STALE_MS,
            ImportState::Committed | ImportState::Undone => false,
        };
        // Who could not write it anyway takes nobody's place.
        if !waits || !imports::has_file(&self.db, &grant, id).await? {
            return Err(not_waiting());
        }
        let order = kept.order.ok_or(ImportError::NotFound)?;
        let place = self.room.to_write(actor)?;
        let claim = self.new_batch();
        let now = self.clock.now_ms();
        let stamp = &Stamp {
            at: now,
            actor,
            batch: None,
            reason: None,
        };
        let grant = Arc::new(grant);
        let taken: Result<bool, ImportError> = self
            .db
            .write(async |tx| {
                if !self.lasts(tx, actor).await? {
                    return Err(ImportError::SignedOut);
                }
                Ok(imports::claim(tx, &grant, stamp, (id, claim), now - STALE_MS).await?)
            })
            .await;
        if !taken? {
            return Err(not_waiting());
        }
        let underway = self.imports.begin(id, claim);
        let (app, actor) = (Arc::clone(self), actor.clone());
        let runtime = tokio::runtime::Handle::current();
        let thread = std::thread::Builder::new().name("import".to_owned());
        let (leave, author) = (Arc::clone(&grant), actor.clone());
        let begun =
            thread.spawn(move || {
                let _place = place;
                let tell = |progress| underway.tell(progress);
                runtime.block_on(async {
                let what = (&order, &agreed);
                let ended = match app.write_kept(&author, (id, claim), &leave, what, &tell).await {
                    Ok(()) => Ok(()),
                    Err(error) => app.say_failed(&author, (id, claim), &leave, &error).await,
                };
                app.plans.forget(id);
                if let Err(error) = ended {
                    tracing::error!(import = id.0, %error, "the end of an import is not on record");
                }
            });
            });
        let Err(error) = begun else {
            return Ok(());
        };
        let error = DbError::Configuration(format!("no thread for an import: {error}")).into();
        self.say_failed(&actor, (id, claim), &grant, &error).await?;
        Err(error)
    }

    async fn write_kept(
        &self,
        actor: &Actor,
        (id, claim): (ImportId, BatchId),
        grant: &Grant<Import>,
        (order, agreed): (&ImportOrder, &Agreed),
        tell: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), ImportError> {
        let record = Record::Kept(id, claim);
        let file = imports::file(&self.db, grant, id).await?;
        let file = file.ok_or(ImportError::NotFound)?;
        // Whether the actor may still import is asked there.
        let writing = self.commit_and_record(actor, &file, order, agreed, (&record, tell));
        tokio::select! {
            written = writing => written.map(drop),
            error = self.give_signs_of_life(actor, grant, (id, claim)) => Err(error),
        }
    }

    /// Puts on record that an import failed, and why.
    async fn say_failed(
        &self,
        actor: &Actor,
        (id, claim): (ImportId, BatchId),
        grant: &Grant<Import>,
        error: &ImportError,
    ) -> Result<(), ImportError> {
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
        self.imports.of(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_lost_its_import_says_nothing_of_it() {
        let imports = Underway::default();
        let id = ImportId(7);
        let scores = |done| Progress {
            phase: Phase::Scores,
            done,
            total: 9,
        };
        let silent = imports.begin(id, BatchId(1));
        silent.tell(scores(3));
        assert_eq!(imports.of(id), Some(scores(3)));
        let other = imports.begin(id, BatchId(2));
        other.tell(scores(1));
        silent.tell(scores(8));
        assert_eq!(imports.of(id), Some(scores(1)));
        drop(silent);
        assert_eq!(imports.of(id), Some(scores(1)));
        drop(other);
        assert_eq!(imports.of(id), None);
    }
}
