//! The event stream (`text/event-stream`): ids and versions of what changed, never values.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentEncoding};
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use gradebook_app::{App, FollowError, Follower, LiveEvent, LiveKind, Next};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;
use utoipa::IntoParams;

use crate::access::SignedIn;
use crate::problem::{Problem, ProblemBody, database_problem};
use crate::shutdown::Shutdown;

/// Keeps proxies from closing a silent stream.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// What a browser waits before it connects again.
const RETRY_MS: u32 = 2_000;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FollowQuery {
    /// The newest change that the caller knows of, where there is no `Last-Event-ID` yet.
    since: Option<i64>,
}

/// Follows what changes, as the caller may see it. Resume with `Last-Event-ID`: whoever missed
/// something is told to `resync`, that is, to read everything anew.
#[utoipa::path(get, operation_id = "follow_events", path = "/api/v1/events", tag = "events",
    params(FollowQuery),
    responses((status = 200, content_type = "text/event-stream",
        description = "events `score`, `assessment`, `roster`, `session`, `resync`"),
        (status = 401, body = ProblemBody),
        (status = 429, body = ProblemBody,
            description = "`too_many_streams`: this person has 20 open already")))]
pub(crate) async fn follow(
    request: HttpRequest,
    caller: SignedIn,
    shutdown: Data<Shutdown>,
    query: Query<FollowQuery>,
) -> Result<HttpResponse, Problem> {
    let follower = caller
        .app
        .follow(&caller.actor, caller.ver)
        .await
        .map_err(|error| refused(&error))?;
    // What happened between two connections is not kept: whoever missed something reads anew.
    let missed = known(&request, &query).is_some_and(|known| known < caller.app.last_event().0);
    let state = Stream {
        now_s: caller.app.now_s(),
        expires_at: caller.expires_at,
        app: caller.app,
        follower,
        shutdown: shutdown.get_ref().clone(),
        greeting: Some(if missed { resync() } else { String::new() }),
        ended: false,
    };
    let opened = Instant::now();
    let ends = opened + state.lifetime();
    let body = stream::unfold((state, ends), |(mut state, ends)| async move {
        let text = state.next(ends).await?;
        Some((Ok::<_, Problem>(Bytes::from(text)), (state, ends)))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        // Compression would hold events back until a block is full.
        .insert_header(ContentEncoding::Identity)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(body))
}

fn refused(error: &FollowError) -> Problem {
    match error {
        FollowError::Forbidden => Problem::forbidden(),
        FollowError::TooManyStreams => Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_streams",
            "You have too many event streams open. Close some pages.",
        )
        // By then a heartbeat has found out which streams nobody reads any more.
        .with_header(header::RETRY_AFTER, HEARTBEAT.as_secs().to_string()),
        FollowError::Database(_) => database_problem(error),
    }
}

/// The newest change that the caller knows of. An id that is none of ours is older than all.
fn known(request: &HttpRequest, query: &FollowQuery) -> Option<i64> {
    match request.headers().get("last-event-id") {
        Some(id) => Some(id.to_str().ok().and_then(|id| id.parse().ok()).unwrap_or(0)),
        None => query.since,
    }
}

struct Stream {
    app: Arc<App>,
    follower: Follower,
    shutdown: Shutdown,
    greeting: Option<String>,
    now_s: i64,
    expires_at: i64,
    ended: bool,
}

impl Stream {
    /// How long the token holds from now on.
    fn lifetime(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.expires_at - self.now_s).unwrap_or(0))
    }

    /// The next piece of text; `None` when the stream is over.
    async fn next(&mut self, ends: Instant) -> Option<String> {
        if self.ended {
            return None;
        }
        if let Some(greeting) = self.greeting.take() {
            return Some(format!("retry: {RETRY_MS}\n\n{greeting}"));
        }
        tokio::select! {
            next = self.app.next_event(&mut self.follower) => Some(match next {
                Next::Event(event) => written(&event),
                Next::Resync => resync(),
                Next::SignedOut => self.farewell(),
                Next::Stopped => return None,
            }),
            () = self.shutdown.requested() => None,
            () = tokio::time::sleep_until(ends) => Some(self.farewell()),
            () = tokio::time::sleep(HEARTBEAT) => Some(": heartbeat\n\n".to_owned()),
        }
    }

    fn farewell(&mut self) -> String {
        self.ended = true;
        "event: session\ndata: {\"action\":\"reauthenticate\"}\n\n".to_owned()
    }
}

fn resync() -> String {
    "event: resync\ndata: {}\n\n".to_owned()
}

fn written(event: &LiveEvent) -> String {
    let name = match event.kind {
        LiveKind::Score => "score",
        LiveKind::Assessment => "assessment",
        LiveKind::Amendment => "amendment",
        LiveKind::Roster => "roster",
        LiveKind::Revocation => "session",
    };
    let data = json!({
        "course_id": event.course.map(|id| id.0),
        "assessment_id": event.assessment.map(|id| id.0),
        "student_id": event.student.map(|id| id.0),
        "version": event.version,
        "amendment_id": event.amendment.map(|id| id.0),
    });
    format!("id: {}\nevent: {name}\ndata: {data}\n\n", event.id)
}
