//! Imports that are kept: a file is sent, its plan is looked at, it is written in the background,
//! and what it did is looked at and taken back.

use std::collections::BTreeSet;
use std::sync::Arc;

use gradebook_auth::actions::{Import, ImportScope};
use gradebook_auth::{Actor, Grant, authorize};
use gradebook_domain::{CourseId, ImportId};
use gradebook_persistence::DbError;
use gradebook_persistence::change_log::{Stamp, mark};
use gradebook_persistence::query::courses::{Course, Which};
use gradebook_persistence::query::{access, courses};
use gradebook_persistence::repo::imports::{self, ImportState, NewImport, StoredImport};

use super::background::STALE_MS;
use super::changed::CANCELLED;
use super::error::ImportError;
use super::order::ImportOrder;
use super::outcome::ImportOutcome;
use super::plans::PlanOf;
use super::record::KeptSummary;
use super::{Progress, leave};
use crate::App;
use crate::courses::{ListCount, Page};
use crate::text::plain_file_name;

const DAY_MS: i64 = 86_400_000;
/// For how long a file waits for somebody to agree to its plan.
const KEPT_MS: i64 = 3_600_000;
/// For how long the rows that imports left out are kept.
const LEFT_OUT_MS: i64 = 90 * DAY_MS;
/// Files of one person that wait, and all that wait.
const MOST_OF_PERSON: usize = 3;
const MOST_OF_SCHOOL: usize = 30;

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
    /// The course, of an import into one.
    pub course: Option<Course>,
    /// How far it has come, if this process writes it.
    pub progress: Option<Progress>,
    /// It was being written by a server that died: nothing of it was.
    pub abandoned: bool,
    /// Nobody agreed to its plan while its file was kept.
    pub expired: bool,
}

impl KeptImport {
    /// Whether whoever sent it took it back before it was written.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.stored.state == ImportState::Failed && self.summary.error.as_deref() == Some(CANCELLED)
    }
}

impl App {
    /// Keeps a file until somebody agrees to its plan, for an hour, or until newer files need its place.
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
            file_name: plain_file_name(order.file_name()),
            options: order.json(),
            file: Some(file.to_vec()),
            done: None,
        };
        self.db
            .write(async |tx| {
                if !self.lasts(tx, actor).await? {
                    return Err(ImportError::SignedOut);
                }
                imports::forget_files(tx, now - KEPT_MS).await?;
                let id = imports::keep(tx, grant, stamp, new).await?;
                imports::keep_newest(tx, MOST_OF_PERSON, MOST_OF_SCHOOL).await?;
                Ok(id)
            })
            .await
    }

    /// The imports into a course, or all of them, newest first; with a text to look for, those whose file,
    /// course, exam or sender has all its parts.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn kept_imports(
        &self,
        actor: &Actor,
        (course, text): (Option<CourseId>, &str),
        before: Option<ImportId>,
        limit: u16,
    ) -> Result<Page<KeptImport>, ImportError> {
        let grant = self.import_grant(actor, course).await?;
        let asked = u64::from(limit) + 1;
        let found = imports::list(&self.db, &grant, text, before, asked).await?;
        let authors = found.iter().filter_map(|one| one.created_by);
        let names = courses::names_of(&self.db, authors).await?;
        let ids: BTreeSet<CourseId> = found.iter().filter_map(|one| one.course).collect();
        let courses = self.courses_of_imports(ids.into_iter().collect()).await?;
        let kept = found.into_iter().map(|stored| {
            let author = stored.created_by.and_then(|id| names.get(&id).cloned());
            let course = courses.iter().find(|one| Some(one.id) == stored.course);
            self.as_kept(stored, author, course.cloned())
        });
        let kept = kept.collect();
        Ok(Page::cut(kept, usize::from(limit), |one| one.stored.id.0))
    }

    /// How many imports [`App::kept_imports`] finds, and how many of them are not before `before`.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn count_imports(
        &self,
        actor: &Actor,
        (course, text): (Option<CourseId>, &str),
        before: Option<ImportId>,
    ) -> Result<ListCount, ImportError> {
        let grant = self.import_grant(actor, course).await?;
        let newer = match before {
            Some(_) => imports::count(&self.db, &grant, text, before).await?,
            None => 0,
        };
        Ok(ListCount {
            all: imports::count(&self.db, &grant, text, None).await?,
            before: newer,
        })
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

    /// The plan of a kept import as it is now, made as if there were a reason for the scores that
    /// [need one](super::ImportReport::corrected); `None` once its file is forgotten.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn plan_of_kept(
        &self,
        actor: &Actor,
        kept: &KeptImport,
    ) -> Result<Option<Arc<ImportOutcome>>, ImportError> {
        let grant = self.import_grant(actor, kept.stored.course).await?;
        if !imports::has_file(&self.db, &grant, kept.stored.id).await? {
            self.plans.forget(kept.stored.id);
            return Ok(None);
        }
        let of = PlanOf {
            import: kept.stored.id,
            role: actor.role,
            at: mark(&self.db).await?,
            day: self.clock.now_ms().div_euclid(DAY_MS),
        };
        if let Some(plan) = self.plans.get(of) {
            return Ok(Some(plan));
        }
        // Before the file is in memory: whoever waits for room takes none.
        let _place = self.room.to_read(actor).await?;
        if let Some(plan) = self.plans.get(of) {
            return Ok(Some(plan));
        }
        let file = imports::file(&self.db, &grant, kept.stored.id).await?;
        let (Some(file), Some(order)) = (file, &kept.order) else {
            return Ok(None);
        };
        // Whoever agrees to it is asked for a reason then.
        let order = &order.as_if_reasoned();
        let plan = self.preview_in_place(actor, &file, order, &|_| {}).await?;
        let plan = Arc::new(plan);
        self.plans.put(of, &plan);
        Ok(Some(plan))
    }

    /// Forgets the files for which nobody waits any more, and rows that were left out long ago; a server does so every few minutes.
    ///
    /// # Errors
    /// Any database failure.
    pub async fn forget_imports(&self) -> Result<(), DbError> {
        let now = self.clock.now_ms();
        self.db
            .write(async |tx| {
                imports::forget_left_out(tx, now - LEFT_OUT_MS).await?;
                imports::forget_files(tx, now - KEPT_MS).await
            })
            .await
    }

    pub(super) async fn import_grant(
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

    pub(super) async fn found_import(
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
        let course = stored.course.into_iter().collect();
        let course = self.courses_of_imports(course).await?.pop();
        Ok((self.as_kept(stored, author, course), grant))
    }

    async fn courses_of_imports(&self, ids: Vec<CourseId>) -> Result<Vec<Course>, DbError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let count = u64::try_from(ids.len()).unwrap_or(u64::MAX);
        courses::list(&self.db, &Which::Ids(ids), CourseId(0), count).await
    }

    fn as_kept(
        &self,
        stored: StoredImport,
        author: Option<String>,
        course: Option<Course>,
    ) -> KeptImport {
        let running = stored.state == ImportState::Running;
        let progress = self.progress_of(stored.id).filter(|_| running);
        let silent = stored.changed_at < self.clock.now_ms() - STALE_MS;
        let summary = stored.summary.as_deref().unwrap_or_default();
        KeptImport {
            order: ImportOrder::of_json(&stored.kind, stored.course, &stored.options),
            summary: serde_json::from_str(summary).unwrap_or_default(),
            abandoned: running && progress.is_none() && silent,
            expired: stored.state == ImportState::Planned
                && stored.created_at < self.clock.now_ms() - KEPT_MS,
            course,
            author,
            progress,
            stored,
        }
    }
}
