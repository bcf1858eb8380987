//! One transaction.

use sea_orm::DatabaseTransaction;

use crate::error::DbError;

/// An open transaction. Only [`super::Db::write`] makes one, so every write is inside it.
pub struct Tx {
    raw: DatabaseTransaction,
}

impl Tx {
    pub(super) fn new(raw: DatabaseTransaction) -> Self {
        Self { raw }
    }

    pub(crate) fn raw(&self) -> &DatabaseTransaction {
        &self.raw
    }

    pub(super) async fn commit(self) -> Result<(), DbError> {
        Ok(self.raw.commit().await?)
    }

    pub(super) async fn rollback(self) -> Result<(), DbError> {
        Ok(self.raw.rollback().await?)
    }
}
