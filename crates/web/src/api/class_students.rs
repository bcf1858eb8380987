//! Who belongs to a class from when to when.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Json, Path, Query};
use gradebook_app::read::Enrolment;
use gradebook_domain::{ClassId, EnrolmentId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::dto::StudentDto;
use super::paging::{Listing, Paging};
use super::setup_problem::setup_problem;
use crate::access::{Admin, Has};
use crate::json_body::{JsonBody, OptionalJsonBody};
use crate::problem::{Problem, ProblemBody};

/// A student with the days in the class.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EnrolmentDto {
    #[serde(flatten)]
    student: StudentDto,
    class_id: i64,
    /// First day in the class.
    starts_on: String,
    /// Last day in the class; null while the student stays.
    ends_on: Option<String>,
}

impl From<Enrolment> for EnrolmentDto {
    fn from(one: Enrolment) -> Self {
        Self {
            student: (&one.student).into(),
            class_id: one.class.0,
            starts_on: one.dates.starts_on,
            ends_on: one.dates.ends_on,
        }
    }
}

/// Both classes of a student who moved.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MovedDto {
    left: EnrolmentDto,
    joined: EnrolmentDto,
}

/// Which students to list, and which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StudentsQuery {
    /// Only those who belong to the class on this day, ISO 8601; otherwise also those who left.
    on: Option<String>,
    /// Items in the answer: 50 unless stated, at most 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnrolDto {
    /// First day, ISO 8601; today (UTC) unless stated.
    starts_on: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LeaveQuery {
    /// Last day, ISO 8601; today (UTC) unless stated.
    ends_on: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoveDto {
    to_class_id: i64,
    /// First day in the new class, ISO 8601; today (UTC) unless stated. The last one in the old class is
    /// the day before.
    from: Option<String>,
}

/// Everybody who belongs or belonged to a class.
#[utoipa::path(get, operation_id = "list_class_students", path = "/api/v1/classes/{class_id}/students", tag = "set-up",
    params(("class_id" = i64, Path), StudentsQuery),
    responses((status = 200, body = Listing<EnrolmentDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn list(
    caller: Has<Admin>,
    class: Path<i64>,
    query: Query<StudentsQuery>,
) -> Result<Json<Listing<EnrolmentDto>>, Problem> {
    let query = query.into_inner();
    let paging = Paging::new(query.limit, query.cursor);
    let after = EnrolmentId(paging.position()?.unwrap_or(0));
    let (on, limit) = (query.on.as_deref(), paging.limit()?);
    let page = caller
        .app
        .class_students(&caller.actor, ClassId(*class), on, after, limit)
        .await
        .map_err(|error| setup_problem(&error))?;
    Ok(Json(Listing::of(page, EnrolmentDto::from)))
}

/// Takes a student into a class. Whoever is there already stays; a stated day then puts their first day
/// right.
#[utoipa::path(put, operation_id = "enrol_student", path = "/api/v1/classes/{class_id}/students/{student_id}",
    tag = "set-up", params(("class_id" = i64, Path), ("student_id" = i64, Path)),
    request_body = Option<EnrolDto>,
    responses((status = 200, body = EnrolmentDto), (status = 201, body = EnrolmentDto),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn enrol(
    caller: Has<Admin>,
    path: Path<(i64, i64)>,
    body: OptionalJsonBody<EnrolDto>,
) -> Result<HttpResponse, Problem> {
    let (class, student) = *path;
    let body = body.into_inner();
    let enrolled = caller
        .app
        .enrol(
            &caller.actor,
            ClassId(class),
            UserId(student),
            body.starts_on.as_deref(),
        )
        .await
        .map_err(|error| setup_problem(&error))?;
    let status = if enrolled.new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok(HttpResponse::build(status).json(EnrolmentDto::from(enrolled.enrolment)))
}

/// Ends a student's membership of a class. Nothing is deleted: the student keeps their scores, and their
/// row in the gradebooks of the terms in which they were there.
#[utoipa::path(delete, operation_id = "end_enrolment", path = "/api/v1/classes/{class_id}/students/{student_id}",
    tag = "set-up", params(("class_id" = i64, Path), ("student_id" = i64, Path), LeaveQuery),
    responses((status = 200, body = EnrolmentDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn leave(
    caller: Has<Admin>,
    path: Path<(i64, i64)>,
    query: Query<LeaveQuery>,
) -> Result<Json<EnrolmentDto>, Problem> {
    let (class, student) = *path;
    let ended = caller
        .app
        .end_enrolment(
            &caller.actor,
            ClassId(class),
            UserId(student),
            query.ends_on.as_deref(),
        )
        .await
        .map_err(|error| setup_problem(&error))?;
    Ok(Json(ended.into()))
}

/// Moves a student from one class to another.
#[utoipa::path(post, operation_id = "move_student",
    path = "/api/v1/classes/{class_id}/students/{student_id}/move", tag = "set-up",
    params(("class_id" = i64, Path), ("student_id" = i64, Path)), request_body = MoveDto,
    responses((status = 200, body = MovedDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn move_to(
    caller: Has<Admin>,
    path: Path<(i64, i64)>,
    body: JsonBody<MoveDto>,
) -> Result<Json<MovedDto>, Problem> {
    let (class, student) = *path;
    let classes = (ClassId(class), ClassId(body.to_class_id));
    let (left, joined) = caller
        .app
        .move_student(
            &caller.actor,
            classes,
            UserId(student),
            body.from.as_deref(),
        )
        .await
        .map_err(|error| setup_problem(&error))?;
    Ok(Json(MovedDto {
        left: left.into(),
        joined: joined.into(),
    }))
}
