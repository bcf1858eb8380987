//! What an exchange locks before anything else.

use std::collections::BTreeSet;

use gradebook_auth::Grant;
use gradebook_auth::actions::ExchangeSchool;
use gradebook_domain::{CourseId, TermId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::db::Tx;
use crate::entity::{course, term};
use crate::error::DbError;
use crate::repo::MANY_IDS;

/// Locks what others lock before assessments and scores: terms, so that none is closed, and courses,
/// so that nobody edits their categories, until the transaction ends.
///
/// # Errors
/// Any database failure.
pub async fn lock(
    tx: &Tx,
    _grant: &Grant<ExchangeSchool>,
    terms: &BTreeSet<TermId>,
    courses: &BTreeSet<CourseId>,
) -> Result<(), DbError> {
    let terms: Vec<i64> = terms.iter().map(|id| id.0).collect();
    for chunk in terms.chunks(MANY_IDS) {
        let _locked: Vec<i64> = term::Entity::find()
            .select_only()
            .column(term::Column::Id)
            .filter(term::Column::Id.is_in(chunk.iter().copied()))
            .order_by_asc(term::Column::Id)
            .lock_exclusive()
            .into_tuple()
            .all(tx.raw())
            .await?;
    }
    let courses: Vec<i64> = courses.iter().map(|id| id.0).collect();
    for chunk in courses.chunks(MANY_IDS) {
        let _locked: Vec<i64> = course::Entity::find()
            .select_only()
            .column(course::Column::Id)
            .filter(course::Column::Id.is_in(chunk.iter().copied()))
            .order_by_asc(course::Column::Id)
            .lock_exclusive()
            .into_tuple()
            .all(tx.raw())
            .await?;
    }
    Ok(())
}
