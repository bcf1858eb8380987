//! What happened to one cell.

use std::collections::HashSet;

use gradebook_auth::actions::SeeHistory;
use gradebook_auth::{Actor, Role, authorize};
use gradebook_domain::{AssessmentId, ChangeId, UserId};
use gradebook_persistence::query::history::{self, CellChange};
use gradebook_persistence::query::{access, gradebook};

use crate::App;
use crate::courses::Page;
use crate::error::ReadError;

/// One change of a cell, with the size of its batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellHistoryItem {
    /// The change.
    pub change: CellChange,
    /// How many scores its batch changed in the courses that the reader keeps.
    pub batch_size: u64,
}

impl App {
    /// The changes of one cell, newest first.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] for an assessment or student that the actor does not keep.
    pub async fn cell_history(
        &self,
        actor: &Actor,
        cell: (AssessmentId, UserId),
        before: Option<ChangeId>,
        limit: u16,
    ) -> Result<Page<CellHistoryItem>, ReadError> {
        let (id, student) = cell;
        let assessment = gradebook::assessments(&self.db, &HashSet::from([id]))
            .await?
            .remove(&id)
            .ok_or(ReadError::NotFound)?;
        let facts = access::course(&self.db, actor, assessment.course)
            .await?
            .ok_or(ReadError::NotFound)?;
        let grant = authorize::<SeeHistory>(actor, facts)?;
        let courses = HashSet::from([assessment.course]);
        let members = access::members(&self.db, &courses, &HashSet::from([student])).await?;
        if members.is_empty() {
            return Err(ReadError::NotFound);
        }
        let asked = u64::from(limit) + 1;
        let changes = history::of_cell(&self.db, &grant, cell, before, asked).await?;
        let batches = changes.iter().filter_map(|change| change.batch);
        // As many as an undo by this actor would look at.
        let own = match (actor.role, actor.user_id()) {
            (Role::Teacher, Some(teacher)) => Some(access::taught_by(&self.db, teacher).await?),
            _ => None,
        };
        let sizes = history::batch_sizes(&self.db, batches, own.as_ref()).await?;
        let items = changes.into_iter().map(|change| CellHistoryItem {
            batch_size: change
                .batch
                .and_then(|batch| sizes.get(&batch).copied())
                .unwrap_or(1),
            change,
        });
        Ok(Page::cut(items.collect(), usize::from(limit), |item| {
            item.change.id.0
        }))
    }
}
