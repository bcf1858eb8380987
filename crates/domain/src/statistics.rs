//! Figures over the scored values of one column.

use num_bigint::BigInt;
use num_rational::BigRational;

use crate::exact::{Exact, Rounded};
use crate::points::Points;

/// The figures of a column, over scored entries only.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Statistics {
    /// How many values.
    pub count: usize,
    /// Their sum, in points.
    pub sum: Points,
    /// Their arithmetic mean, in points.
    pub mean: Exact,
    /// The middle value, or the mean of the two middle values, in points.
    pub median: Exact,
    /// The mean squared distance from the mean, in square points, over the whole group
    /// (divided by `count`, not by one less: the group is not a sample).
    pub variance: Exact,
    /// The highest value.
    pub highest: Points,
    /// The lowest value.
    pub lowest: Points,
}

impl Statistics {
    /// The figures of these values in any order; `None` without values (or when the sum is
    /// beyond the range of [`Points`], which takes 922 values at a million million points).
    #[must_use]
    pub fn of(values: &[Points]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_unstable();
        Some(Self {
            count: sorted.len(),
            sum: Points::checked_sum(&sorted)?,
            mean: mean(&sorted)?,
            median: median_of_sorted(&sorted)?,
            variance: variance(&sorted)?,
            highest: *sorted.last()?,
            lowest: *sorted.first()?,
        })
    }

    /// The standard deviation in points, the root of [`Statistics::variance`], to two
    /// places. Irrational as a rule, so it exists in rounded form only.
    #[must_use]
    pub fn standard_deviation(&self) -> Rounded {
        self.variance.rounded_root()
    }
}

/// The exact arithmetic mean in points, `None` without values.
#[must_use]
pub fn mean(values: &[Points]) -> Option<Exact> {
    let sum: i128 = values
        .iter()
        .map(|value| i128::from(value.ten_thousandths()))
        .sum();
    (!values.is_empty()).then(|| {
        Exact(BigRational::new(
            BigInt::from(sum),
            BigInt::from(values.len()) * BigInt::from(Points::SCALE),
        ))
    })
}

/// Σx²/n − (Σx/n)², which is exact here and so cannot suffer from cancellation.
fn variance(values: &[Points]) -> Option<Exact> {
    let mean = mean(values)?;
    let squares: BigInt = values
        .iter()
        .map(|value| BigInt::from(value.ten_thousandths()).pow(2))
        .sum();
    let scale = BigInt::from(Points::SCALE).pow(2);
    let mean_of_squares = Exact(BigRational::new(
        squares,
        BigInt::from(values.len()) * scale,
    ));
    Some(&mean_of_squares - &(&mean * &mean))
}

fn median_of_sorted(sorted: &[Points]) -> Option<Exact> {
    let upper = sorted.len() / 2;
    let lower = sorted.len().checked_sub(1)? / 2;
    mean(sorted.get(lower..=upper)?)
}
