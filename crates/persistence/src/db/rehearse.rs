//! What a change would do, found out by doing it and taking it back.

use super::{Db, Tx};
use crate::error::{DatabaseFailure, DbError};

/// Ends a transaction without its changes.
enum TakenBack<T, E> {
    Done(T),
    Failed(E),
}

impl<T, E: From<DbError>> From<DbError> for TakenBack<T, E> {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl<T, E: DatabaseFailure> DatabaseFailure for TakenBack<T, E> {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Done(_) => None,
            Self::Failed(error) => error.database_failure(),
        }
    }
}

impl Db {
    /// Like [`Db::write`], but takes everything back that `work` did, and only says what came of it: for a
    /// question about a change whose rules are in the change itself.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn rehearse<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFn(&Tx) -> Result<T, E>,
        E: From<DbError> + DatabaseFailure,
    {
        let never: Result<std::convert::Infallible, TakenBack<T, E>> = self
            .write_unlogged(async |tx| match work(tx).await {
                Ok(done) => Err(TakenBack::Done(done)),
                Err(error) => Err(TakenBack::Failed(error)),
            })
            .await;
        match never {
            Ok(never) => match never {},
            Err(TakenBack::Done(done)) => Ok(done),
            Err(TakenBack::Failed(error)) => Err(error),
        }
    }
}
