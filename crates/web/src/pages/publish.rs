//! Who sees an assessment: what publishing would show, and the steps between its states, without
//! script. The grid's dialogs do the same.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::{ChangeStateError, EarlierMean, Preflight};
use gradebook_auth::Role;
use gradebook_domain::{AssessmentId, AssessmentState, Transition};
use serde::Deserialize;

use super::assessment_head::AssessmentHead;
use super::frame::{Frame, Visitor};
use super::settings::weights;
use super::watch::unusual_text;
use super::{page, see_other};
use crate::access::{SafeForm, SignedIn};
use crate::api::assessments::problem;
use crate::i18n::{DateText, Locale, T};
use crate::problem::Problem;

/// Students without an entry whose names are listed.
const MOST_NAMES: usize = 20;

#[derive(Template)]
#[template(path = "pages/publish.html")]
pub(super) struct PublishPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) id: AssessmentId,
    pub(super) head: AssessmentHead,
    /// "47 of 50 entered".
    pub(super) entered: String,
    /// What else to know, as pairs of name and figure.
    pub(super) facts: Vec<(String, String)>,
    /// How the mean compares with that of an earlier assessment, and that one's day.
    pub(super) compared: Option<(String, DateText)>,
    /// "1 student has nothing entered", and who.
    pub(super) blank: Option<(String, String)>,
    /// "2 values are far from what the student usually gets", and which.
    pub(super) unusual: Option<(String, Vec<String>)>,
    /// What the weights of the categories add up to, if that is not the whole.
    pub(super) weights: Option<String>,
    pub(super) term_open: bool,
    /// Whether the page asks if the assessment is to be locked.
    pub(super) asks_lock: bool,
    /// The state is one in which scores are hidden, shown, or closed.
    pub(super) is: AssessmentState,
    pub(super) done: Option<String>,
    pub(super) refused: Option<String>,
    /// What was typed as a reason, and what is wrong with it.
    pub(super) reason: (String, Option<String>),
}

/// What the page says about the step before.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct PublishQuery {
    done: Option<String>,
    /// The step to ask about: `lock`.
    ask: Option<String>,
}

#[cfg(test)]
impl PublishQuery {
    pub(super) fn sample(done: Option<&str>, ask: Option<&str>) -> Self {
        Self {
            done: done.map(str::to_owned),
            ask: ask.map(str::to_owned),
        }
    }
}

/// The fields of the forms.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StepForm {
    #[serde(default)]
    step: String,
    #[serde(default)]
    reason: String,
}

/// A step that was refused.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    pub(super) reason: String,
    /// The key of what to say, and whether it is about the reason.
    pub(super) key: &'static str,
    pub(super) of_reason: bool,
}

/// `GET /assessments/{assessment_id}/publish`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    query: Query<PublishQuery>,
) -> Result<HttpResponse, Problem> {
    let id = AssessmentId(*id);
    let found = visitor.app.preflight(&visitor.actor, id).await?;
    let view = publish_page(&request, visitor.actor.role, &found, &query, None);
    page(StatusCode::OK, &view)
}

/// `POST /assessments/{assessment_id}/publish`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    SafeForm(form): SafeForm<StepForm>,
) -> Result<HttpResponse, Problem> {
    let id = AssessmentId(*id);
    let step: Transition = form.step.parse().map_err(|_| Problem::not_found())?;
    let reason = Some(form.reason.as_str());
    let changed = visitor
        .app
        .change_state(&visitor.actor, id, step, reason)
        .await;
    let (status, key, of_reason) = match changed {
        Ok(_) => {
            return Ok(see_other(&format!(
                "/assessments/{id}/publish?done={}",
                step.as_str()
            )));
        }
        Err(ChangeStateError::InvalidState(_)) => {
            (StatusCode::CONFLICT, "publish-state-changed", false)
        }
        Err(ChangeStateError::TermClosed) => (StatusCode::CONFLICT, "publish-term-closed", false),
        Err(ChangeStateError::ReasonRequired) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "review-reason-missing",
            true,
        ),
        Err(ChangeStateError::Reason(_)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "review-reason-wrong",
            true,
        ),
        Err(error) => return Err(problem(&error)),
    };
    let refused = Refused {
        reason: form.reason,
        key,
        of_reason,
    };
    let found = visitor.app.preflight(&visitor.actor, id).await?;
    let query = PublishQuery::default();
    let view = publish_page(&request, visitor.actor.role, &found, &query, Some(refused));
    page(status, &view)
}

pub(super) fn publish_page(
    request: &HttpRequest,
    role: Role,
    found: &Preflight,
    query: &PublishQuery,
    refused: Option<Refused>,
) -> PublishPage {
    let t = T(Locale::of(request));
    let (assessment, course) = (&found.assessment, &found.course);
    let enterable = course.term.open && assessment.state != AssessmentState::Locked;
    let entry = format!("/assessments/{}/entry", assessment.id);
    let head = AssessmentHead {
        other: enterable.then(|| (entry, t.get("entry-title"))),
        ..AssessmentHead::of(t, assessment, course)
    };
    let done = match query.done.as_deref() {
        Some("publish") => Some("publish-done"),
        Some("unpublish") => Some("publish-undone"),
        Some("lock") => Some("publish-locked"),
        Some("unlock") => Some("publish-unlocked"),
        _ => None,
    };
    let wrong = |of_reason: bool| {
        refused
            .as_ref()
            .filter(|refused| refused.of_reason == of_reason)
            .map(|refused| t.get(refused.key))
    };
    let path = format!("/assessments/{}/publish", assessment.id);
    PublishPage {
        frame: Frame::new(request, Visitor::Person(role), assessment.title.clone())
            .returning_to(&path),
        id: assessment.id,
        head,
        entered: entered(t, found),
        facts: facts(t, found),
        compared: found.previous.as_ref().map(|earlier| {
            let day = t.date(&earlier.assessment.held_on);
            (compared(t, found, earlier), day)
        }),
        blank: blank(t, found),
        unusual: unusual(t, found),
        weights: Some(weights(t, found.weights))
            .filter(|weights| !weights.whole)
            .map(|weights| weights.text),
        asks_lock: query.ask.as_deref() == Some(Transition::Lock.as_str()),
        term_open: course.term.open,
        is: assessment.state,
        done: done.map(|key| t.get(key)),
        refused: wrong(false),
        reason: (
            refused
                .as_ref()
                .map_or_else(String::new, |refused| refused.reason.clone()),
            wrong(true),
        ),
        t,
    }
}

fn entered(t: T, found: &Preflight) -> String {
    let (entered, expected) = (found.entered().to_string(), found.expected.to_string());
    let absent = found.absent.to_string();
    let key = match found.absent {
        0 => "publish-entered",
        _ => "publish-entered-absent",
    };
    let values = [
        ("entered", entered.as_str()),
        ("expected", &expected),
        ("absent", &absent),
    ];
    t.args(key, &values)
}

fn facts(t: T, found: &Preflight) -> Vec<(String, String)> {
    let none = || t.get("total-none");
    let full = found.assessment.limits.max_score.to_string();
    let mean = found.mean.as_ref().map_or_else(none, |mean| {
        let mean = mean.rounded().fixed();
        t.args("publish-mean-of", &[("mean", &mean), ("max", &full)])
    });
    vec![
        (t.get("publish-mean"), mean),
        (t.get("status-absent"), found.absent.to_string()),
        (t.get("status-excused"), found.excused.to_string()),
        (t.get("status-missing"), found.missing.to_string()),
        (t.get("status-blank"), found.blank.len().to_string()),
    ]
}

/// By how many percentage points a mean is above or below another.
fn changed_by(t: T, points: &str) -> String {
    if points.trim_matches(['-', '0', '.']).is_empty() {
        return t.get("publish-same");
    }
    points.strip_prefix('-').map_or_else(
        || t.with("publish-higher", "points", points),
        |points| t.with("publish-lower", "points", points),
    )
}

fn compared(t: T, found: &Preflight, earlier: &EarlierMean) -> String {
    let mean = earlier.mean.rounded().fixed();
    let max = earlier.assessment.limits.max_score.to_string();
    let which = t.get(if earlier.same_sort {
        "publish-previous-same"
    } else {
        "publish-previous-any"
    });
    let change = found.mean_change().map(|change| change.rounded());
    let (key, change) = match change {
        None => ("publish-previous", String::new()),
        Some(change) => ("publish-previous-change", changed_by(t, &change.fixed())),
    };
    t.args(
        key,
        &[
            ("which", &which),
            ("title", &earlier.assessment.title),
            ("mean", &mean),
            ("max", &max),
            ("change", &change),
        ],
    )
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn blank(t: T, found: &Preflight) -> Option<(String, String)> {
    if found.blank.is_empty() {
        return None;
    }
    let named = found.blank.iter().take(MOST_NAMES);
    let mut names = t.list(named.map(|student| &student.name));
    let more = found.blank.len().saturating_sub(MOST_NAMES);
    if more > 0 {
        names = format!("{names} {}", t.count("publish-more", count(more)));
    }
    Some((t.count("publish-blank", count(found.blank.len())), names))
}

fn unusual(t: T, found: &Preflight) -> Option<(String, Vec<String>)> {
    if found.unusual.is_empty() {
        return None;
    }
    let line = |one: &gradebook_app::UnusualScore| {
        let (name, what) = (&one.student.name, unusual_text(t, &one.unusual));
        t.args("publish-unusual-one", &[("name", name), ("what", &what)])
    };
    let lines = found.unusual.iter().take(MOST_NAMES).map(line).collect();
    let lead = t.count("publish-unusual", count(found.unusual.len()));
    Some((lead, lines))
}
