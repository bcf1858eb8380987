//! Ranks 名次, highest first.

use crate::names::names;

/// What follows a tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RankStyle {
    /// 1, 1, 3: one more than the number of those ahead.
    Competition,
    /// 1, 1, 2: one more than the number of different values ahead.
    Dense,
}

names!(RankStyle, "a rank style", {
    Competition => "competition",
    Dense => "dense",
});

/// The rank of each item by its key, highest first and starting at 1; equal keys share a
/// rank. Answers in the order of `items`.
#[must_use]
pub fn ranks<Id: Clone, K: Ord>(items: &[(Id, K)], style: RankStyle) -> Vec<(Id, usize)> {
    let mut keys: Vec<&K> = items.iter().map(|(_, key)| key).collect();
    if style == RankStyle::Dense {
        keys.sort_unstable();
        keys.dedup();
    } else {
        keys.sort_unstable();
    }
    items
        .iter()
        .map(|(id, key)| {
            let not_ahead = keys.partition_point(|other| *other <= key);
            (id.clone(), keys.len() - not_ahead + 1)
        })
        .collect()
}
