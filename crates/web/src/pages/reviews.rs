//! Amendments and requests for a review: those that are open first.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::{AmendmentView, Reviews};
use gradebook_auth::Role;
use gradebook_domain::{AmendmentId, AmendmentKind, AmendmentState, ChangeId, Score};
use serde::Deserialize;

use super::frame::{Frame, Visitor};
use super::page;
use super::words::{ScoreText, class_name, subject_name};
use crate::access::SignedIn;
use crate::i18n::{DateText, Locale, Script, T, script_texts};
use crate::problem::Problem;

/// Settled ones on one page.
const AT_ONCE: u16 = 30;

#[derive(Template)]
#[template(path = "pages/reviews.html")]
pub(super) struct ReviewsPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    /// From where the script follows events.
    pub(super) as_of: ChangeId,
    pub(super) open: Vec<ReviewRow>,
    pub(super) settled: Vec<ReviewRow>,
    /// Where the settled ones go on.
    pub(super) older: Option<i64>,
    pub(super) newest: bool,
    pub(super) done: Option<String>,
    /// Texts of the script, as JSON.
    pub(super) messages: String,
}

/// An amendment in the visitor's words.
#[derive(Debug, Clone)]
pub(super) struct ReviewRow {
    pub(super) id: AmendmentId,
    /// Whose score.
    pub(super) student: String,
    pub(super) number: String,
    /// Subject, class and assessment.
    pub(super) what: String,
    /// The gradebook.
    pub(super) course: String,
    pub(super) kind: String,
    /// The state as a class of the badge and in a word.
    pub(super) state: (&'static str, String),
    pub(super) from: String,
    pub(super) to: Option<String>,
    /// Full marks of the assessment.
    pub(super) full: String,
    pub(super) reason: String,
    pub(super) by: String,
    pub(super) at: DateText,
    /// What the teacher told the admin: who and what, when, the note.
    pub(super) answer: Option<(String, DateText, String)>,
    /// How it ended: who, when, and what was said.
    pub(super) decided: Option<(String, DateText, Option<String>)>,
}

/// What the list starts with.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ReviewsQuery {
    before: Option<i64>,
    done: Option<String>,
}

/// `GET /reviews`.
pub(crate) async fn list(
    request: HttpRequest,
    visitor: SignedIn,
    query: Query<ReviewsQuery>,
) -> Result<HttpResponse, Problem> {
    let before = query.before.map(AmendmentId);
    let found = visitor
        .app
        .reviews(&visitor.actor, None, before, AT_ONCE)
        .await?;
    let view = reviews_page(&request, visitor.actor.role, found, &query);
    page(StatusCode::OK, &view)
}

pub(super) fn reviews_page(
    request: &HttpRequest,
    role: Role,
    found: Reviews,
    query: &ReviewsQuery,
) -> ReviewsPage {
    let t = T(Locale::of(request));
    let done = match query.done.as_deref() {
        Some("open") => Some("reviews-done-answered"),
        Some("approved") => Some("reviews-done-approved"),
        Some("rejected") => Some("reviews-done-rejected"),
        Some("withdrawn") => Some("reviews-done-withdrawn"),
        Some("corrected") => Some("reviews-done-corrected"),
        Some("upheld") => Some("reviews-done-upheld"),
        _ => None,
    };
    let rows = |views: Vec<AmendmentView>| views.iter().map(|view| row(t, view)).collect();
    ReviewsPage {
        frame: Frame::new(request, Visitor::Person(role), t.get("reviews-title")),
        t,
        as_of: found.as_of,
        open: rows(found.open),
        settled: rows(found.settled.items),
        older: found.settled.next,
        newest: query.before.is_none(),
        done: done.map(|key| t.get(key)),
        messages: script_texts(t.locale(), Script::Student),
    }
}

/// A score as a value or a word.
pub(super) fn mark(t: T, score: Score) -> String {
    let text = ScoreText::new(t, score, gradebook_domain::Points::ZERO);
    text.value.unwrap_or(text.status)
}

/// A state of an amendment as a class of its badge and in a word.
pub(super) fn state_of(t: T, state: AmendmentState) -> (&'static str, String) {
    let (class, key) = match state {
        AmendmentState::Open => ("is-warning", "review-state-open"),
        AmendmentState::Approved => ("is-published", "review-state-approved"),
        AmendmentState::Rejected => ("is-danger", "review-state-rejected"),
        AmendmentState::Withdrawn => ("is-draft", "review-state-withdrawn"),
        AmendmentState::Corrected => ("is-corrected", "review-state-corrected"),
        AmendmentState::Upheld => ("is-draft", "review-state-upheld"),
    };
    (class, t.get(key))
}

pub(super) fn row(t: T, view: &AmendmentView) -> ReviewRow {
    let one = &view.amendment;
    let kind = match one.kind {
        AmendmentKind::Change => "review-kind-change",
        AmendmentKind::Review => "review-kind-review",
    };
    let answer = one.answer.as_ref().map(|answer| {
        let lead = if answer.stays {
            "review-answer-stays"
        } else {
            "review-answer-change"
        };
        let by = view.answered_by.clone();
        let by = by.unwrap_or_else(|| t.get("change-by-operator"));
        (
            t.with(lead, "name", by),
            t.instant(answer.at),
            answer.note.clone(),
        )
    });
    let somebody =
        |name: &Option<String>| name.clone().unwrap_or_else(|| t.get("change-by-operator"));
    ReviewRow {
        id: one.id,
        student: view.student.name.clone(),
        number: view.student.student_number.clone(),
        what: format!(
            "{} · {} · {}",
            subject_name(t, &view.course.subject),
            class_name(&view.course.class),
            view.assessment.title
        ),
        course: format!("/courses/{}", view.course.id),
        kind: t.get(kind),
        state: state_of(t, one.state),
        from: mark(t, one.before),
        to: one
            .proposed
            .as_ref()
            .map(|proposal| mark(t, proposal.score)),
        full: t.with("out-of", "max", view.assessment.limits.max_score),
        reason: one.reason.clone(),
        by: somebody(&view.made_by),
        at: t.instant(one.made_at),
        answer,
        decided: one.decision.as_ref().map(|decision| {
            (
                somebody(&view.decided_by),
                t.instant(decision.at),
                decision.note.clone(),
            )
        }),
    }
}
