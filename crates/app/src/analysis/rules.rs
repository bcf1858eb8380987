//! Setting an exam's lines, the weights of its composite, and what follows a tie.

use gradebook_auth::actions::{ManageSetup, School};
use gradebook_auth::{Actor, Denied, authorize};
use gradebook_domain::{ExamId, Lines, LinesError, Points, SubjectId};
use gradebook_persistence::query::analysis;
use gradebook_persistence::repo::exam_rules::{self, ExamSettings, LinesByPlace};
use gradebook_persistence::{DatabaseFailure, DbError};

use crate::App;

/// The lines of one subject in one grade level, as somebody wants them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineEdit {
    /// The subject.
    pub subject: SubjectId,
    /// The grade level.
    pub grade_level: String,
    /// Full marks.
    pub full: Points,
    /// The excellent line.
    pub excellent: Points,
    /// The good line.
    pub good: Points,
    /// The pass line.
    pub pass: Points,
}

/// A field of [`LineEdit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineField {
    /// The subject.
    Subject,
    /// The grade level.
    GradeLevel,
    /// Full marks.
    Full,
    /// The excellent line.
    Excellent,
    /// The good line.
    Good,
    /// The pass line.
    Pass,
}

/// Why lines cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineRefusal {
    /// The exam has no such subject.
    #[error("this exam has no such subject")]
    UnknownSubject,
    /// No class of this grade level sits the subject in this exam.
    #[error("no class of this grade level sits the subject in this exam")]
    UnknownGradeLevel,
    /// The same subject and grade level is named twice.
    #[error("this subject and grade level is named twice")]
    Twice,
    /// The lines are out of order.
    #[error(transparent)]
    Order(#[from] LinesError),
}

impl LineRefusal {
    /// The field that is to blame.
    #[must_use]
    pub const fn field(self) -> LineField {
        match self {
            Self::UnknownSubject | Self::Twice => LineField::Subject,
            Self::UnknownGradeLevel => LineField::GradeLevel,
            Self::Order(LinesError::Full) => LineField::Full,
            Self::Order(LinesError::Excellent) => LineField::Excellent,
            Self::Order(LinesError::Good) => LineField::Good,
            Self::Order(LinesError::Pass) => LineField::Pass,
        }
    }
}

/// Why lines or settings were not set.
#[derive(Debug, thiserror::Error)]
pub enum SetRulesError {
    /// No such exam.
    #[error("there is no such exam")]
    NotFound,
    /// The actor may not set the school up.
    #[error("not allowed")]
    Forbidden,
    /// Some lines cannot be: their places in the list, and why.
    #[error("not all lines can be used")]
    Lines(Vec<(usize, LineRefusal)>),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl DatabaseFailure for SetRulesError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Denied> for SetRulesError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Hidden => Self::NotFound,
            Denied::Visible => Self::Forbidden,
        }
    }
}

impl App {
    /// Makes these the lines of an exam; subjects and grade levels that are not among them have the
    /// usual ones again.
    ///
    /// # Errors
    /// [`SetRulesError`]; nothing is changed then.
    pub async fn set_exam_lines(
        &self,
        actor: &Actor,
        exam: ExamId,
        edits: &[LineEdit],
    ) -> Result<(), SetRulesError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let places = analysis::places(tx, exam).await?;
                let mut wanted = LinesByPlace::new();
                let mut wrong = Vec::new();
                for (at, edit) in edits.iter().enumerate() {
                    let place = (edit.subject, edit.grade_level.clone());
                    let known = places.contains(&place);
                    let subject_known = places.iter().any(|(subject, _)| *subject == edit.subject);
                    match Lines::new(edit.full, edit.excellent, edit.good, edit.pass) {
                        _ if !subject_known => wrong.push((at, LineRefusal::UnknownSubject)),
                        _ if !known => wrong.push((at, LineRefusal::UnknownGradeLevel)),
                        Err(error) => wrong.push((at, error.into())),
                        Ok(lines) => {
                            if wanted.insert(place, lines).is_some() {
                                wrong.push((at, LineRefusal::Twice));
                            }
                        }
                    }
                }
                // An exam that does not exist has no places; that it does not exist says more.
                if places.is_empty() && !exam_rules::exists(tx, exam).await? {
                    return Err(SetRulesError::NotFound);
                }
                if !wrong.is_empty() {
                    return Err(SetRulesError::Lines(wrong));
                }
                if exam_rules::set_lines(tx, &grant, &stamp, exam, &wanted).await? {
                    Ok(())
                } else {
                    Err(SetRulesError::NotFound)
                }
            })
            .await
    }

    /// Sets the weights of an exam's composite, and what follows a tie.
    ///
    /// # Errors
    /// [`SetRulesError`]; nothing is changed then.
    pub async fn set_exam_settings(
        &self,
        actor: &Actor,
        exam: ExamId,
        wanted: ExamSettings,
    ) -> Result<(), SetRulesError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                if exam_rules::set_settings(tx, &grant, &stamp, exam, wanted).await? {
                    Ok(())
                } else {
                    Err(SetRulesError::NotFound)
                }
            })
            .await
    }
}
