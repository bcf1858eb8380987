//! A student's own grades.

use actix_web::http::{StatusCode, header};
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gradebook_app::{AssessmentGrade, CourseGrades, ExamResult, MyGrades};
use gradebook_domain::{
    AssessmentLine, CategoryLine, DropEnd, Explanation, NoValue, TermId, Treatment,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::dto::{CourseDto, PersonDto, SubjectDto, TermDto};
use crate::access::{Has, Student};
use crate::number::Number;
use crate::problem::{Problem, ProblemBody};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MyGradesQuery {
    /// One term only.
    term_id: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MyGradesDto {
    terms: Vec<TermDto>,
    courses: Vec<CourseGradesDto>,
    exams: Vec<ExamResultDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CourseGradesDto {
    course: CourseDto,
    teachers: Vec<PersonDto>,
    /// Published ones, newest first.
    assessments: Vec<GradeDto>,
    /// Percent; blank cells ignored.
    current: Option<Number>,
    /// Percent; blank and missing cells count zero.
    r#final: Option<Number>,
    letter: Option<String>,
    /// Why `current` is what it is.
    explanation: ExplanationDto,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GradeDto {
    id: i64,
    title: String,
    date: String,
    /// `blank`, `scored`, `absent`, `excused` or `missing`.
    status: &'static str,
    value: Option<Number>,
    max_score: Number,
    comment: Option<String>,
    /// Changed after it was published.
    corrected: bool,
    category: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExplanationDto {
    /// `current`.
    reading: &'static str,
    categories: Vec<CategoryLineDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CategoryLineDto {
    id: i64,
    name: String,
    /// Percent of the category; null when nothing counts.
    percentage: Option<Number>,
    /// Percent of the course as set up.
    weight: Number,
    /// Percent of the course after scaling.
    effective_weight: Number,
    /// Points of percent that it adds to the total.
    contribution: Number,
    assessments: Vec<AssessmentLineDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssessmentLineDto {
    id: i64,
    /// `counted`, `counted_zero`, `dropped_lowest`, `dropped_highest`, `excused`, `left_out` or
    /// `not_counted`.
    treatment: &'static str,
    /// Why there is no value: `blank`, `missing` or `absent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'static str>,
    percentage: Option<Number>,
    contribution: Number,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExamResultDto {
    id: i64,
    name: String,
    kind: String,
    held_on: String,
    subjects: Vec<SubjectResultDto>,
    /// Sum over the scored subjects.
    total: Option<Number>,
    max_total: Option<Number>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubjectResultDto {
    subject: SubjectDto,
    status: &'static str,
    value: Option<Number>,
    max_score: Number,
}

/// The caller's own published grades.
#[utoipa::path(get, operation_id = "get_my_grades", path = "/api/v1/me/grades", tag = "grades", params(MyGradesQuery),
    responses((status = 200, body = MyGradesDto), (status = 304), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody)))]
pub(crate) async fn show(
    request: HttpRequest,
    caller: Has<Student>,
    query: Query<MyGradesQuery>,
) -> Result<HttpResponse, Problem> {
    let grades = caller
        .app
        .my_grades(&caller.actor, query.term_id.map(TermId))
        .await?;
    let body = serde_json::to_vec(&MyGradesDto::from(&grades)).map_err(|error| {
        tracing::error!(%error, "grades could not be written as JSON");
        Problem::internal()
    })?;
    let hash = digest::digest(&digest::SHA256, &body);
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(hash));
    let unchanged = is_known(&request, &tag);
    let mut response = HttpResponse::build(if unchanged {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::OK
    });
    response.insert_header((header::ETAG, tag));
    if unchanged {
        return Ok(response.finish());
    }
    Ok(response.content_type("application/json").body(body))
}

fn is_known(request: &HttpRequest, tag: &str) -> bool {
    request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|known| known.split(',').any(|one| one.trim() == tag))
}

impl From<&MyGrades> for MyGradesDto {
    fn from(grades: &MyGrades) -> Self {
        let mut terms: Vec<TermDto> = Vec::new();
        let mut seen = Vec::new();
        for course in &grades.courses {
            if !seen.contains(&course.course.term.id) {
                seen.push(course.course.term.id);
                terms.push((&course.course.term).into());
            }
        }
        Self {
            terms,
            courses: grades.courses.iter().map(CourseGradesDto::from).collect(),
            exams: grades.exams.iter().map(ExamResultDto::from).collect(),
        }
    }
}

impl From<&CourseGrades> for CourseGradesDto {
    fn from(grades: &CourseGrades) -> Self {
        let percent =
            |total: &gradebook_domain::CourseTotal| total.percentage.as_ref().map(Number::from);
        Self {
            course: (&grades.course).into(),
            teachers: grades.course.teachers.iter().map(PersonDto::from).collect(),
            assessments: grades.assessments.iter().map(GradeDto::from).collect(),
            current: percent(&grades.current),
            r#final: percent(&grades.r#final),
            letter: None,
            explanation: explanation(&grades.current.why, grades),
        }
    }
}

impl From<&AssessmentGrade> for GradeDto {
    fn from(grade: &AssessmentGrade) -> Self {
        let score = grade.score();
        Self {
            id: grade.assessment.id.0,
            title: grade.assessment.title.clone(),
            date: grade.assessment.held_on.clone(),
            status: score.status().as_str(),
            value: score.value().map(Number::from),
            max_score: grade.assessment.limits.max_score.into(),
            comment: grade.stored.as_ref().and_then(|one| one.comment.clone()),
            corrected: grade.stored.as_ref().is_some_and(|one| one.corrected),
            category: grade.category.clone(),
        }
    }
}

fn explanation(why: &Explanation, grades: &CourseGrades) -> ExplanationDto {
    let name = |line: &CategoryLine| {
        grades
            .categories
            .iter()
            .find(|category| category.scheme.id == line.id)
            .map_or_else(String::new, |category| category.name.clone())
    };
    ExplanationDto {
        reading: why.reading.as_str(),
        categories: why
            .categories
            .iter()
            .map(|line| CategoryLineDto {
                id: line.id.0,
                name: name(line),
                percentage: line.percentage.as_ref().map(Number::from),
                weight: line.weight.into(),
                effective_weight: (&line.effective_weight).into(),
                contribution: (&line.contribution).into(),
                assessments: line.assessments.iter().map(assessment_line).collect(),
            })
            .collect(),
    }
}

fn assessment_line(line: &AssessmentLine) -> AssessmentLineDto {
    let because = |reason| match reason {
        NoValue::Blank => "blank",
        NoValue::Missing => "missing",
        NoValue::Absent => "absent",
    };
    let (treatment, because) = match line.treatment {
        Treatment::Counted => ("counted", None),
        Treatment::CountedZero(reason) => ("counted_zero", Some(because(reason))),
        Treatment::Dropped(DropEnd::Lowest) => ("dropped_lowest", None),
        Treatment::Dropped(DropEnd::Highest) => ("dropped_highest", None),
        Treatment::Excused => ("excused", None),
        Treatment::LeftOut(reason) => ("left_out", Some(because(reason))),
        Treatment::NoWeight | Treatment::NoMaximum | Treatment::NoCategory => ("not_counted", None),
    };
    AssessmentLineDto {
        id: line.id.0,
        treatment,
        because,
        percentage: line.percentage.as_ref().map(Number::from),
        contribution: (&line.contribution).into(),
    }
}

impl From<&ExamResult> for ExamResultDto {
    fn from(result: &ExamResult) -> Self {
        Self {
            id: result.exam.id.0,
            name: result.exam.name.clone(),
            kind: result.exam.kind.clone(),
            held_on: result.exam.held_on.clone(),
            subjects: result
                .subjects
                .iter()
                .map(|(subject, full, score)| SubjectResultDto {
                    subject: subject.into(),
                    status: score.status().as_str(),
                    value: score.value().map(Number::from),
                    max_score: (*full).into(),
                })
                .collect(),
            total: result.total.map(Number::from),
            max_total: result.full.map(Number::from),
        }
    }
}
