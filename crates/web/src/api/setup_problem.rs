//! Why something of the school's set-up is not done, as a problem.

use actix_web::http::StatusCode;
use gradebook_app::SetupError;

use crate::problem::{FieldError, Problem, database_problem, invalid_reason};

/// The problem of a change of the set-up that is not made.
pub(crate) fn setup_problem(error: &SetupError) -> Problem {
    let detail = error.to_string();
    match error {
        SetupError::NotFound => Problem::not_found(),
        SetupError::Forbidden => Problem::forbidden(),
        SetupError::Invalid(wrong) => {
            let errors = wrong.iter().map(|one| FieldError {
                pointer: format!("/{}", one.field),
                code: one.fault.code(),
                detail: one.fault.to_string(),
            });
            Problem::invalid(errors.collect())
        }
        SetupError::AlreadyExists => Problem::new(StatusCode::CONFLICT, "already_exists", detail),
        SetupError::ReasonRequired => Problem::invalid(vec![FieldError {
            pointer: "/reason".to_owned(),
            code: "reason_required",
            detail: "A reason is needed.".to_owned(),
        }]),
        SetupError::Reason(error) => invalid_reason(*error),
        SetupError::TermClosed => Problem::new(StatusCode::CONFLICT, "term_closed", detail),
        SetupError::StateAlready(_) => Problem::new(StatusCode::CONFLICT, "invalid_state", detail),
        SetupError::NotEmpty => Problem::new(StatusCode::CONFLICT, "not_empty", detail),
        SetupError::Database(_) => database_problem(error),
    }
}
