//! From which class to which somebody of a roster goes, and when.

use gradebook_domain::UserId;
use gradebook_persistence::query::courses::Class;
use gradebook_persistence::query::roster::Enrolment;

use super::super::outcome::RowChange;
use super::order::day_before;
use super::plan::{Deed, Judge, Refusal, name_of, refusal};
use super::sheet::{ClassKey, Row};

/// Years by which a first day may lie before the first term of the class's school year, and after it: a
/// list may state when a pupil came to the school.
const MOST_YEARS_BEFORE: i32 = 6;
const MOST_YEARS_AFTER: i32 = 2;

impl Judge<'_> {
    /// From which day on somebody who joins a class belongs to it.
    fn first_day(&self, row: &Row, school_year: &str) -> String {
        let today = &self.facts.today;
        row.first_day.clone().unwrap_or_else(|| {
            let begins = self.facts.first_days.get(school_year);
            begins.unwrap_or(today).max(today).clone()
        })
    }

    /// Refuses a first day that can only be a slip of the pen: years away from the school year.
    fn likely(&self, day: &str, school_year: &str) -> Result<(), Refusal> {
        let year = |day: &str| day.get(..4).and_then(|year| year.parse::<i32>().ok());
        let term = self.facts.first_days.get(school_year);
        let begins = term.and_then(|day| year(day));
        // A year for which there is no term yet says when it begins, as 2026-2027 does.
        let begins = begins
            .or_else(|| year(school_year))
            .or_else(|| year(&self.facts.today));
        let Some((typed, begins)) = year(day).zip(begins) else {
            return Ok(());
        };
        let years = begins - MOST_YEARS_BEFORE..=begins + MOST_YEARS_AFTER;
        if years.contains(&typed) {
            return Ok(());
        }
        let detail = format!(
            "this is not near the school year: a first day is in the years {} to {}",
            years.start(),
            years.end()
        );
        let column = &self.roster.titles.first_day;
        Err(refusal(column, day, "first_day_far_away", detail))
    }

    pub(super) fn membership(
        &self,
        row: &Row,
        student: Option<UserId>,
        (key, class): (&ClassKey, Option<&Class>),
        deed: &mut Deed,
    ) -> Result<(), Refusal> {
        let day = self.first_day(row, &key.school_year);
        self.likely(&day, &key.school_year)?;
        let from = day.as_str().max(self.facts.today.as_str());
        let none = Vec::new();
        let all = student.and_then(|id| self.facts.enrolments.get(&id));
        let all = all.unwrap_or(&none);
        let here = |one: &Enrolment| class.is_some_and(|class| class.id == one.class);
        let titles = &self.roster.titles;
        let booked = all
            .iter()
            .filter(|(one, _)| here(one) && holds(one, from))
            .min_by(|(one, _), (other, _)| one.dates.starts_on.cmp(&other.dates.starts_on));
        if let Some((booked, _)) = booked {
            let since = booked.dates.starts_on.as_str();
            // Whoever is to come keeps their first day, unless the file says that it is too late.
            if row.first_day.is_some() && since > from {
                let detail = format!(
                    "belongs to this class from {since} on: put the first day right on the page of the class"
                );
                return Err(refusal(&titles.first_day, &day, "begins_later", detail));
            }
            if let Some(last_day) = &booked.dates.ends_on {
                deed.changes.push(RowChange::StaysUntil {
                    class: key.to_string(),
                    school_year: key.school_year.clone(),
                    last_day: last_day.clone(),
                });
            }
            return Ok(());
        }
        if let Some((there, _)) = all.iter().find(|(one, _)| here(one) && holds(one, &day)) {
            let last = there.dates.ends_on.as_deref().unwrap_or_default();
            let detail = format!("was in this class until {last}: state a first day after it");
            return Err(refusal(&titles.first_day, &day, "already_enrolled", detail));
        }
        let others = all.iter().filter(|(one, of)| {
            let same_year = of.school_year == key.school_year && holds(one, from);
            let earlier = of.school_year < key.school_year && one.dates.ends_on.is_none();
            !self.order.keep_other_classes && !here(one) && (same_year || earlier)
        });
        let others: Vec<&(Enrolment, Class)> = others.collect();
        if let [(entered, of)] = others.as_slice()
            && of.school_year == key.school_year
            && self.never_was(entered, &day)
        {
            deed.changes.push(RowChange::Instead {
                class: key.to_string(),
                instead_of: name_of(of),
                school_year: key.school_year.clone(),
                first_day: day.clone(),
            });
            deed.instead = Some((entered.clone(), day));
            return Ok(());
        }
        self.leave(row, &others, all, &day, deed, key)?;
        deed.changes.push(RowChange::Joins {
            class: key.to_string(),
            school_year: key.school_year.clone(),
            first_day: day.clone(),
        });
        deed.joins = Some(day);
        Ok(())
    }

    /// Ends the memberships of other classes on the day before.
    fn leave(
        &self,
        row: &Row,
        others: &[&(Enrolment, Class)],
        all: &[(Enrolment, Class)],
        day: &str,
        deed: &mut Deed,
        key: &ClassKey,
    ) -> Result<(), Refusal> {
        let titles = &self.roster.titles;
        let same_year = others
            .iter()
            .filter(|(_, of)| of.school_year == key.school_year);
        if same_year.count() > 1 {
            let names: Vec<String> = others.iter().map(|(_, of)| name_of(of)).collect();
            let detail = format!(
                "is in several classes: {}; end all but one, or import with all of them kept",
                names.join(", ")
            );
            let shown = row.number.as_deref().unwrap_or_default();
            return Err(refusal(&titles.number, shown, "in_several_classes", detail));
        }
        for (one, of) in others {
            let since = &one.dates.starts_on;
            let last_day = day_before(day).filter(|last| last >= since);
            let Some(last_day) = last_day else {
                let detail = format!(
                    "is in {} from {since} on: a move begins on a later day",
                    name_of(of)
                );
                return Err(refusal(&titles.first_day, day, "before_enrolment", detail));
            };
            if let Some(term) = self.lost_term(one, all, &last_day) {
                let detail = format!(
                    "has scores in {} in the term that begins on {term}: a move begins after that day",
                    name_of(of)
                );
                return Err(refusal(&titles.first_day, day, "has_scores", detail));
            }
            deed.changes.push(RowChange::Leaves {
                class: name_of(of),
                school_year: of.school_year.clone(),
                last_day: last_day.clone(),
            });
            deed.ends.push((one.clone(), last_day));
        }
        Ok(())
    }

    /// Whether a membership that would have to end before it began was entered by mistake: it begins on
    /// the very day of the new one, or has not begun, nobody has given it a last day, and there are no
    /// scores of it.
    fn never_was(&self, entered: &Enrolment, day: &str) -> bool {
        let since = entered.dates.starts_on.as_str();
        let by_mistake = since == day || (since > day && since > self.facts.today.as_str());
        let scored = self.facts.scored.get(&(entered.class, entered.student.id));
        by_mistake && entered.dates.ends_on.is_none() && scored.is_none()
    }

    /// The first day of a term with scores in the class that the student would not have been there
    /// in.
    fn lost_term(
        &self,
        of: &Enrolment,
        all: &[(Enrolment, Class)],
        last_day: &str,
    ) -> Option<&str> {
        let terms = self.facts.scored.get(&(of.class, of.student.id))?;
        let lost = terms.iter().find(|(first, last)| {
            !all.iter()
                .filter(|(one, _)| one.class == of.class)
                .any(|(one, _)| {
                    let ends_on = match one.id == of.id {
                        true => Some(last_day),
                        false => one.dates.ends_on.as_deref(),
                    };
                    one.dates.starts_on <= *last && ends_on.is_none_or(|day| day >= first.as_str())
                })
        });
        lost.map(|(first, _)| first.as_str())
    }
}

/// Whether an enrolment has not ended before `day`.
fn holds(enrolment: &Enrolment, day: &str) -> bool {
    let last = enrolment.dates.ends_on.as_deref();
    last.is_none_or(|last| last >= day)
}
