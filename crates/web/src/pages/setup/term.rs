//! One term: what it is, what stands in it, closing it and opening it again.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{Term, TermContent};
use gradebook_domain::TermId;

use super::terms::{TermForm, days, term_fields};
use super::{Form, SetupQuery, Typed, frame, sent, t_of};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::T;
use crate::pages::admin::Field;
use crate::pages::frame::Frame;
use crate::pages::words::term_name;
use crate::pages::{page, see_other};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "pages/setup/term.html")]
pub(in crate::pages) struct TermPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) id: i64,
    pub(in crate::pages) days: String,
    pub(in crate::pages) open: bool,
    pub(in crate::pages) done: Option<String>,
    pub(in crate::pages) facts: Vec<(String, u64)>,
    /// What closing, or opening again, does.
    pub(in crate::pages) effects: Vec<String>,
    pub(in crate::pages) form: TermForm,
    /// Why the weight changes; only where students see work of the term.
    pub(in crate::pages) why: Option<Field>,
    pub(in crate::pages) alert: Option<String>,
    pub(in crate::pages) confirm_error: Option<String>,
    pub(in crate::pages) reason: Field,
}

/// Which form of the page was refused.
#[derive(Debug, Clone, Default)]
pub(in crate::pages) struct Refusals {
    pub(in crate::pages) details: Form,
    pub(in crate::pages) state: Form,
}

/// `GET /admin/terms/{term_id}`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
    id: Path<i64>,
    query: Query<SetupQuery>,
) -> Result<HttpResponse, Problem> {
    let refusals = Refusals::default();
    respond(&request, &visitor, *id, &query, (StatusCode::OK, refusals)).await
}

async fn respond(
    request: &HttpRequest,
    visitor: &Has<Admin>,
    id: i64,
    query: &SetupQuery,
    (status, refusals): (StatusCode, Refusals),
) -> Result<HttpResponse, Problem> {
    let found = visitor.app.term(&visitor.actor, TermId(id)).await?;
    page(status, &term_page(request, found, query, &refusals))
}

/// `POST /admin/terms/{term_id}`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Admin>,
    id: Path<i64>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let fields = term_fields(&typed);
    let reason = Some(sent(&typed, "why")).filter(|reason| !reason.is_empty());
    let changed = visitor
        .app
        .change_term(&visitor.actor, TermId(*id), &fields, reason)
        .await;
    match changed {
        Ok(_) => Ok(see_other(&format!("/admin/terms/{id}?done=saved"))),
        Err(error) => {
            let (status, details) = Form::refused(t_of(&request), typed, &error)?;
            let refusals = Refusals {
                details,
                ..Refusals::default()
            };
            let query = SetupQuery::default();
            respond(&request, &visitor, *id, &query, (status, refusals)).await
        }
    }
}

/// `POST /admin/terms/{term_id}/close`.
pub(crate) async fn close(
    request: HttpRequest,
    visitor: Has<Admin>,
    id: Path<i64>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let t = t_of(&request);
    let (status, state) = if sent(&typed, "confirm").is_empty() {
        Form::wrong(typed, "confirm", t.get("term-close-unconfirmed"))
    } else {
        match visitor.app.close_term(&visitor.actor, TermId(*id)).await {
            Ok((_, many)) => {
                let to = format!("/admin/terms/{id}?done=closed&many={many}");
                return Ok(see_other(&to));
            }
            Err(error) => Form::refused(t, typed, &error)?,
        }
    };
    refuse_state(&request, &visitor, *id, status, state).await
}

/// `POST /admin/terms/{term_id}/reopen`.
pub(crate) async fn reopen(
    request: HttpRequest,
    visitor: Has<Admin>,
    id: Path<i64>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let reason = Some(sent(&typed, "reason"));
    let opened = visitor
        .app
        .reopen_term(&visitor.actor, TermId(*id), reason)
        .await;
    match opened {
        Ok((_, many)) => Ok(see_other(&format!(
            "/admin/terms/{id}?done=reopened&many={many}"
        ))),
        Err(error) => {
            let (status, state) = Form::refused(t_of(&request), typed, &error)?;
            refuse_state(&request, &visitor, *id, status, state).await
        }
    }
}

async fn refuse_state(
    request: &HttpRequest,
    visitor: &Has<Admin>,
    id: i64,
    status: StatusCode,
    state: Form,
) -> Result<HttpResponse, Problem> {
    let refusals = Refusals {
        state,
        ..Refusals::default()
    };
    respond(
        request,
        visitor,
        id,
        &SetupQuery::default(),
        (status, refusals),
    )
    .await
}

pub(in crate::pages) fn term_page(
    request: &HttpRequest,
    (term, content): (Term, TermContent),
    query: &SetupQuery,
    refusals: &Refusals,
) -> TermPage {
    let t = t_of(request);
    let number = |many: u64| u32::try_from(many).unwrap_or(u32::MAX);
    let many = query.many.parse().unwrap_or(0);
    let done = match query.done.as_str() {
        "saved" => Some(t.get("setup-saved")),
        "closed" => Some(t.count("term-now-closed", many)),
        "reopened" => Some(t.count("term-now-open", many)),
        _ => None,
    };
    let effects = if term.open {
        vec![
            t.count("term-close-locks", number(content.published)),
            t.count("term-close-drafts", number(content.drafts)),
            t.get("term-close-scores"),
        ]
    } else {
        let by_hand = content.locked.saturating_sub(content.locked_by_term);
        vec![
            t.count("term-reopen-unlocks", number(content.locked_by_term)),
            t.count("term-reopen-stays", number(by_hand)),
        ]
    };
    let facts = [
        ("term-fact-courses", content.courses),
        ("term-fact-exams", content.exams),
        ("term-fact-drafts", content.drafts),
        ("term-fact-published", content.published),
        ("term-fact-locked", content.locked),
    ];
    let details = &refusals.details;
    let seen = content.published + content.locked > 0;
    let why = details.optional("why", t.get("term-why"), "", t.get("term-why-hint"));
    TermPage {
        frame: frame(
            request,
            term_name(&term),
            &format!("/admin/terms/{}", term.id),
        ),
        t,
        id: term.id.0,
        days: days(t, &term),
        open: term.open,
        done,
        facts: facts.map(|(key, many)| (t.get(key), many)).to_vec(),
        effects,
        form: TermForm::new(t, details, Some(&term)),
        why: seen.then(|| Field {
            error: details.error("reason"),
            ..why
        }),
        alert: refusals.state.alert.clone(),
        confirm_error: refusals.state.error("confirm"),
        reason: refusals
            .state
            .field("reason", t.get("term-reopen-reason"), "", 1_000),
    }
}
