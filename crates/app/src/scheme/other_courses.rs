//! The courses to which somebody may take what they did in one.

use gradebook_auth::{Actor, Role};
use gradebook_domain::CourseId;
use gradebook_persistence::query::courses::{self, Course, Which};

use crate::App;
use crate::error::ReadError;

/// So many are offered.
const MOST: u64 = 500;

impl App {
    /// The other courses of open terms whose schemes the actor may edit: a teacher's own ones, for an
    /// admin those of the same subject. Those of the same term come first, of these those of the same
    /// subject.
    ///
    /// # Errors
    /// Database failures.
    pub async fn other_courses(
        &self,
        actor: &Actor,
        course: &Course,
    ) -> Result<Vec<Course>, ReadError> {
        let which = match actor.role {
            Role::Admin => Which::Of {
                term: None,
                class: None,
                subject: Some(course.subject.id),
            },
            Role::Teacher => Which::VisibleTo(actor.clone(), None),
            Role::Student => return Ok(Vec::new()),
        };
        let mut found = courses::list(&self.db, &which, CourseId(0), MOST).await?;
        found.retain(|other| other.id != course.id && other.term.open);
        found.sort_by(|a, b| {
            let near = |one: &Course| {
                let term = one.term.id != course.term.id;
                (term, one.subject.id != course.subject.id)
            };
            let place = |one: &Course| (one.subject.position, one.class.id, one.id);
            near(a)
                .cmp(&near(b))
                .then_with(|| b.term.starts_on.cmp(&a.term.starts_on))
                .then_with(|| place(a).cmp(&place(b)))
        });
        Ok(found)
    }
}
