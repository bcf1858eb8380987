//! What happened to one cell.

use std::collections::HashSet;

use gradebook_auth::actions::SeeHistory;
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{AssessmentId, ChangeId, UserId};
use gradebook_persistence::query::history::{self, CellChange};
use gradebook_persistence::query::{access, gradebook};

use crate::App;
use crate::courses::Page;
use crate::error::ReadError;

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
    ) -> Result<Page<CellChange>, ReadError> {
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
        let items = history::of_cell(&self.db, &grant, cell, before, asked).await?;
        Ok(Page::cut(items, usize::from(limit), |change| change.id.0))
    }
}
