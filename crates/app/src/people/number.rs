//! Student numbers that are given to somebody: lists of scores are matched by them, so two that look the same
//! would put one student's score to another.

use gradebook_domain::UserId;
use gradebook_persistence::Tx;
use gradebook_persistence::repo::people;
use unicode_normalization::UnicodeNormalization;

use super::PeopleError;
use crate::text::{has_invisible, has_unprintable};

/// The number as it is kept: without spaces around it, letters and digits in their plain width.
pub(super) fn usable(typed: &str) -> Option<String> {
    let number: String = typed.trim().nfkc().collect();
    let fits = (1..=32).contains(&number.chars().count());
    (fits && !has_unprintable(&number) && !has_invisible(&number)).then_some(number)
}

/// Refuses a number that somebody else has, or one that is hard to tell from it.
pub(super) async fn free(tx: &Tx, number: &str, of: Option<UserId>) -> Result<(), PeopleError> {
    let asked = [number.to_owned()];
    let same = people::numbered(tx, &asked).await?;
    if same.iter().any(|other| Some(other.id) != of) {
        return Err(PeopleError::NumberTaken);
    }
    match people::nearly_numbered(tx, &asked).await?.remove(number) {
        Some(other) if Some(other.id) != of => Err(PeopleError::NumberAlike {
            number: other.number,
            name: other.name,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_kept_as_it_is_read() {
        assert_eq!(usable(" 2026070101 ").as_deref(), Some("2026070101"));
        assert_eq!(usable("２０２６Ａ").as_deref(), Some("2026A"));
        assert_eq!(usable("A 12-3/王").as_deref(), Some("A 12-3/王"));
        for wrong in [
            "",
            " ",
            "7\u{200b}7",
            "7\u{2060}",
            "\u{ad}7",
            "7\n7",
            "7\u{202e}7",
        ] {
            assert_eq!(usable(wrong), None, "{wrong:?}");
        }
        assert_eq!(usable(&"1".repeat(33)), None);
    }
}
