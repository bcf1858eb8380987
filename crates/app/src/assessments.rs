//! The states of an assessment: draft, published, locked.

use std::collections::HashSet;

use gradebook_auth::actions::{ChangeAssessmentState, CourseAccess};
use gradebook_auth::{Actor, Denied, authorize};
use gradebook_domain::{AssessmentId, AssessmentState, InvalidTransition, Transition};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::access;
use gradebook_persistence::query::gradebook::{self, Assessment};
use gradebook_persistence::repo::assessments;
use gradebook_persistence::{DatabaseFailure, DbError, Read};

use crate::App;
use crate::reason::{self, InvalidReason};

/// Why a state was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeStateError {
    /// No such assessment, or the actor may not know of it.
    #[error("not found")]
    NotFound,
    /// The actor may not change it.
    #[error("not allowed")]
    Forbidden,
    /// It is not in a state from which this is possible.
    #[error(transparent)]
    InvalidState(#[from] InvalidTransition),
    /// Taking published grades back, or unlocking, needs a reason.
    #[error("a reason is needed")]
    ReasonRequired,
    /// The reason is too long.
    #[error(transparent)]
    Reason(#[from] InvalidReason),
    /// The term is closed.
    #[error("the term is closed")]
    TermClosed,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl DatabaseFailure for ChangeStateError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Denied> for ChangeStateError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Hidden => Self::NotFound,
            Denied::Visible => Self::Forbidden,
        }
    }
}

impl App {
    /// Publishes, unpublishes, locks or unlocks an assessment. Returns its new state.
    ///
    /// # Errors
    /// [`ChangeStateError`]; nothing is changed then.
    pub async fn change_state(
        &self,
        actor: &Actor,
        id: AssessmentId,
        transition: Transition,
        reason: Option<&str>,
    ) -> Result<AssessmentState, ChangeStateError> {
        let reason = reason::given(reason)?;
        let stamp = Stamp {
            reason,
            ..self.stamp(actor)
        };
        self.db
            .write(async |tx| {
                // Locked before its term is read: a closing that goes on at the same time has
                // either seen this step or makes it find the term closed.
                let mut locked = assessments::lock(tx, &HashSet::from([id])).await?;
                let assessment = locked.remove(&id).ok_or(ChangeStateError::NotFound)?;
                let facts = access::course(tx, actor, assessment.course)
                    .await?
                    .ok_or(ChangeStateError::NotFound)?;
                let grant = authorize::<ChangeAssessmentState>(actor, facts)?;
                let from = assessment.state;
                let to = from.apply(transition)?;
                if !facts.term_open {
                    return Err(ChangeStateError::TermClosed);
                }
                let takes_back = matches!(transition, Transition::Unpublish | Transition::Unlock);
                if takes_back && reason.is_none() {
                    return Err(ChangeStateError::ReasonRequired);
                }
                let changed =
                    assessments::change_state(tx, &grant, &stamp, id, transition, (from, to))
                        .await?;
                if !changed {
                    return Err(InvalidTransition { from, transition }.into());
                }
                Ok(to)
            })
            .await
    }

    /// The assessment, and how the actor stands to its course.
    pub(crate) async fn assessment_with_facts(
        &self,
        db: &impl Read,
        actor: &Actor,
        id: AssessmentId,
    ) -> Result<Option<(Assessment, CourseAccess)>, DbError> {
        let found = gradebook::assessments(db, &HashSet::from([id]))
            .await?
            .remove(&id);
        let Some(assessment) = found else {
            return Ok(None);
        };
        let facts = access::course(db, actor, assessment.course).await?;
        Ok(facts.map(|facts| (assessment, facts)))
    }
}
