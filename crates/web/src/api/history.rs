//! What happened to one cell.

use actix_web::web::{Json, Path, Query};
use gradebook_app::CellHistoryItem;
use gradebook_app::read::Way;
use gradebook_domain::{AssessmentId, ChangeId, Score, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use super::dto::time;
use super::paging::{Listing, Paging};
use crate::access::SignedIn;
use crate::api::words::StatusWord;
use crate::number::Number;
use crate::problem::{Problem, ProblemBody};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CellChangeDto {
    id: i64,
    at: String,
    /// Null for the operator at the server's shell.
    actor: Option<ActorDto>,
    before: EntryDto,
    after: EntryDto,
    /// The remark after, where it changed; empty text when it was removed.
    comment: Option<String>,
    /// The remark before, where it changed; empty text when there was none, null when it is not known.
    comment_before: Option<String>,
    version: i64,
    reason: Option<String>,
    /// `web`, `api`, `cli` or `import`.
    source: String,
    /// `typed`, `paste`, `fill`, `clear`, `undo` or `redo`; null where nobody said.
    way: Option<&'static str>,
    batch_id: Option<i64>,
    /// How many scores that batch changed in the courses that you keep.
    batch_size: u64,
    /// The batch that this change took back.
    undoes: Option<i64>,
    /// The amendment by which it changed.
    amendment_id: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActorDto {
    id: i64,
    name: String,
}

/// A status and its value.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryDto {
    #[schema(value_type = StatusWord)]
    status: &'static str,
    value: Option<Number>,
}

impl From<Score> for EntryDto {
    fn from(score: Score) -> Self {
        Self {
            status: score.status().as_str(),
            value: score.value().map(Number::from),
        }
    }
}

impl From<CellHistoryItem> for CellChangeDto {
    fn from(item: CellHistoryItem) -> Self {
        let change = item.change;
        Self {
            id: change.id.0,
            at: time(change.at),
            actor: change.actor.map(|(id, name)| ActorDto { id: id.0, name }),
            before: change.before.into(),
            after: change.after.into(),
            comment: change.comment,
            version: change.version,
            reason: change.reason,
            source: change.source,
            comment_before: change.comment_before,
            way: change.way.map(Way::as_str),
            batch_id: change.batch.map(|batch| batch.0),
            batch_size: item.batch_size,
            undoes: change.undoes.map(|batch| batch.0),
            amendment_id: change.amendment.map(|id| id.0),
        }
    }
}

/// The changes of one cell, newest first.
#[utoipa::path(get, operation_id = "get_cell_history", path = "/api/v1/assessments/{assessment_id}/students/{student_id}/history",
    tag = "grades",
    params(("assessment_id" = i64, Path), ("student_id" = i64, Path), Paging),
    responses((status = 200, body = Listing<CellChangeDto>), (status = 404, body = ProblemBody)))]
pub(crate) async fn show(
    caller: SignedIn,
    ids: Path<(i64, i64)>,
    paging: Query<Paging>,
) -> Result<Json<Listing<CellChangeDto>>, Problem> {
    let (assessment, student) = *ids;
    let before = paging.position()?.map(ChangeId);
    let cell = (AssessmentId(assessment), UserId(student));
    let page = caller
        .app
        .cell_history(&caller.actor, cell, before, paging.limit()?)
        .await?;
    Ok(Json(Listing::of(page, CellChangeDto::from)))
}
