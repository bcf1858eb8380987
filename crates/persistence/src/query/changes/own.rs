//! What a student may learn of the changes of their own scores.

use std::collections::{HashMap, HashSet};

use gradebook_auth::Grant;
use gradebook_auth::actions::SeeOwnGrades;
use gradebook_domain::{AssessmentId, CellEvent, ChangeId, Score, seen};
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
    /// What happened.
    pub what: CellEvent,
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
            what: CellEvent::Scored(after),
        });
    }
    steps.extend(
        states
            .into_iter()
            .map(|(id, at, assessment, kind)| OwnStep {
                id: ChangeId(id),
                at,
                assessment: AssessmentId(assessment),
                what: if kind == ChangeKind::AssessmentPublished.as_str() {
                    CellEvent::Shown
                } else {
                    CellEvent::Hidden
                },
            }),
    );
    // Both kinds are written under the lock of their assessment, so their ids are in order.
    steps.sort_by_key(|step| step.id);
    Ok(steps)
}

/// How a score came into its student's sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// Since when the present score is shown, unix milliseconds.
    pub since: i64,
    /// What was shown before it; `None` when it is the first.
    pub before: Option<Score>,
}

/// How the scores of the grant's student in these assessments came into sight. One of which the log
/// says nothing is left out.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn sights(
    db: &impl Read,
    grant: &Grant<SeeOwnGrades>,
    assessments: &HashSet<AssessmentId>,
) -> Result<HashMap<AssessmentId, Sight>, DbError> {
    let mut told: HashMap<AssessmentId, (Vec<CellEvent>, Vec<i64>)> = HashMap::new();
    for step in own_steps(db, grant, assessments).await? {
        let (events, times) = told.entry(step.assessment).or_default();
        events.push(step.what);
        times.push(step.at);
    }
    Ok(told
        .into_iter()
        .filter_map(|(assessment, (events, times))| {
            let seen = seen(&events)?;
            let since = times.get(seen.since).copied()?;
            let before = seen.before;
            Some((assessment, Sight { since, before }))
        })
        .collect())
}
