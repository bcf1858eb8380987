//! What is known of signing keys. The private halves stay in files.

use gradebook_auth::Grant;
use gradebook_auth::actions::ManageSetup;
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::db::Tx;
use crate::entity::signing_key;
use crate::error::DbError;

/// A signing key on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// RFC 7638 thumbprint.
    pub kid: String,
    /// Name of the algorithm, e.g. `ES256`.
    pub algorithm: String,
    /// The public half as a JWK.
    pub public_jwk: String,
    /// When it was first used, unix milliseconds.
    pub created_at: i64,
    /// When it stopped signing, unix milliseconds.
    pub retired_at: Option<i64>,
}

/// Puts a key on record, once.
///
/// # Errors
/// Any database failure.
pub async fn record(tx: &Tx, _grant: &Grant<ManageSetup>, key: &KeyRecord) -> Result<(), DbError> {
    if signing_key::Entity::find_by_id(&key.kid)
        .one(tx.raw())
        .await?
        .is_some()
    {
        return Ok(());
    }
    let row = signing_key::ActiveModel {
        kid: Set(key.kid.clone()),
        algorithm: Set(key.algorithm.clone()),
        public_jwk: Set(key.public_jwk.clone()),
        created_at: Set(key.created_at),
        retired_at: Set(key.retired_at),
    };
    signing_key::Entity::insert(row)
        .exec_without_returning(tx.raw())
        .await?;
    Ok(())
}
