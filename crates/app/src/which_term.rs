//! Which term a page begins with when nobody named one.

use gradebook_domain::TermId;
use gradebook_persistence::query::courses::Term;

use crate::App;

fn has_day(term: &Term, day: &str) -> bool {
    term.starts_on.as_str() <= day && day <= term.ends_on.as_str()
}

/// The term that is running on a day; of several one that is open, of these the latest.
fn running<'a>(terms: &'a [Term], today: &str) -> Option<&'a Term> {
    let of_today = terms.iter().filter(|term| has_day(term, today));
    of_today.max_by(|a, b| (a.open, when(a)).cmp(&(b.open, when(b))))
}

/// The first open term to come.
fn next<'a>(terms: &'a [Term], today: &str) -> Option<&'a Term> {
    let to_come = terms
        .iter()
        .filter(|term| term.open && term.starts_on.as_str() > today);
    to_come.min_by(|a, b| when(a).cmp(&when(b)))
}

fn newest(terms: &[Term]) -> Option<&Term> {
    terms.iter().max_by(|a, b| when(a).cmp(&when(b)))
}

fn when(term: &Term) -> (&str, TermId) {
    (&term.starts_on, term.id)
}

/// The term to set up: the one that is running, in the holidays the next one that is open, else the
/// newest.
pub(crate) fn to_set_up<'a>(terms: &'a [Term], today: &str) -> Option<&'a Term> {
    let found = running(terms, today).or_else(|| next(terms, today));
    found.or_else(|| newest(terms))
}

/// The term to enter scores in: the one that is running, in the holidays the last one that is open
/// still, since its last scores come in then; else as [`to_set_up`].
pub(crate) fn to_enter<'a>(terms: &'a [Term], today: &str) -> Option<&'a Term> {
    let ended = || {
        let ended = terms
            .iter()
            .filter(|term| term.open && term.ends_on.as_str() < today);
        ended.max_by(|a, b| when(a).cmp(&when(b)))
    };
    let found = running(terms, today).or_else(ended);
    found.or_else(|| to_set_up(terms, today))
}

impl App {
    /// The one of these terms with which a page of the set-up begins.
    #[must_use]
    pub fn term_to_set_up(&self, terms: &[Term]) -> Option<TermId> {
        to_set_up(terms, &self.today()).map(|term| term.id)
    }
}

#[cfg(test)]
mod tests {
    use gradebook_domain::{RankShown, Weight};

    use super::*;

    fn term(id: i64, starts_on: &str, ends_on: &str, open: bool) -> Term {
        Term {
            id: TermId(id),
            school_year: "2026-2027".to_owned(),
            name: id.to_string(),
            starts_on: starts_on.to_owned(),
            ends_on: ends_on.to_owned(),
            weight: Weight::HUNDRED,
            open,
            rank_shown: RankShown::default(),
        }
    }

    fn year(open: [bool; 3]) -> [Term; 3] {
        [
            term(2, "2027-02-10", "2027-07-10", open[1]),
            term(1, "2026-09-01", "2027-01-20", open[0]),
            term(3, "2027-09-01", "2028-01-20", open[2]),
        ]
    }

    #[test]
    fn a_page_begins_with_the_term_of_today_whatever_was_added_since() {
        let terms = year([true; 3]);
        for (day, to_prepare, to_finish) in [
            ("2026-08-01", 1, 1),
            ("2026-09-01", 1, 1),
            ("2026-11-21", 1, 1),
            ("2027-01-20", 1, 1),
            ("2027-02-01", 2, 1),
            ("2027-03-01", 2, 2),
            ("2027-08-01", 3, 2),
            ("2028-08-01", 3, 3),
        ] {
            let prepared = to_set_up(&terms, day).map(|term| term.id.0);
            let finished = to_enter(&terms, day).map(|term| term.id.0);
            assert_eq!(
                (prepared, finished),
                (Some(to_prepare), Some(to_finish)),
                "{day}"
            );
        }
        assert_eq!(to_set_up(&[], "2026-08-01"), None);
        assert_eq!(to_enter(&[], "2026-08-01"), None);
    }

    #[test]
    fn a_closed_term_is_begun_with_only_while_it_runs_or_when_there_is_no_other() {
        let of = |open, day: &str| to_set_up(&year(open), day).map(|term| term.id.0);
        assert_eq!(of([false, true, true], "2026-11-21"), Some(1));
        assert_eq!(of([true, false, true], "2027-02-01"), Some(3));
        assert_eq!(of([false; 3], "2027-02-01"), Some(3));
        let finished = |open| to_enter(&year(open), "2027-02-01").map(|term| term.id.0);
        assert_eq!(finished([false, true, true]), Some(2));
        // Two that run at once, of two schools under one roof: one in which work can be done.
        let mut both = year([false, true, true]);
        both[0].starts_on = "2026-09-15".to_owned();
        assert_eq!(
            to_set_up(&both, "2026-11-21").map(|term| term.id.0),
            Some(2)
        );
    }
}
