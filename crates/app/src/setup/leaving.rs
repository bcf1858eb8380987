//! Leaving a class, and moving to another one: what a student did there stays.

use gradebook_auth::actions::{ManagePeople, School};
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{ClassId, EnrolmentId, UserId};
use gradebook_persistence::Tx;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::roster::{self, Enrolment, Of};
use gradebook_persistence::repo::school::{self, EnrolmentDates};
use gradebook_persistence::repo::{assessments, people};

use super::classes::known;
use super::enrolments::{MOST_TIMES, ends_after, put_right, stays_with_scores, student_locked};
use super::error::{Fault, SetupError};
use super::fields::{day, day_before};
use crate::App;

impl App {
    /// Ends a student's membership of a class with a last day, today unless stated. Whoever left
    /// already is left alone, or with a day that is stated, is given another last day.
    ///
    /// # Errors
    /// [`SetupError::NotFound`] for somebody who never was in the class, …; nothing is changed then.
    pub async fn end_enrolment(
        &self,
        actor: &Actor,
        class: ClassId,
        student: UserId,
        ends_on: Option<&str>,
    ) -> Result<Enrolment, SetupError> {
        self.ending(actor, (class, student), ends_on, false).await
    }

    /// What [`App::end_enrolment`] would answer; nothing is changed.
    ///
    /// # Errors
    /// As [`App::end_enrolment`].
    pub async fn rehearse_end_enrolment(
        &self,
        actor: &Actor,
        class: ClassId,
        student: UserId,
        ends_on: Option<&str>,
    ) -> Result<Enrolment, SetupError> {
        self.ending(actor, (class, student), ends_on, true).await
    }

    async fn ending(
        &self,
        actor: &Actor,
        (class, student): (ClassId, UserId),
        ends_on: Option<&str>,
        rehearsed: bool,
    ) -> Result<Enrolment, SetupError> {
        let grant = authorize::<ManagePeople>(actor, School)?;
        let stated = ends_on.map(day).transpose();
        let stated = stated.map_err(|fault| SetupError::field("ends_on", fault))?;
        let today = self.today();
        let stamp = self.stamp(actor);
        let change = async |tx: &Tx| {
            known(tx, class).await?;
            assessments::lock_class(tx, class).await?;
            people::lock(tx, student).await?;
            let of = Of::StudentIn(class, student);
            let times = roster::enrolments(tx, of, EnrolmentId(0), MOST_TIMES).await?;
            let last = times
                .iter()
                .max_by(|a, b| a.dates.starts_on.cmp(&b.dates.starts_on))
                .ok_or(SetupError::NotFound)?;
            let last_day = match (&stated, &last.dates.ends_on) {
                (Some(stated), _) => stated.clone(),
                (None, Some(_)) => return Ok(last.clone()),
                // Whoever has not begun leaves on the first day.
                (None, None) => today.clone().max(last.dates.starts_on.clone()),
            };
            let dates = EnrolmentDates {
                starts_on: last.dates.starts_on.clone(),
                ends_on: Some(last_day),
            };
            stays_with_scores(tx, last, &dates, &times, "ends_on").await?;
            put_right(tx, &grant, &stamp, last, dates).await
        };
        if rehearsed {
            self.db.rehearse(change).await
        } else {
            self.db.write(change).await
        }
    }

    /// Moves a student from one class to another: the first day there is `on`, today unless stated,
    /// and the last day here the one before. Returns both enrolments.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is changed then.
    pub async fn move_student(
        &self,
        actor: &Actor,
        (from, to): (ClassId, ClassId),
        student: UserId,
        on: Option<&str>,
    ) -> Result<(Enrolment, Enrolment), SetupError> {
        self.moving(actor, (from, to), student, on, false).await
    }

    /// What [`App::move_student`] would answer; nothing is changed.
    ///
    /// # Errors
    /// As [`App::move_student`].
    pub async fn rehearse_move_student(
        &self,
        actor: &Actor,
        (from, to): (ClassId, ClassId),
        student: UserId,
        on: Option<&str>,
    ) -> Result<(Enrolment, Enrolment), SetupError> {
        self.moving(actor, (from, to), student, on, true).await
    }

    async fn moving(
        &self,
        actor: &Actor,
        (from, to): (ClassId, ClassId),
        student: UserId,
        on: Option<&str>,
        rehearsed: bool,
    ) -> Result<(Enrolment, Enrolment), SetupError> {
        let grant = authorize::<ManagePeople>(actor, School)?;
        let on = match on {
            Some(typed) => day(typed).map_err(|fault| SetupError::field("from", fault))?,
            None => self.today(),
        };
        let last_day = day_before(&on).map_err(|fault| SetupError::field("from", fault))?;
        if from == to {
            return Err(SetupError::field("to_class_id", Fault::SameClass));
        }
        let stamp = Stamp {
            batch: Some(self.new_batch()),
            ..self.stamp(actor)
        };
        let change = async |tx: &Tx| {
            known(tx, from).await?;
            let target = known(tx, to).await;
            target.map_err(|_| SetupError::field("to_class_id", Fault::Unknown("class")))?;
            assessments::lock_class(tx, from).await?;
            student_locked(tx, student).await?;
            let all = roster::enrolments(tx, Of::Student(student), EnrolmentId(0), MOST_TIMES);
            let all = all.await?;
            let here: Vec<Enrolment> = all
                .iter()
                .filter(|one| one.class == from)
                .cloned()
                .collect();
            let going = here.iter().find(|one| one.dates.ends_on.is_none());
            let going = going.ok_or_else(|| left_or_never_there(&here))?;
            let there = all
                .iter()
                .find(|one| one.class == to && ends_after(one, &on));
            if let Some(there) = there {
                let fault = Fault::IsThere(there.dates.starts_on.clone());
                return Err(SetupError::field("to_class_id", fault));
            }
            let dates = EnrolmentDates {
                starts_on: going.dates.starts_on.clone(),
                ends_on: Some(last_day.clone()),
            };
            stays_with_scores(tx, going, &dates, &here, "from").await?;
            let left = put_right(tx, &grant, &stamp, going, dates).await?;
            school::enrol(tx, &grant, &stamp, &[(to, student)], &on).await?;
            let of = Of::StudentIn(to, student);
            let joined = roster::enrolments(tx, of, EnrolmentId(0), MOST_TIMES).await?;
            let joined = joined.into_iter().find(|one| one.dates.ends_on.is_none());
            Ok((left, joined.ok_or(SetupError::NotFound)?))
        };
        if rehearsed {
            self.db.rehearse(change).await
        } else {
            self.db.write(change).await
        }
    }
}

/// Why somebody with these enrolments in a class, none of which goes on, cannot move out of it.
fn left_or_never_there(here: &[Enrolment]) -> SetupError {
    let days = here.iter().filter_map(|one| one.dates.ends_on.clone());
    days.max().map_or(SetupError::NotFound, |last| {
        SetupError::field("student_id", Fault::HasLeft(last))
    })
}
