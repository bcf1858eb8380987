//! The school's structure: terms, subjects, classes, enrolments, courses and exams.

mod classes;
mod enrolments;
mod exams;
mod subjects;
mod teachers;
mod terms;

use gradebook_auth::Grant;
use gradebook_auth::actions::{ManagePeople, ManageSetup};
use gradebook_domain::{
    AssessmentId, ClassId, CourseId, ExamId, Points, SubjectId, TermId, UserId, Weight,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

pub use classes::{change_class, create_classes, lock_classes};
pub use enrolments::{EnrolmentDates, end_each, end_enrolments, put_in_class_instead, set_dates};
pub use exams::{change_exam, remove_from_exam};
pub use subjects::{change_subject, create_subjects};
pub use teachers::{assign_teachers, set_teachers};
pub use terms::{change_term, close_term, lock_term, lock_terms, reopen_term};

use super::CHUNK;
use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::Tx;
use crate::entity::{assessment, category, class, course, enrolment, exam, subject, term};
use crate::error::DbError;

/// A term to create.
#[derive(Debug, Clone)]
pub struct NewTerm {
    /// School year, e.g. `2026-2027`.
    pub school_year: String,
    /// Name, e.g. `Autumn`.
    pub name: String,
    /// First day, ISO 8601.
    pub starts_on: String,
    /// Last day, ISO 8601.
    pub ends_on: String,
    /// Weight in the year.
    pub weight: Weight,
}

/// Creates a term.
///
/// # Errors
/// [`DbError::Duplicate`] when the year has a term of this name.
pub async fn create_term(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    new: &NewTerm,
) -> Result<TermId, DbError> {
    let row = term::ActiveModel {
        school_year: Set(new.school_year.clone()),
        name: Set(new.name.clone()),
        starts_on: Set(new.starts_on.clone()),
        ends_on: Set(new.ends_on.clone()),
        weight: Set(new.weight.ten_thousandths()),
        state: Set("open".to_owned()),
        ..Default::default()
    };
    let id = term::Entity::insert(row)
        .exec(tx.raw())
        .await?
        .last_insert_id;
    named(tx, stamp, ChangeKind::TermCreated, &new.name).await?;
    Ok(TermId(id))
}

/// A subject to create.
#[derive(Debug, Clone)]
pub struct NewSubject {
    /// Short unique code.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Full marks when an assessment states none.
    pub default_max_score: Points,
    /// Place among the subjects.
    pub position: i64,
}

/// Creates a subject.
///
/// # Errors
/// [`DbError::Duplicate`] when the code is taken.
pub async fn create_subject(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    new: &NewSubject,
) -> Result<SubjectId, DbError> {
    let row = subject::ActiveModel {
        code: Set(new.code.clone()),
        name_zh: Set(new.name_zh.clone()),
        name_en: Set(new.name_en.clone()),
        default_max_score: Set(new.default_max_score.ten_thousandths()),
        position: Set(new.position),
        ..Default::default()
    };
    let id = subject::Entity::insert(row)
        .exec(tx.raw())
        .await?
        .last_insert_id;
    named(tx, stamp, ChangeKind::SubjectCreated, &new.code).await?;
    Ok(SubjectId(id))
}

/// A class to create.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NewClass {
    /// School year.
    pub school_year: String,
    /// Grade level, e.g. `Grade 6`.
    pub grade_level: String,
    /// Name, e.g. `Class 3`.
    pub name: String,
}

/// Creates a class.
///
/// # Errors
/// [`DbError::Duplicate`] when the year has this class.
pub async fn create_class(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    new: &NewClass,
) -> Result<ClassId, DbError> {
    let row = class::ActiveModel {
        school_year: Set(new.school_year.clone()),
        grade_level: Set(new.grade_level.clone()),
        name: Set(new.name.clone()),
        ..Default::default()
    };
    let id = class::Entity::insert(row)
        .exec(tx.raw())
        .await?
        .last_insert_id;
    let title = format!("{} {}", new.grade_level, new.name);
    named(tx, stamp, ChangeKind::ClassCreated, &title).await?;
    Ok(ClassId(id))
}

/// Enrols students in classes from a date on.
///
/// # Errors
/// [`DbError::Duplicate`] when a student is enrolled in the class from that day already.
pub async fn enrol(
    tx: &Tx,
    grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    members: &[(ClassId, UserId)],
    starts_on: &str,
) -> Result<(), DbError> {
    let members: Vec<_> = members
        .iter()
        .map(|(class, student)| (*class, *student, starts_on))
        .collect();
    enrol_each(tx, grant, stamp, &members).await
}

/// Enrols students in classes, each from a day of their own on.
///
/// # Errors
/// [`DbError::Duplicate`] when a student is enrolled in the class from that day already.
pub async fn enrol_each(
    tx: &Tx,
    _grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    members: &[(ClassId, UserId, &str)],
) -> Result<(), DbError> {
    for chunk in members.chunks(CHUNK) {
        let rows = chunk
            .iter()
            .map(|(class, student, starts_on)| enrolment::ActiveModel {
                class_id: Set(class.0),
                student_id: Set(student.0),
                starts_on: Set((*starts_on).to_owned()),
                ends_on: Set(None),
                ..Default::default()
            });
        enrolment::Entity::insert_many(rows)
            .exec_without_returning(tx.raw())
            .await?;
    }
    let changes = members.iter().map(|(class, student, starts_on)| NewChange {
        student: Some(*student),
        detail: Some(format!("class {class}: from {starts_on}")),
        ..NewChange::of(ChangeKind::Enrolled)
    });
    change_log::append(tx, stamp, changes).await
}

/// Creates one course per class and subject in a term, each with one category that holds
/// everything, and gives them to teachers.
///
/// # Errors
/// [`DbError::Duplicate`] when one of the courses exists.
pub async fn create_courses(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    term: TermId,
    new: &[(ClassId, SubjectId)],
    category_name: &str,
) -> Result<Vec<(ClassId, SubjectId, CourseId)>, DbError> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let rows = new.iter().map(|(class, subject)| course::ActiveModel {
        class_id: Set(class.0),
        subject_id: Set(subject.0),
        term_id: Set(term.0),
        absent_policy: Set("zero".to_owned()),
        ..Default::default()
    });
    course::Entity::insert_many(rows)
        .exec_without_returning(tx.raw())
        .await?;
    let created: Vec<(i64, i64, i64)> = course::Entity::find()
        .select_only()
        .columns([
            course::Column::ClassId,
            course::Column::SubjectId,
            course::Column::Id,
        ])
        .filter(course::Column::TermId.eq(term.0))
        .filter(course::Column::ClassId.is_in(new.iter().map(|(class, _)| class.0)))
        .into_tuple()
        .all(tx.raw())
        .await?;
    let created: Vec<(ClassId, SubjectId, CourseId)> = created
        .into_iter()
        .map(|(class, subject, id)| (ClassId(class), SubjectId(subject), CourseId(id)))
        .filter(|(class, subject, _)| new.contains(&(*class, *subject)))
        .collect();
    let categories = created.iter().map(|(_, _, course)| category::ActiveModel {
        course_id: Set(course.0),
        name: Set(category_name.to_owned()),
        weight: Set(Weight::HUNDRED.ten_thousandths()),
        aggregation: Set("points".to_owned()),
        drop_lowest: Set(0),
        drop_highest: Set(0),
        position: Set(1),
        ..Default::default()
    });
    category::Entity::insert_many(categories)
        .exec_without_returning(tx.raw())
        .await?;
    let changes = created.iter().map(|(_, _, course)| NewChange {
        course: Some(*course),
        ..NewChange::of(ChangeKind::CourseCreated)
    });
    change_log::append(tx, stamp, changes).await?;
    Ok(created)
}

/// An exam to create.
#[derive(Debug, Clone)]
pub struct NewExam {
    /// Term.
    pub term: TermId,
    /// Name, e.g. `Mid-term`.
    pub name: String,
    /// `midterm`, `final`, `monthly` or `quiz`.
    pub kind: &'static str,
    /// Day, ISO 8601.
    pub held_on: String,
}

/// Creates an exam without assessments.
///
/// # Errors
/// [`DbError::Duplicate`] when the term has an exam of this name.
pub async fn create_exam(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    new: &NewExam,
) -> Result<ExamId, DbError> {
    let row = exam::ActiveModel {
        term_id: Set(new.term.0),
        name: Set(new.name.clone()),
        kind: Set(new.kind.to_owned()),
        held_on: Set(new.held_on.clone()),
        ..Default::default()
    };
    let id = exam::Entity::insert(row)
        .exec(tx.raw())
        .await?
        .last_insert_id;
    named(tx, stamp, ChangeKind::ExamCreated, &new.name).await?;
    Ok(ExamId(id))
}

/// Adds one draft assessment of the exam to each course, in the course's first category.
///
/// # Errors
/// [`DbError::Duplicate`] when a course has an assessment of this exam.
pub async fn add_exam_assessments(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    exam: (ExamId, &NewExam),
    courses: &[(CourseId, Points)],
) -> Result<Vec<(CourseId, AssessmentId)>, DbError> {
    if courses.is_empty() {
        return Ok(Vec::new());
    }
    let categories: Vec<(i64, i64)> = category::Entity::find()
        .select_only()
        .columns([category::Column::CourseId, category::Column::Id])
        .filter(category::Column::CourseId.is_in(courses.iter().map(|(course, _)| course.0)))
        .into_tuple()
        .all(tx.raw())
        .await?;
    let rows = courses.iter().map(|(course, max_score)| {
        let first_category = categories
            .iter()
            .filter(|(of, _)| *of == course.0)
            .map(|(_, id)| *id)
            .min();
        assessment::ActiveModel {
            course_id: Set(course.0),
            // A course without a category violates the foreign key, which is the right answer.
            category_id: Set(first_category.unwrap_or(0)),
            exam_id: Set(Some(exam.0.0)),
            title: Set(exam.1.name.clone()),
            max_score: Set(max_score.ten_thousandths()),
            weight: Set(Weight::HUNDRED.ten_thousandths()),
            extra_credit_limit: Set(0),
            held_on: Set(exam.1.held_on.clone()),
            state: Set("draft".to_owned()),
            position: Set(exam.0.0),
            ..Default::default()
        }
    });
    assessment::Entity::insert_many(rows)
        .exec_without_returning(tx.raw())
        .await?;
    let created: Vec<(i64, i64)> = assessment::Entity::find()
        .select_only()
        .columns([assessment::Column::CourseId, assessment::Column::Id])
        .filter(assessment::Column::ExamId.eq(exam.0.0))
        .filter(assessment::Column::CourseId.is_in(courses.iter().map(|(course, _)| course.0)))
        .into_tuple()
        .all(tx.raw())
        .await?;
    let created: Vec<(CourseId, AssessmentId)> = created
        .into_iter()
        .map(|(course, id)| (CourseId(course), AssessmentId(id)))
        .collect();
    let changes = created.iter().map(|(course, assessment)| NewChange {
        course: Some(*course),
        assessment: Some(*assessment),
        ..NewChange::of(ChangeKind::AssessmentCreated)
    });
    change_log::append(tx, stamp, changes).await?;
    Ok(created)
}

async fn named(tx: &Tx, stamp: &Stamp<'_>, kind: ChangeKind, name: &str) -> Result<(), DbError> {
    let change = NewChange {
        detail: Some(name.to_owned()),
        ..NewChange::of(kind)
    };
    change_log::append(tx, stamp, [change]).await
}
