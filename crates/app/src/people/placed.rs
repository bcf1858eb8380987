//! Adding somebody with their place in the school: a student with their class, a teacher with their
//! courses, all of it or nothing.

use std::collections::BTreeSet;

use gradebook_auth::actions::{ManagePeople, ManageSetup, School};
use gradebook_auth::{Actor, Role, authorize};
use gradebook_domain::{ClassId, CourseId, UserId};
use gradebook_persistence::Tx;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::repo::people::User;
use gradebook_persistence::repo::{assessments, school};
use gradebook_persistence::{DatabaseFailure, DbError};

use super::{NewPerson, PeopleError, put};
use crate::App;
use crate::setup::{Fault, SetupError, courses_by_id, day, known_class};

/// Where somebody belongs from the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placement {
    /// The class of a student.
    pub class: Option<ClassId>,
    /// The first day in it; today unless stated.
    pub from: Option<String>,
    /// The courses of a teacher, who teaches them beside those who do already.
    pub courses: Vec<CourseId>,
}

/// Why somebody was not added with their place.
#[derive(Debug, thiserror::Error)]
pub enum PersonError {
    /// The account cannot be added.
    #[error(transparent)]
    Person(#[from] PeopleError),
    /// The place is none.
    #[error(transparent)]
    Place(#[from] SetupError),
}

impl DatabaseFailure for PersonError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Person(error) => error.database_failure(),
            Self::Place(error) => error.database_failure(),
        }
    }
}

impl From<DbError> for PersonError {
    fn from(error: DbError) -> Self {
        Self::Person(error.into())
    }
}

impl App {
    /// Adds an account with its place in the school. Returns it and the one-time password, if one was
    /// made.
    ///
    /// # Errors
    /// [`PersonError`]; nothing is added then.
    pub async fn add_person_placed(
        &self,
        actor: &Actor,
        new: NewPerson,
        place: &Placement,
    ) -> Result<(User, Option<String>), PersonError> {
        let grant = authorize::<ManagePeople>(actor, School).map_err(PeopleError::from)?;
        let setup = authorize::<ManageSetup>(actor, School).map_err(PeopleError::from)?;
        let role = new.role;
        if place.class.is_some() && role != Role::Student {
            return Err(SetupError::field("class_id", Fault::NotAStudent).into());
        }
        if !place.courses.is_empty() && role != Role::Teacher {
            let fault = Fault::NotATeacher(crate::setup::NotATeacher::OtherRole);
            return Err(SetupError::field("course_ids", fault).into());
        }
        let from = match place.from.as_deref().map(str::trim) {
            None | Some("") => self.today(),
            Some(typed) => day(typed).map_err(|fault| SetupError::field("from", fault))?,
        };
        let ready = self.ready_person(new).await?;
        let stamp = Stamp {
            batch: Some(self.new_batch()),
            ..self.stamp(actor)
        };
        let user = self
            .db
            .write(async |tx| {
                self.asker_lasts(tx, actor).await?;
                if let Some(class) = place.class {
                    let known = known_class(tx, class).await;
                    known.map_err(|error| no_such("class_id", "class", error))?;
                    assessments::lock_class(tx, class).await?;
                }
                let courses = taught(tx, &place.courses).await?;
                let user = put(tx, &grant, &stamp, &ready).await?;
                if let Some(class) = place.class {
                    school::enrol(tx, &grant, &stamp, &[(class, user.id)], &from).await?;
                }
                let given: Vec<(CourseId, UserId)> = courses
                    .into_iter()
                    .map(|course| (course, user.id))
                    .collect();
                school::assign_teachers(tx, &setup, &stamp, &given).await?;
                Ok::<_, PersonError>(user)
            })
            .await?;
        Ok((user, ready.initial))
    }
}

fn no_such(field: &'static str, what: &'static str, error: SetupError) -> SetupError {
    match error {
        SetupError::NotFound => SetupError::field(field, Fault::Unknown(what)),
        other => other,
    }
}

/// The courses, all of which there are.
async fn taught(tx: &Tx, courses: &[CourseId]) -> Result<BTreeSet<CourseId>, SetupError> {
    let asked: BTreeSet<CourseId> = courses.iter().copied().collect();
    if asked.is_empty() {
        return Ok(asked);
    }
    let found = courses_by_id(tx, &asked).await?;
    if found.len() == asked.len() {
        Ok(asked)
    } else {
        Err(SetupError::field("course_ids", Fault::Unknown("course")))
    }
}
