//! A percentage: exact, 100 stands for full marks.

use core::fmt;

use num_bigint::BigInt;
use num_rational::BigRational;

use crate::exact::{Exact, Rounded};
use crate::points::Points;

/// An exact percentage, 100 = full marks; extra credit may lead above 100. Never negative
/// for scores that passed [`ScoreLimits::check`](crate::ScoreLimits::check).
///
/// Comparison is on the unrounded value, so that letters and pass lines are not decided
/// by rounding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percentage(Exact);

impl Percentage {
    /// A percentage from its exact number (70.5 for 70.5 %).
    #[must_use]
    pub const fn new(percent: Exact) -> Self {
        Self(percent)
    }

    /// `value / maximum × 100`, or `None` unless the maximum is positive.
    #[must_use]
    pub fn of(value: Points, maximum: Points) -> Option<Self> {
        (maximum > Points::ZERO).then(|| {
            Self(Exact(BigRational::new(
                BigInt::from(value.ten_thousandths()) * BigInt::from(100),
                BigInt::from(maximum.ten_thousandths()),
            )))
        })
    }

    /// A percentage stated as a decimal, such as a pass line of 60.
    #[must_use]
    pub fn from_decimal(percent: Points) -> Self {
        Self(Exact::from(percent))
    }

    /// The exact number.
    #[must_use]
    pub const fn exact(&self) -> &Exact {
        &self.0
    }

    /// To two places, half away from zero, for display only.
    #[must_use]
    pub fn rounded(&self) -> Rounded {
        self.0.rounded()
    }
}

/// The rounded value without a percent sign: `93.83`.
impl fmt::Display for Percentage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.rounded(), f)
    }
}
