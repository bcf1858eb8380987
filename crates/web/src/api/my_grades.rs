//! A student's own grades.

use actix_web::http::{StatusCode, header};
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gradebook_app::{AssessmentGrade, CourseGrades, ExamResult, MyGrades};
use gradebook_domain::{Band, ClassStatistics, TermId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::amendments::MarkDto;
use super::dto::{CourseDto, PersonDto, SubjectDto, TermDto, time};
use super::explanation::{ExplanationDto, Names};
use crate::access::{Has, Student};
use crate::api::words::StatusWord;
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
    /// The letter of the final percentage; null while the course gives none.
    letter: Option<String>,
    /// Why `current` is what it is.
    explanation: ExplanationDto,
    /// Why `final` is what it is.
    final_explanation: ExplanationDto,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GradeDto {
    id: i64,
    title: String,
    date: String,
    #[schema(value_type = StatusWord)]
    status: &'static str,
    value: Option<Number>,
    max_score: Number,
    comment: Option<String>,
    /// Another score was shown before, or it was changed while it was published.
    corrected: bool,
    /// What was shown before the present score; null if nothing was.
    corrected_from: Option<CorrectedFromDto>,
    /// Since when the student has been able to see this score; null when there is none.
    shown_at: Option<String>,
    category: String,
    /// How the class did; left out unless the course shows it and at least ten have a score.
    #[serde(skip_serializing_if = "Option::is_none")]
    class_statistics: Option<ClassStatisticsDto>,
}

/// What a correction replaced.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CorrectedFromDto {
    #[serde(flatten)]
    mark: MarkDto,
    /// When the present score took its place.
    at: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassStatisticsDto {
    count: usize,
    /// Points.
    mean: Number,
    /// How many scores are in each tenth of the full marks, the lowest first.
    #[schema(min_items = 10, max_items = 10)]
    distribution: Vec<usize>,
}

impl From<&ClassStatistics> for ClassStatisticsDto {
    fn from(statistics: &ClassStatistics) -> Self {
        Self {
            count: statistics.count,
            mean: (&statistics.mean).into(),
            distribution: statistics.tenths.to_vec(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExamResultDto {
    id: i64,
    name: String,
    kind: String,
    held_on: String,
    /// Those that are published.
    subjects: Vec<SubjectResultDto>,
    /// How many subjects of the exam are the student's, published or not.
    subject_count: usize,
    /// Sum over the scored subjects.
    total: Option<Number>,
    max_total: Option<Number>,
    /// `excellent`, `good`, `pass` or `below`: the first to the last quarter of the class by total, over
    /// the published subjects. Left out unless the term shows bands, the student has a score in each
    /// subject, and at least ten have.
    #[serde(skip_serializing_if = "Option::is_none")]
    rank: Option<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubjectResultDto {
    subject: SubjectDto,
    #[schema(value_type = StatusWord)]
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
    let answer = MyGradesDto::from(&grades);
    let body = serde_json::to_vec(&answer).map_err(|error| {
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
        let names = Names {
            categories: &grades.categories,
            assessments: grades
                .assessments
                .iter()
                .map(|one| &one.assessment)
                .collect(),
        };
        Self {
            course: (&grades.course).into(),
            teachers: grades.course.teachers.iter().map(PersonDto::from).collect(),
            assessments: grades.assessments.iter().map(GradeDto::from).collect(),
            current: percent(&grades.current),
            r#final: percent(&grades.r#final),
            letter: grades.letter.clone(),
            explanation: ExplanationDto::new(&grades.current.why, &names),
            final_explanation: ExplanationDto::new(&grades.r#final.why, &names),
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
            corrected: grade.corrected,
            corrected_from: grade.correction().map(|correction| CorrectedFromDto {
                mark: correction.before.into(),
                at: time(correction.at),
            }),
            shown_at: grade.shown_at().map(time),
            category: grade.category.clone(),
            class_statistics: grade
                .class_statistics
                .as_ref()
                .map(ClassStatisticsDto::from),
        }
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
            subject_count: result.sat,
            total: result.total.map(Number::from),
            max_total: result.full.map(Number::from),
            rank: result.band.map(Band::as_str),
        }
    }
}
