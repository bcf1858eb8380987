//! Courses as lists show them: searched, and in parts.

use std::collections::HashMap;

use gradebook_auth::Actor;
use gradebook_domain::{ClassId, ClassPlace, CourseId, SubjectId, TermId, UserId};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, RelationDef,
};

use super::courses::{Course, visible_to, with_names};
use crate::db::Read;
use crate::entity::{assessment, class, course, course_teacher, score, subject, user};
use crate::error::DbError;
use crate::words::Word;

/// Which courses to list; what is left open holds for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CourseFilter {
    /// The term.
    pub term: Option<TermId>,
    /// The class.
    pub class: Option<ClassId>,
    /// The subject.
    pub subject: Option<SubjectId>,
    /// Parts of the names of class, subject and teachers, with spaces between: a course has all of them.
    pub text: String,
}

fn matching(actor: &Actor, filter: &CourseFilter) -> Condition {
    let mut all = visible_to(actor)
        .add_option(filter.term.map(|id| course::Column::TermId.eq(id.0)))
        .add_option(filter.class.map(|id| course::Column::ClassId.eq(id.0)))
        .add_option(filter.subject.map(|id| course::Column::SubjectId.eq(id.0)));
    for word in Word::all_of(&filter.text) {
        all = all.add(has(&word));
    }
    all
}

/// Whether a course has the part in the name of its class, its subject or a teacher.
pub(crate) fn has(word: &Word) -> Condition {
    let classes = class::Entity::find()
        .select_only()
        .column(class::Column::Id)
        .filter(word.in_any([class::Column::GradeLevel, class::Column::Name]))
        .into_query();
    let subjects = subject::Entity::find()
        .select_only()
        .column(subject::Column::Id)
        .filter(word.in_any([
            subject::Column::NameZh,
            subject::Column::NameEn,
            subject::Column::Code,
        ]))
        .into_query();
    let people = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        // By name only: a search must not tell students what their teachers sign in with.
        .filter(word.in_any([user::Column::Name]))
        .into_query();
    let taught = course_teacher::Entity::find()
        .select_only()
        .column(course_teacher::Column::CourseId)
        .filter(course_teacher::Column::TeacherId.in_subquery(people))
        .into_query();
    Condition::any()
        .add(course::Column::ClassId.in_subquery(classes))
        .add(course::Column::SubjectId.in_subquery(subjects))
        .add(course::Column::Id.in_subquery(taught))
}

/// The courses that the actor may see after `after`, in order of id.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn by_id(
    db: &impl Read,
    actor: &Actor,
    filter: &CourseFilter,
    after: CourseId,
    limit: u64,
) -> Result<Vec<Course>, DbError> {
    let rows = course::Entity::find()
        .filter(matching(actor, filter))
        .filter(course::Column::Id.gt(after.0))
        .order_by_asc(course::Column::Id)
        .limit(limit)
        .all(&db.on().0)
        .await?;
    with_names(db, rows).await
}

/// The same class by class, these in the order of [`super::courses::Class::place`], and those of a class in
/// the order in which they were added: those that come after `after`. The order of classes is none that a
/// database knows, so the ids of what matches are put in order here.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn by_class(
    db: &impl Read,
    actor: &Actor,
    filter: &CourseFilter,
    after: Option<CourseId>,
    limit: u64,
) -> Result<Vec<Course>, DbError> {
    let mut places = places(db, matching(actor, filter)).await?;
    if let Some(after) = after
        && let Some(after) = place_of(db, after).await?
    {
        places.retain(|place| *place > after);
    }
    places.sort();
    places.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let order: HashMap<i64, usize> = (0..)
        .zip(&places)
        .map(|(at, (_, course))| (course.0, at))
        .collect();
    let mut rows = course::Entity::find()
        .filter(course::Column::Id.is_in(order.keys().copied()))
        .all(&db.on().0)
        .await?;
    rows.sort_by_key(|row| order.get(&row.id).copied());
    with_names(db, rows).await
}

/// Where the courses that meet the condition stand in the list class by class, in no order.
async fn places(db: &impl Read, which: Condition) -> Result<Vec<(ClassPlace, CourseId)>, DbError> {
    let rows: Vec<(i64, i64, String, String, String)> = course::Entity::find()
        .select_only()
        .columns([course::Column::Id, course::Column::ClassId])
        .columns([
            class::Column::SchoolYear,
            class::Column::GradeLevel,
            class::Column::Name,
        ])
        .join(JoinType::InnerJoin, class_of_course())
        .filter(which)
        .into_tuple()
        .all(&db.on().0)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, class, year, level, name)| {
            let place = ClassPlace::new(&year, &level, &name, ClassId(class));
            (place, CourseId(id))
        })
        .collect())
}

fn class_of_course() -> RelationDef {
    course::Entity::belongs_to(class::Entity)
        .from(course::Column::ClassId)
        .to(class::Column::Id)
        .into()
}

async fn place_of(
    db: &impl Read,
    course: CourseId,
) -> Result<Option<(ClassPlace, CourseId)>, DbError> {
    let one = Condition::all().add(course::Column::Id.eq(course.0));
    Ok(places(db, one).await?.pop())
}

/// The courses of a class in which a student has scores, in order of id.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn scored_by(
    db: &impl Read,
    class: ClassId,
    student: UserId,
) -> Result<Vec<Course>, DbError> {
    let scored = score::Entity::find()
        .select_only()
        .column(score::Column::AssessmentId)
        .filter(score::Column::StudentId.eq(student.0))
        .filter(score::Column::Status.ne("blank"))
        .into_query();
    let courses = assessment::Entity::find()
        .select_only()
        .column(assessment::Column::CourseId)
        .filter(assessment::Column::Id.in_subquery(scored))
        .into_query();
    let rows = course::Entity::find()
        .filter(course::Column::ClassId.eq(class.0))
        .filter(course::Column::Id.in_subquery(courses))
        .order_by_asc(course::Column::Id)
        .all(&db.on().0)
        .await?;
    with_names(db, rows).await
}

/// How many courses that the actor may see the filter lets through; with `until`, those up to this one
/// in the order of [`by_class`].
///
/// # Errors
/// Any database failure.
pub async fn count(
    db: &impl Read,
    actor: &Actor,
    filter: &CourseFilter,
    until: Option<CourseId>,
) -> Result<u64, DbError> {
    let found = matching(actor, filter);
    let Some(until) = until else {
        let found = course::Entity::find().filter(found);
        return Ok(found.count(&db.on().0).await?);
    };
    let Some(until) = place_of(db, until).await? else {
        return Ok(0);
    };
    let places = places(db, found).await?;
    Ok(places.iter().filter(|place| **place <= until).count() as u64)
}
