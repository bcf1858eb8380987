//! One column of a gradebook, for whoever enters it without the grid.

use std::collections::HashSet;

use gradebook_auth::actions::{EnterScores, SeeGradebook};
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{AssessmentId, AssessmentState, Score, UserId};
use gradebook_persistence::query::column;
use gradebook_persistence::query::courses::Course;
use gradebook_persistence::query::gradebook::{Assessment, Student};
use gradebook_persistence::repo::scores::StoredScore;

use crate::App;
use crate::error::ReadError;

/// One assessment with the students of its class.
#[derive(Debug, Clone)]
pub struct EntryView {
    /// The course.
    pub course: Course,
    /// The assessment.
    pub assessment: Assessment,
    /// Whether the actor may enter scores now.
    pub editable: bool,
    /// Who is in the class, in the order of the gradebook.
    pub students: Vec<Student>,
    /// Those of them who were not in the class on its day: without a score it is none of theirs.
    pub elsewhere: HashSet<UserId>,
    /// The written cells, also those of students who are not in the class any more.
    pub scores: Vec<StoredScore>,
}

impl App {
    /// One column with the students of its class.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] for an assessment of a course that the actor does not keep.
    pub async fn entry(&self, actor: &Actor, id: AssessmentId) -> Result<EntryView, ReadError> {
        let (assessment, facts) = self
            .assessment_with_facts(&self.db, actor, id)
            .await?
            .ok_or(ReadError::NotFound)?;
        let may_enter = facts.term_open && authorize::<EnterScores>(actor, facts).is_ok();
        let grant = authorize::<SeeGradebook>(actor, facts)?;
        let column = column::column(&self.db, &grant, &assessment)
            .await?
            .ok_or(ReadError::NotFound)?;
        let elsewhere = column.students.iter().map(|student| student.id);
        let elsewhere = elsewhere.filter(|student| {
            let (course, day) = (&column.course, assessment.held_on.as_str());
            !column.days.owes(course, *student, day, Score::Blank)
        });
        Ok(EntryView {
            elsewhere: elsewhere.collect(),
            course: column.course,
            editable: may_enter && assessment.state != AssessmentState::Locked,
            assessment,
            students: column.students,
            scores: column.scores,
        })
    }
}
