//! What a term tells its students of their rank.

use std::collections::BTreeMap;

use crate::analysis::Band;
use crate::class_statistics::ClassStatistics;
use crate::ids::UserId;
use crate::names::names;
use crate::points::Points;

/// What students are told of their rank (product.md, "Privacy").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum RankShown {
    /// Nothing.
    #[default]
    Hidden,
    /// A band instead of a number: 优, 良, 及格 or 待提高, by [`band_in_class`].
    Bands,
}

names!(RankShown, "what is shown of a rank", {
    Hidden => "hidden",
    Bands => "bands",
});

/// The quarter of the class in which a student's total of an exam is: 优 for the first, 良 for the
/// second, 及格 for the third, 待提高 for the last. Equal totals are in the same one, the better.
///
/// `columns` are the class's scores in each subject. Who lacks one of them is not compared, and
/// nobody is while fewer than ten can be: a band of a few would tell of persons.
#[must_use]
pub fn band_in_class(columns: &[BTreeMap<UserId, Points>], student: UserId) -> Option<Band> {
    let (first, others) = columns.split_first()?;
    let total = |of: &UserId| {
        let values: Option<Vec<Points>> = columns.iter().map(|one| one.get(of).copied()).collect();
        Points::checked_sum(&values?)
    };
    let own = total(&student)?;
    let compared = first
        .keys()
        .filter(|id| others.iter().all(|one| one.contains_key(id)));
    let totals: Vec<Points> = compared.filter_map(total).collect();
    if totals.len() < ClassStatistics::FEWEST {
        return None;
    }
    let ahead = totals.iter().filter(|one| **one > own).count();
    Band::ALL
        .get(ahead * Band::ALL.len() / totals.len())
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[i64]) -> BTreeMap<UserId, Points> {
        (1..)
            .zip(values)
            .filter(|(_, value)| **value >= 0)
            .map(|(id, value)| (UserId(id), Points::from_whole(*value).unwrap()))
            .collect()
    }

    fn bands(columns: &[BTreeMap<UserId, Points>], many: i64) -> Vec<Option<Band>> {
        let ids = (1..=many).map(UserId);
        ids.map(|id| band_in_class(columns, id)).collect()
    }

    #[test]
    fn a_class_is_in_quarters_by_its_totals() {
        use Band::{Below, Excellent, Good, Pass};
        let maths = column(&[10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 0, 5]);
        let chinese = column(&[90, 80, 70, 60, 50, 40, 30, 20, 10, 1, 99, 96]);
        // 100 but for the last three: 101, 99, 101.
        let found = bands(&[maths, chinese], 12);
        let mut expected = vec![Some(Excellent); 12];
        // Two are ahead of the nine who are equal, eleven of the tenth.
        expected[10] = Some(Below);
        assert_eq!(found, expected);
        let all = column(&[12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
        let quarters = [Excellent, Good, Pass, Below];
        let expected: Vec<_> = quarters.iter().flat_map(|band| [Some(*band); 3]).collect();
        assert_eq!(bands(&[all], 12), expected);
    }

    #[test]
    fn who_lacks_a_subject_is_not_compared_and_fewer_than_ten_are_not_at_all() {
        let maths = column(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        let chinese = column(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -1]);
        let found = bands(&[maths.clone(), chinese], 11);
        assert_eq!(found[10], None);
        assert_eq!(
            found[9],
            Some(Band::Excellent),
            "the best of those compared"
        );
        let fewer = column(&[1, 2, 3, 4, 5, 6, 7, 8, 9, -1, 11]);
        let fewest = column(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -1]);
        assert!(bands(&[fewer, fewest], 11).iter().all(Option::is_none));
        assert_eq!(band_in_class(&[], UserId(1)), None);
        assert_eq!(band_in_class(&[maths], UserId(99)), None);
    }
}
