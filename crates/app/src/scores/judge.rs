//! What becomes of one cell: pure rules over facts that were read before.

use std::collections::HashMap;

use gradebook_auth::actions::EnterScores;
use gradebook_auth::{Actor, Grant};
use gradebook_domain::{
    AssessmentState, CourseId, Points, PointsError, Score, ScoreError, ScoreRefusal,
};
use gradebook_persistence::query::gradebook::Assessment;
use gradebook_persistence::repo::scores::{ScoreWrite, StoredScore};

use super::{Facts, ScoreEdit};
use crate::text::lines_have_unprintable;

/// Why a cell cannot be as asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalCode {
    /// Above the maximum and the extra credit that the assessment allows.
    AboveMaximum,
    /// Below zero.
    Negative,
    /// More than four decimals.
    TooManyDecimals,
    /// No number where one is needed.
    NotANumber,
    /// A value with a status that has none.
    ValueWithoutStatus,
    /// No such status.
    UnknownStatus,
    /// The student is not in the course's class.
    NotEnrolled,
    /// No such assessment, or not one that the author may know of.
    UnknownAssessment,
    /// The assessment is locked.
    Locked,
    /// The term is closed.
    TermClosed,
    /// The score is published: a change needs a reason.
    ReasonRequired,
    /// The same cell twice in one request.
    DuplicateCell,
    /// A remark of more than 1,000 characters.
    CommentTooLong,
    /// A remark with control characters.
    InvalidCharacter,
}

impl RefusalCode {
    /// The code as the JSON interface names it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AboveMaximum => "above_maximum",
            Self::Negative => "negative",
            Self::TooManyDecimals => "too_many_decimals",
            Self::NotANumber => "not_a_number",
            Self::ValueWithoutStatus => "value_without_status",
            Self::UnknownStatus => "unknown_status",
            Self::NotEnrolled => "not_enrolled",
            Self::UnknownAssessment => "unknown_assessment",
            Self::Locked => "locked",
            Self::TermClosed => "term_closed",
            Self::ReasonRequired => "reason_required",
            Self::DuplicateCell => "duplicate_cell",
            Self::CommentTooLong => "comment_too_long",
            Self::InvalidCharacter => "invalid_character",
        }
    }
}

/// A refused cell: the code, and the bound that it broke where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellRefusal {
    /// Why.
    pub code: RefusalCode,
    /// The highest value that would be accepted, for [`RefusalCode::AboveMaximum`].
    pub limit: Option<Points>,
}

impl CellRefusal {
    /// A refusal without a bound.
    #[must_use]
    pub const fn of(code: RefusalCode) -> Self {
        Self { code, limit: None }
    }
}

impl From<PointsError> for CellRefusal {
    fn from(error: PointsError) -> Self {
        Self::of(match error {
            PointsError::NotANumber => RefusalCode::NotANumber,
            PointsError::TooManyDecimals => RefusalCode::TooManyDecimals,
            PointsError::OutOfRange => RefusalCode::AboveMaximum,
        })
    }
}

impl From<ScoreRefusal> for CellRefusal {
    fn from(refusal: ScoreRefusal) -> Self {
        match refusal {
            ScoreRefusal::AboveMaximum { limit } => Self {
                code: RefusalCode::AboveMaximum,
                limit: Some(limit),
            },
            ScoreRefusal::Negative => Self::of(RefusalCode::Negative),
        }
    }
}

impl From<ScoreError> for CellRefusal {
    fn from(error: ScoreError) -> Self {
        Self::of(match error {
            ScoreError::ValueNeeded => RefusalCode::NotANumber,
            ScoreError::ValueNotAllowed => RefusalCode::ValueWithoutStatus,
        })
    }
}

pub(super) enum Judgement {
    /// The cell is as asked for already, at this version.
    AsAsked(i64),
    /// Save this.
    Write(Box<ScoreWrite>),
    /// Somebody else came first.
    Conflict(Option<Box<StoredScore>>),
    /// It cannot be as asked for.
    Reject(CellRefusal),
}

pub(crate) const LONGEST_COMMENT: usize = 1_000;

pub(super) fn judge(
    edit: &ScoreEdit,
    facts: &Facts,
    grants: &HashMap<CourseId, Grant<EnterScores>>,
    actor: &Actor,
    reason: Option<&str>,
) -> Judgement {
    let reject = |code| Judgement::Reject(CellRefusal::of(code));
    let known = facts
        .assessments
        .get(&edit.assessment)
        .and_then(|assessment| Some((assessment, grants.get(&assessment.course)?)));
    let Some((assessment, grant)) = known else {
        return reject(RefusalCode::UnknownAssessment);
    };
    if !facts.members.contains(&(assessment.course, edit.student)) {
        return reject(RefusalCode::NotEnrolled);
    }
    let stored = facts.stored.get(&(edit.assessment, edit.student));
    let (score, comment) = match accepted(assessment, edit, stored) {
        Ok(wanted) => wanted,
        Err(refusal) => return Judgement::Reject(refusal),
    };
    let as_asked = stored.map_or(Score::Blank, |stored| stored.score) == score
        && stored.and_then(|stored| stored.comment.as_deref()) == comment.as_deref();
    let version = stored.map_or(0, |stored| stored.version);
    if version != edit.version {
        // The answer to this very write was lost and it came again.
        let repeated = as_asked
            && edit.version.checked_add(1) == Some(version)
            && stored.is_some_and(|stored| stored.updated_by == actor.user_id());
        return if repeated {
            Judgement::AsAsked(version)
        } else {
            Judgement::Conflict(stored.cloned().map(Box::new))
        };
    }
    if as_asked {
        return Judgement::AsAsked(version);
    }
    if !grant.on().term_open {
        return reject(RefusalCode::TermClosed);
    }
    if assessment.state == AssessmentState::Locked {
        return reject(RefusalCode::Locked);
    }
    // Filling a cell that never had a score tells the student something new; it corrects nothing.
    let correction = assessment.state == AssessmentState::Published && version > 0;
    if correction && reason.is_none() {
        return reject(RefusalCode::ReasonRequired);
    }
    // A remark may have stood there before the first score: that is none to correct either.
    let replaces = stored.is_some_and(StoredScore::has_score);
    Judgement::Write(Box::new(ScoreWrite {
        course: assessment.course,
        before: stored.cloned(),
        assessment: edit.assessment,
        student: edit.student,
        score,
        comment,
        corrected: (correction && replaces) || stored.is_some_and(|stored| stored.corrected),
    }))
}

/// The score and the remark that an edit asks for, if a cell of this assessment may have them. What
/// is asked for in an amendment is measured by the same.
pub(crate) fn accepted(
    assessment: &Assessment,
    edit: &ScoreEdit,
    stored: Option<&StoredScore>,
) -> Result<(Score, Option<String>), CellRefusal> {
    let score = wanted_score(edit, stored)?;
    assessment.limits.check(score)?;
    let comment = wanted_comment(edit, stored);
    if comment
        .as_ref()
        .is_some_and(|comment| comment.chars().count() > LONGEST_COMMENT)
    {
        return Err(CellRefusal::of(RefusalCode::CommentTooLong));
    }
    // One that is stored already came in before this rule, and is not this edit's fault.
    if edit.comment.is_some() && comment.as_deref().is_some_and(lines_have_unprintable) {
        return Err(CellRefusal::of(RefusalCode::InvalidCharacter));
    }
    Ok((score, comment))
}

fn wanted_score(edit: &ScoreEdit, stored: Option<&StoredScore>) -> Result<Score, CellRefusal> {
    match edit.score {
        Some(score) => score,
        None => Ok(stored.map_or(Score::Blank, |stored| stored.score)),
    }
}

fn wanted_comment(edit: &ScoreEdit, stored: Option<&StoredScore>) -> Option<String> {
    match &edit.comment {
        Some(comment) => Some(comment.trim())
            .filter(|comment| !comment.is_empty())
            .map(str::to_owned),
        None => stored.and_then(|stored| stored.comment.clone()),
    }
}
