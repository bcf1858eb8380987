//! Middleware that turns every error, of a handler or of the framework, into
//! `application/problem+json` or into an error page.

use std::io;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::{JsonPayloadError, PayloadError};
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};

use crate::audience::is_page;
use crate::headers::RequestId;
use crate::pages;
use crate::problem::Problem;

/// Middleware: gives every error response its body.
pub(crate) async fn render(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    // The request must not be cloned on its way in: the router needs it for itself. What comes back
    // has it again, for every error that became a response, as those of handlers and extractors do.
    let response = next.call(request).await?;
    let status = response.status();
    let unexplained = status.is_client_error() || status.is_server_error();
    let problem = match response.response().error() {
        Some(error) => Some(explain(error)),
        None if unexplained && is_empty(&response) => Some(of_status(status, response.request())),
        None => None,
    };
    let Some(problem) = problem else {
        return Ok(response.map_into_boxed_body());
    };
    let allow = response.headers().get(header::ALLOW).cloned();
    let (http, _) = response.into_parts();
    let mut response = respond(&problem, &http);
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    Ok(ServiceResponse::new(http, response))
}

fn is_empty<B: MessageBody>(response: &ServiceResponse<B>) -> bool {
    matches!(
        response.response().body().size(),
        BodySize::None | BodySize::Sized(0)
    )
}

/// The problem behind an error that a handler, an extractor or the framework made.
fn explain(error: &actix_web::Error) -> Problem {
    if let Some(problem) = error.as_error::<Problem>() {
        return problem.clone();
    }
    if let Some(json) = error.as_error::<JsonPayloadError>() {
        return of_json(json);
    }
    if let Some(payload) = error.as_error::<PayloadError>() {
        return of_payload(payload);
    }
    let status = error.as_response_error().status_code();
    of_plain_status(status)
}

/// The problem of a body that did not arrive whole.
pub(crate) fn of_payload(error: &PayloadError) -> Problem {
    of_plain_status(match error {
        PayloadError::Io(cause) if cause.kind() == io::ErrorKind::TimedOut => {
            StatusCode::REQUEST_TIMEOUT
        }
        PayloadError::Overflow => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::BAD_REQUEST,
    })
}

fn of_json(error: &JsonPayloadError) -> Problem {
    match error {
        JsonPayloadError::OverflowKnownLength { .. } | JsonPayloadError::Overflow { .. } => {
            of_plain_status(StatusCode::PAYLOAD_TOO_LARGE)
        }
        JsonPayloadError::Payload(cause) => of_payload(cause),
        JsonPayloadError::ContentType => of_plain_status(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        JsonPayloadError::Deserialize(cause) => Problem::new(
            StatusCode::BAD_REQUEST,
            "malformed_json",
            format!("The body is no JSON: {cause}."),
        ),
        _ => of_plain_status(StatusCode::BAD_REQUEST),
    }
}

fn of_status(status: StatusCode, request: &HttpRequest) -> Problem {
    if status == StatusCode::NOT_FOUND && request.method() == Method::OPTIONS {
        return of_plain_status(StatusCode::METHOD_NOT_ALLOWED);
    }
    of_plain_status(status)
}

fn of_plain_status(status: StatusCode) -> Problem {
    let (code, detail) = match status {
        StatusCode::NOT_FOUND => return Problem::not_found(),
        StatusCode::FORBIDDEN => return Problem::forbidden(),
        StatusCode::METHOD_NOT_ALLOWED => (
            "method_not_allowed",
            "This address does not take this method; the Allow header lists those it takes.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => ("body_too_large", "The body is too large."),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "unsupported_media_type",
            "This address does not take a body of this Content-Type.",
        ),
        StatusCode::UNPROCESSABLE_ENTITY => ("invalid_request", "Some fields cannot be used."),
        StatusCode::REQUEST_TIMEOUT => ("request_timeout", "The request took too long to arrive."),
        status if status.is_server_error() => return Problem::internal(),
        _ => ("bad_request", "The request cannot be understood."),
    };
    Problem::new(status, code, detail)
}

/// The response to this request: a page for people, JSON for programs.
pub(crate) fn respond(problem: &Problem, request: &HttpRequest) -> HttpResponse {
    let request_id = request
        .extensions()
        .get::<RequestId>()
        .map_or_else(String::new, |id| id.0.clone());
    let mut response = HttpResponse::build(problem.status());
    for (name, value) in problem.headers() {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.insert_header((name.clone(), value));
        }
    }
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    if is_page(request) {
        return pages::error_page(request, problem, &request_id, response);
    }
    response
        .content_type("application/problem+json")
        .body(serde_json::to_vec(&problem.body(request_id)).unwrap_or_default())
}
