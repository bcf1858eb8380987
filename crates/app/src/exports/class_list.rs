//! The list of a class.

use gradebook_auth::actions::{ClassAccess, SeeClassList};
use gradebook_auth::{Actor, Role, authorize};
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
    /// Whether the names to sign in with are for the actor: half of what it takes to sign in is for
    /// those who hand it out.
    pub usernames: bool,
}

impl App {
    /// The list of a class, for an admin and for whoever teaches it: in a term that has not ended, or
    /// in the latest one that it has courses in, which goes on until there is another.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] for a class that the actor does not teach any more.
    pub async fn class_list(
        &self,
        actor: &Actor,
        class: ClassId,
    ) -> Result<ClassListView, ReadError> {
        let today = self.today();
        let terms = access::class_terms(&self.db, actor, class)
            .await?
            .ok_or(ReadError::NotFound)?;
        let mut lasting = terms
            .iter()
            .enumerate()
            .filter(|(place, term)| *place == 0 || term.ends_on >= today);
        let facts = ClassAccess {
            class,
            teaches: lasting.any(|(_, term)| term.teaches),
        };
        let grant = authorize::<SeeClassList>(actor, facts)?;
        let (class, members) = class_list::class_list(&self.db, &grant, &today)
            .await?
            .ok_or(ReadError::NotFound)?;
        Ok(ClassListView {
            class,
            members,
            usernames: actor.role == Role::Admin,
        })
    }
}
