//! Which things of a list change places with others.

/// The places, before and after and from 0, of whatever stands in both lists and has another place among
/// what stands in both. What is pushed along by something new or gone has not changed places.
pub(super) fn changed_places<Id: Copy + PartialEq>(
    before: &[Id],
    after: &[Id],
) -> Vec<(usize, usize)> {
    let stay = |of: &[Id], other: &[Id]| -> Vec<Id> {
        let both = of.iter().filter(|id| other.contains(id));
        both.copied().collect()
    };
    let (old, new) = (stay(before, after), stay(after, before));
    let moved = old.iter().zip(&new).filter(|(old, new)| old != new);
    let places = moved.filter_map(|(_, id)| {
        let at = |all: &[Id]| all.iter().position(|one| one == id);
        Some((at(before)?, at(after)?))
    });
    places.collect()
}

#[cfg(test)]
mod tests {
    use super::changed_places;

    #[test]
    fn only_what_changes_places_with_others_is_named() {
        assert_eq!(changed_places(&[1, 2, 3], &[1, 2, 3]), []);
        assert_eq!(changed_places(&[1, 2, 3], &[9, 1, 3]), []);
        assert_eq!(
            changed_places(&[1, 2, 3], &[3, 1, 2]),
            [(2, 0), (0, 1), (1, 2)]
        );
        assert_eq!(changed_places(&[1, 2, 3], &[2, 9, 1]), [(1, 0), (0, 2)]);
    }
}
