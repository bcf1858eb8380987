//! The list of a class.

use gradebook_auth::actions::SeeClassList;
use gradebook_auth::{Actor, authorize};
use gradebook_domain::ClassId;
use gradebook_persistence::query::access;
use gradebook_persistence::query::class_list::{self, Member};
use gradebook_persistence::query::courses::Class;

use crate::App;
use crate::error::ReadError;

/// A class and who belongs to it today or later.
#[derive(Debug, Clone)]
pub struct ClassListView {
    /// The class.
    pub class: Class,
    /// Its students, by number.
    pub members: Vec<Member>,
}

impl App {
    /// The list of a class, for an admin and for whoever teaches it.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] for a class that the actor does not teach.
    pub async fn class_list(
        &self,
        actor: &Actor,
        class: ClassId,
    ) -> Result<ClassListView, ReadError> {
        let facts = access::class(&self.db, actor, class)
            .await?
            .ok_or(ReadError::NotFound)?;
        let grant = authorize::<SeeClassList>(actor, facts)?;
        let (class, members) = class_list::class_list(&self.db, &grant, &self.today())
            .await?
            .ok_or(ReadError::NotFound)?;
        Ok(ClassListView { class, members })
    }
}
