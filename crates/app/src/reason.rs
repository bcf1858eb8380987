//! Why somebody changed something that others have seen.

/// A reason of more than 1,000 characters. It is kept with every changed cell, so it has to be
/// short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reason has at most {LONGEST} characters")]
pub struct ReasonTooLong;

const LONGEST: usize = 1_000;

/// The reason without surrounding white space; none if nothing is left.
pub(crate) fn given(reason: Option<&str>) -> Result<Option<&str>, ReasonTooLong> {
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    match reason {
        Some(reason) if reason.chars().count() > LONGEST => Err(ReasonTooLong),
        reason => Ok(reason),
    }
}
