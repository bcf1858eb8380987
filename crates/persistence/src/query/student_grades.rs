//! One student's own grades: published and locked assessments only.

use std::collections::HashMap;

use gradebook_auth::Grant;
use gradebook_auth::actions::SeeOwnGrades;
use gradebook_domain::{AssessmentId, CourseId, ExamId, TermId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::courses::{self, Course, Which};
use super::gradebook::{self, Assessment, Category, Exam};
use crate::db::Read;
use crate::entity::{course, enrolment, exam, score};
use crate::error::DbError;
use crate::repo::scores::{self, StoredScore};

/// What a student may see of their grades.
#[derive(Debug, Clone)]
pub struct StudentGrades {
    /// Courses of the classes that the student belongs or belonged to.
    pub courses: Vec<Course>,
    /// Categories by course.
    pub categories: Vec<(CourseId, Category)>,
    /// Published and locked assessments of these courses.
    pub assessments: Vec<Assessment>,
    /// The student's cells in these assessments.
    pub scores: HashMap<AssessmentId, StoredScore>,
    /// The exams among them, newest first.
    pub exams: Vec<Exam>,
}

/// The grades of the grant's student, of one term or of all.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn of_student(
    db: &impl Read,
    grant: &Grant<SeeOwnGrades>,
    term: Option<TermId>,
) -> Result<StudentGrades, DbError> {
    let student = grant.on().student;
    let attended = enrolment::Entity::find()
        .select_only()
        .column(enrolment::Column::ClassId)
        .filter(enrolment::Column::StudentId.eq(student.0))
        .into_query();
    let mut select = course::Entity::find()
        .select_only()
        .column(course::Column::Id)
        .filter(course::Column::ClassId.in_subquery(attended));
    if let Some(term) = term {
        select = select.filter(course::Column::TermId.eq(term.0));
    }
    let ids: Vec<i64> = select.into_tuple().all(&db.on().0).await?;
    let ids: Vec<CourseId> = ids.into_iter().map(CourseId).collect();
    let mut courses = courses::list(
        db,
        &Which::Ids(ids.clone()),
        CourseId(0),
        u64::from(u16::MAX),
    )
    .await?;
    courses.sort_by_key(|course| (course.subject.position, course.id));
    let categories = gradebook::categories(db, &ids).await?;
    let mut assessments = gradebook::assessments_of_courses(db, &ids).await?;
    assessments.retain(|assessment| assessment.state.visible_to_students());
    let scores = score::Entity::find()
        .filter(score::Column::StudentId.eq(student.0))
        .filter(score::Column::AssessmentId.is_in(assessments.iter().map(|one| one.id.0)))
        .all(&db.on().0)
        .await?
        .into_iter()
        .map(|row| scores::read(row).map(|stored| (stored.assessment, stored)))
        .collect::<Result<HashMap<_, _>, _>>()?;
    let exams = exam::Entity::find()
        .filter(
            exam::Column::Id.is_in(
                assessments
                    .iter()
                    .filter_map(|one| one.exam)
                    .map(|exam: ExamId| exam.0),
            ),
        )
        .order_by_desc(exam::Column::HeldOn)
        .order_by_desc(exam::Column::Id)
        .all(&db.on().0)
        .await?
        .into_iter()
        .map(gradebook::read_exam)
        .collect();
    Ok(StudentGrades {
        courses,
        categories,
        assessments,
        scores,
        exams,
    })
}
