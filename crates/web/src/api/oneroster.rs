//! Importing a OneRoster bundle.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::web::{Json, Query};
use gradebook_app::oneroster::{ImportOneRoster, OneRosterError};
use utoipa::ToSchema;

use super::imports::ImportQuery;
use crate::access::{Admin, Has};
use crate::oneroster_report::{OneRosterDto, rejected};
use crate::problem::{Problem, ProblemBody, database_problem, invalid_reason};
use crate::upload::{Upload, invalid, no_room};

/// The form of an import of a bundle.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it describes the form, which is read part by part"
)]
pub(crate) struct OneRosterForm {
    /// A zip of CSV files, at most 10 MiB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Why scores change that students have seen.
    reason: Option<String>,
    /// `plan_hash` of the dry run; without `dry_run` it is needed.
    plan_hash: Option<String>,
}

/// Imports a OneRoster 1.2 (or 1.1) bundle: creates what the school does not have and enters the scores,
/// all of it or nothing.
#[utoipa::path(post, operation_id = "import_oneroster", path = "/api/v1/imports/oneroster", tag = "imports",
    params(ImportQuery),
    request_body(content = inline(OneRosterForm), content_type = "multipart/form-data"),
    responses((status = 200, body = OneRosterDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 413, body = ProblemBody), (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(crate) async fn import(
    caller: Has<Admin>,
    query: Query<ImportQuery>,
    body: Multipart,
) -> Result<Json<OneRosterDto>, Problem> {
    let upload = Upload::receive(&caller.app, &caller.actor, body).await?;
    upload.expect(&["reason", "plan_hash", "dry_run"])?;
    let dry_run = query.dry_run.unwrap_or(upload.flag("dry_run")?);
    if !dry_run && upload.field("plan_hash").is_none() {
        return Err(invalid("plan_hash", "send the plan_hash of a dry run"));
    }
    let order = ImportOneRoster {
        dry_run,
        reason: upload.field("reason").map(str::to_owned),
        plan_hash: upload.field("plan_hash").map(str::to_owned),
    };
    let report = caller
        .app
        .import_oneroster(&caller.actor, &upload.file, &order)
        .await
        .map_err(problem)?;
    Ok(Json(OneRosterDto::from(&report)))
}

fn problem(error: OneRosterError) -> Problem {
    let detail = error.to_string();
    let unprocessable = |code| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, &*detail);
    match error {
        OneRosterError::NoBundle(_)
        | OneRosterError::MissingFile(_)
        | OneRosterError::Delta(_)
        | OneRosterError::TooManyRows(_)
        | OneRosterError::TooManyRowsIn(..) => unprocessable("not_a_bundle"),
        OneRosterError::Refused { errors, total } => {
            unprocessable("file_rejected").with_members(rejected(&errors, total))
        }
        OneRosterError::PlanChanged => Problem::new(StatusCode::CONFLICT, "plan_changed", &*detail),
        OneRosterError::Reason(error) => invalid_reason(error),
        OneRosterError::NoRoom(error) => no_room(&error),
        OneRosterError::SignedOut => Problem::signed_out(),
        OneRosterError::Forbidden => Problem::forbidden(),
        OneRosterError::Database(_) => database_problem(&error),
    }
}
