//! Amendments as JSON.

use gradebook_app::AmendmentView;
use gradebook_app::read::{OpenAmendment, Proposal};
use gradebook_domain::Score;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::dto::{CourseDto, StudentDto, time};
use crate::api::words::{KindWord, StateWord, StatusWord};
use crate::number::Number;

/// A score as it was, is, or should be.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MarkDto {
    #[schema(value_type = StatusWord)]
    status: &'static str,
    value: Option<Number>,
}

impl From<Score> for MarkDto {
    fn from(score: Score) -> Self {
        Self {
            status: score.status().as_str(),
            value: score.value().map(Number::from),
        }
    }
}

/// A score with the remark that comes with it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProposedDto {
    #[serde(flatten)]
    mark: MarkDto,
    /// The remark to the student; null leaves it, empty text removes it.
    comment: Option<String>,
}

impl From<&Proposal> for ProposedDto {
    fn from(proposal: &Proposal) -> Self {
        Self {
            mark: proposal.score.into(),
            comment: proposal.comment.clone(),
        }
    }
}

/// The score now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CellNowDto {
    #[serde(flatten)]
    mark: MarkDto,
    /// Null for students.
    version: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AmendedAssessmentDto {
    id: i64,
    title: String,
    date: String,
    max_score: Number,
    #[schema(value_type = StateWord)]
    state: &'static str,
}

/// Somebody's name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WhoDto {
    name: String,
}

/// What a teacher told the admin after looking again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnswerDto {
    /// `change`, to what is proposed, or `stays`.
    answer: &'static str,
    note: String,
    by: Option<WhoDto>,
    at: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AmendmentDto {
    id: i64,
    /// `change`, which a teacher proposes, or `review`, for which a student asks.
    #[schema(value_type = KindWord)]
    kind: &'static str,
    /// `open`, `approved`, `rejected`, `withdrawn`, `corrected` or `upheld`.
    state: &'static str,
    course: CourseDto,
    assessment: AmendedAssessmentDto,
    student: StudentDto,
    made_by: Option<WhoDto>,
    made_at: String,
    reason: String,
    /// The score that whoever made it had before their eyes.
    from: MarkDto,
    /// Its version; null for students.
    version: Option<i64>,
    /// The score that is proposed, or that was given in the end. A student sees the latter only.
    proposed: Option<ProposedDto>,
    current: CellNowDto,
    /// Not for students.
    answer: Option<AnswerDto>,
    /// Not for students.
    decided_by: Option<WhoDto>,
    decided_at: Option<String>,
    /// What was said with the decision.
    note: Option<String>,
}

fn named(name: Option<String>) -> Option<WhoDto> {
    name.map(|name| WhoDto { name })
}

impl From<AmendmentView> for AmendmentDto {
    fn from(view: AmendmentView) -> Self {
        let told = |version: i64| (!view.to_student).then_some(version);
        let version = told(view.version());
        let seen = told(view.amendment.version);
        let one = view.amendment;
        let current = view.current.map_or(Score::Blank, |stored| stored.score);
        Self {
            id: one.id.0,
            kind: one.kind.as_str(),
            state: one.state.as_str(),
            course: (&view.course).into(),
            assessment: AmendedAssessmentDto {
                id: view.assessment.id.0,
                title: view.assessment.title,
                date: view.assessment.held_on,
                max_score: view.assessment.limits.max_score.into(),
                state: view.assessment.state.as_str(),
            },
            student: (&view.student).into(),
            made_by: named(view.made_by),
            made_at: time(one.made_at),
            reason: one.reason,
            from: one.before.into(),
            version: seen,
            proposed: one.proposed.as_ref().map(ProposedDto::from),
            current: CellNowDto {
                mark: current.into(),
                version,
            },
            answer: one.answer.map(|answer| AnswerDto {
                answer: if answer.stays { "stays" } else { "change" },
                note: answer.note,
                by: named(view.answered_by),
                at: time(answer.at),
            }),
            decided_by: named(view.decided_by),
            decided_at: one.decision.as_ref().map(|decision| time(decision.at)),
            note: one.decision.and_then(|decision| decision.note),
        }
    }
}

/// A mark on a cell of a sheet: something about its score is open.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OpenAmendmentDto {
    id: i64,
    assessment_id: i64,
    student_id: i64,
    /// `change` or `review`.
    #[schema(value_type = KindWord)]
    kind: &'static str,
}

impl From<&OpenAmendment> for OpenAmendmentDto {
    fn from(open: &OpenAmendment) -> Self {
        Self {
            id: open.id.0,
            assessment_id: open.assessment.0,
            student_id: open.student.0,
            kind: open.kind.as_str(),
        }
    }
}
