//! What students may see of how their class did.

use crate::exact::Exact;
use crate::points::Points;
use crate::statistics::mean;

/// A column's mean and distribution, fit to be shown to the students in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClassStatistics {
    /// How many values.
    pub count: usize,
    /// Their mean, in points.
    pub mean: Exact,
    /// How many values lie in each tenth of the full marks, the lowest first. Full marks and extra
    /// credit are in the last.
    pub tenths: [usize; 10],
}

impl ClassStatistics {
    /// With fewer scores, a mean would tell of persons (product.md, "Privacy").
    pub const FEWEST: usize = 10;

    /// In which tenth of the full marks a value lies, from 0; `None` without full marks.
    #[must_use]
    pub fn tenth(value: Points, max_score: Points) -> Option<usize> {
        let (value, max_score) = (value.ten_thousandths(), max_score.ten_thousandths());
        let tenth = (i128::from(value) * 10).checked_div(i128::from(max_score))?;
        Some(usize::try_from(tenth).unwrap_or(0).min(9))
    }

    /// The figures of these values; `None` when there are too few to show any, or no full marks.
    #[must_use]
    pub fn of(values: &[Points], max_score: Points) -> Option<Self> {
        if values.len() < Self::FEWEST || max_score <= Points::ZERO {
            return None;
        }
        Some(Self {
            count: values.len(),
            mean: mean(values)?,
            tenths: Self::distribution(values, max_score),
        })
    }

    /// How many of these values lie in each tenth of the full marks, however few they are: for
    /// those who see each of them anyway.
    #[must_use]
    pub fn distribution(values: &[Points], max_score: Points) -> [usize; 10] {
        let mut tenths = [0; 10];
        for value in values {
            let place = Self::tenth(*value, max_score);
            if let Some(count) = place.and_then(|place| tenths.get_mut(place)) {
                *count += 1;
            }
        }
        tenths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(texts: &[&str]) -> Vec<Points> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn fewer_than_ten_scores_show_nothing() {
        let nine = values(&["50"; 9]);
        let full = "100".parse().unwrap();
        assert_eq!(ClassStatistics::of(&nine, full), None);
        let ten = values(&["50"; 10]);
        assert_eq!(ClassStatistics::of(&ten, full).unwrap().count, 10);
        assert_eq!(ClassStatistics::of(&ten, Points::ZERO), None);
    }

    #[test]
    fn a_tenth_begins_at_its_lower_end_and_the_last_has_full_marks() {
        let texts = [
            "0", "1.9999", "2", "10", "11.9999", "12", "17.9999", "18", "20", "23",
        ];
        let shown = ClassStatistics::of(&values(&texts), "20".parse().unwrap()).unwrap();
        assert_eq!(shown.tenths, [2, 1, 0, 0, 0, 2, 1, 0, 1, 3]);
        assert_eq!(shown.tenths.iter().sum::<usize>(), shown.count);
        assert_eq!(shown.mean.rounded().to_string(), "11.7");
    }
}
