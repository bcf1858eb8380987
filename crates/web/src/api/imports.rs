//! Importing files.

use actix_multipart::Multipart;
use actix_web::web::{Json, Query};
use gradebook_app::App;
use gradebook_app::imports::{
    Agreed, ImportError, ImportIntoCourse, ImportOrder, ImportOutcome, ImportScores, RowError,
    RowOutcome,
};
use gradebook_auth::{Actor, Role};
use gradebook_domain::{CourseId, TermId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub(crate) use super::import_problem::problem;
use super::import_roster::{NotInFileDto, RowChangeDto};
use crate::access::SignedIn;
use crate::problem::{Problem, ProblemBody};
use crate::upload::{Upload, invalid};

/// Whether to write.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportQuery {
    /// Only tell the plan.
    pub(super) dry_run: Option<bool>,
}

/// The form of an import of scores: either `term_id` and `exam_name`, or `course_id`.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it describes the form, which is read part by part"
)]
pub(crate) struct ScoresForm {
    /// CSV (UTF-8, UTF-16 or GBK) or XLSX, at most 10 MiB and 20,000 rows.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// The term of the exam.
    term_id: Option<i64>,
    /// The exam's name in that term.
    exam_name: Option<String>,
    /// `midterm`, `final`, `monthly` (unless stated) or `quiz`, if the exam is created.
    exam_kind: Option<String>,
    /// Day of the exam if it is created.
    held_on: Option<String>,
    /// The course whose assessments the columns are.
    course_id: Option<i64>,
    /// Create subjects, classes, students, enrolments, courses and the exam where they are missing.
    create_missing: Option<bool>,
    /// Publish the exam's draft assessments afterwards.
    publish: Option<bool>,
    /// Why scores change that students have seen.
    reason: Option<String>,
    /// Titles of columns to leave out, as a JSON array: `["备注"]`.
    ignore_columns: Option<String>,
    /// Leave out rows that cannot be imported.
    allow_partial: Option<bool>,
    /// `plan_hash` of the dry run; without `dry_run` it is needed.
    plan_hash: Option<String>,
}

/// What an import did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportDto {
    dry_run: bool,
    /// Recognises the plan: send it to do exactly that.
    pub(super) plan_hash: String,
    /// The batch that undo names; null when nothing was written.
    batch_id: Option<i64>,
    /// The exam; null when there is none or it would be created.
    exam_id: Option<i64>,
    class_ids: Vec<i64>,
    pub(super) summary: SummaryDto,
    pub(super) rows: Vec<ImportRowDto>,
    /// Students of a roster's classes whom it does not name, the first 1,000. They stay.
    not_in_file: Vec<NotInFileDto>,
    /// Classes that a roster creates.
    new_classes: Vec<String>,
    /// Columns that become subjects.
    new_subjects: Vec<String>,
    /// Columns that are left out, and those of a roster that are not read.
    ignored_columns: Vec<String>,
}

/// Counts of rows by outcome, and of what they do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SummaryDto {
    new: usize,
    changed: usize,
    unchanged: usize,
    rejected: usize,
    /// Errors in all rows.
    errors: usize,
    /// Scores that students have seen and that change.
    corrected: usize,
    scores: ScoresDto,
    created: CreatedDto,
    published: usize,
    /// Accounts that got another name.
    renamed: usize,
    /// Students who left a class for another one.
    moved: usize,
    /// Students of a roster's classes whom it does not name.
    not_in_file: usize,
    /// Rows whose name is not the one that the school has: they may be somebody else's.
    names_differ: usize,
}

/// Cells by what becomes of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScoresDto {
    new: usize,
    changed: usize,
    unchanged: usize,
}

/// What is created.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreatedDto {
    term: bool,
    exam: bool,
    subjects: usize,
    classes: usize,
    students: usize,
    teachers: usize,
    enrolments: usize,
    courses: usize,
}

/// A row of the file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportRowDto {
    /// Line of the file on which it begins; of a workbook, its row.
    pub(super) line: u64,
    pub(super) student_number: String,
    pub(super) name: String,
    /// `new`, `changed`, `unchanged` or `rejected`.
    pub(super) outcome: &'static str,
    /// What it does.
    pub(super) changes: Vec<RowChangeDto>,
    pub(super) errors: Vec<RowErrorDto>,
}

/// What is wrong with a row.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RowErrorDto {
    column: String,
    code: &'static str,
    detail: String,
    value: String,
    /// Lines about the same student or score, where only one can be right; the first few.
    other_lines: Vec<u64>,
}

impl From<RowError> for RowErrorDto {
    fn from(error: RowError) -> Self {
        Self {
            column: error.column,
            code: error.code,
            detail: error.detail,
            value: error.value,
            other_lines: error.other_lines,
        }
    }
}

impl From<ImportOutcome> for ImportDto {
    fn from(outcome: ImportOutcome) -> Self {
        let (report, counts) = (outcome.report, outcome.counts);
        let row = |row: RowOutcome| ImportRowDto {
            line: row.line,
            student_number: row.number,
            name: row.name,
            outcome: row.outcome.as_str(),
            changes: row.changes.into_iter().map(RowChangeDto::from).collect(),
            errors: row.errors.into_iter().map(RowErrorDto::from).collect(),
        };
        Self {
            dry_run: report.dry_run,
            plan_hash: outcome.plan_hash,
            batch_id: report.batch.map(|batch| batch.0),
            exam_id: report.exam.map(|exam| exam.0),
            class_ids: report.classes.iter().map(|class| class.0).collect(),
            summary: SummaryDto {
                new: counts.new,
                changed: counts.changed,
                unchanged: counts.unchanged,
                rejected: counts.rejected,
                errors: outcome.errors_total,
                corrected: report.corrected,
                scores: ScoresDto {
                    new: report.scores_new,
                    changed: report.scores_changed,
                    unchanged: report.scores_unchanged,
                },
                created: CreatedDto {
                    term: report.term_created,
                    exam: report.exam_created,
                    subjects: report.subjects_created,
                    classes: report.classes_created,
                    students: report.students_created,
                    teachers: report.teachers_created,
                    enrolments: report.enrolled,
                    courses: report.courses_created,
                },
                published: report.published,
                renamed: report.renamed,
                moved: report.moved,
                not_in_file: report.not_in_file_total,
                names_differ: outcome.names_differ,
            },
            rows: outcome.rows.into_iter().map(row).collect(),
            not_in_file: report
                .not_in_file
                .into_iter()
                .map(NotInFileDto::from)
                .collect(),
            new_classes: report.new_classes,
            new_subjects: report.new_subjects,
            ignored_columns: report.ignored_columns,
        }
    }
}

const SCORES: [&str; 12] = [
    "term_id",
    "exam_name",
    "exam_kind",
    "held_on",
    "course_id",
    "create_missing",
    "publish",
    "reason",
    "ignore_columns",
    "allow_partial",
    "plan_hash",
    "dry_run",
];

/// Imports scores from a file, or tells what that would do.
#[utoipa::path(post, operation_id = "import_scores", path = "/api/v1/imports/scores", tag = "imports",
    params(ImportQuery),
    request_body(content = inline(ScoresForm), content_type = "multipart/form-data"),
    responses((status = 200, body = ImportDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 413, body = ProblemBody),
        (status = 415, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 503, body = ProblemBody)))]
pub(crate) async fn scores(
    caller: SignedIn,
    query: Query<ImportQuery>,
    body: Multipart,
) -> Result<Json<ImportDto>, Problem> {
    // Students import nothing, so nothing of theirs is read.
    if caller.actor.role == Role::Student {
        return Err(Problem::forbidden());
    }
    let upload = Upload::receive(&caller.app, &caller.actor, body).await?;
    upload.expect(&SCORES)?;
    let order = scores_order(&caller, &upload).await?;
    let dry_run = query.dry_run.unwrap_or(upload.flag("dry_run")?);
    run((&caller.app, &caller.actor), &upload, &order, dry_run).await
}

pub(super) async fn run(
    (app, actor): (&App, &Actor),
    upload: &Upload,
    order: &ImportOrder,
    dry_run: bool,
) -> Result<Json<ImportDto>, Problem> {
    let done = if dry_run {
        let tell = |_| {};
        app.preview_import(actor, &upload.file, order, &tell).await
    } else {
        let hash = upload.field("plan_hash");
        let hash = hash.ok_or_else(|| invalid("plan_hash", "send the plan_hash of a dry run"))?;
        let agreed = Agreed {
            plan_hash: Some(hash.to_owned()),
            allow_partial: upload.flag("allow_partial")?,
            same_names_only: false,
        };
        app.commit_import(actor, &upload.file, order, &agreed, &|_| {})
            .await
    };
    Ok(Json(done.map_err(problem)?.into()))
}

async fn scores_order(caller: &SignedIn, upload: &Upload) -> Result<ImportOrder, Problem> {
    match (upload.id("course_id")?, upload.id("term_id")?) {
        (Some(course), None) => course_order(upload, CourseId(course)),
        (None, Some(_)) => exam_order(caller, upload).await?.map_err(problem),
        (Some(_), Some(_)) => Err(invalid("term_id", "send course_id or term_id, not both")),
        (None, None) => Err(invalid(
            "term_id",
            "send term_id with exam_name, or course_id",
        )),
    }
}

/// An order to import into one course.
pub(crate) fn course_order(upload: &Upload, course: CourseId) -> Result<ImportOrder, Problem> {
    Ok(ImportOrder::Course(ImportIntoCourse {
        file_name: upload.file_name.clone(),
        course,
        reason: upload.field("reason").map(str::to_owned),
        ignore_columns: ignore_columns(upload)?,
    }))
}

/// The titles of columns to leave out.
fn ignore_columns(upload: &Upload) -> Result<Vec<String>, Problem> {
    let Some(titles) = upload.field("ignore_columns") else {
        return Ok(Vec::new());
    };
    serde_json::from_str(titles)
        .map_err(|_| invalid("ignore_columns", "a JSON array of titles, like [\"备注\"]"))
}

/// An order to import an exam, or why the use case or the form does not allow it.
pub(crate) async fn exam_order(
    caller: &SignedIn,
    upload: &Upload,
) -> Result<Result<ImportOrder, ImportError>, Problem> {
    let term = upload.id("term_id")?;
    let term = term.ok_or_else(|| invalid("term_id", "name the term by its id"))?;
    let exam = upload.field("exam_name");
    let exam = exam.ok_or_else(|| invalid("exam_name", "name the exam"))?;
    let kind = upload.field("exam_kind").unwrap_or("monthly");
    let kind = ImportScores::kind_of(kind)
        .ok_or_else(|| invalid("exam_kind", "midterm, final, monthly or quiz"))?;
    let ignore_columns = ignore_columns(upload)?;
    let (create_missing, publish) = (upload.flag("create_missing")?, upload.flag("publish")?);
    let term = caller.app.import_term(&caller.actor, TermId(term)).await;
    Ok(term.map(|term| {
        ImportOrder::Exam(ImportScores {
            file_name: upload.file_name.clone(),
            school_year: term.school_year,
            term: term.name,
            exam: exam.to_owned(),
            kind,
            create_missing,
            publish,
            dry_run: false,
            reason: upload.field("reason").map(str::to_owned),
            held_on: upload.field("held_on").map(str::to_owned),
            ignore_columns,
        })
    }))
}
