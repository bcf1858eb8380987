//! A weight: the share, in percent, of a category in a course or of an assessment in a category.

use core::fmt;
use core::str::FromStr;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};

use crate::exact::Exact;
use crate::points::{Points, PointsError};

/// A non-negative weight in percent, exact to four decimal places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Weight(i64);

/// Why a text is not a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum WeightError {
    /// Not a decimal number with at most four places.
    #[error(transparent)]
    Number(#[from] PointsError),
    /// Less than zero.
    #[error("a weight is not negative")]
    Negative,
}

impl Weight {
    /// No weight: it is shown but does not count.
    pub const ZERO: Self = Self(0);
    /// All of it.
    pub const HUNDRED: Self = Self(100 * Points::SCALE);

    /// A weight in whole percent, or `None` when it is negative or does not fit.
    #[must_use]
    pub fn from_percent(percent: i64) -> Option<Self> {
        percent
            .checked_mul(Points::SCALE)
            .and_then(Self::from_ten_thousandths)
    }

    /// For constants of this crate.
    pub(crate) const fn whole_percent(percent: u8) -> Self {
        Self(percent as i64 * Points::SCALE)
    }

    /// A weight in ten-thousandths of a percent (the stored form), or `None` when negative.
    #[must_use]
    pub const fn from_ten_thousandths(ten_thousandths: i64) -> Option<Self> {
        if ten_thousandths < 0 {
            None
        } else {
            Some(Self(ten_thousandths))
        }
    }

    /// The count of ten-thousandths of a percent (the stored form).
    #[must_use]
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// The exact number of percent.
    #[must_use]
    pub fn exact(self) -> Exact {
        Exact::from(Points::from_ten_thousandths(self.0))
    }

    /// The weight as a factor: a half for 50 percent.
    pub(crate) fn fraction(self) -> Exact {
        Exact(BigRational::new(
            BigInt::from(self.0),
            BigInt::from(Self::HUNDRED.0),
        ))
    }
}

/// A typed percentage without the sign that people write after it, half-width or full-width.
#[must_use]
pub fn without_percent_sign(text: &str) -> &str {
    let text = text.trim();
    text.strip_suffix(['%', '％', '﹪'])
        .unwrap_or(text)
        .trim_end()
}

/// The notation of [`Points`], without negative numbers; a percent sign may follow.
impl FromStr for Weight {
    type Err = WeightError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number: Points = without_percent_sign(text).parse()?;
        Self::from_ten_thousandths(number.ten_thousandths()).ok_or(WeightError::Negative)
    }
}

/// The number of percent, without a sign: `12.5`.
impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Points::from_ten_thousandths(self.0), f)
    }
}

impl Weight {
    /// What weights add up to, in ten-thousandths of a percent.
    pub fn sum(of: impl IntoIterator<Item = Self>) -> Points {
        let sum = of
            .into_iter()
            .fold(0_i64, |sum, one| sum.saturating_add(one.0));
        Points::from_ten_thousandths(sum)
    }
}

/// The factor that lifts the weights of the parts that count to 100 in sum; 1 when they
/// already reach 100 or pass it, since weights over 100 do not scale down (product.md,
/// "Totals"). `None` when nothing has weight.
pub(crate) fn scale_up(counting: impl Iterator<Item = Weight>) -> Option<Exact> {
    let sum: BigInt = counting.map(|weight| BigInt::from(weight.0)).sum();
    let hundred = BigInt::from(Weight::HUNDRED.0);
    if sum.is_zero() {
        None
    } else if sum < hundred {
        Some(Exact(BigRational::new(hundred, sum)))
    } else {
        Some(Exact(BigRational::one()))
    }
}
