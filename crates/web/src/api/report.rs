//! Report cards.

use actix_web::web::{Json, Path, Query};
use gradebook_app::{ReportView, StudentReport, SubjectReport};
use gradebook_domain::{ClassId, Percentage, TermId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::dto::{ClassDto, StudentDto, SubjectDto, TermDto};
use crate::access::{Has, SignedIn, Student};
use crate::number::Number;
use crate::problem::{Problem, ProblemBody};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportQuery {
    /// The last term of the report; the newest one if left out.
    pub(crate) term_id: Option<i64>,
}

impl ReportQuery {
    pub(crate) fn term(&self) -> Option<TermId> {
        self.term_id.map(TermId)
    }
}

/// Report cards of a class.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassReportDto {
    class: Option<ClassDto>,
    /// Of one school year, in order, until the one that was asked for.
    terms: Vec<TermDto>,
    students: Vec<StudentReportDto>,
}

/// One's own report card.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MyReportDto {
    /// Of one school year, in order, until the one that was asked for.
    terms: Vec<TermDto>,
    subjects: Vec<SubjectReportDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StudentReportDto {
    student: StudentDto,
    subjects: Vec<SubjectReportDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubjectReportDto {
    subject: SubjectDto,
    /// The terms in which it was taught.
    terms: Vec<TermResultDto>,
    /// Percent of the year: Σ term percentage × term weight, blank and missing cells ignored.
    current: Option<Number>,
    /// The same, blank and missing cells counting zero.
    r#final: Option<Number>,
    /// Null unless the courses of all terms give the same letters.
    letter: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TermResultDto {
    term_id: i64,
    course_id: i64,
    /// Percent; blank and missing cells ignored.
    current: Option<Number>,
    /// Percent; blank and missing cells count zero.
    r#final: Option<Number>,
    letter: Option<String>,
}

fn percent(percentage: Option<&Percentage>) -> Option<Number> {
    percentage.map(Number::from)
}

impl From<&SubjectReport> for SubjectReportDto {
    fn from(report: &SubjectReport) -> Self {
        Self {
            subject: (&report.subject).into(),
            terms: report
                .terms
                .iter()
                .flatten()
                .map(|one| TermResultDto {
                    term_id: one.course.term.id.0,
                    course_id: one.course.id.0,
                    current: percent(one.current.as_ref()),
                    r#final: percent(one.r#final.as_ref()),
                    letter: one.letter.clone(),
                })
                .collect(),
            current: percent(report.current.as_ref()),
            r#final: percent(report.r#final.as_ref()),
            letter: report.letter.clone(),
        }
    }
}

fn subjects(report: &StudentReport) -> Vec<SubjectReportDto> {
    report.subjects.iter().map(SubjectReportDto::from).collect()
}

impl From<&ReportView> for ClassReportDto {
    fn from(view: &ReportView) -> Self {
        let students = view.students.iter().map(|one| StudentReportDto {
            student: (&one.student).into(),
            subjects: subjects(one),
        });
        Self {
            class: view.class.as_ref().map(ClassDto::from),
            terms: view.terms.iter().map(TermDto::from).collect(),
            students: students.collect(),
        }
    }
}

/// The report cards of a class: published and locked assessments only. For admins and whoever teaches
/// the class.
#[utoipa::path(get, operation_id = "get_class_report", path = "/api/v1/classes/{class_id}/report", tag = "grades",
    params(("class_id" = i64, Path), ReportQuery),
    responses((status = 200, body = ClassReportDto), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
pub(crate) async fn of_class(
    caller: SignedIn,
    class: Path<i64>,
    query: Query<ReportQuery>,
) -> Result<Json<ClassReportDto>, Problem> {
    let class = ClassId(*class);
    let view = caller
        .app
        .class_report(&caller.actor, class, query.term())
        .await?;
    Ok(Json(ClassReportDto::from(&view)))
}

/// The caller's own report card.
#[utoipa::path(get, operation_id = "get_my_report", path = "/api/v1/me/report", tag = "grades", params(ReportQuery),
    responses((status = 200, body = MyReportDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn mine(
    caller: Has<Student>,
    query: Query<ReportQuery>,
) -> Result<Json<MyReportDto>, Problem> {
    let view = caller.app.my_report(&caller.actor, query.term()).await?;
    Ok(Json(MyReportDto {
        terms: view.terms.iter().map(TermDto::from).collect(),
        subjects: view.students.first().map(subjects).unwrap_or_default(),
    }))
}
