//! The composite 综合分.

use crate::exact::{Exact, Rounded};
use crate::weight::Weight;

/// How much of the composite 综合分 comes from each figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CompositeWeights {
    mean: Weight,
    pass: Weight,
    excellent: Weight,
}

/// Why three weights make no composite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum CompositeWeightsError {
    /// They do not make a whole.
    #[error("the weights of mean, pass rate and excellent rate have to sum to 100")]
    NotAHundred,
}

impl CompositeWeights {
    /// The usual 40, 30 and 30 percent.
    pub const USUAL: Self = Self {
        mean: Weight::whole_percent(40),
        pass: Weight::whole_percent(30),
        excellent: Weight::whole_percent(30),
    };

    /// The weights of the mean in points, the pass rate and the excellent rate.
    ///
    /// # Errors
    /// When they do not sum to 100.
    pub fn new(
        mean: Weight,
        pass: Weight,
        excellent: Weight,
    ) -> Result<Self, CompositeWeightsError> {
        let sum: i128 = [mean, pass, excellent]
            .iter()
            .map(|weight| i128::from(weight.ten_thousandths()))
            .sum();
        if sum == i128::from(Weight::HUNDRED.ten_thousandths()) {
            Ok(Self {
                mean,
                pass,
                excellent,
            })
        } else {
            Err(CompositeWeightsError::NotAHundred)
        }
    }

    /// Of the mean, in points.
    #[must_use]
    pub const fn mean(&self) -> Weight {
        self.mean
    }

    /// Of the pass rate.
    #[must_use]
    pub const fn pass(&self) -> Weight {
        self.pass
    }

    /// Of the excellent rate.
    #[must_use]
    pub const fn excellent(&self) -> Weight {
        self.excellent
    }

    /// The composite: mean × weight + pass rate × weight + excellent rate × weight, from the
    /// figures as displayed and rounded half to even.
    ///
    /// The one exception to rounding once, half away from zero. A composite must follow from
    /// the figures printed beside it, and the system whose tables must be reproduced works so
    /// (hysro1997/school-score formats each figure, then the sum with Java's `DecimalFormat`):
    /// of the 12 published composites, unrounded figures miss two and half away from zero one.
    #[must_use]
    pub fn composite(&self, mean: Rounded, pass: Rounded, excellent: Rounded) -> Rounded {
        [
            (self.mean, mean),
            (self.pass, pass),
            (self.excellent, excellent),
        ]
        .into_iter()
        .map(|(weight, figure)| weight.fraction() * Exact::from(figure))
        .sum::<Exact>()
        .rounded_half_even()
    }
}
