//! Files that were imported or are about to be.

mod files;
mod left_out;
mod listed;
mod undone;
mod waiting;

use gradebook_auth::Grant;
use gradebook_auth::actions::Import;
use gradebook_domain::{BatchId, CourseId, ImportId, UserId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
};

pub use files::{file, forget_files, has_file, keep_newest};
pub use left_out::{forget_left_out, left_out};
pub use listed::{count, list};
pub use undone::{lock_summary, undone};
pub use waiting::{cancel, change};

use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::{Read, Tx};
use crate::entity::import;
use crate::error::DbError;

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// It waits for somebody to agree to its plan.
    Planned,
    /// It is being written.
    Running,
    /// It is written.
    Committed,
    /// It was written and taken back.
    Undone,
    /// It could not be written; nothing was.
    Failed,
}

impl ImportState {
    /// The stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Running => "running",
            Self::Committed => "committed",
            Self::Undone => "undone",
            Self::Failed => "failed",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [
            Self::Planned,
            Self::Running,
            Self::Committed,
            Self::Undone,
            Self::Failed,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
    }
}

/// An import, without its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredImport {
    /// Id.
    pub id: ImportId,
    /// `exam`, `course` or `roster`.
    pub kind: String,
    /// The course, of an import into one.
    pub course: Option<CourseId>,
    /// The file's name.
    pub file_name: String,
    /// What was asked for, as JSON.
    pub options: String,
    /// How far it has come.
    pub state: ImportState,
    /// What it did, or why it failed, as JSON.
    pub summary: Option<String>,
    /// The batch that undo names.
    pub batch: Option<BatchId>,
    /// When the file came, unix milliseconds.
    pub created_at: i64,
    /// Who sent it; `None` for the operator.
    pub created_by: Option<UserId>,
    /// When the state changed last, unix milliseconds.
    pub changed_at: i64,
}

/// An import to keep.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// `exam`, `course` or `roster`.
    pub kind: &'static str,
    /// The file's name.
    pub file_name: String,
    /// What was asked for, as JSON.
    pub options: String,
    /// The file, of one that is not written yet.
    pub file: Option<Vec<u8>>,
    /// What it did, of one that is written.
    pub done: Option<Done>,
}

/// What an import did.
#[derive(Debug, Clone)]
pub struct Done {
    /// In counts, as JSON.
    pub summary: String,
    /// The rows that were left out, as JSON.
    pub left_out: Option<String>,
    /// The batch that undo names.
    pub batch: Option<BatchId>,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    kind: String,
    course_id: Option<i64>,
    file_name: String,
    options: String,
    state: String,
    summary: Option<String>,
    batch_id: Option<i64>,
    created_at: i64,
    created_by: Option<i64>,
    changed_at: i64,
}

const COLUMNS: [import::Column; 11] = [
    import::Column::Id,
    import::Column::Kind,
    import::Column::CourseId,
    import::Column::FileName,
    import::Column::Options,
    import::Column::State,
    import::Column::Summary,
    import::Column::BatchId,
    import::Column::CreatedAt,
    import::Column::CreatedBy,
    import::Column::ChangedAt,
];

fn read(row: Row) -> Result<StoredImport, DbError> {
    let state = ImportState::parse(&row.state).ok_or_else(|| DbError::Corrupt {
        table: "imports",
        column: "state",
        value: row.state.clone(),
    })?;
    Ok(StoredImport {
        id: ImportId(row.id),
        kind: row.kind,
        course: row.course_id.map(CourseId),
        file_name: row.file_name,
        options: row.options,
        state,
        summary: row.summary,
        batch: row.batch_id.map(BatchId),
        created_at: row.created_at,
        created_by: row.created_by.map(UserId),
        changed_at: row.changed_at,
    })
}

/// Keeps an import, into the course of the grant if it has one.
///
/// # Errors
/// Any database failure.
pub async fn keep(
    tx: &Tx,
    grant: &Grant<Import>,
    stamp: &Stamp<'_>,
    new: &NewImport,
) -> Result<ImportId, DbError> {
    let course = grant.on().course.map(|access| access.course);
    let state = match new.done {
        Some(_) => ImportState::Committed,
        None => ImportState::Planned,
    };
    let done = new.done.clone();
    let row = import::ActiveModel {
        kind: Set(new.kind.to_owned()),
        course_id: Set(course.map(|id| id.0)),
        file_name: Set(new.file_name.clone()),
        options: Set(new.options.clone()),
        file: Set(new.file.clone()),
        state: Set(state.as_str().to_owned()),
        claim: Set(None),
        batch_id: Set(done.as_ref().and_then(|done| done.batch.map(|id| id.0))),
        left_out: Set(done.as_ref().and_then(|done| done.left_out.clone())),
        summary: Set(done.map(|done| done.summary)),
        created_at: Set(stamp.at),
        created_by: Set(stamp.actor.user_id().map(|user| user.0)),
        changed_at: Set(stamp.at),
        ..Default::default()
    };
    let id = import::Entity::insert(row)
        .exec(tx.raw())
        .await?
        .last_insert_id;
    let kind = match new.done {
        Some(_) => ChangeKind::Imported,
        None => ChangeKind::ImportUploaded,
    };
    on_record(tx, grant, stamp, kind, &new.file_name).await?;
    Ok(ImportId(id))
}

async fn on_record(
    tx: &Tx,
    grant: &Grant<Import>,
    stamp: &Stamp<'_>,
    kind: ChangeKind,
    file_name: &str,
) -> Result<(), DbError> {
    let change = NewChange {
        course: grant.on().course.map(|access| access.course),
        detail: Some(file_name.to_owned()),
        ..NewChange::of(kind)
    };
    change_log::append(tx, stamp, [change]).await
}

/// The import with this id.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn one(db: &impl Read, id: ImportId) -> Result<Option<StoredImport>, DbError> {
    let row = import::Entity::find_by_id(id.0)
        .select_only()
        .columns(COLUMNS)
        .into_model::<Row>()
        .one(&db.on().0)
        .await?;
    row.map(read).transpose()
}

/// Takes an import for writing it: one that waits, failed, or was taken so long ago, before
/// `stale`, that its server must have died. Returns whether it could be had.
///
/// # Errors
/// Any database failure.
pub async fn claim(
    tx: &Tx,
    _grant: &Grant<Import>,
    stamp: &Stamp<'_>,
    (id, claim): (ImportId, BatchId),
    stale: i64,
) -> Result<bool, DbError> {
    let waits = import::Column::State
        .is_in([ImportState::Planned, ImportState::Failed].map(ImportState::as_str));
    let abandoned = import::Column::State
        .eq(ImportState::Running.as_str())
        .and(import::Column::ChangedAt.lt(stale));
    let taken = import::Entity::update_many()
        .col_expr(
            import::Column::State,
            Expr::value(ImportState::Running.as_str()),
        )
        .col_expr(import::Column::Claim, Expr::value(claim.0))
        .col_expr(import::Column::ChangedAt, Expr::value(stamp.at))
        .filter(import::Column::Id.eq(id.0))
        .filter(import::Column::File.is_not_null())
        .filter(waits.or(abandoned))
        .exec(tx.raw())
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Ends the writing of an import in the transaction that wrote it, and forgets its file. Returns
/// whether it was still the claim's.
///
/// # Errors
/// Any database failure.
pub async fn finish(
    tx: &Tx,
    grant: &Grant<Import>,
    stamp: &Stamp<'_>,
    (id, claim): (ImportId, BatchId),
    file_name: &str,
    done: &Done,
) -> Result<bool, DbError> {
    let ended = import::Entity::update_many()
        .col_expr(
            import::Column::State,
            Expr::value(ImportState::Committed.as_str()),
        )
        .col_expr(import::Column::File, Expr::value(Option::<Vec<u8>>::None))
        .col_expr(import::Column::Summary, Expr::value(done.summary.as_str()))
        .col_expr(
            import::Column::LeftOut,
            Expr::value(done.left_out.as_deref()),
        )
        .col_expr(
            import::Column::BatchId,
            Expr::value(done.batch.map(|id| id.0)),
        )
        .col_expr(import::Column::ChangedAt, Expr::value(stamp.at))
        .filter(import::Column::Id.eq(id.0))
        .filter(import::Column::State.eq(ImportState::Running.as_str()))
        .filter(import::Column::Claim.eq(claim.0))
        .exec(tx.raw())
        .await?;
    if ended.rows_affected == 1 {
        on_record(tx, grant, stamp, ChangeKind::Imported, file_name).await?;
    }
    Ok(ended.rows_affected == 1)
}

/// Says that an import was not written, and why. One that somebody else took meanwhile stays theirs.
///
/// # Errors
/// Any database failure.
pub async fn fail(
    tx: &Tx,
    _grant: &Grant<Import>,
    stamp: &Stamp<'_>,
    (id, claim): (ImportId, BatchId),
    summary: &str,
) -> Result<(), DbError> {
    import::Entity::update_many()
        .col_expr(
            import::Column::State,
            Expr::value(ImportState::Failed.as_str()),
        )
        .col_expr(import::Column::Summary, Expr::value(summary))
        .col_expr(import::Column::ChangedAt, Expr::value(stamp.at))
        .filter(import::Column::Id.eq(id.0))
        .filter(import::Column::State.eq(ImportState::Running.as_str()))
        .filter(import::Column::Claim.eq(claim.0))
        .exec(tx.raw())
        .await?;
    Ok(())
}

/// Says that an import is still being written, while it takes long. Nothing happens to one that
/// somebody else took meanwhile.
///
/// # Errors
/// Any database failure.
pub async fn touch(
    tx: &Tx,
    _grant: &Grant<Import>,
    (id, claim): (ImportId, BatchId),
    at: i64,
) -> Result<(), DbError> {
    import::Entity::update_many()
        .col_expr(import::Column::ChangedAt, Expr::value(at))
        .filter(import::Column::Id.eq(id.0))
        .filter(import::Column::State.eq(ImportState::Running.as_str()))
        .filter(import::Column::Claim.eq(claim.0))
        .exec(tx.raw())
        .await?;
    Ok(())
}
