//! A letter scale: which letter a percentage earns.

use core::fmt;
use core::str::FromStr;

use crate::percentage::Percentage;
use crate::points::Points;

/// Letters with the percentage from which each is given, the highest first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LetterScale(Vec<(String, Points)>);

/// What is wrong with a letter scale; the number is the band's place in what was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LetterScaleError {
    /// No bands at all; a course without letters has no scale.
    #[error("a letter scale has at least one letter")]
    Empty,
    /// More bands than anybody tells apart.
    #[error("a letter scale has at most {MOST} letters")]
    TooMany,
    /// The letter is empty, too long, or has `=`, `;` or an unprintable character in it.
    #[error("a letter has 1 to {LONGEST} characters, without = and ;")]
    Letter(usize),
    /// Two bands have the same letter.
    #[error("each letter is given once")]
    SameLetter(usize),
    /// Not between 0 and 1000 percent.
    #[error("a letter begins between 0 and 1000 percent")]
    From(usize),
    /// Two letters begin at the same percentage.
    #[error("each letter begins at a percentage of its own")]
    SameFrom(usize),
}

impl LetterScaleError {
    /// The band that is wrong, by its place in what was given.
    #[must_use]
    pub const fn place(self) -> Option<usize> {
        match self {
            Self::Empty | Self::TooMany => None,
            Self::Letter(place)
            | Self::SameLetter(place)
            | Self::From(place)
            | Self::SameFrom(place) => Some(place),
        }
    }
}

const MOST: usize = 20;
const LONGEST: usize = 16;
const HIGHEST: Points = Points::from_ten_thousandths(1_000 * Points::SCALE);

/// A text that is no stored letter scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("not a letter scale")]
pub struct UnreadableScale;

impl LetterScale {
    /// A scale of these bands, in any order.
    ///
    /// # Errors
    /// The first fault found.
    pub fn new(bands: Vec<(String, Points)>) -> Result<Self, LetterScaleError> {
        if bands.is_empty() {
            return Err(LetterScaleError::Empty);
        }
        if bands.len() > MOST {
            return Err(LetterScaleError::TooMany);
        }
        let mut scale: Vec<(String, Points)> = Vec::with_capacity(bands.len());
        for (place, (letter, from)) in bands.into_iter().enumerate() {
            let letter = letter.trim();
            let unfit = |one: char| one.is_control() || matches!(one, '=' | ';');
            if letter.is_empty() || letter.chars().count() > LONGEST || letter.contains(unfit) {
                return Err(LetterScaleError::Letter(place));
            }
            if scale.iter().any(|(known, _)| known == letter) {
                return Err(LetterScaleError::SameLetter(place));
            }
            if !(Points::ZERO..=HIGHEST).contains(&from) {
                return Err(LetterScaleError::From(place));
            }
            if scale.iter().any(|(_, known)| *known == from) {
                return Err(LetterScaleError::SameFrom(place));
            }
            scale.push((letter.to_owned(), from));
        }
        scale.sort_by(|(_, a), (_, b)| b.cmp(a));
        Ok(Self(scale))
    }

    /// A to E: from 90, 80, 70, 60 and 0 percent.
    #[must_use]
    pub fn a_to_e() -> Self {
        Self::whole(&[("A", 90), ("B", 80), ("C", 70), ("D", 60), ("E", 0)])
    }

    /// 优 良 及格 不及格: from 85, 75, 60 and 0 percent.
    #[must_use]
    pub fn four_grades() -> Self {
        Self::whole(&[("优", 85), ("良", 75), ("及格", 60), ("不及格", 0)])
    }

    fn whole(bands: &[(&str, i64)]) -> Self {
        let band = |(letter, percent): &(&str, i64)| {
            let from = Points::from_ten_thousandths(percent * Points::SCALE);
            ((*letter).to_owned(), from)
        };
        Self(bands.iter().map(band).collect())
    }

    /// The letter of a percentage, which is compared unrounded; `None` below the lowest band.
    #[must_use]
    pub fn letter(&self, percentage: &Percentage) -> Option<&str> {
        self.0
            .iter()
            .find(|(_, from)| *percentage >= Percentage::from_decimal(*from))
            .map(|(letter, _)| letter.as_str())
    }

    /// The letters with the percentage from which each is given, the highest first.
    #[must_use]
    pub fn bands(&self) -> &[(String, Points)] {
        &self.0
    }
}

/// The stored form: `A=90;B=80`.
impl fmt::Display for LetterScale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (letter, from)) in self.0.iter().enumerate() {
            let between = if place == 0 { "" } else { ";" };
            write!(f, "{between}{letter}={from}")?;
        }
        Ok(())
    }
}

/// Reads the stored form.
impl FromStr for LetterScale {
    type Err = UnreadableScale;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let band = |part: &str| {
            let (letter, from) = part.split_once('=').ok_or(UnreadableScale)?;
            let from = from.parse().map_err(|_| UnreadableScale)?;
            Ok((letter.to_owned(), from))
        };
        let bands = text.split(';').map(band).collect::<Result<_, _>>()?;
        Self::new(bands).map_err(|_| UnreadableScale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(bands: &[(&str, &str)]) -> Result<LetterScale, LetterScaleError> {
        let band =
            |(letter, from): &(&str, &str)| ((*letter).to_owned(), from.parse::<Points>().unwrap());
        LetterScale::new(bands.iter().map(band).collect())
    }

    fn of(value: &str, maximum: &str) -> Percentage {
        Percentage::of(value.parse().unwrap(), maximum.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_letter_is_decided_by_the_unrounded_percentage() {
        let scale = LetterScale::a_to_e();
        // 89.995 is shown as 90.00 and is a B all the same.
        let just_below = of("89.995", "100");
        assert_eq!(just_below.rounded().fixed(), "90.00");
        assert_eq!(scale.letter(&just_below), Some("B"));
        assert_eq!(scale.letter(&of("90", "100")), Some("A"));
        assert_eq!(scale.letter(&of("2", "3")), Some("D"));
        assert_eq!(scale.letter(&of("11", "10")), Some("A"));
        assert_eq!(scale.letter(&of("0", "10")), Some("E"));
    }

    #[test]
    fn below_the_lowest_band_there_is_no_letter() {
        let scale = scale(&[("通过", "60")]).unwrap();
        assert_eq!(scale.letter(&of("59.9999", "100")), None);
        assert_eq!(scale.letter(&of("60", "100")), Some("通过"));
    }

    #[test]
    fn bands_are_sorted_and_come_back_from_their_stored_form() {
        let mixed = scale(&[("C", "0"), (" A ", "92.5"), ("B", "70")]).unwrap();
        assert_eq!(mixed.to_string(), "A=92.5;B=70;C=0");
        for scale in [mixed, LetterScale::a_to_e(), LetterScale::four_grades()] {
            assert_eq!(scale.to_string().parse(), Ok(scale));
        }
        for text in ["", "A", "A=x", "A=90;", "A=90;A=80", "A=-1"] {
            assert_eq!(text.parse::<LetterScale>(), Err(UnreadableScale), "{text}");
        }
    }

    #[test]
    fn a_fault_names_its_band() {
        use LetterScaleError::{Empty, From, Letter, SameFrom, SameLetter, TooMany};
        let long = "A".repeat(17);
        for (bands, expected) in [
            (vec![], Empty),
            (vec![("A", "90"), (" ", "80")], Letter(1)),
            (vec![("A=", "90")], Letter(0)),
            (vec![(long.as_str(), "90")], Letter(0)),
            (vec![("A", "90"), ("A", "80")], SameLetter(1)),
            (vec![("A", "90"), ("B", "-1")], From(1)),
            (vec![("A", "1000.0001")], From(0)),
            (vec![("A", "90"), ("B", "90.0")], SameFrom(1)),
        ] {
            assert_eq!(scale(&bands), Err(expected), "{bands:?}");
        }
        let many = (0..21).map(|n| (n.to_string(), Points::ZERO)).collect();
        assert_eq!(LetterScale::new(many), Err(TooMany));
    }
}
