//! One import: its plan, how far it has come, what it did.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::imports::{
    ImportError, ImportOrder, ImportOutcome, ImportState, KeptImport, KeptSummary, LeftOut, Phase,
};
use gradebook_auth::Role;
use gradebook_domain::ImportId;

use super::agree::{NAMES, REASON, Refusal, Typed, UNDO_REASON};
use super::columns::{self, ColumnChoice};
use super::earlier::{What, what};
use super::left_out::{self, LeftOutView};
use super::plan::{self, Plan, RowsQuery};
use super::{advice, explain, is_of_file, state_badge};
use crate::access::SignedIn;
use crate::api::imports::problem;
use crate::i18n::{DateText, Locale, T};
use crate::pages::admin::Badge;
use crate::pages::frame::{Frame, Visitor};
use crate::pages::page;
use crate::problem::Problem;

/// How often a page without script asks how far an import has come.
const REFRESH_S: &str = "2";
#[derive(Template)]
#[template(path = "pages/imports/one.html")]
pub(in crate::pages) struct OnePage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) id: ImportId,
    /// The list that it stands in.
    pub(in crate::pages) above: String,
    pub(in crate::pages) badge: Badge,
    pub(in crate::pages) what: What,
    pub(in crate::pages) who: String,
    pub(in crate::pages) when: DateText,
    /// What happened, and the class of its box.
    pub(in crate::pages) said: Option<(&'static str, String)>,
    pub(in crate::pages) errors: Vec<String>,
    /// What it is busy with, how much is done and how much there is.
    pub(in crate::pages) progress: Option<(String, usize, usize)>,
    pub(in crate::pages) facts: Vec<(String, usize)>,
    pub(in crate::pages) plan: Option<Plan>,
    /// Rows that were left out.
    pub(in crate::pages) left_out: Option<LeftOutView>,
    pub(in crate::pages) can_undo: bool,
    /// Where every cell that it changed is listed.
    pub(in crate::pages) cells: Option<String>,
    /// Columns that can be left out.
    pub(in crate::pages) columns: Vec<ColumnChoice>,
    /// What was chosen and typed beside the plan.
    pub(in crate::pages) typed: Typed,
    /// What is wrong with the reason.
    pub(in crate::pages) reason_error: Option<String>,
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
        Refusal::default(),
    )
    .await
}

pub(super) async fn answer(
    request: &HttpRequest,
    visitor: &SignedIn,
    id: ImportId,
    query: &RowsQuery,
    status: StatusCode,
    refusal: Refusal,
) -> Result<HttpResponse, Problem> {
    let (app, actor) = (&visitor.app, &visitor.actor);
    let kept = app.kept_import(actor, id).await.map_err(problem)?;
    let waits = matches!(
        kept.stored.state,
        ImportState::Planned | ImportState::Failed
    ) && !kept.is_cancelled();
    let plan = if waits || kept.abandoned {
        app.plan_of_kept(actor, &kept).await
    } else {
        Ok(None)
    };
    let plan = match plan {
        Err(error) if !is_of_file(&error) => return Err(problem(error)),
        plan => plan,
    };
    let left_out = match kept.summary.rejected {
        0 => None,
        _ => app.left_out_of_import(actor, id).await.map_err(problem)?,
    };
    let mut view = one_page(request, actor.role, &kept, plan, query, refusal);
    view.set_left_out(left_out.as_ref());
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
    refusal: Refusal,
) -> OnePage {
    let t = T(Locale::of(request));
    let refused = refusal.code;
    let (stored, summary) = (&kept.stored, &kept.summary);
    let here = format!("/imports/{}", stored.id);
    let state = stored.state;
    let waits = (matches!(state, ImportState::Planned | ImportState::Failed)
        && !kept.is_cancelled())
        || kept.abandoned;
    let said = said(t, kept, refused, matches!(plan, Ok(None)) && waits);
    let of_roster = matches!(kept.order, Some(ImportOrder::Roster(_)));
    let errors = plan.as_ref().err().map(|error| explain(t, error));
    let columns = match &plan {
        Ok(Some(plan)) => columns::choices(t, kept, Ok(plan)),
        Err(error) => columns::choices(t, kept, Err(error)),
        Ok(None) => Vec::new(),
    };
    let mut typed = refusal.typed;
    if typed.reason.is_none() {
        typed.reason = kept
            .order
            .as_ref()
            .and_then(ImportOrder::reason)
            .map(str::to_owned);
    }
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
        .into_iter()
        .filter(|(key, count)| *count > 0 || key.starts_with("imports-scores"))
        .filter(|_| !kept.is_cancelled())
        .map(|(key, count)| (t.get(key), count))
        .collect(),
        _ => Vec::new(),
    };
    OnePage {
        frame: Frame::new(request, Visitor::Person(role), stored.file_name.clone())
            .returning_to(&here),
        t,
        id: stored.id,
        above: list_of(kept),
        of_roster,
        badge: state_badge(t, kept),
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
        left_out: None,
        can_undo: state == ImportState::Committed
            && stored.batch.is_some()
            && summary.scores_new + summary.scores_changed > 0,
        cells: stored
            .batch
            .filter(|_| summary.scores_new + summary.scores_changed > 0)
            .map(|batch| format!("/batches/{batch}")),
        columns,
        typed,
        reason_error: refused
            .filter(|code| REASON.contains(code))
            .map(|code| advice(t, code)),
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

/// The list in which an import stands.
pub(super) fn list_of(kept: &KeptImport) -> String {
    match kept.stored.course {
        Some(course) => format!("/courses/{course}/import"),
        None if kept.stored.kind == "roster" => "/admin/imports/roster".to_owned(),
        None => "/admin/imports".to_owned(),
    }
}

impl OnePage {
    /// Lists rows that were left out.
    pub(in crate::pages) fn set_left_out(&mut self, rows: Option<&LeftOut>) {
        self.left_out = rows.map(|rows| left_out::view(self.t, self.id, rows));
    }
}

fn said(
    t: T,
    kept: &KeptImport,
    refused: Option<&'static str>,
    forgotten: bool,
) -> Option<(&'static str, String)> {
    let beside = |code: &&str| *code == UNDO_REASON || *code == NAMES || REASON.contains(code);
    if let Some(code) = refused.filter(|code| !beside(code)) {
        return Some(("is-error", advice(t, code)));
    }
    if kept.abandoned {
        return Some(("is-warning", t.get("imports-abandoned")));
    }
    let summary = &kept.summary;
    match kept.stored.state {
        _ if forgotten => Some(("is-warning", t.get("imports-forgotten"))),
        ImportState::Failed if kept.is_cancelled() => Some(("is-info", t.get("imports-cancelled"))),
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
