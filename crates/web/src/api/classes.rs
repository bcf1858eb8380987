//! Classes, as admins keep them.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Json, Path, Query};
use gradebook_app::read::ClassFilter;
use gradebook_app::{ClassFields, ClassWithSize};
use gradebook_domain::ClassId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::dto::ClassDto;
use super::paging::{Listing, Paging, sought};
use super::setup_problem::setup_problem;
use crate::access::{Admin, Has};
use crate::json_body::JsonBody;
use crate::problem::{Problem, ProblemBody};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassWithSizeDto {
    #[serde(flatten)]
    class: ClassDto,
    /// How many students it has now or will have.
    students: u64,
}

impl From<ClassWithSize> for ClassWithSizeDto {
    fn from(one: ClassWithSize) -> Self {
        Self {
            class: (&one.class).into(),
            students: one.students,
        }
    }
}

/// A class to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewClassDto {
    /// E.g. `2026-2027`.
    school_year: String,
    /// E.g. `Grade 6`.
    grade_level: String,
    /// E.g. `Class 3`.
    name: String,
}

/// What to change; what is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeClassDto {
    /// A class that has courses stays in its school year.
    school_year: Option<String>,
    grade_level: Option<String>,
    name: Option<String>,
}

/// The class of the next school year.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PromoteDto {
    school_year: String,
    grade_level: String,
    name: String,
    /// First day in the new class; the last one in the old class is the day before.
    starts_on: String,
}

/// Which classes to list, and which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ClassesQuery {
    /// The school year.
    school_year: Option<String>,
    /// Parts of the school year, the grade level or the name, with spaces between: a class has all of
    /// them. Letter case makes no difference.
    #[param(max_length = 100)]
    q: Option<String>,
    /// Items in the answer: 50 unless stated, at most 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// All classes, or those that are looked for.
#[utoipa::path(get, operation_id = "list_classes", path = "/api/v1/classes", tag = "set-up", params(ClassesQuery),
    responses((status = 200, body = Listing<ClassWithSizeDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn list(
    caller: Has<Admin>,
    query: Query<ClassesQuery>,
) -> Result<Json<Listing<ClassWithSizeDto>>, Problem> {
    let query = query.into_inner();
    let paging = Paging::new(query.limit, query.cursor);
    let filter = ClassFilter {
        school_year: query.school_year,
        text: sought(query.q)?,
    };
    let after = ClassId(paging.position()?.unwrap_or(0));
    let page = caller
        .app
        .classes(&caller.actor, &filter, after, paging.limit()?)
        .await?;
    Ok(Json(Listing::of(page, ClassWithSizeDto::from)))
}

/// Adds a class.
#[utoipa::path(post, operation_id = "create_class", path = "/api/v1/classes", tag = "set-up",
    request_body = NewClassDto,
    responses((status = 201, body = ClassDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn create(
    caller: Has<Admin>,
    body: JsonBody<NewClassDto>,
) -> Result<HttpResponse, Problem> {
    let new = body.into_inner();
    let typed = ClassFields {
        school_year: Some(new.school_year),
        grade_level: Some(new.grade_level),
        name: Some(new.name),
    };
    let added = caller.app.add_class(&caller.actor, &typed).await;
    let class = added.map_err(|error| setup_problem(&error))?;
    Ok(created(&class))
}

fn created(class: &gradebook_app::read::Class) -> HttpResponse {
    HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/api/v1/classes/{}", class.id)))
        .json(ClassDto::from(class))
}

/// One class.
#[utoipa::path(get, operation_id = "get_class", path = "/api/v1/classes/{class_id}", tag = "set-up",
    params(("class_id" = i64, Path)),
    responses((status = 200, body = ClassDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn show(caller: Has<Admin>, id: Path<i64>) -> Result<Json<ClassDto>, Problem> {
    let class = caller.app.class(&caller.actor, ClassId(*id)).await?;
    Ok(Json(ClassDto::from(&class)))
}

/// Changes a class.
#[utoipa::path(patch, operation_id = "change_class", path = "/api/v1/classes/{class_id}", tag = "set-up",
    params(("class_id" = i64, Path)), request_body = ChangeClassDto,
    responses((status = 200, body = ClassDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn change(
    caller: Has<Admin>,
    id: Path<i64>,
    body: JsonBody<ChangeClassDto>,
) -> Result<Json<ClassDto>, Problem> {
    let body = body.into_inner();
    let typed = ClassFields {
        school_year: body.school_year,
        grade_level: body.grade_level,
        name: body.name,
    };
    let changed = caller
        .app
        .change_class(&caller.actor, ClassId(*id), &typed)
        .await;
    let class = changed.map_err(|error| setup_problem(&error))?;
    Ok(Json(ClassDto::from(&class)))
}

/// Makes the class of the next school year with the students of this one.
#[utoipa::path(post, operation_id = "promote_class", path = "/api/v1/classes/{class_id}/promote", tag = "set-up",
    params(("class_id" = i64, Path)), request_body = PromoteDto,
    responses((status = 201, body = ClassDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn promote(
    caller: Has<Admin>,
    id: Path<i64>,
    body: JsonBody<PromoteDto>,
) -> Result<HttpResponse, Problem> {
    let body = body.into_inner();
    let typed = ClassFields {
        school_year: Some(body.school_year),
        grade_level: Some(body.grade_level),
        name: Some(body.name),
    };
    let promoted = caller
        .app
        .promote_class(&caller.actor, ClassId(*id), &typed, &body.starts_on)
        .await;
    let (class, _) = promoted.map_err(|error| setup_problem(&error))?;
    Ok(created(&class))
}
