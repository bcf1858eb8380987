//! Taking back what a paste, a fill, an import or any other block of edits changed.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Json, Path};
use gradebook_app::read::Way;
use gradebook_app::{CellSkipped, UndoError, UndoReport, WhySkipped};
use gradebook_domain::{AssessmentId, BatchId, CourseId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::dto::{ClassDto, SubjectDto, time};
use super::scores::{CurrentDto, current, explain};
use crate::access::SignedIn;
use crate::api::words::StatusWord;
use crate::json_body::OptionalJsonBody;
use crate::number::Number;
use crate::problem::{FieldError, Problem, ProblemBody, database_problem, invalid_reason};

const SAY_WHY: &str =
    "Students have seen some of these scores: say in reason why they change. Nothing was put back.";

/// Why a batch is taken back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UndoDto {
    /// Needed for scores that are published.
    reason: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UndoReportDto {
    /// Names the undo itself, which can be undone; null when nothing was written.
    batch_id: Option<i64>,
    /// The batch that was taken back.
    undone_batch_id: i64,
    /// Cells that are as they were before the batch.
    restored: Vec<RestoredDto>,
    /// Cells that were left as they are.
    skipped: Vec<SkippedDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RestoredDto {
    assessment_id: i64,
    student_id: i64,
    #[schema(value_type = StatusWord)]
    status: &'static str,
    value: Option<Number>,
    comment: Option<String>,
    version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SkippedDto {
    assessment_id: i64,
    /// Null when it was deleted.
    assessment: Option<String>,
    student_id: i64,
    student: String,
    /// `changed_since`, `unchanged` (it is as it was before already), or why the cell may not be
    /// changed, as `PATCH /scores` says it: `locked`, `term_closed`, `reason_required`,
    /// `not_enrolled`, `above_maximum`, `unknown_assessment` …
    code: &'static str,
    detail: String,
    current: CurrentDto,
}

/// A batch of scores, and what an undo of it would do now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchDto {
    batch_id: i64,
    at: String,
    /// Null for the operator at the server's shell.
    actor: Option<BatchActorDto>,
    /// `web`, `api`, `cli` or `import`.
    source: String,
    /// `typed`, `paste`, `fill`, `clear`, `undo` or `redo`; null where nobody said.
    way: Option<&'static str>,
    /// The batch that it took back.
    undoes: Option<i64>,
    reason: Option<String>,
    /// How many scores it changed, in the courses that you keep.
    cells: u64,
    assessments: Vec<BatchAssessmentDto>,
    undo: UndoPreviewDto,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchActorDto {
    id: i64,
    name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchAssessmentDto {
    id: i64,
    /// Null when it was deleted.
    title: Option<String>,
    /// Null when it was deleted.
    course: Option<BatchCourseDto>,
    cells: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchCourseDto {
    id: i64,
    class: ClassDto,
    subject: SubjectDto,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UndoPreviewDto {
    /// Cells that would go back, with a reason where one is needed.
    restorable: usize,
    /// Those of them that need a reason.
    needing_reason: usize,
    /// Cells that would be left as they are.
    skipped: Vec<SkippedDto>,
}

/// A batch of scores, and what an undo of it would do now.
#[utoipa::path(get, operation_id = "get_batch", path = "/api/v1/batches/{batch_id}", tag = "grades",
    params(("batch_id" = i64, Path)),
    responses((status = 200, body = BatchDto), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
pub(crate) async fn show(caller: SignedIn, batch: Path<i64>) -> Result<Json<BatchDto>, Problem> {
    let found = caller.app.batch(&caller.actor, BatchId(*batch)).await?;
    let (restorable, needing_reason) = (found.restorable(), found.needing_reason());
    let (group, undo, courses) = (found.group, found.undo, found.courses);
    let course = |id: CourseId| {
        let course = courses.get(&id)?;
        Some(BatchCourseDto {
            id: id.0,
            class: (&course.class).into(),
            subject: (&course.subject).into(),
        })
    };
    let (titles, names) = (undo.titles, undo.names);
    Ok(Json(BatchDto {
        batch_id: *batch,
        at: time(group.newest.at),
        actor: group
            .newest
            .actor
            .map(|(id, name)| BatchActorDto { id: id.0, name }),
        source: group.newest.source,
        way: group.newest.way.map(Way::as_str),
        undoes: group.newest.undoes.map(|batch| batch.0),
        reason: group.newest.reason,
        cells: group.scores,
        assessments: group
            .assessments
            .into_iter()
            .map(|one| BatchAssessmentDto {
                id: one.id.0,
                title: one.title,
                course: one.course.and_then(course),
                cells: one.scores,
            })
            .collect(),
        undo: UndoPreviewDto {
            restorable,
            needing_reason,
            skipped: undo
                .skipped
                .into_iter()
                .filter(|cell| !cell.needs_reason())
                .map(|cell| skipped(cell, &titles, &names))
                .collect(),
        },
    }))
}

/// Puts back what a batch (edits, a paste or an import) changed: status, value and remark. Cells that
/// were changed since, or may not be changed, are left and listed. If students have seen some of them, nothing
/// goes back without a reason (`reason_required`). The undo is itself a batch.
#[utoipa::path(post, operation_id = "undo_batch", path = "/api/v1/batches/{batch_id}/undo", tag = "grades",
    params(("batch_id" = i64, Path)), request_body(content = Option<UndoDto>),
    responses((status = 200, body = UndoReportDto), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn undo(
    caller: SignedIn,
    batch: Path<i64>,
    body: OptionalJsonBody<UndoDto>,
) -> Result<Json<UndoReportDto>, Problem> {
    let reason = body.into_inner().reason;
    let undone = caller
        .app
        .undo_batch(&caller.actor, BatchId(*batch), reason.as_deref())
        .await;
    match undone {
        Ok(report) => Ok(Json(report.into())),
        Err(error) => Err(problem(&error)),
    }
}

/// The answer to an undo that did not happen.
pub(crate) fn problem(error: &UndoError) -> Problem {
    match error {
        UndoError::NotFound => Problem::not_found(),
        UndoError::ReasonRequired { cells } => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Problem::new(status, "reason_required", SAY_WHY)
                .with_errors(vec![FieldError {
                    pointer: "/reason".to_owned(),
                    code: "reason_required",
                    detail: "A reason is needed.".to_owned(),
                }])
                .with_members(json!({ "needing_reason": cells }))
        }
        UndoError::Reason(error) => invalid_reason(*error),
        UndoError::Database(_) => database_problem(error),
    }
}

impl From<UndoReport> for UndoReportDto {
    fn from(report: UndoReport) -> Self {
        let (titles, names) = (report.titles, report.names);
        Self {
            batch_id: report.batch.map(|batch| batch.0),
            undone_batch_id: report.undone.0,
            restored: report
                .restored
                .into_iter()
                .map(|cell| RestoredDto {
                    assessment_id: cell.assessment.0,
                    student_id: cell.student.0,
                    status: cell.score.status().as_str(),
                    value: cell.score.value().map(Number::from),
                    comment: cell.comment,
                    version: cell.version,
                })
                .collect(),
            skipped: report
                .skipped
                .into_iter()
                .map(|cell| skipped(cell, &titles, &names))
                .collect(),
        }
    }
}

fn skipped(
    cell: CellSkipped,
    titles: &HashMap<AssessmentId, String>,
    names: &HashMap<UserId, String>,
) -> SkippedDto {
    let (code, detail) = match cell.why {
        WhySkipped::ChangedSince => ("changed_since", "somebody changed this cell since".into()),
        WhySkipped::Unchanged => ("unchanged", "this cell is as it was before already".into()),
        WhySkipped::Refused(refusal) => (refusal.code.as_str(), explain(refusal)),
    };
    let author = cell.current.as_ref().and_then(|current| current.updated_by);
    SkippedDto {
        assessment_id: cell.assessment.0,
        assessment: titles.get(&cell.assessment).cloned(),
        student_id: cell.student.0,
        student: names.get(&cell.student).cloned().unwrap_or_default(),
        code,
        detail,
        current: current(
            cell.current,
            author.and_then(|author| names.get(&author).cloned()),
        ),
    }
}
