//! Doing what a plan says, in one transaction.

use std::collections::{HashMap, HashSet};

use gradebook_auth::actions::{EnterScores, ExchangeSchool, ManagePeople, ManageSetup, School};
use gradebook_auth::{Actor, Grant, authorize};
use gradebook_domain::{AssessmentId, AssessmentState, CourseId, TermId};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::access;
use gradebook_persistence::query::whole_school::WholeSchool;
use gradebook_persistence::repo::exchange::{
    self, NewAssessment, NewCategory, NewCourse, NewEnrolment,
};
use gradebook_persistence::repo::people::NewUser;
use gradebook_persistence::repo::scheme::CategoryFields;
use gradebook_persistence::repo::school::{NewClass, NewExam, NewSubject, NewTerm};
use gradebook_persistence::repo::scores::ScoreWrite;
use gradebook_persistence::repo::{people, school, scores};
use gradebook_persistence::{DbError, Tx};

use super::error::OneRosterError;
use super::plan::{Places, Plan};
use super::wanted::{Wanted, WantedCategory, WantedPerson};
use crate::scheme::detail;
use crate::username::username_key;

/// Everything that writing needs.
pub(super) struct Writing<'a> {
    pub(super) tx: &'a Tx,
    pub(super) actor: &'a Actor,
    pub(super) stamp: Stamp<'a>,
    pub(super) exchange: &'a Grant<ExchangeSchool>,
    pub(super) wanted: &'a Wanted,
    pub(super) school: &'a WholeSchool,
    pub(super) plan: &'a Plan,
    pub(super) places: Places,
}

/// Somebody else created the same thing meanwhile: the transaction runs again and finds it.
fn run_again(error: DbError) -> DbError {
    match error {
        DbError::Duplicate(cause) => DbError::Contention(cause),
        other => other,
    }
}

/// Fills the gaps in their order.
fn fill<T>(places: &mut [Option<T>], created: Vec<T>) {
    let gaps = places.iter_mut().filter(|place| place.is_none());
    for (gap, id) in gaps.zip(created) {
        *gap = Some(id);
    }
}

/// What is wanted and not there yet, with its place.
fn missing_at<'a, W, T>(
    wanted: &'a [W],
    places: &'a [Option<T>],
) -> impl Iterator<Item = (usize, &'a W)> {
    let pairs = wanted.iter().zip(places).enumerate();
    pairs
        .filter(|(_, (_, place))| place.is_none())
        .map(|(at, (one, _))| (at, one))
}

/// What is wanted and not there yet.
fn missing<'a, W, T>(wanted: &'a [W], places: &'a [Option<T>]) -> impl Iterator<Item = &'a W> {
    missing_at(wanted, places).map(|(_, one)| one)
}

fn id<T: Copy>(places: &[Option<T>], place: usize) -> Result<T, DbError> {
    places.get(place).copied().flatten().ok_or_else(|| {
        DbError::Configuration("an import lost the place of what it created".to_owned())
    })
}

/// What the change log keeps of a new category.
fn category_detail(one: &WantedCategory) -> String {
    let fields = CategoryFields {
        name: one.name.clone(),
        weight: one.weight,
        aggregation: one.aggregation,
        drop_lowest: one.drop_lowest,
        drop_highest: one.drop_highest,
    };
    detail::detail(&one.name, None, Some(detail::of_category(&fields)))
}

impl Writing<'_> {
    pub(super) async fn run(mut self) -> Result<(), OneRosterError> {
        let setup = authorize::<ManageSetup>(self.actor, School)?;
        let people = authorize::<ManagePeople>(self.actor, School)?;
        let closed = self.terms(&setup).await?;
        self.subjects_and_classes(&setup).await?;
        self.people(&people).await?;
        self.enrolments(&people).await?;
        self.courses(&setup).await?;
        let created = self.assessments(&setup).await?;
        self.scores().await?;
        exchange::states_on_record(self.tx, self.exchange, &self.stamp, &created).await?;
        exchange::close_new_terms(self.tx, &setup, &self.stamp, &closed).await?;
        Ok(())
    }

    /// Terms, subjects, classes and exams: one statement each, for there are few. Returns the terms
    /// that are to be closed once everything is in them.
    async fn terms(
        &mut self,
        setup: &Grant<ManageSetup>,
    ) -> Result<Vec<(TermId, String)>, OneRosterError> {
        let mut created = Vec::new();
        let mut closed = Vec::new();
        for one in missing(&self.wanted.terms, &self.places.terms) {
            let new = NewTerm {
                school_year: one.school_year.clone(),
                name: one.name.clone(),
                starts_on: one.starts_on.clone(),
                ends_on: one.ends_on.clone(),
                weight: one.weight,
            };
            let term = school::create_term(self.tx, setup, &self.stamp, &new)
                .await
                .map_err(run_again)?;
            created.push(term);
            if !one.open {
                closed.push((term, format!("{} {}", one.school_year, one.name)));
            }
        }
        fill(&mut self.places.terms, created);
        Ok(closed)
    }

    async fn subjects_and_classes(
        &mut self,
        setup: &Grant<ManageSetup>,
    ) -> Result<(), OneRosterError> {
        let subjects = self.school.subjects.iter();
        let last = subjects
            .map(|(subject, _)| subject.position)
            .max()
            .unwrap_or(0);
        let mut created = Vec::new();
        for (nth, one) in (1_i64..).zip(missing(&self.wanted.subjects, &self.places.subjects)) {
            let new = NewSubject {
                code: one.code.clone(),
                name_zh: one.name_zh.clone(),
                name_en: one.name_en.clone(),
                default_max_score: one.full_marks,
                position: one.position.unwrap_or(last + nth),
            };
            let subject = school::create_subject(self.tx, setup, &self.stamp, &new).await;
            created.push(subject.map_err(run_again)?);
        }
        fill(&mut self.places.subjects, created);
        let mut created = Vec::new();
        for one in missing(&self.wanted.classes, &self.places.classes) {
            let new = NewClass {
                school_year: one.school_year.clone(),
                grade_level: one.grade_level.clone(),
                name: one.name.clone(),
            };
            let class = school::create_class(self.tx, setup, &self.stamp, &new).await;
            created.push(class.map_err(run_again)?);
        }
        fill(&mut self.places.classes, created);
        Ok(())
    }

    /// Accounts without a password: nobody can sign in to them before an admin gives one.
    async fn people(&mut self, grant: &Grant<ManagePeople>) -> Result<(), OneRosterError> {
        // Nobody becomes an administrator by a file.
        let wanted: Vec<(usize, &WantedPerson)> =
            missing_at(&self.wanted.people, &self.places.people)
                .filter(|(place, _)| !self.plan.left_out.contains(place))
                .collect();
        let new: Vec<NewUser> = wanted
            .iter()
            .map(|(_, one)| NewUser {
                username: one.username.clone(),
                // The plan refused usernames that have no such form.
                username_key: username_key(&one.username).unwrap_or_else(|_| one.username.clone()),
                name: one.name.clone(),
                role: one.role,
                student_number: one.student_number.clone(),
                password_hash: None,
                password_change_required: true,
                locale: one.locale.clone(),
            })
            .collect();
        let created: HashMap<_, _> = people::create(self.tx, grant, &self.stamp, &new)
            .await
            .map_err(run_again)?
            .into_iter()
            .collect();
        let ids: Vec<_> = new
            .iter()
            .filter_map(|one| created.get(&one.username_key).copied())
            .collect();
        if ids.len() != new.len() {
            return Err(DbError::Configuration("new accounts were not found".to_owned()).into());
        }
        let disabled: Vec<_> = wanted
            .iter()
            .zip(&ids)
            .filter(|((_, one), _)| !one.enabled)
            .map(|(_, id)| *id)
            .collect();
        let places: Vec<usize> = wanted.iter().map(|(place, _)| *place).collect();
        for (place, id) in places.into_iter().zip(ids) {
            if let Some(gap) = self.places.people.get_mut(place) {
                *gap = Some(id);
            }
        }
        exchange::disable_new_accounts(self.tx, grant, &self.stamp, &disabled).await?;
        Ok(())
    }

    async fn enrolments(&mut self, grant: &Grant<ManagePeople>) -> Result<(), OneRosterError> {
        let planned = self.plan.enrolments.iter();
        let new = planned
            .filter_map(|place| self.wanted.enrolments.get(*place))
            .map(|one| {
                Ok(NewEnrolment {
                    class: id(&self.places.classes, one.class)?,
                    student: id(&self.places.people, one.person)?,
                    starts_on: one.starts_on.clone(),
                    ends_on: one.ends_on.clone(),
                })
            })
            .collect::<Result<Vec<_>, DbError>>()?;
        exchange::enrol(self.tx, grant, &self.stamp, &new)
            .await
            .map_err(run_again)?;
        Ok(())
    }

    async fn courses(&mut self, setup: &Grant<ManageSetup>) -> Result<(), OneRosterError> {
        let new = missing(&self.wanted.courses, &self.places.courses)
            .map(|one| {
                Ok(NewCourse {
                    class: id(&self.places.classes, one.class)?,
                    subject: id(&self.places.subjects, one.subject)?,
                    term: id(&self.places.terms, one.term)?,
                    absent: one.absent,
                    letters: one.letters.clone(),
                    show_class_statistics: one.show_class_statistics,
                })
            })
            .collect::<Result<Vec<_>, DbError>>()?;
        let created = exchange::create_courses(self.tx, setup, &self.stamp, &new)
            .await
            .map_err(run_again)?;
        fill(&mut self.places.courses, created);
        let planned = self.plan.teachers.iter();
        let teachers = planned
            .filter_map(|place| self.wanted.teachers.get(*place))
            .map(|(course, person)| {
                Ok((
                    id(&self.places.courses, *course)?,
                    id(&self.places.people, *person)?,
                ))
            })
            .collect::<Result<Vec<_>, DbError>>()?;
        school::assign_teachers(self.tx, setup, &self.stamp, &teachers)
            .await
            .map_err(run_again)?;
        Ok(())
    }

    async fn assessments(
        &mut self,
        setup: &Grant<ManageSetup>,
    ) -> Result<Vec<(CourseId, AssessmentId, AssessmentState)>, OneRosterError> {
        let mut created = Vec::new();
        for one in missing(&self.wanted.exams, &self.places.exams) {
            let new = NewExam {
                term: id(&self.places.terms, one.term)?,
                name: one.name.clone(),
                kind: one.kind,
                held_on: one.held_on.clone(),
            };
            let exam = school::create_exam(self.tx, setup, &self.stamp, &new).await;
            created.push(exam.map_err(run_again)?);
        }
        fill(&mut self.places.exams, created);
        let new = missing(&self.wanted.categories, &self.places.categories)
            .map(|one| {
                Ok(NewCategory {
                    course: id(&self.places.courses, one.course)?,
                    name: one.name.clone(),
                    weight: one.weight,
                    aggregation: one.aggregation,
                    drop_lowest: one.drop_lowest,
                    drop_highest: one.drop_highest,
                    position: one.position,
                    detail: category_detail(one),
                })
            })
            .collect::<Result<Vec<_>, DbError>>()?;
        let created = exchange::create_categories(self.tx, self.exchange, &self.stamp, &new)
            .await
            .map_err(run_again)?;
        fill(&mut self.places.categories, created);
        let new = missing(&self.wanted.assessments, &self.places.assessments)
            .map(|one| {
                let exam = one.exam.map(|exam| id(&self.places.exams, exam));
                Ok(NewAssessment {
                    course: id(&self.places.courses, one.course)?,
                    category: id(&self.places.categories, one.category)?,
                    exam: exam.transpose()?,
                    title: one.title.clone(),
                    limits: one.limits,
                    weight: one.weight,
                    held_on: one.held_on.clone(),
                    state: one.state,
                    locked_by_term: one.locked_by_term,
                    position: one.position,
                })
            })
            .collect::<Result<Vec<_>, DbError>>()?;
        let created = exchange::create_assessments(self.tx, self.exchange, &self.stamp, &new)
            .await
            .map_err(run_again)?;
        let states = new.iter().zip(&created);
        let states = states
            .map(|(one, id)| (one.course, *id, one.state))
            .collect();
        fill(&mut self.places.assessments, created);
        Ok(states)
    }

    async fn scores(&mut self) -> Result<(), OneRosterError> {
        let mut writes = Vec::with_capacity(self.plan.scores.len());
        for planned in &self.plan.scores {
            let Some(one) = self.wanted.scores.get(planned.at) else {
                continue;
            };
            let Some(column) = self.wanted.assessments.get(one.assessment) else {
                continue;
            };
            writes.push(ScoreWrite {
                course: id(&self.places.courses, column.course)?,
                before: planned.before.clone(),
                assessment: id(&self.places.assessments, one.assessment)?,
                student: id(&self.places.people, one.person)?,
                score: one.score,
                comment: one.comment.clone(),
                corrected: planned.corrected,
            });
        }
        let courses: HashSet<CourseId> = writes.iter().map(|write| write.course).collect();
        let facts = access::courses(self.tx, self.actor, &courses).await?;
        let grants = facts
            .into_values()
            .map(|course| authorize::<EnterScores>(self.actor, course))
            .collect::<Result<Vec<Grant<EnterScores>>, _>>()?;
        // What is there already was read without a lock: it is locked and compared now.
        let cells = writes
            .iter()
            .filter(|write| write.before.is_some())
            .map(|write| (write.assessment, write.student))
            .collect();
        let stored = scores::lock(self.tx, &cells).await?;
        let is_as_read = |write: &ScoreWrite| {
            write
                .before
                .as_ref()
                .is_none_or(|before| stored.get(&(write.assessment, write.student)) == Some(before))
        };
        if !writes.iter().all(is_as_read) {
            return Err(exchange::changed_meanwhile().into());
        }
        scores::put(self.tx, &grants, &self.stamp, writes).await?;
        Ok(())
    }
}
