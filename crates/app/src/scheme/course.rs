//! Changing a course: who teaches it, how it counts and what it shows.

use gradebook_auth::actions::EditAssessments;
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{AbsentPolicy, CourseId, LetterScale, UserId};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::courses::Course;
use gradebook_persistence::query::gradebook::Gradebook;
use gradebook_persistence::query::{access, courses};
use gradebook_persistence::repo::scheme::{self, PolicyFields};
use gradebook_persistence::{DatabaseFailure, DbError, Tx};

use super::consequence::{Consequence, students_affected};
use super::detail::{detail, of_policy};
use super::{EditSchemeError, Editing};
use crate::App;
use crate::courses::CourseSummary;
use crate::error::ReadError;
use crate::setup::SetTeachersError;

/// How a course is to count and what it is to show; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct PolicyChange {
    /// What an absence counts.
    pub absent: Option<AbsentPolicy>,
    /// The letters; `Some(None)` gives none.
    pub letters: Option<Option<LetterScale>>,
    /// Whether students see the class's mean and distribution.
    pub show_class_statistics: Option<bool>,
}

/// What is to change about a course.
#[derive(Debug, Clone, Default)]
pub struct CourseChange {
    /// Everybody who teaches it from now on.
    pub teachers: Option<Vec<UserId>>,
    /// How it counts and what it shows.
    pub policy: Option<PolicyChange>,
    /// Why; needed when students have seen what changes.
    pub reason: Option<String>,
}

/// Why a course was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeCourseError {
    /// It is not given to these teachers.
    #[error(transparent)]
    Teachers(#[from] SetTeachersError),
    /// Its policy stays as it is.
    #[error(transparent)]
    Policy(#[from] EditSchemeError),
    /// It cannot be shown.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl DatabaseFailure for ChangeCourseError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Teachers(error) => error.database_failure(),
            Self::Policy(error) => error.database_failure(),
            Self::Read(error) => error.database_failure(),
            Self::Database(error) => Some(error),
        }
    }
}

impl App {
    /// Changes a course, all of it or nothing: its teachers (admins only), its policy (whoever may
    /// edit its scheme).
    ///
    /// # Errors
    /// [`ChangeCourseError`]; nothing is changed then.
    pub async fn change_course(
        &self,
        actor: &Actor,
        course: CourseId,
        change: &CourseChange,
    ) -> Result<CourseSummary, ChangeCourseError> {
        if change.teachers.is_none() && change.policy.is_none() {
            // Nothing, but of something that is the actor's to change.
            let facts = access::course(&self.db, actor, course)
                .await?
                .ok_or(ReadError::NotFound)?;
            let _may_change =
                authorize::<EditAssessments>(actor, facts).map_err(ReadError::from)?;
            return Ok(self.course(actor, course).await?);
        }
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                // This first: it locks the term before the course.
                if let Some(policy) = &change.policy {
                    let reason = change.reason.as_deref();
                    self.change_policy(tx, actor, course, policy, (stamp, reason))
                        .await?;
                }
                if let Some(teachers) = &change.teachers {
                    self.replace_teachers(tx, actor, course, teachers).await?;
                }
                let changed = courses::one(tx, course).await?;
                changed.ok_or_else(|| ReadError::NotFound.into())
            })
            .await
    }

    async fn change_policy(
        &self,
        tx: &Tx,
        actor: &Actor,
        course: CourseId,
        change: &PolicyChange,
        (stamp, reason): (Stamp<'_>, Option<&str>),
    ) -> Result<(), EditSchemeError> {
        let Editing { grant, book } = self.editing(tx, actor, course).await?;
        let before = policy_of(&book.course);
        let after = PolicyFields {
            absent: change.absent.unwrap_or(before.absent),
            letters: change.letters.clone().unwrap_or(before.letters.clone()),
            show_class_statistics: change
                .show_class_statistics
                .unwrap_or(before.show_class_statistics),
        };
        let consequence = consequence(&book, &before, &after);
        let reason = consequence.allowed(reason)?;
        if after == before {
            return Ok(());
        }
        let stamp = Stamp { reason, ..stamp };
        let name = format!("{} {}", book.course.class.name, book.course.subject.code);
        let detail = detail(&name, Some(of_policy(&before)), Some(of_policy(&after)));
        scheme::change_policy(tx, &grant, &stamp, &after, detail).await?;
        Ok(())
    }
}

/// How a course counts and what it shows.
pub(super) fn policy_of(course: &Course) -> PolicyFields {
    PolicyFields {
        absent: course.absent,
        letters: course.letters.clone(),
        show_class_statistics: course.show_class_statistics,
    }
}

/// Showing the class's figures changes nobody's grades and needs no reason.
fn consequence(book: &Gradebook, before: &PolicyFields, after: &PolicyFields) -> Consequence {
    if (before.absent, &before.letters) == (after.absent, &after.letters) {
        return Consequence::default();
    }
    let mut changed = book.clone();
    changed.course.absent = after.absent;
    changed.course.letters.clone_from(&after.letters);
    let seen = book.assessments.iter();
    Consequence {
        assessments: seen.filter(|one| one.state.visible_to_students()).count(),
        students: students_affected(book, &changed),
    }
}
