//! One amendment: what was asked, and the forms that settle it.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::{
    AmendmentError, AmendmentSteps, AmendmentView, AnswerReview, ApproveAmendment, RefusalCode,
    WantedScore,
};
use gradebook_auth::Role;
use gradebook_domain::{AmendmentId, AmendmentState, Score};
use serde::Deserialize;

use super::frame::{Frame, Visitor};
use super::reviews::{ReviewRow, mark, row};
use super::{page, see_other};
use crate::access::{SafeForm, SignedIn};
use crate::api::amendments::problem;
use crate::i18n::{Locale, T};
use crate::problem::Problem;

/// Which forms the page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Forms {
    /// None: it is settled, or somebody else's to settle.
    None,
    /// An admin approves or rejects.
    Decide,
    /// The teacher corrects the score, or leaves it.
    Settle,
    /// The teacher recommends to the admin.
    Recommend,
}

/// A button: the step that it sends, and the keys of its name and of what it does.
type Step = (&'static str, &'static str, &'static str);

impl Forms {
    /// What gives the score that was typed.
    pub(super) fn first(self) -> Step {
        match self {
            Self::Decide | Self::None => ("approve", "review-approve", "review-approve-effect"),
            Self::Settle => ("change", "review-correct", "review-correct-effect"),
            Self::Recommend => ("change", "review-recommend", "review-recommend-effect"),
        }
    }

    /// What leaves the score as it is.
    pub(super) fn second(self) -> Step {
        match self {
            Self::Decide | Self::None => ("reject", "review-reject", "review-reject-effect"),
            Self::Settle => ("stays", "review-stays", "review-stays-effect"),
            Self::Recommend => ("stays", "review-stays", "review-recommend-effect"),
        }
    }

    /// Who reads the note, and whether it is needed.
    pub(super) fn note_hint(self) -> &'static str {
        match self {
            Self::Decide | Self::None => "review-note-decide",
            Self::Settle => "review-note-settle",
            Self::Recommend => "review-note-recommend",
        }
    }
}

#[derive(Template)]
#[template(path = "pages/review.html")]
pub(super) struct ReviewPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) row: ReviewRow,
    pub(super) forms: Forms,
    pub(super) withdraw: bool,
    /// The version of the score that the visitor decides about.
    pub(super) version: i64,
    /// The score now, where it is another than the one that was asked about.
    pub(super) changed: Option<String>,
    pub(super) max: String,
    pub(super) value: String,
    pub(super) value_error: Option<String>,
    /// What was typed as the note, and what is wrong with it.
    pub(super) note: (String, Option<String>),
    pub(super) alert: Option<String>,
}

/// The fields of the forms.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct DecideForm {
    #[serde(default)]
    step: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    note: String,
    version: Option<i64>,
}

#[cfg(test)]
impl DecideForm {
    pub(super) fn sample(step: &str) -> Self {
        Self {
            step: step.to_owned(),
            value: "<b>".to_owned(),
            note: "<b>".to_owned(),
            version: Some(1),
        }
    }
}

/// What was wrong with what was sent.
#[derive(Debug, Clone)]
pub(super) struct Wrong {
    pub(super) form: DecideForm,
    pub(super) field: Field,
    pub(super) text: String,
}

/// Where it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Value,
    Note,
    Page,
}

/// `GET /reviews/{amendment_id}`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
) -> Result<HttpResponse, Problem> {
    respond(&request, &visitor, AmendmentId(*id), StatusCode::OK, None).await
}

/// `POST /reviews/{amendment_id}`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    SafeForm(form): SafeForm<DecideForm>,
) -> Result<HttpResponse, Problem> {
    if visitor.actor.role == Role::Student {
        return Err(Problem::forbidden());
    }
    let id = AmendmentId(*id);
    let (app, actor) = (&visitor.app, &visitor.actor);
    let typed = || {
        Some(WantedScore {
            score: Some(Score::parse_entry(&form.value).map_err(Into::into)),
            comment: None,
        })
    };
    let note = Some(form.note.clone());
    let answer = |proposed| AnswerReview {
        proposed,
        note: note.clone(),
        version: form.version,
    };
    let done = match form.step.as_str() {
        "approve" => {
            let approve = ApproveAmendment {
                proposed: typed(),
                note: note.clone(),
                version: form.version,
            };
            app.approve_amendment(actor, id, &approve).await
        }
        "reject" => app.reject_amendment(actor, id, note.as_deref()).await,
        "change" => app.answer_review(actor, id, &answer(typed())).await,
        "stays" => app.answer_review(actor, id, &answer(None)).await,
        "withdraw" => app.withdraw_amendment(actor, id).await,
        _ => return Err(Problem::not_found()),
    };
    let error = match done {
        Ok(state) => return Ok(see_other(&format!("/reviews?done={}", state.as_str()))),
        Err(error) => error,
    };
    let t = T(Locale::of(&request));
    let (status, field, text) = wrong(t, error)?;
    let wrong = Wrong { form, field, text };
    respond(&request, &visitor, id, status, Some(wrong)).await
}

async fn respond(
    request: &HttpRequest,
    visitor: &SignedIn,
    id: AmendmentId,
    status: StatusCode,
    wrong: Option<Wrong>,
) -> Result<HttpResponse, Problem> {
    if visitor.actor.role == Role::Student {
        return Err(Problem::forbidden());
    }
    let (view, steps) = visitor.app.amendment(&visitor.actor, id).await?;
    let role = visitor.actor.role;
    page(
        status,
        &review_page(request, role, view, steps, wrong.as_ref()),
    )
}

/// What to say about an error that a form can show.
pub(super) fn wrong(t: T, error: AmendmentError) -> Result<(StatusCode, Field, String), Problem> {
    let typed = |field, text| Ok((StatusCode::UNPROCESSABLE_ENTITY, field, text));
    let meanwhile = |text| Ok((StatusCode::CONFLICT, Field::Page, text));
    match error {
        AmendmentError::ReasonRequired => typed(Field::Note, t.get("review-reason-missing")),
        AmendmentError::NoteRequired => typed(Field::Note, t.get("review-note-missing")),
        AmendmentError::Text(_) => typed(Field::Note, t.get("review-reason-wrong")),
        AmendmentError::ProposalRequired => typed(Field::Value, t.get("review-value-missing")),
        AmendmentError::Unchanged => typed(Field::Value, t.get("review-value-unchanged")),
        AmendmentError::Refused(refusal) => {
            let text = match (refusal.code, refusal.limit) {
                (RefusalCode::AboveMaximum, Some(limit)) => {
                    t.with("review-value-above", "max", limit)
                }
                _ => t.get("review-value-wrong"),
            };
            typed(Field::Value, text)
        }
        AmendmentError::InvalidStep(_) => meanwhile(t.get("review-settled-meanwhile")),
        AmendmentError::Conflict(_) => meanwhile(t.get("review-changed-meanwhile")),
        AmendmentError::AlreadyOpen(_) => meanwhile(t.get("review-open-already")),
        AmendmentError::Changed(_) => meanwhile(t.get("review-changed-meanwhile")),
        AmendmentError::TooManyOpen => meanwhile(t.get("review-too-many")),
        AmendmentError::AskedOften => meanwhile(t.get("review-asked-often")),
        AmendmentError::TooManyToday => meanwhile(t.get("review-too-many-today")),
        AmendmentError::NotPublished => meanwhile(t.get("review-not-published")),
        other => Err(problem(other, "note")),
    }
}

pub(super) fn review_page(
    request: &HttpRequest,
    role: Role,
    view: AmendmentView,
    steps: AmendmentSteps,
    wrong: Option<&Wrong>,
) -> ReviewPage {
    let t = T(Locale::of(request));
    let row = row(t, &view);
    let forms = match (steps.answer, steps.decide, view.frozen()) {
        (true, _, false) => Forms::Settle,
        (_, true, _) => Forms::Decide,
        (true, false, true) => Forms::Recommend,
        (false, false, _) => Forms::None,
    };
    let open = view.amendment.state == AmendmentState::Open;
    let changed = open && view.version() != view.amendment.version;
    let now = view.current.as_ref().map_or(Score::Blank, |one| one.score);
    let proposed = view.amendment.proposed.as_ref();
    let value = proposed.and_then(|proposal| entry(t, proposal.score));
    let typed = wrong.map(|wrong| &wrong.form);
    let said = |field| {
        let here = wrong.filter(|wrong| wrong.field == field);
        here.map(|wrong| wrong.text.clone())
    };
    ReviewPage {
        frame: Frame::new(request, Visitor::Person(role), row.student.clone())
            .returning_to(&format!("/reviews/{}", row.id)),
        t,
        forms,
        withdraw: steps.withdraw,
        version: view.version(),
        changed: changed.then(|| mark(t, now)),
        max: t.with("out-of", "max", view.assessment.limits.max_score),
        value: typed
            .filter(|form| !form.value.is_empty())
            .map_or_else(|| value.unwrap_or_default(), |form| form.value.clone()),
        value_error: said(Field::Value),
        note: (
            typed.map_or_else(String::new, |form| form.note.clone()),
            said(Field::Note),
        ),
        alert: said(Field::Page),
        row,
    }
}

/// A score as it is typed; nothing for a blank one.
fn entry(t: T, score: Score) -> Option<String> {
    match score {
        Score::Scored(value) => Some(value.to_string()),
        Score::Blank => None,
        other => Some(mark(t, other)),
    }
}
