//! What the scored values of one subject in one class or grade level amount to.

use num_bigint::BigInt;
use num_rational::BigRational;

use super::composite::CompositeWeights;
use super::lines::{Band, Lines};
use crate::exact::{Exact, Rounded};
use crate::percentage::Percentage;
use crate::points::Points;
use crate::statistics::Statistics;

/// A histogram has at most so many bins.
const MOST_BINS: i64 = 15;

/// All figures over one group's scored values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Figures {
    /// Count, sum, mean, median, highest, lowest, deviation.
    pub statistics: Statistics,
    /// 及格率.
    pub pass_rate: Percentage,
    /// 良好率: good or better.
    pub good_rate: Percentage,
    /// 优秀率.
    pub excellent_rate: Percentage,
    /// 综合分.
    pub composite: Rounded,
    /// How many are in each band, highest first.
    pub bands: Vec<BandCount>,
    /// How many are in each part of the scale, lowest first.
    pub histogram: Vec<Bin>,
}

/// How many are in a band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BandCount {
    /// The band.
    pub band: Band,
    /// Its lowest value.
    pub from: Points,
    /// How many.
    pub count: usize,
}

/// One bar of a histogram: the values from `from` on and below `to`; the last bar holds full marks and
/// what is above, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bin {
    /// Its lowest value.
    pub from: Points,
    /// Where the next one begins.
    pub to: Points,
    /// How many.
    pub count: usize,
}

impl Figures {
    /// The figures of these values in any order; `None` without values.
    #[must_use]
    pub fn of(values: &[Points], lines: &Lines, weights: &CompositeWeights) -> Option<Self> {
        let statistics = Statistics::of(values)?;
        let pass_rate = rate(values, lines.pass())?;
        let excellent_rate = rate(values, lines.excellent())?;
        Some(Self {
            composite: weights.composite(
                statistics.mean.rounded(),
                pass_rate.rounded(),
                excellent_rate.rounded(),
            ),
            good_rate: rate(values, lines.good())?,
            bands: bands(values, lines),
            histogram: histogram(values, lines.full()),
            statistics,
            pass_rate,
            excellent_rate,
        })
    }
}

/// The share of the scored values that reach a line, both in points: the pass rate 及格率
/// for the pass line, the excellent rate 优秀率 for the excellent line. `None` without values.
#[must_use]
pub fn rate(values: &[Points], line: Points) -> Option<Percentage> {
    let reached = values.iter().filter(|value| **value >= line).count();
    share(reached, values.len())
}

/// So many of so many, in percent; `None` of nothing.
#[must_use]
pub fn share(part: usize, whole: usize) -> Option<Percentage> {
    (whole > 0).then(|| {
        Percentage::new(Exact(BigRational::new(
            BigInt::from(part) * BigInt::from(100),
            BigInt::from(whole),
        )))
    })
}

fn bands(values: &[Points], lines: &Lines) -> Vec<BandCount> {
    let count = |band: Band| {
        values
            .iter()
            .filter(|value| lines.band(**value) == band)
            .count()
    };
    Band::ALL
        .iter()
        .map(|band| BandCount {
            band: *band,
            from: lines.start(*band),
            count: count(*band),
        })
        .collect()
}

fn histogram(values: &[Points], full: Points) -> Vec<Bin> {
    let full = full.ten_thousandths();
    let width = width(full);
    // Rounded up: the last bin may be narrower.
    let bins = (full - 1).div_euclid(width) + 1;
    let mut counts = vec![0_usize; usize::try_from(bins).unwrap_or(0)];
    for value in values {
        let place = value.ten_thousandths().div_euclid(width).clamp(0, bins - 1);
        if let Some(count) = usize::try_from(place)
            .ok()
            .and_then(|place| counts.get_mut(place))
        {
            *count += 1;
        }
    }
    (0_i64..)
        .zip(counts)
        .map(|(place, count)| Bin {
            from: Points::from_ten_thousandths(place * width),
            to: Points::from_ten_thousandths(((place + 1) * width).min(full)),
            count,
        })
        .collect()
}

/// The narrowest of 1, 2, 5, 10, 20, … ten-thousandths that needs no more than [`MOST_BINS`] bins.
fn width(full: i64) -> i64 {
    let mut power = 1_i64;
    loop {
        for factor in [1, 2, 5] {
            let width = power.saturating_mul(factor);
            if (full - 1).div_euclid(width) < MOST_BINS {
                return width;
            }
        }
        power = power.saturating_mul(10);
    }
}
