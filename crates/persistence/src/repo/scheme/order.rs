//! In which order categories and assessments stand: one statement, however many there are.

use gradebook_auth::Grant;
use gradebook_auth::actions::EditAssessments;
use gradebook_domain::{AssessmentId, CategoryId};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::record;
use crate::change_log::{ChangeKind, Stamp};
use crate::db::Tx;
use crate::entity::{assessment, category};
use crate::error::DbError;

/// Puts categories of the grant's course in this order.
///
/// # Errors
/// Any database failure.
pub async fn order_categories(
    tx: &Tx,
    grant: &Grant<EditAssessments>,
    stamp: &Stamp<'_>,
    order: &[CategoryId],
    detail: String,
) -> Result<(), DbError> {
    let ids: Vec<i64> = order.iter().map(|id| id.0).collect();
    category::Entity::update_many()
        .col_expr(
            category::Column::Position,
            places(Expr::col(category::Column::Id), &ids),
        )
        .filter(category::Column::Id.is_in(ids.iter().copied()))
        .filter(category::Column::CourseId.eq(grant.on().course.0))
        .exec(tx.raw())
        .await?;
    record(tx, grant, stamp, ChangeKind::CategoryChanged, None, detail).await
}

/// Puts assessments of one day of the grant's course in this order; `moved` is the one that was.
///
/// # Errors
/// Any database failure.
pub async fn order_assessments(
    tx: &Tx,
    grant: &Grant<EditAssessments>,
    stamp: &Stamp<'_>,
    moved: AssessmentId,
    order: &[AssessmentId],
    detail: String,
) -> Result<(), DbError> {
    let ids: Vec<i64> = order.iter().map(|id| id.0).collect();
    assessment::Entity::update_many()
        .col_expr(
            assessment::Column::Position,
            places(Expr::col(assessment::Column::Id), &ids),
        )
        .filter(assessment::Column::Id.is_in(ids.iter().copied()))
        .filter(assessment::Column::CourseId.eq(grant.on().course.0))
        .exec(tx.raw())
        .await?;
    let kind = ChangeKind::AssessmentChanged;
    record(tx, grant, stamp, kind, Some(moved), detail).await
}

/// `CASE WHEN id = … THEN 1 …`
fn places(id: Expr, ids: &[i64]) -> Expr {
    let places = (1_i64..).zip(ids);
    let case = places.fold(CaseStatement::new(), |case, (place, one)| {
        case.case(id.clone().eq(*one), Expr::value(place))
    });
    case.finally(Expr::value(0_i64)).into()
}
