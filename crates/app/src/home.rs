//! Where staff begin: the courses and exams of one term.

use gradebook_auth::Actor;
use gradebook_domain::{CourseId, ExamId, TermId};
use gradebook_persistence::query::courses::{self, Term, Which};
use gradebook_persistence::query::structure::{self, ExamClasses};
use gradebook_persistence::query::terms;

use crate::App;
use crate::courses::{CourseSummary, Page};
use crate::error::ReadError;
use crate::which_term::to_enter;

/// The courses and exams of a term that somebody may see.
#[derive(Debug, Clone)]
pub struct HomeView {
    /// The terms to choose from, the newest first.
    pub terms: Vec<Term>,
    /// The one that is shown, if there is any.
    pub term: Option<Term>,
    /// Its courses, in order of id.
    pub courses: Page<CourseSummary>,
    /// Its exams, the newest first.
    pub exams: Page<ExamClasses>,
}

impl App {
    /// The courses and exams of a term, or of the one that is running.
    ///
    /// # Errors
    /// Database failures.
    pub async fn home(
        &self,
        actor: &Actor,
        asked: Option<TermId>,
        (after, before): (CourseId, Option<ExamId>),
        limit: u16,
    ) -> Result<HomeView, ReadError> {
        let terms = terms::visible_to(&self.db, actor).await?;
        let named = terms.iter().find(|term| Some(term.id) == asked);
        let term = named.or_else(|| to_enter(&terms, &self.today())).cloned();
        // Without a term there is nothing: the id that no term has.
        let of = Some(term.as_ref().map_or(TermId(0), |term| term.id));
        let (most, limit_plus) = (usize::from(limit), u64::from(limit) + 1);
        let which = Which::VisibleTo(actor.clone(), of);
        let courses = courses::list(&self.db, &which, after, limit_plus).await?;
        let exams = structure::exams_visible_to(&self.db, actor, of, before, limit_plus).await?;
        Ok(HomeView {
            terms,
            term,
            courses: Page::cut(courses, most, |course| course.id.0),
            exams: Page::cut(exams, most, |one| one.exam.id.0),
        })
    }
}
