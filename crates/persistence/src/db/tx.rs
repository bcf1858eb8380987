//! One transaction.

use sea_orm::DatabaseTransaction;

use super::Dialect;
use crate::error::DbError;

/// An open transaction. Only [`super::Db::write`] makes one, so every write is inside it.
pub struct Tx {
    raw: DatabaseTransaction,
    dialect: Dialect,
}

impl Tx {
    pub(super) fn new(raw: DatabaseTransaction, dialect: Dialect) -> Self {
        Self { raw, dialect }
    }

    pub(crate) fn raw(&self) -> &DatabaseTransaction {
        &self.raw
    }

    /// The kind of database.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(super) async fn commit(self) -> Result<(), DbError> {
        Ok(self.raw.commit().await?)
    }

    pub(super) async fn rollback(self) -> Result<(), DbError> {
        Ok(self.raw.rollback().await?)
    }
}
