//! Whether a row may be somebody else's: the school has another name for its number.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use super::sheet::{Row, Sheet};

/// Whether two spellings are one name: widths of characters, spaces and capitals tell nobody apart.
pub(super) fn is_same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| -> String {
        let known = name.nfkc().filter(|sign| !sign.is_whitespace());
        known.flat_map(char::to_lowercase).collect()
    };
    one == other || plain(one) == plain(other)
}

/// Whether a row's name is not the one that the school has. A row without a name says nothing, and
/// where the school's name is no more than the number, there is nothing to compare.
fn differs(name: &str, number: &str, on_roll: &str) -> bool {
    !name.is_empty() && on_roll != number && !is_same_name(name, on_roll)
}

/// The first line of a student that is imported and has another name than the school. Of lines that are
/// left out nothing is imported, so they neither raise a doubt nor take one away.
pub(super) fn line_in_doubt(
    sheet: &Sheet,
    row: &Row,
    without: &BTreeSet<u64>,
    on_roll: &str,
) -> Option<u64> {
    row.kept_lines(without).find(|line| {
        let named = sheet.named.get(line);
        named.is_some_and(|(_, name)| differs(name, &row.number, on_roll))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_compared_however_it_is_typed() {
        assert!(!differs("ｌｉ　Lei", "7", "Li Lei"));
        assert!(!differs("", "7", "李雷") && !differs("李雷", "7", "7"));
        assert!(differs("李雷", "7", "韩梅"));
    }
}
