//! Importing a roster: who belongs to which class.

use actix_multipart::Multipart;
use actix_web::web::{Json, Query};
use gradebook_app::imports::{ImportOrder, ImportRoster, NotInFile, RowChange};
use gradebook_domain::{Score, ScoreStatus};
use serde::Serialize;
use utoipa::ToSchema;

use super::imports::{ImportDto, ImportQuery, run};
use crate::access::{Admin, Has};
use crate::problem::{Problem, ProblemBody};
use crate::upload::Upload;

/// The form of an import of a roster.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it describes the form, which is read part by part"
)]
pub(crate) struct RosterForm {
    /// CSV (UTF-8, UTF-16 or GBK) or XLSX, at most 10 MiB and 20,000 rows.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// School year of rows that name none.
    school_year: Option<String>,
    /// Grade level of rows that name none.
    grade_level: Option<String>,
    /// Class of rows that name none.
    class: Option<String>,
    /// First day in the class of rows that name none, ISO 8601; today, or the first day of the year's
    /// first term if that is still to come, if not stated.
    first_day: Option<String>,
    /// Create classes that the school does not have.
    create_missing: Option<bool>,
    /// Rows only add a class, as of an elective group: nobody leaves another one.
    keep_other_classes: Option<bool>,
    /// Leave out rows that cannot be imported.
    allow_partial: Option<bool>,
    /// `plan_hash` of the dry run; without `dry_run` it is needed.
    plan_hash: Option<String>,
}

/// Something that a row does, or that whoever agrees to it has to know.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RowChangeDto {
    /// `score`, `more_scores` (so many more scores than are listed), `name_differs` (the school knows the
    /// student as `from`), or of a roster `account`, `renamed`, `leaves`, `joins`, `stays_until` (the last
    /// day in the class stays as it is), or `instead`: a membership that had not begun becomes one of
    /// another class. Fields that say nothing are left out.
    kind: &'static str,
    /// Title of the column of a score.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    /// The username of an account that is created.
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    /// The name so far of somebody who is renamed, the class that was entered by mistake, or the stored
    /// score: its value, its status without a value, left out where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// The new name or score.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// The class that is left or joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    school_year: Option<String>,
    /// The last day of whoever leaves or stays until then, the first of whoever joins.
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<String>,
    /// How many more scores the row writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
}

impl From<RowChange> for RowChangeDto {
    fn from(change: RowChange) -> Self {
        let empty = |kind| Self {
            kind,
            column: None,
            username: None,
            from: None,
            to: None,
            class: None,
            school_year: None,
            day: None,
            count: None,
        };
        match change {
            RowChange::NameDiffers { on_roll } => Self {
                from: Some(on_roll),
                ..empty("name_differs")
            },
            RowChange::Score { column, from, to } => Self {
                column: Some(column.to_string()),
                from: from.and_then(score_text),
                to: score_text(to),
                ..empty("score")
            },
            RowChange::MoreScores { count } => Self {
                count: Some(count),
                ..empty("more_scores")
            },
            RowChange::Account { username } => Self {
                username: Some(username),
                ..empty("account")
            },
            RowChange::Renamed { from, to } => Self {
                from: Some(from),
                to: Some(to),
                ..empty("renamed")
            },
            RowChange::Leaves {
                class,
                school_year,
                last_day,
            } => Self {
                class: Some(class),
                school_year: Some(school_year),
                day: Some(last_day),
                ..empty("leaves")
            },
            RowChange::StaysUntil {
                class,
                school_year,
                last_day,
            } => Self {
                class: Some(class),
                school_year: Some(school_year),
                day: Some(last_day),
                ..empty("stays_until")
            },
            RowChange::Instead {
                class,
                instead_of,
                school_year,
                first_day,
            } => Self {
                from: Some(instead_of),
                class: Some(class),
                school_year: Some(school_year),
                day: Some(first_day),
                ..empty("instead")
            },
            RowChange::Joins {
                class,
                school_year,
                first_day,
            } => Self {
                class: Some(class),
                school_year: Some(school_year),
                day: Some(first_day),
                ..empty("joins")
            },
        }
    }
}

/// A value, or a status that has none; nothing for a blank score.
fn score_text(score: Score) -> Option<String> {
    match (score.value(), score.status()) {
        (Some(value), _) => Some(value.to_string()),
        (None, ScoreStatus::Blank) => None,
        (None, status) => Some(status.as_str().to_owned()),
    }
}

/// A student of a class of the roster whom it does not name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NotInFileDto {
    class_id: i64,
    class: String,
    student_number: String,
    name: String,
}

impl From<NotInFile> for NotInFileDto {
    fn from(one: NotInFile) -> Self {
        Self {
            class_id: one.class.0,
            class: one.class_name,
            student_number: one.student_number,
            name: one.name,
        }
    }
}

const ROSTER: [&str; 9] = [
    "school_year",
    "grade_level",
    "class",
    "first_day",
    "create_missing",
    "keep_other_classes",
    "allow_partial",
    "plan_hash",
    "dry_run",
];

/// Imports a roster from a file, or tells what that would do.
#[utoipa::path(post, operation_id = "import_roster", path = "/api/v1/imports/roster", tag = "imports",
    params(ImportQuery),
    request_body(content = inline(RosterForm), content_type = "multipart/form-data"),
    responses((status = 200, body = ImportDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 413, body = ProblemBody),
        (status = 415, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 503, body = ProblemBody)))]
pub(crate) async fn roster(
    caller: Has<Admin>,
    query: Query<ImportQuery>,
    body: Multipart,
) -> Result<Json<ImportDto>, Problem> {
    let upload = Upload::receive(&caller.app, &caller.actor, body).await?;
    upload.expect(&ROSTER)?;
    let order = roster_order(&upload)?;
    let dry_run = query.dry_run.unwrap_or(upload.flag("dry_run")?);
    run((&caller.app, &caller.actor), &upload, &order, dry_run).await
}

/// An order to import a roster.
pub(crate) fn roster_order(upload: &Upload) -> Result<ImportOrder, Problem> {
    let text = |name| upload.field(name).map(str::to_owned);
    Ok(ImportOrder::Roster(ImportRoster {
        file_name: upload.file_name.clone(),
        school_year: text("school_year"),
        grade_level: text("grade_level"),
        class: text("class"),
        first_day: text("first_day"),
        create_missing: upload.flag("create_missing")?,
        keep_other_classes: upload.flag("keep_other_classes")?,
    }))
}
