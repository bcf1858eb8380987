//! What the rows of a roster are compared with: classes, first days, enrolments and scores of many
//! people at once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use gradebook_domain::{ClassId, EnrolmentId, UserId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};

use super::courses::{self, Class};
use super::gradebook::Student;
use super::roster::Enrolment;
use crate::db::Read;
use crate::entity::{assessment, class, course, enrolment, score, term, user};
use crate::error::DbError;
use crate::repo::CHUNK;
use crate::repo::school::EnrolmentDates;

/// The classes of these school years.
///
/// # Errors
/// Any database failure.
pub async fn classes_of_years(
    db: &impl Read,
    years: &BTreeSet<String>,
) -> Result<Vec<Class>, DbError> {
    let rows = class::Entity::find()
        .filter(class::Column::SchoolYear.is_in(years))
        .order_by_asc(class::Column::Id)
        .all(&db.on().0)
        .await?;
    Ok(rows.into_iter().map(courses::read_class).collect())
}

/// The first day of the first term of each of these school years that has one.
///
/// # Errors
/// Any database failure.
pub async fn first_days(
    db: &impl Read,
    years: &BTreeSet<String>,
) -> Result<BTreeMap<String, String>, DbError> {
    let rows: Vec<(String, String)> = term::Entity::find()
        .select_only()
        .column(term::Column::SchoolYear)
        .column_as(Expr::col(term::Column::StartsOn).min(), "first")
        .filter(term::Column::SchoolYear.is_in(years))
        .group_by(term::Column::SchoolYear)
        .into_tuple()
        .all(&db.on().0)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Every enrolment of these students with its class, in order of enrolment.
///
/// # Errors
/// Any database failure.
pub async fn enrolments_of(
    db: &impl Read,
    students: &[UserId],
) -> Result<HashMap<UserId, Vec<(Enrolment, Class)>>, DbError> {
    let mut rows = Vec::new();
    for chunk in students.chunks(CHUNK) {
        let found = enrolment::Entity::find()
            .filter(enrolment::Column::StudentId.is_in(chunk.iter().map(|id| id.0)))
            .order_by_asc(enrolment::Column::Id)
            .all(&db.on().0)
            .await?;
        rows.extend(found);
    }
    let ids: BTreeSet<i64> = rows.iter().map(|row| row.class_id).collect();
    let classes: HashMap<i64, Class> = class::Entity::find()
        .filter(class::Column::Id.is_in(ids))
        .all(&db.on().0)
        .await?
        .into_iter()
        .map(|row| (row.id, courses::read_class(row)))
        .collect();
    let mut found: HashMap<UserId, Vec<(Enrolment, Class)>> = HashMap::new();
    for row in rows {
        let Some(class) = classes.get(&row.class_id).cloned() else {
            continue;
        };
        // Whoever asks knows the students.
        let student = Student {
            id: UserId(row.student_id),
            student_number: String::new(),
            name: String::new(),
        };
        let of_student = found.entry(student.id).or_default();
        of_student.push((read(row, student), class));
    }
    Ok(found)
}

/// Who belongs to these classes on `day` or later, with the classes, in order of student number.
///
/// # Errors
/// Any database failure.
pub async fn members(
    db: &impl Read,
    classes: &BTreeSet<ClassId>,
    day: &str,
) -> Result<Vec<(ClassId, Student)>, DbError> {
    let rows: Vec<(i64, i64)> = enrolment::Entity::find()
        .select_only()
        .columns([enrolment::Column::ClassId, enrolment::Column::StudentId])
        .distinct()
        .filter(enrolment::Column::ClassId.is_in(classes.iter().map(|class| class.0)))
        .filter(
            enrolment::Column::EndsOn
                .is_null()
                .or(enrolment::Column::EndsOn.gte(day)),
        )
        .into_tuple()
        .all(&db.on().0)
        .await?;
    let ids: Vec<i64> = rows.iter().map(|(_, student)| *student).collect();
    let mut people: HashMap<i64, Student> = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let found: Vec<(i64, String, Option<String>)> = user::Entity::find()
            .select_only()
            .columns([
                user::Column::Id,
                user::Column::Name,
                user::Column::StudentNumber,
            ])
            .filter(user::Column::Id.is_in(chunk.iter().copied()))
            .into_tuple()
            .all(&db.on().0)
            .await?;
        people.extend(found.into_iter().map(|(id, name, number)| {
            let student = Student {
                id: UserId(id),
                student_number: number.unwrap_or_default(),
                name,
            };
            (id, student)
        }));
    }
    let mut members: Vec<(ClassId, Student)> = rows
        .into_iter()
        .filter_map(|(class, student)| Some((ClassId(class), people.get(&student)?.clone())))
        .collect();
    members.sort_by(|(of, one), (of_other, other)| {
        (of, &one.student_number).cmp(&(of_other, &other.student_number))
    });
    Ok(members)
}

/// The classes and terms in which these students have scores: class, student, and first and last day
/// of the term.
///
/// # Errors
/// Any database failure.
pub async fn scored_terms(
    db: &impl Read,
    students: &[UserId],
    classes: &BTreeSet<ClassId>,
) -> Result<HashSet<(ClassId, UserId, String, String)>, DbError> {
    let mut scored = HashSet::new();
    if classes.is_empty() {
        return Ok(scored);
    }
    for chunk in students.chunks(CHUNK) {
        let rows: Vec<(i64, i64, String, String)> = score::Entity::find()
            .select_only()
            .column(course::Column::ClassId)
            .column(score::Column::StudentId)
            .column(term::Column::StartsOn)
            .column(term::Column::EndsOn)
            .distinct()
            .join(
                JoinType::InnerJoin,
                score::Entity::belongs_to(assessment::Entity)
                    .from(score::Column::AssessmentId)
                    .to(assessment::Column::Id)
                    .into(),
            )
            .join(
                JoinType::InnerJoin,
                assessment::Entity::belongs_to(course::Entity)
                    .from(assessment::Column::CourseId)
                    .to(course::Column::Id)
                    .into(),
            )
            .join(
                JoinType::InnerJoin,
                course::Entity::belongs_to(term::Entity)
                    .from(course::Column::TermId)
                    .to(term::Column::Id)
                    .into(),
            )
            .filter(score::Column::StudentId.is_in(chunk.iter().map(|id| id.0)))
            .filter(score::Column::Status.ne("blank"))
            .filter(course::Column::ClassId.is_in(classes.iter().map(|class| class.0)))
            .into_tuple()
            .all(&db.on().0)
            .await?;
        scored.extend(
            rows.into_iter().map(|(class, student, first, last)| {
                (ClassId(class), UserId(student), first, last)
            }),
        );
    }
    Ok(scored)
}

fn read(row: enrolment::Model, student: Student) -> Enrolment {
    Enrolment {
        id: EnrolmentId(row.id),
        class: ClassId(row.class_id),
        student,
        dates: EnrolmentDates {
            starts_on: row.starts_on,
            ends_on: row.ends_on,
        },
    }
}
