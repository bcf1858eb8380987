//! The problem of a file that was not imported.

use actix_web::http::StatusCode;
use gradebook_app::imports::{ImportError, ImportOutcome, RowError};

use super::imports::{ImportDto, ImportRowDto, RowErrorDto};
use crate::problem::{Problem, database_problem};
use crate::upload::no_room;

/// The problem of a file that was not imported.
pub(crate) fn problem(error: ImportError) -> Problem {
    let detail = error.to_string();
    let unprocessable = |code, detail| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail);
    match error {
        ImportError::Unreadable(reason) => unprocessable(reason.code(), detail),
        ImportError::Order {
            code: "term_closed",
            ..
        } => Problem::new(StatusCode::CONFLICT, "term_closed", detail),
        ImportError::Order { code, .. } => unprocessable(code, detail),
        ImportError::Refused { errors, .. } => {
            let rows: Vec<ImportRowDto> = errors
                .chunk_by(|one, other| one.line == other.line)
                .map(|of_line| ImportRowDto {
                    line: of_line.first().map_or(0, |error| error.line),
                    student_number: String::new(),
                    name: String::new(),
                    outcome: "rejected",
                    changes: Vec::new(),
                    errors: of_line.iter().cloned().map(RowErrorDto::from).collect(),
                })
                .collect();
            let columns = RowError::unknown_columns(&errors);
            unprocessable("file_rejected", detail)
                .with_members(serde_json::json!({ "rows": rows, "unknown_columns": columns }))
        }
        ImportError::Rejected(outcome) => {
            unprocessable("rows_rejected", detail).with_members(members(*outcome))
        }
        ImportError::PlanChanged(outcome) => {
            Problem::new(StatusCode::CONFLICT, "plan_changed", detail)
                .with_members(members(*outcome))
        }
        ImportError::NotFound => Problem::not_found(),
        ImportError::NoRoom(error) => no_room(&error),
        ImportError::Forbidden => Problem::forbidden(),
        ImportError::SignedOut => Problem::signed_out(),
        ImportError::Database(_) => database_problem(&error),
    }
}

/// The plan as it is now, beside the problem.
fn members(outcome: ImportOutcome) -> serde_json::Value {
    let dto = ImportDto::from(outcome);
    serde_json::json!({
        "plan_hash": dto.plan_hash,
        "summary": dto.summary,
        "rows": dto.rows,
    })
}
