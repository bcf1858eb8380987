//! Who else has a gradebook open, and in which cell they are. Each open page says where it is and is
//! told of the others in the same answer, through the database, so that it does not matter which
//! process serves whom.

use gradebook_auth::actions::SeeGradebook;
use gradebook_auth::{Actor, authorize};
use gradebook_domain::CourseId;
use gradebook_persistence::query::access;
use gradebook_persistence::repo::presence::{self, Place, Present, Seen};
use gradebook_persistence::{DbError, Tx};

use crate::App;
use crate::error::ReadError;

/// Whoever was not heard of for this long has gone.
const GONE_AFTER_MS: i64 = 30_000;
/// Whoever stays in a cell is taken down anew after so long: pages ask again every three to twelve
/// seconds, so that one of these answers may be lost before anybody has gone.
const RENEWED_AFTER_MS: i64 = 10_000;
/// Whoever was last heard of so long ago is forgotten: long enough not to meet a page that is open.
const FORGOTTEN_AFTER_MS: i64 = 600_000;

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
        let Seen { own, others } =
            presence::seen(&self.db, &grant, user, now - GONE_AFTER_MS).await?;
        match whereabouts {
            Whereabouts::Here(place) => {
                if !own.is_some_and(|own| lasts(own, place, now)) {
                    let put = async |tx: &Tx| presence::put(tx, &grant, user, place, now).await;
                    self.db.write_unlogged(put).await?;
                }
            }
            Whereabouts::Leaving => {
                let leave = async |tx: &Tx| presence::leave(tx, &grant, user).await;
                self.db.write_unlogged(leave).await?;
            }
        }
        Ok(others)
    }

    /// Forgets who had a gradebook open long ago; a server does so every few minutes.
    ///
    /// # Errors
    /// Any database failure.
    pub async fn forget_presence(&self) -> Result<(), DbError> {
        let before = self.clock.now_ms() - FORGOTTEN_AFTER_MS;
        self.db
            .write_unlogged(async |tx| presence::forget_before(tx, before).await)
            .await
    }
}

/// Whether what was said last says all of it: the same cell, a moment ago.
fn lasts((said, at): (Option<Place>, i64), place: Option<Place>, now: i64) -> bool {
    said == place && (0..RENEWED_AFTER_MS).contains(&(now - at))
}
