//! Doing what a plan says, in one transaction.

use std::collections::HashSet;

use gradebook_auth::actions::{
    ChangeAssessmentState, EnterScores, ManagePeople, ManageSetup, School,
};
use gradebook_auth::{Actor, Grant, Role, authorize};
use gradebook_domain::{CourseId, ExamId, TermId};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::access;
use gradebook_persistence::repo::people::NewUser;
use gradebook_persistence::repo::school::{NewClass, NewExam, NewSubject};
use gradebook_persistence::repo::scores::ScoreWrite;
use gradebook_persistence::repo::the_school::the_school;
use gradebook_persistence::repo::{assessments, people, school, scores};
use gradebook_persistence::{DbError, Tx};

use super::error::ImportError;
use super::exam_plan::{Plan, USUAL_FULL_MARKS};
use super::found::Found;
use super::order::ImportScores;
use super::sheet::Sheet;
use super::{Phase, Report};
use crate::username::username_key;

/// The category that holds the exams of a course that an import creates.
const CATEGORY: &str = "考试 Exams";
/// Scores between two reports of progress.
const STEP: usize = 1_000;

/// Everything that writing needs.
pub(super) struct Writing<'a> {
    pub(super) tx: &'a Tx,
    pub(super) actor: &'a Actor,
    pub(super) stamp: Stamp<'a>,
    pub(super) order: &'a ImportScores,
    pub(super) sheet: &'a Sheet,
    pub(super) plan: &'a Plan,
    pub(super) found: Found,
    pub(super) report: Report<'a>,
}

/// The ids that matter afterwards.
pub(super) struct Written {
    pub(super) exam: ExamId,
    pub(super) found: Found,
}

/// Somebody else created the same thing meanwhile: the transaction runs again and finds it.
pub(super) fn run_again(error: DbError) -> DbError {
    match error {
        DbError::Duplicate(cause) => DbError::Contention(cause),
        other => other,
    }
}

impl Writing<'_> {
    pub(super) async fn run(mut self) -> Result<Written, ImportError> {
        let (term, starts_on) = self.term().await?;
        self.structure().await?;
        self.students(&starts_on).await?;
        let exam = self.exam(term).await?;
        self.scores().await?;
        self.publish().await?;
        Ok(Written {
            exam,
            found: self.found,
        })
    }

    async fn term(&self) -> Result<(TermId, String), ImportError> {
        if let Some(term) = &self.found.term {
            return Ok((term.id, term.starts_on.clone()));
        }
        let grant = authorize::<ManageSetup>(self.actor, School)?;
        let new = self.order.new_term()?;
        let id = school::create_term(self.tx, &grant, &self.stamp, &new)
            .await
            .map_err(run_again)?;
        Ok((id, new.starts_on))
    }

    /// Subjects and classes: one statement each, for there are few.
    async fn structure(&mut self) -> Result<(), ImportError> {
        let grant = authorize::<ManageSetup>(self.actor, School)?;
        for (nth, place) in (1_i64..).zip(&self.plan.subjects) {
            let Some(title) = self.sheet.subjects.get(*place) else {
                continue;
            };
            let words: Vec<String> = title.split_whitespace().map(str::to_lowercase).collect();
            let new = NewSubject {
                code: words.join("-"),
                name_zh: title.clone(),
                name_en: title.clone(),
                default_max_score: USUAL_FULL_MARKS,
                position: self.found.last_position + nth,
            };
            let id = school::create_subject(self.tx, &grant, &self.stamp, &new)
                .await
                .map_err(run_again)?;
            if let Some(gap) = self.found.subjects.get_mut(*place) {
                *gap = Some((id, USUAL_FULL_MARKS));
            }
        }
        for place in &self.plan.classes {
            let Some((key, _)) = self.sheet.classes.get(*place) else {
                continue;
            };
            let new = NewClass {
                school_year: self.order.school_year.clone(),
                grade_level: key.grade_level.clone(),
                name: key.name.clone(),
            };
            let id = school::create_class(self.tx, &grant, &self.stamp, &new)
                .await
                .map_err(run_again)?;
            if let Some(gap) = self.found.classes.get_mut(*place) {
                *gap = Some(id);
            }
        }
        Ok(())
    }

    async fn students(&mut self, starts_on: &str) -> Result<(), ImportError> {
        let total = self.plan.students.len();
        self.report.progress(Phase::Students, 0, total);
        let grant = authorize::<ManagePeople>(self.actor, School)?;
        let rows = &self.sheet.rows;
        let mut keys = Vec::with_capacity(total);
        let mut new = Vec::with_capacity(total);
        let school = the_school(self.tx).await?;
        for row in self
            .plan
            .students
            .iter()
            .filter_map(|place| rows.get(*place))
        {
            // The plan refused numbers that cannot be usernames.
            let key = username_key(&row.number).unwrap_or_else(|_| row.number.clone());
            keys.push(key.clone());
            new.push(NewUser {
                username: row.number.clone(),
                username_key: key,
                name: row.name.clone().unwrap_or_else(|| row.number.clone()),
                role: Role::Student,
                student_number: Some(row.number.clone()),
                password_hash: None,
                password_change_required: true,
                locale: school.locale_of_accounts().to_owned(),
            });
        }
        let created: std::collections::HashMap<_, _> =
            people::create(self.tx, &grant, &self.stamp, &new)
                .await
                .map_err(run_again)?
                .into_iter()
                .collect();
        for (place, key) in self.plan.students.iter().zip(&keys) {
            if let Some(gap) = self.found.students.get_mut(*place) {
                *gap = created.get(key).copied();
            }
        }
        let members: Vec<_> = self
            .plan
            .enrolments
            .iter()
            .filter_map(|place| {
                let class = (*self.found.classes.get(rows.get(*place)?.class?)?)?;
                Some((class, (*self.found.students.get(*place)?)?))
            })
            .collect();
        school::enrol(self.tx, &grant, &self.stamp, &members, starts_on)
            .await
            .map_err(run_again)?;
        self.report.progress(Phase::Students, total, total);
        Ok(())
    }

    /// The exam with the courses and assessments that it lacks.
    async fn exam(&mut self, term: TermId) -> Result<ExamId, ImportError> {
        let grant = authorize::<ManageSetup>(self.actor, School)?;
        let (found, plan) = (&mut self.found, self.plan);
        let pairs: Vec<_> = plan
            .courses
            .iter()
            .filter_map(|(class, subject)| {
                let (subject, _) = (*found.subjects.get(*subject)?)?;
                Some(((*found.classes.get(*class)?)?, subject))
            })
            .collect();
        let created = school::create_courses(self.tx, &grant, &self.stamp, term, &pairs, CATEGORY)
            .await
            .map_err(run_again)?;
        for (class, subject, course) in created {
            found.courses.insert((class, subject), course);
        }
        let held_on = match (&found.exam, &self.order.held_on) {
            (Some(exam), _) => exam.held_on.clone(),
            (None, day) => day.clone().unwrap_or_default(),
        };
        let exam = NewExam {
            term,
            name: self.order.exam.clone(),
            kind: self.order.kind,
            held_on,
        };
        let id = match &found.exam {
            Some(exam) => exam.id,
            None => school::create_exam(self.tx, &grant, &self.stamp, &exam)
                .await
                .map_err(run_again)?,
        };
        let courses: Vec<_> = plan
            .assessments
            .iter()
            .filter_map(|(class, subject)| {
                let (_, full_marks) = (*found.subjects.get(*subject)?)?;
                Some((found.course(*class, *subject)?, full_marks))
            })
            .collect();
        let added =
            school::add_exam_assessments(self.tx, &grant, &self.stamp, (id, &exam), &courses)
                .await
                .map_err(run_again)?;
        found.assessments.extend(added);
        Ok(id)
    }

    async fn scores(&mut self) -> Result<(), ImportError> {
        let mut cells = Vec::with_capacity(self.plan.scores.len());
        for planned in &self.plan.scores {
            let row = self.sheet.rows.get(planned.row);
            let student = self.found.students.get(planned.row).copied().flatten();
            let cell = row.and_then(|row| {
                let entry = row.entries.get(planned.entry)?;
                let course = self.found.course(row.class?, entry.subject)?;
                let assessment = self.found.assessments.get(&course)?;
                Some((*assessment, student?, course, entry.score, planned))
            });
            // The plan creates every part of a cell that it writes to.
            let Some(cell) = cell else {
                let fault = "an import lost the place of a score".to_owned();
                return Err(DbError::Configuration(fault).into());
            };
            cells.push(cell);
        }
        // The order in which every writer of scores takes its locks.
        cells.sort_by_key(|(assessment, student, ..)| (*assessment, *student));
        let courses: HashSet<CourseId> = cells.iter().map(|(_, _, course, ..)| *course).collect();
        let facts = access::courses(self.tx, self.actor, &courses).await?;
        let grants = facts
            .into_values()
            .map(|course| authorize::<EnterScores>(self.actor, course))
            .collect::<Result<Vec<Grant<EnterScores>>, _>>()?;
        let (mut done, total) = (0, cells.len());
        for chunk in cells.chunks(STEP) {
            self.report.progress(Phase::Scores, done, total);
            let writes = chunk.iter();
            let writes = writes.map(|(assessment, student, course, score, planned)| {
                let before = planned.before.as_deref().cloned();
                ScoreWrite {
                    course: *course,
                    assessment: *assessment,
                    student: *student,
                    score: *score,
                    comment: before.as_ref().and_then(|stored| stored.comment.clone()),
                    corrected: planned.corrected,
                    before,
                }
            });
            scores::put(self.tx, &grants, &self.stamp, writes.collect()).await?;
            done += chunk.len();
        }
        self.report.progress(Phase::Scores, done, total);
        Ok(())
    }

    async fn publish(&self) -> Result<(), ImportError> {
        let found = &self.found;
        let columns: Vec<_> = self
            .plan
            .publish
            .iter()
            .filter_map(|(class, subject)| {
                let course = found.course(*class, *subject)?;
                Some((course, *found.assessments.get(&course)?))
            })
            .collect();
        let courses: HashSet<CourseId> = columns.iter().map(|(course, _)| *course).collect();
        let facts = access::courses(self.tx, self.actor, &courses).await?;
        let grants = facts
            .into_values()
            .map(|access| authorize::<ChangeAssessmentState>(self.actor, access))
            .collect::<Result<Vec<_>, _>>()?;
        assessments::publish_drafts(self.tx, &grants, &self.stamp, &columns).await?;
        self.report
            .progress(Phase::Publishing, columns.len(), columns.len());
        Ok(())
    }
}
