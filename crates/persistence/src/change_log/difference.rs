//! What differs between a row before and after, as the log says it.

/// The texts of a row's fields, under the names of the fields.
pub(crate) type Fields<const N: usize> = [(&'static str, String); N];

/// Each field that differs, as `field: before -> after`; nothing when all are the same.
pub(crate) fn difference<const N: usize>(before: Fields<N>, after: Fields<N>) -> Option<String> {
    let differences: Vec<String> = before
        .into_iter()
        .zip(after)
        .filter(|(old, new)| old != new)
        .map(|((field, old), (_, new))| format!("{field}: {old} -> {new}"))
        .collect();
    (!differences.is_empty()).then(|| differences.join("; "))
}
