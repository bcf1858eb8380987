//! The same change in several courses: as many statements as in one, and a row of the log for each.

use std::collections::{HashMap, HashSet};

use gradebook_auth::Grant;
use gradebook_auth::actions::EditAssessments;
use gradebook_domain::{AssessmentId, CategoryId, CourseId};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{AssessmentFields, CategoryFields, PolicyFields};
use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::Tx;
use crate::entity::{assessment, category, course};
use crate::error::DbError;

/// An assessment to create: its course, what it is, and what the log keeps of it.
pub type NewColumn = (CourseId, AssessmentFields, String);

/// A category as it is to be in a course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryWrite {
    /// The course.
    pub course: CourseId,
    /// What it is to be; the name says which one.
    pub fields: CategoryFields,
    /// Its place, from 1.
    pub position: i64,
    /// What the log keeps of it; nothing where it is written as it is.
    pub log: Vec<(ChangeKind, String)>,
}

/// How many assessments one statement moves, with up to four values each: SQLite takes 32,766.
const MOVED_AT_ONCE: usize = 2000;

/// Refuses a course for which there is no grant.
fn granted(
    grants: &[Grant<EditAssessments>],
    mut courses: impl Iterator<Item = CourseId>,
) -> Result<(), DbError> {
    let allowed: HashSet<CourseId> = grants.iter().map(|grant| grant.on().course).collect();
    match courses.find(|course| !allowed.contains(course)) {
        None => Ok(()),
        Some(stray) => Err(DbError::Configuration(format!(
            "no grant to edit the scheme of course {stray}"
        ))),
    }
}

/// Creates draft assessments of one day, one a course, each after the others of its day. The courses
/// must be locked, and each category one of its course.
///
/// # Errors
/// Any database failure.
pub async fn create_assessments(
    tx: &Tx,
    grants: &[Grant<EditAssessments>],
    stamp: &Stamp<'_>,
    new: &[NewColumn],
) -> Result<HashMap<CourseId, AssessmentId>, DbError> {
    granted(grants, new.iter().map(|(course, ..)| *course))?;
    let Some((_, AssessmentFields { held_on, .. }, _)) = new.first() else {
        return Ok(HashMap::new());
    };
    let of_day = || {
        assessment::Entity::find()
            .select_only()
            .column(assessment::Column::CourseId)
            .filter(assessment::Column::HeldOn.eq(held_on.as_str()))
            .filter(assessment::Column::CourseId.is_in(new.iter().map(|(course, ..)| course.0)))
    };
    let last: Vec<(i64, Option<i64>)> = of_day()
        .column_as(assessment::Column::Position.max(), "last")
        .group_by(assessment::Column::CourseId)
        .into_tuple()
        .all(tx.raw())
        .await?;
    let last: HashMap<i64, i64> = last
        .into_iter()
        .map(|(course, last)| (course, last.unwrap_or(0)))
        .collect();
    let place = |course: i64| last.get(&course).copied().unwrap_or(0).saturating_add(1);
    let rows = new.iter().map(|(course, one, _)| assessment::ActiveModel {
        course_id: Set(course.0),
        category_id: Set(one.category.0),
        exam_id: Set(None),
        title: Set(one.title.clone()),
        max_score: Set(one.limits.max_score.ten_thousandths()),
        weight: Set(one.weight.ten_thousandths()),
        extra_credit_limit: Set(one.limits.extra_credit_limit.ten_thousandths()),
        held_on: Set(held_on.clone()),
        state: Set("draft".to_owned()),
        position: Set(place(course.0)),
        ..Default::default()
    });
    assessment::Entity::insert_many(rows)
        .exec_without_returning(tx.raw())
        .await?;
    let of_day: Vec<(i64, i64, i64)> = of_day()
        .columns([assessment::Column::Position, assessment::Column::Id])
        .into_tuple()
        .all(tx.raw())
        .await?;
    let created: HashMap<CourseId, AssessmentId> = of_day
        .into_iter()
        .filter(|(course, position, _)| *position == place(*course))
        .map(|(course, _, id)| (CourseId(course), AssessmentId(id)))
        .collect();
    let changes = new.iter().map(|(course, _, detail)| NewChange {
        course: Some(*course),
        assessment: created.get(course).copied(),
        detail: Some(detail.clone()),
        ..NewChange::of(ChangeKind::AssessmentCreated)
    });
    change_log::append(tx, stamp, changes).await?;
    Ok(created)
}

/// Moves assessments, each to a category of its own course, which must be locked.
///
/// # Errors
/// Any database failure.
pub async fn move_assessments(
    tx: &Tx,
    grants: &[Grant<EditAssessments>],
    stamp: &Stamp<'_>,
    moves: &[(CourseId, AssessmentId, CategoryId, String)],
) -> Result<(), DbError> {
    granted(grants, moves.iter().map(|(course, ..)| *course))?;
    for chunk in moves.chunks(MOVED_AT_ONCE) {
        put_into(tx, chunk).await?;
    }
    let changes = moves
        .iter()
        .map(|(course, assessment, _, detail)| NewChange {
            course: Some(*course),
            assessment: Some(*assessment),
            detail: Some(detail.clone()),
            ..NewChange::of(ChangeKind::AssessmentChanged)
        });
    change_log::append(tx, stamp, changes).await
}

/// Sets the categories of assessments in one statement, however many categories there are.
async fn put_into(
    tx: &Tx,
    moves: &[(CourseId, AssessmentId, CategoryId, String)],
) -> Result<(), DbError> {
    let mut into: HashMap<CategoryId, Vec<i64>> = HashMap::new();
    for (_, assessment, category, _) in moves {
        into.entry(*category).or_default().push(assessment.0);
    }
    let id = || Expr::col(assessment::Column::Id);
    let case = into
        .into_iter()
        .fold(CaseStatement::new(), |case, (category, ids)| {
            case.case(id().is_in(ids), Expr::value(category.0))
        });
    let same = Expr::col(assessment::Column::CategoryId);
    assessment::Entity::update_many()
        .col_expr(assessment::Column::CategoryId, case.finally(same).into())
        .filter(assessment::Column::Id.is_in(moves.iter().map(|(_, id, ..)| id.0)))
        .filter(assessment::Column::CourseId.is_in(moves.iter().map(|(course, ..)| course.0)))
        .exec(tx.raw())
        .await?;
    Ok(())
}

/// Writes categories, each over the one of its name in its course or as a new one, and returns the
/// ids of all categories of these courses by course and name. The courses must be locked.
///
/// # Errors
/// Any database failure.
pub async fn put_categories(
    tx: &Tx,
    grants: &[Grant<EditAssessments>],
    stamp: &Stamp<'_>,
    writes: &[CategoryWrite],
) -> Result<HashMap<(CourseId, String), CategoryId>, DbError> {
    granted(grants, writes.iter().map(|write| write.course))?;
    if writes.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = writes.iter().map(|write| category::ActiveModel {
        course_id: Set(write.course.0),
        name: Set(write.fields.name.clone()),
        weight: Set(write.fields.weight.ten_thousandths()),
        aggregation: Set(write.fields.aggregation.as_str().to_owned()),
        drop_lowest: Set(i64::from(write.fields.drop_lowest)),
        drop_highest: Set(i64::from(write.fields.drop_highest)),
        position: Set(write.position),
        ..Default::default()
    });
    let over = OnConflict::columns([category::Column::CourseId, category::Column::Name])
        .update_columns([
            category::Column::Weight,
            category::Column::Aggregation,
            category::Column::DropLowest,
            category::Column::DropHighest,
            category::Column::Position,
        ])
        .to_owned();
    category::Entity::insert_many(rows)
        .on_conflict(over)
        .exec_without_returning(tx.raw())
        .await?;
    let changes = writes.iter().flat_map(|write| {
        write.log.iter().map(|(kind, detail)| NewChange {
            course: Some(write.course),
            detail: Some(detail.clone()),
            ..NewChange::of(*kind)
        })
    });
    change_log::append(tx, stamp, changes).await?;
    let written: Vec<(i64, String, i64)> = category::Entity::find()
        .select_only()
        .columns([
            category::Column::CourseId,
            category::Column::Name,
            category::Column::Id,
        ])
        .filter(category::Column::CourseId.is_in(writes.iter().map(|write| write.course.0)))
        .into_tuple()
        .all(tx.raw())
        .await?;
    let written = written
        .into_iter()
        .map(|(course, name, id)| ((CourseId(course), name), CategoryId(id)));
    Ok(written.collect())
}

/// Deletes categories that have no assessments any more.
///
/// # Errors
/// Any database failure: an assessment that is still in one is one.
pub async fn delete_categories(
    tx: &Tx,
    grants: &[Grant<EditAssessments>],
    stamp: &Stamp<'_>,
    deleted: &[(CourseId, CategoryId, String)],
) -> Result<(), DbError> {
    granted(grants, deleted.iter().map(|(course, ..)| *course))?;
    if deleted.is_empty() {
        return Ok(());
    }
    category::Entity::delete_many()
        .filter(category::Column::Id.is_in(deleted.iter().map(|(_, id, _)| id.0)))
        .filter(category::Column::CourseId.is_in(deleted.iter().map(|(course, ..)| course.0)))
        .exec(tx.raw())
        .await?;
    let changes = deleted.iter().map(|(course, _, detail)| NewChange {
        course: Some(*course),
        detail: Some(detail.clone()),
        ..NewChange::of(ChangeKind::CategoryDeleted)
    });
    change_log::append(tx, stamp, changes).await
}

/// Changes how courses count and what they show, all of them to the same.
///
/// # Errors
/// Any database failure.
pub async fn change_policies(
    tx: &Tx,
    grants: &[Grant<EditAssessments>],
    stamp: &Stamp<'_>,
    to: &PolicyFields,
    courses: &[(CourseId, String)],
) -> Result<(), DbError> {
    granted(grants, courses.iter().map(|(course, _)| *course))?;
    if courses.is_empty() {
        return Ok(());
    }
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
        .filter(course::Column::Id.is_in(courses.iter().map(|(course, _)| course.0)))
        .exec(tx.raw())
        .await?;
    let changes = courses.iter().map(|(course, detail)| NewChange {
        course: Some(*course),
        detail: Some(detail.clone()),
        ..NewChange::of(ChangeKind::CoursePolicyChanged)
    });
    change_log::append(tx, stamp, changes).await
}
