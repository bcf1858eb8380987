//! The gradebooks of several courses, in as many statements as that of one.

use std::collections::{HashMap, HashSet};

use gradebook_auth::Grant;
use gradebook_auth::actions::SeeGradebook;
use gradebook_domain::{AssessmentId, ClassId, CourseId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use super::{Gradebook, Student, assessments_of_courses, categories, cells, students_by_number};
use crate::db::Read;
use crate::entity::enrolment;
use crate::error::DbError;
use crate::query::courses::{self, Course, Which};
use crate::query::membership::DaysInClass;

/// The gradebooks of the courses of these grants, as far as they exist, in order of id.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn gradebooks(
    db: &impl Read,
    grants: &[Grant<SeeGradebook>],
) -> Result<Vec<Gradebook>, DbError> {
    let ids: Vec<CourseId> = grants.iter().map(|grant| grant.on().course).collect();
    let most = u64::try_from(ids.len()).unwrap_or(u64::MAX);
    let found = courses::list(db, &Which::Ids(ids.clone()), CourseId(0), most).await?;
    let mut scheme: HashMap<CourseId, Vec<_>> = HashMap::new();
    for (course, category) in categories(db, &ids).await? {
        scheme.entry(course).or_default().push(category);
    }
    let columns = assessments_of_courses(db, &ids).await?;
    let classes = found.iter().map(|course| course.class.id).collect();
    let members = members(db, &classes).await?;
    let days = DaysInClass::of_classes(db, &classes).await?;
    let (scores, authors) = cells(db, &columns).await?;
    let course_of: HashMap<AssessmentId, CourseId> =
        columns.iter().map(|one| (one.id, one.course)).collect();
    let mut written: HashMap<CourseId, Vec<_>> = HashMap::new();
    for score in scores {
        if let Some(course) = course_of.get(&score.assessment) {
            written.entry(*course).or_default().push(score);
        }
    }
    let mut assessments: HashMap<CourseId, Vec<_>> = HashMap::new();
    for column in columns {
        assessments.entry(column.course).or_default().push(column);
    }
    let books = found.into_iter().map(|course| Gradebook {
        students: during(&course, &members, &days),
        days: days.clone(),
        categories: scheme.remove(&course.id).unwrap_or_default(),
        assessments: assessments.remove(&course.id).unwrap_or_default(),
        scores: written.remove(&course.id).unwrap_or_default(),
        authors: authors.clone(),
        course,
    });
    Ok(books.collect())
}

/// Whoever was ever in one of these classes, by student number.
async fn members(db: &impl Read, classes: &HashSet<ClassId>) -> Result<Vec<Student>, DbError> {
    let members = enrolment::Entity::find()
        .select_only()
        .column(enrolment::Column::StudentId)
        .filter(enrolment::Column::ClassId.is_in(classes.iter().map(|class| class.0)))
        .into_query();
    students_by_number(db, members).await
}

/// The rows of a gradebook: who of these is in its class during its term.
fn during(course: &Course, members: &[Student], days: &DaysInClass) -> Vec<Student> {
    let is_in = |student: &&Student| {
        let mut spans = days.spans(course.class.id, student.id).iter();
        spans.any(|(first, last)| course.term.overlaps(first, last.as_deref()))
    };
    members.iter().filter(is_in).cloned().collect()
}
