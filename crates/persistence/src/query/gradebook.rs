//! A course's gradebook and an exam's sheet: students, columns and cells.

mod many;

use std::collections::{HashMap, HashSet};

use gradebook_auth::Grant;
use gradebook_auth::actions::{SeeExamSheet, SeeGradebook};
use gradebook_domain::{
    Aggregation, AssessmentId, AssessmentScheme, AssessmentState, CategoryId, CategoryScheme,
    ClassId, CourseId, ExamId, Points, ScoreLimits, TermId, UserId, Weight,
};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::courses::{self, Course, Term, Which};
use super::membership::{self, DaysInClass};
use crate::db::Read;
use crate::entity::{assessment, category, course, enrolment, exam, user};
use crate::error::DbError;
use crate::repo::scores::{self, StoredScore};

pub use many::gradebooks;

/// A category of a course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Name.
    pub name: String,
    /// How it counts.
    pub scheme: CategoryScheme,
}

/// A column of a gradebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// Id.
    pub id: AssessmentId,
    /// Course that it belongs to.
    pub course: CourseId,
    /// Category.
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
}

impl Assessment {
    /// What the calculator of totals needs to know of it.
    #[must_use]
    pub fn scheme(&self) -> AssessmentScheme {
        AssessmentScheme {
            id: self.id,
            category: self.category,
            max_score: self.limits.max_score,
            weight: self.weight,
        }
    }
}

/// A row of a gradebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Student {
    /// Id.
    pub id: UserId,
    /// 学号.
    pub student_number: String,
    /// Name.
    pub name: String,
}

/// An exam.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exam {
    /// Id.
    pub id: ExamId,
    /// Term.
    pub term: TermId,
    /// Name.
    pub name: String,
    /// `midterm`, `final`, `monthly` or `quiz`.
    pub kind: String,
    /// Day, ISO 8601.
    pub held_on: String,
}

/// Everything on a gradebook page, in few statements.
#[derive(Debug, Clone)]
pub struct Gradebook {
    /// The course.
    pub course: Course,
    /// Its categories.
    pub categories: Vec<Category>,
    /// Its columns, in the order in which they are shown.
    pub assessments: Vec<Assessment>,
    /// Its rows, by student number.
    pub students: Vec<Student>,
    /// On which days the students are in the class.
    pub days: DaysInClass,
    /// The cells that were ever written.
    pub scores: Vec<StoredScore>,
    /// Names of those who wrote them.
    pub authors: HashMap<UserId, String>,
}

/// Everything on an exam sheet: one column a subject.
#[derive(Debug, Clone)]
pub struct ExamSheet {
    /// The exam.
    pub exam: Exam,
    /// The columns with the course that each belongs to, in the order of subjects.
    pub columns: Vec<(Assessment, Course)>,
    /// The rows, by student number.
    pub students: Vec<Student>,
    /// On which days the students are in the class.
    pub days: DaysInClass,
    /// The cells that were ever written.
    pub scores: Vec<StoredScore>,
    /// Names of those who wrote them.
    pub authors: HashMap<UserId, String>,
}

/// A course's gradebook.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn gradebook(
    db: &impl Read,
    grant: &Grant<SeeGradebook>,
) -> Result<Option<Gradebook>, DbError> {
    Ok(gradebooks(db, std::slice::from_ref(grant)).await?.pop())
}

/// A class's sheet of an exam.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn exam_sheet(
    db: &impl Read,
    grant: &Grant<SeeExamSheet>,
) -> Result<Option<ExamSheet>, DbError> {
    let access = grant.on();
    let Some(exam) = exam::Entity::find_by_id(access.exam.0)
        .one(&db.on().0)
        .await?
    else {
        return Ok(None);
    };
    let in_class = course::Entity::find()
        .select_only()
        .column(course::Column::Id)
        .filter(course::Column::ClassId.eq(access.class.0))
        .into_query();
    let rows = assessment::Entity::find()
        .filter(assessment::Column::ExamId.eq(access.exam.0))
        .filter(assessment::Column::CourseId.in_subquery(in_class))
        .all(&db.on().0)
        .await?;
    let assessments = rows
        .into_iter()
        .map(read_assessment)
        .collect::<Result<Vec<_>, _>>()?;
    let ids: Vec<CourseId> = assessments.iter().map(|column| column.course).collect();
    let found = courses::list(db, &Which::Ids(ids), CourseId(0), u64::from(u16::MAX)).await?;
    let students = match found.first() {
        Some(course) => students_of_class(db, access.class, &course.term).await?,
        None => Vec::new(),
    };
    let days = DaysInClass::of_classes(db, &HashSet::from([access.class])).await?;
    let (scores, authors) = cells(db, &assessments).await?;
    let by_id: HashMap<CourseId, Course> = found
        .into_iter()
        .map(|course| (course.id, course))
        .collect();
    let mut columns: Vec<(Assessment, Course)> = assessments
        .into_iter()
        .filter_map(|column| {
            let course = by_id.get(&column.course)?.clone();
            Some((column, course))
        })
        .collect();
    columns.sort_by_key(|(column, course)| (course.subject.position, column.id));
    Ok(Some(ExamSheet {
        exam: read_exam(exam),
        columns,
        students,
        days,
        scores,
        authors,
    }))
}

async fn cells(
    db: &impl Read,
    assessments: &[Assessment],
) -> Result<(Vec<StoredScore>, HashMap<UserId, String>), DbError> {
    let ids: Vec<AssessmentId> = assessments.iter().map(|column| column.id).collect();
    let scores = scores::of_assessments(db, &ids).await?;
    let authors = courses::names(
        db,
        scores
            .iter()
            .filter_map(|score| score.updated_by)
            .map(|author| author.0),
    )
    .await?;
    Ok((scores, authors))
}

/// The assessments with these ids.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn assessments(
    db: &impl Read,
    ids: &HashSet<AssessmentId>,
) -> Result<HashMap<AssessmentId, Assessment>, DbError> {
    let rows = assessment::Entity::find()
        .filter(assessment::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .all(&db.on().0)
        .await?;
    rows.into_iter()
        .map(|row| read_assessment(row).map(|column| (column.id, column)))
        .collect()
}

/// The assessments of these courses, in the order in which they are shown.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn assessments_of_courses(
    db: &impl Read,
    courses: &[CourseId],
) -> Result<Vec<Assessment>, DbError> {
    let rows = assessment::Entity::find()
        .filter(assessment::Column::CourseId.is_in(courses.iter().map(|id| id.0)))
        .order_by_asc(assessment::Column::HeldOn)
        .order_by_asc(assessment::Column::Position)
        .order_by_asc(assessment::Column::Id)
        .all(&db.on().0)
        .await?;
    rows.into_iter().map(read_assessment).collect()
}

/// The categories of these courses, in the order in which they are shown.
///
/// # Errors
/// Any database failure.
pub async fn categories(
    db: &impl Read,
    courses: &[CourseId],
) -> Result<Vec<(CourseId, Category)>, DbError> {
    let rows = category::Entity::find()
        .filter(category::Column::CourseId.is_in(courses.iter().map(|id| id.0)))
        .order_by_asc(category::Column::Position)
        .order_by_asc(category::Column::Id)
        .all(&db.on().0)
        .await?;
    rows.into_iter()
        .map(|row| {
            let course = CourseId(row.course_id);
            read_category(row).map(|category| (course, category))
        })
        .collect()
}

/// Who is in a class during the term, by student number: the rows of its gradebooks.
///
/// # Errors
/// Any database failure.
pub async fn students_of_class(
    db: &impl Read,
    class: ClassId,
    term: &Term,
) -> Result<Vec<Student>, DbError> {
    let members = enrolment::Entity::find()
        .select_only()
        .column(enrolment::Column::StudentId)
        .filter(enrolment::Column::ClassId.eq(class.0))
        .filter(membership::during(term))
        .into_query();
    students_by_number(db, members).await
}

pub(crate) fn read_exam(row: exam::Model) -> Exam {
    Exam {
        id: ExamId(row.id),
        term: TermId(row.term_id),
        name: row.name,
        kind: row.kind,
        held_on: row.held_on,
    }
}

pub(crate) fn read_category(row: category::Model) -> Result<Category, DbError> {
    let corrupt = |column, value: String| DbError::Corrupt {
        table: "categories",
        column,
        value,
    };
    let aggregation: Aggregation = row
        .aggregation
        .parse()
        .map_err(|_| corrupt("aggregation", row.aggregation.clone()))?;
    let drops =
        |column, value: i64| u32::try_from(value).map_err(|_| corrupt(column, value.to_string()));
    Ok(Category {
        scheme: CategoryScheme {
            id: CategoryId(row.id),
            weight: Weight::from_ten_thousandths(row.weight)
                .ok_or_else(|| corrupt("weight", row.weight.to_string()))?,
            aggregation,
            drop_lowest: drops("drop_lowest", row.drop_lowest)?,
            drop_highest: drops("drop_highest", row.drop_highest)?,
        },
        name: row.name,
    })
}

pub(crate) fn read_assessment(row: assessment::Model) -> Result<Assessment, DbError> {
    let corrupt = |column, value: String| DbError::Corrupt {
        table: "assessments",
        column,
        value,
    };
    Ok(Assessment {
        id: AssessmentId(row.id),
        course: CourseId(row.course_id),
        category: CategoryId(row.category_id),
        exam: row.exam_id.map(ExamId),
        title: row.title,
        limits: ScoreLimits {
            max_score: Points::from_ten_thousandths(row.max_score),
            extra_credit_limit: Points::from_ten_thousandths(row.extra_credit_limit),
        },
        weight: Weight::from_ten_thousandths(row.weight)
            .ok_or_else(|| corrupt("weight", row.weight.to_string()))?,
        held_on: row.held_on,
        state: row
            .state
            .parse()
            .map_err(|_| corrupt("state", row.state.clone()))?,
    })
}

/// The students among whom `members`, a query of ids, chooses, by student number.
pub(super) async fn students_by_number(
    db: &impl Read,
    members: SelectStatement,
) -> Result<Vec<Student>, DbError> {
    let rows: Vec<(i64, Option<String>, String)> = user::Entity::find()
        .select_only()
        .columns([
            user::Column::Id,
            user::Column::StudentNumber,
            user::Column::Name,
        ])
        .filter(user::Column::Id.in_subquery(members))
        .order_by_asc(user::Column::StudentNumber)
        .into_tuple()
        .all(&db.on().0)
        .await?;
    let students = rows.into_iter().map(|(id, number, name)| Student {
        id: UserId(id),
        student_number: number.unwrap_or_default(),
        name,
    });
    Ok(students.collect())
}
