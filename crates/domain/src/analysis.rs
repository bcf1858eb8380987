//! An exam's rates and composite 成绩分析 (product.md, "An exam's analysis").

use num_bigint::BigInt;
use num_rational::BigRational;

use crate::exact::{Exact, Rounded};
use crate::percentage::Percentage;
use crate::points::Points;
use crate::weight::Weight;

/// The share of the scored values that reach a line, both in points: the pass rate 及格率
/// for the pass line, the excellent rate 优秀率 for the excellent line. `None` without values.
#[must_use]
pub fn rate(values: &[Points], line: Points) -> Option<Percentage> {
    let reached = values.iter().filter(|value| **value >= line).count();
    (!values.is_empty()).then(|| {
        Percentage::new(Exact(BigRational::new(
            BigInt::from(reached) * BigInt::from(100),
            BigInt::from(values.len()),
        )))
    })
}

/// How much of the composite 综合分 comes from each figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CompositeWeights {
    /// Of the mean, in points.
    pub mean: Weight,
    /// Of the pass rate.
    pub pass: Weight,
    /// Of the excellent rate.
    pub excellent: Weight,
}

impl CompositeWeights {
    /// The usual 40, 30 and 30 percent.
    pub const USUAL: Self = Self {
        mean: Weight::whole_percent(40),
        pass: Weight::whole_percent(30),
        excellent: Weight::whole_percent(30),
    };

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
