//! The notation of points and weights: what a person or a JSON document may write.
#![allow(clippy::unwrap_used)]

use gradebook_domain::PointsError::{NotANumber, OutOfRange, TooManyDecimals};
use gradebook_domain::{Points, PointsError, Weight, WeightError};
use proptest::prelude::*;

fn parse(text: &str) -> Result<i64, PointsError> {
    text.parse().map(Points::ten_thousandths)
}

#[test]
fn accepts_json_numbers_and_what_teachers_type() {
    for (text, ten_thousandths) in [
        ("71.5", 715_000),
        ("71.50", 715_000),
        ("71.50000000", 715_000),
        ("0", 0),
        ("-0", 0),
        ("0.0", 0),
        ("-3", -30_000),
        ("+3", 30_000),
        (".5", 5_000),
        ("-.5", -5_000),
        ("85.", 850_000),
        ("007", 70_000),
        ("8.5e1", 850_000),
        ("8.5E+1", 850_000),
        ("850e-1", 850_000),
        ("1e-4", 1),
        ("0.0001", 1),
        ("1e9", 10_000_000_000_000),
        ("1000000000.0000", 10_000_000_000_000),
        ("0e999999999999999999999", 0),
        ("0.000e-99", 0),
        ("0.00000000001e11", 10_000),
        ("  12 \t", 120_000),
        ("\u{3000}７１．５\u{3000}", 715_000),
        ("－３", -30_000),
        ("＋３", 30_000),
        ("71。5", 715_000),
        ("８．５ｅ１", 850_000),
    ] {
        assert_eq!(parse(text), Ok(ten_thousandths), "{text:?}");
    }
}

#[test]
fn refuses_everything_else_with_the_reason() {
    let long_zeros = format!("1.{}", "0".repeat(80));
    let long_word = "x".repeat(80);
    for (text, error) in [
        ("", NotANumber),
        ("  ", NotANumber),
        (".", NotANumber),
        ("-", NotANumber),
        ("+-3", NotANumber),
        ("--3", NotANumber),
        ("3-", NotANumber),
        ("71,5", NotANumber),
        ("1.2.3", NotANumber),
        ("1 2", NotANumber),
        ("1_000", NotANumber),
        ("0x1F", NotANumber),
        ("NaN", NotANumber),
        ("inf", NotANumber),
        ("-Infinity", NotANumber),
        ("e5", NotANumber),
        (".e5", NotANumber),
        ("1e", NotANumber),
        ("1e+", NotANumber),
        ("1e5.0", NotANumber),
        ("1e1e1", NotANumber),
        ("85%", NotANumber),
        ("九十", NotANumber),
        ("٣", NotANumber),
        (&long_word, NotANumber),
        ("0.00001", TooManyDecimals),
        ("71.50001", TooManyDecimals),
        ("1e-9", TooManyDecimals),
        ("1e-99999999999999999999999", TooManyDecimals),
        ("1000000000.0001", OutOfRange),
        ("-1000000001", OutOfRange),
        ("1e10", OutOfRange),
        ("1e999", OutOfRange),
        ("1e99999999999999999999999", OutOfRange),
        ("99999999999999999999999999", OutOfRange),
        (&long_zeros, OutOfRange),
    ] {
        assert_eq!(parse(text), Err(error), "{text:?}");
    }
}

#[test]
fn shows_as_few_decimals_as_needed() {
    for (ten_thousandths, text) in [
        (715_000, "71.5"),
        (1_000_000, "100"),
        (1, "0.0001"),
        (-5_000, "-0.5"),
        (0, "0"),
        (-30_000, "-3"),
        (100_500, "10.05"),
        (i64::MIN, "-922337203685477.5808"),
        (i64::MAX, "922337203685477.5807"),
    ] {
        assert_eq!(
            Points::from_ten_thousandths(ten_thousandths).to_string(),
            text
        );
    }
    assert_eq!(
        format!("{:>6}|", Points::from_whole(-7).unwrap()),
        "    -7|"
    );
}

#[test]
fn arithmetic_refuses_to_overflow() {
    let most = Points::from_ten_thousandths(i64::MAX);
    let least = Points::from_ten_thousandths(i64::MIN);
    let tick = Points::from_ten_thousandths(1);
    assert_eq!(most.checked_add(tick), None);
    assert_eq!(least.checked_sub(tick), None);
    assert_eq!(Points::from_whole(i64::MAX), None);
    assert_eq!(tick.checked_add(tick).unwrap().ten_thousandths(), 2);
    assert_eq!(
        tick.checked_sub(most).unwrap().ten_thousandths(),
        1 - i64::MAX
    );
    assert_eq!(Points::checked_sum(&[]), Some(Points::ZERO));
    assert_eq!(Points::checked_sum(&[most, tick]), None);
    // The order must not decide whether a sum fits.
    assert_eq!(
        Points::checked_sum(&[most, tick, least]),
        Some(Points::ZERO)
    );
}

#[test]
fn a_weight_is_a_non_negative_number() {
    assert_eq!(
        "12.5".parse(),
        Ok(Weight::from_ten_thousandths(125_000).unwrap())
    );
    assert_eq!("0".parse(), Ok(Weight::ZERO));
    assert_eq!("-1".parse::<Weight>(), Err(WeightError::Negative));
    assert_eq!("x".parse::<Weight>(), Err(WeightError::Number(NotANumber)));
    assert_eq!(Weight::from_percent(100), Some(Weight::HUNDRED));
    assert_eq!(Weight::from_percent(-1), None);
    assert_eq!(Weight::from_percent(i64::MAX), None);
    assert_eq!(Weight::from_ten_thousandths(-1), None);
    assert_eq!("33.3".parse::<Weight>().unwrap().to_string(), "33.3");
}

#[test]
fn a_weight_is_read_as_people_write_percentages() {
    let thirty = Weight::from_percent(30).unwrap();
    for typed in [
        "30",
        "30%",
        " 30 % ",
        "30％",
        "３０％",
        "３０",
        "30.0﹪",
        "+30%",
    ] {
        assert_eq!(typed.parse(), Ok(thirty), "{typed:?}");
    }
    assert_eq!("１２．５％".parse::<Weight>().unwrap().to_string(), "12.5");
    for wrong in ["%", "", "30%%", "%30", "30 percent", "3%0"] {
        let refused = wrong.parse::<Weight>();
        assert_eq!(refused, Err(WeightError::Number(NotANumber)), "{wrong:?}");
    }
    assert_eq!("-30%".parse::<Weight>(), Err(WeightError::Negative));
}

#[test]
fn weights_add_up_exactly() {
    let weights = ["33.3333", "33.3333", "33.3334"].map(|text| text.parse::<Weight>().unwrap());
    assert_eq!(Weight::sum(weights), Points::from_whole(100).unwrap());
    assert_eq!(Weight::sum([]), Points::ZERO);
}

/// The number grammar of RFC 8259, without exponents, which `Display` never writes.
fn is_json_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && (whole == "0" || !whole.starts_with('0')) && fraction.is_none_or(digits)
}

const LIMIT: i64 = 10_000_000_000_000;

proptest! {
    #[test]
    fn what_is_shown_reads_back(value in -LIMIT..=LIMIT) {
        let shown = Points::from_ten_thousandths(value).to_string();
        prop_assert_eq!(parse(&shown), Ok(value));
    }

    #[test]
    fn what_is_shown_is_a_json_number(value: i64) {
        let shown = Points::from_ten_thousandths(value).to_string();
        prop_assert!(is_json_number(&shown), "{}", shown);
    }

    #[test]
    fn the_exponent_moves_the_point(
        value in -1_000_000_i64..1_000_000,
        shift in -6_i64..=3,
    ) {
        let text = format!("{value}e{shift}");
        let scaled = i128::from(value) * 10_i128.pow(u32::try_from(shift + 10).unwrap());
        let unit = 10_i128.pow(6);
        let expected = if scaled % unit == 0 {
            Ok(i64::try_from(scaled / unit).unwrap())
        } else {
            Err(TooManyDecimals)
        };
        prop_assert_eq!(parse(&text), expected);
    }

    #[test]
    fn no_text_panics(text in ".{0,80}") {
        let _ = parse(&text);
    }

    #[test]
    fn no_number_like_text_panics(text in "[-+]?[0-9.０-９．]{0,30}([eE][-+]?[0-9]{0,30})?") {
        let _ = parse(&text);
    }
}
