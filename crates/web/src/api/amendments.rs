//! Amendments: changes of scores that cannot simply be entered, and students' requests for a review.

mod dto;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Json, Path, Query};
use gradebook_app::read::AmendmentFilter;
use gradebook_app::{AmendmentError, AnswerReview, ApproveAmendment, MakeAmendment, WantedScore};
use gradebook_domain::{AmendmentId, AssessmentId, CourseId, UserId};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::paging::{Listing, Paging, wrong};
use super::scores::{conflict, explain, present, wanted};
use crate::access::SignedIn;
use crate::json_body::{JsonBody, OptionalJsonBody};
pub(crate) use dto::{AmendmentDto, MarkDto, OpenAmendmentDto};

use crate::api::words::StatusWord;
use crate::problem::{FieldError, Problem, ProblemBody, database_problem, invalid_reason};

/// A score to give.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WantedDto {
    #[schema(value_type = Option<StatusWord>)]
    status: Option<String>,
    /// A JSON number with at most four decimals, read exactly.
    #[schema(value_type = Option<f64>)]
    #[serde(default, deserialize_with = "present")]
    value: Option<Box<RawValue>>,
    /// Remark to the student; empty text removes it.
    comment: Option<String>,
}

impl From<WantedDto> for WantedScore {
    fn from(dto: WantedDto) -> Self {
        Self {
            score: wanted(
                dto.status.as_deref(),
                dto.value.as_deref().map(RawValue::get),
            ),
            comment: dto.comment,
        }
    }
}

/// What a teacher proposes, or a student asks for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAmendmentDto {
    assessment_id: i64,
    /// A student may leave it out.
    student_id: Option<i64>,
    /// Needed of a teacher; a student asks without one.
    proposed: Option<WantedDto>,
    reason: Option<String>,
    /// The version of the score that you saw.
    version: Option<i64>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerReviewDto {
    /// The score that it should be; without one, the score was checked and stays.
    proposed: Option<WantedDto>,
    note: Option<String>,
    /// The version of the score that you saw.
    version: Option<i64>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApproveDto {
    note: Option<String>,
    /// Another score than the one that is proposed.
    proposed: Option<WantedDto>,
    /// The version of the score that you saw; that of the proposal unless stated.
    version: Option<i64>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RejectDto {
    note: Option<String>,
}

/// Which amendments to list, and which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AmendmentsQuery {
    /// `open`, `approved`, `rejected`, `withdrawn`, `corrected` or `upheld`.
    state: Option<String>,
    course_id: Option<i64>,
    /// Items in the answer: 50 unless stated, at most 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// Proposes a change of a score that cannot simply be entered (a teacher), or asks for a review of an
/// own score (a student).
#[utoipa::path(post, operation_id = "make_amendment", path = "/api/v1/amendments", tag = "amendments",
    request_body = NewAmendmentDto,
    responses((status = 201, body = AmendmentDto), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn make(
    caller: SignedIn,
    body: JsonBody<NewAmendmentDto>,
) -> Result<HttpResponse, Problem> {
    let body = body.into_inner();
    let command = MakeAmendment {
        assessment: AssessmentId(body.assessment_id),
        student: body.student_id.map(UserId),
        proposed: body.proposed.map(WantedScore::from),
        reason: body.reason,
        version: body.version,
    };
    let made = caller.app.make_amendment(&caller.actor, &command).await;
    let id = made.map_err(|error| problem(error, "/reason"))?;
    let (view, _) = caller.app.amendment(&caller.actor, id).await?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/api/v1/amendments/{id}")))
        .json(AmendmentDto::from(view)))
}

/// Amendments, newest first: all for an admin, of the own courses for a teacher, the own requests for
/// a student.
#[utoipa::path(get, operation_id = "list_amendments", path = "/api/v1/amendments", tag = "amendments",
    params(AmendmentsQuery),
    responses((status = 200, body = Listing<AmendmentDto>), (status = 422, body = ProblemBody)))]
pub(crate) async fn list(
    caller: SignedIn,
    query: Query<AmendmentsQuery>,
) -> Result<Json<Listing<AmendmentDto>>, Problem> {
    let query = query.into_inner();
    let state = query.state.as_deref().map(str::parse).transpose();
    let filter = AmendmentFilter {
        state: state.map_err(|_| wrong("state", "there is no such state"))?,
        course: query.course_id.map(CourseId),
        ..AmendmentFilter::default()
    };
    let paging = Paging::new(query.limit, query.cursor);
    let before = paging.position()?.map(AmendmentId);
    let page = caller
        .app
        .amendments(&caller.actor, &filter, before, paging.limit()?)
        .await?;
    Ok(Json(Listing::of(page, AmendmentDto::from)))
}

/// One amendment.
#[utoipa::path(get, operation_id = "get_amendment", path = "/api/v1/amendments/{amendment_id}", tag = "amendments",
    params(("amendment_id" = i64, Path)),
    responses((status = 200, body = AmendmentDto), (status = 404, body = ProblemBody)))]
pub(crate) async fn show(caller: SignedIn, id: Path<i64>) -> Result<Json<AmendmentDto>, Problem> {
    let id = AmendmentId(*id);
    let (view, _) = caller.app.amendment(&caller.actor, id).await?;
    Ok(Json(view.into()))
}

/// Answers a student's request. Where scores can still be entered this settles it; otherwise it tells
/// the admin what to decide.
#[utoipa::path(post, operation_id = "answer_review", path = "/api/v1/amendments/{amendment_id}/answer", tag = "amendments",
    params(("amendment_id" = i64, Path)), request_body = AnswerReviewDto,
    responses((status = 200, body = AmendmentDto), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn answer(
    caller: SignedIn,
    id: Path<i64>,
    body: JsonBody<AnswerReviewDto>,
) -> Result<Json<AmendmentDto>, Problem> {
    let body = body.into_inner();
    let command = AnswerReview {
        proposed: body.proposed.map(WantedScore::from),
        note: body.note,
        version: body.version,
    };
    let id = AmendmentId(*id);
    let answered = caller.app.answer_review(&caller.actor, id, &command).await;
    after(&caller, id, answered).await
}

/// Gives the score that is proposed. Admins only.
#[utoipa::path(post, operation_id = "approve_amendment", path = "/api/v1/amendments/{amendment_id}/approve", tag = "amendments",
    params(("amendment_id" = i64, Path)), request_body(content = ApproveDto, description = "May be left out."),
    responses((status = 200, body = AmendmentDto), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody, description = "settled already, or the score was changed since"),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn approve(
    caller: SignedIn,
    id: Path<i64>,
    body: OptionalJsonBody<ApproveDto>,
) -> Result<Json<AmendmentDto>, Problem> {
    let body = body.into_inner();
    let command = ApproveAmendment {
        proposed: body.proposed.map(WantedScore::from),
        note: body.note,
        version: body.version,
    };
    let id = AmendmentId(*id);
    let approved = caller
        .app
        .approve_amendment(&caller.actor, id, &command)
        .await;
    after(&caller, id, approved).await
}

/// Leaves the score as it is. Admins only.
#[utoipa::path(post, operation_id = "reject_amendment", path = "/api/v1/amendments/{amendment_id}/reject", tag = "amendments",
    params(("amendment_id" = i64, Path)), request_body = RejectDto,
    responses((status = 200, body = AmendmentDto), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn reject(
    caller: SignedIn,
    id: Path<i64>,
    body: JsonBody<RejectDto>,
) -> Result<Json<AmendmentDto>, Problem> {
    let id = AmendmentId(*id);
    let note = body.note.as_deref();
    let rejected = caller.app.reject_amendment(&caller.actor, id, note).await;
    after(&caller, id, rejected).await
}

/// Takes back what the caller proposed or asked for.
#[utoipa::path(post, operation_id = "withdraw_amendment", path = "/api/v1/amendments/{amendment_id}/withdraw", tag = "amendments",
    params(("amendment_id" = i64, Path)),
    responses((status = 200, body = AmendmentDto), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub(crate) async fn withdraw(
    caller: SignedIn,
    id: Path<i64>,
) -> Result<Json<AmendmentDto>, Problem> {
    let id = AmendmentId(*id);
    let withdrawn = caller.app.withdraw_amendment(&caller.actor, id).await;
    after(&caller, id, withdrawn).await
}

/// The amendment after a step.
async fn after<T>(
    caller: &SignedIn,
    id: AmendmentId,
    done: Result<T, AmendmentError>,
) -> Result<Json<AmendmentDto>, Problem> {
    done.map_err(|error| problem(error, "/note"))?;
    let (view, _) = caller.app.amendment(&caller.actor, id).await?;
    Ok(Json(view.into()))
}

/// `text` is the field that has the reason or the note.
pub(crate) fn problem(error: AmendmentError, text: &str) -> Problem {
    let field = |pointer: &str, code: &'static str, detail: &str| {
        Problem::invalid(vec![FieldError {
            pointer: pointer.to_owned(),
            code,
            detail: detail.to_owned(),
        }])
    };
    let conflicts = |code, detail: &str| Problem::new(StatusCode::CONFLICT, code, detail);
    match error {
        AmendmentError::NotFound => Problem::not_found(),
        AmendmentError::Forbidden => Problem::forbidden(),
        AmendmentError::ReasonRequired => field(text, "reason_required", "A reason is needed."),
        AmendmentError::NoteRequired => field(text, "note_required", "A note is needed."),
        AmendmentError::Text(error) if text == "/reason" => invalid_reason(error),
        AmendmentError::Text(error) => field(text, error.code(), &error.to_string()),
        AmendmentError::NoProposal => field(
            "/proposed",
            "proposal_not_allowed",
            "A student asks for a review without proposing a score.",
        ),
        AmendmentError::ProposalRequired => {
            field("/proposed", "proposal_required", "A score is needed.")
        }
        AmendmentError::Refused(refusal) => {
            field("/proposed", refusal.code.as_str(), &explain(refusal))
        }
        AmendmentError::Unchanged => {
            field("/proposed", "unchanged", "The score is this one already.")
        }
        AmendmentError::NotLocked => conflicts(
            "not_locked",
            "This score can be entered without an amendment.",
        ),
        AmendmentError::AlreadyOpen(id) => conflicts(
            "already_open",
            "One is open for this score already: wait for its answer, or take it back.",
        )
        .with_members(json!({"amendment_id": id.0})),
        AmendmentError::TooManyOpen => conflicts(
            "too_many_open",
            "You have ten open requests: wait for an answer, or take one back.",
        ),
        AmendmentError::AskedOften => conflicts(
            "asked_too_often",
            "You asked three times about this score. Speak with your teacher.",
        ),
        AmendmentError::TooManyToday => conflicts(
            "too_many_today",
            "You made twenty requests within a day: ask again tomorrow.",
        ),
        AmendmentError::NotPublished => conflicts(
            "not_published",
            "The assessment is taken back. Enter the score and publish it: that settles the request.",
        ),
        AmendmentError::InvalidStep(step) => conflicts("invalid_state", &step.to_string()),
        AmendmentError::Conflict(cell) => {
            let members = serde_json::to_value(conflict(*cell)).unwrap_or_default();
            conflicts(
                "conflict",
                "The score was changed since. Look at it, and name its version to go on.",
            )
            .with_members(members)
        }
        AmendmentError::Changed(now) => conflicts(
            "conflict",
            "The score was changed since. Look at it, and ask again without a version.",
        )
        .with_members(json!({"current": MarkDto::from(now)})),
        AmendmentError::Database(_) => database_problem(&error),
    }
}
