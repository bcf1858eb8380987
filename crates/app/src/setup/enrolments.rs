//! Who belongs to a class from when to when. Whoever leaves keeps their scores and their place in the
//! gradebooks of the terms in which they were there: nothing is deleted.

use gradebook_auth::actions::{ManagePeople, ManageSetup, School};
use gradebook_auth::{Actor, Grant, Role, authorize};
use gradebook_domain::{ClassId, EnrolmentId, UserId};
use gradebook_persistence::Tx;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::courses::Class;
use gradebook_persistence::query::roster::{self, Enrolment, Of};
use gradebook_persistence::repo::assessments;
use gradebook_persistence::repo::people::{self, User};
use gradebook_persistence::repo::school::{self, EnrolmentDates};

use super::classes::{MOST_STUDENTS, known};
use super::error::{Fault, SetupError};
use super::fields::day;
use crate::App;
use crate::courses::Page;
use crate::error::ReadError;

/// Enrolments of one student in one class.
pub(super) const MOST_TIMES: u64 = 1_000;

/// What came of enrolling somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolledStudent {
    /// The enrolment.
    pub enrolment: Enrolment,
    /// Whether it is a new one.
    pub new: bool,
}

impl App {
    /// Who belongs or belonged to a class, in order of enrolment; with `on`, who belongs to it on that
    /// day.
    ///
    /// # Errors
    /// [`SetupError::NotFound`], [`SetupError::Forbidden`], [`SetupError::Invalid`] for what is no day.
    pub async fn class_students(
        &self,
        actor: &Actor,
        class: ClassId,
        on: Option<&str>,
        after: EnrolmentId,
        limit: u16,
    ) -> Result<Page<Enrolment>, SetupError> {
        let _may_see = authorize::<ManageSetup>(actor, School)?;
        let on = on.map(day).transpose();
        let on = on.map_err(|fault| SetupError::field("on", fault))?;
        self.class(actor, class).await.map_err(as_setup_error)?;
        let of = match &on {
            Some(day) => Of::ClassOn(class, day),
            None => Of::Class(class),
        };
        let items = roster::enrolments(&self.db, of, after, u64::from(limit) + 1).await?;
        Ok(Page::cut(items, usize::from(limit), |one| one.id.0))
    }

    /// Everybody who belongs or belonged to a class: those who are there by student number, then those
    /// who left.
    ///
    /// # Errors
    /// As [`App::class_students`].
    pub async fn whole_class(
        &self,
        actor: &Actor,
        class: ClassId,
    ) -> Result<Vec<Enrolment>, SetupError> {
        let _may_see = authorize::<ManageSetup>(actor, School)?;
        let of = Of::Class(class);
        let mut all = roster::enrolments(&self.db, of, EnrolmentId(0), MOST_STUDENTS).await?;
        let today = self.today();
        let left = |one: &Enrolment| one.dates.ends_on.as_ref().is_some_and(|day| *day < today);
        all.sort_by(|a, b| {
            let number = |one: &Enrolment| one.student.student_number.clone();
            (left(a), number(a), a.id).cmp(&(left(b), number(b), b.id))
        });
        Ok(all)
    }

    /// The classes that a student belongs or belonged to, with the days; what begins last is first.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn classes_of(
        &self,
        actor: &Actor,
        student: UserId,
    ) -> Result<Vec<(Class, EnrolmentDates)>, ReadError> {
        let _may_see = authorize::<ManageSetup>(actor, School)?;
        let of = Of::Student(student);
        let mut all = roster::enrolments(&self.db, of, EnrolmentId(0), MOST_TIMES).await?;
        all.sort_by(|a, b| (&b.dates.starts_on, b.id).cmp(&(&a.dates.starts_on, a.id)));
        let ids = all.iter().map(|one| one.class).collect();
        let classes = roster::classes_by_id(&self.db, &ids).await?;
        let with_days = all.into_iter().filter_map(|one| {
            let class = classes.get(&one.class)?;
            Some((class.clone(), one.dates))
        });
        Ok(with_days.collect())
    }

    /// The student with this student number.
    ///
    /// # Errors
    /// [`ReadError::NotFound`]; [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn student_with_number(
        &self,
        actor: &Actor,
        number: &str,
    ) -> Result<User, ReadError> {
        let _may_see = authorize::<ManageSetup>(actor, School)?;
        let asked = [number.trim().to_owned()];
        let found = people::students_by_number(&self.db, &asked).await?;
        let id = found.into_iter().next().map(|(_, id)| id);
        let id = id.ok_or(ReadError::NotFound)?;
        let mut users = people::by_ids(&self.db, &[id]).await?;
        users.pop().ok_or(ReadError::NotFound)
    }

    /// Takes a student into a class from a day on, today unless stated. Whoever is there already stays;
    /// a day that is stated then puts their first day right.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is changed then.
    pub async fn enrol(
        &self,
        actor: &Actor,
        class: ClassId,
        student: UserId,
        starts_on: Option<&str>,
    ) -> Result<EnrolledStudent, SetupError> {
        let grant = authorize::<ManagePeople>(actor, School)?;
        let stated = starts_on.map(day).transpose();
        let stated = stated.map_err(|fault| SetupError::field("starts_on", fault))?;
        let today = self.today();
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                known(tx, class).await?;
                if stated.is_some() {
                    assessments::lock_class(tx, class).await?;
                }
                student_locked(tx, student).await?;
                let of = Of::StudentIn(class, student);
                let times = roster::enrolments(tx, of, EnrolmentId(0), MOST_TIMES).await?;
                let going = times.iter().find(|one| one.dates.ends_on.is_none());
                if let Some(going) = going {
                    let enrolment =
                        first_day(tx, &grant, &stamp, (going, &times), stated.as_deref()).await?;
                    return Ok(EnrolledStudent {
                        enrolment,
                        new: false,
                    });
                }
                let starts_on = stated.clone().unwrap_or_else(|| today.clone());
                if let Some(there) = times.iter().find(|one| ends_after(one, &starts_on)) {
                    // Whoever comes back before the last day has never been away.
                    if there.dates.starts_on <= starts_on {
                        let dates = EnrolmentDates {
                            starts_on: there.dates.starts_on.clone(),
                            ends_on: None,
                        };
                        let enrolment = put_right(tx, &grant, &stamp, there, dates).await?;
                        return Ok(EnrolledStudent {
                            enrolment,
                            new: false,
                        });
                    }
                    let fault = Fault::IsThere(there.dates.starts_on.clone());
                    return Err(SetupError::field("starts_on", fault));
                }
                school::enrol(tx, &grant, &stamp, &[(class, student)], &starts_on).await?;
                let all = roster::enrolments(tx, of, EnrolmentId(0), MOST_TIMES).await?;
                let enrolment = all.into_iter().find(|one| one.dates.ends_on.is_none());
                Ok(EnrolledStudent {
                    enrolment: enrolment.ok_or(SetupError::NotFound)?,
                    new: true,
                })
            })
            .await
    }
}

fn as_setup_error(error: ReadError) -> SetupError {
    match error {
        ReadError::NotFound => SetupError::NotFound,
        ReadError::Forbidden => SetupError::Forbidden,
        ReadError::Database(error) => error.into(),
    }
}

pub(super) fn ends_after(enrolment: &Enrolment, day: &str) -> bool {
    let last = enrolment.dates.ends_on.as_deref();
    last.is_none_or(|last| last >= day)
}

/// The account, locked, so that of two who move the same student the second sees what the first did.
pub(super) async fn student_locked(tx: &Tx, student: UserId) -> Result<User, SetupError> {
    let user = people::lock(tx, student)
        .await?
        .ok_or(SetupError::NotFound)?;
    if user.role == Role::Student {
        Ok(user)
    } else {
        Err(SetupError::field("student_id", Fault::NotAStudent))
    }
}

/// The enrolment with the first day that is stated.
async fn first_day(
    tx: &Tx,
    grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    (going, times): (&Enrolment, &[Enrolment]),
    stated: Option<&str>,
) -> Result<Enrolment, SetupError> {
    let Some(starts_on) = stated.filter(|day| *day != going.dates.starts_on) else {
        return Ok(going.clone());
    };
    let earlier = times
        .iter()
        .find(|one| one.id != going.id && ends_after(one, starts_on));
    if let Some(earlier) = earlier {
        let fault = Fault::IsThere(earlier.dates.starts_on.clone());
        return Err(SetupError::field("starts_on", fault));
    }
    let dates = EnrolmentDates {
        starts_on: starts_on.to_owned(),
        ends_on: None,
    };
    stays_with_scores(tx, going, &dates, times, "starts_on").await?;
    put_right(tx, grant, stamp, going, dates).await
}

pub(super) async fn put_right(
    tx: &Tx,
    grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    enrolment: &Enrolment,
    dates: EnrolmentDates,
) -> Result<Enrolment, SetupError> {
    if enrolment.dates != dates {
        school::set_dates(tx, grant, stamp, enrolment, &dates).await?;
    }
    Ok(Enrolment {
        dates,
        ..enrolment.clone()
    })
}

/// A student stays in the gradebooks of every term in which they have scores in the class. The class
/// must have been locked by [`assessments::lock_class`], so that none is entered meanwhile.
pub(super) async fn stays_with_scores(
    tx: &Tx,
    of: &Enrolment,
    dates: &EnrolmentDates,
    times: &[Enrolment],
    field: &str,
) -> Result<(), SetupError> {
    if dates
        .ends_on
        .as_ref()
        .is_some_and(|last| *last < dates.starts_on)
    {
        let fault = Fault::BeforeJoining(dates.starts_on.clone());
        return Err(SetupError::field(field, fault));
    }
    let others = times.iter().filter(|one| one.id != of.id);
    let spans: Vec<&EnrolmentDates> = others.map(|one| &one.dates).chain([dates]).collect();
    let terms = roster::scored_terms(tx, of.class, of.student.id).await?;
    let lost = terms.into_iter().find(|term| {
        !spans
            .iter()
            .any(|span| term.overlaps(&span.starts_on, span.ends_on.as_deref()))
    });
    match lost {
        None => Ok(()),
        Some(term) => {
            let fault = Fault::HasScores {
                term: format!("{} {}", term.school_year, term.name),
                starts_on: term.starts_on,
            };
            Err(SetupError::field(field, fault))
        }
    }
}
