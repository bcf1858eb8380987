//! The change log as people read it: admins all of it, teachers that of their courses, students what
//! was changed of their own scores after they could see them.

mod names;
mod published;

use std::collections::{HashMap, HashSet};

use gradebook_auth::actions::{SeeChangeLog, SeeHistory, SeeOwnGrades, StudentRecord};
use gradebook_auth::{Actor, Grant, Role, authorize};
use gradebook_domain::{AssessmentId, BatchId, ChangeId, CourseId, UserId};
use gradebook_persistence::DbError;
use gradebook_persistence::query::changes::{
    self, ChangeFilter, ChangeGroup, LoggedChange, OwnStep, Scope,
};
use gradebook_persistence::query::courses::{self, Course, Which};
use gradebook_persistence::query::{access, student_grades};

pub use names::name_in;
pub use published::PublishedChange;

use crate::App;
use crate::courses::Page;
use crate::error::ReadError;

/// Batches and single changes with the courses that they are about.
#[derive(Debug, Clone)]
pub struct ChangeLogPage {
    /// The batches and single changes, newest first.
    pub groups: Page<ChangeGroup>,
    /// The courses by id.
    pub courses: HashMap<CourseId, Course>,
}

/// A course with its batches and single changes.
#[derive(Debug, Clone)]
pub struct CourseChanges {
    /// The course.
    pub course: Course,
    /// What happened in it, newest first.
    pub groups: Page<ChangeGroup>,
    /// Scores of the whole batch, in all courses that the reader keeps.
    pub whole: HashMap<BatchId, u64>,
}

/// What somebody may read of the change log.
enum Reader {
    School(Grant<SeeChangeLog>),
    Courses(Vec<Grant<SeeHistory>>),
}

impl Reader {
    fn scope(&self) -> Scope<'_> {
        match self {
            Self::School(grant) => Scope::School(grant),
            Self::Courses(grants) => Scope::Courses(grants),
        }
    }
}

impl App {
    /// Single changes, newest first: of the school to an admin, of their courses to a teacher.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for a student, who has [`App::own_published_changes`].
    pub async fn changes(
        &self,
        actor: &Actor,
        filter: &ChangeFilter,
        before: Option<ChangeId>,
        limit: u16,
    ) -> Result<Page<LoggedChange>, ReadError> {
        let reader = self.reader(actor).await?;
        let asked = u64::from(limit) + 1;
        let items = changes::list(&self.db, reader.scope(), filter, before, asked).await?;
        Ok(Page::cut(items, usize::from(limit), |change| change.id.0))
    }

    /// Batches and single changes, newest first, with the same limits as [`App::changes`].
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for a student.
    pub async fn change_groups(
        &self,
        actor: &Actor,
        filter: &ChangeFilter,
        before: Option<ChangeId>,
        limit: u16,
    ) -> Result<ChangeLogPage, ReadError> {
        let reader = self.reader(actor).await?;
        let asked = u64::from(limit) + 1;
        let items = changes::groups(&self.db, reader.scope(), filter, before, asked).await?;
        let about: HashSet<CourseId> = items.iter().filter_map(|one| one.newest.course).collect();
        let which = Which::Ids(about.into_iter().collect());
        let found = courses::list(&self.db, &which, CourseId(0), u64::from(u16::MAX)).await?;
        Ok(ChangeLogPage {
            groups: Page::cut(items, usize::from(limit), |group| group.newest.id.0),
            courses: found
                .into_iter()
                .map(|course| (course.id, course))
                .collect(),
        })
    }

    /// A course with its batches and single changes, or those of one of its assessments, newest first.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] for a course that the actor does not keep.
    pub async fn course_changes(
        &self,
        actor: &Actor,
        id: CourseId,
        assessment: Option<AssessmentId>,
        before: Option<ChangeId>,
        limit: u16,
    ) -> Result<CourseChanges, ReadError> {
        let facts = access::course(&self.db, actor, id)
            .await?
            .ok_or(ReadError::NotFound)?;
        let grants = [authorize::<SeeHistory>(actor, facts)?];
        let course = courses::one(&self.db, id)
            .await?
            .ok_or(ReadError::NotFound)?;
        let filter = ChangeFilter {
            course: Some(id),
            assessment,
            ..ChangeFilter::default()
        };
        let asked = u64::from(limit) + 1;
        let scope = Scope::Courses(&grants);
        let items = changes::groups(&self.db, scope, &filter, before, asked).await?;
        let groups = Page::cut(items, usize::from(limit), |group| group.newest.id.0);
        let batches: Vec<BatchId> = groups
            .items
            .iter()
            .filter(|group| group.scores > 0)
            .filter_map(|group| group.newest.batch)
            .collect();
        let reader = self.reader(actor).await?;
        let whole = changes::sizes(&self.db, reader.scope(), &batches).await?;
        Ok(CourseChanges {
            course,
            groups,
            whole,
        })
    }

    /// What was changed of a student's own scores since they could see them, newest first, in the
    /// assessments that are published now. Neither what stood there before they were published is
    /// among it, nor who changed it or why.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for staff, who have no grades of their own.
    pub async fn own_published_changes(
        &self,
        actor: &Actor,
    ) -> Result<Vec<PublishedChange>, ReadError> {
        let student = actor.user_id().unwrap_or(UserId(0));
        let grant = authorize::<SeeOwnGrades>(actor, StudentRecord { student })?;
        let grades = student_grades::of_student(&self.db, &grant, None).await?;
        let assessments: HashMap<AssessmentId, (CourseId, String)> = grades
            .assessments
            .into_iter()
            .map(|one| (one.id, (one.course, one.title)))
            .collect();
        let ids = assessments.keys().copied().collect();
        let mut steps: HashMap<AssessmentId, Vec<OwnStep>> = HashMap::new();
        for step in changes::own_steps(&self.db, &grant, &ids).await? {
            steps.entry(step.assessment).or_default().push(step);
        }
        let mut found: Vec<PublishedChange> = assessments
            .into_iter()
            .flat_map(|(id, (course, title))| {
                let steps = steps.remove(&id).unwrap_or_default();
                published::changes(id, course, &title, &steps)
            })
            .collect();
        found.sort_by_key(|change| std::cmp::Reverse(change.id));
        Ok(found)
    }

    async fn reader(&self, actor: &Actor) -> Result<Reader, ReadError> {
        match actor.role {
            Role::Teacher => {
                let teacher = actor.user_id().unwrap_or(UserId(0));
                Ok(Reader::Courses(self.own_histories(actor, teacher).await?))
            }
            Role::Admin | Role::Student => {
                let school = gradebook_auth::actions::School;
                Ok(Reader::School(authorize::<SeeChangeLog>(actor, school)?))
            }
        }
    }

    async fn own_histories(
        &self,
        actor: &Actor,
        teacher: UserId,
    ) -> Result<Vec<Grant<SeeHistory>>, DbError> {
        let ids = access::taught_by(&self.db, teacher).await?;
        let facts = access::courses(&self.db, actor, &ids).await?;
        Ok(facts
            .into_values()
            .filter_map(|course| authorize::<SeeHistory>(actor, course).ok())
            .collect())
    }
}
