//! What there is in the school, at a glance.

use gradebook_auth::actions::{ManageSetup, School};
use gradebook_auth::{Actor, authorize};
use gradebook_persistence::query::school_counts::{self, SchoolCounts};

use crate::App;
use crate::error::ReadError;

impl App {
    /// Today (UTC), ISO 8601: what forms of the set-up begin with.
    #[must_use]
    pub fn day(&self) -> String {
        self.today()
    }

    /// How much of everything there is.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn school_counts(&self, actor: &Actor) -> Result<SchoolCounts, ReadError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        Ok(school_counts::school_counts(&self.db, &grant).await?)
    }
}
