//! What is typed to find something in a list: words, of which a row has to have all.

use std::collections::BTreeSet;

use sea_orm::Condition;
use sea_orm::sea_query::{Expr, ExprTrait, Func, IntoColumnRef, LikeExpr};
use unicode_normalization::UnicodeNormalization;

/// As many words of a search are looked at: more do not fit into the longest search, which has 100 letters.
pub(crate) const MOST_WORDS: usize = 50;

/// Of as many letters beyond ASCII in a part every mixture of small and capital ones is looked for, of more
/// only one case for all, or a capital at the front.
const MOST_MIXED: usize = 4;

/// The form in which texts are compared: compatibility forms and letter case make no difference,
/// and nothing that is no visible character is left but single spaces.
pub(crate) fn folded(text: &str) -> String {
    let lower = text.nfkc().collect::<String>().to_lowercase();
    lower
        .nfkc()
        .collect::<String>()
        .split(|letter: char| letter.is_whitespace() || letter.is_control())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A word of a search: the forms in which a column may hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// In small letters as each of the databases makes them: SQLite's leave all beyond ASCII as it was stored.
    small: BTreeSet<String>,
}

impl Word {
    /// The words that were typed, of which a row has to have all.
    pub(crate) fn all_of(text: &str) -> Vec<Self> {
        text.split(|letter: char| letter.is_whitespace() || letter.is_control())
            .filter(|word| !word.is_empty())
            .take(MOST_WORDS)
            .map(|word| {
                let lower = word.to_lowercase();
                let mut small = capitals_beyond_ascii(&lower);
                small.extend([word.to_ascii_lowercase(), folded(word), lower]);
                Self { small }
            })
            .collect()
    }

    /// Whether one of the columns has the part, whose compatibility forms are stored as they were typed.
    pub(crate) fn in_any<C: IntoColumnRef>(
        &self,
        columns: impl IntoIterator<Item = C>,
    ) -> Condition {
        let mut found = Condition::any();
        for column in columns {
            found = found.add(self.is_in(Expr::col(column)));
        }
        found
    }

    /// Whether an expression has the part; letter case makes no difference on either database.
    pub(crate) fn is_in(&self, expression: Expr) -> Condition {
        let lower = Func::lower(expression);
        self.small.iter().fold(Condition::any(), |found, part| {
            let pattern = LikeExpr::new(containing(part)).escape(ESCAPE);
            found.add(Expr::expr(lower.clone()).like(pattern))
        })
    }
}

/// The ways in which a text in small letters may be stored, with ASCII letters small.
fn capitals_beyond_ascii(lower: &str) -> BTreeSet<String> {
    let capital = |letter: char| {
        let mut upper = letter.to_uppercase();
        let one = upper.next().filter(|_| upper.next().is_none());
        one.filter(|one| !letter.is_ascii() && *one != letter)
    };
    let places: Vec<usize> = lower
        .char_indices()
        .filter(|(_, letter)| capital(*letter).is_some())
        .map(|(at, _)| at)
        .collect();
    let with = |chosen: &dyn Fn(usize) -> bool| -> String {
        let letters = lower.char_indices().map(|(at, letter)| {
            let place = places.iter().position(|place| *place == at);
            let upper = place.filter(|place| chosen(*place)).and(capital(letter));
            upper.unwrap_or(letter)
        });
        letters.collect()
    };
    if places.len() <= MOST_MIXED {
        let mixtures = 0..1_usize << places.len();
        mixtures
            .map(|mixture| with(&|place| mixture >> place & 1 == 1))
            .collect()
    } else {
        [with(&|_| true), with(&|place| place == 0)].into()
    }
}

pub(crate) const ESCAPE: char = '!';

/// The pattern of `LIKE` for a text with `part` in it, whatever signs that has.
pub(crate) fn containing(part: &str) -> String {
    let mut pattern = String::from("%");
    for letter in part.chars() {
        if matches!(letter, '%' | '_' | ESCAPE) {
            pattern.push(ESCAPE);
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_width_and_spaces_make_no_difference() {
        assert_eq!(folded(" Ｌi\u{3000} MING\n"), "li ming");
        assert_eq!(folded("ÉVA"), folded("e\u{301}va"));
    }

    #[test]
    fn letters_beyond_ascii_are_found_small_and_capital() {
        let of = |text: &str| capitals_beyond_ascii(text).into_iter().collect::<Vec<_>>();
        assert_eq!(of("abc 陈"), ["abc 陈"]);
        assert_eq!(of("école"), ["École", "école"]);
        assert_eq!(of("éé"), ["ÉÉ", "Éé", "éÉ", "éé"]);
        assert_eq!(of("школа"), ["ШКОЛА", "Школа"]);
        assert_eq!(of("straße"), ["straße"], "no single capital");
    }

    #[test]
    fn signs_of_patterns_stand_for_themselves() {
        assert_eq!(containing("50%_!"), "%50!%!_!!%");
    }
}
