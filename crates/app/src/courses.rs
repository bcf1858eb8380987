//! Lists of courses and exams.

use gradebook_auth::actions::SeeCourse;
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{CourseId, ExamId};
use gradebook_persistence::query::access;
use gradebook_persistence::query::courses::{self, Course, Which};
use gradebook_persistence::query::structure::{self, ExamClasses};

use crate::App;
use crate::error::ReadError;

/// A course as lists show it.
pub type CourseSummary = Course;

/// A part of a list and where the next part starts.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// The id after which the next part starts; `None` at the end.
    pub next: Option<i64>,
}

impl<T> Page<T> {
    /// Cuts a list that was read with one item more than asked for.
    pub(crate) fn cut(mut items: Vec<T>, limit: usize, id: fn(&T) -> i64) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(id) } else { None };
        Self { items, next }
    }
}

impl App {
    /// The courses that the actor may see: all, taught or attended ones, by role.
    ///
    /// # Errors
    /// Database failures.
    pub async fn courses(
        &self,
        actor: &Actor,
        after: CourseId,
        limit: u16,
    ) -> Result<Page<CourseSummary>, ReadError> {
        let which = Which::VisibleTo(actor.clone(), None);
        let items = courses::list(&self.db, &which, after, u64::from(limit) + 1).await?;
        Ok(Page::cut(items, usize::from(limit), |course| course.id.0))
    }

    /// One course.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] for one that the actor may not know of.
    pub async fn course(&self, actor: &Actor, id: CourseId) -> Result<CourseSummary, ReadError> {
        let facts = access::course(&self.db, actor, id)
            .await?
            .ok_or(ReadError::NotFound)?;
        let _may_see = authorize::<SeeCourse>(actor, facts)?;
        courses::one(&self.db, id).await?.ok_or(ReadError::NotFound)
    }

    /// The exams, newest first, with the classes whose sheets the actor may see.
    ///
    /// # Errors
    /// Database failures.
    pub async fn exams(
        &self,
        actor: &Actor,
        before: Option<ExamId>,
        limit: u16,
    ) -> Result<Page<ExamClasses>, ReadError> {
        let limit_plus = u64::from(limit) + 1;
        let items = structure::exams_visible_to(&self.db, actor, None, before, limit_plus).await?;
        Ok(Page::cut(items, usize::from(limit), |one| one.exam.id.0))
    }
}
