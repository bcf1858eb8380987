//! What the school is called and which language it begins with.

use std::sync::{Arc, PoisonError, RwLock};

use gradebook_auth::actions::{ManageSetup, School as WholeSchool};
use gradebook_auth::{Actor, authorize};
use gradebook_persistence::DbError;
use gradebook_persistence::repo::the_school::{self, School};

use super::error::SetupError;
use super::fields::Fields;
use crate::App;

/// Longest name.
const MOST: usize = 128;

/// What was typed of the school. What is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchoolFields {
    /// Its name.
    pub name: Option<String>,
    /// Its language, one that the pages speak.
    pub locale: Option<String>,
}

/// The school as this process read it last: every page names it, and asks no database for that.
#[derive(Default)]
pub(crate) struct Known(RwLock<Arc<School>>);

impl Known {
    fn put(&self, school: School) -> Arc<School> {
        let school = Arc::new(school);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&school);
        school
    }
}

impl App {
    /// The school as it was last read. Another replica's change is known once the log is read.
    #[must_use]
    pub fn school(&self) -> Arc<School> {
        let known = self.school.0.read();
        Arc::clone(&known.unwrap_or_else(PoisonError::into_inner))
    }

    /// The school as the database has it.
    ///
    /// # Errors
    /// Any database failure.
    pub async fn read_school(&self) -> Result<Arc<School>, DbError> {
        Ok(self.school.put(the_school::the_school(&self.db).await?))
    }

    /// Changes the school, and returns it.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is changed then.
    pub async fn change_school(
        &self,
        actor: &Actor,
        typed: &SchoolFields,
    ) -> Result<Arc<School>, SetupError> {
        let grant = authorize::<ManageSetup>(actor, WholeSchool)?;
        let stamp = self.stamp(actor);
        let changed = self
            .db
            .write(async |tx| {
                let before = the_school::lock_the_school(tx).await?;
                let mut fields = Fields::default();
                let present = Some(before.name.as_str());
                let after = School {
                    name: fields.line_or("name", typed.name.as_deref(), present, MOST),
                    locale: typed.locale.as_ref().unwrap_or(&before.locale).clone(),
                };
                fields.checked()?;
                the_school::change_the_school(tx, &grant, &stamp, &before, &after).await?;
                Ok::<_, SetupError>(after)
            })
            .await?;
        Ok(self.school.put(changed))
    }
}
