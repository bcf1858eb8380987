//! Exact numbers between the stored points and the screen, and the one place where they are rounded.

use core::fmt;
use core::ops::{Add, Mul, Sub};

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::points::Points;

/// An exact rational number, such as a mean or a share of a total.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(pub(crate) BigRational);

impl Exact {
    /// Nothing.
    #[must_use]
    pub fn zero() -> Self {
        Self(BigRational::zero())
    }

    /// A whole number.
    #[must_use]
    pub fn whole(value: i64) -> Self {
        Self(BigRational::from_integer(BigInt::from(value)))
    }

    /// `numerator / denominator`, or `None` when the denominator is zero.
    #[must_use]
    pub fn ratio(numerator: i64, denominator: i64) -> Option<Self> {
        Self::whole(numerator).checked_div(&Self::whole(denominator))
    }

    /// `self / divisor`, or `None` when the divisor is zero.
    #[must_use]
    pub fn checked_div(&self, divisor: &Self) -> Option<Self> {
        (!divisor.0.is_zero()).then(|| Self(&self.0 / &divisor.0))
    }

    /// Whether this is exactly zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// To two decimal places, half away from zero: the rounding of product.md, done once,
    /// at display. Compare the exact values, never the rounded ones.
    #[must_use]
    pub fn rounded(&self) -> Rounded {
        let doubled = self.0.numer().abs() * BigInt::from(200);
        let denominator = self.0.denom();
        let magnitude = (doubled + denominator).div_floor(&(denominator * BigInt::from(2)));
        // Only weights or maxima of many orders of magnitude can leave the range of i64.
        let magnitude = magnitude.to_i64().unwrap_or(i64::MAX);
        Rounded(if self.0.is_negative() {
            -magnitude
        } else {
            magnitude
        })
    }

    /// To two places, half to even; only [`CompositeWeights`](crate::CompositeWeights) has
    /// a reason to round so.
    pub(crate) fn rounded_half_even(&self) -> Rounded {
        let away = self.rounded();
        let is_tie = (&self.0 * BigInt::from(200)).is_integer()
            && !(&self.0 * BigInt::from(100)).is_integer();
        if is_tie && away.0 % 2 != 0 {
            Rounded(away.0 - away.0.signum())
        } else {
            away
        }
    }

    /// The square root to two places, half away from zero; zero for a negative number.
    pub(crate) fn rounded_root(&self) -> Rounded {
        if !self.0.is_positive() {
            return Rounded(0);
        }
        // ⌊√x·100 + ½⌋ = ⌊(⌊√(40 000·x)⌋ + 1) / 2⌋, and a whole root may drop the fraction
        // of its argument: integers decide the rounding exactly.
        let doubled = (self.0.numer() * BigInt::from(40_000))
            .div_floor(self.0.denom())
            .sqrt();
        let root = (doubled + BigInt::from(1)).div_floor(&BigInt::from(2));
        Rounded(root.to_i64().unwrap_or(i64::MAX))
    }
}

/// The same number of points, exactly.
impl From<Points> for Exact {
    fn from(points: Points) -> Self {
        Self(BigRational::new(
            BigInt::from(points.ten_thousandths()),
            BigInt::from(Points::SCALE),
        ))
    }
}

/// The rounded number itself.
impl From<Rounded> for Exact {
    fn from(rounded: Rounded) -> Self {
        Self(BigRational::new(
            BigInt::from(rounded.hundredths()),
            BigInt::from(100),
        ))
    }
}

macro_rules! operators {
    ($($operator:ident $method:ident),+) => {$(
        impl $operator for Exact {
            type Output = Exact;
            fn $method(self, other: Exact) -> Exact {
                Exact($operator::$method(self.0, other.0))
            }
        }

        impl $operator<&Exact> for &Exact {
            type Output = Exact;
            fn $method(self, other: &Exact) -> Exact {
                Exact($operator::$method(&self.0, &other.0))
            }
        }
    )+};
}

operators!(Add add, Sub sub, Mul mul);

impl core::iter::Sum for Exact {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::zero(), Add::add)
    }
}

impl<'a> core::iter::Sum<&'a Exact> for Exact {
    fn sum<I: Iterator<Item = &'a Exact>>(iter: I) -> Self {
        iter.fold(Self::zero(), |sum, next| &sum + next)
    }
}

/// A number rounded to two places for display, as a count of hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rounded(i64);

impl Rounded {
    /// The number that a count of hundredths stands for.
    #[must_use]
    pub const fn from_hundredths(hundredths: i64) -> Self {
        Self(hundredths)
    }

    /// The count of hundredths: 9383 for 93.83.
    #[must_use]
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// Always with two decimals, for columns that line up: `70.00`.
    #[must_use]
    pub fn fixed(self) -> String {
        let magnitude = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", magnitude / 100, magnitude % 100)
    }
}

/// With as few decimals as it needs: `70`, `93.83`, `-0.5`; a valid JSON number.
impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.fixed().trim_end_matches('0').trim_end_matches('.'))
    }
}
