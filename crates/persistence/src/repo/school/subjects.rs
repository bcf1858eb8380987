//! Changing subjects.

use gradebook_auth::Grant;
use gradebook_auth::actions::ManageSetup;
use gradebook_domain::SubjectId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{NewSubject, named};
use crate::change_log::{ChangeKind, Stamp};
use crate::db::Tx;
use crate::entity::subject;
use crate::error::DbError;

/// Gives a subject the code, names, full marks and place of `after`. Assessments that exist keep their
/// full marks.
///
/// # Errors
/// [`DbError::Duplicate`] when another subject has the code.
pub async fn change_subject(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    id: SubjectId,
    (before, after): (&NewSubject, &NewSubject),
) -> Result<(), DbError> {
    let texts = |one: &NewSubject| {
        [
            ("code", one.code.clone()),
            ("name_zh", one.name_zh.clone()),
            ("name_en", one.name_en.clone()),
            ("default_max_score", one.default_max_score.to_string()),
            ("position", one.position.to_string()),
        ]
    };
    let differences: Vec<String> = texts(before)
        .into_iter()
        .zip(texts(after))
        .filter(|(old, new)| old != new)
        .map(|((field, old), (_, new))| format!("{field}: {old} -> {new}"))
        .collect();
    if differences.is_empty() {
        return Ok(());
    }
    subject::Entity::update_many()
        .col_expr(subject::Column::Code, Expr::value(after.code.as_str()))
        .col_expr(subject::Column::NameZh, Expr::value(after.name_zh.as_str()))
        .col_expr(subject::Column::NameEn, Expr::value(after.name_en.as_str()))
        .col_expr(
            subject::Column::DefaultMaxScore,
            Expr::value(after.default_max_score.ten_thousandths()),
        )
        .col_expr(subject::Column::Position, Expr::value(after.position))
        .filter(subject::Column::Id.eq(id.0))
        .exec(tx.raw())
        .await?;
    let detail = format!("{}; {}", before.code, differences.join("; "));
    named(tx, stamp, ChangeKind::SubjectChanged, &detail).await
}
