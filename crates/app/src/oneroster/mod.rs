//! The whole school as a OneRoster 1.2 bundle: ten files of comma-separated values in a zip, which
//! other systems of schools read and write.
//!
//! Reading order: `files` (which there are), `export` (our school in their words), `archive` (the
//! zip), `read` (a bundle as what the school is to have: `wanted`), `plan` (what of it is new),
//! `report` (the plan in figures, with its hash), `write`, and `import`, which does one after the other.

mod archive;
mod error;
mod export;
mod files;
mod grades;
mod import;
mod plan;
mod read;
mod report;
mod rows;
mod wanted;
mod write;

use gradebook_auth::actions::{ExchangeSchool, School};
use gradebook_auth::{Actor, authorize};
use gradebook_persistence::DbError;
use gradebook_persistence::query::whole_school;

pub use archive::NoBundle;
pub use error::{BundleRowError, OneRosterError};
pub use import::ImportOneRoster;
pub use report::OneRosterReport;
pub use wanted::Skipped;

use crate::App;
use crate::error::ReadError;

impl App {
    /// The whole school as a bundle. No password, key or second factor is in it.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn export_oneroster(&self, actor: &Actor) -> Result<Vec<u8>, ReadError> {
        let grant = authorize::<ExchangeSchool>(actor, School)?;
        let school = whole_school::whole_school(&self.db, &grant).await?;
        let failed = |cause: String| DbError::Configuration(format!("cannot write a zip: {cause}"));
        // It takes seconds for a large school, in which others want to be answered.
        let written =
            tokio::task::spawn_blocking(move || archive::write(&export::tables(&school))).await;
        let written = written.map_err(|error| failed(error.to_string()))?;
        written.map_err(|error| failed(error.to_string()).into())
    }
}
