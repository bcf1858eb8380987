//! The states of assessments.

use actix_web::http::StatusCode;
use actix_web::web::{Json, Path};
use gradebook_app::{ChangeStateError, EarlierMean, Preflight, UnusualScore};
use gradebook_domain::{AssessmentId, Transition};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::dto::StudentDto;
use crate::access::SignedIn;
use crate::api::words::StateWord;
use crate::json_body::JsonBody;
use crate::number::Number;
use crate::problem::{FieldError, Problem, ProblemBody, database_problem, invalid_reason};

/// What to look at before publishing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreflightDto {
    id: i64,
    title: String,
    #[schema(value_type = StateWord)]
    state: &'static str,
    /// Students whose it is: in the class on its day, or with an entry all the same.
    expected: usize,
    /// Students with an entry of any kind.
    entered: usize,
    scored: usize,
    absent: usize,
    excused: usize,
    missing: usize,
    blank: usize,
    /// The first twenty of the students without any entry.
    blank_students: Vec<StudentDto>,
    /// In points.
    mean: Option<Number>,
    max_score: Number,
    /// In percent of full marks.
    mean_percentage: Option<Number>,
    /// The last assessment of the course that was held before, is published and has values; one of the
    /// same sort, see `same_sort`, if there is any.
    previous: Option<PreviousDto>,
    /// By how many percentage points the mean is above that of `previous`.
    mean_change: Option<Number>,
    /// Values more than 30 percentage points away from the mean of the student's others.
    unusual: Vec<UnusualDto>,
    /// What the weights of the course's categories add up to, in percent: totals scale less than 100
    /// up to it, and go above 100 where it is more.
    category_weights: Number,
}

/// An earlier assessment to compare a mean with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreviousDto {
    id: i64,
    title: String,
    date: String,
    /// In points.
    mean: Number,
    max_score: Number,
    /// In percent of full marks.
    mean_percentage: Option<Number>,
    /// Whether it is an exam as well, or of the same category.
    same_sort: bool,
}

/// A value that looks like a slip.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnusualDto {
    student: StudentDto,
    value: Number,
    percentage: Number,
    /// The mean of the student's other percentages.
    own_mean: Number,
    /// `course` for the other scores in the course, `exams` for those in exams of the term where the
    /// course has fewer than two.
    own_mean_of: &'static str,
    /// How many others.
    count: usize,
}

/// Students without an entry whose names are listed.
const MOST_NAMES: usize = 20;

impl From<&Preflight> for PreflightDto {
    fn from(found: &Preflight) -> Self {
        let assessment = &found.assessment;
        Self {
            id: assessment.id.0,
            title: assessment.title.clone(),
            state: assessment.state.as_str(),
            expected: found.expected,
            entered: found.entered(),
            scored: found.scored,
            absent: found.absent,
            excused: found.excused,
            missing: found.missing,
            blank: found.blank.len(),
            blank_students: found
                .blank
                .iter()
                .take(MOST_NAMES)
                .map(StudentDto::from)
                .collect(),
            mean: found.mean.as_ref().map(Number::from),
            max_score: assessment.limits.max_score.into(),
            mean_percentage: found.mean_percentage().as_ref().map(Number::from),
            previous: found.previous.as_ref().map(PreviousDto::from),
            mean_change: found.mean_change().as_ref().map(Number::from),
            unusual: found.unusual.iter().map(UnusualDto::from).collect(),
            category_weights: found.weights.into(),
        }
    }
}

impl From<&EarlierMean> for PreviousDto {
    fn from(earlier: &EarlierMean) -> Self {
        Self {
            id: earlier.assessment.id.0,
            title: earlier.assessment.title.clone(),
            date: earlier.assessment.held_on.clone(),
            mean: (&earlier.mean).into(),
            max_score: earlier.assessment.limits.max_score.into(),
            mean_percentage: earlier.mean_percentage().as_ref().map(Number::from),
            same_sort: earlier.same_sort,
        }
    }
}

impl From<&UnusualScore> for UnusualDto {
    fn from(unusual: &UnusualScore) -> Self {
        let of = &unusual.unusual;
        Self {
            student: (&unusual.student).into(),
            value: of.value.into(),
            percentage: (&of.percentage).into(),
            own_mean: (&of.own_mean).into(),
            own_mean_of: of.of.as_str(),
            count: of.others,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StateDto {
    id: i64,
    #[schema(value_type = StateWord)]
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
    Ok(Json(PreflightDto::from(&found)))
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

pub(crate) fn problem(error: &ChangeStateError) -> Problem {
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
