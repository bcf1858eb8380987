//! The caller's own account.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Json;
use gradebook_app::ChangePasswordError;
use gradebook_app::read::User;
use gradebook_auth::Via;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::token::TokenDto;
use crate::access::AnySession;
use crate::cookies;
use crate::json_body::JsonBody;
use crate::problem::{FieldError, Problem, ProblemBody, database_problem};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeDto {
    id: i64,
    username: String,
    name: String,
    /// `admin`, `teacher` or `student`.
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    student_number: Option<String>,
    locale: String,
    password_change_required: bool,
    totp_enabled: bool,
}

impl From<User> for MeDto {
    fn from(user: User) -> Self {
        Self {
            id: user.id.0,
            username: user.username,
            name: user.name,
            role: user.role.as_str(),
            student_number: user.student_number,
            locale: user.locale,
            password_change_required: user.password_change_required,
            totp_enabled: user.totp_enabled,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePasswordDto {
    current_password: String,
    new_password: String,
}

/// Who the caller is.
#[utoipa::path(get, operation_id = "get_me", path = "/api/v1/users/me", tag = "account",
    responses((status = 200, body = MeDto), (status = 401, body = ProblemBody)))]
pub(crate) async fn show(caller: AnySession) -> Result<Json<MeDto>, Problem> {
    let user = caller.app.me(&caller.actor).await?;
    Ok(Json(user.into()))
}

/// Changes the caller's password, ends all sessions and answers with tokens of a new one.
#[utoipa::path(post, operation_id = "change_my_password", path = "/api/v1/users/me/password", tag = "account",
    request_body = ChangePasswordDto,
    responses((status = 200, body = TokenDto), (status = 401, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub(crate) async fn change_password(
    request: actix_web::HttpRequest,
    caller: AnySession,
    body: JsonBody<ChangePasswordDto>,
) -> Result<HttpResponse, Problem> {
    let body = body.into_inner();
    let pair = caller
        .app
        .change_password(
            &caller.actor,
            body.current_password,
            body.new_password,
            &caller.client,
        )
        .await
        .map_err(|error| problem(&error))?;
    let mut response = HttpResponse::Ok();
    if caller.actor.via == Via::Web {
        for cookie in cookies::sign_in(&request, &pair) {
            response.cookie(cookie);
        }
    }
    Ok(response.json(TokenDto::from(pair)))
}

fn problem(error: &ChangePasswordError) -> Problem {
    let field = |pointer: &str, code, detail: String| {
        Problem::invalid(vec![FieldError {
            pointer: pointer.to_owned(),
            code,
            detail,
        }])
    };
    match error {
        ChangePasswordError::WrongCurrent => field(
            "/current_password",
            "wrong_password",
            "The current password is not right.".to_owned(),
        ),
        ChangePasswordError::Weak(weak) => weak_password(weak.to_string()),
        ChangePasswordError::Unchanged => weak_password(error.to_string()),
        ChangePasswordError::Throttled { retry_after_s } => {
            Problem::too_many_attempts(*retry_after_s)
        }
        ChangePasswordError::Busy => {
            Problem::unavailable("busy", "Too many passwords are being checked.", 2)
        }
        ChangePasswordError::Gone => Problem::signed_out(),
        ChangePasswordError::Internal(what) => {
            tracing::error!(what, "password change failed");
            Problem::internal()
        }
        ChangePasswordError::Database(_) => database_problem(error),
    }
}

fn weak_password(detail: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "weak_password", detail)
}
