//! Everything that a school exchanges with other systems, in a fixed number of statements.

use std::collections::HashSet;

use gradebook_auth::Grant;
use gradebook_auth::actions::ExchangeSchool;
use gradebook_domain::{
    AbsentPolicy, AssessmentId, ClassId, CourseId, LetterScale, Points, SubjectId, TermId, UserId,
    Weight,
};
use sea_orm::{EntityTrait, QueryOrder};

use super::courses::{self, Class, Subject, Term};
use super::gradebook::{self, Assessment, Category, Exam};
use super::structure;
use crate::db::Read;
use crate::entity::{assessment, category, class, course, course_teacher, enrolment, exam, score};
use crate::entity::{term, user};
use crate::error::DbError;
use crate::repo::people::{self, User};
use crate::repo::scores::{self, StoredScore};

/// A membership of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Id.
    pub id: i64,
    /// Class.
    pub class: ClassId,
    /// Student.
    pub student: UserId,
    /// First day, ISO 8601.
    pub starts_on: String,
    /// Last day, if it is known.
    pub ends_on: Option<String>,
}

/// A course without names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseLinks {
    /// Id.
    pub id: CourseId,
    /// Class.
    pub class: ClassId,
    /// Subject.
    pub subject: SubjectId,
    /// Term.
    pub term: TermId,
    /// What absence counts.
    pub absent: AbsentPolicy,
    /// Its letters, if it gives any.
    pub letters: Option<LetterScale>,
    /// Whether students see figures of the class.
    pub show_class_statistics: bool,
}

/// The school; each list in the order of ids. Whatever something refers to is there, too.
#[derive(Debug, Clone)]
pub struct WholeSchool {
    /// Terms with their weight in the year.
    pub terms: Vec<(Term, Weight)>,
    /// Subjects with their usual full marks.
    pub subjects: Vec<(Subject, Points)>,
    /// Classes.
    pub classes: Vec<Class>,
    /// Accounts.
    pub people: Vec<User>,
    /// Memberships.
    pub enrolments: Vec<Enrolment>,
    /// Courses.
    pub courses: Vec<CourseLinks>,
    /// Who teaches which course.
    pub teachers: Vec<(CourseId, UserId)>,
    /// Exams.
    pub exams: Vec<Exam>,
    /// Categories with their course and their place in it.
    pub categories: Vec<(CourseId, Category, i64)>,
    /// Assessments with their place in the course.
    pub assessments: Vec<(Assessment, i64)>,
    /// Those of them that the closing of their term locked.
    pub locked_by_term: HashSet<AssessmentId>,
    /// Written cells, by assessment and student.
    pub scores: Vec<StoredScore>,
}

/// The whole school. What refers to something is read before it, so that a school that is being
/// worked on meanwhile comes out whole; what was deleted in between is left out.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn whole_school(
    db: &impl Read,
    _grant: &Grant<ExchangeSchool>,
) -> Result<WholeSchool, DbError> {
    let on = || db.on();
    let scores = score::Entity::find()
        .order_by_asc(score::Column::AssessmentId)
        .order_by_asc(score::Column::StudentId)
        .all(&on().0)
        .await?;
    let assessments = assessment::Entity::find()
        .order_by_asc(assessment::Column::Id)
        .all(&on().0)
        .await?;
    let categories = category::Entity::find()
        .order_by_asc(category::Column::Id)
        .all(&on().0)
        .await?;
    let teachers = course_teacher::Entity::find()
        .order_by_asc(course_teacher::Column::CourseId)
        .order_by_asc(course_teacher::Column::TeacherId)
        .all(&on().0)
        .await?;
    let exams = exam::Entity::find()
        .order_by_asc(exam::Column::Id)
        .all(&on().0)
        .await?;
    let courses = course::Entity::find()
        .order_by_asc(course::Column::Id)
        .all(&on().0)
        .await?;
    let enrolments = enrolment::Entity::find()
        .order_by_asc(enrolment::Column::Id)
        .all(&on().0)
        .await?;
    let classes = class::Entity::find()
        .order_by_asc(class::Column::Id)
        .all(&on().0)
        .await?;
    let terms = term::Entity::find()
        .order_by_asc(term::Column::Id)
        .all(&on().0)
        .await?;
    let people = user::Entity::find()
        .order_by_asc(user::Column::Id)
        .all(&on().0)
        .await?;
    let mut subjects = structure::subjects(db).await?;
    subjects.sort_by_key(|(subject, _)| subject.id);

    let known: HashSet<i64> = assessments.iter().map(|row| row.id).collect();
    Ok(WholeSchool {
        scores: scores
            .into_iter()
            .filter(|row| known.contains(&row.assessment_id))
            .map(scores::read)
            .collect::<Result<_, _>>()?,
        locked_by_term: assessments
            .iter()
            .filter(|row| row.locked_by_term)
            .map(|row| AssessmentId(row.id))
            .collect(),
        assessments: assessments
            .into_iter()
            .map(|row| {
                let position = row.position;
                gradebook::read_assessment(row).map(|assessment| (assessment, position))
            })
            .collect::<Result<_, _>>()?,
        categories: categories
            .into_iter()
            .map(|row| {
                let (course, position) = (CourseId(row.course_id), row.position);
                gradebook::read_category(row).map(|category| (course, category, position))
            })
            .collect::<Result<_, _>>()?,
        teachers: teachers
            .into_iter()
            .map(|row| (CourseId(row.course_id), UserId(row.teacher_id)))
            .collect(),
        exams: exams.into_iter().map(gradebook::read_exam).collect(),
        courses: courses
            .into_iter()
            .map(read_course)
            .collect::<Result<_, _>>()?,
        enrolments: enrolments
            .into_iter()
            .map(|row| Enrolment {
                id: row.id,
                class: ClassId(row.class_id),
                student: UserId(row.student_id),
                starts_on: row.starts_on,
                ends_on: row.ends_on,
            })
            .collect(),
        classes: classes.into_iter().map(courses::read_class).collect(),
        terms: terms
            .into_iter()
            .map(|row| {
                let weight = Weight::from_ten_thousandths(row.weight).ok_or(DbError::Corrupt {
                    table: "terms",
                    column: "weight",
                    value: row.weight.to_string(),
                })?;
                Ok((courses::read_term(row), weight))
            })
            .collect::<Result<_, DbError>>()?,
        people: people
            .into_iter()
            .map(people::read_user)
            .collect::<Result<_, _>>()?,
        subjects,
    })
}

fn read_course(row: course::Model) -> Result<CourseLinks, DbError> {
    Ok(CourseLinks {
        id: CourseId(row.id),
        class: ClassId(row.class_id),
        subject: SubjectId(row.subject_id),
        term: TermId(row.term_id),
        absent: row.absent_policy.parse().map_err(|_| DbError::Corrupt {
            table: "courses",
            column: "absent_policy",
            value: row.absent_policy.clone(),
        })?,
        letters: row
            .letters
            .as_deref()
            .map(str::parse)
            .transpose()
            .map_err(|_| DbError::Corrupt {
                table: "courses",
                column: "letters",
                value: row.letters.clone().unwrap_or_default(),
            })?,
        show_class_statistics: row.show_class_statistics,
    })
}
