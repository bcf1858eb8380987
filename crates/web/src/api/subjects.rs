//! Subjects, as admins keep them.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Json, Path, Query};
use gradebook_app::{SubjectFields, SubjectWithMarks};
use gradebook_domain::SubjectId;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::dto::SubjectDto;
use super::paging::{Listing, Paging};
use super::setup_problem::setup_problem;
use super::terms::number;
use crate::access::{Admin, Has};
use crate::json_body::JsonBody;
use crate::number::Number;
use crate::problem::{Problem, ProblemBody};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubjectWithMarksDto {
    #[serde(flatten)]
    subject: SubjectDto,
    /// Full marks of assessments that state none.
    default_max_score: Number,
    /// Place among the subjects.
    position: i64,
}

impl From<SubjectWithMarks> for SubjectWithMarksDto {
    fn from((subject, full): SubjectWithMarks) -> Self {
        Self {
            subject: (&subject).into(),
            default_max_score: full.into(),
            position: subject.position,
        }
    }
}

/// A subject to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSubjectDto {
    /// Short and unique, e.g. `physics`.
    code: String,
    /// Chinese name; the English one stands in for it.
    name_zh: Option<String>,
    /// English name; the Chinese one stands in for it.
    name_en: Option<String>,
    /// Full marks of assessments that state none; 100 unless stated.
    #[schema(value_type = Option<f64>)]
    default_max_score: Option<Box<RawValue>>,
    /// Place among the subjects; the last one unless stated.
    #[schema(value_type = Option<i64>)]
    position: Option<Box<RawValue>>,
}

/// What to change; what is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeSubjectDto {
    code: Option<String>,
    name_zh: Option<String>,
    name_en: Option<String>,
    /// Assessments that exist keep their full marks.
    #[schema(value_type = Option<f64>)]
    default_max_score: Option<Box<RawValue>>,
    #[schema(value_type = Option<i64>)]
    position: Option<Box<RawValue>>,
}

/// All subjects.
#[utoipa::path(get, operation_id = "list_subjects", path = "/api/v1/subjects", tag = "set-up", params(Paging),
    responses((status = 200, body = Listing<SubjectWithMarksDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody)))]
pub(crate) async fn list(
    caller: Has<Admin>,
    paging: Query<Paging>,
) -> Result<Json<Listing<SubjectWithMarksDto>>, Problem> {
    let after = SubjectId(paging.position()?.unwrap_or(0));
    let page = caller
        .app
        .subjects(&caller.actor, after, paging.limit()?)
        .await?;
    Ok(Json(Listing::of(page, SubjectWithMarksDto::from)))
}

/// Adds a subject.
#[utoipa::path(post, operation_id = "create_subject", path = "/api/v1/subjects", tag = "set-up",
    request_body = NewSubjectDto,
    responses((status = 201, body = SubjectWithMarksDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn create(
    caller: Has<Admin>,
    body: JsonBody<NewSubjectDto>,
) -> Result<HttpResponse, Problem> {
    let new = body.into_inner();
    let typed = SubjectFields {
        code: Some(new.code),
        name_zh: new.name_zh,
        name_en: new.name_en,
        default_max_score: number(new.default_max_score),
        position: number(new.position),
    };
    let added = caller.app.add_subject(&caller.actor, &typed).await;
    let added = added.map_err(|error| setup_problem(&error))?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/api/v1/subjects/{}", added.0.id)))
        .json(SubjectWithMarksDto::from(added)))
}

/// Changes a subject.
#[utoipa::path(patch, operation_id = "change_subject", path = "/api/v1/subjects/{subject_id}", tag = "set-up",
    params(("subject_id" = i64, Path)), request_body = ChangeSubjectDto,
    responses((status = 200, body = SubjectWithMarksDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn change(
    caller: Has<Admin>,
    id: Path<i64>,
    body: JsonBody<ChangeSubjectDto>,
) -> Result<Json<SubjectWithMarksDto>, Problem> {
    let body = body.into_inner();
    let typed = SubjectFields {
        code: body.code,
        name_zh: body.name_zh,
        name_en: body.name_en,
        default_max_score: number(body.default_max_score),
        position: number(body.position),
    };
    let changed = caller
        .app
        .change_subject(&caller.actor, SubjectId(*id), &typed)
        .await;
    let changed = changed.map_err(|error| setup_problem(&error))?;
    Ok(Json(changed.into()))
}
