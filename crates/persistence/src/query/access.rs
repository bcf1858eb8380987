//! How an actor stands to a course or a class: the facts that the policy decides on, read together
//! with the data so that a stale token cannot widen access.

use std::collections::{HashMap, HashSet};

use gradebook_auth::actions::{ClassExamAccess, CourseAccess, ExamAccess};
use gradebook_auth::{Actor, Role};
use gradebook_domain::{ClassId, CourseId, ExamId, TermId, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::courses::{Term, read_term};
use crate::db::Read;
use crate::entity::{assessment, class, course, course_teacher, enrolment, exam, term};
use crate::error::DbError;
use crate::repo::MANY_IDS;

/// The facts about each of `courses` that exists.
///
/// # Errors
/// Any database failure.
pub async fn courses(
    db: &impl Read,
    actor: &Actor,
    courses: &HashSet<CourseId>,
) -> Result<HashMap<CourseId, CourseAccess>, DbError> {
    let ids = || courses.iter().map(|course| course.0);
    let found = places(db, courses).await?;
    let open_terms: HashSet<i64> = term::Entity::find()
        .select_only()
        .column(term::Column::Id)
        .filter(term::Column::Id.is_in(found.iter().map(|(_, _, term)| *term)))
        .filter(term::Column::State.eq("open"))
        .into_tuple()
        .all(&db.on().0)
        .await?
        .into_iter()
        .collect();
    let user = actor.user_id().map_or(0, |user| user.0);
    let taught: HashSet<i64> = match actor.role {
        Role::Teacher => course_teacher::Entity::find()
            .select_only()
            .column(course_teacher::Column::CourseId)
            .filter(course_teacher::Column::TeacherId.eq(user))
            .filter(course_teacher::Column::CourseId.is_in(ids()))
            .into_tuple()
            .all(&db.on().0)
            .await?
            .into_iter()
            .collect(),
        Role::Admin | Role::Student => HashSet::new(),
    };
    let attended: HashSet<i64> = match actor.role {
        Role::Student => enrolment::Entity::find()
            .select_only()
            .column(enrolment::Column::ClassId)
            .filter(enrolment::Column::StudentId.eq(user))
            .into_tuple()
            .all(&db.on().0)
            .await?
            .into_iter()
            .collect(),
        Role::Admin | Role::Teacher => HashSet::new(),
    };
    Ok(found
        .into_iter()
        .map(|(id, class, term)| {
            let access = CourseAccess {
                course: CourseId(id),
                teaches: taught.contains(&id),
                enrolled: attended.contains(&class),
                term_open: open_terms.contains(&term),
            };
            (CourseId(id), access)
        })
        .collect())
}

/// The facts about one course, if it exists.
///
/// # Errors
/// Any database failure.
pub async fn course(
    db: &impl Read,
    actor: &Actor,
    id: CourseId,
) -> Result<Option<CourseAccess>, DbError> {
    let mut found = courses(db, actor, &HashSet::from([id])).await?;
    Ok(found.remove(&id))
}

/// The courses of a teacher.
///
/// # Errors
/// Any database failure.
pub async fn taught_by(db: &impl Read, teacher: UserId) -> Result<HashSet<CourseId>, DbError> {
    let ids: Vec<i64> = course_teacher::Entity::find()
        .select_only()
        .column(course_teacher::Column::CourseId)
        .filter(course_teacher::Column::TeacherId.eq(teacher.0))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    Ok(ids.into_iter().map(CourseId).collect())
}

/// The facts about one class's sheet of an exam, if both exist and the class sat the exam.
///
/// # Errors
/// Any database failure.
pub async fn class_exam(
    db: &impl Read,
    actor: &Actor,
    exam: ExamId,
    class: ClassId,
) -> Result<Option<ClassExamAccess>, DbError> {
    let term: Option<i64> = exam::Entity::find_by_id(exam.0)
        .select_only()
        .column(exam::Column::TermId)
        .into_tuple()
        .one(&db.on().0)
        .await?;
    let (Some(term), Some(_)) = (
        term,
        class::Entity::find_by_id(class.0).one(&db.on().0).await?,
    ) else {
        return Ok(None);
    };
    let in_class: HashSet<i64> = course::Entity::find()
        .select_only()
        .column(course::Column::Id)
        .filter(course::Column::ClassId.eq(class.0))
        .filter(course::Column::TermId.eq(term))
        .into_tuple()
        .all(&db.on().0)
        .await?
        .into_iter()
        .collect();
    let examined: Vec<i64> = assessment::Entity::find()
        .select_only()
        .column(assessment::Column::CourseId)
        .filter(assessment::Column::ExamId.eq(exam.0))
        .filter(assessment::Column::CourseId.is_in(in_class.iter().copied()))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    if examined.is_empty() {
        return Ok(None);
    }
    let taught: HashSet<i64> = match (actor.role, actor.user_id()) {
        (Role::Teacher, Some(user)) => course_teacher::Entity::find()
            .select_only()
            .column(course_teacher::Column::CourseId)
            .filter(course_teacher::Column::TeacherId.eq(user.0))
            .filter(course_teacher::Column::CourseId.is_in(in_class.iter().copied()))
            .into_tuple()
            .all(&db.on().0)
            .await?
            .into_iter()
            .collect(),
        _ => HashSet::new(),
    };
    let may_edit = |course: &i64| actor.role == Role::Admin || taught.contains(course);
    Ok(Some(ClassExamAccess {
        exam,
        class,
        teaches_class: !taught.is_empty(),
        editable_courses: examined
            .into_iter()
            .filter(may_edit)
            .map(CourseId)
            .collect(),
    }))
}

/// A term in which a class has courses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassTerm {
    /// The term.
    pub id: TermId,
    /// Its last day, ISO 8601.
    pub ends_on: String,
    /// Whether the actor teaches some of these courses.
    pub teaches: bool,
}

/// The terms in which a class has courses, the latest first; `None` when there is no such class.
///
/// # Errors
/// Any database failure.
pub async fn class_terms(
    db: &impl Read,
    actor: &Actor,
    id: ClassId,
) -> Result<Option<Vec<ClassTerm>>, DbError> {
    if class::Entity::find_by_id(id.0)
        .one(&db.on().0)
        .await?
        .is_none()
    {
        return Ok(None);
    }
    let courses: Vec<(i64, i64)> = course::Entity::find()
        .select_only()
        .columns([course::Column::Id, course::Column::TermId])
        .filter(course::Column::ClassId.eq(id.0))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    let taught: HashSet<i64> = match (actor.role, actor.user_id()) {
        (Role::Teacher, Some(user)) => course_teacher::Entity::find()
            .select_only()
            .column(course_teacher::Column::CourseId)
            .filter(course_teacher::Column::TeacherId.eq(user.0))
            .filter(course_teacher::Column::CourseId.is_in(courses.iter().map(|(id, _)| *id)))
            .into_tuple()
            .all(&db.on().0)
            .await?
            .into_iter()
            .collect(),
        _ => HashSet::new(),
    };
    let taught: HashSet<i64> = courses
        .iter()
        .filter(|(course, _)| taught.contains(course))
        .map(|(_, term)| *term)
        .collect();
    let terms: Vec<(i64, String)> = term::Entity::find()
        .select_only()
        .columns([term::Column::Id, term::Column::EndsOn])
        .filter(term::Column::Id.is_in(courses.iter().map(|(_, term)| *term)))
        .order_by_desc(term::Column::StartsOn)
        .order_by_desc(term::Column::Id)
        .into_tuple()
        .all(&db.on().0)
        .await?;
    let terms = terms.into_iter().map(|(id, ends_on)| ClassTerm {
        id: TermId(id),
        ends_on,
        teaches: taught.contains(&id),
    });
    Ok(Some(terms.collect()))
}

/// The facts about an exam as a whole, if it exists.
///
/// # Errors
/// Any database failure.
pub async fn exam(
    db: &impl Read,
    actor: &Actor,
    id: ExamId,
) -> Result<Option<ExamAccess>, DbError> {
    let term: Option<i64> = exam::Entity::find_by_id(id.0)
        .select_only()
        .column(exam::Column::TermId)
        .into_tuple()
        .one(&db.on().0)
        .await?;
    let Some(term) = term else {
        return Ok(None);
    };
    let (Role::Teacher, Some(user)) = (actor.role, actor.user_id()) else {
        return Ok(Some(ExamAccess {
            exam: id,
            taught_classes: Vec::new(),
        }));
    };
    let examined = course::Entity::find()
        .select_only()
        .column(course::Column::ClassId)
        .filter(course::Column::Id.in_subquery(super::analysis::courses_of_exam(id.0)))
        .into_query();
    let taught = course_teacher::Entity::find()
        .select_only()
        .column(course_teacher::Column::CourseId)
        .filter(course_teacher::Column::TeacherId.eq(user.0))
        .into_query();
    // As `class_exam` asks for one class: any course of the class in the exam's term.
    let classes: Vec<i64> = course::Entity::find()
        .select_only()
        .column(course::Column::ClassId)
        .distinct()
        .filter(course::Column::TermId.eq(term))
        .filter(course::Column::Id.in_subquery(taught))
        .filter(course::Column::ClassId.in_subquery(examined))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    Ok(Some(ExamAccess {
        exam: id,
        taught_classes: classes.into_iter().map(ClassId).collect(),
    }))
}

/// Which of `students` belong to the class of which of `courses` in its term: the rows of its
/// gradebook.
///
/// # Errors
/// Any database failure.
pub async fn members(
    db: &impl Read,
    courses: &HashSet<CourseId>,
    students: &HashSet<UserId>,
) -> Result<HashSet<(CourseId, UserId)>, DbError> {
    let found = places(db, courses).await?;
    let terms: HashMap<i64, Term> = term::Entity::find()
        .filter(term::Column::Id.is_in(found.iter().map(|(_, _, term)| *term)))
        .all(&db.on().0)
        .await?
        .into_iter()
        .map(|row| (row.id, read_term(row)))
        .collect();
    let students: Vec<i64> = students.iter().map(|id| id.0).collect();
    let mut enrolled: Vec<(i64, i64, String, Option<String>)> = Vec::with_capacity(students.len());
    for chunk in students.chunks(MANY_IDS) {
        let rows = enrolment::Entity::find()
            .select_only()
            .columns([
                enrolment::Column::ClassId,
                enrolment::Column::StudentId,
                enrolment::Column::StartsOn,
                enrolment::Column::EndsOn,
            ])
            .filter(enrolment::Column::ClassId.is_in(found.iter().map(|(_, class, _)| *class)))
            .filter(enrolment::Column::StudentId.is_in(chunk.iter().copied()))
            .into_tuple()
            .all(&db.on().0)
            .await?;
        enrolled.extend(rows);
    }
    let mut members = HashSet::with_capacity(enrolled.len());
    for (course, class, term) in found {
        let Some(term) = terms.get(&term) else {
            continue;
        };
        members.extend(
            enrolled
                .iter()
                .filter(|(of, _, from, to)| *of == class && term.overlaps(from, to.as_deref()))
                .map(|(_, student, _, _)| (CourseId(course), UserId(*student))),
        );
    }
    Ok(members)
}

/// Course, class and term of each of `courses` that exists.
async fn places(
    db: &impl Read,
    courses: &HashSet<CourseId>,
) -> Result<Vec<(i64, i64, i64)>, DbError> {
    Ok(course::Entity::find()
        .select_only()
        .columns([
            course::Column::Id,
            course::Column::ClassId,
            course::Column::TermId,
        ])
        .filter(course::Column::Id.is_in(courses.iter().map(|id| id.0)))
        .into_tuple()
        .all(&db.on().0)
        .await?)
}
