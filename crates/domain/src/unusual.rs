//! Which values look like typing slips: far from what the same student usually gets.

use crate::exact::Exact;
use crate::percentage::Percentage;

/// How far a value may be from the student's own mean, in points of percent, before somebody is
/// asked to look again.
const FAR: i64 = 30;

/// Fewer other values than this say nothing about what is usual.
pub const FEWEST_TO_COMPARE: usize = 2;

/// The mean of the student's `count` other percentages, which add up to `sum`, if `value` is more than
/// 30 points of percent away from it; `None` when it is near, or when there are fewer than
/// [`FEWEST_TO_COMPARE`] others.
#[must_use]
pub fn far_from_mean(value: &Percentage, sum: &Exact, count: usize) -> Option<Percentage> {
    if count < FEWEST_TO_COMPARE {
        return None;
    }
    let count = i64::try_from(count).ok()?;
    let mean = sum.checked_div(&Exact::whole(count))?;
    let far = Exact::whole(FAR);
    let (above, below) = (value.exact() - &mean, &mean - value.exact());
    (above > far || below > far).then(|| Percentage::new(mean))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(text: &str) -> Percentage {
        Percentage::from_decimal(text.parse().unwrap())
    }

    #[test]
    fn a_value_is_far_when_it_is_more_than_thirty_points_away() {
        let others = percent("170");
        for (value, far) in [
            ("85", false),
            ("55", false),
            ("54.9999", true),
            ("115", false),
            ("115.0001", true),
            ("8", true),
        ] {
            let found = far_from_mean(&percent(value), others.exact(), 2);
            assert_eq!(found.is_some(), far, "{value}");
            if let Some(mean) = found {
                assert_eq!(mean, percent("85"));
            }
        }
    }

    #[test]
    fn one_other_value_is_no_habit() {
        let ninety = percent("95");
        assert_eq!(far_from_mean(&percent("5"), ninety.exact(), 1), None);
        assert_eq!(far_from_mean(&percent("5"), percent("0").exact(), 0), None);
    }
}
