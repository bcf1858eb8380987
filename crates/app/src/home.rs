//! Where staff begin: the courses and exams of one term.

use gradebook_auth::{Actor, Role};
use gradebook_domain::{CourseId, ExamId, TermId};
use gradebook_persistence::query::courses::{self, Term, Which};
use gradebook_persistence::query::exam_list::{self, ExamClasses, ExamFilter};
use gradebook_persistence::query::terms;
use gradebook_persistence::query::watch::{self, Scope};

use crate::App;
use crate::courses::{CourseSummary, Page};
use crate::error::ReadError;
use crate::watch::{Progress, progress};
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
    /// What a teacher has begun or is due to enter there and students do not see yet, the newest first.
    /// Nothing waits in a closed term: nothing can be entered there.
    pub waiting: Vec<Progress>,
}

/// So much of what waits is shown.
const WAITING: usize = 6;

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
        let of_term = ExamFilter {
            term: of,
            ..ExamFilter::default()
        };
        let exams = exam_list::visible_to(&self.db, actor, &of_term, before, limit_plus).await?;
        let waiting = match (&term, actor.role) {
            (Some(term), Role::Teacher) if term.open => self.waiting(actor, term.id).await?,
            _ => Vec::new(),
        };
        Ok(HomeView {
            terms,
            term,
            courses: Page::cut(courses, most, |course| course.id.0),
            exams: Page::cut(exams, most, |one| one.exam.id.0),
            waiting,
        })
    }

    /// Drafts whose day has come, and whatever students see already but lacks scores.
    async fn waiting(&self, actor: &Actor, term: TermId) -> Result<Vec<Progress>, ReadError> {
        let today = self.today();
        let columns = watch::columns(&self.db, Scope::taught(actor, term)).await?;
        let mut waiting: Vec<Progress> = columns
            .into_iter()
            .map(|column| progress(column, &today))
            .filter(|one| {
                let published = one.assessment.state.visible_to_students();
                one.due && !(published && one.is_complete())
            })
            .collect();
        waiting.sort_by(|a, b| {
            let newest = b.assessment.held_on.cmp(&a.assessment.held_on);
            newest.then(a.assessment.id.cmp(&b.assessment.id))
        });
        waiting.truncate(WAITING);
        Ok(waiting)
    }
}
