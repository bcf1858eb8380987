//! A course's scheme: its policy, its categories and its assessments.
//!
//! Every write goes to the course of its grant only. `detail` is what the change log keeps beside
//! the change: what it was and what it became, as JSON.

mod lock;
mod many;
mod order;
mod policy;

use gradebook_auth::Grant;
use gradebook_auth::actions::EditAssessments;
use gradebook_domain::{Aggregation, AssessmentId, CategoryId, Score, ScoreLimits, Weight};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

pub use lock::lock;
pub use many::{
    CategoryWrite, NewColumn, change_policies, create_assessments, delete_categories,
    move_assessments, put_categories,
};
pub use order::{order_assessments, order_categories};
pub use policy::{PolicyFields, change_policy};

use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::Tx;
use crate::entity::{assessment, category, score};
use crate::error::DbError;
use crate::repo::amendments;
use crate::repo::scores::StoredScore;

/// What a category is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryFields {
    /// Name, unique in its course.
    pub name: String,
    /// Its share in the course.
    pub weight: Weight,
    /// How its assessments are put together.
    pub aggregation: Aggregation,
    /// How many of the lowest are dropped.
    pub drop_lowest: u32,
    /// How many of the highest are dropped.
    pub drop_highest: u32,
}

/// What an assessment is, but for its state and exam.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssessmentFields {
    /// Title.
    pub title: String,
    /// What may be entered.
    pub limits: ScoreLimits,
    /// Category.
    pub category: CategoryId,
    /// Weight within a weighted category.
    pub weight: Weight,
    /// Day, ISO 8601.
    pub held_on: String,
}

/// Creates a category after the others.
///
/// # Errors
/// [`DbError::Duplicate`] when the course has one of this name.
pub async fn create_category(
    tx: &Tx,
    grant: &Grant<EditAssessments>,
    stamp: &Stamp<'_>,
    new: &CategoryFields,
    detail: String,
) -> Result<CategoryId, DbError> {
    let course = grant.on().course;
    let last: Option<Option<i64>> = category::Entity::find()
        .select_only()
        .column_as(category::Column::Position.max(), "last")
        .filter(category::Column::CourseId.eq(course.0))
        .into_tuple()
        .one(tx.raw())
        .await?;
    let row = category::ActiveModel {
        course_id: Set(course.0),
        name: Set(new.name.clone()),
        weight: Set(new.weight.ten_thousandths()),
        aggregation: Set(new.aggregation.as_str().to_owned()),
        drop_lowest: Set(i64::from(new.drop_lowest)),
        drop_highest: Set(i64::from(new.drop_highest)),
        position: Set(last.flatten().unwrap_or(0).saturating_add(1)),
        ..Default::default()
    };
    let id = category::Entity::insert(row)
        .exec(tx.raw())
        .await?
        .last_insert_id;
    record(tx, grant, stamp, ChangeKind::CategoryCreated, None, detail).await?;
    Ok(CategoryId(id))
}

/// Changes a category; `false` when the course has none of this id.
///
/// # Errors
/// [`DbError::Duplicate`] when the course has another one of this name.
pub async fn change_category(
    tx: &Tx,
    grant: &Grant<EditAssessments>,
    stamp: &Stamp<'_>,
    id: CategoryId,
    to: &CategoryFields,
    detail: String,
) -> Result<bool, DbError> {
    let text = |value: &str| Expr::value(value.to_owned());
    // MySQL counts the rows that it changed, not those that it found.
    let found: Option<i64> = category::Entity::find_by_id(id.0)
        .select_only()
        .column(category::Column::Id)
        .filter(category::Column::CourseId.eq(grant.on().course.0))
        .into_tuple()
        .one(tx.raw())
        .await?;
    if found.is_none() {
        return Ok(false);
    }
    category::Entity::update_many()
        .col_expr(category::Column::Name, text(&to.name))
        .col_expr(
            category::Column::Weight,
            Expr::value(to.weight.ten_thousandths()),
        )
        .col_expr(category::Column::Aggregation, text(to.aggregation.as_str()))
        .col_expr(
            category::Column::DropLowest,
            Expr::value(i64::from(to.drop_lowest)),
        )
        .col_expr(
            category::Column::DropHighest,
            Expr::value(i64::from(to.drop_highest)),
        )
        .filter(category::Column::Id.eq(id.0))
        .exec(tx.raw())
        .await?;
    record(tx, grant, stamp, ChangeKind::CategoryChanged, None, detail).await?;
    Ok(true)
}

/// Deletes a category; `false` when the course has none of this id.
///
/// # Errors
/// Any database failure: an assessment that is still in it is one.
pub async fn delete_category(
    tx: &Tx,
    grant: &Grant<EditAssessments>,
    stamp: &Stamp<'_>,
    id: CategoryId,
    detail: String,
) -> Result<bool, DbError> {
    let deleted = category::Entity::delete_many()
        .filter(category::Column::Id.eq(id.0))
        .filter(category::Column::CourseId.eq(grant.on().course.0))
        .exec(tx.raw())
        .await?;
    if deleted.rows_affected == 0 {
        return Ok(false);
    }
    record(tx, grant, stamp, ChangeKind::CategoryDeleted, None, detail).await?;
    Ok(true)
}

/// Creates a draft assessment, after the others of its day. Its category must be one of the
/// grant's course, read in this transaction.
///
/// # Errors
/// Any database failure.
pub async fn create_assessment(
    tx: &Tx,
    grant: &Grant<EditAssessments>,
    stamp: &Stamp<'_>,
    new: &AssessmentFields,
    detail: String,
) -> Result<AssessmentId, DbError> {
    let course = grant.on().course;
    let column = [(course, new.clone(), detail)];
    let made = create_assessments(tx, std::slice::from_ref(grant), stamp, &column).await?;
    made.get(&course).copied().ok_or_else(|| DbError::Corrupt {
        table: "assessments",
        column: "position",
        value: new.held_on.clone(),
    })
}

/// Changes an assessment that [`lock`] locked; `false` when the course has none of this id.
///
/// # Errors
/// Any database failure.
pub async fn change_assessment(
    tx: &Tx,
    grant: &Grant<EditAssessments>,
    stamp: &Stamp<'_>,
    id: AssessmentId,
    to: &AssessmentFields,
    detail: String,
) -> Result<bool, DbError> {
    let found: Option<i64> = assessment::Entity::find_by_id(id.0)
        .select_only()
        .column(assessment::Column::Id)
        .filter(assessment::Column::CourseId.eq(grant.on().course.0))
        .into_tuple()
        .one(tx.raw())
        .await?;
    if found.is_none() {
        return Ok(false);
    }
    assessment::Entity::update_many()
        .col_expr(assessment::Column::Title, Expr::value(to.title.clone()))
        .col_expr(
            assessment::Column::MaxScore,
            Expr::value(to.limits.max_score.ten_thousandths()),
        )
        .col_expr(
            assessment::Column::ExtraCreditLimit,
            Expr::value(to.limits.extra_credit_limit.ten_thousandths()),
        )
        .col_expr(assessment::Column::CategoryId, Expr::value(to.category.0))
        .col_expr(
            assessment::Column::Weight,
            Expr::value(to.weight.ten_thousandths()),
        )
        .col_expr(assessment::Column::HeldOn, Expr::value(to.held_on.clone()))
        .filter(assessment::Column::Id.eq(id.0))
        .exec(tx.raw())
        .await?;
    record(
        tx,
        grant,
        stamp,
        ChangeKind::AssessmentChanged,
        Some(id),
        detail,
    )
    .await?;
    Ok(true)
}

/// Deletes an assessment that [`lock`] locked, with `cells`, which are all that is stored of it: each
/// is on record as cleared, so that the log still tells what everybody had. `false` when the course
/// has none of this id.
///
/// # Errors
/// Any database failure.
pub async fn delete_assessment(
    tx: &Tx,
    grant: &Grant<EditAssessments>,
    stamp: &Stamp<'_>,
    id: AssessmentId,
    cells: &[StoredScore],
    detail: String,
) -> Result<bool, DbError> {
    let course = grant.on().course;
    score::Entity::delete_many()
        .filter(score::Column::AssessmentId.eq(id.0))
        .filter(
            score::Column::AssessmentId.in_subquery(sea_orm::QueryTrait::into_query(
                assessment::Entity::find()
                    .select_only()
                    .column(assessment::Column::Id)
                    .filter(assessment::Column::CourseId.eq(course.0)),
            )),
        )
        .exec(tx.raw())
        .await?;
    let deleted = assessment::Entity::delete_many()
        .filter(assessment::Column::Id.eq(id.0))
        .filter(assessment::Column::CourseId.eq(course.0))
        .exec(tx.raw())
        .await?;
    if deleted.rows_affected == 0 {
        return Ok(false);
    }
    amendments::withdraw_all(tx, stamp, id).await?;
    // A blank cell may have a remark, and one that was emptied a history.
    let cleared = cells
        .iter()
        .filter(|cell| cell.assessment == id)
        .filter(|cell| cell.score != Score::Blank || cell.comment.is_some())
        .map(|cell| NewChange {
            course: Some(course),
            assessment: Some(id),
            student: Some(cell.student),
            before: Some(cell.score),
            after: Some(Score::Blank),
            version: Some(cell.version + 1),
            comment_before: cell.comment.clone(),
            detail: cell.comment.as_ref().map(|_| String::new()),
            ..NewChange::of(ChangeKind::Score)
        });
    change_log::append(tx, stamp, cleared).await?;
    record(
        tx,
        grant,
        stamp,
        ChangeKind::AssessmentDeleted,
        Some(id),
        detail,
    )
    .await?;
    Ok(true)
}

async fn record(
    tx: &Tx,
    grant: &Grant<EditAssessments>,
    stamp: &Stamp<'_>,
    kind: ChangeKind,
    assessment: Option<AssessmentId>,
    detail: String,
) -> Result<(), DbError> {
    let change = NewChange {
        course: Some(grant.on().course),
        assessment,
        detail: Some(detail),
        ..NewChange::of(kind)
    };
    change_log::append(tx, stamp, [change]).await
}
