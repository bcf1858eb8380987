//! Lines: from which value on a score passes, is good, is excellent.

use crate::names::names;
use crate::points::Points;

/// The lines of one subject in one grade level, in points: 0 ≤ pass ≤ good ≤ excellent ≤ full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lines {
    full: Points,
    excellent: Points,
    good: Points,
    pass: Points,
}

/// The line that is out of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LinesError {
    /// Nobody can reach full marks of nothing.
    #[error("full marks are above 0")]
    Full,
    /// Excellent above full marks.
    #[error("the excellent line is not above full marks")]
    Excellent,
    /// Good above excellent.
    #[error("the good line is not above the excellent line")]
    Good,
    /// Pass above good, or below zero.
    #[error("the pass line is not above the good line and not below 0")]
    Pass,
}

/// Where the excellent line is while nobody has set it, of full marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UsualExcellent {
    /// 85 %, as schools have it for Chinese.
    Percent85,
    /// 90 %, as for other subjects.
    Percent90,
}

/// A band of scores between two lines, highest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// 优秀: from the excellent line on.
    Excellent,
    /// 良好: from the good line on.
    Good,
    /// 及格: from the pass line on.
    Pass,
    /// 待提高: below the pass line.
    Below,
}

names!(Band, "a score band", {
    Excellent => "excellent",
    Good => "good",
    Pass => "pass",
    Below => "below",
});

impl Lines {
    /// Lines in order.
    ///
    /// # Errors
    /// The first line, from the top, that is out of order.
    pub fn new(
        full: Points,
        excellent: Points,
        good: Points,
        pass: Points,
    ) -> Result<Self, LinesError> {
        if full <= Points::ZERO {
            Err(LinesError::Full)
        } else if excellent > full {
            Err(LinesError::Excellent)
        } else if good > excellent {
            Err(LinesError::Good)
        } else if pass > good || pass < Points::ZERO {
            Err(LinesError::Pass)
        } else {
            Ok(Self {
                full,
                excellent,
                good,
                pass,
            })
        }
    }

    /// The lines while nobody has set them: good from 75 %, pass from 60 % of full marks.
    ///
    /// # Errors
    /// [`LinesError::Full`] unless there are full marks.
    pub fn usual(full: Points, excellent: UsualExcellent) -> Result<Self, LinesError> {
        let excellent = match excellent {
            UsualExcellent::Percent85 => 85,
            UsualExcellent::Percent90 => 90,
        };
        Self::new(
            full,
            share(full, excellent),
            share(full, 75),
            share(full, 60),
        )
    }

    /// Full marks.
    #[must_use]
    pub const fn full(&self) -> Points {
        self.full
    }

    /// From where on a value is excellent.
    #[must_use]
    pub const fn excellent(&self) -> Points {
        self.excellent
    }

    /// From where on a value is good.
    #[must_use]
    pub const fn good(&self) -> Points {
        self.good
    }

    /// From where on a value passes.
    #[must_use]
    pub const fn pass(&self) -> Points {
        self.pass
    }

    /// The band that a value is in.
    #[must_use]
    pub fn band(&self, value: Points) -> Band {
        if value >= self.excellent {
            Band::Excellent
        } else if value >= self.good {
            Band::Good
        } else if value >= self.pass {
            Band::Pass
        } else {
            Band::Below
        }
    }

    /// Where a band begins.
    #[must_use]
    pub const fn start(&self, band: Band) -> Points {
        match band {
            Band::Excellent => self.excellent,
            Band::Good => self.good,
            Band::Pass => self.pass,
            Band::Below => Points::ZERO,
        }
    }
}

/// So many percent of full marks. Rounded up to what a score can be, which changes nothing about
/// who reaches it.
fn share(full: Points, percent: i128) -> Points {
    let hundredfold = i128::from(full.ten_thousandths()) * percent;
    let share = (hundredfold + 99).div_euclid(100);
    // Not more than `full`, so it fits.
    i64::try_from(share).map_or(full, Points::from_ten_thousandths)
}
