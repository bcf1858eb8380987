//! Why categories and assessments are not changed, as problems.

use actix_web::http::StatusCode;
use gradebook_app::{EditSchemeError, SchemeFault};
use serde_json::json;

use crate::number::Number;
use crate::problem::{FieldError, Problem, database_problem, invalid_reason};

pub(super) fn refused(fault: SchemeFault) -> Problem {
    let pointer = match fault {
        SchemeFault::Name => "/name".to_owned(),
        SchemeFault::Title => "/title".to_owned(),
        SchemeFault::Weight => "/weight".to_owned(),
        SchemeFault::DropLowest => "/drop_lowest".to_owned(),
        SchemeFault::DropHighest => "/drop_highest".to_owned(),
        SchemeFault::MaxScore => "/max_score".to_owned(),
        SchemeFault::ExtraCredit => "/extra_credit_limit".to_owned(),
        SchemeFault::Category => "/category_id".to_owned(),
        SchemeFault::Date => "/date".to_owned(),
        SchemeFault::Position => "/position".to_owned(),
        SchemeFault::Letters(wrong) => match wrong.place() {
            Some(place) => format!("/policy/letters/{place}"),
            None => "/policy/letters".to_owned(),
        },
    };
    Problem::invalid(vec![FieldError {
        pointer,
        code: match fault {
            SchemeFault::Category => "unknown_category",
            SchemeFault::Date => "invalid_date",
            _ => "invalid_field",
        },
        detail: fault.to_string(),
    }])
}

pub(crate) fn problem(error: &EditSchemeError) -> Problem {
    problem_of(error, "/also_in")
}

/// `others` is where the request names other courses.
pub(super) fn problem_of(error: &EditSchemeError, others: &str) -> Problem {
    let of_others = |code| {
        Problem::invalid(vec![FieldError {
            pointer: others.to_owned(),
            code,
            detail: sentence(error),
        }])
    };
    let conflict = |code| Problem::new(StatusCode::CONFLICT, code, sentence(error));
    match error {
        EditSchemeError::NotFound => Problem::not_found(),
        EditSchemeError::Forbidden => Problem::forbidden(),
        EditSchemeError::TermClosed => conflict("term_closed"),
        EditSchemeError::Locked => conflict("locked"),
        EditSchemeError::Published => conflict("invalid_state"),
        EditSchemeError::Field(fault) => refused(*fault),
        EditSchemeError::ReasonRequired(consequence) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Problem::new(status, "reason_required", sentence(error))
                .with_errors(vec![FieldError {
                    pointer: "/reason".to_owned(),
                    code: "reason_required",
                    detail: "A reason is needed.".to_owned(),
                }])
                .with_members(json!({
                    "published_assessments": consequence.assessments,
                    "students": consequence.students,
                }))
        }
        EditSchemeError::Reason(error) => invalid_reason(*error),
        EditSchemeError::AlreadyExists => conflict("already_exists"),
        EditSchemeError::Full => conflict("limit_reached"),
        EditSchemeError::PlanChanged => conflict("plan_changed"),
        EditSchemeError::TooMany | EditSchemeError::Courses => of_others("invalid_field"),
        EditSchemeError::NoSuchCategory { category, courses } => {
            let ids: Vec<i64> = courses.iter().map(|course| course.id.0).collect();
            let members = json!({"category": category, "courses": ids});
            of_others("unknown_category").with_members(members)
        }
        EditSchemeError::ScoresAbove(above) => {
            let scores: Vec<_> = above
                .iter()
                .map(|one| {
                    let value = Number::from(one.value);
                    json!({"student_id": one.student.0, "name": one.name, "value": value})
                })
                .collect();
            let members = json!({"count": above.len(), "scores": scores});
            conflict("scores_above_maximum").with_members(members)
        }
        EditSchemeError::ConfirmationRequired { title, scores } => {
            let members = json!({"title": title, "scores": scores});
            conflict("confirmation_required").with_members(members)
        }
        EditSchemeError::NotEmpty(assessments) => {
            let members = json!({"assessments": assessments});
            conflict("category_not_empty").with_members(members)
        }
        EditSchemeError::LastCategory => conflict("last_category"),
        EditSchemeError::Database(_) => database_problem(error),
    }
}

/// The message as a sentence of its own.
fn sentence(error: &EditSchemeError) -> String {
    let message = error.to_string();
    let mut letters = message.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}
