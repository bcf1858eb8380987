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
use crate::which_term::{to_enter, to_set_up};

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
            current: to_enter(&terms, &self.today()).map(|term| term.id),
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
        let term = to_set_up(&terms, &self.today());
        Ok(term
            .map(|term| term.school_year.clone())
            .unwrap_or_default())
    }
}
