//! Classes and who belongs to them from when to when.

use std::collections::{BTreeSet, HashMap};

use gradebook_auth::Grant;
use gradebook_auth::actions::ManageSetup;
use gradebook_domain::{ClassId, ClassPlace, EnrolmentId, UserId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use super::courses::{self, Class, Term};
use super::gradebook::Student;
use crate::db::Read;
use crate::entity::{assessment, class, course, enrolment, score, term, user};
use crate::error::DbError;
use crate::repo::school::EnrolmentDates;
use crate::words::Word;

/// A student's membership of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Id.
    pub id: EnrolmentId,
    /// The class.
    pub class: ClassId,
    /// The student.
    pub student: Student,
    /// From when to when.
    pub dates: EnrolmentDates,
}

/// Which classes to list; what is left open holds for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClassFilter {
    /// The school year.
    pub school_year: Option<String>,
    /// Parts of the school year, the grade level or the name, with spaces between: a class has all of them.
    pub text: String,
}

fn matching(filter: &ClassFilter) -> Condition {
    let of_year = filter.school_year.as_deref();
    let mut all =
        Condition::all().add_option(of_year.map(|year| class::Column::SchoolYear.eq(year)));
    for word in Word::all_of(&filter.text) {
        all = all.add(word.in_any([
            class::Column::GradeLevel,
            class::Column::Name,
            class::Column::SchoolYear,
        ]));
    }
    all
}

/// Classes after `after`, in order of id.
///
/// # Errors
/// Any database failure.
pub async fn classes(
    db: &impl Read,
    _grant: &Grant<ManageSetup>,
    filter: &ClassFilter,
    after: ClassId,
    limit: u64,
) -> Result<Vec<Class>, DbError> {
    let rows = class::Entity::find()
        .filter(matching(filter))
        .filter(class::Column::Id.gt(after.0))
        .order_by_asc(class::Column::Id)
        .limit(limit)
        .all(&db.on().0)
        .await?;
    Ok(rows.into_iter().map(courses::read_class).collect())
}

/// Classes in the order of [`Class::place`]; those that come after `after`. How names are counted is no
/// order that both databases know, so the classes that match, a few hundred, are put in order here.
///
/// # Errors
/// Any database failure.
pub async fn classes_by_year(
    db: &impl Read,
    _grant: &Grant<ManageSetup>,
    filter: &ClassFilter,
    after: Option<ClassId>,
    limit: u64,
) -> Result<Vec<Class>, DbError> {
    let rows = class::Entity::find()
        .filter(matching(filter))
        .all(&db.on().0)
        .await?;
    let mut classes: Vec<Class> = rows.into_iter().map(courses::read_class).collect();
    if let Some(after) = after
        && let Some(after) = place_of(db, after).await?
    {
        classes.retain(|class| class.place() > after);
    }
    classes.sort_by_cached_key(Class::place);
    classes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(classes)
}

async fn place_of(db: &impl Read, class: ClassId) -> Result<Option<ClassPlace>, DbError> {
    let found = class::Entity::find_by_id(class.0).one(&db.on().0).await?;
    Ok(found.map(|row| courses::read_class(row).place()))
}

/// How many classes the filter lets through; with `until`, those up to this one in the order of
/// [`classes_by_year`].
///
/// # Errors
/// Any database failure.
pub async fn count_classes(
    db: &impl Read,
    _grant: &Grant<ManageSetup>,
    filter: &ClassFilter,
    until: Option<ClassId>,
) -> Result<u64, DbError> {
    let found = class::Entity::find().filter(matching(filter));
    let Some(until) = until else {
        return Ok(found.count(&db.on().0).await?);
    };
    let Some(until) = place_of(db, until).await? else {
        return Ok(0);
    };
    let rows = found.all(&db.on().0).await?;
    let classes = rows.into_iter().map(courses::read_class);
    Ok(classes.filter(|class| class.place() <= until).count() as u64)
}

/// The classes with these ids.
///
/// # Errors
/// Any database failure.
pub async fn classes_by_id(
    db: &impl Read,
    ids: &BTreeSet<ClassId>,
) -> Result<HashMap<ClassId, Class>, DbError> {
    let rows = class::Entity::find()
        .filter(class::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .all(&db.on().0)
        .await?;
    let classes = rows.into_iter().map(courses::read_class);
    Ok(classes.map(|class| (class.id, class)).collect())
}

/// The school years that have classes or terms, the newest first.
///
/// # Errors
/// Any database failure.
pub async fn school_years(db: &impl Read) -> Result<Vec<String>, DbError> {
    let of_classes: Vec<String> = class::Entity::find()
        .select_only()
        .column(class::Column::SchoolYear)
        .distinct()
        .into_tuple()
        .all(&db.on().0)
        .await?;
    let of_terms: Vec<String> = term::Entity::find()
        .select_only()
        .column(term::Column::SchoolYear)
        .distinct()
        .into_tuple()
        .all(&db.on().0)
        .await?;
    let years: BTreeSet<String> = of_classes.into_iter().chain(of_terms).collect();
    Ok(years.into_iter().rev().collect())
}

/// How many students belong to each of `classes` on `day` or later.
///
/// # Errors
/// Any database failure.
pub async fn sizes(
    db: &impl Read,
    classes: &[ClassId],
    day: &str,
) -> Result<HashMap<ClassId, u64>, DbError> {
    let rows: Vec<(i64, i64)> = enrolment::Entity::find()
        .select_only()
        .column(enrolment::Column::ClassId)
        .column_as(
            Expr::col(enrolment::Column::StudentId).count_distinct(),
            "many",
        )
        .filter(enrolment::Column::ClassId.is_in(classes.iter().map(|class| class.0)))
        .filter(
            enrolment::Column::EndsOn
                .is_null()
                .or(enrolment::Column::EndsOn.gte(day)),
        )
        .group_by(enrolment::Column::ClassId)
        .into_tuple()
        .all(&db.on().0)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(class, many)| Some((ClassId(class), u64::try_from(many).ok()?)))
        .collect())
}

/// Whether a class has courses.
///
/// # Errors
/// Any database failure.
pub async fn has_courses(db: &impl Read, class: ClassId) -> Result<bool, DbError> {
    let found: Option<i64> = course::Entity::find()
        .select_only()
        .column(course::Column::Id)
        .filter(course::Column::ClassId.eq(class.0))
        .into_tuple()
        .one(&db.on().0)
        .await?;
    Ok(found.is_some())
}

/// Which enrolments to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of<'a> {
    /// All that a class ever had.
    Class(ClassId),
    /// Those of a class that hold on a day.
    ClassOn(ClassId, &'a str),
    /// Those of a student in a class.
    StudentIn(ClassId, UserId),
    /// All of a student.
    Student(UserId),
}

/// Enrolments after `after`, in order of id.
///
/// # Errors
/// Any database failure.
pub async fn enrolments(
    db: &impl Read,
    of: Of<'_>,
    after: EnrolmentId,
    limit: u64,
) -> Result<Vec<Enrolment>, DbError> {
    let which = match of {
        Of::Class(class) => Condition::all().add(enrolment::Column::ClassId.eq(class.0)),
        Of::ClassOn(class, day) => Condition::all()
            .add(enrolment::Column::ClassId.eq(class.0))
            .add(enrolment::Column::StartsOn.lte(day))
            .add(
                enrolment::Column::EndsOn
                    .is_null()
                    .or(enrolment::Column::EndsOn.gte(day)),
            ),
        Of::StudentIn(class, student) => Condition::all()
            .add(enrolment::Column::ClassId.eq(class.0))
            .add(enrolment::Column::StudentId.eq(student.0)),
        Of::Student(student) => Condition::all().add(enrolment::Column::StudentId.eq(student.0)),
    };
    let rows = enrolment::Entity::find()
        .filter(which)
        .filter(enrolment::Column::Id.gt(after.0))
        .order_by_asc(enrolment::Column::Id)
        .limit(limit)
        .all(&db.on().0)
        .await?;
    let ids: BTreeSet<i64> = rows.iter().map(|row| row.student_id).collect();
    let people: HashMap<i64, (String, Option<String>)> = user::Entity::find()
        .select_only()
        .columns([
            user::Column::Id,
            user::Column::Name,
            user::Column::StudentNumber,
        ])
        .filter(user::Column::Id.is_in(ids))
        .into_tuple::<(i64, String, Option<String>)>()
        .all(&db.on().0)
        .await?
        .into_iter()
        .map(|(id, name, number)| (id, (name, number)))
        .collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let (name, number) = people.get(&row.student_id).cloned().unwrap_or_default();
            Enrolment {
                id: EnrolmentId(row.id),
                class: ClassId(row.class_id),
                student: Student {
                    id: UserId(row.student_id),
                    student_number: number.unwrap_or_default(),
                    name,
                },
                dates: EnrolmentDates {
                    starts_on: row.starts_on,
                    ends_on: row.ends_on,
                },
            }
        })
        .collect())
}

/// The terms in which a student has scores in courses of a class.
///
/// # Errors
/// Any database failure.
pub async fn scored_terms(
    db: &impl Read,
    class: ClassId,
    student: UserId,
) -> Result<Vec<Term>, DbError> {
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
    let terms = course::Entity::find()
        .select_only()
        .column(course::Column::TermId)
        .filter(course::Column::ClassId.eq(class.0))
        .filter(course::Column::Id.in_subquery(courses))
        .into_query();
    let rows = term::Entity::find()
        .filter(term::Column::Id.in_subquery(terms))
        .order_by_asc(term::Column::StartsOn)
        .all(&db.on().0)
        .await?;
    Ok(rows.into_iter().map(courses::read_term).collect())
}
