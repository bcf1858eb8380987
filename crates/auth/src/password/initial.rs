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
    let mut text = String::with_capacity(14);
    for (index, byte) in random.iter().enumerate() {
        if index == 2 || index == 4 {
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
    fn every_sign_is_distinct_and_every_byte_too() {
        assert_eq!(SIGNS.iter().collect::<HashSet<_>>().len(), 16);
        let all: HashSet<_> = (0..=255)
            .map(|byte| initial_password(&[byte, 0, 0, 0, 0, 0]))
            .collect();
        assert_eq!(all.len(), 256);
    }
}
