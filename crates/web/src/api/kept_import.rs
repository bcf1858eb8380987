//! How far an import has come that was sent by a page.

use actix_web::web::{Json, Path};
use gradebook_app::imports::Phase;
use gradebook_domain::ImportId;
use serde::Serialize;
use utoipa::ToSchema;

use super::imports::problem;
use crate::access::SignedIn;
use crate::problem::{Problem, ProblemBody};

/// How far an import has come.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeptDto {
    id: i64,
    /// `exam`, `course` or `roster`.
    kind: String,
    course_id: Option<i64>,
    file_name: String,
    /// `planned`, `running`, `committed`, `undone` or `failed`.
    state: &'static str,
    batch_id: Option<i64>,
    /// Who sent it; null for the operator.
    created_by: Option<i64>,
    /// While it is written by the server that answers.
    progress: Option<ProgressDto>,
    /// Counts of rows, once it is written.
    new: usize,
    changed: usize,
    unchanged: usize,
    rejected: usize,
    /// Why it was not written.
    error: Option<String>,
}

/// What an import is busy with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgressDto {
    /// `checking`, `students`, `scores` or `publishing`.
    phase: &'static str,
    done: usize,
    total: usize,
}

/// One import: how far it has come, what it did.
#[utoipa::path(get, operation_id = "get_import", path = "/api/v1/imports/{import_id}", tag = "imports",
    params(("import_id" = i64, Path)),
    responses((status = 200, body = KeptDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn show(caller: SignedIn, id: Path<i64>) -> Result<Json<KeptDto>, Problem> {
    let kept = caller.app.kept_import(&caller.actor, ImportId(*id)).await;
    let kept = kept.map_err(problem)?;
    let phase = |phase| match phase {
        Phase::Checking => "checking",
        Phase::Students => "students",
        Phase::Scores => "scores",
        Phase::Publishing => "publishing",
    };
    Ok(Json(KeptDto {
        id: kept.stored.id.0,
        kind: kept.stored.kind,
        course_id: kept.stored.course.map(|id| id.0),
        file_name: kept.stored.file_name,
        state: kept.stored.state.as_str(),
        batch_id: kept.stored.batch.map(|id| id.0),
        created_by: kept.stored.created_by.map(|id| id.0),
        progress: kept.progress.map(|progress| ProgressDto {
            phase: phase(progress.phase),
            done: progress.done,
            total: progress.total,
        }),
        new: kept.summary.new,
        changed: kept.summary.changed,
        unchanged: kept.summary.unchanged,
        rejected: kept.summary.rejected,
        error: kept.summary.error,
    }))
}
