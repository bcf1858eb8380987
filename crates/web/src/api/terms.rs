//! Terms, as admins keep them.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Json, Path, Query};
use gradebook_app::TermFields;
use gradebook_domain::TermId;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::dto::TermDto;
use super::paging::{Listing, Paging};
use super::setup_problem::setup_problem;
use crate::access::{Admin, Has};
use crate::json_body::JsonBody;
use crate::problem::{Problem, ProblemBody};

/// A term to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTermDto {
    /// E.g. `2026-2027`.
    school_year: String,
    /// E.g. `Autumn`; the year has one of this name.
    name: String,
    /// First day, ISO 8601.
    starts_on: String,
    /// Last day, ISO 8601. Terms of one school year have no day in common.
    ends_on: String,
    /// Percent of the year; 50 unless stated.
    #[schema(value_type = Option<f64>)]
    weight: Option<Box<RawValue>>,
    /// What students are told of their rank: `hidden`, unless stated, or `bands`.
    rank_shown: Option<String>,
}

/// What to change; what is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeTermDto {
    school_year: Option<String>,
    name: Option<String>,
    starts_on: Option<String>,
    ends_on: Option<String>,
    /// Percent of the year. Where students see work of the term already, another weight needs a reason.
    #[schema(value_type = Option<f64>)]
    weight: Option<Box<RawValue>>,
    /// `hidden` or `bands`.
    rank_shown: Option<String>,
    reason: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReopenDto {
    /// Why: it is kept in the change log.
    #[schema(required = true)]
    reason: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClosedTermDto {
    #[serde(flatten)]
    term: TermDto,
    /// How many assessments were locked, or unlocked.
    assessments: usize,
}

/// The text of a number in JSON, to be read exactly.
pub(super) fn number(raw: Option<Box<RawValue>>) -> Option<String> {
    raw.map(|raw| raw.get().to_owned())
}

/// All terms.
#[utoipa::path(get, operation_id = "list_terms", path = "/api/v1/terms", tag = "set-up", params(Paging),
    responses((status = 200, body = Listing<TermDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody)))]
pub(crate) async fn list(
    caller: Has<Admin>,
    paging: Query<Paging>,
) -> Result<Json<Listing<TermDto>>, Problem> {
    let after = TermId(paging.position()?.unwrap_or(0));
    let page = caller
        .app
        .terms(&caller.actor, after, paging.limit()?)
        .await?;
    Ok(Json(Listing::of(page, |term| TermDto::from(&term))))
}

/// Adds a term.
#[utoipa::path(post, operation_id = "create_term", path = "/api/v1/terms", tag = "set-up",
    request_body = NewTermDto,
    responses((status = 201, body = TermDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn create(
    caller: Has<Admin>,
    body: JsonBody<NewTermDto>,
) -> Result<HttpResponse, Problem> {
    let new = body.into_inner();
    let typed = TermFields {
        school_year: Some(new.school_year),
        name: Some(new.name),
        starts_on: Some(new.starts_on),
        ends_on: Some(new.ends_on),
        weight: number(new.weight),
        rank_shown: new.rank_shown,
    };
    let added = caller.app.add_term(&caller.actor, &typed).await;
    let term = added.map_err(|error| setup_problem(&error))?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/api/v1/terms/{}", term.id)))
        .json(TermDto::from(&term)))
}

/// One term.
#[utoipa::path(get, operation_id = "get_term", path = "/api/v1/terms/{term_id}", tag = "set-up",
    params(("term_id" = i64, Path)),
    responses((status = 200, body = TermDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn show(caller: Has<Admin>, id: Path<i64>) -> Result<Json<TermDto>, Problem> {
    let (term, _) = caller.app.term(&caller.actor, TermId(*id)).await?;
    Ok(Json(TermDto::from(&term)))
}

/// Changes a term.
#[utoipa::path(patch, operation_id = "change_term", path = "/api/v1/terms/{term_id}", tag = "set-up",
    params(("term_id" = i64, Path)), request_body = ChangeTermDto,
    responses((status = 200, body = TermDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn change(
    caller: Has<Admin>,
    id: Path<i64>,
    body: JsonBody<ChangeTermDto>,
) -> Result<Json<TermDto>, Problem> {
    let body = body.into_inner();
    let typed = TermFields {
        school_year: body.school_year,
        name: body.name,
        starts_on: body.starts_on,
        ends_on: body.ends_on,
        weight: number(body.weight),
        rank_shown: body.rank_shown,
    };
    let reason = body.reason.as_deref();
    let changed = caller
        .app
        .change_term(&caller.actor, TermId(*id), &typed, reason)
        .await;
    let term = changed.map_err(|error| setup_problem(&error))?;
    Ok(Json(TermDto::from(&term)))
}

/// Closes a term: what is published in it is locked, and no score is taken any more.
#[utoipa::path(post, operation_id = "close_term", path = "/api/v1/terms/{term_id}/close", tag = "set-up",
    params(("term_id" = i64, Path)),
    responses((status = 200, body = ClosedTermDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody)))]
pub(crate) async fn close(
    caller: Has<Admin>,
    id: Path<i64>,
) -> Result<Json<ClosedTermDto>, Problem> {
    let closed = caller.app.close_term(&caller.actor, TermId(*id)).await;
    let (term, assessments) = closed.map_err(|error| setup_problem(&error))?;
    Ok(Json(ClosedTermDto {
        term: TermDto::from(&term),
        assessments,
    }))
}

/// Opens a closed term again and unlocks what its closing locked.
#[utoipa::path(post, operation_id = "reopen_term", path = "/api/v1/terms/{term_id}/reopen", tag = "set-up",
    params(("term_id" = i64, Path)), request_body = ReopenDto,
    responses((status = 200, body = ClosedTermDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn reopen(
    caller: Has<Admin>,
    id: Path<i64>,
    body: JsonBody<ReopenDto>,
) -> Result<Json<ClosedTermDto>, Problem> {
    let opened = caller
        .app
        .reopen_term(&caller.actor, TermId(*id), body.reason.as_deref())
        .await;
    let (term, assessments) = opened.map_err(|error| setup_problem(&error))?;
    Ok(Json(ClosedTermDto {
        term: TermDto::from(&term),
        assessments,
    }))
}
