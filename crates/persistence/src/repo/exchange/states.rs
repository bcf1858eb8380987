//! The states that terms and assessments had where they come from.

use gradebook_auth::Grant;
use gradebook_auth::actions::{ExchangeSchool, ManageSetup};
use gradebook_domain::{AssessmentId, AssessmentState, CourseId, TermId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::Tx;
use crate::entity::term;
use crate::error::DbError;
use crate::repo::MANY_IDS;

/// Closes terms that were created a moment ago and were closed where they come from. Each has its
/// name, for the record.
///
/// # Errors
/// Any database failure.
pub async fn close_new_terms(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    terms: &[(TermId, String)],
) -> Result<(), DbError> {
    for chunk in terms.chunks(MANY_IDS) {
        term::Entity::update_many()
            .col_expr(term::Column::State, Expr::value("closed"))
            .filter(term::Column::Id.is_in(chunk.iter().map(|(id, _)| id.0)))
            .exec(tx.raw())
            .await?;
    }
    let changes = terms.iter().map(|(_, name)| NewChange {
        detail: Some(name.clone()),
        ..NewChange::of(ChangeKind::TermClosed)
    });
    change_log::append(tx, stamp, changes).await
}

/// Puts on record that assessments which this transaction created were published, and locked, once
/// their scores are written: what is corrected afterwards is told as a correction, and the scores that
/// came with them are not.
///
/// # Errors
/// Any database failure.
pub async fn states_on_record(
    tx: &Tx,
    _grant: &Grant<ExchangeSchool>,
    stamp: &Stamp<'_>,
    created: &[(CourseId, AssessmentId, AssessmentState)],
) -> Result<(), DbError> {
    let change = |kind, (course, assessment, _): &(CourseId, AssessmentId, _)| NewChange {
        course: Some(*course),
        assessment: Some(*assessment),
        ..NewChange::of(kind)
    };
    let seen = created
        .iter()
        .filter(|(_, _, state)| *state != AssessmentState::Draft)
        .map(|one| change(ChangeKind::AssessmentPublished, one));
    let locked = created
        .iter()
        .filter(|(_, _, state)| *state == AssessmentState::Locked)
        .map(|one| change(ChangeKind::AssessmentLocked, one));
    change_log::append(tx, stamp, seen.chain(locked)).await
}
