//! The caller's second factor.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Json;
use gradebook_app::SecondFactorError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::OwnPassword;
use crate::json_body::JsonBody;
use crate::problem::{FieldError, Problem, ProblemBody, database_problem};
use crate::qr;

/// What an authenticator app needs.
#[derive(Serialize, ToSchema)]
pub(crate) struct TotpDto {
    /// In base32, for typing it in.
    secret: String,
    otpauth_uri: String,
    /// The same as a picture.
    qr_svg: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct CodeDto {
    /// Six digits.
    code: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct PasswordDto {
    /// The caller's password.
    password: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodesDto {
    /// Each is good for one sign-in in place of a code. They are told only here.
    recovery_codes: Vec<String>,
}

/// Makes a secret for an authenticator app. Signing in stays as it is until it is confirmed.
#[utoipa::path(post, operation_id = "begin_totp", path = "/api/v1/users/me/totp", tag = "account",
    responses((status = 200, body = TotpDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub(crate) async fn begin(caller: OwnPassword) -> Result<Json<TotpDto>, Problem> {
    let begun = caller.app.begin_totp(&caller.actor).await;
    let enrolment = begun.map_err(|error| problem(&error))?;
    Ok(Json(TotpDto {
        qr_svg: qr::svg(&enrolment.otpauth_uri).ok_or_else(Problem::internal)?,
        secret: enrolment.secret,
        otpauth_uri: enrolment.otpauth_uri,
    }))
}

/// Turns the second factor on with the first code of the app; ends the caller's other sessions.
#[utoipa::path(post, operation_id = "confirm_totp", path = "/api/v1/users/me/totp/confirm", tag = "account",
    request_body = CodeDto,
    responses((status = 200, body = RecoveryCodesDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub(crate) async fn confirm(
    caller: OwnPassword,
    body: JsonBody<CodeDto>,
) -> Result<Json<RecoveryCodesDto>, Problem> {
    let confirmed = caller.app.confirm_totp(&caller.actor, &body.code).await;
    let recovery_codes = confirmed.map_err(|error| problem(&error))?;
    Ok(Json(RecoveryCodesDto { recovery_codes }))
}

/// Turns the second factor off; ends the caller's other sessions.
#[utoipa::path(delete, operation_id = "remove_totp", path = "/api/v1/users/me/totp", tag = "account",
    request_body = PasswordDto,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
pub(crate) async fn remove(
    caller: OwnPassword,
    body: JsonBody<PasswordDto>,
) -> Result<HttpResponse, Problem> {
    let password = body.into_inner().password;
    let removed = caller.app.remove_totp(&caller.actor, password).await;
    removed.map_err(|error| problem(&error))?;
    Ok(HttpResponse::NoContent().finish())
}

/// Makes new recovery codes; the earlier ones are void.
#[utoipa::path(post, operation_id = "renew_recovery_codes", path = "/api/v1/users/me/totp/recovery-codes", tag = "account",
    request_body = PasswordDto,
    responses((status = 200, body = RecoveryCodesDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub(crate) async fn renew_codes(
    caller: OwnPassword,
    body: JsonBody<PasswordDto>,
) -> Result<Json<RecoveryCodesDto>, Problem> {
    let password = body.into_inner().password;
    let renewed = caller
        .app
        .renew_recovery_codes(&caller.actor, password)
        .await;
    let recovery_codes = renewed.map_err(|error| problem(&error))?;
    Ok(Json(RecoveryCodesDto { recovery_codes }))
}

/// The problem of a second factor that stays as it was.
pub(crate) fn problem(error: &SecondFactorError) -> Problem {
    let conflict = |code| Problem::new(StatusCode::CONFLICT, code, error.to_string());
    let field = |pointer: &str, code| {
        Problem::invalid(vec![FieldError {
            pointer: pointer.to_owned(),
            code,
            detail: error.to_string(),
        }])
    };
    match error {
        SecondFactorError::AlreadyEnabled => conflict("totp_enabled"),
        SecondFactorError::NotEnabled => conflict("totp_not_enabled"),
        SecondFactorError::NothingToConfirm => conflict("totp_not_begun"),
        SecondFactorError::Required => conflict("totp_required"),
        SecondFactorError::WrongCode => field("/code", "wrong_code"),
        SecondFactorError::WrongPassword => field("/password", "wrong_password"),
        SecondFactorError::Throttled { retry_after_s } => {
            Problem::too_many_attempts(*retry_after_s)
        }
        SecondFactorError::Busy => {
            Problem::unavailable("busy", "Too many passwords are being checked.", 2)
        }
        SecondFactorError::Gone => Problem::signed_out(),
        SecondFactorError::Internal(what) => {
            tracing::error!(what, "second factor failed");
            Problem::internal()
        }
        SecondFactorError::Database(_) => database_problem(error),
    }
}
