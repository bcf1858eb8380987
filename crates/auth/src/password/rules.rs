//! Which new passwords are accepted: length and no copy of one's own name.
//! No composition rules, any Unicode.

use unicode_normalization::UnicodeNormalization;

const SHORTEST: usize = 8;
const LONGEST: usize = 128;

/// What is publicly known of the person, so it must not be the password.
#[derive(Clone, Copy, Default)]
pub struct PersonalWords<'a> {
    /// The sign-in name.
    pub username: &'a str,
    /// The person's name.
    pub name: &'a str,
    /// The student number, for students.
    pub student_number: Option<&'a str>,
}

/// Why a new password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer than 8 characters.
    #[error("a password has at least 8 characters")]
    TooShort,
    /// More than 128 characters.
    #[error("a password has at most 128 characters")]
    TooLong,
    /// The username, the student number or the name.
    #[error("a password must not be the username, student number or name")]
    SameAsIdentity,
}

/// Judges a password that somebody chose. Characters are Unicode scalar values
/// of the normalised (NFC) text, so one password counts the same from every
/// keyboard.
///
/// # Errors
/// The first rule that it breaks.
pub fn check_new(password: &str, about: &PersonalWords<'_>) -> Result<(), WeakPassword> {
    match password.nfc().take(LONGEST + 1).count() {
        0..SHORTEST => return Err(WeakPassword::TooShort),
        SHORTEST..=LONGEST => {}
        _ => return Err(WeakPassword::TooLong),
    }
    let folded = fold(password);
    let known = [Some(about.username), Some(about.name), about.student_number];
    if known.into_iter().flatten().any(|word| fold(word) == folded) {
        return Err(WeakPassword::SameAsIdentity);
    }
    Ok(())
}

/// The form in which usernames are compared, too: width, case and surrounding spaces make no
/// difference.
fn fold(text: &str) -> String {
    text.trim()
        .nfkc()
        .collect::<String>()
        .to_lowercase()
        .nfkc()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str) -> Result<(), WeakPassword> {
        let about = PersonalWords {
            username: "li.xiaoming",
            name: "Élodie Zhang",
            student_number: Some("20260107"),
        };
        check_new(password, &about)
    }

    #[test]
    fn length_counts_normalised_characters() {
        assert_eq!(check("1234567"), Err(WeakPassword::TooShort));
        assert_eq!(check("12345678"), Ok(()));
        assert_eq!(check("密码密码密码密码"), Ok(()));
        // "é" typed as e + accent is one character: seven of them are too few.
        assert_eq!(check(&"e\u{301}".repeat(7)), Err(WeakPassword::TooShort));
        assert_eq!(check(&"e\u{301}".repeat(128)), Ok(()));
        assert_eq!(check(&"x".repeat(128)), Ok(()));
        assert_eq!(check(&"x".repeat(129)), Err(WeakPassword::TooLong));
        assert_eq!(check(""), Err(WeakPassword::TooShort));
    }

    #[test]
    fn ones_own_name_is_refused_in_any_case_and_form() {
        for own in [
            "li.xiaoming",
            "LI.Xiaoming",
            "20260107",
            "２０２６０１０７",
            " 20260107 ",
            "ÉLODIE zhang",
            "e\u{301}lodie Zhang",
        ] {
            assert_eq!(check(own), Err(WeakPassword::SameAsIdentity), "{own}");
        }
        assert_eq!(check("li.xiaoming1"), Ok(()));
    }
}
