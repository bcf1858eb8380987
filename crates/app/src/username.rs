//! Usernames: what may be one, and when two are the same.

use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;
use unicode_security::{RestrictionLevel, RestrictionLevelDetection};

/// Why a text cannot be a username.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUsername {
    /// Nothing, or only spaces.
    #[error("a username cannot be empty")]
    Empty,
    /// More than 64 characters.
    #[error("a username has at most 64 characters")]
    TooLong,
    /// Control characters or inner white space.
    #[error("a username has no spaces and no control characters")]
    Characters,
    /// It could be taken for another username: letters of several scripts, invisible characters, or
    /// foreign letters that look like `a` to `z`.
    #[error(
        "a username must not look like another one: write it in one script, without invisible \
         characters, and not with letters that only look like a to z"
    )]
    LooksLikeAnother,
}

const LONGEST: usize = 64;

/// The form by which usernames are compared: compatibility forms, letter case and surrounding
/// spaces make no second identity (`Ｌi`, `li ` and `LI` are one).
///
/// # Errors
/// Says why the text cannot be a username.
pub fn username_key(username: &str) -> Result<String, InvalidUsername> {
    let trimmed = username.trim();
    if trimmed.is_empty() {
        return Err(InvalidUsername::Empty);
    }
    if trimmed.chars().count() > LONGEST {
        return Err(InvalidUsername::TooLong);
    }
    if trimmed
        .chars()
        .any(|character| character.is_whitespace() || character.is_control())
    {
        return Err(InvalidUsername::Characters);
    }
    let key: String = trimmed.nfkc().collect::<String>().to_lowercase();
    let key: String = key.nfkc().collect();
    if key.is_empty() || key.chars().any(char::is_whitespace) {
        return Err(InvalidUsername::Characters);
    }
    if key.len() > 191 {
        return Err(InvalidUsername::TooLong);
    }
    Ok(key)
}

/// [`username_key`] for a username that is given to somebody: it must not be mistaken for another one
/// on a screen or a slip (Unicode Technical Standard 39). Signing in asks no such question, because a
/// name that nobody was given opens nothing.
///
/// # Errors
/// Says why the text cannot be a username.
pub(crate) fn new_username_key(username: &str) -> Result<String, InvalidUsername> {
    let key = username_key(username)?;
    if key.is_ascii() {
        return Ok(key);
    }
    // Punctuation of ASCII (`@`, `+`) is harmless, but not part of that standard's identifiers, and
    // neither are the rare characters of Chinese names, which look like no other script's.
    let letters: String = key
        .chars()
        .filter(|letter| !letter.is_ascii() || letter.is_ascii_alphanumeric())
        .map(|letter| if is_ideograph(letter) { '字' } else { letter })
        .collect();
    let looks_latin = skeleton(&letters).all(|letter| letter.is_ascii());
    if looks_latin || !letters.check_restriction_level(RestrictionLevel::HighlyRestrictive) {
        return Err(InvalidUsername::LooksLikeAnother);
    }
    Ok(key)
}

/// The unified ideographs and their extensions.
fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_variants_are_one_identity() {
        let key = username_key("li.ming").ok();
        for variant in ["LI.MING", " li.ming ", "ｌｉ.ｍｉｎｇ", "Li.Ming"] {
            assert_eq!(username_key(variant).ok(), key, "{variant}");
        }
        assert_eq!(
            username_key("e\u{301}va").ok(),
            username_key("\u{e9}va").ok()
        );
    }

    #[test]
    fn what_cannot_be_a_username() {
        assert_eq!(username_key("  "), Err(InvalidUsername::Empty));
        assert_eq!(username_key("a b"), Err(InvalidUsername::Characters));
        assert_eq!(username_key("a\0b"), Err(InvalidUsername::Characters));
        assert_eq!(username_key(&"a".repeat(65)), Err(InvalidUsername::TooLong));
    }

    #[test]
    fn a_new_username_looks_like_no_other() {
        for fine in [
            "li.ming",
            "li+ming@school.example",
            "李明",
            "李明.2",
            "eva-é",
            "владимир",
            "김민준.a",
            "李朙",
            "王\u{2b81d}",
        ] {
            assert!(new_username_key(fine).is_ok(), "{fine}");
        }
        for twin in [
            "l\u{456}.ming",
            "\u{430}\u{441}\u{435}",
            "li\u{200b}.ming",
            "li\u{ad}.ming",
            "\u{202e}gnim.il",
            "li\u{feff}.ming",
            "li.m\u{131}ng",
            "\u{3b1}dmin",
            "li.ming\u{fe0f}",
        ] {
            assert_eq!(
                new_username_key(twin),
                Err(InvalidUsername::LooksLikeAnother),
                "{twin:?}"
            );
        }
    }
}
