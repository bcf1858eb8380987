//! How a course counts and what it shows.

use gradebook_auth::Grant;
use gradebook_auth::actions::EditAssessments;
use gradebook_domain::{AbsentPolicy, LetterScale};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::record;
use crate::change_log::{ChangeKind, Stamp};
use crate::db::Tx;
use crate::entity::course;
use crate::error::DbError;

/// How a course counts and what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFields {
    /// What an absence counts.
    pub absent: AbsentPolicy,
    /// The letters, if it gives any.
    pub letters: Option<LetterScale>,
    /// Whether students see the class's mean and distribution.
    pub show_class_statistics: bool,
}

/// Changes how the grant's course counts and what it shows.
///
/// # Errors
/// Any database failure.
pub async fn change_policy(
    tx: &Tx,
    grant: &Grant<EditAssessments>,
    stamp: &Stamp<'_>,
    to: &PolicyFields,
    detail: String,
) -> Result<(), DbError> {
    course::Entity::update_many()
        .col_expr(
            course::Column::AbsentPolicy,
            Expr::value(to.absent.as_str()),
        )
        .col_expr(
            course::Column::Letters,
            Expr::value(to.letters.as_ref().map(ToString::to_string)),
        )
        .col_expr(
            course::Column::ShowClassStatistics,
            Expr::value(to.show_class_statistics),
        )
        .filter(course::Column::Id.eq(grant.on().course.0))
        .exec(tx.raw())
        .await?;
    record(
        tx,
        grant,
        stamp,
        ChangeKind::CoursePolicyChanged,
        None,
        detail,
    )
    .await
}
