//! The devices on which the caller is signed in.

use actix_web::HttpResponse;
use actix_web::web::{Json, Path};
use gradebook_app::SessionError;
use gradebook_app::read::OpenSession;
use gradebook_domain::SessionId;
use serde::Serialize;
use utoipa::ToSchema;

use super::dto::time;
use crate::access::OwnPassword;
use crate::problem::{Problem, ProblemBody, database_problem};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionDto {
    id: i64,
    /// What the client called itself (`User-Agent`).
    device: String,
    /// Where it signed in from.
    address: String,
    created_at: String,
    /// When it was last used, to about five minutes.
    last_used_at: String,
    /// Whether it was started with a second factor.
    second_factor: bool,
    /// Whether it is the one that asks.
    current: bool,
}

/// The caller's sessions, whole: `next_cursor` is always `null`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionsDto {
    items: Vec<SessionDto>,
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EndedDto {
    /// How many sessions were ended.
    ended: usize,
}

impl SessionDto {
    fn of(session: OpenSession, current: Option<SessionId>) -> Self {
        Self {
            current: current == Some(session.id),
            id: session.id.0,
            device: session.device,
            address: session.address,
            created_at: time(session.created_at),
            last_used_at: time(session.last_used_at),
            second_factor: session.second_factor,
        }
    }
}

/// Where the caller is signed in, the last used first.
#[utoipa::path(get, operation_id = "list_my_sessions", path = "/api/v1/users/me/sessions", tag = "account",
    responses((status = 200, body = SessionsDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody)))]
pub(crate) async fn list(caller: OwnPassword) -> Result<Json<SessionsDto>, Problem> {
    let sessions = caller.app.sessions(&caller.actor).await;
    let sessions = sessions.map_err(|error| problem(&error))?;
    let current = caller.actor.session;
    let items = sessions
        .into_iter()
        .map(|session| SessionDto::of(session, current))
        .collect();
    Ok(Json(SessionsDto {
        items,
        next_cursor: None,
    }))
}

/// Ends one of the caller's sessions.
#[utoipa::path(delete, operation_id = "end_my_session", path = "/api/v1/users/me/sessions/{session_id}", tag = "account",
    params(("session_id" = i64, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
pub(crate) async fn end(caller: OwnPassword, id: Path<i64>) -> Result<HttpResponse, Problem> {
    let ended = caller
        .app
        .end_session_of_mine(&caller.actor, SessionId(*id))
        .await;
    ended.map_err(|error| problem(&error))?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends all of the caller's sessions but the one that asks.
#[utoipa::path(post, operation_id = "end_my_other_sessions", path = "/api/v1/users/me/sessions/end-others", tag = "account",
    responses((status = 200, body = EndedDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody)))]
pub(crate) async fn end_others(caller: OwnPassword) -> Result<Json<EndedDto>, Problem> {
    let ended = caller.app.end_other_sessions(&caller.actor).await;
    let ended = ended.map_err(|error| problem(&error))?;
    Ok(Json(EndedDto { ended }))
}

/// The problem of sessions that are not listed or not ended.
pub(crate) fn problem(error: &SessionError) -> Problem {
    match error {
        SessionError::NotFound => Problem::not_found(),
        SessionError::SignedOut => Problem::signed_out(),
        SessionError::Database(_) => database_problem(error),
    }
}
