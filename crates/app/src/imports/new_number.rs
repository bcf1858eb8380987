//! Numbers for which there is no account: whether they may be somebody's who has one.

use gradebook_persistence::repo::people::Numbered;

use crate::text::has_invisible;

/// Why a number gets no account.
pub(super) struct NotNew {
    /// As a stable name.
    pub(super) code: &'static str,
    /// What is shown of it.
    pub(super) value: String,
    /// In words.
    pub(super) detail: String,
}

/// Refuses a number that a spreadsheet program, or another width of letters, made another one of. It would become a new pupil beside
/// the one who is meant.
pub(super) fn check(number: &str, near: Option<&Numbered>) -> Result<(), NotNew> {
    if is_calculated(number) {
        return Err(NotNew {
            code: "calculated_number",
            value: number.to_owned(),
            detail: "a spreadsheet program made a calculated number of it; format the column as text, and \
                     enter the number again"
                .to_owned(),
        });
    }
    if has_invisible(number) {
        return Err(NotNew {
            code: "invalid_student_number",
            value: number.to_owned(),
            detail: "it holds a sign that cannot be seen; write it anew".to_owned(),
        });
    }
    match near {
        None => Ok(()),
        Some(Numbered {
            number: of, name, ..
        }) => Err(NotNew {
            code: "nearly_known_number",
            value: format!("{number} ≠ {of} {name}"),
            detail: format!(
                "{of} is the number of {name}, and only zeros at the front, spaces, letter case or width \
                 differ; write it as it is, or give the new pupil another number"
            ),
        }),
    }
}

/// Whether digits stand with decimals or in scientific notation, as no school writes a number:
/// `2026070105.0`, `2.026070105E9`, `2.03E+09`.
fn is_calculated(number: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (number, None),
    };
    let signed = exponent.is_some_and(|text| text.starts_with(['+', '-']));
    let exponent_fits = exponent.is_none_or(|text| digits(text.trim_start_matches(['+', '-'])));
    let decimals = mantissa.split_once('.');
    let mantissa_fits = decimals.map_or(digits(mantissa), |(whole, rest)| {
        digits(whole) && digits(rest)
    });
    mantissa_fits && exponent_fits && (decimals.is_some() || signed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_calculates_is_no_number_of_a_pupil() {
        for number in [
            "2026070105.0",
            "2.026070105E9",
            "2.03E+09",
            "2e+9",
            "70101.5",
        ] {
            assert!(is_calculated(number), "{number}");
        }
        for number in [
            "2026070105",
            "070101",
            "2E105",
            "E9",
            "7.1.2",
            "S-1",
            "1.",
            ".5",
            "王.1",
            "",
        ] {
            assert!(!is_calculated(number), "{number}");
        }
    }
}
