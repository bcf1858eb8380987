//! How much of a request is read, and what is answered when it cannot be.

use actix_web::error::{JsonPayloadError, PathError, QueryPayloadError, UrlencodedError};
use actix_web::http::StatusCode;
use actix_web::web::{
    FormConfig, JsonConfig, PathConfig, PayloadConfig, QueryConfig, ServiceConfig,
};
use actix_web::{Error, HttpRequest, ResponseError};

use crate::error_answers::of_payload;
use crate::problem::{FieldError, Problem};

/// The largest body; uploads have a limit of their own.
const LARGEST_BODY: usize = 1024 * 1024;

pub(super) fn limits(config: &mut ServiceConfig) {
    config
        .app_data(PayloadConfig::new(LARGEST_BODY))
        .app_data(
            JsonConfig::default()
                .limit(LARGEST_BODY)
                // `problem::render` explains it, knowing the request.
                .error_handler(|error: JsonPayloadError, _: &HttpRequest| Error::from(error)),
        )
        .app_data(
            FormConfig::default()
                .limit(LARGEST_BODY)
                .error_handler(form),
        )
        .app_data(PathConfig::default().error_handler(path))
        .app_data(QueryConfig::default().error_handler(query));
}

/// An address whose id is no number names nothing.
fn path(_: PathError, _: &HttpRequest) -> Error {
    Problem::not_found().into()
}

fn query(error: QueryPayloadError, _: &HttpRequest) -> Error {
    let QueryPayloadError::Deserialize(cause) = &error else {
        return error.into();
    };
    Problem::invalid(vec![FieldError {
        pointer: String::new(),
        code: "invalid_parameter",
        detail: format!("A parameter of the address cannot be used: {cause}."),
    }])
    .into()
}

fn form(error: UrlencodedError, _: &HttpRequest) -> Error {
    if let UrlencodedError::Payload(cause) = &error {
        return of_payload(cause).into();
    }
    let (code, detail) = match error.status_code() {
        StatusCode::PAYLOAD_TOO_LARGE => ("body_too_large", "The body is too large."),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "unsupported_media_type",
            "This address takes a form (application/x-www-form-urlencoded).",
        ),
        _ => (
            "malformed_form",
            "The body is not the form that this address takes.",
        ),
    };
    Problem::new(error.status_code(), code, detail).into()
}
