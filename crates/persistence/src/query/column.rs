//! One column of a gradebook.

use std::collections::HashSet;

use gradebook_auth::Grant;
use gradebook_auth::actions::SeeGradebook;

use super::courses::{self, Course};
use super::gradebook::{Assessment, Student, students_of_class};
use super::membership::DaysInClass;
use crate::db::Read;
use crate::error::DbError;
use crate::repo::scores::{self, StoredScore};

/// One column of a course: its students in the order of the gradebook, and its written cells.
#[derive(Debug, Clone)]
pub struct Column {
    /// The course.
    pub course: Course,
    /// Its students.
    pub students: Vec<Student>,
    /// Who was in the class when.
    pub days: DaysInClass,
    /// The cells of the column.
    pub scores: Vec<StoredScore>,
}

/// One column of the grant's course, without what only the whole gradebook needs; nothing for an assessment
/// of another one.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn column(
    db: &impl Read,
    grant: &Grant<SeeGradebook>,
    assessment: &Assessment,
) -> Result<Option<Column>, DbError> {
    let Some(course) = courses::one(db, grant.on().course).await? else {
        return Ok(None);
    };
    if assessment.course != course.id {
        return Ok(None);
    }
    let students = students_of_class(db, course.class.id, &course.term).await?;
    let scores = scores::of_assessments(db, &[assessment.id]).await?;
    let days = DaysInClass::of_classes(db, &HashSet::from([course.class.id])).await?;
    Ok(Some(Column {
        course,
        days,
        students,
        scores,
    }))
}
