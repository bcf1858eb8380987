//! The first school year: what its terms usually are, and what was typed of them.

use gradebook_app::{SetupError, TermFields, Wrong};
use jiff::civil::Date;

use super::super::{Form, Typed, sent};
use crate::i18n::T;
use crate::pages::admin::Field;

/// The fields of one term.
#[derive(Debug, Clone)]
pub(in crate::pages) struct TermFieldset {
    pub(in crate::pages) legend: String,
    pub(in crate::pages) name: Field,
    pub(in crate::pages) starts_on: Field,
    pub(in crate::pages) ends_on: Field,
    pub(in crate::pages) weight: Field,
}

/// Names of the fields of a term: name, first day, last day, weight.
const FIELDS: [[&str; 4]; 2] = [
    ["name-1", "starts-1", "ends-1", "weight-1"],
    ["name-2", "starts-2", "ends-2", "weight-2"],
];

/// The first calendar year of the school year to set up: from June on the coming one.
fn first_year(today: &str) -> i16 {
    let date: Date = today.parse().unwrap_or_default();
    if date.month() >= 6 {
        date.year()
    } else {
        date.year() - 1
    }
}

/// The fields of the year and its two terms.
pub(super) fn fields(t: T, form: &Form, today: &str) -> (Field, Vec<TermFieldset>) {
    let first = first_year(today);
    let second = first + 1;
    let usual = [
        (
            "begin-term-autumn",
            format!("{first}-09-01"),
            format!("{second}-01-25"),
        ),
        (
            "begin-term-spring",
            format!("{second}-02-15"),
            format!("{second}-07-10"),
        ),
    ];
    let year = form.field(
        "school_year",
        t.get("term-year"),
        &format!("{first}-{second}"),
        32,
    );
    let terms = FIELDS.into_iter().zip(usual).enumerate();
    let terms = terms.map(|(place, ([name, starts, ends, weight], usual))| {
        let (usual_name, from, to) = usual;
        let optional = |field: Field| Field {
            required: place == 0,
            ..field
        };
        let name = form.field(name, t.get("term-name"), &t.get(usual_name), 64);
        TermFieldset {
            legend: t.count("begin-term", u32::try_from(place + 1).unwrap_or(1)),
            name: Field {
                hint: (place == 1).then(|| t.get("begin-term-optional")),
                ..optional(name)
            },
            starts_on: optional(form.field(starts, t.get("term-first-day"), &from, 10)),
            ends_on: optional(form.field(ends, t.get("term-last-day"), &to, 10)),
            weight: optional(form.field(weight, t.get("term-weight"), "50", 16)),
        }
    });
    (year, terms.collect())
}

/// The terms that were typed: the second one only if it has a name.
pub(super) fn typed_terms(typed: &Typed) -> Vec<TermFields> {
    let of = |field: &str| Some(sent(typed, field).to_owned());
    let all = FIELDS.into_iter().enumerate();
    all.filter(|(place, [name, ..])| *place == 0 || !sent(typed, name).trim().is_empty())
        .map(|(_, [name, starts, ends, weight])| TermFields {
            school_year: of("school_year"),
            name: of(name),
            starts_on: of(starts),
            ends_on: of(ends),
            weight: of(weight),
            rank_shown: None,
        })
        .collect()
}

/// The mistakes, named as the fields of the form are.
pub(super) fn as_typed(error: SetupError) -> SetupError {
    let SetupError::Invalid(wrong) = error else {
        return error;
    };
    let wrong = wrong.into_iter().map(|one| {
        let (place, of) = one.field.split_once('/').unwrap_or(("0", &one.field));
        let fields = FIELDS[usize::from(place != "0")];
        let field = match of {
            "name" => fields[0],
            "starts_on" => fields[1],
            "ends_on" => fields[2],
            "weight" => fields[3],
            other => other,
        };
        Wrong {
            field: field.to_owned(),
            fault: one.fault,
        }
    });
    SetupError::Invalid(wrong.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_is_prepared_from_june_on() {
        for (today, first) in [
            ("2026-06-01", 2026),
            ("2026-11-22", 2026),
            ("2027-01-01", 2026),
            ("2027-05-31", 2026),
        ] {
            assert_eq!(first_year(today), first, "{today}");
        }
    }
}
