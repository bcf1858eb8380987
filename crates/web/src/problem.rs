//! Every error that a client can see, as RFC 9457 problems.
//!
//! Handlers return a [`Problem`]; the middleware of `error_answers` turns it into a response.

use std::fmt;

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::error::ResponseError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use gradebook_app::{DatabaseFailure, DbError, InvalidReason, ReadError};
use serde::Serialize;
use utoipa::ToSchema;

/// One wrong field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// JSON pointer of the field, or the name of the form field.
    pub pointer: String,
    /// What is wrong, for programs.
    pub code: &'static str,
    /// What is wrong, for people.
    pub detail: String,
}

/// An error that a client can see.
///
/// Boxed, because every handler returns it and most requests have none.
#[derive(Debug, Clone)]
pub struct Problem(Box<Content>);

#[derive(Debug, Clone)]
struct Content {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, String)>,
    /// The `error` member that OAuth 2 clients look for.
    oauth_error: Option<&'static str>,
    /// Further members of the body.
    extra: Option<serde_json::Value>,
}

/// The body of a problem.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// Always `about:blank`: the code says what kind of problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Short name of the status.
    title: String,
    /// HTTP status.
    status: u16,
    /// What happened, for people.
    detail: String,
    /// What happened, for programs.
    code: &'static str,
    /// The id of the request, for the person who reads the log.
    request_id: String,
    /// The fields that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// For OAuth 2 clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    extra: Option<serde_json::Value>,
}

impl Problem {
    /// A problem with this status, code and explanation.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self(Box::new(Content {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            headers: Vec::new(),
            oauth_error: None,
            extra: None,
        }))
    }

    /// 404.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "There is nothing here, or nothing that you may know of.",
        )
    }

    /// 403.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "Your role does not allow this.",
        )
    }

    /// 503 with a hint when to try again.
    #[must_use]
    pub fn unavailable(code: &'static str, detail: &str, retry_after_s: u32) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail)
            .with_header(header::RETRY_AFTER, retry_after_s.to_string())
    }

    /// 401: the session of a token that was good a moment ago has ended.
    #[must_use]
    pub fn signed_out() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "token_revoked",
            "Token has been revoked",
        )
        .with_header(
            header::WWW_AUTHENTICATE,
            "Bearer realm=\"gradebook\", error=\"invalid_token\", \
             error_description=\"Token has been revoked\"",
        )
    }

    /// 429: too many attempts went wrong; when the next one is looked at.
    #[must_use]
    pub fn too_many_attempts(retry_after_s: u32) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_attempts",
            format!("Too many attempts went wrong. Try again in {retry_after_s} seconds."),
        )
        .with_header(header::RETRY_AFTER, retry_after_s.to_string())
    }

    /// 500; what happened is in the log only.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_error",
            "Something went wrong on the server. The request id finds it in the log.",
        )
    }

    /// 422 with the fields that are wrong.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let mut problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_request",
            "Some fields cannot be used.",
        );
        problem.0.errors = errors;
        problem
    }

    /// Names the fields that are wrong.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors = errors;
        self
    }

    /// Adds a response header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.0.headers.push((name, value.into()));
        self
    }

    /// Adds the `error` member of OAuth 2.
    #[must_use]
    pub fn with_oauth_error(mut self, error: &'static str) -> Self {
        self.0.oauth_error = Some(error);
        self
    }

    /// Adds further members to the body.
    #[must_use]
    pub fn with_members(mut self, members: serde_json::Value) -> Self {
        self.0.extra = Some(members);
        self
    }

    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// What happened, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// What happened, for people.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Further response headers.
    pub(crate) fn headers(&self) -> &[(HeaderName, String)] {
        &self.0.headers
    }

    /// The body for a program.
    pub(crate) fn body(&self, request_id: String) -> ProblemBody {
        ProblemBody {
            kind: "about:blank",
            title: self
                .0
                .status
                .canonical_reason()
                .unwrap_or("Error")
                .to_owned(),
            status: self.0.status.as_u16(),
            detail: self.0.detail.clone(),
            code: self.0.code,
            request_id,
            errors: self.0.errors.clone(),
            error: self.0.oauth_error,
            extra: self.0.extra.clone(),
        }
    }

    /// The problem of a failed database, logged here once.
    #[must_use]
    pub fn of_database(error: &DbError) -> Self {
        match error {
            DbError::Unavailable(_) => {
                tracing::error!(%error, "database unavailable");
                Self::unavailable("database_unavailable", "The database does not answer.", 5)
            }
            DbError::Contention(_) => {
                tracing::warn!(%error, "database busy");
                Self::unavailable("database_busy", "The database is busy. Try again.", 1)
            }
            _ => {
                tracing::error!(%error, "database error");
                Self::internal()
            }
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.0.status.as_u16(), self.0.code)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    /// An empty response of the right status; `error_answers` fills it in, knowing the request.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.0.status)
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotFound => Self::not_found(),
            ReadError::Forbidden => Self::forbidden(),
            ReadError::Database(error) => Self::of_database(&error),
        }
    }
}

/// The problem of a use case's database failure; an internal error for anything else.
pub(crate) fn database_problem(error: &impl DatabaseFailure) -> Problem {
    error
        .database_failure()
        .map_or_else(Problem::internal, Problem::of_database)
}

/// The problem of a reason that cannot be kept.
pub(crate) fn invalid_reason(error: InvalidReason) -> Problem {
    Problem::invalid(vec![FieldError {
        pointer: "/reason".to_owned(),
        code: error.code(),
        detail: error.to_string(),
    }])
}
