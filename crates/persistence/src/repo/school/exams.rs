//! Changing exams and the courses that sit them.

use gradebook_auth::Grant;
use gradebook_auth::actions::ManageSetup;
use gradebook_domain::{AssessmentId, AssessmentState, CourseId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::named;
use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::Tx;
use crate::entity::{assessment, exam};
use crate::error::DbError;
use crate::query::gradebook::Exam;
use crate::repo::amendments;

/// Gives an exam another name, kind and day, and with it those of its assessments that had the same:
/// these must be `columns`, each with what the log keeps of it, and be locked.
///
/// # Errors
/// [`DbError::Duplicate`] when the term has another exam of this name.
pub async fn change_exam(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    (before, after): (&Exam, &Exam),
    columns: &[(CourseId, AssessmentId, String)],
) -> Result<(), DbError> {
    if before == after {
        return Ok(());
    }
    exam::Entity::update_many()
        .col_expr(exam::Column::Name, Expr::value(after.name.as_str()))
        .col_expr(exam::Column::Kind, Expr::value(after.kind.as_str()))
        .col_expr(exam::Column::HeldOn, Expr::value(after.held_on.as_str()))
        .filter(exam::Column::Id.eq(before.id.0))
        .exec(tx.raw())
        .await?;
    let followers = || assessment::Column::Id.is_in(columns.iter().map(|(_, id, _)| id.0));
    assessment::Entity::update_many()
        .col_expr(assessment::Column::Title, Expr::value(after.name.as_str()))
        .filter(followers())
        .filter(assessment::Column::Title.eq(before.name.as_str()))
        .exec(tx.raw())
        .await?;
    assessment::Entity::update_many()
        .col_expr(
            assessment::Column::HeldOn,
            Expr::value(after.held_on.as_str()),
        )
        .filter(followers())
        .filter(assessment::Column::HeldOn.eq(before.held_on.as_str()))
        .exec(tx.raw())
        .await?;
    let words = |one: &Exam| format!("{} ({}, {})", one.name, one.kind, one.held_on);
    let detail = format!("{} -> {}", words(before), words(after));
    named(tx, stamp, ChangeKind::ExamChanged, &detail).await?;
    let changes = columns
        .iter()
        .map(|(course, assessment, detail)| NewChange {
            course: Some(*course),
            assessment: Some(*assessment),
            detail: Some(detail.clone()),
            ..NewChange::of(ChangeKind::AssessmentChanged)
        });
    change_log::append(tx, stamp, changes).await
}

/// Takes a course out of an exam: its assessment, which must be a draft without scores, goes. `false`
/// when it is no draft any more, and stays.
///
/// # Errors
/// Any database failure; also when it has scores.
pub async fn remove_from_exam(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    exam: &Exam,
    (course, assessment): (CourseId, AssessmentId),
) -> Result<bool, DbError> {
    let deleted = assessment::Entity::delete_many()
        .filter(assessment::Column::Id.eq(assessment.0))
        .filter(assessment::Column::CourseId.eq(course.0))
        .filter(assessment::Column::ExamId.eq(exam.id.0))
        .filter(assessment::Column::State.eq(AssessmentState::Draft.as_str()))
        .exec(tx.raw())
        .await?;
    if deleted.rows_affected == 0 {
        return Ok(false);
    }
    amendments::withdraw_all(tx, stamp, assessment).await?;
    let change = NewChange {
        course: Some(course),
        assessment: Some(assessment),
        detail: Some(exam.name.clone()),
        ..NewChange::of(ChangeKind::ExamCourseRemoved)
    };
    change_log::append(tx, stamp, [change]).await?;
    Ok(true)
}
