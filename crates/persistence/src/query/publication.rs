//! What to look at before an assessment is published.

use gradebook_auth::Grant;
use gradebook_auth::actions::ChangeAssessmentState;
use gradebook_domain::AssessmentId;

use super::gradebook::{self, Assessment};
use crate::db::Read;
use crate::error::DbError;
use crate::repo::scores::{self, StoredScore};

/// All assessments of the grant's course, in the order in which they are shown, and their written
/// cells.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn of_course(
    db: &impl Read,
    grant: &Grant<ChangeAssessmentState>,
) -> Result<(Vec<Assessment>, Vec<StoredScore>), DbError> {
    let assessments = gradebook::assessments_of_courses(db, &[grant.on().course]).await?;
    let ids: Vec<AssessmentId> = assessments.iter().map(|one| one.id).collect();
    let scores = scores::of_assessments(db, &ids).await?;
    Ok((assessments, scores))
}
