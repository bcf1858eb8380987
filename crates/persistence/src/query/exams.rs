//! Exams with the courses that sit them.

use std::collections::{HashMap, HashSet};

use gradebook_domain::{AssessmentId, CourseId, ExamId, UserId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::courses::{self, Course, Which};
use super::gradebook::{Assessment, Exam, read_assessment, read_exam};
use crate::db::Read;
use crate::entity::{assessment, course_teacher, exam, score};
use crate::error::DbError;

/// A course's part in an exam.
#[derive(Debug, Clone)]
pub struct ExamCourse {
    /// The course.
    pub course: Course,
    /// Its assessment.
    pub assessment: Assessment,
    /// How many cells were ever written.
    pub written: u64,
}

/// One exam.
///
/// # Errors
/// Any database failure.
pub async fn one(db: &impl Read, id: ExamId) -> Result<Option<Exam>, DbError> {
    let row = exam::Entity::find_by_id(id.0).one(&db.on().0).await?;
    Ok(row.map(read_exam))
}

/// The courses that sit an exam, by class and subject.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn courses_of(db: &impl Read, id: ExamId) -> Result<Vec<ExamCourse>, DbError> {
    let on = &db.on().0;
    let rows = assessment::Entity::find()
        .filter(assessment::Column::ExamId.eq(id.0))
        .order_by_asc(assessment::Column::Id)
        .all(on)
        .await?;
    let assessments = rows
        .into_iter()
        .map(read_assessment)
        .collect::<Result<Vec<_>, _>>()?;
    let written: HashMap<AssessmentId, u64> = score::Entity::find()
        .select_only()
        .column(score::Column::AssessmentId)
        .column_as(Expr::col(score::Column::StudentId).count(), "many")
        .filter(score::Column::AssessmentId.is_in(assessments.iter().map(|one| one.id.0)))
        .group_by(score::Column::AssessmentId)
        .into_tuple::<(i64, i64)>()
        .all(on)
        .await?
        .into_iter()
        .filter_map(|(id, many)| Some((AssessmentId(id), u64::try_from(many).ok()?)))
        .collect();
    let ids: Vec<CourseId> = assessments.iter().map(|one| one.course).collect();
    let most = ids.len() as u64;
    let found = courses::list(db, &Which::Ids(ids), CourseId(0), most).await?;
    let by_id: HashMap<CourseId, Course> = found.into_iter().map(|one| (one.id, one)).collect();
    let mut parts: Vec<ExamCourse> = assessments
        .into_iter()
        .filter_map(|assessment| {
            Some(ExamCourse {
                course: by_id.get(&assessment.course)?.clone(),
                written: written.get(&assessment.id).copied().unwrap_or(0),
                assessment,
            })
        })
        .collect();
    parts.sort_by_key(|one| {
        (
            one.course.class.id,
            one.course.subject.position,
            one.course.id,
        )
    });
    Ok(parts)
}

/// Who teaches which of the courses, for giving the courses of another term to the same teachers.
///
/// # Errors
/// Any database failure.
pub async fn teachers_of(
    db: &impl Read,
    courses: &HashSet<CourseId>,
) -> Result<Vec<(CourseId, UserId)>, DbError> {
    let rows: Vec<(i64, i64)> = course_teacher::Entity::find()
        .select_only()
        .columns([
            course_teacher::Column::CourseId,
            course_teacher::Column::TeacherId,
        ])
        .filter(course_teacher::Column::CourseId.is_in(courses.iter().map(|id| id.0)))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(course, teacher)| (CourseId(course), UserId(teacher)))
        .collect())
}
