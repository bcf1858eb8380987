//! Changing, closing and reopening terms.

use std::collections::BTreeSet;

use gradebook_auth::Grant;
use gradebook_auth::actions::ManageSetup;
use gradebook_domain::{AssessmentId, AssessmentState, CourseId, TermId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::change_log::{self, ChangeKind, NewChange, Stamp, difference};
use crate::db::Tx;
use crate::entity::{assessment, course, term};
use crate::error::DbError;
use crate::query::courses::{Term, read_term};

/// A term, locked until the transaction ends: what is added to a term is not added while it closes.
///
/// # Errors
/// Any database failure.
pub async fn lock_term(tx: &Tx, id: TermId) -> Result<Option<Term>, DbError> {
    let row = term::Entity::find_by_id(id.0)
        .lock_exclusive()
        .one(tx.raw())
        .await?;
    Ok(row.map(read_term))
}

/// Terms, locked until the transaction ends, in order of id.
///
/// # Errors
/// Any database failure.
pub async fn lock_terms(tx: &Tx, ids: &BTreeSet<TermId>) -> Result<Vec<Term>, DbError> {
    let rows = term::Entity::find()
        .filter(term::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .order_by_asc(term::Column::Id)
        .lock_exclusive()
        .all(tx.raw())
        .await?;
    Ok(rows.into_iter().map(read_term).collect())
}

/// Gives a term the year, name, dates, weight and rank setting of `after`. What is the same is not
/// on record.
///
/// # Errors
/// [`DbError::Duplicate`] when the year has another term of this name.
pub async fn change_term(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    before: &Term,
    after: &Term,
) -> Result<(), DbError> {
    let texts = |one: &Term| {
        [
            ("school_year", one.school_year.clone()),
            ("name", one.name.clone()),
            ("starts_on", one.starts_on.clone()),
            ("ends_on", one.ends_on.clone()),
            ("weight", one.weight.to_string()),
            ("rank_shown", one.rank_shown.to_string()),
        ]
    };
    let Some(differences) = difference(texts(before), texts(after)) else {
        return Ok(());
    };
    term::Entity::update_many()
        .col_expr(
            term::Column::SchoolYear,
            Expr::value(after.school_year.as_str()),
        )
        .col_expr(term::Column::Name, Expr::value(after.name.as_str()))
        .col_expr(
            term::Column::StartsOn,
            Expr::value(after.starts_on.as_str()),
        )
        .col_expr(term::Column::EndsOn, Expr::value(after.ends_on.as_str()))
        .col_expr(
            term::Column::Weight,
            Expr::value(after.weight.ten_thousandths()),
        )
        .col_expr(
            term::Column::RankShown,
            Expr::value(after.rank_shown.as_str()),
        )
        .filter(term::Column::Id.eq(before.id.0))
        .exec(tx.raw())
        .await?;
    let detail = format!("{} {}; {differences}", before.school_year, before.name);
    on_record(tx, stamp, ChangeKind::TermChanged, detail).await
}

/// Closes a term that is locked by this transaction, and locks its published assessments, whose
/// number is returned. All assessments of the term are read for change first, so that scores that are
/// being saved are saved before the closing or find the term closed.
///
/// # Errors
/// Any database failure.
pub async fn close_term(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    of: &Term,
) -> Result<usize, DbError> {
    let published = AssessmentState::Published.as_str();
    let columns = columns_of(tx, of.id).await?;
    let locked: Vec<_> = columns
        .into_iter()
        .filter(|(_, _, state, _)| state == published)
        .map(|(id, course, _, _)| (id, course))
        .collect();
    if !locked.is_empty() {
        let state = AssessmentState::Locked.as_str();
        assessment::Entity::update_many()
            .col_expr(assessment::Column::State, Expr::value(state))
            .col_expr(assessment::Column::LockedByTerm, Expr::value(true))
            .filter(assessment::Column::CourseId.in_subquery(courses_of(of.id)))
            .filter(assessment::Column::State.eq(published))
            .exec(tx.raw())
            .await?;
    }
    set_state(tx, of.id, "closed").await?;
    let title = format!("{} {}", of.school_year, of.name);
    on_record(tx, stamp, ChangeKind::TermClosed, title).await?;
    moved(tx, stamp, ChangeKind::AssessmentLocked, &locked).await?;
    Ok(locked.len())
}

/// Opens a closed term, locked by this transaction, and unlocks the assessments that its closing
/// locked, whose number is returned. Those that were locked by hand stay locked.
///
/// # Errors
/// Any database failure.
pub async fn reopen_term(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    of: &Term,
) -> Result<usize, DbError> {
    let locked = AssessmentState::Locked.as_str();
    let columns = columns_of(tx, of.id).await?;
    let opened: Vec<_> = columns
        .into_iter()
        .filter(|(_, _, state, by_term)| *by_term && state == locked)
        .map(|(id, course, _, _)| (id, course))
        .collect();
    if !opened.is_empty() {
        let state = AssessmentState::Published.as_str();
        assessment::Entity::update_many()
            .col_expr(assessment::Column::State, Expr::value(state))
            .filter(assessment::Column::CourseId.in_subquery(courses_of(of.id)))
            .filter(assessment::Column::LockedByTerm.eq(true))
            .filter(assessment::Column::State.eq(locked))
            .exec(tx.raw())
            .await?;
    }
    assessment::Entity::update_many()
        .col_expr(assessment::Column::LockedByTerm, Expr::value(false))
        .filter(assessment::Column::CourseId.in_subquery(courses_of(of.id)))
        .filter(assessment::Column::LockedByTerm.eq(true))
        .exec(tx.raw())
        .await?;
    set_state(tx, of.id, "open").await?;
    let title = format!("{} {}", of.school_year, of.name);
    on_record(tx, stamp, ChangeKind::TermReopened, title).await?;
    moved(tx, stamp, ChangeKind::AssessmentUnlocked, &opened).await?;
    Ok(opened.len())
}

fn courses_of(term: TermId) -> sea_orm::sea_query::SelectStatement {
    course::Entity::find()
        .select_only()
        .column(course::Column::Id)
        .filter(course::Column::TermId.eq(term.0))
        .into_query()
}

/// Id, course, state and whether the term's closing locked it, of every assessment of the term, locked
/// against other writers in the order that all writers keep.
async fn columns_of(tx: &Tx, term: TermId) -> Result<Vec<(i64, i64, String, bool)>, DbError> {
    // The courses first: MySQL would lock the rows of a subquery, too.
    let courses: Vec<i64> = course::Entity::find()
        .select_only()
        .column(course::Column::Id)
        .filter(course::Column::TermId.eq(term.0))
        .into_tuple()
        .all(tx.raw())
        .await?;
    Ok(assessment::Entity::find()
        .select_only()
        .columns([
            assessment::Column::Id,
            assessment::Column::CourseId,
            assessment::Column::State,
            assessment::Column::LockedByTerm,
        ])
        .filter(assessment::Column::CourseId.is_in(courses))
        .order_by_asc(assessment::Column::Id)
        .lock_exclusive()
        .into_tuple()
        .all(tx.raw())
        .await?)
}

async fn set_state(tx: &Tx, id: TermId, state: &'static str) -> Result<(), DbError> {
    term::Entity::update_many()
        .col_expr(term::Column::State, Expr::value(state))
        .filter(term::Column::Id.eq(id.0))
        .exec(tx.raw())
        .await?;
    Ok(())
}

async fn on_record(
    tx: &Tx,
    stamp: &Stamp<'_>,
    kind: ChangeKind,
    detail: String,
) -> Result<(), DbError> {
    let change = NewChange {
        detail: Some(detail),
        ..NewChange::of(kind)
    };
    change_log::append(tx, stamp, [change]).await
}

async fn moved(
    tx: &Tx,
    stamp: &Stamp<'_>,
    kind: ChangeKind,
    columns: &[(i64, i64)],
) -> Result<(), DbError> {
    let changes = columns.iter().map(|(id, course)| NewChange {
        course: Some(CourseId(*course)),
        assessment: Some(AssessmentId(*id)),
        ..NewChange::of(kind)
    });
    change_log::append(tx, stamp, changes).await
}
