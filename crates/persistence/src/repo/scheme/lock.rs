//! What whoever edits schemes locks first.

use std::collections::BTreeSet;

use gradebook_auth::Grant;
use gradebook_auth::actions::EditAssessments;
use gradebook_domain::TermId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::db::Tx;
use crate::entity::{assessment, course};
use crate::error::DbError;
use crate::repo::school;

/// Locks the terms of the grants' courses, the courses and their assessments until the transaction
/// ends, so that nobody closes a term, edits the same scheme, changes a state or enters scores
/// meanwhile. `false` when one of the courses is not there.
///
/// # Errors
/// Any database failure.
pub async fn lock(tx: &Tx, grants: &[Grant<EditAssessments>]) -> Result<bool, DbError> {
    let ids: BTreeSet<i64> = grants.iter().map(|grant| grant.on().course.0).collect();
    let terms: Vec<i64> = course::Entity::find()
        .select_only()
        .column(course::Column::TermId)
        .filter(course::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(tx.raw())
        .await?;
    // What is added while a term closes would stay open in it: closing locks what it finds.
    let terms: BTreeSet<TermId> = terms.into_iter().map(TermId).collect();
    school::lock_terms(tx, &terms).await?;
    let courses: Vec<i64> = course::Entity::find()
        .select_only()
        .column(course::Column::Id)
        .filter(course::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(course::Column::Id)
        .lock_exclusive()
        .into_tuple()
        .all(tx.raw())
        .await?;
    let _locked: Vec<i64> = assessment::Entity::find()
        .select_only()
        .column(assessment::Column::Id)
        .filter(assessment::Column::CourseId.is_in(ids.iter().copied()))
        .order_by_asc(assessment::Column::Id)
        .lock_exclusive()
        .into_tuple()
        .all(tx.raw())
        .await?;
    Ok(courses.len() == ids.len())
}
