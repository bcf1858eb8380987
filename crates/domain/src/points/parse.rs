//! The decimal notation of points, read without floats and without allocating by the exponent.

use super::{Points, PointsError};

/// Longest text looked at, in bytes: ten digits, four decimals, a sign and an exponent
/// fit three times over even in full-width characters.
const MAX_BYTES: usize = 64;
/// Decimal places that a value may have.
const PLACES: i64 = 4;
/// Digits before the decimal point of [`Points::LIMIT`].
const WHOLE_DIGITS: i64 = 10;

pub(super) fn ten_thousandths(text: &str) -> Result<i64, PointsError> {
    let text = text.trim();
    if text.len() > MAX_BYTES {
        let numeric = text
            .chars()
            .map(half_width)
            .all(|c| matches!(c, '0'..='9' | '.' | '+' | '-' | 'e' | 'E'));
        return Err(if numeric {
            PointsError::OutOfRange
        } else {
            PointsError::NotANumber
        });
    }
    Notation::read(text)?.ten_thousandths()
}

/// A Chinese input method in full-width mode types these forms of the same characters.
fn half_width(c: char) -> char {
    match c {
        '０'..='９' | '＋' | '－' | '．' | 'ｅ' | 'Ｅ' => u32::from(c)
            .checked_sub(0xFEE0)
            .and_then(char::from_u32)
            .unwrap_or(c),
        '。' => '.',
        other => other,
    }
}

/// A number as written: `digits` × 10^`exponent`, without leading or trailing zeros.
struct Notation {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Notation {
    fn read(text: &str) -> Result<Self, PointsError> {
        let mut rest = text.chars().map(half_width).peekable();
        let negative = rest.peek() == Some(&'-');
        rest.next_if(|c| matches!(c, '+' | '-'));

        let mut digits = Vec::new();
        let mut seen_digit = false;
        let mut seen_point = false;
        let mut exponent = 0_i64;
        let mut stated = None;
        while let Some(c) = rest.next() {
            match c {
                '0'..='9' => {
                    seen_digit = true;
                    exponent -= i64::from(seen_point);
                    let digit = digit(c);
                    if digit != 0 || !digits.is_empty() {
                        digits.push(digit);
                    }
                }
                '.' if !seen_point => seen_point = true,
                'e' | 'E' if seen_digit => {
                    stated = Some(read_exponent(&mut rest)?);
                }
                _ => return Err(PointsError::NotANumber),
            }
        }
        if !seen_digit {
            return Err(PointsError::NotANumber);
        }
        exponent = exponent.saturating_add(stated.unwrap_or(0));
        while digits.last() == Some(&0) {
            digits.pop();
            exponent = exponent.saturating_add(1);
        }
        Ok(Self {
            negative,
            digits,
            exponent,
        })
    }

    fn ten_thousandths(&self) -> Result<i64, PointsError> {
        if self.digits.is_empty() {
            return Ok(0);
        }
        let length = i64::try_from(self.digits.len()).map_err(|_| PointsError::OutOfRange)?;
        if length.saturating_add(self.exponent) > WHOLE_DIGITS {
            return Err(PointsError::OutOfRange);
        }
        if self.exponent < -PLACES {
            return Err(PointsError::TooManyDecimals);
        }
        let zeros = self.exponent + PLACES;
        let magnitude = self
            .digits
            .iter()
            .copied()
            .chain((0..zeros).map(|_| 0))
            .try_fold(0_i64, |value, digit| {
                value.checked_mul(10)?.checked_add(i64::from(digit))
            })
            .filter(|value| *value <= Points::LIMIT.ten_thousandths())
            .ok_or(PointsError::OutOfRange)?;
        Ok(if self.negative { -magnitude } else { magnitude })
    }
}

/// The exponent's value, to the end of the text; saturates, since a zero mantissa makes
/// any exponent legal.
fn read_exponent(
    rest: &mut core::iter::Peekable<impl Iterator<Item = char>>,
) -> Result<i64, PointsError> {
    let negative = rest.peek() == Some(&'-');
    rest.next_if(|c| matches!(c, '+' | '-'));
    let mut value = None;
    for c in rest {
        if !c.is_ascii_digit() {
            return Err(PointsError::NotANumber);
        }
        let so_far: i64 = value.unwrap_or(0);
        value = Some(
            so_far
                .saturating_mul(10)
                .saturating_add(i64::from(digit(c))),
        );
    }
    let value = value.ok_or(PointsError::NotANumber)?;
    Ok(if negative { -value } else { value })
}

fn digit(c: char) -> u8 {
    c.to_digit(10)
        .and_then(|digit| u8::try_from(digit).ok())
        .unwrap_or(0)
}
