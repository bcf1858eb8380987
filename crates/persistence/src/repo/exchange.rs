//! Parts of a school as another system kept them: many rows a statement, with the states that they
//! had there.

mod lock;
mod states;

use std::collections::HashSet;

use gradebook_auth::Grant;
use gradebook_auth::actions::{ExchangeSchool, ManagePeople, ManageSetup};
use gradebook_domain::{
    AbsentPolicy, Aggregation, AssessmentId, AssessmentState, CategoryId, ClassId, CourseId,
    ExamId, LetterScale, ScoreLimits, SubjectId, TermId, UserId, Weight,
};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

pub use lock::lock;
pub use states::{close_new_terms, states_on_record};

use super::{CHUNK, MANY_IDS};
use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::Tx;
use crate::entity::{assessment, category, course, enrolment, user};
use crate::error::DbError;

/// Disables accounts that were created a moment ago.
///
/// # Errors
/// Any database failure.
pub async fn disable_new_accounts(
    tx: &Tx,
    _grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    accounts: &[UserId],
) -> Result<(), DbError> {
    for chunk in accounts.chunks(MANY_IDS) {
        user::Entity::update_many()
            .col_expr(user::Column::Enabled, Expr::value(false))
            .col_expr(user::Column::Ver, Expr::col(user::Column::Ver).add(1))
            .filter(user::Column::Id.is_in(chunk.iter().map(|id| id.0)))
            .exec(tx.raw())
            .await?;
    }
    let changes = accounts.iter().map(|id| NewChange {
        user: Some(*id),
        version: Some(2),
        ..NewChange::of(ChangeKind::UserDisabled)
    });
    change_log::append(tx, stamp, changes).await
}

/// A membership to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEnrolment {
    /// Class.
    pub class: ClassId,
    /// Student.
    pub student: UserId,
    /// First day, ISO 8601.
    pub starts_on: String,
    /// Last day, if it is known.
    pub ends_on: Option<String>,
}

/// Enrols students, each for as long as is stated.
///
/// # Errors
/// [`DbError::Duplicate`] when a student is enrolled in the class from that day already.
pub async fn enrol(
    tx: &Tx,
    _grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    new: &[NewEnrolment],
) -> Result<(), DbError> {
    for chunk in new.chunks(CHUNK) {
        let rows = chunk.iter().map(|one| enrolment::ActiveModel {
            class_id: Set(one.class.0),
            student_id: Set(one.student.0),
            starts_on: Set(one.starts_on.clone()),
            ends_on: Set(one.ends_on.clone()),
            ..Default::default()
        });
        enrolment::Entity::insert_many(rows)
            .exec_without_returning(tx.raw())
            .await?;
    }
    let changes = new.iter().map(|one| NewChange {
        student: Some(one.student),
        detail: Some(format!("class {}", one.class)),
        ..NewChange::of(ChangeKind::Enrolled)
    });
    change_log::append(tx, stamp, changes).await
}

/// A course to create, without categories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCourse {
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

/// Creates courses and returns their ids in the same order.
///
/// # Errors
/// [`DbError::Duplicate`] when one of them exists.
pub async fn create_courses(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    new: &[NewCourse],
) -> Result<Vec<CourseId>, DbError> {
    let mut created = Vec::with_capacity(new.len());
    for chunk in new.chunks(CHUNK) {
        let rows = chunk.iter().map(|one| course::ActiveModel {
            class_id: Set(one.class.0),
            subject_id: Set(one.subject.0),
            term_id: Set(one.term.0),
            absent_policy: Set(one.absent.as_str().to_owned()),
            letters: Set(one.letters.as_ref().map(ToString::to_string)),
            show_class_statistics: Set(one.show_class_statistics),
            ..Default::default()
        });
        course::Entity::insert_many(rows)
            .exec_without_returning(tx.raw())
            .await?;
        let classes: HashSet<i64> = chunk.iter().map(|one| one.class.0).collect();
        let found: std::collections::HashMap<(i64, i64, i64), i64> = course::Entity::find()
            .filter(course::Column::ClassId.is_in(classes))
            .all(tx.raw())
            .await?
            .into_iter()
            .map(|row| ((row.class_id, row.subject_id, row.term_id), row.id))
            .collect();
        for one in chunk {
            let id = found
                .get(&(one.class.0, one.subject.0, one.term.0))
                .ok_or_else(lost)?;
            created.push(CourseId(*id));
        }
    }
    let changes = created.iter().map(|course| NewChange {
        course: Some(*course),
        ..NewChange::of(ChangeKind::CourseCreated)
    });
    change_log::append(tx, stamp, changes).await?;
    Ok(created)
}

/// A category to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCategory {
    /// Course.
    pub course: CourseId,
    /// Name.
    pub name: String,
    /// Percent of the course.
    pub weight: Weight,
    /// How its assessments are put together.
    pub aggregation: Aggregation,
    /// How many of the lowest do not count.
    pub drop_lowest: u32,
    /// How many of the highest do not count.
    pub drop_highest: u32,
    /// Place in the course.
    pub position: i64,
    /// What the change log keeps of it.
    pub detail: String,
}

/// Creates categories and returns their ids in the same order.
///
/// # Errors
/// [`DbError::Duplicate`] when a course has a category of this name.
pub async fn create_categories(
    tx: &Tx,
    _grant: &Grant<ExchangeSchool>,
    stamp: &Stamp<'_>,
    new: &[NewCategory],
) -> Result<Vec<CategoryId>, DbError> {
    let mut created = Vec::with_capacity(new.len());
    for chunk in new.chunks(CHUNK) {
        let rows = chunk.iter().map(|one| category::ActiveModel {
            course_id: Set(one.course.0),
            name: Set(one.name.clone()),
            weight: Set(one.weight.ten_thousandths()),
            aggregation: Set(one.aggregation.as_str().to_owned()),
            drop_lowest: Set(i64::from(one.drop_lowest)),
            drop_highest: Set(i64::from(one.drop_highest)),
            position: Set(one.position),
            ..Default::default()
        });
        category::Entity::insert_many(rows)
            .exec_without_returning(tx.raw())
            .await?;
        let courses: HashSet<i64> = chunk.iter().map(|one| one.course.0).collect();
        let found: std::collections::HashMap<(i64, String), i64> = category::Entity::find()
            .filter(category::Column::CourseId.is_in(courses))
            .all(tx.raw())
            .await?
            .into_iter()
            .map(|row| ((row.course_id, row.name), row.id))
            .collect();
        for one in chunk {
            let id = found
                .get(&(one.course.0, one.name.clone()))
                .ok_or_else(lost)?;
            created.push(CategoryId(*id));
        }
    }
    let changes = new.iter().map(|one| NewChange {
        course: Some(one.course),
        detail: Some(one.detail.clone()),
        ..NewChange::of(ChangeKind::CategoryCreated)
    });
    change_log::append(tx, stamp, changes).await?;
    Ok(created)
}

/// An assessment to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAssessment {
    /// Course.
    pub course: CourseId,
    /// Category of that course.
    pub category: CategoryId,
    /// Exam that it is part of.
    pub exam: Option<ExamId>,
    /// Title.
    pub title: String,
    /// What may be entered.
    pub limits: ScoreLimits,
    /// Weight within a weighted category.
    pub weight: Weight,
    /// Day, ISO 8601.
    pub held_on: String,
    /// State.
    pub state: AssessmentState,
    /// Whether the closing of its term locked it, so that reopening the term unlocks it.
    pub locked_by_term: bool,
    /// Place in the course.
    pub position: i64,
}

/// Creates assessments and returns their ids in the same order. [`states_on_record`] follows once
/// their scores are written.
///
/// # Errors
/// [`DbError::Contention`] when somebody else adds one to the same course at the same time; the
/// transaction then runs again.
pub async fn create_assessments(
    tx: &Tx,
    _grant: &Grant<ExchangeSchool>,
    stamp: &Stamp<'_>,
    new: &[NewAssessment],
) -> Result<Vec<AssessmentId>, DbError> {
    let courses: HashSet<i64> = new.iter().map(|one| one.course.0).collect();
    let of_courses = || {
        assessment::Entity::find()
            .select_only()
            .column(assessment::Column::Id)
            .filter(assessment::Column::CourseId.is_in(courses.iter().copied()))
    };
    let before: HashSet<i64> = of_courses()
        .into_tuple::<i64>()
        .all(tx.raw())
        .await?
        .into_iter()
        .collect();
    for chunk in new.chunks(CHUNK) {
        let rows = chunk.iter().map(|one| assessment::ActiveModel {
            course_id: Set(one.course.0),
            category_id: Set(one.category.0),
            exam_id: Set(one.exam.map(|exam| exam.0)),
            title: Set(one.title.clone()),
            max_score: Set(one.limits.max_score.ten_thousandths()),
            weight: Set(one.weight.ten_thousandths()),
            extra_credit_limit: Set(one.limits.extra_credit_limit.ten_thousandths()),
            held_on: Set(one.held_on.clone()),
            state: Set(one.state.as_str().to_owned()),
            locked_by_term: Set(one.locked_by_term),
            position: Set(one.position),
            ..Default::default()
        });
        assessment::Entity::insert_many(rows)
            .exec_without_returning(tx.raw())
            .await?;
    }
    // The rows of one statement get rising ids, in their order, and so do statements one after the
    // other.
    let created: Vec<AssessmentId> = of_courses()
        .order_by_asc(assessment::Column::Id)
        .into_tuple::<i64>()
        .all(tx.raw())
        .await?
        .into_iter()
        .filter(|id| !before.contains(id))
        .map(AssessmentId)
        .collect();
    if created.len() != new.len() {
        return Err(lost());
    }
    let changes = new.iter().zip(&created).map(|(one, id)| NewChange {
        course: Some(one.course),
        assessment: Some(*id),
        ..NewChange::of(ChangeKind::AssessmentCreated)
    });
    change_log::append(tx, stamp, changes).await?;
    Ok(created)
}

/// Rows that were written a moment ago were not found as they were written: somebody else was
/// faster.
fn lost() -> DbError {
    changed_meanwhile()
}

/// Somebody else was faster: the transaction runs again and sees what they did.
#[must_use]
pub fn changed_meanwhile() -> DbError {
    DbError::Contention(DbErr::Custom(
        "somebody else changed the same courses".to_owned(),
    ))
}
