//! Entering scores.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Query;
use gradebook_app::read::{StoredScore, Way};
use gradebook_app::{
    CellConflict, CellRefusal, EditReport, EnterScores, EnterScoresError, RefusalCode, ScoreEdit,
};
use gradebook_domain::{AssessmentId, Points, Score, ScoreStatus, UserId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::dto::time;
use crate::access::SignedIn;
use crate::api::words::StatusWord;
use crate::json_body::JsonBody;
use crate::number::Number;
use crate::problem::{FieldError, Problem, ProblemBody, database_problem, invalid_reason};

/// A block of cells.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnterScoresDto {
    /// At most 5,000.
    edits: Vec<EditDto>,
    /// Why; needed for scores that are published.
    reason: Option<String>,
    /// How they came into the cells, for the history: `typed`, `paste`, `fill`, `clear`, `undo` or
    /// `redo`.
    way: Option<String>,
}

/// One cell to change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditDto {
    assessment_id: i64,
    student_id: i64,
    /// The version that you saw; 0 for a blank cell.
    version: i64,
    #[schema(value_type = Option<StatusWord>)]
    status: Option<String>,
    /// A JSON number with at most four decimals, read exactly; null clears the cell.
    #[schema(value_type = Option<f64>)]
    #[serde(default, deserialize_with = "present")]
    value: Option<Box<RawValue>>,
    /// Remark to the student; empty text removes it.
    comment: Option<String>,
}

/// Tells a field that is `null` from one that is absent.
pub(super) fn present<'de, D>(deserializer: D) -> Result<Option<Box<RawValue>>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    Box::<RawValue>::deserialize(deserializer).map(Some)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EnterScoresQuery {
    /// Save all cells or none.
    #[serde(default)]
    atomic: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportDto {
    /// Names this block for undo.
    batch_id: i64,
    saved: Vec<SavedDto>,
    conflicts: Vec<ConflictDto>,
    rejected: Vec<RejectedDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SavedDto {
    assessment_id: i64,
    student_id: i64,
    version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConflictDto {
    assessment_id: i64,
    student_id: i64,
    current: CurrentDto,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CurrentDto {
    #[schema(value_type = StatusWord)]
    status: &'static str,
    value: Option<Number>,
    comment: Option<String>,
    version: i64,
    updated_at: Option<String>,
    updated_by: Option<AuthorDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthorDto {
    id: i64,
    name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RejectedDto {
    assessment_id: i64,
    student_id: i64,
    /// `above_maximum`, `negative`, `too_many_decimals`, `not_a_number`, `value_without_status`,
    /// `unknown_status`, `not_enrolled`, `unknown_assessment`, `locked`, `term_closed`,
    /// `reason_required`, `duplicate_cell`, `comment_too_long` or
    /// `invalid_character`.
    code: &'static str,
    detail: String,
    /// The highest score that would be accepted, for `above_maximum`.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<Number>,
}

/// Saves scores. Each cell is judged alone; those that may be saved are saved together.
#[utoipa::path(patch, operation_id = "enter_scores", path = "/api/v1/scores", tag = "grades", params(EnterScoresQuery),
    request_body = EnterScoresDto,
    responses((status = 200, body = ReportDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 409, body = ProblemBody, description = "atomic, and some cells conflict"),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn enter(
    caller: SignedIn,
    query: Query<EnterScoresQuery>,
    body: JsonBody<EnterScoresDto>,
) -> Result<HttpResponse, Problem> {
    let body = body.into_inner();
    let way = body.way.as_deref().map(way).transpose()?;
    let command = EnterScores {
        way,
        edits: body.edits.into_iter().map(edit).collect(),
        reason: body.reason,
        atomic: query.atomic,
    };
    match caller.app.enter_scores(&caller.actor, &command).await {
        Ok(report) => Ok(HttpResponse::Ok().json(ReportDto::from(report))),
        Err(error) => Err(problem(error)),
    }
}

/// The way in which scores were entered.
fn way(text: &str) -> Result<Way, Problem> {
    Way::parse(text).ok_or_else(|| {
        let known: Vec<&str> = Way::ALL.iter().map(|way| way.as_str()).collect();
        Problem::invalid(vec![FieldError {
            pointer: "/way".to_owned(),
            code: "invalid_field",
            detail: format!("way is one of {}", known.join(", ")),
        }])
    })
}

fn edit(dto: EditDto) -> ScoreEdit {
    ScoreEdit {
        assessment: AssessmentId(dto.assessment_id),
        student: UserId(dto.student_id),
        version: dto.version,
        score: wanted(
            dto.status.as_deref(),
            dto.value.as_deref().map(RawValue::get),
        ),
        comment: dto.comment,
    }
}

/// The score that a status and the raw JSON text of a value ask for.
pub(super) fn wanted(
    status: Option<&str>,
    value: Option<&str>,
) -> Option<Result<Score, CellRefusal>> {
    let value = match value {
        Some("null") => Some(None),
        Some(text) => Some(Some(text)),
        None => None,
    };
    let status = match status.map(str::parse::<ScoreStatus>) {
        None => None,
        Some(Ok(status)) => Some(status),
        Some(Err(_)) => return Some(Err(CellRefusal::of(RefusalCode::UnknownStatus))),
    };
    let status = match (status, value) {
        (Some(status), _) => status,
        (None, None) => return None,
        (None, Some(None)) => ScoreStatus::Blank,
        (None, Some(Some(_))) => ScoreStatus::Scored,
    };
    let points = match value.flatten().map(number) {
        None => None,
        Some(Ok(points)) => Some(points),
        Some(Err(refusal)) => return Some(Err(refusal)),
    };
    Some(Score::from_parts(status, points).map_err(CellRefusal::from))
}

/// A JSON number; any other JSON value is none.
fn number(raw: &str) -> Result<Points, CellRefusal> {
    if raw.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        Ok(raw.parse::<Points>()?)
    } else {
        Err(CellRefusal::of(RefusalCode::NotANumber))
    }
}

impl From<EditReport> for ReportDto {
    fn from(report: EditReport) -> Self {
        Self {
            batch_id: report.batch.0,
            saved: report
                .saved
                .iter()
                .map(|saved| SavedDto {
                    assessment_id: saved.assessment.0,
                    student_id: saved.student.0,
                    version: saved.version,
                })
                .collect(),
            conflicts: report.conflicts.into_iter().map(conflict).collect(),
            rejected: report
                .rejected
                .into_iter()
                .map(|(assessment, student, refusal)| RejectedDto {
                    assessment_id: assessment.0,
                    student_id: student.0,
                    code: refusal.code.as_str(),
                    detail: explain(refusal),
                    limit: refusal.limit.map(Number::from),
                })
                .collect(),
        }
    }
}

/// What is stored in a cell, and by whom.
pub(super) fn current(stored: Option<StoredScore>, author: Option<String>) -> CurrentDto {
    match stored {
        None => CurrentDto {
            status: Score::Blank.status().as_str(),
            value: None,
            comment: None,
            version: 0,
            updated_at: None,
            updated_by: None,
        },
        Some(stored) => CurrentDto {
            status: stored.score.status().as_str(),
            value: stored.score.value().map(Number::from),
            comment: stored.comment,
            version: stored.version,
            updated_at: Some(time(stored.updated_at)),
            updated_by: stored.updated_by.map(|id| AuthorDto {
                id: id.0,
                name: author.unwrap_or_default(),
            }),
        },
    }
}

pub(super) fn conflict(conflict: CellConflict) -> ConflictDto {
    let current = current(conflict.current, conflict.author);
    ConflictDto {
        assessment_id: conflict.assessment.0,
        student_id: conflict.student.0,
        current,
    }
}

/// What a refusal means, for people.
pub(super) fn explain(refusal: CellRefusal) -> String {
    let text = match refusal.code {
        RefusalCode::AboveMaximum => {
            return match refusal.limit {
                Some(limit) => format!("at most {limit}"),
                None => "too large a number".to_owned(),
            };
        }
        RefusalCode::Negative => "a score cannot be below zero",
        RefusalCode::TooManyDecimals => "at most four decimals",
        RefusalCode::NotANumber => "a number is needed",
        RefusalCode::ValueWithoutStatus => "only the status \"scored\" has a value",
        RefusalCode::UnknownStatus => "status is one of blank, scored, absent, excused and missing",
        RefusalCode::NotEnrolled => "this student is not in the class",
        RefusalCode::UnknownAssessment => "there is no such assessment that you may edit",
        RefusalCode::Locked => "this assessment is locked",
        RefusalCode::TermClosed => "the term is closed",
        RefusalCode::ReasonRequired => "this score is published: a change needs a reason",
        RefusalCode::DuplicateCell => "this cell is in the request twice",
        RefusalCode::CommentTooLong => "a remark has at most 1,000 characters",
        RefusalCode::InvalidCharacter => {
            "a remark has no control characters other than line breaks and tabs"
        }
    };
    text.to_owned()
}

fn problem(error: EnterScoresError) -> Problem {
    match error {
        EnterScoresError::Forbidden => Problem::forbidden(),
        EnterScoresError::TooMany => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "too_many_edits",
            "At most 5,000 cells in one request.",
        ),
        EnterScoresError::Reason(error) => invalid_reason(error),
        EnterScoresError::NotAll(report) => {
            let (status, code) = if report.conflicts.is_empty() {
                (StatusCode::UNPROCESSABLE_ENTITY, "rejected")
            } else {
                (StatusCode::CONFLICT, "conflict")
            };
            let members = serde_json::to_value(ReportDto::from(*report)).unwrap_or_default();
            Problem::new(status, code, "Nothing was saved: not all cells can be.")
                .with_members(members)
        }
        EnterScoresError::Database(_) => database_problem(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(status: Option<&str>, value: Option<&str>) -> &'static str {
        match wanted(status, value) {
            None => "unchanged",
            Some(Ok(score)) => score.status().as_str(),
            Some(Err(refusal)) => refusal.code.as_str(),
        }
    }

    #[test]
    fn a_value_is_read_exactly_from_its_json_text() {
        let points = |text: &str| wanted(None, Some(text)).and_then(Result::ok);
        assert_eq!(points("71.50"), points("71.5"));
        assert_eq!(points("8.5e1"), points("85"));
        assert_eq!(code(None, Some("0.12345")), "too_many_decimals");
        assert_eq!(code(None, Some("1e999")), "above_maximum");
        for text in ["\"71.5\"", "true", "[1]", "{}"] {
            assert_eq!(code(None, Some(text)), "not_a_number", "{text}");
        }
    }

    #[test]
    fn status_and_value_must_fit() {
        assert_eq!(code(None, None), "unchanged");
        assert_eq!(code(None, Some("null")), "blank");
        assert_eq!(code(Some("absent"), None), "absent");
        assert_eq!(code(Some("absent"), Some("null")), "absent");
        assert_eq!(code(Some("absent"), Some("5")), "value_without_status");
        assert_eq!(code(Some("scored"), None), "not_a_number");
        assert_eq!(code(Some("ill"), None), "unknown_status");
    }
}
