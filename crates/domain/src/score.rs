//! A score: what one student got in one assessment.

use crate::names::names;
use crate::points::{Points, PointsError};

/// What one student got in one assessment. A value exists exactly when it is `Scored`;
/// no number ever stands for a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Score {
    /// Nothing entered yet.
    #[default]
    Blank,
    /// A value was given.
    Scored(Points),
    /// 缺考: was not there; counts 0 or is left out by the course's policy.
    Absent,
    /// 免考: need not take it; never counts.
    Excused,
    /// 未交: recorded as not handed in; counts 0 in the final reading.
    Missing,
}

/// The status part of a [`Score`], as stored beside the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScoreStatus {
    /// See [`Score::Blank`].
    Blank,
    /// See [`Score::Scored`].
    Scored,
    /// See [`Score::Absent`].
    Absent,
    /// See [`Score::Excused`].
    Excused,
    /// See [`Score::Missing`].
    Missing,
}

names!(ScoreStatus, "a score status", {
    Blank => "blank",
    Scored => "scored",
    Absent => "absent",
    Excused => "excused",
    Missing => "missing",
});

/// A status and a value that do not belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ScoreError {
    /// `scored` without a value.
    #[error("a scored entry needs a value")]
    ValueNeeded,
    /// A value with any other status.
    #[error("only a scored entry has a value")]
    ValueNotAllowed,
}

impl Score {
    /// The status alone.
    #[must_use]
    pub const fn status(self) -> ScoreStatus {
        match self {
            Self::Blank => ScoreStatus::Blank,
            Self::Scored(_) => ScoreStatus::Scored,
            Self::Absent => ScoreStatus::Absent,
            Self::Excused => ScoreStatus::Excused,
            Self::Missing => ScoreStatus::Missing,
        }
    }

    /// The value, which exists exactly when the status is `scored`.
    #[must_use]
    pub const fn value(self) -> Option<Points> {
        match self {
            Self::Scored(value) => Some(value),
            Self::Blank | Self::Absent | Self::Excused | Self::Missing => None,
        }
    }

    /// Joins the stored parts.
    ///
    /// # Errors
    /// When there is a value without `scored`, or `scored` without a value.
    pub const fn from_parts(
        status: ScoreStatus,
        value: Option<Points>,
    ) -> Result<Self, ScoreError> {
        match (status, value) {
            (ScoreStatus::Scored, Some(value)) => Ok(Self::Scored(value)),
            (ScoreStatus::Scored, None) => Err(ScoreError::ValueNeeded),
            (_, Some(_)) => Err(ScoreError::ValueNotAllowed),
            (ScoreStatus::Blank, None) => Ok(Self::Blank),
            (ScoreStatus::Absent, None) => Ok(Self::Absent),
            (ScoreStatus::Excused, None) => Ok(Self::Excused),
            (ScoreStatus::Missing, None) => Ok(Self::Missing),
        }
    }

    /// Reads what a teacher types in a cell: nothing is `Blank`; 缺考 `absent` `abs`,
    /// 免考 `excused` `ex`, 未交 `missing` `mi` in any case, or the first sign of the Chinese word;
    /// anything else is a number. Everybody who reads a typed score does so here: full-width digits and
    /// letters are those of ASCII, and the full stop of a Chinese keyboard is a decimal point.
    ///
    /// # Errors
    /// When it is neither a code nor a number of points. Bounds are not checked here,
    /// see [`ScoreLimits::check`].
    pub fn parse_entry(text: &str) -> Result<Self, PointsError> {
        let plain: String = text.trim().chars().map(plain).collect();
        let entry = plain.as_str();
        let is = |codes: &[&str]| codes.iter().any(|code| entry.eq_ignore_ascii_case(code));
        if entry.is_empty() {
            Ok(Self::Blank)
        } else if is(&["缺考", "缺", "absent", "abs"]) {
            Ok(Self::Absent)
        } else if is(&["免考", "免", "excused", "exc", "ex"]) {
            Ok(Self::Excused)
        } else if is(&["未交", "未", "missing", "mis", "mi"]) {
            Ok(Self::Missing)
        } else {
            entry.parse().map(Self::Scored)
        }
    }
}

/// The sign of ASCII that a sign of another keyboard stands for.
fn plain(sign: char) -> char {
    match sign {
        '。' => '.',
        '\u{2212}' | '\u{2013}' => '-',
        '\u{ff01}'..='\u{ff5e}' => u32::from(sign)
            .checked_sub(0xfee0)
            .and_then(char::from_u32)
            .unwrap_or(sign),
        other => other,
    }
}

/// The bounds of an assessment's values, in points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ScoreLimits {
    /// Full marks 满分.
    pub max_score: Points,
    /// The most that extra credit may add above full marks; zero (or less) allows none.
    pub extra_credit_limit: Points,
}

/// Why a value is not accepted as a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ScoreRefusal {
    /// More than full marks and the allowed extra credit.
    #[error("above the highest accepted value, {limit}")]
    AboveMaximum {
        /// The highest value that would have been accepted.
        limit: Points,
    },
    /// Less than zero.
    #[error("below zero")]
    Negative,
}

impl ScoreLimits {
    /// The highest accepted value: full marks and the extra credit.
    #[must_use]
    pub fn highest(&self) -> Points {
        let extra = self.extra_credit_limit.max(Points::ZERO);
        self.max_score
            .checked_add(extra)
            .unwrap_or(Points::from_ten_thousandths(i64::MAX))
    }

    /// Hands back a score that is within the bounds; a score without a value always is.
    ///
    /// # Errors
    /// When its value is negative or above [`ScoreLimits::highest`].
    pub fn check(&self, score: Score) -> Result<Score, ScoreRefusal> {
        let limit = self.highest();
        match score.value() {
            Some(value) if value < Points::ZERO => Err(ScoreRefusal::Negative),
            Some(value) if value > limit => Err(ScoreRefusal::AboveMaximum { limit }),
            _ => Ok(score),
        }
    }
}
