//! Signing in and out with tokens.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::{Bytes, Form};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gradebook_app::{SignInError, TokenPair};
use gradebook_auth::Via;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Public;
use crate::cookies;
use crate::problem::{Problem, ProblemBody, database_problem};

/// Tokens of a session.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenDto {
    access_token: String,
    /// Always `bearer`.
    token_type: &'static str,
    /// Seconds until the access token ends.
    expires_in: i64,
    /// Good for one use.
    refresh_token: String,
    /// Seconds until the refresh token ends.
    refresh_expires_in: i64,
    scope: &'static str,
    password_change_required: bool,
}

impl From<TokenPair> for TokenDto {
    fn from(pair: TokenPair) -> Self {
        Self {
            access_token: pair.access_token,
            token_type: "bearer",
            expires_in: pair.expires_in,
            refresh_token: pair.refresh_token,
            refresh_expires_in: pair.refresh_expires_in,
            scope: pair.scope,
            password_change_required: pair.user.password_change_required,
        }
    }
}

/// The OAuth 2 form.
#[derive(Deserialize, ToSchema)]
pub(crate) struct TokenForm {
    /// `password` or `refresh_token`.
    grant_type: Option<String>,
    username: Option<String>,
    password: Option<String>,
    /// A code of the authenticator app, or a recovery code, for an account with a second factor.
    otp: Option<String>,
    refresh_token: Option<String>,
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct RevokeForm {
    /// An access token or a refresh token.
    token: String,
}

/// Signs in: with the password grant, with HTTP Basic and an empty body, or with a refresh token.
#[utoipa::path(post, operation_id = "issue_token", path = "/api/v1/token", tag = "sign-in", security(()),
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = TokenDto), (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody), (status = 429, body = ProblemBody),
        (status = 503, body = ProblemBody)))]
pub(crate) async fn issue(
    request: HttpRequest,
    caller: Public,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let form = read_form(&request, &body)?;
    let grant = form.as_ref().and_then(|form| form.grant_type.as_deref());
    let pair = match (grant, form.as_ref()) {
        (Some("password"), Some(form)) => {
            let (Some(username), Some(password)) = (&form.username, &form.password) else {
                return Err(invalid_request("username and password are needed."));
            };
            caller
                .app
                .sign_in(
                    username,
                    password.clone(),
                    form.otp.as_deref().filter(|otp| !otp.is_empty()),
                    Via::Api,
                    &caller.client,
                )
                .await
        }
        (Some("refresh_token"), Some(form)) => {
            let Some(token) = &form.refresh_token else {
                return Err(invalid_request("refresh_token is needed."));
            };
            caller.app.refresh(token, Via::Api).await
        }
        (Some(_), _) => {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "grant_type is password or refresh_token.",
            )
            .with_oauth_error("unsupported_grant_type"));
        }
        (None, _) => {
            let Some((username, password)) = basic_credentials(&request) else {
                return Err(invalid_request(
                    "Send grant_type=password with username and password, or HTTP Basic credentials.",
                ));
            };
            caller
                .app
                .sign_in(&username, password, None, Via::Api, &caller.client)
                .await
        }
    };
    let pair = pair.map_err(|error| problem(&error))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(TokenDto::from(pair)))
}

/// Ends the session of a token. Always answers 200, as RFC 7009 asks.
#[utoipa::path(post, operation_id = "revoke_token", path = "/api/v1/token/revoke", tag = "sign-in", security(()),
    request_body(content = RevokeForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200)))]
pub(crate) async fn revoke(
    caller: Public,
    form: Form<RevokeForm>,
) -> Result<HttpResponse, Problem> {
    caller
        .app
        .revoke(&form.token, Via::Api)
        .await
        .map_err(|error| problem(&error))?;
    Ok(HttpResponse::Ok().finish())
}

/// Gives a browser new cookies for its refresh cookie; scripts call it when a request is answered
/// with 401.
pub(crate) async fn refresh_cookies(
    request: HttpRequest,
    caller: Public,
) -> Result<HttpResponse, Problem> {
    let refused = || problem(&SignInError::InvalidRefreshToken);
    let token = cookies::refresh(&request).ok_or_else(refused)?;
    let pair = caller
        .app
        .refresh(&token, Via::Web)
        .await
        .map_err(|error| problem(&error))?;
    let mut response = HttpResponse::NoContent();
    for cookie in cookies::sign_in(&request, &pair) {
        response.cookie(cookie);
    }
    Ok(response.finish())
}

/// The form, or nothing for an empty body.
fn read_form(request: &HttpRequest, body: &[u8]) -> Result<Option<TokenForm>, Problem> {
    if body.is_empty() {
        return Ok(None);
    }
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or("");
    let essence = kind.split(';').next().unwrap_or("").trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "Send application/x-www-form-urlencoded.",
        ));
    }
    let mut form = TokenForm {
        grant_type: None,
        username: None,
        password: None,
        otp: None,
        refresh_token: None,
    };
    for (key, value) in url::form_urlencoded::parse(body) {
        let field = match key.as_ref() {
            "grant_type" => &mut form.grant_type,
            "username" => &mut form.username,
            "password" => &mut form.password,
            "otp" => &mut form.otp,
            "refresh_token" => &mut form.refresh_token,
            // OAuth 2 asks servers to ignore parameters that they do not know.
            _ => continue,
        };
        if field.replace(value.into_owned()).is_some() {
            return Err(invalid_request("A parameter is there twice."));
        }
    }
    Ok(Some(form))
}

fn basic_credentials(request: &HttpRequest) -> Option<(String, String)> {
    let header = request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?;
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (username, password) = decoded.split_once(':')?;
    (!username.is_empty()).then(|| (username.to_owned(), password.to_owned()))
}

fn invalid_request(detail: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid_request", detail)
        .with_oauth_error("invalid_request")
}

/// The problem of a failed sign-in.
pub(crate) fn problem(error: &SignInError) -> Problem {
    let unauthorised = |code, detail: &str| {
        Problem::new(StatusCode::UNAUTHORIZED, code, detail)
            .with_oauth_error("invalid_grant")
            .with_header(header::WWW_AUTHENTICATE, "Bearer")
    };
    match error {
        SignInError::InvalidCredentials => {
            unauthorised("invalid_credentials", "Incorrect username or password")
        }
        SignInError::InvalidRefreshToken => unauthorised(
            "invalid_refresh_token",
            "This refresh token is spent or unknown.",
        ),
        SignInError::OtpRequired { .. } => unauthorised(
            "otp_required",
            "The account has a second factor: send its code as otp.",
        ),
        SignInError::WrongCode => {
            unauthorised("invalid_otp", "The code is not right, or was used before.")
        }
        SignInError::TicketExpired => {
            unauthorised("invalid_credentials", "The sign-in took too long.")
        }
        SignInError::Throttled { retry_after_s } => Problem::too_many_attempts(*retry_after_s),
        SignInError::Busy => {
            Problem::unavailable("busy", "Too many people are signing in. Try again.", 2)
        }
        SignInError::Internal(what) => {
            tracing::error!(what, "sign-in failed");
            Problem::internal()
        }
        SignInError::Database(_) => database_problem(error),
    }
}
