//! One import: its plan, how far it has come, what it did.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::UndoError;
use gradebook_app::imports::{
    Agreed, ImportError, ImportOrder, ImportOutcome, ImportState, KeptImport, KeptSummary, Phase,
};
use gradebook_auth::Role;
use gradebook_domain::ImportId;
use serde::Deserialize;

use super::list::what;
use super::plan::{self, Plan, RowsQuery};
use super::{advice, explain, is_of_file, state_badge};
use crate::access::{SafeForm, SignedIn};
use crate::api::imports::problem;
use crate::i18n::{DateText, Locale, T};
use crate::pages::admin::Badge;
use crate::pages::frame::{Frame, Visitor};
use crate::pages::{page, see_other};
use crate::problem::{Problem, database_problem};

/// How often a page without script asks how far an import has come.
const REFRESH_S: &str = "2";
/// Why an import was not taken back yet.
const UNDO_REASON: &str = "undo_reason_required";
/// Nobody said that they looked at the names that are not the school's.
const NAMES: &str = "names_not_checked";

#[derive(Template)]
#[template(path = "pages/imports/one.html")]
pub(in crate::pages) struct OnePage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) id: ImportId,
    /// The list that it stands in.
    pub(in crate::pages) above: String,
    pub(in crate::pages) badge: Badge,
    pub(in crate::pages) what: String,
    pub(in crate::pages) who: String,
    pub(in crate::pages) when: DateText,
    /// What happened, and the class of its box.
    pub(in crate::pages) said: Option<(&'static str, String)>,
    pub(in crate::pages) errors: Vec<String>,
    /// What it is busy with, how much is done and how much there is.
    pub(in crate::pages) progress: Option<(String, usize, usize)>,
    pub(in crate::pages) facts: Vec<(String, usize)>,
    pub(in crate::pages) plan: Option<Plan>,
    pub(in crate::pages) can_undo: bool,
    /// Where every cell that it changed is listed.
    pub(in crate::pages) cells: Option<String>,
    /// What is wrong with what was said of the names.
    pub(in crate::pages) names_error: Option<String>,
    /// What is wrong with the form that takes it back.
    pub(in crate::pages) undo_error: Option<String>,
    /// Whether it is of a roster.
    pub(in crate::pages) of_roster: bool,
    /// Accounts were created that have no password yet.
    pub(in crate::pages) slips: bool,
    /// The same of teachers, who get theirs one by one.
    pub(in crate::pages) teachers: bool,
}

/// The fields of the form that agrees to a plan.
#[derive(Debug, Deserialize)]
pub(crate) struct CommitForm {
    #[serde(default)]
    plan_hash: String,
    allow_partial: Option<String>,
    names_checked: Option<String>,
}

/// The field of the form that takes an import back.
#[derive(Debug, Deserialize)]
pub(crate) struct UndoForm {
    #[serde(default)]
    reason: String,
}

/// `GET /imports/{import_id}`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    query: Query<RowsQuery>,
) -> Result<HttpResponse, Problem> {
    answer(
        &request,
        &visitor,
        ImportId(*id),
        &query,
        StatusCode::OK,
        None,
    )
    .await
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
    let same_names_only = form.names_checked.is_none();
    if same_names_only {
        let kept = app.kept_import(actor, id).await.map_err(problem)?;
        // What else is wrong is said where it is written.
        let plan = app.plan_of_kept(actor, &kept).await.ok().flatten();
        if plan.is_some_and(|plan| plan.names_differ > 0) {
            let (query, status) = (RowsQuery::default(), StatusCode::UNPROCESSABLE_ENTITY);
            return answer(&request, &visitor, id, &query, status, Some(NAMES)).await;
        }
    }
    let agreed = Agreed {
        plan_hash: Some(form.plan_hash),
        allow_partial: form.allow_partial.is_some(),
        same_names_only,
    };
    match visitor.app.start_import(&visitor.actor, id, agreed).await {
        Ok(()) => Ok(see_other(&format!("/imports/{id}"))),
        Err(ImportError::Order { code, .. }) => {
            let query = RowsQuery::default();
            let conflict = StatusCode::CONFLICT;
            answer(&request, &visitor, id, &query, conflict, Some(code)).await
        }
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
            let needed = Some(UNDO_REASON);
            answer(&request, &visitor, id, &query, status, needed).await
        }
        Err(UndoError::NotFound) => Err(Problem::not_found()),
        Err(UndoError::Reason(error)) => Err(crate::problem::invalid_reason(error)),
        Err(error @ UndoError::Database(_)) => Err(database_problem(&error)),
    }
}

async fn answer(
    request: &HttpRequest,
    visitor: &SignedIn,
    id: ImportId,
    query: &RowsQuery,
    status: StatusCode,
    refused: Option<&'static str>,
) -> Result<HttpResponse, Problem> {
    let (app, actor) = (&visitor.app, &visitor.actor);
    let kept = app.kept_import(actor, id).await.map_err(problem)?;
    let waits = matches!(
        kept.stored.state,
        ImportState::Planned | ImportState::Failed
    );
    let plan = if waits || kept.abandoned {
        app.plan_of_kept(actor, &kept).await
    } else {
        Ok(None)
    };
    let plan = match plan {
        Err(error) if !is_of_file(&error) => return Err(problem(error)),
        plan => plan,
    };
    let view = one_page(request, actor.role, &kept, plan, query, refused);
    let mut response = page(status, &view)?;
    if kept.stored.state == ImportState::Running && !kept.abandoned {
        response
            .headers_mut()
            .insert(header::REFRESH, header::HeaderValue::from_static(REFRESH_S));
    }
    Ok(response)
}

pub(in crate::pages) fn one_page(
    request: &HttpRequest,
    role: Role,
    kept: &KeptImport,
    plan: Result<Option<Arc<ImportOutcome>>, ImportError>,
    query: &RowsQuery,
    refused: Option<&'static str>,
) -> OnePage {
    let t = T(Locale::of(request));
    let (stored, summary) = (&kept.stored, &kept.summary);
    let here = format!("/imports/{}", stored.id);
    let state = stored.state;
    let waits = matches!(state, ImportState::Planned | ImportState::Failed) || kept.abandoned;
    let said = said(t, kept, refused, matches!(plan, Ok(None)) && waits);
    let of_roster = matches!(kept.order, Some(ImportOrder::Roster(_)));
    let errors = plan.as_ref().err().map(|error| explain(t, error));
    let facts = match (&plan, waits) {
        (Ok(Some(outcome)), _) => plan::facts(t, outcome, of_roster),
        (_, false) if state != ImportState::Running && of_roster => [
            ("imports-students", summary.students),
            ("imports-teachers", summary.teachers),
            ("imports-classes", summary.classes),
            ("imports-enrolments", summary.enrolled - summary.moved),
            ("imports-moved", summary.moved),
            ("imports-renamed", summary.renamed),
            ("imports-rejected-rows", summary.rejected),
        ]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(key, count)| (t.get(key), count))
        .collect(),
        (_, false) if state != ImportState::Running => [
            ("imports-scores-new", summary.scores_new),
            ("imports-scores-changed", summary.scores_changed),
            ("imports-students", summary.students),
            ("imports-rejected-rows", summary.rejected),
        ]
        .map(|(key, count)| (t.get(key), count))
        .to_vec(),
        _ => Vec::new(),
    };
    OnePage {
        frame: Frame::new(request, Visitor::Person(role), stored.file_name.clone())
            .returning_to(&here),
        t,
        id: stored.id,
        above: match stored.course {
            Some(course) => format!("/courses/{course}/import"),
            None if of_roster => "/admin/imports/roster".to_owned(),
            None => "/admin/imports".to_owned(),
        },
        of_roster,
        badge: state_badge(t, state, kept.abandoned),
        what: what(t, kept),
        who: kept
            .author
            .clone()
            .unwrap_or_else(|| t.get("imports-operator")),
        when: t.instant(stored.created_at),
        said,
        errors: errors.unwrap_or_default(),
        progress: (state == ImportState::Running && !kept.abandoned).then(|| {
            let phase = kept
                .progress
                .map_or(Phase::Checking, |progress| progress.phase);
            let key = match phase {
                Phase::Checking => "imports-phase-checking",
                Phase::Students => "imports-phase-students",
                Phase::Scores => "imports-phase-scores",
                Phase::Publishing => "imports-phase-publishing",
            };
            let (done, total) = kept
                .progress
                .map_or((0, 0), |progress| (progress.done, progress.total));
            (t.get(key), done, total)
        }),
        facts,
        plan: plan
            .ok()
            .flatten()
            .map(|outcome| plan::plan_view(t, (&here, stored.course.is_some()), &outcome, query)),
        can_undo: state == ImportState::Committed
            && stored.batch.is_some()
            && summary.scores_new + summary.scores_changed > 0,
        cells: stored
            .batch
            .filter(|_| summary.scores_new + summary.scores_changed > 0)
            .map(|batch| format!("/batches/{batch}")),
        names_error: refused
            .filter(|code| *code == NAMES)
            .map(|code| advice(t, code)),
        undo_error: refused
            .filter(|code| *code == UNDO_REASON)
            .map(|code| advice(t, code)),
        slips: state == ImportState::Committed && summary.students > 0 && role == Role::Admin,
        teachers: state == ImportState::Committed && summary.teachers > 0,
    }
}

fn said(
    t: T,
    kept: &KeptImport,
    refused: Option<&'static str>,
    forgotten: bool,
) -> Option<(&'static str, String)> {
    if let Some(code) = refused.filter(|code| ![UNDO_REASON, NAMES].contains(code)) {
        return Some(("is-error", advice(t, code)));
    }
    if kept.abandoned {
        return Some(("is-warning", t.get("imports-abandoned")));
    }
    let summary = &kept.summary;
    match kept.stored.state {
        _ if forgotten => Some(("is-warning", t.get("imports-forgotten"))),
        ImportState::Failed => {
            let code = summary.error.as_deref().unwrap_or_default();
            Some(("is-error", advice(t, code)))
        }
        ImportState::Committed if kept.stored.batch.is_none() => {
            Some(("is-success", t.get("imports-nothing")))
        }
        ImportState::Committed if summary.restored.is_some() => Some((
            "is-warning",
            taken_back(t, summary, "imports-undone-in-part"),
        )),
        ImportState::Committed => Some(("is-success", t.get("imports-done"))),
        ImportState::Undone => Some(("is-success", taken_back(t, summary, "imports-undone"))),
        ImportState::Planned | ImportState::Running => None,
    }
}

/// How much an undo put back, and how much it left.
fn taken_back(t: T, summary: &KeptSummary, key: &'static str) -> String {
    let text = |number: Option<usize>| number.unwrap_or(0).to_string();
    let (restored, skipped) = (text(summary.restored), text(summary.skipped));
    let values = [("restored", restored.as_str()), ("skipped", &skipped)];
    t.args(key, &values)
}
