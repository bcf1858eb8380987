//! The class of the next school year, with the students of this one.

use std::collections::BTreeSet;

use gradebook_auth::actions::{ManagePeople, ManageSetup, School};
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{ClassId, CourseId, EnrolmentId, UserId};
use gradebook_persistence::Tx;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::courses::{self, Class, Which};
use gradebook_persistence::query::roster::{self, Enrolment, Of};
use gradebook_persistence::repo::people;
use gradebook_persistence::repo::school;

use super::classes::{ClassFields, MOST_STUDENTS, class_of, known, new_class};
use super::error::{Fault, SetupError};
use super::fields::{Fields, day_before};
use crate::App;

impl App {
    /// Makes the class of the next school year with the students of this one, who leave this one the
    /// day before. Returns the new class and how many students it has.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is changed then.
    pub async fn promote_class(
        &self,
        actor: &Actor,
        id: ClassId,
        typed: &ClassFields,
        starts_on: &str,
    ) -> Result<(Class, usize), SetupError> {
        self.promoting(actor, id, typed, starts_on, false).await
    }

    /// What [`App::promote_class`] would answer; nothing is changed.
    ///
    /// # Errors
    /// As [`App::promote_class`].
    pub async fn rehearse_promote_class(
        &self,
        actor: &Actor,
        id: ClassId,
        typed: &ClassFields,
        starts_on: &str,
    ) -> Result<(Class, usize), SetupError> {
        self.promoting(actor, id, typed, starts_on, true).await
    }

    async fn promoting(
        &self,
        actor: &Actor,
        id: ClassId,
        typed: &ClassFields,
        starts_on: &str,
        rehearsed: bool,
    ) -> Result<(Class, usize), SetupError> {
        let setup = authorize::<ManageSetup>(actor, School)?;
        let people = authorize::<ManagePeople>(actor, School)?;
        let new = new_class(typed)?;
        let mut fields = Fields::default();
        let starts_on = fields.day_or("starts_on", Some(starts_on), None);
        fields.checked()?;
        let last_day =
            day_before(&starts_on).map_err(|fault| SetupError::field("starts_on", fault))?;
        let stamp = Stamp {
            batch: Some(self.new_batch()),
            ..self.stamp(actor)
        };
        let change = async |tx: &Tx| {
            let before = known(tx, id).await?;
            if before.school_year == new.school_year {
                let fault = Fault::OtherYear {
                    class: before.school_year,
                    term: new.school_year.clone(),
                };
                return Err(SetupError::field("school_year", fault));
            }
            terms_have_begun(tx, id, &last_day).await?;
            let members = || roster::enrolments(tx, Of::Class(id), EnrolmentId(0), MOST_STUDENTS);
            let students: BTreeSet<UserId> =
                members().await?.iter().map(|one| one.student.id).collect();
            people::lock_all(tx, &students).await?;
            // Who came while this waited is not locked, and stays.
            let going: Vec<Enrolment> = members()
                .await?
                .into_iter()
                .filter(|one| students.contains(&one.student.id))
                .filter(|one| one.dates.ends_on.is_none())
                .filter(|one| one.dates.starts_on <= last_day)
                .collect();
            let class = school::create_class(tx, &setup, &stamp, &new).await?;
            school::end_enrolments(tx, &people, &stamp, &going, &last_day).await?;
            let members: Vec<_> = going.iter().map(|one| (class, one.student.id)).collect();
            school::enrol(tx, &people, &stamp, &members, &starts_on).await?;
            Ok((class_of(class, new.clone()), members.len()))
        };
        if rehearsed {
            self.db.rehearse(change).await
        } else {
            self.db.write(change).await
        }
    }
}

/// Whoever leaves before a term of the class begins is not in its gradebooks, so nobody is taken out of
/// one by mistake.
async fn terms_have_begun(tx: &Tx, class: ClassId, last_day: &str) -> Result<(), SetupError> {
    let which = Which::Of {
        term: None,
        class: Some(class),
        subject: None,
    };
    let courses = courses::list(tx, &which, CourseId(0), 1_000).await?;
    let later = courses
        .into_iter()
        .map(|course| course.term)
        .find(|term| term.starts_on.as_str() > last_day);
    match later {
        None => Ok(()),
        Some(term) => Err(SetupError::field(
            "starts_on",
            Fault::TermBegins {
                term: format!("{} {}", term.school_year, term.name),
                starts_on: term.starts_on,
            },
        )),
    }
}
