//! What is known of signing keys. The private halves stay in files.

use std::collections::{BTreeMap, HashSet};

use gradebook_auth::Grant;
use gradebook_auth::actions::ManageSetup;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, QuerySelect};

use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::Tx;
use crate::entity::signing_key::{self, Column, Model};
use crate::error::DbError;

/// A signing key for the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// RFC 7638 thumbprint.
    pub kid: String,
    /// Name of the algorithm, e.g. `ES256`.
    pub algorithm: String,
    /// The public half as a JWK; `null` for a symmetric key.
    pub public_jwk: String,
    /// When it stops signing, unix milliseconds, if another key is to take over.
    pub retired_at: Option<i64>,
}

/// Brings the record up to date: `keys` are all that there are now, `withdrawn` the ids of those
/// that were removed before their time. Keys stay on record for ever, and what is on record already
/// is not written again.
///
/// # Errors
/// Any database failure; [`DbError::Contention`] when another replica recorded the same key first,
/// and the transaction runs again.
pub async fn record(
    tx: &Tx,
    _grant: &Grant<ManageSetup>,
    stamp: &Stamp<'_>,
    keys: &[KeyRecord],
    withdrawn: &[String],
) -> Result<(), DbError> {
    let known: BTreeMap<String, Model> = signing_key::Entity::find()
        .lock_exclusive()
        .all(tx.raw())
        .await?
        .into_iter()
        .map(|row| (row.kid.clone(), row))
        .collect();
    let (mut new, mut changed, mut log) = (Vec::new(), Vec::new(), Vec::new());
    for key in keys {
        match known.get(&key.kid) {
            None => {
                log.push((ChangeKind::SigningKeyAdded, key.kid.as_str()));
                new.push(row(key, stamp.at));
            }
            Some(row) if row.retired_at.is_none() && key.retired_at.is_some() => {
                changed.push(retired(row, key.retired_at));
            }
            // Already on record as retired, or still in use.
            Some(_) => continue,
        }
        if key.retired_at.is_some() {
            log.push((ChangeKind::SigningKeyRetired, key.kid.as_str()));
        }
    }
    let there: HashSet<&str> = keys.iter().map(|key| key.kid.as_str()).collect();
    for row in known.values().filter(|row| !there.contains(&*row.kid)) {
        let stopped = row.retired_at.is_some_and(|at| at <= stamp.at);
        if !stopped {
            changed.push(retired(row, Some(stamp.at)));
        }
        if withdrawn.contains(&row.kid) {
            log.push((ChangeKind::SigningKeyWithdrawn, row.kid.as_str()));
        } else if row.retired_at.is_none() {
            log.push((ChangeKind::SigningKeyRetired, row.kid.as_str()));
        }
    }
    insert(tx, new).await?;
    update(tx, changed).await?;
    let changes = log.into_iter().map(|(kind, kid)| NewChange {
        detail: Some(kid.to_owned()),
        ..NewChange::of(kind)
    });
    change_log::append(tx, stamp, changes).await
}

fn row(key: &KeyRecord, created_at: i64) -> signing_key::ActiveModel {
    signing_key::ActiveModel {
        kid: Set(key.kid.clone()),
        algorithm: Set(key.algorithm.clone()),
        public_jwk: Set(key.public_jwk.clone()),
        created_at: Set(created_at),
        retired_at: Set(key.retired_at),
    }
}

fn retired(row: &Model, at: Option<i64>) -> signing_key::ActiveModel {
    let row = Model {
        retired_at: at,
        ..row.clone()
    };
    // The upsert writes whole rows.
    row.into_active_model().reset_all()
}

async fn insert(tx: &Tx, rows: Vec<signing_key::ActiveModel>) -> Result<(), DbError> {
    if rows.is_empty() {
        return Ok(());
    }
    let inserted = signing_key::Entity::insert_many(rows)
        .exec_without_returning(tx.raw())
        .await
        .map_err(DbError::from);
    match inserted {
        Err(DbError::Duplicate(cause)) => Err(DbError::Contention(cause)),
        other => other.map(|_| ()),
    }
}

async fn update(tx: &Tx, rows: Vec<signing_key::ActiveModel>) -> Result<(), DbError> {
    if rows.is_empty() {
        return Ok(());
    }
    signing_key::Entity::insert_many(rows)
        .on_conflict(
            OnConflict::column(Column::Kid)
                .update_column(Column::RetiredAt)
                .to_owned(),
        )
        .exec_without_returning(tx.raw())
        .await?;
    Ok(())
}
