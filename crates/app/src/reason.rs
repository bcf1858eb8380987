//! Why somebody changed something that others have seen.

use crate::text::lines_have_unprintable;

/// Why a reason cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReason {
    /// More than 1,000 characters. It is kept with every changed cell, so it has to be short.
    #[error("a reason has at most {LONGEST} characters")]
    TooLong,
    /// Control characters.
    #[error("a reason has no control characters other than line breaks and tabs")]
    Characters,
}

impl InvalidReason {
    /// The code as the interface names it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLong => "reason_too_long",
            Self::Characters => "invalid_character",
        }
    }
}

const LONGEST: usize = 1_000;

/// The reason without surrounding white space; none if nothing is left.
pub(crate) fn given(reason: Option<&str>) -> Result<Option<&str>, InvalidReason> {
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    match reason {
        Some(reason) if reason.chars().count() > LONGEST => Err(InvalidReason::TooLong),
        Some(reason) if lines_have_unprintable(reason) => Err(InvalidReason::Characters),
        reason => Ok(reason),
    }
}
