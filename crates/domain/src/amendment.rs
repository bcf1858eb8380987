//! How a score changes that may no longer simply be entered: somebody asks, somebody decides.

use crate::names::names;

/// Who began it, and with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AmendmentKind {
    /// 修改申请: a teacher proposes another score.
    Change,
    /// 成绩复核: a student asks to have the own score looked at again.
    Review,
}

names!(AmendmentKind, "a kind of amendment", {
    Change => "change",
    Review => "review",
});

/// What has become of it. All but the first are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AmendmentState {
    /// 待处理: nobody has decided yet.
    Open,
    /// 已批准: the score was changed as proposed.
    Approved,
    /// 未批准: the score stays.
    Rejected,
    /// 已撤回: by whoever made it.
    Withdrawn,
    /// 已更正: the score was changed by its teacher, or by another amendment.
    Corrected,
    /// 维持原分: the teacher looked at it again, and the score stays.
    Upheld,
}

names!(AmendmentState, "a state of an amendment", {
    Open => "open",
    Approved => "approved",
    Rejected => "rejected",
    Withdrawn => "withdrawn",
    Corrected => "corrected",
    Upheld => "upheld",
});

/// What somebody does with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AmendmentStep {
    /// The teacher tells the admin what came of looking again.
    Answer,
    /// An admin changes the score as proposed.
    Approve,
    /// An admin leaves the score as it is.
    Reject,
    /// Whoever made it takes it back.
    Withdraw,
    /// The score is changed otherwise, which is what was asked for.
    Correct,
    /// The teacher looked at it again and leaves the score as it is.
    Uphold,
}

names!(AmendmentStep, "a step of an amendment", {
    Answer => "answer",
    Approve => "approve",
    Reject => "reject",
    Withdraw => "withdraw",
    Correct => "correct",
    Uphold => "uphold",
});

/// A step that this amendment does not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{step} is not possible: this {kind} amendment is {from}")]
pub struct InvalidStep {
    /// What sort of amendment it is.
    pub kind: AmendmentKind,
    /// The state it is in.
    pub from: AmendmentState,
    /// What was tried.
    pub step: AmendmentStep,
}

impl AmendmentState {
    /// The state after a step. `frozen` says that the score cannot simply be entered: its assessment
    /// is locked, or the term closed.
    ///
    /// A request for a review of a frozen score is answered by the teacher and decided by an admin.
    /// Of any other score the teacher alone decides, by correcting it or by leaving it.
    ///
    /// # Errors
    /// When nothing is open any more, or this kind of amendment takes no such step.
    pub const fn apply(
        self,
        kind: AmendmentKind,
        step: AmendmentStep,
        frozen: bool,
    ) -> Result<Self, InvalidStep> {
        use AmendmentKind::Review;
        let next = match (self, step, kind) {
            (Self::Open, AmendmentStep::Approve, _) => Some(Self::Approved),
            (Self::Open, AmendmentStep::Reject, _) => Some(Self::Rejected),
            (Self::Open, AmendmentStep::Withdraw, _) => Some(Self::Withdrawn),
            (Self::Open, AmendmentStep::Correct, Review) => Some(Self::Corrected),
            (Self::Open, AmendmentStep::Answer, Review) if frozen => Some(Self::Open),
            (Self::Open, AmendmentStep::Uphold, Review) if !frozen => Some(Self::Upheld),
            _ => None,
        };
        match next {
            Some(next) => Ok(next),
            None => Err(InvalidStep {
                kind,
                from: self,
                step,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every way from every state, said once more by hand.
    #[test]
    fn only_these_steps_are_taken() {
        use AmendmentKind::{Change, Review};
        use AmendmentState::{Approved, Corrected, Open, Rejected, Upheld, Withdrawn};
        use AmendmentStep::{Answer, Approve, Correct, Reject, Uphold, Withdraw};
        let taken = |kind, step, frozen| match (kind, step, frozen) {
            (Change | Review, Approve, _) => Some(Approved),
            (Change | Review, Reject, _) => Some(Rejected),
            (Change | Review, Withdraw, _) => Some(Withdrawn),
            (Review, Correct, _) => Some(Corrected),
            (Review, Answer, true) => Some(Open),
            (Review, Uphold, false) => Some(Upheld),
            (Change, Correct | Answer | Uphold, _)
            | (Review, Answer, false)
            | (Review, Uphold, true) => None,
        };
        for from in AmendmentState::ALL {
            for kind in AmendmentKind::ALL {
                for step in AmendmentStep::ALL {
                    for frozen in [false, true] {
                        let expected = match from {
                            Open => taken(*kind, *step, frozen),
                            _ => None,
                        };
                        let refused = InvalidStep {
                            kind: *kind,
                            from: *from,
                            step: *step,
                        };
                        assert_eq!(
                            from.apply(*kind, *step, frozen),
                            expected.ok_or(refused),
                            "{from} {kind} {step} {frozen}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn names_come_back() {
        for state in AmendmentState::ALL {
            assert_eq!(state.as_str().parse(), Ok(*state));
        }
        for step in AmendmentStep::ALL {
            assert_eq!(step.as_str().parse(), Ok(*step));
        }
        for kind in AmendmentKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
    }
}
