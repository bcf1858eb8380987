//! What a student may learn of the changes of their own scores.

use std::collections::HashSet;

use gradebook_auth::Grant;
use gradebook_auth::actions::SeeOwnGrades;
use gradebook_domain::{AssessmentId, ChangeId, Score};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::history;
use crate::change_log::ChangeKind;
use crate::db::Read;
use crate::entity::change;
use crate::error::DbError;

/// Something that changed what the student of a grant sees of an assessment, or would see if it
/// were published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnStep {
    /// Id of the change.
    pub id: ChangeId,
    /// Unix milliseconds.
    pub at: i64,
    /// Assessment.
    pub assessment: AssessmentId,
    /// What it was.
    pub kind: OwnStepKind,
}

/// What happened to a student's score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnStepKind {
    /// The student's score became this one.
    Scored(Score),
    /// Students see the assessment from now on.
    Published,
    /// Students do not see it any more.
    Unpublished,
}

/// The steps of the grant's student in these assessments, oldest first.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn own_steps(
    db: &impl Read,
    grant: &Grant<SeeOwnGrades>,
    assessments: &HashSet<AssessmentId>,
) -> Result<Vec<OwnStep>, DbError> {
    let ids = || assessments.iter().map(|id| id.0);
    let scores = change::Entity::find()
        .filter(change::Column::StudentId.eq(grant.on().student.0))
        .filter(change::Column::AssessmentId.is_in(ids()))
        .filter(change::Column::Kind.eq(ChangeKind::Score.as_str()))
        .all(&db.on().0)
        .await?;
    let states = [
        ChangeKind::AssessmentPublished,
        ChangeKind::AssessmentUnpublished,
    ];
    let states: Vec<(i64, i64, i64, String)> = change::Entity::find()
        .select_only()
        .columns([
            change::Column::Id,
            change::Column::At,
            change::Column::AssessmentId,
            change::Column::Kind,
        ])
        .filter(change::Column::AssessmentId.is_in(ids()))
        // A change of a state is about no student: the index on cells finds it at once.
        .filter(change::Column::StudentId.is_null())
        .filter(change::Column::Kind.is_in(states.map(ChangeKind::as_str)))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    let mut steps = Vec::with_capacity(scores.len() + states.len());
    for row in scores {
        let after = history::score(row.after_status.as_deref(), row.after_value)?;
        steps.push(OwnStep {
            id: ChangeId(row.id),
            at: row.at,
            assessment: AssessmentId(row.assessment_id.unwrap_or(0)),
            kind: OwnStepKind::Scored(after),
        });
    }
    steps.extend(
        states
            .into_iter()
            .map(|(id, at, assessment, kind)| OwnStep {
                id: ChangeId(id),
                at,
                assessment: AssessmentId(assessment),
                kind: if kind == ChangeKind::AssessmentPublished.as_str() {
                    OwnStepKind::Published
                } else {
                    OwnStepKind::Unpublished
                },
            }),
    );
    // Both kinds are written under the lock of their assessment, so their ids are in order.
    steps.sort_by_key(|step| step.id);
    Ok(steps)
}
