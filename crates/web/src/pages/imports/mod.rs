//! Pages for importing files: sending one, its plan, what it did.

pub(crate) mod agree;
pub(crate) mod columns;
pub(in crate::pages) mod earlier;
pub(crate) mod forms;
pub(crate) mod left_out;
pub(crate) mod list;
pub(crate) mod one;
mod orders;
pub(crate) mod plan;
pub(crate) mod roster;

use gradebook_app::imports::{ImportError, ImportState, KeptImport, RowError};

use super::admin::Badge;
use crate::i18n::T;

/// The state of an import as a badge.
fn state_badge(t: T, kept: &KeptImport) -> Badge {
    let (class, key) = match kept.stored.state {
        ImportState::Running if kept.abandoned => ("is-danger", "imports-state-abandoned"),
        ImportState::Failed if kept.is_cancelled() => ("is-draft", "imports-state-cancelled"),
        ImportState::Planned if kept.expired => ("is-draft", "imports-state-expired"),
        ImportState::Planned => ("is-draft", "imports-state-planned"),
        ImportState::Running => ("is-new", "imports-state-running"),
        ImportState::Committed => ("is-published", "imports-state-committed"),
        ImportState::Undone => ("is-warning", "imports-state-undone"),
        ImportState::Failed => ("is-danger", "imports-state-failed"),
    };
    Badge {
        class,
        text: t.get(key),
    }
}

/// What is wrong and what to do, for the code of an error.
pub(crate) fn advice(t: T, code: &str) -> String {
    let key = match code {
        "missing_column" | "no_subject_column" => "imports-error-column",
        "duplicate_column" => "imports-error-twice",
        "wrong_number_of_fields" => "imports-error-fields",
        "missing_value" => "imports-error-empty",
        "too_long" => "imports-error-long",
        "invalid_character" => "imports-error-character",
        "not_a_number" => "imports-error-number",
        "too_many_decimals" => "imports-error-decimals",
        "above_maximum" => "imports-error-maximum",
        "negative" => "imports-error-negative",
        "formula_without_result" => "imports-error-formula",
        "unknown_student" => "imports-error-student",
        "unknown_class" => "imports-error-class",
        "unknown_subject" | "unknown_course" | "not_in_exam" => "imports-error-subject",
        "unknown_assessment" => "imports-error-assessment",
        "ambiguous_assessment" => "imports-error-ambiguous",
        "ambiguous_class" => "imports-error-ambiguous-class",
        "not_enrolled" => "imports-error-enrolled",
        "invalid_student_number" | "invalid_username" => "imports-error-username",
        "username_taken" => "imports-error-taken",
        "other_username" => "imports-error-other-username",
        "disabled_account" => "imports-error-disabled",
        "invalid_first_day" => "imports-error-first-day",
        "first_day_far_away" => "imports-error-first-day-far",
        "calculated_number" => "imports-error-calculated",
        "nearly_known_number" => "imports-error-nearly-known",
        "invalid_school_year" | "invalid_class" => "imports-error-long",
        "before_enrolment" => "imports-error-move-early",
        "has_scores" => "imports-error-has-scores",
        "begins_later" => "imports-error-begins-later",
        "already_enrolled" => "imports-error-was-there",
        "in_several_classes" => "imports-error-several-classes",
        "invalid_role" => "imports-error-role",
        "not_for_teachers" => "imports-error-teacher-class",
        "locked" => "imports-error-locked",
        "reason_required" => "imports-error-reason",
        "term_closed" => "imports-error-term-closed",
        "unknown_term" | "unknown_exam" => "imports-error-exam",
        "similar_exam" => "imports-error-similar-exam",
        "invalid_exam" => "imports-error-exam-name",
        "invalid_date" => "imports-error-date",
        "empty_file" | "no_rows" => "imports-error-no-rows",
        "old_workbook" | "encrypted_workbook" => "imports-error-old-workbook",
        "not_a_workbook" | "broken_workbook" | "doctype_not_allowed" | "not_a_table" => {
            "imports-error-broken"
        }
        "too_many_entries" | "content_too_large" | "too_many_columns" | "too_many_cells"
        | "body_too_large" => "imports-error-large",
        "too_many_rows" => "imports-error-rows",
        "unknown_encoding" => "imports-error-encoding",
        "too_many_ignored" => "imports-error-many-ignored",
        "reason_too_long" => "imports-error-reason-long",
        "plan_changed" => "imports-error-plan",
        "rows_rejected" => "imports-error-rejected",
        "file_rejected" => "imports-error-header",
        "not_waiting" | "taken_over" => "imports-error-gone",
        "names_not_checked" => "imports-error-names",
        "undo_reason_required" => "imports-error-undo-reason",
        "session_ended" => "imports-error-session",
        "cancelled" => "imports-cancelled",
        "missing_file" => "imports-error-file",
        _ => "imports-error-other",
    };
    t.get(key)
}

/// The same for what is wrong with a row, naming the rows with which it cannot be.
pub(crate) fn row_advice(t: T, code: &str, other_lines: &[u64], of_course: bool) -> String {
    let key = match code {
        // Nobody is created by an import into a course.
        "unknown_student" if of_course => return t.get("imports-error-student-course"),
        "duplicate_student" => "imports-error-duplicate",
        "duplicate_cell" => "imports-error-duplicate-score",
        "duplicate_username" => "imports-error-username-twice",
        code => return advice(t, code),
    };
    let lines = other_lines.iter().map(u64::to_string);
    t.args(key, &[("lines", &t.list(lines))])
}

/// Whether an error is about the file or what was asked for, and not about who asks, or when.
fn is_of_file(error: &ImportError) -> bool {
    match error {
        ImportError::NotFound
        | ImportError::Forbidden
        | ImportError::SignedOut
        | ImportError::NoRoom(_)
        | ImportError::Database(_) => false,
        ImportError::Unreadable(_)
        | ImportError::Order { .. }
        | ImportError::Refused { .. }
        | ImportError::Rejected(_)
        | ImportError::PlanChanged(_) => true,
    }
}

/// What is wrong with a file, line by line: the whole file first.
fn explain(t: T, error: &ImportError) -> Vec<String> {
    let mut lines = vec![advice(t, error.code())];
    if let ImportError::Refused { errors, .. } = error {
        let unknown = RowError::unknown_columns(errors);
        if !unknown.is_empty() {
            let names: Vec<String> = unknown.iter().map(|name| (*name).to_owned()).collect();
            let names = t.list(&names);
            lines = vec![t.args("imports-error-unknown-columns", &[("columns", &names)])];
        }
        // Rows are told of once the header is right; they come after it.
        let header = errors.first().map(|error| error.line);
        let others = errors.iter().filter(|error| {
            Some(error.line) == header && !unknown.contains(&error.column.as_str())
        });
        lines.extend(others.take(20).map(|error| {
            let line = error.line.to_string();
            let advice = row_advice(t, error.code, &error.other_lines, false);
            t.args(
                "imports-line-error",
                &[
                    ("line", &line),
                    ("column", &error.column),
                    ("advice", &advice),
                ],
            )
        }));
    }
    lines
}
