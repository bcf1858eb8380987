//! One column of scores as a list of fields: for phones, screen readers and browsers without script.

mod form;

use std::collections::{HashMap, HashSet};

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{StoredScore, Way};
use gradebook_app::{
    CellConflict, CellRefusal, EditReport, EnterScores, EnterScoresError, EntryView, RefusalCode,
    ScoreEdit,
};
use gradebook_auth::Role;
use gradebook_domain::{AssessmentId, AssessmentState, Score, ScoreStatus, UserId};
use serde::Deserialize;

pub(super) use form::Sent;
use form::{fields, kept, read};

use super::assessment_head::AssessmentHead;
use super::change_lines::score_text;
use super::frame::{Frame, Visitor};
use super::{page, see_other};
use crate::access::{SafeForm, SignedIn};
use crate::i18n::{Locale, T};
use crate::problem::{Problem, database_problem};

#[derive(Template)]
#[template(path = "pages/entry.html")]
pub(super) struct EntryPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) id: AssessmentId,
    pub(super) head: AssessmentHead,
    pub(super) done: Option<String>,
    pub(super) refused: Option<String>,
    /// Why nothing can be entered.
    pub(super) closed: Option<String>,
    pub(super) rows: Vec<EntryRow>,
    /// The statuses without a value, as value and word; first the one of a value.
    pub(super) statuses: Vec<(String, String)>,
    /// What was typed as a reason and what is wrong with it; nothing where none is needed.
    pub(super) reason: Option<(String, Option<String>)>,
}

/// One student's field.
#[derive(Debug, Clone)]
pub(super) struct EntryRow {
    pub(super) id: UserId,
    pub(super) number: String,
    pub(super) name: String,
    /// What the field holds.
    pub(super) text: String,
    /// What is chosen beside it.
    pub(super) status: String,
    /// The stored score that the form was made of, see [`kept`].
    pub(super) was: String,
    pub(super) version: i64,
    /// The stored score in words.
    pub(super) shown: String,
    is_entered: bool,
    /// Whether nobody expects a score.
    pub(super) elsewhere: bool,
    pub(super) error: Option<String>,
}

/// What the page says about the step before.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct EntryQuery {
    /// How many scores were saved.
    saved: Option<u32>,
}

/// What became of a form that was not saved as a whole.
#[derive(Default)]
pub(super) struct Outcome {
    /// What was typed where it was not saved.
    pub(super) typed: HashMap<UserId, Sent>,
    /// What is wrong with it.
    pub(super) errors: HashMap<UserId, String>,
    /// Whose stored score is shown beside what was typed.
    pub(super) conflicts: HashSet<UserId>,
    pub(super) saved: usize,
    pub(super) reason: String,
    pub(super) reason_error: Option<&'static str>,
}

/// `GET /assessments/{assessment_id}/entry`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    query: Query<EntryQuery>,
) -> Result<HttpResponse, Problem> {
    let found = visitor.app.entry(&visitor.actor, AssessmentId(*id)).await?;
    let mut view = entry_page(&request, visitor.actor.role, &found, None);
    view.done = query.saved.map(|saved| view.t.count("entry-saved", saved));
    page(StatusCode::OK, &view)
}

/// `POST /assessments/{assessment_id}/entry`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    SafeForm(pairs): SafeForm<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let id = AssessmentId(*id);
    let t = T(Locale::of(&request));
    let (sent, reason) = read(pairs);
    let edits: Vec<ScoreEdit> = sent
        .iter()
        .filter_map(|(student, sent)| {
            Some(ScoreEdit {
                assessment: id,
                student: *student,
                version: sent.version,
                score: Some(sent.wanted()?),
                comment: None,
            })
        })
        .collect();
    if edits.is_empty() {
        // A form without a change asks nothing of the use case that could say no.
        visitor.app.entry(&visitor.actor, id).await?;
    }
    let edited = |student: &UserId| edits.iter().any(|edit| edit.student == *student);
    let command = EnterScores {
        reason: Some(reason.clone()),
        atomic: false,
        way: Some(Way::Typed),
        edits: edits.clone(),
    };
    let mut outcome = Outcome {
        reason,
        ..Outcome::default()
    };
    let status = match visitor.app.enter_scores(&visitor.actor, &command).await {
        Ok(report) if report.conflicts.is_empty() && report.rejected.is_empty() => {
            let saved = report.saved.len();
            return Ok(see_other(&format!("/assessments/{id}/entry?saved={saved}")));
        }
        Ok(report) => outcome.note(t, &report),
        Err(EnterScoresError::Reason(_)) => {
            outcome.reason_error = Some("review-reason-wrong");
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(EnterScoresError::Forbidden) => return Err(Problem::not_found()),
        Err(EnterScoresError::TooMany | EnterScoresError::NotAll(_)) => {
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "too_many_edits",
                "More scores than one form can hold. Nothing was saved.",
            ));
        }
        Err(error @ EnterScoresError::Database(_)) => return Err(database_problem(&error)),
    };
    let failed = |student: &UserId| {
        outcome.reason_error == Some("review-reason-wrong") || outcome.errors.contains_key(student)
    };
    let typed = sent
        .into_iter()
        .filter(|(student, _)| edited(student) && failed(student))
        .collect();
    outcome.typed = typed;
    let found = visitor.app.entry(&visitor.actor, id).await?;
    let view = entry_page(&request, visitor.actor.role, &found, Some(&outcome));
    page(status, &view)
}

impl Outcome {
    /// Takes in what could not be saved, and answers how the page is to be answered.
    fn note(&mut self, t: T, report: &EditReport) -> StatusCode {
        self.saved = report.saved.len();
        for (_, student, refusal) in &report.rejected {
            if refusal.code == RefusalCode::ReasonRequired {
                self.reason_error = Some("review-reason-missing");
            }
            self.errors.insert(*student, refused_text(t, *refusal));
        }
        self.conflicts = report.conflicts.iter().map(|one| one.student).collect();
        for conflict in &report.conflicts {
            self.errors
                .insert(conflict.student, conflict_text(t, conflict));
        }
        if report.rejected.is_empty() {
            StatusCode::CONFLICT
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }

    /// "12 saved, 2 not", or that nothing was.
    fn text(&self, t: T) -> String {
        let (saved, left) = (self.saved.to_string(), self.typed.len().to_string());
        t.args("entry-not-all", &[("saved", &saved), ("left", &left)])
    }
}

fn refused_text(t: T, refusal: CellRefusal) -> String {
    let key = match refusal.code {
        RefusalCode::AboveMaximum => match refusal.limit {
            Some(limit) => return t.with("review-value-above", "max", limit),
            None => "imports-error-maximum",
        },
        RefusalCode::Negative
        | RefusalCode::TooManyDecimals
        | RefusalCode::NotANumber
        | RefusalCode::UnknownStatus => "review-value-wrong",
        RefusalCode::ValueWithoutStatus => "entry-both",
        RefusalCode::Locked => "imports-error-locked",
        RefusalCode::TermClosed => "imports-error-term-closed",
        RefusalCode::ReasonRequired => "entry-needs-reason",
        RefusalCode::NotEnrolled | RefusalCode::UnknownAssessment => "imports-error-enrolled",
        RefusalCode::DuplicateCell
        | RefusalCode::CommentTooLong
        | RefusalCode::InvalidCharacter => "imports-error-other",
    };
    t.get(key)
}

fn conflict_text(t: T, conflict: &CellConflict) -> String {
    let now = conflict.current.as_ref();
    let now = score_text(t, now.map(|stored| stored.score).unwrap_or_default());
    match &conflict.author {
        Some(name) => t.args("entry-conflict", &[("name", name), ("now", &now)]),
        None => t.with("entry-conflict-nobody", "now", now),
    }
}

pub(super) fn entry_page(
    request: &HttpRequest,
    role: Role,
    found: &EntryView,
    outcome: Option<&Outcome>,
) -> EntryPage {
    let t = T(Locale::of(request));
    let (assessment, course) = (&found.assessment, &found.course);
    let closed = if !course.term.open {
        Some(t.get("imports-error-term-closed"))
    } else if found.editable {
        None
    } else {
        Some(t.get("imports-error-locked"))
    };
    let scores = found.scores.iter();
    let stored: HashMap<UserId, &StoredScore> =
        scores.map(|stored| (stored.student, stored)).collect();
    let rows: Vec<EntryRow> = found
        .students
        .iter()
        .map(|student| {
            let stored = stored.get(&student.id);
            let score = stored.map(|stored| stored.score).unwrap_or_default();
            let (text, status) = fields(score);
            let typed = outcome.and_then(|outcome| outcome.typed.get(&student.id));
            let told = outcome.is_some_and(|outcome| outcome.conflicts.contains(&student.id));
            let unseen = typed.filter(|_| !told);
            EntryRow {
                id: student.id,
                number: student.student_number.clone(),
                name: student.name.clone(),
                text: typed.map_or(text, |typed| typed.text.clone()),
                status: typed.map_or(status, |typed| typed.status.clone()),
                // What was not saved still names the version that its author saw: only a conflict that
                // stands beside the field may be overwritten by sending it again.
                was: unseen.map_or_else(|| kept(score), |typed| typed.was.clone()),
                version: unseen.map_or_else(
                    || stored.map_or(0, |stored| stored.version),
                    |typed| typed.version,
                ),
                shown: score_text(t, score),
                is_entered: score != Score::Blank,
                elsewhere: score == Score::Blank && found.elsewhere.contains(&student.id),
                error: outcome.and_then(|outcome| outcome.errors.get(&student.id).cloned()),
            }
        })
        .collect();
    let entered = rows.iter().filter(|row| row.is_entered).count().to_string();
    let expected = rows.iter().filter(|row| !row.elsewhere).count().to_string();
    let head = AssessmentHead {
        facts: vec![
            t.with("entry-full", "max", assessment.limits.max_score),
            t.args(
                "publish-entered",
                &[("entered", &entered), ("expected", &expected)],
            ),
        ],
        other: Some((
            format!("/assessments/{}/publish", assessment.id),
            t.get("entry-states"),
        )),
        ..AssessmentHead::of(t, assessment, course)
    };
    let word = |key: &str, status: ScoreStatus| (status.as_str().to_owned(), t.get(key));
    EntryPage {
        frame: Frame::new(request, Visitor::Person(role), assessment.title.clone())
            .returning_to(&format!("/assessments/{}/entry", assessment.id)),
        id: assessment.id,
        head,
        done: None,
        refused: outcome.map(|outcome| outcome.text(t)),
        closed,
        rows,
        statuses: vec![
            (String::new(), t.get("entry-status-value")),
            word("status-absent", ScoreStatus::Absent),
            word("status-excused", ScoreStatus::Excused),
            word("status-missing", ScoreStatus::Missing),
        ],
        reason: (assessment.state == AssessmentState::Published).then(|| {
            (
                outcome.map_or_else(String::new, |outcome| outcome.reason.clone()),
                outcome.and_then(|outcome| outcome.reason_error.map(|key| t.get(key))),
            )
        }),
        t,
    }
}
