//! Setting the school up: terms, subjects, classes and who is in them, courses and who teaches them,
//! exams.

mod classes;
mod courses;
mod enrolments;
mod error;
mod exams;
mod fields;
mod leaving;
mod overview;
mod promotion;
mod subjects;
mod terms;
pub(crate) mod the_school;

use std::collections::{BTreeSet, HashMap};

use gradebook_auth::actions::{ManageSetup, School};
use gradebook_auth::{Actor, Denied, Role, authorize};
use gradebook_domain::{CourseId, UserId};
use gradebook_persistence::query::{access, courses as course_query};
use gradebook_persistence::repo::people::{self, User};
use gradebook_persistence::repo::school;
use gradebook_persistence::{DatabaseFailure, DbError, Tx};

use crate::App;
use crate::courses::CourseSummary;

pub use classes::{ClassFields, ClassWithSize};
pub(crate) use classes::{known as known_class, new_class};
pub use courses::{AddedCourses, CourseFilter, NewCourse, NewCourses};
pub(crate) use courses::{FIRST_CATEGORY, by_id as courses_by_id};
pub use enrolments::EnrolledStudent;
pub use error::{Fault, SetupError, Wrong};
pub use exams::{ExamDetail, ExamFields, ExamPart};
pub(crate) use fields::day;
pub use subjects::{SubjectFields, SubjectWithMarks};
pub use terms::TermFields;
pub(crate) use terms::locked_open;
pub use the_school::SchoolFields;

/// A course has at most so many teachers.
const MOST_TEACHERS: usize = 50;

/// Why somebody cannot be given a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotATeacher {
    /// There is no such account.
    #[error("there is no such account")]
    Unknown,
    /// The account is of a student or an admin.
    #[error("this account is no teacher's")]
    OtherRole,
    /// The account is disabled.
    #[error("this account is disabled")]
    Disabled,
}

impl NotATeacher {
    /// The code as the interface names it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown_user",
            Self::OtherRole => "not_a_teacher",
            Self::Disabled => "disabled_user",
        }
    }
}

/// Why a course was not given to its teachers.
#[derive(Debug, thiserror::Error)]
pub enum SetTeachersError {
    /// No such course.
    #[error("there is no such course")]
    NotFound,
    /// The actor may not set the school up.
    #[error("not allowed")]
    Forbidden,
    /// More teachers than a course can have.
    #[error("a course has at most 50 teachers")]
    TooMany,
    /// Some cannot be given a course: their places in the list, and why.
    #[error("not everybody named can be given a course")]
    NotTeachers(Vec<(usize, NotATeacher)>),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl DatabaseFailure for SetTeachersError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Denied> for SetTeachersError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Hidden => Self::NotFound,
            Denied::Visible => Self::Forbidden,
        }
    }
}

impl App {
    /// Gives a course to these teachers, takes it from all others, and returns it.
    ///
    /// # Errors
    /// [`SetTeachersError`]; nothing is changed then.
    pub async fn set_teachers(
        &self,
        actor: &Actor,
        course: CourseId,
        teachers: &[UserId],
    ) -> Result<CourseSummary, SetTeachersError> {
        self.db
            .write(async |tx| {
                self.replace_teachers(tx, actor, course, teachers).await?;
                course_query::one(tx, course)
                    .await?
                    .ok_or(SetTeachersError::NotFound)
            })
            .await
    }

    /// The same within a transaction.
    pub(crate) async fn replace_teachers(
        &self,
        tx: &Tx,
        actor: &Actor,
        course: CourseId,
        teachers: &[UserId],
    ) -> Result<(), SetTeachersError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        if teachers.len() > MOST_TEACHERS {
            return Err(SetTeachersError::TooMany);
        }
        let wanted: BTreeSet<UserId> = teachers.iter().copied().collect();
        let stamp = self.stamp(actor);
        access::course(tx, actor, course)
            .await?
            .ok_or(SetTeachersError::NotFound)?;
        let teaching = course_query::one(tx, course).await?.map(|one| one.teachers);
        let teaching = teaching.unwrap_or_default().into_iter().map(|one| one.id);
        let found = people::by_ids(tx, teachers).await?;
        let wrong = not_teachers(teachers, found, &teaching.collect());
        if !wrong.is_empty() {
            return Err(SetTeachersError::NotTeachers(wrong));
        }
        if !school::set_teachers(tx, &grant, &stamp, course, &wanted).await? {
            return Err(SetTeachersError::NotFound);
        }
        Ok(())
    }
}

/// The places of those who cannot be given a course. A teacher who became an admin may keep it.
fn not_teachers(
    asked: &[UserId],
    found: Vec<User>,
    teaching: &BTreeSet<UserId>,
) -> Vec<(usize, NotATeacher)> {
    let found: HashMap<UserId, User> = found.into_iter().map(|user| (user.id, user)).collect();
    asked
        .iter()
        .enumerate()
        .filter_map(|(place, id)| {
            let why = match found.get(id) {
                None => NotATeacher::Unknown,
                Some(user) if user.role == Role::Admin && user.enabled && teaching.contains(id) => {
                    return None;
                }
                Some(user) if user.role != Role::Teacher => NotATeacher::OtherRole,
                Some(user) if !user.enabled => NotATeacher::Disabled,
                Some(_) => return None,
            };
            Some((place, why))
        })
        .collect()
}
