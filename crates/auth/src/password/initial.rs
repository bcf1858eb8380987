//! One-time passwords that are read from a slip of paper.

/// Sixteen signs that no font confuses: no 0/O, 1/l/I, 5/S, 2/Z, 8/B, and no
/// vowels, so that no words appear.
const SIGNS: &[u8; 16] = b"cdfhjkmnprtwxy47";

/// Writes 6 random bytes as a one-time password: twelve signs in three groups,
/// like `kcwt-h4mf-ryjd`. Sixteen signs take four bits each, so every password
/// is equally likely (48 bits, behind bcrypt and throttling, until the first
/// sign-in replaces it).
#[must_use]
pub fn initial_password(random: &[u8; 6]) -> String {
    in_groups(random)
}

/// Writes 8 random bytes as a recovery code: sixteen signs in four groups, 64
/// bits, so that a keyed tag of it is enough to store.
#[must_use]
pub fn recovery_code(random: &[u8; 8]) -> String {
    in_groups(random)
}

/// What somebody typed as a recovery code, in the form in which codes are
/// compared: no case, no spaces, no hyphens. `None` if it cannot be one.
#[must_use]
pub fn typed_recovery_code(text: &str) -> Option<String> {
    let code: String = text
        .chars()
        .filter(|sign| !sign.is_whitespace() && *sign != '-')
        .map(|sign| sign.to_ascii_lowercase())
        .collect();
    let known = code.bytes().all(|sign| SIGNS.contains(&sign));
    (known && code.len() == 16).then_some(code)
}

fn in_groups(random: &[u8]) -> String {
    let mut text = String::with_capacity(random.len() * 3);
    for (index, byte) in random.iter().enumerate() {
        if index > 0 && index % 2 == 0 {
            text.push('-');
        }
        for four_bits in [byte >> 4, byte & 0xf] {
            text.push(char::from(SIGNS[usize::from(four_bits)]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::{PersonalWords, check_new};
    use super::*;

    #[test]
    fn reads_well_and_is_accepted_as_a_password() {
        let text = initial_password(&[0x01, 0x23, 0x45, 0x67, 0x89, 0xef]);
        assert_eq!(text, "cdfh-jkmn-pr47");
        assert_eq!(check_new(&text, &PersonalWords::default()), Ok(()));
        assert!(!text.contains(['0', 'O', 'o', '1', 'l', 'I', 'i']));
    }

    #[test]
    fn none_of_them_is_refused() {
        // The ones that look least random; any two groups apart differ from what lists hold.
        for byte in 0..=255 {
            let text = initial_password(&[byte; 6]);
            assert_eq!(
                check_new(&text, &PersonalWords::default()),
                Ok(()),
                "{text}"
            );
        }
    }

    #[test]
    fn a_recovery_code_is_found_however_it_is_typed() {
        let code = recovery_code(&[0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef]);
        assert_eq!(code, "cdfh-jkmn-prtw-xy47");
        let plain = Some("cdfhjkmnprtwxy47".to_owned());
        for typed in [
            code.as_str(),
            "CDFH JKMN PRTW XY47",
            " cdfhjkmnprtwxy47\n",
            "cdfh - jkmn - prtw - xy47",
        ] {
            assert_eq!(typed_recovery_code(typed), plain, "{typed}");
        }
        for wrong in [
            "",
            "cdfh-jkmn-prtw-xy4",
            "cdfh-jkmn-prtw-xy477",
            "adfh-jkmn-prtw-xy47",
        ] {
            assert_eq!(typed_recovery_code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_sign_is_distinct_and_every_byte_too() {
        assert_eq!(SIGNS.iter().collect::<HashSet<_>>().len(), 16);
        let all: HashSet<_> = (0..=255)
            .map(|byte| initial_password(&[byte, 0, 0, 0, 0, 0]))
            .collect();
        assert_eq!(all.len(), 256);
    }
}
