//! Agreeing to the plan of an import, and taking back what it did.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use gradebook_app::UndoError;
use gradebook_app::imports::{Agreed, ImportChange, ImportError, ImportOrder};
use gradebook_domain::ImportId;
use serde::Deserialize;

use super::one::{answer, list_of};
use super::plan::RowsQuery;
use crate::access::{SafeForm, SignedIn};
use crate::api::imports::problem;
use crate::pages::see_other;
use crate::problem::{Problem, database_problem};

/// Why an import was not taken back yet.
pub(super) const UNDO_REASON: &str = "undo_reason_required";
/// There is no reason for scores that students have seen.
pub(super) const NEEDS_REASON: &str = "reason_required";
/// What can be wrong with a reason.
pub(super) const REASON: [&str; 3] = [NEEDS_REASON, "reason_too_long", "invalid_character"];
/// Nobody said that they looked at the names that are not the school's.
pub(super) const NAMES: &str = "names_not_checked";

/// The fields of the form that agrees to a plan.
#[derive(Debug, Deserialize)]
pub(crate) struct CommitForm {
    #[serde(default)]
    plan_hash: String,
    allow_partial: Option<String>,
    names_checked: Option<String>,
    /// It is asked for where students have seen scores that change.
    reason: Option<String>,
}

/// What somebody chose and typed beside a plan.
#[derive(Debug, Clone, Default)]
pub(in crate::pages) struct Typed {
    pub(in crate::pages) allow_partial: bool,
    pub(in crate::pages) names_checked: bool,
    pub(in crate::pages) reason: Option<String>,
}

/// Why what was sent was not done, and what that was.
#[derive(Debug, Clone, Default)]
pub(in crate::pages) struct Refusal {
    pub(super) code: Option<&'static str>,
    pub(super) typed: Typed,
}

impl Refusal {
    pub(in crate::pages) fn of(code: &'static str) -> Self {
        Self {
            code: Some(code),
            typed: Typed::default(),
        }
    }
}

/// The field of the form that takes an import back.
#[derive(Debug, Deserialize)]
pub(crate) struct UndoForm {
    #[serde(default)]
    reason: String,
}

/// `POST /imports/{import_id}/commit`.
pub(crate) async fn commit(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    SafeForm(form): SafeForm<CommitForm>,
) -> Result<HttpResponse, Problem> {
    let id = ImportId(*id);
    let (app, actor) = (&visitor.app, &visitor.actor);
    let typed = Typed {
        allow_partial: form.allow_partial.is_some(),
        names_checked: form.names_checked.is_some(),
        reason: form.reason,
    };
    let same_names_only = !typed.names_checked;
    let refused = async |status, code, typed: Typed| {
        let refusal = Refusal {
            code: Some(code),
            typed,
        };
        let query = RowsQuery::default();
        answer(&request, &visitor, id, &query, status, refusal).await
    };
    let wrong = StatusCode::UNPROCESSABLE_ENTITY;
    let mut kept = app.kept_import(actor, id).await.map_err(problem)?;
    let given = typed.reason.as_deref().unwrap_or_default().trim();
    let known = kept.order.as_ref().and_then(ImportOrder::reason);
    if typed.reason.is_some() && given != known.unwrap_or_default() {
        let change = ImportChange {
            reason: Some(given.to_owned()),
            ignore_columns: None,
        };
        match app.change_import(actor, id, &change).await {
            Ok(()) => {}
            Err(ImportError::Order { code, .. }) if REASON.contains(&code) => {
                return refused(wrong, code, typed).await;
            }
            Err(ImportError::Order { code, .. }) => {
                return refused(StatusCode::CONFLICT, code, typed).await;
            }
            Err(error) => return Err(problem(error)),
        }
        kept = app.kept_import(actor, id).await.map_err(problem)?;
    }
    let unreasoned = kept.order.as_ref().and_then(ImportOrder::reason).is_none();
    if unreasoned || same_names_only {
        // What else is wrong is said where it is written.
        let plan = app.plan_of_kept(actor, &kept).await.ok().flatten();
        let names_differ = plan.as_ref().is_some_and(|plan| plan.names_differ > 0);
        if unreasoned && plan.is_some_and(|plan| plan.report.corrected > 0) {
            return refused(wrong, NEEDS_REASON, typed).await;
        }
        if same_names_only && names_differ {
            return refused(wrong, NAMES, typed).await;
        }
    }
    let agreed = Agreed {
        plan_hash: Some(form.plan_hash),
        allow_partial: typed.allow_partial,
        same_names_only,
    };
    match app.start_import(actor, id, agreed).await {
        Ok(()) => Ok(see_other(&format!("/imports/{id}"))),
        Err(ImportError::Order { code, .. }) => refused(StatusCode::CONFLICT, code, typed).await,
        Err(error) => Err(problem(error)),
    }
}

/// `POST /imports/{import_id}/undo`.
pub(crate) async fn undo(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    SafeForm(form): SafeForm<UndoForm>,
) -> Result<HttpResponse, Problem> {
    let id = ImportId(*id);
    let kept = visitor.app.kept_import(&visitor.actor, id).await;
    let kept = kept.map_err(problem)?;
    let reason = Some(form.reason.trim()).filter(|reason| !reason.is_empty());
    let undone = visitor.app.undo_import(&visitor.actor, &kept, reason).await;
    match undone {
        Ok(_) => Ok(see_other(&format!("/imports/{id}"))),
        Err(UndoError::ReasonRequired { .. }) => {
            let (query, status) = (RowsQuery::default(), StatusCode::UNPROCESSABLE_ENTITY);
            let needed = Refusal::of(UNDO_REASON);
            answer(&request, &visitor, id, &query, status, needed).await
        }
        Err(UndoError::NotFound) => Err(Problem::not_found()),
        Err(UndoError::Reason(error)) => Err(crate::problem::invalid_reason(error)),
        Err(error @ UndoError::Database(_)) => Err(database_problem(&error)),
    }
}

/// `POST /imports/{import_id}/cancel`.
pub(crate) async fn cancel(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    SafeForm(Nothing {}): SafeForm<Nothing>,
) -> Result<HttpResponse, Problem> {
    let id = ImportId(*id);
    let (app, actor) = (&visitor.app, &visitor.actor);
    let kept = app.kept_import(actor, id).await.map_err(problem)?;
    match app.cancel_import(actor, id).await {
        Ok(()) => Ok(see_other(&list_of(&kept))),
        Err(ImportError::Order { code, .. }) => {
            let (query, status) = (RowsQuery::default(), StatusCode::CONFLICT);
            answer(&request, &visitor, id, &query, status, Refusal::of(code)).await
        }
        Err(error) => Err(problem(error)),
    }
}

/// A form without fields.
#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}
