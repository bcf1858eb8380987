//! An assessment's states and the steps between them.

use crate::names::names;

/// Who sees an assessment and how it may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AssessmentState {
    /// 草稿: students do not know that it exists.
    Draft,
    /// 已发布: students see it; a change needs a reason.
    Published,
    /// 已锁定: students see it; it changes only through an amendment.
    Locked,
}

names!(AssessmentState, "an assessment state", {
    Draft => "draft",
    Published => "published",
    Locked => "locked",
});

/// A step from one state to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transition {
    /// Draft to published.
    Publish,
    /// Published back to draft.
    Unpublish,
    /// Published to locked.
    Lock,
    /// Locked back to published.
    Unlock,
}

names!(Transition, "an assessment transition", {
    Publish => "publish",
    Unpublish => "unpublish",
    Lock => "lock",
    Unlock => "unlock",
});

/// A step that does not start in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("a {from} assessment cannot be changed by {transition}")]
pub struct InvalidTransition {
    /// The state it is in.
    pub from: AssessmentState,
    /// The step that was tried.
    pub transition: Transition,
}

impl AssessmentState {
    /// Whether students see the assessment, in totals, ranks, averages and exports too.
    #[must_use]
    pub const fn visible_to_students(self) -> bool {
        matches!(self, Self::Published | Self::Locked)
    }

    /// The state after a step.
    ///
    /// # Errors
    /// When the step does not start in this state. A draft cannot be locked: students see
    /// what is locked, so locking it would publish it without the preflight.
    pub const fn apply(self, transition: Transition) -> Result<Self, InvalidTransition> {
        match (self, transition) {
            (Self::Draft, Transition::Publish) | (Self::Locked, Transition::Unlock) => {
                Ok(Self::Published)
            }
            (Self::Published, Transition::Unpublish) => Ok(Self::Draft),
            (Self::Published, Transition::Lock) => Ok(Self::Locked),
            (from, transition) => Err(InvalidTransition { from, transition }),
        }
    }

    /// Draft to published.
    ///
    /// # Errors
    /// In any other state.
    pub const fn publish(self) -> Result<Self, InvalidTransition> {
        self.apply(Transition::Publish)
    }

    /// Published back to draft.
    ///
    /// # Errors
    /// In any other state.
    pub const fn unpublish(self) -> Result<Self, InvalidTransition> {
        self.apply(Transition::Unpublish)
    }

    /// Published to locked.
    ///
    /// # Errors
    /// In any other state.
    pub const fn lock(self) -> Result<Self, InvalidTransition> {
        self.apply(Transition::Lock)
    }

    /// Locked back to published.
    ///
    /// # Errors
    /// In any other state.
    pub const fn unlock(self) -> Result<Self, InvalidTransition> {
        self.apply(Transition::Unlock)
    }
}
