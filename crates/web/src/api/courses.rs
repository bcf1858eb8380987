//! Courses.

use actix_web::web::{Json, Path, Query};
use gradebook_app::{NotATeacher, SetTeachersError};
use gradebook_domain::{CourseId, UserId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::dto::CourseDto;
use super::paging::{Listing, Paging};
use crate::access::{Admin, Has, SignedIn};
use crate::json_body::JsonBody;
use crate::problem::{FieldError, Problem, ProblemBody, database_problem};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeCourseDto {
    /// Everybody who teaches the course from now on; it is taken from all others.
    #[schema(max_items = 50)]
    teacher_ids: Vec<i64>,
}

/// The courses that the caller may see.
#[utoipa::path(get, operation_id = "list_courses", path = "/api/v1/courses", tag = "courses", params(Paging),
    responses((status = 200, body = Listing<CourseDto>), (status = 401, body = ProblemBody)))]
pub(crate) async fn list(
    caller: SignedIn,
    paging: Query<Paging>,
) -> Result<Json<Listing<CourseDto>>, Problem> {
    let after = CourseId(paging.position()?.unwrap_or(0));
    let page = caller
        .app
        .courses(&caller.actor, after, paging.limit()?)
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

/// Gives a course to its teachers: enabled accounts of teachers.
#[utoipa::path(patch, operation_id = "change_course", path = "/api/v1/courses/{course_id}", tag = "set-up",
    params(("course_id" = i64, Path)), request_body = ChangeCourseDto,
    responses((status = 200, body = CourseDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn change(
    caller: Has<Admin>,
    id: Path<i64>,
    body: JsonBody<ChangeCourseDto>,
) -> Result<Json<CourseDto>, Problem> {
    let teachers: Vec<UserId> = body.teacher_ids.iter().copied().map(UserId).collect();
    let changed = caller
        .app
        .set_teachers(&caller.actor, CourseId(*id), &teachers)
        .await;
    let course = changed.map_err(|error| problem(&error))?;
    Ok(Json(CourseDto::from(&course)))
}

fn problem(error: &SetTeachersError) -> Problem {
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
                code: match why {
                    NotATeacher::Unknown => "unknown_user",
                    NotATeacher::OtherRole => "not_a_teacher",
                    NotATeacher::Disabled => "disabled_user",
                },
                detail: why.to_string(),
            });
            Problem::invalid(errors.collect())
        }
        SetTeachersError::Database(_) => database_problem(error),
    }
}
