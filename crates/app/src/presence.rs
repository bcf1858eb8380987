//! Who else has a gradebook open, and in which cell they are. Each open page says where it is and is
//! told of the others in the same answer, through the database, so that it does not matter which
//! process serves whom.

use gradebook_auth::actions::SeeGradebook;
use gradebook_auth::{Actor, authorize};
use gradebook_domain::CourseId;
use gradebook_persistence::query::access;
use gradebook_persistence::repo::presence::{self, Place, Present};

use crate::App;
use crate::error::ReadError;

/// Whoever was not heard of for this long has gone.
const GONE_AFTER_MS: i64 = 30_000;

/// What an open page says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// It is open, and its reader is in this cell.
    Here(Option<Place>),
    /// It is being closed.
    Leaving,
}

impl App {
    /// Takes down where the actor is in a gradebook, and says who else is there.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] for a course that the actor does not keep.
    pub async fn present_in(
        &self,
        actor: &Actor,
        course: CourseId,
        whereabouts: Whereabouts,
    ) -> Result<Vec<Present>, ReadError> {
        let facts = access::course(&self.db, actor, course)
            .await?
            .ok_or(ReadError::NotFound)?;
        let grant = authorize::<SeeGradebook>(actor, facts)?;
        let Some(user) = actor.user_id() else {
            return Ok(Vec::new()); // the operator is nowhere
        };
        let now = self.clock.now_ms();
        self.db
            .write(async |tx| {
                match whereabouts {
                    Whereabouts::Here(place) => {
                        presence::put(tx, &grant, user, place, now).await?;
                    }
                    Whereabouts::Leaving => presence::leave(tx, &grant, user).await?,
                }
                let gone = now - GONE_AFTER_MS;
                presence::forget_before(tx, &grant, gone).await?;
                presence::others(tx, &grant, user, gone).await
            })
            .await
            .map_err(ReadError::Database)
    }
}
