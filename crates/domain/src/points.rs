//! Points: an exact decimal with four places, the unit of every score and maximum.

mod parse;

use core::fmt;
use core::str::FromStr;

/// A number of points, exact to four decimal places, kept as an integer count of
/// ten-thousandths (71.5 points are 715 000).
///
/// Any sign is representable; whether a value is allowed as a score is for
/// [`ScoreLimits`](crate::ScoreLimits) to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Points(i64);

/// Why a text is not a number of points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PointsError {
    /// Not a decimal number at all (also: empty, hexadecimal, `NaN`, a decimal comma).
    #[error("not a number")]
    NotANumber,
    /// A digit other than zero stands after the fourth decimal place.
    #[error("more than four decimal places")]
    TooManyDecimals,
    /// Beyond ±[`Points::LIMIT`], or longer than any number that is not.
    #[error("number out of range")]
    OutOfRange,
}

impl Points {
    /// No points.
    pub const ZERO: Self = Self(0);
    /// Ten-thousandths in one point.
    pub const SCALE: i64 = 10_000;
    /// The largest magnitude that a text may state: one thousand million points.
    pub const LIMIT: Self = Self(1_000_000_000 * Self::SCALE);

    /// The points that a count of ten-thousandths stands for (the stored form).
    #[must_use]
    pub const fn from_ten_thousandths(ten_thousandths: i64) -> Self {
        Self(ten_thousandths)
    }

    /// The count of ten-thousandths (the stored form).
    #[must_use]
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// Whole points, or `None` when they do not fit.
    #[must_use]
    pub fn from_whole(points: i64) -> Option<Self> {
        points.checked_mul(Self::SCALE).map(Self)
    }

    /// The sum, or `None` when it does not fit.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or `None` when it does not fit.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The sum of all values, or `None` when it does not fit; no values sum to zero.
    #[must_use]
    pub fn checked_sum(values: &[Self]) -> Option<Self> {
        // The partial sums of i64 values cannot overflow i128, so the order of the
        // values does not decide whether the sum fits.
        let sum: i128 = values.iter().map(|value| i128::from(value.0)).sum();
        i64::try_from(sum).ok().map(Self)
    }
}

/// Reads JSON number syntax and what a person types: `71.5`, `+3`, `.5`, `85.`, `8.5e1`,
/// `７１．５`, with spaces around it.
impl FromStr for Points {
    type Err = PointsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse::ten_thousandths(text).map(Self)
    }
}

/// Exact, with as few decimals as the value needs; always a valid JSON number.
impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = Self::SCALE.unsigned_abs();
        let magnitude = self.0.unsigned_abs();
        let mut text = (magnitude / scale).to_string();
        let fraction = magnitude % scale;
        if fraction != 0 {
            let digits = format!("{fraction:04}");
            text.push('.');
            text.push_str(digits.trim_end_matches('0'));
        }
        f.pad_integral(self.0 >= 0, "", &text)
    }
}
