//! In which order people look for classes: the newest school year first, then grade levels and names as
//! they are counted, so that 2 comes before 10 and 二班 before 十班.

use std::cmp::Reverse;

use crate::ClassId;

/// Where a class stands among the others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClassPlace {
    year: Reverse<String>,
    level: Vec<Piece>,
    name: Vec<Piece>,
    id: ClassId,
}

impl ClassPlace {
    /// Of a class with these names.
    #[must_use]
    pub fn new(year: &str, level: &str, name: &str, id: ClassId) -> Self {
        Self {
            year: Reverse(year.trim().to_owned()),
            level: pieces(level),
            name: pieces(name),
            id,
        }
    }
}

/// A part of a name that is compared as a whole; numbers stand before letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    /// How many digits without leading zeros, and these digits, so that no number is too long.
    Number(usize, String),
    Letters(String),
}

/// What counts as what, as far as the letter is a part of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Figure {
    Digit(char),
    Numeral(u8),
}

fn figure(letter: char) -> Option<Figure> {
    let numerals = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];
    match letter {
        '0'..='9' => Some(Figure::Digit(letter)),
        // Full width.
        '０'..='９' => char::from_u32(u32::from(letter) - 0xfee0).map(Figure::Digit),
        _ => {
            let at = numerals.iter().position(|one| *one == letter)?;
            u8::try_from(at + 1).ok().map(Figure::Numeral)
        }
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    let letters: Vec<char> = text.trim().chars().collect();
    let same_kind = |one: &char, other: &char| {
        matches!(
            (figure(*one), figure(*other)),
            (None, None)
                | (Some(Figure::Digit(_)), Some(Figure::Digit(_)))
                | (Some(Figure::Numeral(_)), Some(Figure::Numeral(_)))
        )
    };
    let piece = |run: &[char]| {
        let digits: String = run
            .iter()
            .filter_map(|letter| match figure(*letter) {
                Some(Figure::Digit(digit)) => Some(digit),
                _ => None,
            })
            .collect();
        let numerals: Vec<u8> = run
            .iter()
            .filter_map(|letter| match figure(*letter) {
                Some(Figure::Numeral(value)) => Some(value),
                _ => None,
            })
            .collect();
        let number = if digits.is_empty() {
            counted(&numerals).map(|number| number.to_string())
        } else {
            Some(digits)
        };
        match number {
            Some(number) => {
                let number = number.trim_start_matches('0');
                Piece::Number(number.len(), number.to_owned())
            }
            None => Piece::Letters(
                run.iter()
                    .flat_map(|letter| letter.to_lowercase())
                    .collect(),
            ),
        }
    };
    letters.chunk_by(same_kind).map(piece).collect()
}

/// 三, 十, 十二, 二十, 二十三; nothing for what is no number below a hundred.
fn counted(numerals: &[u8]) -> Option<u8> {
    match *numerals {
        [ones @ 1..=10] => Some(ones),
        [10, ones @ 1..=9] => Some(10 + ones),
        [tens @ 1..=9, 10] => Some(10 * tens),
        [tens @ 1..=9, 10, ones @ 1..=9] => Some(10 * tens + ones),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sorted, and as `year|level|name` again.
    fn sorted(classes: &[(&str, &str, &str)]) -> Vec<String> {
        let mut classes: Vec<_> = (1..)
            .zip(classes)
            .map(|(id, (year, level, name))| {
                let place = ClassPlace::new(year, level, name, ClassId(id));
                (place, format!("{year}|{level}|{name}"))
            })
            .collect();
        classes.sort();
        classes.into_iter().map(|(_, class)| class).collect()
    }

    #[test]
    fn levels_and_names_are_counted_not_spelled() {
        let classes = [
            ("2025-2026", "Grade 7", "Class 1"),
            ("2026-2027", "Grade 10", "Class 1"),
            ("2026-2027", "Grade 8", "Class 10"),
            ("2026-2027", "Grade 8", "Class 2"),
            ("2026-2027", "grade 08", "Class 3"),
            ("2026-2027", "Grade ８", "Class 1"),
            ("2026-2027", "Grade 7", "Class 1"),
        ];
        let expected = [
            "2026-2027|Grade 7|Class 1",
            "2026-2027|Grade ８|Class 1",
            "2026-2027|Grade 8|Class 2",
            "2026-2027|grade 08|Class 3",
            "2026-2027|Grade 8|Class 10",
            "2026-2027|Grade 10|Class 1",
            "2025-2026|Grade 7|Class 1",
        ];
        assert_eq!(sorted(&classes), expected);
    }

    #[test]
    fn chinese_numerals_are_numbers() {
        let levels = [
            "高一",
            "十二年级",
            "九年级",
            "十年级",
            "七年级",
            "二十一年级",
            "二十年级",
            "初二",
            "初一",
        ];
        let classes = levels.map(|level| ("2026-2027", level, "一班"));
        let expected = [
            "七年级",
            "九年级",
            "十年级",
            "十二年级",
            "二十年级",
            "二十一年级",
            "初一",
            "初二",
            "高一",
        ];
        assert_eq!(
            sorted(&classes),
            expected.map(|level| format!("2026-2027|{level}|一班"))
        );
        let names = ["十班", "2班", "一班", "三班"].map(|name| ("y", "七年级", name));
        let expected = ["一班", "2班", "三班", "十班"].map(|name| format!("y|七年级|{name}"));
        assert_eq!(sorted(&names), expected);
    }

    #[test]
    fn what_is_no_number_is_letters_and_equal_names_stand_in_order_of_id() {
        for text in ["一一", "十十", "二十十", ""] {
            assert!(
                !pieces(text)
                    .iter()
                    .any(|piece| matches!(piece, Piece::Number(..))),
                "{text}"
            );
        }
        let long = "9".repeat(60);
        assert_eq!(sorted(&[("y", &long, "b"), ("y", "10", "a")])[0], "y|10|a");
        let first = ClassPlace::new("y", "1", "a", ClassId(1));
        assert!(first < ClassPlace::new("y", "1", "a", ClassId(2)));
        assert_eq!(first, ClassPlace::new(" y ", "01", " A", ClassId(1)));
    }
}
