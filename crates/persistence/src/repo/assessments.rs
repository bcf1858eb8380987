//! The state of assessments.

use std::collections::{BTreeSet, HashMap, HashSet};

use gradebook_auth::Grant;
use gradebook_auth::actions::ChangeAssessmentState;
use gradebook_domain::{AssessmentId, AssessmentState, ClassId, CourseId, Transition};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::amendments;
use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::Tx;
use crate::entity::{assessment, course};
use crate::error::DbError;
use crate::query::gradebook::{self, Assessment};

/// The assessments with these ids, locked against other writers until the transaction ends, so that
/// none is published or locked while scores are judged by its state.
///
/// One order for all writers: terms, courses, assessments, scores, amendments; accounts after
/// assessments.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn lock(
    tx: &Tx,
    ids: &HashSet<AssessmentId>,
) -> Result<HashMap<AssessmentId, Assessment>, DbError> {
    let rows = assessment::Entity::find()
        .filter(assessment::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .order_by_asc(assessment::Column::Id)
        // SQLite knows no row locks and needs none: its write transactions run one by one.
        .lock_exclusive()
        .all(tx.raw())
        .await?;
    rows.into_iter()
        .map(|row| gradebook::read_assessment(row).map(|column| (column.id, column)))
        .collect()
}

/// Locks the courses of a class and all their assessments until the transaction ends, so that no
/// assessment is added to them and no score entered: whoever enters one reads who is in the class
/// after locking the assessment.
///
/// # Errors
/// Any database failure.
pub async fn lock_class(tx: &Tx, class: ClassId) -> Result<(), DbError> {
    lock_classes(tx, &BTreeSet::from([class])).await
}

/// The same of many classes.
///
/// # Errors
/// Any database failure.
pub async fn lock_classes(tx: &Tx, classes: &BTreeSet<ClassId>) -> Result<(), DbError> {
    if classes.is_empty() {
        return Ok(());
    }
    let courses: Vec<i64> = course::Entity::find()
        .select_only()
        .column(course::Column::Id)
        .filter(course::Column::ClassId.is_in(classes.iter().map(|class| class.0)))
        .order_by_asc(course::Column::Id)
        .lock_exclusive()
        .into_tuple()
        .all(tx.raw())
        .await?;
    let _locked: Vec<i64> = assessment::Entity::find()
        .select_only()
        .column(assessment::Column::Id)
        .filter(assessment::Column::CourseId.is_in(courses))
        .order_by_asc(assessment::Column::Id)
        .lock_exclusive()
        .into_tuple()
        .all(tx.raw())
        .await?;
    Ok(())
}

/// Moves an assessment of the grant's course from one state to the next; `false` when it is not in
/// the state `from` or not in this course, and stays as it is.
///
/// # Errors
/// Any database failure.
pub async fn change_state(
    tx: &Tx,
    grant: &Grant<ChangeAssessmentState>,
    stamp: &Stamp<'_>,
    assessment: AssessmentId,
    transition: Transition,
    (from, to): (AssessmentState, AssessmentState),
) -> Result<bool, DbError> {
    let updated = assessment::Entity::update_many()
        .col_expr(assessment::Column::State, Expr::value(to.as_str()))
        .filter(assessment::Column::Id.eq(assessment.0))
        .filter(assessment::Column::CourseId.eq(grant.on().course.0))
        .filter(assessment::Column::State.eq(from.as_str()))
        .exec(tx.raw())
        .await?;
    if updated.rows_affected == 0 {
        return Ok(false);
    }
    let kind = match transition {
        Transition::Publish => ChangeKind::AssessmentPublished,
        Transition::Unpublish => ChangeKind::AssessmentUnpublished,
        Transition::Lock => ChangeKind::AssessmentLocked,
        Transition::Unlock => ChangeKind::AssessmentUnlocked,
    };
    let change = NewChange {
        course: Some(grant.on().course),
        assessment: Some(assessment),
        ..NewChange::of(kind)
    };
    change_log::append(tx, stamp, [change]).await?;
    if transition == Transition::Publish {
        amendments::settle_published(tx, stamp, &[assessment]).await?;
    }
    Ok(true)
}

/// Publishes draft assessments, all of them in one go. They must have been read by [`lock`] in this
/// transaction, and every course needs its own grant.
///
/// # Errors
/// [`DbError::Configuration`] when one of them is no draft of a granted course.
pub async fn publish_drafts(
    tx: &Tx,
    grants: &[Grant<ChangeAssessmentState>],
    stamp: &Stamp<'_>,
    drafts: &[(CourseId, AssessmentId)],
) -> Result<(), DbError> {
    if drafts.is_empty() {
        return Ok(());
    }
    let published = AssessmentState::Published.as_str();
    let updated = assessment::Entity::update_many()
        .col_expr(assessment::Column::State, Expr::value(published))
        .filter(assessment::Column::Id.is_in(drafts.iter().map(|(_, id)| id.0)))
        .filter(assessment::Column::CourseId.is_in(grants.iter().map(|one| one.on().course.0)))
        .filter(assessment::Column::State.eq(AssessmentState::Draft.as_str()))
        .exec(tx.raw())
        .await?;
    if updated.rows_affected != drafts.len() as u64 {
        return Err(DbError::Configuration(
            "not all of these assessments are drafts that may be published".to_owned(),
        ));
    }
    let changes = drafts.iter().map(|(course, assessment)| NewChange {
        course: Some(*course),
        assessment: Some(*assessment),
        ..NewChange::of(ChangeKind::AssessmentPublished)
    });
    change_log::append(tx, stamp, changes).await?;
    let published: Vec<AssessmentId> = drafts.iter().map(|(_, id)| *id).collect();
    amendments::settle_published(tx, stamp, &published).await
}
