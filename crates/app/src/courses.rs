//! Lists of courses and exams.

use gradebook_auth::actions::SeeCourse;
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{CourseId, ExamId};
use gradebook_persistence::query::access;
use gradebook_persistence::query::course_list::{self, CourseFilter};
use gradebook_persistence::query::courses::{self, Course};
use gradebook_persistence::query::exam_list::{self, ExamClasses, ExamFilter};

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

/// How many items a search finds, and at which place a part of the list starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListCount {
    /// All that are found.
    pub all: u64,
    /// Those before the part.
    pub before: u64,
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
    /// The courses that the actor may see, all, taught or attended ones, by role, after `after`, in order
    /// of id.
    ///
    /// # Errors
    /// Database failures.
    pub async fn courses(
        &self,
        actor: &Actor,
        filter: &CourseFilter,
        after: CourseId,
        limit: u16,
    ) -> Result<Page<CourseSummary>, ReadError> {
        let asked = u64::from(limit) + 1;
        let items = course_list::by_id(&self.db, actor, filter, after, asked).await?;
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
        filter: &ExamFilter,
        before: Option<ExamId>,
        limit: u16,
    ) -> Result<Page<ExamClasses>, ReadError> {
        let limit_plus = u64::from(limit) + 1;
        let items = exam_list::visible_to(&self.db, actor, filter, before, limit_plus).await?;
        Ok(Page::cut(items, usize::from(limit), |one| one.exam.id.0))
    }

    /// How many exams the filter lets through, and how many of them are not before `before`.
    ///
    /// # Errors
    /// Database failures.
    pub async fn count_exams(
        &self,
        actor: &Actor,
        filter: &ExamFilter,
        before: Option<ExamId>,
    ) -> Result<ListCount, ReadError> {
        let newer = match before {
            Some(_) => exam_list::count(&self.db, actor, filter, before).await?,
            None => 0,
        };
        Ok(ListCount {
            all: exam_list::count(&self.db, actor, filter, None).await?,
            before: newer,
        })
    }
}
