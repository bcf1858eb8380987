//! The shape of a permission check: an [`Action`] on some data, decided by
//! [`authorize`], whose only positive answer is a [`Grant`] that writes demand.
//!
//! The rules themselves stand in [`crate::actions`].

use std::fmt;

use crate::actions::Permission;
use crate::actor::Actor;

pub(crate) mod sealed {
    /// Keeps other crates from adding actions, so that the whole policy stays
    /// in `actions.rs`.
    pub trait Sealed {}
}

/// Something that a person may be allowed to do. Each action is a zero-sized
/// type in [`crate::actions`]; other crates cannot add one.
pub trait Action: sealed::Sealed {
    /// The facts that the rule needs, read from the database together with
    /// the data that the action touches (so a stale token cannot widen access).
    type On;
    /// The action's name, for logs and the access matrix.
    const NAME: Permission;
    /// The rule.
    fn allows(actor: &Actor, on: &Self::On) -> Decision;
}

/// What a rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Go ahead.
    Allow,
    /// The actor may not even know that this exists: answered as 404.
    Hidden,
    /// The actor may see it, or knows of it anyway, but not do this: 403.
    Visible,
}

impl Decision {
    /// For a rule about somebody who may see the thing but not do this: an answer that was "go ahead"
    /// becomes "not this".
    #[must_use]
    pub const fn or_visible(self) -> Self {
        match self {
            Self::Allow | Self::Visible => Self::Visible,
            Self::Hidden => Self::Hidden,
        }
    }
}

/// Why [`authorize`] refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Answer as if it did not exist (404).
    #[error("not found")]
    Hidden,
    /// Answer that it is not allowed (403).
    #[error("not allowed")]
    Visible,
}

/// Proof that [`authorize`] allowed `A` to this actor on this data. Writes in
/// the persistence crate take one, so a forgotten check does not compile:
///
/// ```compile_fail,E0451
/// use gradebook_auth::{actions::{EnterScores, CourseAccess}, Actor, Grant};
/// fn forge(on: CourseAccess, actor: Actor) -> Grant<EnterScores> {
///     Grant { on, actor } // private fields: only `authorize` makes one
/// }
/// ```
///
/// Nor can another crate add an action with a laxer rule:
///
/// ```compile_fail,E0277
/// use gradebook_auth::{actions::{Permission, School}, Action, Actor, Decision};
/// struct Anything;
/// impl Action for Anything {
///     type On = School;
///     const NAME: Permission = Permission::ManagePeople;
///     fn allows(_: &Actor, _: &School) -> Decision { Decision::Allow }
/// }
/// ```
///
/// A grant for one action is no grant for another:
///
/// ```compile_fail,E0308
/// use gradebook_auth::{actions::{EnterScores, SeeGradebook}, Grant};
/// fn write(_: &Grant<EnterScores>) {}
/// fn widen(read: &Grant<SeeGradebook>) { write(read) }
/// ```
#[must_use = "a grant is the proof that a write asks for"]
pub struct Grant<A: Action> {
    on: A::On,
    actor: Actor,
}

impl<A: Action> Grant<A> {
    /// The facts for which it was granted. A write takes its course, exam or
    /// student from here, not from the request.
    pub fn on(&self) -> &A::On {
        &self.on
    }

    /// To whom it was granted: the actor that the change log records.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The name of the granted action.
    pub fn permission(&self) -> Permission {
        A::NAME
    }
}

impl<A: Action> fmt::Debug for Grant<A>
where
    A::On: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant")
            .field("permission", &A::NAME)
            .field("on", &self.on)
            .field("actor", &self.actor)
            .finish()
    }
}

/// Asks the policy whether `actor` may do `A` on `on`.
///
/// # Errors
/// [`Denied::Hidden`] where the actor may not know that the thing exists,
/// [`Denied::Visible`] where they may know but not do this.
pub fn authorize<A: Action>(actor: &Actor, on: A::On) -> Result<Grant<A>, Denied> {
    match A::allows(actor, &on) {
        Decision::Allow => Ok(Grant {
            on,
            actor: actor.clone(),
        }),
        Decision::Hidden => Err(Denied::Hidden),
        Decision::Visible => Err(Denied::Visible),
    }
}
