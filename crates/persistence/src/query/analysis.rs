//! What an exam's analysis is made from, in few statements, however many classes sat it.

use std::collections::{BTreeSet, HashMap, HashSet};

use gradebook_auth::Grant;
use gradebook_auth::actions::SeeExamAnalysis;
use gradebook_domain::{
    AssessmentId, AssessmentState, ClassId, ExamId, Mark, Points, Score, SubjectId, UserId,
};
use sea_orm::sea_query::{ExprTrait, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::courses::{self, Class, Subject, Term};
use super::gradebook::{self, Assessment, Exam, Student};
use super::structure;
use crate::db::Read;
use crate::entity::{assessment, class, course, enrolment, exam, score, subject, term};
use crate::error::DbError;
use crate::repo::exam_rules::{self, ExamRules};

/// One subject of the exam in one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExamColumn {
    /// The class.
    pub class: ClassId,
    /// The subject.
    pub subject: SubjectId,
    /// The assessment's id.
    pub assessment: AssessmentId,
    /// Its state.
    pub state: AssessmentState,
    /// Its full marks.
    pub max_score: Points,
}

/// Who sat an exam and what they got.
#[derive(Debug, Clone)]
pub struct ExamResults {
    /// The exam.
    pub exam: Exam,
    /// Its term.
    pub term: Term,
    /// The classes that sat it, in order of id.
    pub classes: Vec<Class>,
    /// Its subjects, in their order.
    pub subjects: Vec<Subject>,
    /// Which class sat which subject.
    pub columns: Vec<ExamColumn>,
    /// Who belongs to which class.
    pub members: BTreeSet<(ClassId, UserId)>,
    /// What was ever entered.
    pub marks: Vec<Mark>,
    /// Lines and settings, as far as somebody set them.
    pub rules: ExamRules,
}

/// The results of all classes of the grant's exam. Who holds the grant may not see each of them: that
/// is for the use case to part.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn exam_results(
    db: &impl Read,
    grant: &Grant<SeeExamAnalysis>,
) -> Result<Option<ExamResults>, DbError> {
    let id = grant.on().exam;
    let executor = &db.on().0;
    let Some(row) = exam::Entity::find_by_id(id.0).one(executor).await? else {
        return Ok(None);
    };
    let Some(term) = term::Entity::find_by_id(row.term_id).one(executor).await? else {
        return Ok(None);
    };
    let term = courses::read_term(term);
    let assessments = assessment::Entity::find()
        .filter(assessment::Column::ExamId.eq(id.0))
        .order_by_asc(assessment::Column::Id)
        .all(executor)
        .await?
        .into_iter()
        .map(gradebook::read_assessment)
        .collect::<Result<Vec<_>, _>>()?;
    let places: HashMap<i64, (i64, i64)> = course::Entity::find()
        .select_only()
        .columns([
            course::Column::Id,
            course::Column::ClassId,
            course::Column::SubjectId,
        ])
        .filter(course::Column::Id.in_subquery(courses_of_exam(id.0)))
        .into_tuple::<(i64, i64, i64)>()
        .all(executor)
        .await?
        .into_iter()
        .map(|(id, class, subject)| (id, (class, subject)))
        .collect();
    let columns = columns(&assessments, &places);
    let class_ids: HashSet<ClassId> = columns.iter().map(|column| column.class).collect();
    let classes = class::Entity::find()
        .filter(class::Column::Id.is_in(class_ids.iter().map(|class| class.0)))
        .order_by_asc(class::Column::Id)
        .all(executor)
        .await?
        .into_iter()
        .map(courses::read_class)
        .collect();
    let subject_ids: HashSet<i64> = columns.iter().map(|column| column.subject.0).collect();
    let subjects = subject::Entity::find()
        .filter(subject::Column::Id.is_in(subject_ids))
        .order_by_asc(subject::Column::Position)
        .order_by_asc(subject::Column::Id)
        .all(executor)
        .await?
        .into_iter()
        .map(courses::read_subject)
        .collect();
    let members = structure::members(db, &class_ids, &term).await?;
    Ok(Some(ExamResults {
        marks: marks(db, id.0, &columns).await?,
        rules: exam_rules::of_exam(db, id).await?,
        exam: gradebook::read_exam(row),
        term,
        classes,
        subjects,
        columns,
        members: members.into_iter().collect(),
    }))
}

fn columns(assessments: &[Assessment], places: &HashMap<i64, (i64, i64)>) -> Vec<ExamColumn> {
    assessments
        .iter()
        .filter_map(|one| {
            let (class, subject) = *places.get(&one.course.0)?;
            Some(ExamColumn {
                class: ClassId(class),
                subject: SubjectId(subject),
                assessment: one.id,
                state: one.state,
                max_score: one.limits.max_score,
            })
        })
        .collect()
}

/// The exam's scores, without the remarks and authors that a sheet shows: there may be 10,000.
async fn marks(db: &impl Read, exam: i64, columns: &[ExamColumn]) -> Result<Vec<Mark>, DbError> {
    let of_exam = assessment::Entity::find()
        .select_only()
        .column(assessment::Column::Id)
        .filter(assessment::Column::ExamId.eq(exam))
        .into_query();
    let rows: Vec<(i64, i64, String, Option<i64>)> = score::Entity::find()
        .select_only()
        .columns([
            score::Column::AssessmentId,
            score::Column::StudentId,
            score::Column::Status,
            score::Column::Value,
        ])
        .filter(score::Column::AssessmentId.in_subquery(of_exam))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    let by_id: HashMap<i64, &ExamColumn> = columns
        .iter()
        .map(|column| (column.assessment.0, column))
        .collect();
    rows.into_iter()
        .filter_map(|(assessment, student, status, value)| {
            let column = by_id.get(&assessment)?;
            Some(read_score(&status, value).map(|score| Mark {
                class: column.class,
                subject: column.subject,
                student: UserId(student),
                score,
            }))
        })
        .collect()
}

/// Status and value of a stored cell.
pub(crate) fn read_score(status: &str, value: Option<i64>) -> Result<Score, DbError> {
    let corrupt = || DbError::Corrupt {
        table: "scores",
        column: "status",
        value: format!("{status} with {value:?}"),
    };
    let parsed = status.parse().map_err(|_| corrupt())?;
    Score::from_parts(parsed, value.map(Points::from_ten_thousandths)).map_err(|_| corrupt())
}

/// Names and numbers of those who belong to these classes on `day` or later, by student number. The
/// classes are those that the holder of the grant may see.
///
/// # Errors
/// Any database failure.
pub async fn students(
    db: &impl Read,
    _grant: &Grant<SeeExamAnalysis>,
    classes: &HashSet<ClassId>,
    day: &str,
) -> Result<Vec<Student>, DbError> {
    let members = enrolment::Entity::find()
        .select_only()
        .column(enrolment::Column::StudentId)
        .filter(enrolment::Column::ClassId.is_in(classes.iter().map(|class| class.0)))
        .filter(
            enrolment::Column::EndsOn
                .is_null()
                .or(enrolment::Column::EndsOn.gte(day)),
        )
        .into_query();
    gradebook::students_by_number(db, members).await
}

/// The ids of the courses that sat an exam.
pub(crate) fn courses_of_exam(exam: i64) -> SelectStatement {
    assessment::Entity::find()
        .select_only()
        .column(assessment::Column::CourseId)
        .filter(assessment::Column::ExamId.eq(exam))
        .into_query()
}

/// The subjects of an exam with the grade levels that sit them.
///
/// # Errors
/// Any database failure.
pub async fn places(
    db: &impl Read,
    exam: ExamId,
) -> Result<BTreeSet<(SubjectId, String)>, DbError> {
    let sat: Vec<(i64, i64)> = course::Entity::find()
        .select_only()
        .columns([course::Column::SubjectId, course::Column::ClassId])
        .filter(course::Column::Id.in_subquery(courses_of_exam(exam.0)))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    let levels: HashMap<i64, String> = class::Entity::find()
        .select_only()
        .columns([class::Column::Id, class::Column::GradeLevel])
        .filter(class::Column::Id.is_in(sat.iter().map(|(_, class)| *class)))
        .into_tuple::<(i64, String)>()
        .all(&db.on().0)
        .await?
        .into_iter()
        .collect();
    Ok(sat
        .into_iter()
        .filter_map(|(subject, class)| Some((SubjectId(subject), levels.get(&class)?.clone())))
        .collect())
}
