//! Report cards.

use actix_web::web::{Json, Path, Query};
use gradebook_app::read::Term;
use gradebook_app::{ReportView, StudentReport, SubjectReport};
use gradebook_domain::{ClassId, Percentage, Reading, TermId, YearTotal, YearTreatment};
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
    /// Why `current` is what it is.
    explanation: YearDto,
    /// Why `final` is what it is.
    final_explanation: YearDto,
}

/// How a year's total came about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct YearDto {
    /// `current` or `final`.
    reading: &'static str,
    /// All terms of the report, in order.
    terms: Vec<YearLineDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct YearLineDto {
    term_id: i64,
    name: String,
    /// `counted`; or why it does not count: `not_taught`, `nothing_to_count` (no score counts yet) or
    /// `no_weight`.
    treatment: &'static str,
    /// Percent of the term; null when nothing counts.
    percentage: Option<Number>,
    /// Percent of the year as set up.
    weight: Number,
    /// Percent of the year after scaling.
    effective_weight: Number,
    /// Points of percent that it adds to the year.
    contribution: Number,
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

impl YearDto {
    fn new(reading: Reading, year: &YearTotal, report: &SubjectReport, terms: &[Term]) -> Self {
        let lines = year.terms.iter().zip(terms).zip(&report.terms);
        Self {
            reading: reading.as_str(),
            terms: lines
                .map(|((line, term), result)| YearLineDto {
                    term_id: term.id.0,
                    name: term.name.clone(),
                    treatment: match YearTreatment::of(line, result.is_some()) {
                        YearTreatment::Counted => "counted",
                        YearTreatment::NotTaught => "not_taught",
                        YearTreatment::NothingToCount => "nothing_to_count",
                        YearTreatment::NoWeight => "no_weight",
                    },
                    percentage: percent(line.percentage.as_ref()),
                    weight: line.weight.into(),
                    effective_weight: (&line.effective_weight).into(),
                    contribution: (&line.contribution).into(),
                })
                .collect(),
        }
    }
}

impl SubjectReportDto {
    fn new(report: &SubjectReport, terms: &[Term]) -> Self {
        let year = |reading, year| YearDto::new(reading, year, report, terms);
        Self {
            explanation: year(Reading::Current, &report.current),
            final_explanation: year(Reading::Final, &report.r#final),
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
            current: percent(report.current.percentage.as_ref()),
            r#final: percent(report.r#final.percentage.as_ref()),
            letter: report.letter.clone(),
        }
    }
}

fn subjects(report: &StudentReport, terms: &[Term]) -> Vec<SubjectReportDto> {
    let subjects = report.subjects.iter();
    subjects
        .map(|one| SubjectReportDto::new(one, terms))
        .collect()
}

impl From<&ReportView> for ClassReportDto {
    fn from(view: &ReportView) -> Self {
        let students = view.students.iter().map(|one| StudentReportDto {
            student: (&one.student).into(),
            subjects: subjects(one, &view.terms),
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
        subjects: view
            .students
            .first()
            .map(|one| subjects(one, &view.terms))
            .unwrap_or_default(),
    }))
}
