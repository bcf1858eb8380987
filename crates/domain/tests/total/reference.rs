//! The rules of product.md once more, written to be obvious and slow: machine fractions and
//! every possible selection of drops.

use gradebook_domain::{
    AbsentPolicy, Aggregation, AssessmentScheme, CategoryScheme, Exact, Marks, Points, Reading,
    Scheme, Score,
};

/// A fraction with a positive denominator, in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fraction(i128, i128);

impl Fraction {
    const ZERO: Self = Self(0, 1);

    fn new(numerator: i128, denominator: i128) -> Self {
        let (mut a, mut b) = (numerator.abs(), denominator);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Self(numerator / a.max(1), denominator / a.max(1))
    }

    fn plus(self, other: Self) -> Self {
        Self::new(self.0 * other.1 + other.0 * self.1, self.1 * other.1)
    }

    fn times(self, other: Self) -> Self {
        Self::new(self.0 * other.0, self.1 * other.1)
    }

    fn over(self, other: Self) -> Self {
        Self::new(self.0 * other.1, self.1 * other.0)
    }

    fn below(self, other: Self) -> bool {
        self.0 * other.1 < other.0 * self.1
    }

    pub(crate) fn exact(self) -> Exact {
        let part = |part| i64::try_from(part).unwrap();
        Exact::ratio(part(self.0), part(self.1)).unwrap()
    }
}

type Item<'a> = (&'a AssessmentScheme, Fraction);

pub(crate) fn total(scheme: &Scheme, marks: &Marks, reading: Reading) -> Option<Fraction> {
    let mut weights = Fraction::ZERO;
    let mut sum = Fraction::ZERO;
    for category in &scheme.categories {
        if let Some(ratio) = category_ratio(scheme, category, marks, reading) {
            let weight = Fraction::new(i128::from(category.weight.ten_thousandths()), 1_000_000);
            weights = weights.plus(weight);
            sum = sum.plus(weight.times(ratio));
        }
    }
    if weights == Fraction::ZERO {
        return None;
    }
    let hundred = Fraction(100, 1);
    Some(if weights.below(Fraction(1, 1)) {
        sum.over(weights).times(hundred)
    } else {
        sum.times(hundred)
    })
}

fn category_ratio(
    scheme: &Scheme,
    category: &CategoryScheme,
    marks: &Marks,
    reading: Reading,
) -> Option<Fraction> {
    let mut items: Vec<Item<'_>> = scheme
        .assessments
        .iter()
        .filter(|item| item.category == category.id && item.max_score > Points::ZERO)
        .filter(|item| {
            category.aggregation != Aggregation::Weighted || item.weight.ten_thousandths() > 0
        })
        .filter_map(|item| {
            let value = counted(marks.get(item.id), scheme.absent, reading)?;
            let max_score = i128::from(item.max_score.ten_thousandths());
            Some((
                item,
                Fraction::new(i128::from(value.ten_thousandths()), max_score),
            ))
        })
        .collect();
    if items.is_empty() {
        return None;
    }
    items.sort_by_key(|(item, _)| item.id);
    let better = |a: Fraction, b: Fraction| b.below(a);
    items = best(&items, category.aggregation, category.drop_lowest, better);
    let worse = |a: Fraction, b: Fraction| a.below(b);
    items = best(&items, category.aggregation, category.drop_highest, worse);
    Some(ratio(&items, category.aggregation))
}

fn counted(score: Score, absent: AbsentPolicy, reading: Reading) -> Option<Points> {
    match (score, reading, absent) {
        (Score::Scored(value), _, _) => Some(value),
        (Score::Blank | Score::Missing, Reading::Final, _)
        | (Score::Absent, _, AbsentPolicy::CountsZero) => Some(Points::ZERO),
        _ => None,
    }
}

fn ratio(items: &[Item<'_>], aggregation: Aggregation) -> Fraction {
    let (mut top, mut bottom) = (Fraction::ZERO, Fraction::ZERO);
    for (item, ratio) in items {
        let weight = match aggregation {
            Aggregation::Points => Fraction(i128::from(item.max_score.ten_thousandths()), 1),
            Aggregation::Mean => Fraction(1, 1),
            Aggregation::Weighted => Fraction(i128::from(item.weight.ten_thousandths()), 1),
        };
        top = top.plus(weight.times(*ratio));
        bottom = bottom.plus(weight);
    }
    top.over(bottom)
}

/// Tries every selection of drops, those with smaller ids first, so that of equally good
/// ones the first stands.
fn best<'a>(
    items: &[Item<'a>],
    aggregation: Aggregation,
    drops: u32,
    better: impl Fn(Fraction, Fraction) -> bool,
) -> Vec<Item<'a>> {
    let drops = usize::try_from(drops).unwrap().min(items.len() - 1);
    let mut found: Option<(Fraction, Vec<Item<'a>>)> = None;
    // Bit n−1−i drops item i: counting down, the smallest ids are dropped first.
    for mask in (0..1_u32 << items.len()).rev() {
        if usize::try_from(mask.count_ones()).unwrap() != drops {
            continue;
        }
        let kept: Vec<_> = items
            .iter()
            .rev()
            .enumerate()
            .filter(|(bit, _)| mask >> bit & 1 == 0)
            .map(|(_, item)| *item)
            .rev()
            .collect();
        let value = ratio(&kept, aggregation);
        if found
            .as_ref()
            .is_none_or(|(so_far, _)| better(value, *so_far))
        {
            found = Some((value, kept));
        }
    }
    found.unwrap().1
}
