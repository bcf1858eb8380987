//! Exams and the courses that sit them.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Json, Path, Query};
use gradebook_app::read::{ExamClasses, ExamCourse, ExamFilter};
use gradebook_app::{ExamDetail, ExamFields, ExamPart};
use gradebook_domain::{CourseId, ExamId, TermId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::dto::{ClassDto, CourseDto, TermDto};
use super::paging::{Listing, Paging, sought};
use super::setup_problem::setup_problem;
use super::terms::number;
use crate::access::{Admin, Has, SignedIn};
use crate::api::words::StateWord;
use crate::json_body::JsonBody;
use crate::number::Number;
use crate::problem::{Problem, ProblemBody};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExamDto {
    id: i64,
    name: String,
    /// `midterm`, `final`, `monthly` or `quiz`.
    kind: String,
    held_on: String,
    term: TermDto,
    /// The classes whose sheets the caller may see.
    classes: Vec<ClassDto>,
}

impl From<ExamClasses> for ExamDto {
    fn from(found: ExamClasses) -> Self {
        Self {
            id: found.exam.id.0,
            name: found.exam.name,
            kind: found.exam.kind,
            held_on: found.exam.held_on,
            term: (&found.term).into(),
            classes: found.classes.iter().map(ClassDto::from).collect(),
        }
    }
}

/// Which exams to list, and which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExamsQuery {
    /// Parts of the names of exam, term and school year, with spaces between: an exam has all of them.
    /// Letter case makes no difference.
    #[param(max_length = 100)]
    q: Option<String>,
    /// The term.
    term_id: Option<i64>,
    /// Items in the answer: 50 unless stated, at most 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// The exams, or those that are looked for, newest first. Students see none here.
#[utoipa::path(get, operation_id = "list_exams", path = "/api/v1/exams", tag = "exams", params(ExamsQuery),
    responses((status = 200, body = Listing<ExamDto>), (status = 401, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn list(
    caller: SignedIn,
    query: Query<ExamsQuery>,
) -> Result<Json<Listing<ExamDto>>, Problem> {
    let query = query.into_inner();
    let paging = Paging::new(query.limit, query.cursor);
    let filter = ExamFilter {
        term: query.term_id.map(TermId),
        text: sought(query.q)?,
    };
    let before = paging.position()?.map(ExamId);
    let page = caller
        .app
        .exams(&caller.actor, &filter, before, paging.limit()?)
        .await?;
    Ok(Json(Listing::of(page, ExamDto::from)))
}

/// An exam with the courses that sit it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExamDetailDto {
    id: i64,
    name: String,
    /// `midterm`, `final`, `monthly` or `quiz`.
    kind: String,
    held_on: String,
    term: TermDto,
    /// The courses that the caller may see, by class and subject.
    courses: Vec<ExamCourseDto>,
}

/// A course's part in an exam.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExamCourseDto {
    course: CourseDto,
    assessment_id: i64,
    max_score: Number,
    #[schema(value_type = StateWord)]
    state: &'static str,
    /// How many cells were ever written.
    entered: u64,
}

impl From<&ExamCourse> for ExamCourseDto {
    fn from(one: &ExamCourse) -> Self {
        Self {
            course: (&one.course).into(),
            assessment_id: one.assessment.id.0,
            max_score: one.assessment.limits.max_score.into(),
            state: one.assessment.state.as_str(),
            entered: one.written,
        }
    }
}

impl From<ExamDetail> for ExamDetailDto {
    fn from(found: ExamDetail) -> Self {
        Self {
            id: found.exam.id.0,
            name: found.exam.name,
            kind: found.exam.kind,
            held_on: found.exam.held_on,
            term: (&found.term).into(),
            courses: found.courses.iter().map(ExamCourseDto::from).collect(),
        }
    }
}

/// A course that is to sit an exam.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExamPartDto {
    /// A course of the exam's term.
    course_id: i64,
    /// Full marks; the subject's unless stated.
    #[schema(value_type = Option<f64>)]
    max_score: Option<Box<RawValue>>,
}

/// An exam to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewExamDto {
    /// An open term.
    term_id: i64,
    /// The term has one of this name.
    name: String,
    /// `midterm`, `final`, `monthly` or `quiz`.
    kind: String,
    /// Day, ISO 8601.
    held_on: String,
    /// Each gets one draft assessment.
    #[serde(default)]
    courses: Vec<ExamPartDto>,
}

/// What to change; what is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeExamDto {
    name: Option<String>,
    kind: Option<String>,
    held_on: Option<String>,
}

/// More courses for an exam.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoreCoursesDto {
    courses: Vec<ExamPartDto>,
}

fn parts(of: Vec<ExamPartDto>) -> Vec<ExamPart> {
    of.into_iter()
        .map(|one| ExamPart {
            course: CourseId(one.course_id),
            max_score: number(one.max_score),
        })
        .collect()
}

/// Adds an exam with one draft assessment in each course.
#[utoipa::path(post, operation_id = "create_exam", path = "/api/v1/exams", tag = "exams",
    request_body = NewExamDto,
    responses((status = 201, body = ExamDetailDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn create(
    caller: Has<Admin>,
    body: JsonBody<NewExamDto>,
) -> Result<HttpResponse, Problem> {
    let new = body.into_inner();
    let typed = ExamFields {
        name: Some(new.name),
        kind: Some(new.kind),
        held_on: Some(new.held_on),
    };
    let added = caller
        .app
        .add_exam(
            &caller.actor,
            TermId(new.term_id),
            &typed,
            &parts(new.courses),
        )
        .await
        .map_err(|error| setup_problem(&error))?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/api/v1/exams/{}", added.exam.id)))
        .json(ExamDetailDto::from(added)))
}

/// One exam, with the courses of the classes that the caller teaches, all for an admin.
#[utoipa::path(get, operation_id = "get_exam", path = "/api/v1/exams/{exam_id}", tag = "exams",
    params(("exam_id" = i64, Path)),
    responses((status = 200, body = ExamDetailDto), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
pub(crate) async fn show(caller: SignedIn, id: Path<i64>) -> Result<Json<ExamDetailDto>, Problem> {
    let found = caller.app.exam(&caller.actor, ExamId(*id)).await?;
    Ok(Json(found.into()))
}

/// Changes an exam's name, kind or day, and those of its assessments that have the same.
#[utoipa::path(patch, operation_id = "change_exam", path = "/api/v1/exams/{exam_id}", tag = "exams",
    params(("exam_id" = i64, Path)), request_body = ChangeExamDto,
    responses((status = 200, body = ExamDetailDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn change(
    caller: Has<Admin>,
    id: Path<i64>,
    body: JsonBody<ChangeExamDto>,
) -> Result<Json<ExamDetailDto>, Problem> {
    let body = body.into_inner();
    let typed = ExamFields {
        name: body.name,
        kind: body.kind,
        held_on: body.held_on,
    };
    let changed = caller
        .app
        .change_exam(&caller.actor, ExamId(*id), &typed)
        .await;
    let changed = changed.map_err(|error| setup_problem(&error))?;
    Ok(Json(changed.into()))
}

/// Adds courses to an exam. Those that sit it already stay as they are.
#[utoipa::path(post, operation_id = "add_exam_courses", path = "/api/v1/exams/{exam_id}/courses", tag = "exams",
    params(("exam_id" = i64, Path)), request_body = MoreCoursesDto,
    responses((status = 200, body = ExamDetailDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn add_courses(
    caller: Has<Admin>,
    id: Path<i64>,
    body: JsonBody<MoreCoursesDto>,
) -> Result<Json<ExamDetailDto>, Problem> {
    let parts = parts(body.into_inner().courses);
    let added = caller
        .app
        .add_to_exam(&caller.actor, ExamId(*id), &parts)
        .await;
    let found = added.map_err(|error| setup_problem(&error))?;
    Ok(Json(found.into()))
}

/// Takes a course out of an exam, while its assessment there is a draft without scores.
#[utoipa::path(delete, operation_id = "remove_exam_course", path = "/api/v1/exams/{exam_id}/courses/{course_id}",
    tag = "exams", params(("exam_id" = i64, Path), ("course_id" = i64, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub(crate) async fn remove_course(
    caller: Has<Admin>,
    path: Path<(i64, i64)>,
) -> Result<HttpResponse, Problem> {
    let (exam, course) = *path;
    caller
        .app
        .remove_from_exam(&caller.actor, ExamId(exam), CourseId(course))
        .await
        .map_err(|error| setup_problem(&error))?;
    Ok(HttpResponse::NoContent().finish())
}
