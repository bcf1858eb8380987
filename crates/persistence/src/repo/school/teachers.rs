//! Who teaches a course.

use std::collections::BTreeSet;

use gradebook_auth::Grant;
use gradebook_auth::actions::ManageSetup;
use gradebook_domain::{CourseId, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::Tx;
use crate::entity::{course, course_teacher};
use crate::error::DbError;

/// Gives courses to teachers.
///
/// # Errors
/// [`DbError::Duplicate`] when one of them teaches the course already.
pub async fn assign_teachers(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    assignments: &[(CourseId, UserId)],
) -> Result<(), DbError> {
    if assignments.is_empty() {
        return Ok(());
    }
    let rows = assignments
        .iter()
        .map(|(course, teacher)| course_teacher::ActiveModel {
            course_id: Set(course.0),
            teacher_id: Set(teacher.0),
        });
    course_teacher::Entity::insert_many(rows)
        .exec_without_returning(tx.raw())
        .await?;
    let changes = assignments
        .iter()
        .map(|(course, teacher)| change(ChangeKind::TeacherAssigned, *course, *teacher));
    change_log::append(tx, stamp, changes).await
}

/// Gives a course to these teachers and takes it from all others; `false` when there is no such
/// course. Those who keep it are not on record again.
///
/// # Errors
/// Any database failure.
pub async fn set_teachers(
    tx: &Tx,
    grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    course: CourseId,
    teachers: &BTreeSet<UserId>,
) -> Result<bool, DbError> {
    // Locked, so that of two who do this at once the second replaces what the first set.
    let locked: Option<i64> = course::Entity::find_by_id(course.0)
        .select_only()
        .column(course::Column::Id)
        .lock_exclusive()
        .into_tuple()
        .one(tx.raw())
        .await?;
    if locked.is_none() {
        return Ok(false);
    }
    let now: BTreeSet<UserId> = course_teacher::Entity::find()
        .select_only()
        .column(course_teacher::Column::TeacherId)
        .filter(course_teacher::Column::CourseId.eq(course.0))
        .into_tuple::<i64>()
        .all(tx.raw())
        .await?
        .into_iter()
        .map(UserId)
        .collect();
    let removed: Vec<UserId> = now.difference(teachers).copied().collect();
    if !removed.is_empty() {
        course_teacher::Entity::delete_many()
            .filter(course_teacher::Column::CourseId.eq(course.0))
            .filter(course_teacher::Column::TeacherId.is_in(removed.iter().map(|id| id.0)))
            .exec(tx.raw())
            .await?;
        let changes = removed
            .into_iter()
            .map(|teacher| change(ChangeKind::TeacherRemoved, course, teacher));
        change_log::append(tx, stamp, changes).await?;
    }
    let added: Vec<(CourseId, UserId)> = teachers
        .difference(&now)
        .map(|teacher| (course, *teacher))
        .collect();
    assign_teachers(tx, grant, stamp, &added).await?;
    Ok(true)
}

fn change(kind: ChangeKind, course: CourseId, teacher: UserId) -> NewChange {
    NewChange {
        course: Some(course),
        user: Some(teacher),
        ..NewChange::of(kind)
    }
}
