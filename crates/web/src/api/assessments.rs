//! The states of assessments.

use actix_web::http::StatusCode;
use actix_web::web::{Json, Path};
use gradebook_app::ChangeStateError;
use gradebook_domain::{AssessmentId, Transition};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::SignedIn;
use crate::json_body::JsonBody;
use crate::number::Number;
use crate::problem::{FieldError, Problem, ProblemBody, database_problem, invalid_reason};

/// What to look at before publishing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreflightDto {
    id: i64,
    title: String,
    state: &'static str,
    /// Students in the class.
    expected: usize,
    /// Students with an entry of any kind.
    entered: usize,
    scored: usize,
    absent: usize,
    excused: usize,
    missing: usize,
    blank: usize,
    mean: Option<Number>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StateDto {
    id: i64,
    state: &'static str,
}

/// Why grades are taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReasonDto {
    reason: String,
}

/// What publishing would show.
#[utoipa::path(get, operation_id = "get_preflight", path = "/api/v1/assessments/{assessment_id}/preflight", tag = "states",
    params(("assessment_id" = i64, Path)),
    responses((status = 200, body = PreflightDto), (status = 404, body = ProblemBody)))]
pub(crate) async fn preflight(
    caller: SignedIn,
    id: Path<i64>,
) -> Result<Json<PreflightDto>, Problem> {
    let found = caller
        .app
        .preflight(&caller.actor, AssessmentId(*id))
        .await?;
    Ok(Json(PreflightDto {
        id: *id,
        title: found.assessment.title,
        state: found.assessment.state.as_str(),
        expected: found.expected,
        entered: found.expected.saturating_sub(found.blank),
        scored: found.scored,
        absent: found.absent,
        excused: found.excused,
        missing: found.missing,
        blank: found.blank,
        mean: found.mean.as_ref().map(Number::from),
    }))
}

/// Shows the assessment to students.
#[utoipa::path(post, operation_id = "publish_assessment", path = "/api/v1/assessments/{assessment_id}/publish", tag = "states",
    params(("assessment_id" = i64, Path)),
    responses((status = 200, body = StateDto), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody)))]
pub(crate) async fn publish(caller: SignedIn, id: Path<i64>) -> Result<Json<StateDto>, Problem> {
    change(&caller, *id, Transition::Publish, None).await
}

/// Takes the assessment back from students.
#[utoipa::path(post, operation_id = "unpublish_assessment", path = "/api/v1/assessments/{assessment_id}/unpublish", tag = "states",
    params(("assessment_id" = i64, Path)), request_body = ReasonDto,
    responses((status = 200, body = StateDto), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn unpublish(
    caller: SignedIn,
    id: Path<i64>,
    body: JsonBody<ReasonDto>,
) -> Result<Json<StateDto>, Problem> {
    change(&caller, *id, Transition::Unpublish, Some(&body.reason)).await
}

/// Closes the assessment to changes.
#[utoipa::path(post, operation_id = "lock_assessment", path = "/api/v1/assessments/{assessment_id}/lock", tag = "states",
    params(("assessment_id" = i64, Path)),
    responses((status = 200, body = StateDto), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody)))]
pub(crate) async fn lock(caller: SignedIn, id: Path<i64>) -> Result<Json<StateDto>, Problem> {
    change(&caller, *id, Transition::Lock, None).await
}

/// Opens a locked assessment to changes.
#[utoipa::path(post, operation_id = "unlock_assessment", path = "/api/v1/assessments/{assessment_id}/unlock", tag = "states",
    params(("assessment_id" = i64, Path)), request_body = ReasonDto,
    responses((status = 200, body = StateDto), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn unlock(
    caller: SignedIn,
    id: Path<i64>,
    body: JsonBody<ReasonDto>,
) -> Result<Json<StateDto>, Problem> {
    change(&caller, *id, Transition::Unlock, Some(&body.reason)).await
}

async fn change(
    caller: &SignedIn,
    id: i64,
    transition: Transition,
    reason: Option<&str>,
) -> Result<Json<StateDto>, Problem> {
    let changed = caller
        .app
        .change_state(&caller.actor, AssessmentId(id), transition, reason)
        .await;
    match changed {
        Ok(state) => Ok(Json(StateDto {
            id,
            state: state.as_str(),
        })),
        Err(error) => Err(problem(&error)),
    }
}

fn problem(error: &ChangeStateError) -> Problem {
    match error {
        ChangeStateError::NotFound => Problem::not_found(),
        ChangeStateError::Forbidden => Problem::forbidden(),
        ChangeStateError::InvalidState(invalid) => {
            Problem::new(StatusCode::CONFLICT, "invalid_state", invalid.to_string())
        }
        ChangeStateError::TermClosed => {
            Problem::new(StatusCode::CONFLICT, "term_closed", "The term is closed.")
        }
        ChangeStateError::Reason(error) => invalid_reason(*error),
        ChangeStateError::ReasonRequired => Problem::invalid(vec![FieldError {
            pointer: "/reason".to_owned(),
            code: "reason_required",
            detail: "A reason is needed.".to_owned(),
        }]),
        ChangeStateError::Database(_) => database_problem(error),
    }
}
