//! Adding many subjects, and changing one.

use gradebook_auth::Grant;
use gradebook_auth::actions::ManageSetup;
use gradebook_domain::SubjectId;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::{NewSubject, named};
use crate::change_log::{self, ChangeKind, NewChange, Stamp, difference};
use crate::db::Tx;
use crate::entity::subject;
use crate::error::DbError;

/// Creates subjects.
///
/// # Errors
/// [`DbError::Duplicate`] when a code is taken.
pub async fn create_subjects(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    new: &[NewSubject],
) -> Result<(), DbError> {
    if new.is_empty() {
        return Ok(());
    }
    let rows = new.iter().map(|one| subject::ActiveModel {
        code: Set(one.code.clone()),
        name_zh: Set(one.name_zh.clone()),
        name_en: Set(one.name_en.clone()),
        default_max_score: Set(one.default_max_score.ten_thousandths()),
        position: Set(one.position),
        ..Default::default()
    });
    subject::Entity::insert_many(rows)
        .exec_without_returning(tx.raw())
        .await?;
    let changes = new.iter().map(|one| NewChange {
        detail: Some(one.code.clone()),
        ..NewChange::of(ChangeKind::SubjectCreated)
    });
    change_log::append(tx, stamp, changes).await
}

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
    let Some(differences) = difference(texts(before), texts(after)) else {
        return Ok(());
    };
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
    let detail = format!("{}; {differences}", before.code);
    named(tx, stamp, ChangeKind::SubjectChanged, &detail).await
}
