//! Which new passwords are accepted: length, no copy of one's own name, and
//! none of those that are tried first. No composition rules, any Unicode.

use passwords::analyzer::is_common_password;
use unicode_normalization::UnicodeNormalization;

const SHORTEST: usize = 8;
const LONGEST: usize = 128;
/// A sequence that is longer is no longer among the first that are tried: its length has to be
/// guessed, too.
const LONGEST_SEQUENCE: usize = 32;
/// On every page, so the first word that comes to mind; the list does not have it.
const PRODUCT: &str = "gradebook";

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
    /// On the list of common passwords, or the name of this program.
    #[error("this password is one of the most common ones, which are tried first")]
    Common,
    /// One character repeated, or characters in a row.
    #[error("a password must not be one repeated character or a sequence like abcdefgh")]
    Sequence,
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
    // The list has a few passwords with capitals in them and without a lower-case twin.
    let as_typed: String = password.trim().nfkc().collect();
    if is_common_password(&folded) || is_common_password(&as_typed) || is_product(&folded) {
        return Err(WeakPassword::Common);
    }
    if is_sequence(&folded) {
        return Err(WeakPassword::Sequence);
    }
    Ok(())
}

/// The product's name, with or without digits and signs around it.
fn is_product(folded: &str) -> bool {
    folded.trim_matches(|c: char| !c.is_alphabetic()) == PRODUCT
}

/// `aaaaaaaa`, `abcdefgh`, `87654321`: each character as far from the last as the one before it,
/// and no further than its neighbour.
fn is_sequence(folded: &str) -> bool {
    let characters: Vec<u32> = folded.chars().map(u32::from).collect();
    if characters.len() > LONGEST_SEQUENCE {
        return false;
    }
    let mut steps = characters
        .windows(2)
        .map(|pair| i64::from(pair[1]) - i64::from(pair[0]));
    let Some(first) = steps.next() else {
        return true;
    };
    first.abs() <= 1 && steps.all(|step| step == first)
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
        assert_eq!(check("kestrel8"), Ok(()));
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
    #[test]
    fn common_passwords_are_refused_in_any_case_and_form() {
        for common in [
            "12345678",
            "password",
            "Password",
            "PASSWORD1",
            "PaSsWoRd",
            "123456789ABCDe",
            "ｐａｓｓｗｏｒｄ",
            " password1 ",
            "aaaaaaaa",
            "qwertyuiop",
            "11111111",
            "1qaz2wsx",
            "!QAZ2wsx",
            "woaini1314",
            "5201314520",
            "a123456789",
            "iloveyou",
            "1q2w3e4r5t",
            "p@ssw0rd",
            "gradebook",
            "GradeBook",
            "Gradebook1!",
            "2026gradebook",
        ] {
            assert_eq!(check(common), Err(WeakPassword::Common), "{common}");
        }
        for other in [
            "gradebook-demo",
            "gradebook of class 3",
            "correct horse battery staple",
            "passwords are hard",
            "青山绿水红花白云",
        ] {
            assert_eq!(check(other), Ok(()), "{other}");
        }
    }

    #[test]
    fn repeated_characters_and_sequences_are_refused() {
        for sequence in [
            "密密密密密密密密",
            "%%%%%%%%%%%%%",
            "=================",
            "ghijklmnopq",
            "tsrqponmlk",
            "ＨＩＪＫＬＭＮＯＰＱ",
            "一丁丂七丄丅丆万",
        ] {
            assert_eq!(check(sequence), Err(WeakPassword::Sequence), "{sequence}");
        }
        assert_eq!(check(&"y".repeat(32)), Err(WeakPassword::Sequence));
        for other in [
            "hijklmnoq",
            "acegikmo",
            "密码密码密码密码",
            "yyyyyyyyyyyyyz",
        ] {
            assert_eq!(check(other), Ok(()), "{other}");
        }
    }
}
