//! Wrong attempts to sign in. They belong to nobody yet, so no grant is asked for, and they are no
//! change of the school, so the change log does not have them.

use std::collections::HashMap;

use gradebook_auth::throttle::Failures;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::db::{Read, Tx};
use crate::entity::throttle;
use crate::error::DbError;

/// The failures known under these tags; none for a tag that is not in the answer.
///
/// # Errors
/// Any database failure.
pub async fn read(db: &impl Read, tags: &[&str]) -> Result<HashMap<String, Failures>, DbError> {
    let rows = throttle::Entity::find()
        .filter(throttle::Column::Tag.is_in(tags.iter().copied()))
        .all(&db.on().0)
        .await?;
    Ok(rows.into_iter().map(pair).collect())
}

/// The same, locked until the transaction ends, so that no failure goes uncounted.
///
/// # Errors
/// Any database failure.
pub async fn lock(tx: &Tx, tags: &[&str]) -> Result<HashMap<String, Failures>, DbError> {
    let rows = throttle::Entity::find()
        .filter(throttle::Column::Tag.is_in(tags.iter().copied()))
        // SQLite knows no row locks and needs none: its write transactions run one by one.
        .lock_exclusive()
        .all(tx.raw())
        .await?;
    Ok(rows.into_iter().map(pair).collect())
}

fn pair(row: throttle::Model) -> (String, Failures) {
    let failures = Failures {
        count: row.failures,
        last_at: row.failed_at,
    };
    (row.tag, failures)
}

/// Keeps the failures under a tag, which `known` had locked or did not find.
///
/// # Errors
/// [`DbError::Contention`] when somebody else was first to know the tag since then: run the
/// transaction again.
pub async fn put(
    tx: &Tx,
    known: &HashMap<String, Failures>,
    tag: &str,
    failures: Failures,
) -> Result<(), DbError> {
    if known.contains_key(tag) {
        throttle::Entity::update_many()
            .col_expr(throttle::Column::Failures, Expr::value(failures.count))
            .col_expr(throttle::Column::FailedAt, Expr::value(failures.last_at))
            .filter(throttle::Column::Tag.eq(tag))
            .exec(tx.raw())
            .await?;
        return Ok(());
    }
    // Not an update if there is one by now: it would write over what was counted meanwhile.
    let row = throttle::ActiveModel {
        tag: Set(tag.to_owned()),
        failures: Set(failures.count),
        failed_at: Set(failures.last_at),
    };
    match throttle::Entity::insert(row)
        .exec_without_returning(tx.raw())
        .await
        .map_err(DbError::from)
    {
        Err(DbError::Duplicate(cause)) => Err(DbError::Contention(cause)),
        Err(other) => Err(other),
        Ok(_) => Ok(()),
    }
}

/// Forgets the failures under a tag.
///
/// # Errors
/// Any database failure.
pub async fn forget(tx: &Tx, tag: &str) -> Result<(), DbError> {
    throttle::Entity::delete_by_id(tag).exec(tx.raw()).await?;
    Ok(())
}

/// Forgets whatever failed last before `at` (unix milliseconds).
///
/// # Errors
/// Any database failure.
pub async fn forget_before(tx: &Tx, at: i64) -> Result<(), DbError> {
    throttle::Entity::delete_many()
        .filter(throttle::Column::FailedAt.lt(at))
        .exec(tx.raw())
        .await?;
    Ok(())
}
