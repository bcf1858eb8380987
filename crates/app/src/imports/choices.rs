//! What the forms of imports offer.

use gradebook_auth::actions::{Import, ImportScope};
use gradebook_auth::{Actor, authorize};
use gradebook_domain::TermId;
use gradebook_persistence::query::courses::Term;
use gradebook_persistence::query::gradebook::Exam;
use gradebook_persistence::query::structure;

use super::ImportError;
use super::header::title_key;
use crate::App;

/// What an exam can be imported into.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportChoices {
    /// The open terms, the latest first.
    pub terms: Vec<Term>,
    /// The one that is running today, or else the last that began, or else the first to come.
    pub current: Option<TermId>,
    /// Their exams, the latest first.
    pub exams: Vec<Exam>,
}

impl ImportChoices {
    /// The exam that a name means which is not quite the same: to create another one beside it would
    /// be a slip of the pen.
    #[must_use]
    pub fn nearly(&self, term: TermId, name: &str) -> Option<&Exam> {
        let key = title_key(name);
        let of_term = self.exams.iter().filter(|exam| exam.term == term);
        let mut near = of_term.filter(|exam| title_key(&exam.name) == key);
        near.find(|exam| exam.name != name.trim())
    }
}

/// The term that is running on a day, or else the last that began, or else the first to come, of
/// terms in order of their first day, the latest first.
fn current<'a>(terms: &'a [Term], today: &str) -> Option<&'a Term> {
    let running = |term: &&Term| term.starts_on.as_str() <= today && *today <= *term.ends_on;
    let begun = |term: &&Term| term.starts_on.as_str() <= today;
    let found = terms.iter().find(running);
    found.or_else(|| terms.iter().find(begun)).or(terms.last())
}

impl App {
    /// What an exam can be imported into.
    ///
    /// # Errors
    /// [`ImportError::Forbidden`] for anybody but an admin.
    pub async fn import_choices(&self, actor: &Actor) -> Result<ImportChoices, ImportError> {
        let _may_import = authorize::<Import>(actor, ImportScope { course: None })?;
        let terms = structure::open_terms(&self.db).await?;
        let ids: Vec<TermId> = terms.iter().map(|term| term.id).collect();
        Ok(ImportChoices {
            exams: structure::exams_of_terms(&self.db, &ids).await?,
            current: current(&terms, &self.today()).map(|term| term.id),
            terms,
        })
    }

    /// The school year that a roster is likely to be of: that of the term which is running, or in
    /// the holidays of the next one; empty where there is no term.
    ///
    /// # Errors
    /// [`ImportError::Forbidden`] for anybody but an admin.
    pub async fn roster_year(&self, actor: &Actor) -> Result<String, ImportError> {
        let _may_import = authorize::<Import>(actor, ImportScope { course: None })?;
        let terms = structure::open_terms(&self.db).await?;
        let today = self.today();
        let running = terms
            .iter()
            .find(|term| term.starts_on <= today && today <= term.ends_on);
        let next = terms.iter().rfind(|term| term.starts_on > today);
        let term = running.or(next).or(terms.first());
        Ok(term
            .map(|term| term.school_year.clone())
            .unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use gradebook_domain::{RankShown, Weight};

    use super::*;

    fn term(id: i64, starts_on: &str, ends_on: &str) -> Term {
        Term {
            id: TermId(id),
            school_year: "2026-2027".to_owned(),
            name: id.to_string(),
            starts_on: starts_on.to_owned(),
            ends_on: ends_on.to_owned(),
            weight: Weight::HUNDRED,
            open: true,
            rank_shown: RankShown::default(),
        }
    }

    #[test]
    fn the_term_of_today_is_offered_first() {
        let terms = [
            term(2, "2027-02-10", "2027-07-10"),
            term(1, "2026-09-01", "2027-01-20"),
        ];
        let of = |day: &str| current(&terms, day).map(|term| term.id.0);
        assert_eq!(of("2026-11-21"), Some(1));
        assert_eq!(of("2027-02-01"), Some(1));
        assert_eq!(of("2027-03-01"), Some(2));
        assert_eq!(of("2027-08-01"), Some(2));
        assert_eq!(of("2026-08-01"), Some(1));
        assert_eq!(current(&[], "2026-08-01"), None);
    }
}
