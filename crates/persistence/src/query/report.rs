//! What report cards are made of: a school year of some students, published and locked assessments
//! only.

use std::collections::{HashMap, HashSet};

use gradebook_auth::Grant;
use gradebook_auth::actions::{SeeClassReport, SeeOwnGrades};
use gradebook_domain::{AssessmentId, ClassId, CourseId, TermId, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::courses::{self, Class, Course, Term, Which};
use super::gradebook::{self, Assessment, Category, Student};
use super::membership::DaysInClass;
use super::visible;
use crate::db::Read;
use crate::entity::{class, course, enrolment, score, term, user};
use crate::error::DbError;
use crate::repo::scores::{self, StoredScore};

/// A school year of some students.
#[derive(Debug, Clone)]
pub struct ReportData {
    /// The terms until the one that was asked for, in order.
    pub terms: Vec<Term>,
    /// All terms of which there could be a report, in order.
    pub choices: Vec<Term>,
    /// The students, by number.
    pub students: Vec<Student>,
    /// Which classes each belonged to, from which day, in order of that day, and until when.
    pub enrolments: HashMap<UserId, Vec<Membership>>,
    /// The same by class.
    pub days: DaysInClass,
    /// The courses of these classes in these terms.
    pub courses: Vec<Course>,
    /// Categories by course.
    pub categories: Vec<(CourseId, Category)>,
    /// Published and locked assessments.
    pub assessments: Vec<Assessment>,
    /// The students' cells in these assessments.
    pub scores: HashMap<(AssessmentId, UserId), StoredScore>,
}

/// A student's time in a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The class.
    pub class: ClassId,
    /// First day, ISO 8601.
    pub starts_on: String,
    /// Last day, if it is known.
    pub ends_on: Option<String>,
}

/// The report cards of the students of the grant's class in a term (the newest one of its courses if
/// none is named), from all their classes; `None` when there is no such class or term.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn of_class(
    db: &impl Read,
    grant: &Grant<SeeClassReport>,
    term: Option<TermId>,
) -> Result<Option<(Class, ReportData)>, DbError> {
    let id = grant.on().class;
    let Some(class) = class::Entity::find_by_id(id.0).one(&db.on().0).await? else {
        return Ok(None);
    };
    let Some((terms, choices)) = terms_until(db, &HashSet::from([id.0]), term).await? else {
        return Ok(None);
    };
    let students = match terms.last() {
        Some(term) => gradebook::students_of_class(db, id, term).await?,
        None => Vec::new(),
    };
    let data = of_students(db, (terms, choices), students).await?;
    Ok(Some((courses::read_class(class), data)))
}

/// The report card of the grant's student in a term (the newest one of their courses if none is
/// named); `None` when there is no such student or term.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn of_student(
    db: &impl Read,
    grant: &Grant<SeeOwnGrades>,
    term: Option<TermId>,
) -> Result<Option<ReportData>, DbError> {
    let id = grant.on().student;
    let found: Option<(Option<String>, String)> = user::Entity::find_by_id(id.0)
        .select_only()
        .columns([user::Column::StudentNumber, user::Column::Name])
        .into_tuple()
        .one(&db.on().0)
        .await?;
    let Some((number, name)) = found else {
        return Ok(None);
    };
    let student = Student {
        id,
        student_number: number.unwrap_or_default(),
        name,
    };
    let classes: Vec<i64> = enrolment::Entity::find()
        .select_only()
        .column(enrolment::Column::ClassId)
        .filter(enrolment::Column::StudentId.eq(id.0))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    let classes = classes.into_iter().collect();
    let Some(terms) = terms_until(db, &classes, term).await? else {
        return Ok(None);
    };
    of_students(db, terms, vec![student]).await.map(Some)
}

/// The terms of a school year until one of them, and all terms, in order; none when these classes have no course
/// and no term is named, `None` when they have none in the term that is.
async fn terms_until(
    db: &impl Read,
    classes: &HashSet<i64>,
    wanted: Option<TermId>,
) -> Result<Option<(Vec<Term>, Vec<Term>)>, DbError> {
    let of_courses = course::Entity::find()
        .select_only()
        .column(course::Column::TermId)
        .filter(course::Column::ClassId.is_in(classes.iter().copied()))
        .into_query();
    let all = term::Entity::find()
        .filter(term::Column::Id.in_subquery(of_courses))
        .order_by_asc(term::Column::StartsOn)
        .order_by_asc(term::Column::Id)
        .all(&db.on().0)
        .await?;
    let chosen = match wanted {
        Some(wanted) => all.iter().find(|term| term.id == wanted.0),
        None => all.last(),
    };
    let Some(chosen) = chosen.cloned() else {
        return Ok(wanted.is_none().then(Default::default));
    };
    let all: Vec<Term> = all.into_iter().map(courses::read_term).collect();
    let of_year = all.iter().filter(|term| {
        term.school_year == chosen.school_year && term.starts_on <= chosen.starts_on
    });
    Ok(Some((of_year.cloned().collect(), all)))
}

async fn of_students(
    db: &impl Read,
    (terms, choices): (Vec<Term>, Vec<Term>),
    students: Vec<Student>,
) -> Result<ReportData, DbError> {
    let ids = || students.iter().map(|student| student.id.0);
    let rows = enrolment::Entity::find()
        .filter(enrolment::Column::StudentId.is_in(ids()))
        .order_by_asc(enrolment::Column::StartsOn)
        .order_by_asc(enrolment::Column::Id)
        .all(&db.on().0)
        .await?;
    let mut enrolments: HashMap<UserId, Vec<Membership>> = HashMap::new();
    let mut days = DaysInClass::default();
    for row in rows {
        let span = (row.starts_on.clone(), row.ends_on.clone());
        days.add(ClassId(row.class_id), UserId(row.student_id), span);
        let of = enrolments.entry(UserId(row.student_id)).or_default();
        of.push(Membership {
            class: ClassId(row.class_id),
            starts_on: row.starts_on,
            ends_on: row.ends_on,
        });
    }
    let classes: HashSet<i64> = enrolments
        .values()
        .flatten()
        .map(|one| one.class.0)
        .collect();
    let course_ids: Vec<i64> = course::Entity::find()
        .select_only()
        .column(course::Column::Id)
        .filter(course::Column::ClassId.is_in(classes))
        .filter(course::Column::TermId.is_in(terms.iter().map(|term| term.id.0)))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    let course_ids: Vec<CourseId> = course_ids.into_iter().map(CourseId).collect();
    let which = Which::Ids(course_ids.clone());
    let courses = courses::list(db, &which, CourseId(0), u64::from(u16::MAX)).await?;
    let categories = gradebook::categories(db, &course_ids).await?;
    let mut assessments = gradebook::assessments_of_courses(db, &course_ids).await?;
    assessments.retain(|assessment| assessment.state.visible_to_students());
    let scores = score::Entity::find()
        .filter(score::Column::StudentId.is_in(ids()))
        // Once more as they are now: what was taken back since goes out no more.
        .filter(
            score::Column::AssessmentId
                .in_subquery(visible::among(assessments.iter().map(|one| one.id.0))),
        )
        .all(&db.on().0)
        .await?
        .into_iter()
        .map(|row| scores::read(row).map(|stored| ((stored.assessment, stored.student), stored)))
        .collect::<Result<_, _>>()?;
    Ok(ReportData {
        terms,
        choices,
        students,
        enrolments,
        days,
        courses,
        categories,
        assessments,
        scores,
    })
}
