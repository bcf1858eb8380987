//! Reading what was typed: each field alone, all mistakes at once.

use gradebook_domain::{Points, Weight};
use jiff::civil::Date;

use super::error::{Fault, SetupError, Wrong};
use crate::text::has_unprintable;

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(super) struct Fields {
    wrong: Vec<Wrong>,
}

impl Fields {
    pub(super) fn refuse(&mut self, field: &str, fault: Fault) {
        self.wrong.push(Wrong {
            field: field.to_owned(),
            fault,
        });
    }

    fn keep<T>(&mut self, field: &str, read: Result<T, Fault>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(fault) => {
                self.refuse(field, fault);
                None
            }
        }
    }

    /// One line of text, without spaces around it.
    pub(super) fn line(&mut self, field: &str, typed: &str, most: usize) -> String {
        self.keep(field, line(typed, most)).unwrap_or_default()
    }

    /// What was typed, or what is there already; neither is a mistake.
    pub(super) fn line_or(
        &mut self,
        field: &str,
        typed: Option<&str>,
        present: Option<&str>,
        most: usize,
    ) -> String {
        match (typed, present) {
            (Some(typed), _) => self.line(field, typed, most),
            (None, Some(present)) => present.to_owned(),
            (None, None) => self.line(field, "", most),
        }
    }

    /// The same for a day.
    pub(super) fn day_or(
        &mut self,
        field: &str,
        typed: Option<&str>,
        present: Option<&str>,
    ) -> String {
        let typed = typed.or(present).unwrap_or_default();
        self.keep(field, day(typed)).unwrap_or_default()
    }

    /// A weight in percent.
    pub(super) fn weight(&mut self, field: &str, typed: &str) -> Weight {
        let read = typed.trim().parse::<Weight>();
        let read = read.map_err(|_| Fault::NotANumber("0 or more"));
        self.keep(field, read).unwrap_or(Weight::ZERO)
    }

    /// Full marks.
    pub(super) fn full_marks(&mut self, field: &str, typed: &str) -> Points {
        let read = typed.trim().parse::<Points>().ok();
        let read = read.filter(|points| *points > Points::ZERO);
        self.keep(field, read.ok_or(Fault::NotANumber("more than 0")))
            .unwrap_or(Points::ZERO)
    }

    /// Whether there were mistakes: then nothing else is looked at.
    pub(super) fn checked(&mut self) -> Result<(), SetupError> {
        if self.wrong.is_empty() {
            Ok(())
        } else {
            Err(SetupError::Invalid(std::mem::take(&mut self.wrong)))
        }
    }
}

fn line(typed: &str, most: usize) -> Result<String, Fault> {
    let text = typed.trim();
    if text.is_empty() {
        Err(Fault::Empty)
    } else if text.chars().count() > most {
        Err(Fault::TooLong(most))
    } else if has_unprintable(text) {
        Err(Fault::Characters)
    } else {
        Ok(text.to_owned())
    }
}

/// A day as it is stored. What the calendar does not have is none, and neither is a day with a time.
pub(crate) fn day(typed: &str) -> Result<String, Fault> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(Fault::Empty);
    }
    let read = text.parse::<Date>().ok().map(|date| date.to_string());
    read.filter(|day| day == text).ok_or(Fault::NotADate)
}

/// The day before.
pub(super) fn day_before(day: &str) -> Result<String, Fault> {
    let date: Date = day.parse().map_err(|_| Fault::NotADate)?;
    Ok(date.yesterday().map_err(|_| Fault::NotADate)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_in_one_way_only() {
        assert_eq!(day(" 2026-09-01 "), Ok("2026-09-01".to_owned()));
        for typed in [
            "2026-9-1",
            "20260901",
            "2026-02-30",
            "01.09.2026",
            "2026-09-01T08:00",
            "soon",
        ] {
            assert_eq!(day(typed), Err(Fault::NotADate), "{typed}");
        }
        assert_eq!(day(" "), Err(Fault::Empty));
        assert_eq!(day_before("2027-01-01"), Ok("2026-12-31".to_owned()));
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let mut fields = Fields::default();
        fields.line("name", " ", 64);
        fields.line("code", &"x".repeat(65), 64);
        fields.line("title", "a\nb", 64);
        fields.weight("weight", "-1");
        fields.full_marks("max", "0");
        let Err(SetupError::Invalid(wrong)) = fields.checked() else {
            panic!("no mistake was found");
        };
        let names: Vec<&str> = wrong.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(names, ["name", "code", "title", "weight", "max"]);
        assert_eq!(
            wrong[..3].iter().map(|one| &one.fault).collect::<Vec<_>>(),
            [&Fault::Empty, &Fault::TooLong(64), &Fault::Characters]
        );
    }
}
