//! What importing a OneRoster bundle did, or what is wrong with it, as JSON: for the interface and for
//! the command line.

use gradebook_app::oneroster::{BundleRowError, OneRosterReport};
use serde::Serialize;
use utoipa::ToSchema;

/// What an import did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneRosterDto {
    dry_run: bool,
    /// The batch of the change log; null when nothing was written.
    batch_id: Option<i64>,
    /// Recognises the plan: send it to do exactly that.
    plan_hash: String,
    created: OneRosterCreatedDto,
    scores: OneRosterScoresDto,
    skipped: OneRosterSkippedDto,
}

/// What is created.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneRosterCreatedDto {
    terms: usize,
    subjects: usize,
    classes: usize,
    /// Accounts; they have no password yet.
    people: usize,
    enrolments: usize,
    courses: usize,
    /// Courses given to teachers.
    teachers: usize,
    exams: usize,
    categories: usize,
    assessments: usize,
}

/// Cells by what becomes of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneRosterScoresDto {
    new: usize,
    changed: usize,
    unchanged: usize,
}

/// Rows that have no counterpart here and were passed over.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneRosterSkippedDto {
    /// Neither students nor teachers nor administrators.
    people: usize,
    /// In another role, or teachers of homerooms.
    enrolments: usize,
    /// Without a score, such as letters.
    results: usize,
    /// Usernames of administrators whom the school does not know: a bundle makes none, so they were
    /// left out. Create their accounts first if they are to come with it.
    administrators: Vec<String>,
}

impl From<&OneRosterReport> for OneRosterDto {
    fn from(report: &OneRosterReport) -> Self {
        Self {
            dry_run: report.dry_run,
            batch_id: report.batch.map(|batch| batch.0),
            plan_hash: report.plan_hash.clone(),
            created: OneRosterCreatedDto {
                terms: report.terms,
                subjects: report.subjects,
                classes: report.classes,
                people: report.people,
                enrolments: report.enrolments,
                courses: report.courses,
                teachers: report.teachers,
                exams: report.exams,
                categories: report.categories,
                assessments: report.assessments,
            },
            scores: OneRosterScoresDto {
                new: report.scores_new,
                changed: report.scores_changed,
                unchanged: report.scores_unchanged,
            },
            skipped: OneRosterSkippedDto {
                people: report.skipped.people,
                enrolments: report.skipped.enrolments,
                results: report.skipped.results,
                administrators: report.administrators.clone(),
            },
        }
    }
}

/// What is wrong with rows of a bundle.
pub(crate) fn rejected(errors: &[BundleRowError], total: usize) -> serde_json::Value {
    let rows: Vec<serde_json::Value> = errors
        .iter()
        .map(|error| {
            serde_json::json!({
                "file": error.file,
                "line": error.line,
                "column": error.column,
                "value": error.value,
                "code": error.code,
                "detail": error.detail,
            })
        })
        .collect();
    serde_json::json!({ "total": total, "rows": rows })
}
