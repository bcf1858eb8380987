//! How far an import has come that was sent by a page.

use actix_web::web::{Json, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use gradebook_app::imports::{ImportOrder, KeptImport, LeftOutError, LeftOutRow, Phase};
use gradebook_domain::{CourseId, ImportId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::dto::time;
use super::exports::{Language, file};
use super::imports::problem;
use super::paging::{Listing, Paging, sought};
use crate::access::SignedIn;
use crate::exports::{Format, left_out};
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
    progress: Option<ImportProgressDto>,
    /// Counts of rows, once it is written.
    new: usize,
    changed: usize,
    unchanged: usize,
    rejected: usize,
    /// Why it was not written.
    error: Option<String>,
    /// The rows that were left out, the first thousand, for 90 days.
    left_out: Vec<LeftOutDto>,
    /// Titles of columns that are left out.
    ignored_columns: Vec<String>,
}

/// A row of the file that was left out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeftOutDto {
    /// Line of the file on which it begins.
    line: u64,
    student_number: String,
    name: String,
    errors: Vec<LeftOutErrorDto>,
}

/// What is wrong with it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeftOutErrorDto {
    column: String,
    code: String,
    detail: String,
    value: String,
    /// Other lines about the same.
    other_lines: Vec<u64>,
}

impl From<LeftOutRow> for LeftOutDto {
    fn from(row: LeftOutRow) -> Self {
        let error = |error: LeftOutError| LeftOutErrorDto {
            column: error.column,
            code: error.code,
            detail: error.detail,
            value: error.value,
            other_lines: error.other_lines,
        };
        Self {
            line: row.line,
            student_number: row.number,
            name: row.name,
            errors: row.errors.into_iter().map(error).collect(),
        }
    }
}

/// What an import is busy with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportProgressDto {
    /// `checking`, `students`, `scores` or `publishing`.
    phase: &'static str,
    done: usize,
    total: usize,
}

/// Which imports to list, and which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportsQuery {
    /// Parts of the names of file, exam, course and sender, with spaces between: an import has all of them.
    /// Letter case makes no difference.
    #[param(max_length = 100)]
    q: Option<String>,
    /// The course into which they were; without it all imports, for admins.
    course_id: Option<i64>,
    /// Items in the answer: 50 unless stated, at most 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// An import in the list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListedImportDto {
    id: i64,
    /// `exam`, `course` or `roster`.
    kind: String,
    course_id: Option<i64>,
    file_name: String,
    /// `planned`, `running`, `committed`, `undone` or `failed`.
    state: &'static str,
    batch_id: Option<i64>,
    created_at: String,
    /// Who sent it; null for the operator.
    created_by: Option<i64>,
    /// Counts of rows, once it is written.
    new: usize,
    changed: usize,
    unchanged: usize,
    rejected: usize,
}

impl From<KeptImport> for ListedImportDto {
    fn from(kept: KeptImport) -> Self {
        Self {
            id: kept.stored.id.0,
            kind: kept.stored.kind,
            course_id: kept.stored.course.map(|id| id.0),
            file_name: kept.stored.file_name,
            state: kept.stored.state.as_str(),
            batch_id: kept.stored.batch.map(|id| id.0),
            created_at: time(kept.stored.created_at),
            created_by: kept.stored.created_by.map(|id| id.0),
            new: kept.summary.new,
            changed: kept.summary.changed,
            unchanged: kept.summary.unchanged,
            rejected: kept.summary.rejected,
        }
    }
}

/// The imports, or those that are looked for, newest first.
#[utoipa::path(get, operation_id = "list_imports", path = "/api/v1/imports", tag = "imports", params(ImportsQuery),
    responses((status = 200, body = Listing<ListedImportDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn list(
    caller: SignedIn,
    query: Query<ImportsQuery>,
) -> Result<Json<Listing<ListedImportDto>>, Problem> {
    let query = query.into_inner();
    let paging = Paging::new(query.limit, query.cursor);
    let text = sought(query.q)?;
    let which = (query.course_id.map(CourseId), text.as_str());
    let before = paging.position()?.map(ImportId);
    let limit = paging.limit()?;
    let found = caller.app.kept_imports(&caller.actor, which, before, limit);
    let page = found.await.map_err(problem)?;
    Ok(Json(Listing::of(page, ListedImportDto::from)))
}

/// One import: how far it has come, what it did.
#[utoipa::path(get, operation_id = "get_import", path = "/api/v1/imports/{import_id}", tag = "imports",
    params(("import_id" = i64, Path)),
    responses((status = 200, body = KeptDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn show(caller: SignedIn, id: Path<i64>) -> Result<Json<KeptDto>, Problem> {
    let kept = caller.app.kept_import(&caller.actor, ImportId(*id)).await;
    let kept = kept.map_err(problem)?;
    let left_out = match kept.summary.rejected {
        0 => None,
        _ => {
            let rows = caller.app.left_out_of_import(&caller.actor, kept.stored.id);
            rows.await.map_err(problem)?
        }
    };
    let ignored = kept.order.as_ref().map(ImportOrder::ignore_columns);
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
        progress: kept.progress.map(|progress| ImportProgressDto {
            phase: phase(progress.phase),
            done: progress.done,
            total: progress.total,
        }),
        new: kept.summary.new,
        changed: kept.summary.changed,
        unchanged: kept.summary.unchanged,
        rejected: kept.summary.rejected,
        error: kept.summary.error,
        left_out: left_out
            .map(|rows| rows.rows.into_iter().map(LeftOutDto::from).collect())
            .unwrap_or_default(),
        ignored_columns: ignored.unwrap_or_default().to_vec(),
    }))
}

/// The rows that an import left out as CSV, with the reasons in two more columns that no import reads: to be
/// corrected and imported.
#[utoipa::path(get, operation_id = "get_rows_left_out", path = "/api/v1/imports/{import_id}/left-out.csv", tag = "imports",
    params(("import_id" = i64, Path), Language),
    responses((status = 200, content_type = "text/csv", body = String), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn left_out_csv(
    request: HttpRequest,
    caller: SignedIn,
    id: Path<i64>,
    language: Query<Language>,
) -> Result<HttpResponse, Problem> {
    let id = ImportId(*id);
    let t = language.of(&request)?;
    let rows = caller.app.left_out_of_import(&caller.actor, id).await;
    let rows = rows.map_err(problem)?.ok_or_else(Problem::not_found)?;
    file(&caller.app, &left_out::book(t, id, &rows), Format::Csv)
}
