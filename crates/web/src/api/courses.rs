//! Courses.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Json, Path, Query};
use gradebook_app::{
    ChangeCourseError, CourseChange, CourseFilter, NewCourse, ReadError, SetTeachersError,
};
use gradebook_domain::{ClassId, CourseId, SubjectId, TermId, UserId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::dto::CourseDto;
use super::paging::{Listing, Paging, sought};
use super::policy::ChangePolicyDto;
use super::scheme_problem;
use super::setup_problem::setup_problem;
use crate::access::{Admin, Has, SignedIn};
use crate::json_body::JsonBody;
use crate::problem::{FieldError, Problem, ProblemBody, database_problem};

/// A course to add: one subject of one class in one term.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCourseDto {
    /// A class of the term's school year.
    class_id: i64,
    subject_id: i64,
    /// An open term.
    term_id: i64,
    /// Enabled accounts of teachers.
    #[serde(default)]
    #[schema(max_items = 50)]
    teacher_ids: Vec<i64>,
}

/// What to change; what is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeCourseDto {
    /// Everybody who teaches the course from now on; it is taken from all others. For admins.
    #[schema(max_items = 50)]
    teacher_ids: Option<Vec<i64>>,
    /// How the course counts and what it shows. For admins and the course's teachers.
    policy: Option<ChangePolicyDto>,
    /// Why; needed when students have seen what another `absent` or `letters` changes.
    reason: Option<String>,
}

/// Which courses to list, and which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CoursesQuery {
    /// Parts of the names of class, subject and teachers, with spaces between: a course has all of them.
    /// Letter case makes no difference.
    #[param(max_length = 100)]
    q: Option<String>,
    /// The term.
    term_id: Option<i64>,
    /// The class.
    class_id: Option<i64>,
    /// The subject.
    subject_id: Option<i64>,
    /// Items in the answer: 50 unless stated, at most 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// The courses that the caller may see, or those that are looked for.
#[utoipa::path(get, operation_id = "list_courses", path = "/api/v1/courses", tag = "courses", params(CoursesQuery),
    responses((status = 200, body = Listing<CourseDto>), (status = 401, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn list(
    caller: SignedIn,
    query: Query<CoursesQuery>,
) -> Result<Json<Listing<CourseDto>>, Problem> {
    let query = query.into_inner();
    let paging = Paging::new(query.limit, query.cursor);
    let filter = CourseFilter {
        term: query.term_id.map(TermId),
        class: query.class_id.map(ClassId),
        subject: query.subject_id.map(SubjectId),
        text: sought(query.q)?,
    };
    let after = CourseId(paging.position()?.unwrap_or(0));
    let page = caller
        .app
        .courses(&caller.actor, &filter, after, paging.limit()?)
        .await?;
    Ok(Json(Listing::of(page, |course| CourseDto::from(&course))))
}

/// One course.
#[utoipa::path(get, operation_id = "get_course", path = "/api/v1/courses/{course_id}", tag = "courses",
    params(("course_id" = i64, Path)),
    responses((status = 200, body = CourseDto), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
pub(crate) async fn show(caller: SignedIn, id: Path<i64>) -> Result<Json<CourseDto>, Problem> {
    let course = caller.app.course(&caller.actor, CourseId(*id)).await?;
    Ok(Json(CourseDto::from(&course)))
}

/// Adds a course.
#[utoipa::path(post, operation_id = "create_course", path = "/api/v1/courses", tag = "set-up",
    request_body = NewCourseDto,
    responses((status = 201, body = CourseDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn create(
    caller: Has<Admin>,
    body: JsonBody<NewCourseDto>,
) -> Result<HttpResponse, Problem> {
    let new = NewCourse {
        class: ClassId(body.class_id),
        subject: SubjectId(body.subject_id),
        term: TermId(body.term_id),
        teachers: body.teacher_ids.iter().copied().map(UserId).collect(),
    };
    let added = caller.app.add_course(&caller.actor, &new).await;
    let course = added.map_err(|error| setup_problem(&error))?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/api/v1/courses/{}", course.id)))
        .json(CourseDto::from(&course)))
}

/// Gives a course to its teachers (enabled accounts of teachers), or changes how it counts and what
/// it shows.
#[utoipa::path(patch, operation_id = "change_course", path = "/api/v1/courses/{course_id}", tag = "set-up",
    params(("course_id" = i64, Path)), request_body = ChangeCourseDto,
    responses((status = 200, body = CourseDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn change(
    caller: SignedIn,
    id: Path<i64>,
    body: JsonBody<ChangeCourseDto>,
) -> Result<Json<CourseDto>, Problem> {
    let body = body.into_inner();
    let teachers = body.teacher_ids;
    let change = CourseChange {
        teachers: teachers.map(|ids| ids.into_iter().map(UserId).collect()),
        policy: body.policy.map(ChangePolicyDto::read).transpose()?,
        reason: body.reason,
    };
    let changed = caller
        .app
        .change_course(&caller.actor, CourseId(*id), &change)
        .await;
    let course = changed.map_err(|error| problem(&error))?;
    Ok(Json(CourseDto::from(&course)))
}

pub(crate) fn problem(error: &ChangeCourseError) -> Problem {
    match error {
        ChangeCourseError::Teachers(error) => teachers_problem(error),
        ChangeCourseError::Policy(error) => scheme_problem::problem(error),
        ChangeCourseError::Read(ReadError::NotFound) => Problem::not_found(),
        ChangeCourseError::Read(ReadError::Forbidden) => Problem::forbidden(),
        ChangeCourseError::Read(ReadError::Database(error))
        | ChangeCourseError::Database(error) => Problem::of_database(error),
    }
}

fn teachers_problem(error: &SetTeachersError) -> Problem {
    match error {
        SetTeachersError::NotFound => Problem::not_found(),
        SetTeachersError::Forbidden => Problem::forbidden(),
        SetTeachersError::TooMany => Problem::invalid(vec![FieldError {
            pointer: "/teacher_ids".to_owned(),
            code: "invalid_field",
            detail: error.to_string(),
        }]),
        SetTeachersError::NotTeachers(wrong) => {
            let errors = wrong.iter().map(|(place, why)| FieldError {
                pointer: format!("/teacher_ids/{place}"),
                code: why.code(),
                detail: why.to_string(),
            });
            Problem::invalid(errors.collect())
        }
        SetTeachersError::Database(_) => database_problem(error),
    }
}
