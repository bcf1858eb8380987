//! The school's structure, as imports and lists look it up.

use std::collections::{HashMap, HashSet};

use gradebook_auth::Grant;
use gradebook_auth::actions::FollowEvents;
use gradebook_domain::{
    AssessmentId, ClassId, CourseId, ExamId, Points, SubjectId, TermId, UserId,
};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::courses::{self, Class, Subject, Term};
use super::gradebook::{Exam, read_exam};
use super::membership;
use crate::db::Read;
use crate::entity::{assessment, class, course, course_teacher, enrolment, exam, subject, term};
use crate::error::DbError;

/// The term of this name in a school year.
///
/// # Errors
/// Any database failure.
pub async fn term(db: &impl Read, school_year: &str, name: &str) -> Result<Option<Term>, DbError> {
    let row = term::Entity::find()
        .filter(term::Column::SchoolYear.eq(school_year))
        .filter(term::Column::Name.eq(name))
        .one(&db.on().0)
        .await?;
    Ok(row.map(courses::read_term))
}

/// The terms in which scores can be entered, the latest first.
///
/// # Errors
/// Any database failure.
pub async fn open_terms(db: &impl Read) -> Result<Vec<Term>, DbError> {
    let rows = term::Entity::find()
        .filter(term::Column::State.eq("open"))
        .order_by_desc(term::Column::StartsOn)
        .order_by_desc(term::Column::Id)
        .all(&db.on().0)
        .await?;
    Ok(rows.into_iter().map(courses::read_term).collect())
}

/// The term with this id.
///
/// # Errors
/// Any database failure.
pub async fn term_of(db: &impl Read, id: TermId) -> Result<Option<Term>, DbError> {
    let row = term::Entity::find_by_id(id.0).one(&db.on().0).await?;
    Ok(row.map(courses::read_term))
}

/// All subjects with their default full marks, in their order.
///
/// # Errors
/// Any database failure.
pub async fn subjects(db: &impl Read) -> Result<Vec<(Subject, Points)>, DbError> {
    let rows = subject::Entity::find()
        .order_by_asc(subject::Column::Position)
        .order_by_asc(subject::Column::Id)
        .all(&db.on().0)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let full = Points::from_ten_thousandths(row.default_max_score);
            (courses::read_subject(row), full)
        })
        .collect())
}

/// The classes of a school year.
///
/// # Errors
/// Any database failure.
pub async fn classes(db: &impl Read, school_year: &str) -> Result<Vec<Class>, DbError> {
    let rows = class::Entity::find()
        .filter(class::Column::SchoolYear.eq(school_year))
        .order_by_asc(class::Column::Id)
        .all(&db.on().0)
        .await?;
    Ok(rows.into_iter().map(courses::read_class).collect())
}

/// Who is in which of `classes` during the term: the rows of its gradebooks.
///
/// # Errors
/// Any database failure.
pub async fn members(
    db: &impl Read,
    classes: &HashSet<ClassId>,
    term: &Term,
) -> Result<HashSet<(ClassId, UserId)>, DbError> {
    let rows: Vec<(i64, i64)> = enrolment::Entity::find()
        .select_only()
        .columns([enrolment::Column::ClassId, enrolment::Column::StudentId])
        .filter(enrolment::Column::ClassId.is_in(classes.iter().map(|class| class.0)))
        .filter(membership::during(term))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(class, student)| (ClassId(class), UserId(student)))
        .collect())
}

/// The courses of a term by class and subject.
///
/// # Errors
/// Any database failure.
pub async fn courses_of_term(
    db: &impl Read,
    term: TermId,
) -> Result<HashMap<(ClassId, SubjectId), CourseId>, DbError> {
    let rows: Vec<(i64, i64, i64)> = course::Entity::find()
        .select_only()
        .columns([
            course::Column::ClassId,
            course::Column::SubjectId,
            course::Column::Id,
        ])
        .filter(course::Column::TermId.eq(term.0))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(class, subject, id)| ((ClassId(class), SubjectId(subject)), CourseId(id)))
        .collect())
}

/// The exams of these terms, the latest first.
///
/// # Errors
/// Any database failure.
pub async fn exams_of_terms(db: &impl Read, terms: &[TermId]) -> Result<Vec<Exam>, DbError> {
    let rows = exam::Entity::find()
        .filter(exam::Column::TermId.is_in(terms.iter().map(|term| term.0)))
        .order_by_desc(exam::Column::HeldOn)
        .order_by_desc(exam::Column::Id)
        .all(&db.on().0)
        .await?;
    Ok(rows.into_iter().map(read_exam).collect())
}

/// The exam of this name in a term.
///
/// # Errors
/// Any database failure.
pub async fn exam_named(db: &impl Read, term: TermId, name: &str) -> Result<Option<Exam>, DbError> {
    let row = exam::Entity::find()
        .filter(exam::Column::TermId.eq(term.0))
        .filter(exam::Column::Name.eq(name))
        .one(&db.on().0)
        .await?;
    Ok(row.map(read_exam))
}

/// The exam's assessment in each course.
///
/// # Errors
/// Any database failure.
pub async fn assessments_of_exam(
    db: &impl Read,
    exam: ExamId,
) -> Result<HashMap<CourseId, AssessmentId>, DbError> {
    let rows: Vec<(i64, i64)> = assessment::Entity::find()
        .select_only()
        .columns([assessment::Column::CourseId, assessment::Column::Id])
        .filter(assessment::Column::ExamId.eq(exam.0))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(course, id)| (CourseId(course), AssessmentId(id)))
        .collect())
}

/// The courses of which a teacher hears.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaughtCourses {
    /// Those that they teach.
    pub own: HashSet<CourseId>,
    /// Other teachers' courses of the same classes in the same terms: on exam sheets they stand
    /// beside the own ones.
    pub beside: HashSet<CourseId>,
}

/// The courses that the follower of events teaches, and those beside them.
///
/// # Errors
/// Any database failure.
pub async fn courses_of_taught_classes(
    db: &impl Read,
    grant: &Grant<FollowEvents>,
) -> Result<TaughtCourses, DbError> {
    let taught = course_teacher::Entity::find()
        .select_only()
        .column(course_teacher::Column::CourseId)
        .filter(course_teacher::Column::TeacherId.eq(grant.on().user.0))
        .into_query();
    let classes = course::Entity::find()
        .select_only()
        .columns([course::Column::ClassId, course::Column::TermId])
        .filter(course::Column::Id.in_subquery(taught.clone()))
        .into_query();
    // A class of which somebody teaches a subject in that term, as `access::class_exam` asks.
    let class_in_term = [course::Column::ClassId, course::Column::TermId].map(Expr::col);
    let rows: Vec<(i64, i64)> = course::Entity::find()
        .select_only()
        .column(course::Column::Id)
        .column_as(course::Column::Id.in_subquery(taught), "own")
        .filter(Expr::tuple(class_in_term).in_subquery(classes))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    let mut courses = TaughtCourses::default();
    for (id, own) in rows {
        let kind = if own == 0 {
            &mut courses.beside
        } else {
            &mut courses.own
        };
        kind.insert(CourseId(id));
    }
    Ok(courses)
}

/// Every course of the classes that the follower of events belongs or belonged to as a student.
///
/// # Errors
/// Any database failure.
pub async fn courses_of_student(
    db: &impl Read,
    grant: &Grant<FollowEvents>,
) -> Result<HashSet<CourseId>, DbError> {
    let classes = enrolment::Entity::find()
        .select_only()
        .column(enrolment::Column::ClassId)
        .filter(enrolment::Column::StudentId.eq(grant.on().user.0))
        .into_query();
    courses_of(db, classes).await
}

async fn courses_of(
    db: &impl Read,
    classes: sea_orm::sea_query::SelectStatement,
) -> Result<HashSet<CourseId>, DbError> {
    let ids: Vec<i64> = course::Entity::find()
        .select_only()
        .column(course::Column::Id)
        .filter(course::Column::ClassId.in_subquery(classes))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    Ok(ids.into_iter().map(CourseId).collect())
}
