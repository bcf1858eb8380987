//! Usernames: what may be one, and when two are the same.

use unicode_normalization::UnicodeNormalization;

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
}
