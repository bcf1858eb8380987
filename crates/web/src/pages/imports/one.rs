//! One import: its plan, how far it has come, what it did.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::UndoError;
use gradebook_app::imports::{
    Agreed, ImportError, ImportOutcome, ImportState, KeptImport, Outcome, Phase, RowOutcome,
};
use gradebook_auth::Role;
use gradebook_domain::ImportId;
use serde::Deserialize;

use super::list::what;
use super::{advice, explain, state_badge};
use crate::access::{SafeForm, SignedIn};
use crate::api::imports::problem;
use crate::i18n::{DateText, Locale, T};
use crate::pages::admin::Badge;
use crate::pages::frame::{Frame, Visitor};
use crate::pages::{page, see_other};
use crate::problem::{Problem, database_problem};

/// Rows of the file on one page.
const SHOWN: usize = 100;
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
    /// Accounts were created that have no password yet.
    pub(in crate::pages) slips: bool,
}

/// A plan to agree to.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Plan {
    pub(in crate::pages) hash: String,
    /// Whether anything would be written.
    pub(in crate::pages) does_something: bool,
    /// "3 rows are left out"; nothing when all rows are imported.
    pub(in crate::pages) rejected: Option<String>,
    /// Outcomes with the address that shows only these, and whether it is this one.
    pub(in crate::pages) chips: Vec<(String, String, bool)>,
    pub(in crate::pages) rows: Vec<RowView>,
    pub(in crate::pages) more: Option<String>,
}

/// A row of the file.
#[derive(Debug, Clone)]
pub(in crate::pages) struct RowView {
    pub(in crate::pages) line: u64,
    pub(in crate::pages) number: String,
    pub(in crate::pages) name: String,
    pub(in crate::pages) badge: Badge,
    /// Column with what stands there, and what to do.
    pub(in crate::pages) errors: Vec<(String, String)>,
}

/// Which rows.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct RowsQuery {
    outcome: Option<String>,
    from: Option<usize>,
}

/// The fields of the form that agrees to a plan.
#[derive(Debug, Deserialize)]
pub(crate) struct CommitForm {
    #[serde(default)]
    plan_hash: String,
    allow_partial: Option<String>,
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
    let agreed = Agreed {
        plan_hash: Some(form.plan_hash),
        allow_partial: form.allow_partial.is_some(),
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
        Err(
            error @ (ImportError::Database(_) | ImportError::NotFound | ImportError::Forbidden),
        ) => {
            return Err(problem(error));
        }
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
    plan: Result<Option<ImportOutcome>, ImportError>,
    query: &RowsQuery,
    refused: Option<&'static str>,
) -> OnePage {
    let t = T(Locale::of(request));
    let (stored, summary) = (&kept.stored, &kept.summary);
    let here = format!("/imports/{}", stored.id);
    let state = stored.state;
    let waits = matches!(state, ImportState::Planned | ImportState::Failed) || kept.abandoned;
    let said = said(t, kept, refused, matches!(plan, Ok(None)) && waits);
    let errors = plan.as_ref().err().map(|error| explain(t, error));
    let facts = match (&plan, waits) {
        (Ok(Some(outcome)), _) => facts_of_plan(t, outcome),
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
            None => "/admin/imports".to_owned(),
        },
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
            .map(|outcome| plan_view(t, &here, &outcome, query)),
        can_undo: state == ImportState::Committed
            && stored.batch.is_some()
            && summary.scores_new + summary.scores_changed > 0,
        slips: state == ImportState::Committed && summary.students > 0 && role == Role::Admin,
    }
}

fn said(
    t: T,
    kept: &KeptImport,
    refused: Option<&'static str>,
    forgotten: bool,
) -> Option<(&'static str, String)> {
    if let Some(code) = refused {
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
        ImportState::Committed => Some(("is-success", t.get("imports-done"))),
        ImportState::Undone => {
            let text = |number: Option<usize>| number.unwrap_or(0).to_string();
            let (restored, skipped) = (text(summary.restored), text(summary.skipped));
            let values = [("restored", restored.as_str()), ("skipped", &skipped)];
            Some(("is-success", t.args("imports-undone", &values)))
        }
        ImportState::Planned | ImportState::Running => None,
    }
}

fn facts_of_plan(t: T, outcome: &ImportOutcome) -> Vec<(String, usize)> {
    let report = &outcome.report;
    let always = [
        ("imports-scores-new", report.scores_new),
        ("imports-scores-changed", report.scores_changed),
        ("imports-scores-unchanged", report.scores_unchanged),
    ];
    let created = [
        ("imports-students", report.students_created),
        ("imports-classes", report.classes_created),
        ("imports-enrolments", report.enrolled),
        ("imports-courses", report.courses_created),
        ("imports-published", report.published),
    ];
    let created = created.into_iter().filter(|(_, count)| *count > 0);
    let facts = always.into_iter().chain(created);
    facts.map(|(key, count)| (t.get(key), count)).collect()
}

fn plan_view(t: T, here: &str, outcome: &ImportOutcome, query: &RowsQuery) -> Plan {
    let wanted = Outcome::ALL
        .into_iter()
        .find(|one| Some(one.as_str()) == query.outcome.as_deref());
    let mut rows: Vec<&RowOutcome> = outcome
        .rows
        .iter()
        .filter(|row| wanted.is_none_or(|wanted| row.outcome == wanted))
        .collect();
    // What needs somebody's eyes comes first.
    rows.sort_by_key(|row| (row.outcome, row.line));
    let from = query.from.unwrap_or(0).min(rows.len());
    let link = |outcome: Option<Outcome>, from: usize| match outcome {
        Some(outcome) => format!("{here}?outcome={}&from={from}", outcome.as_str()),
        None => format!("{here}?from={from}"),
    };
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let all = (link(None, 0), t.get("imports-all-rows"), wanted.is_none());
    let of_outcome = Outcome::ALL.into_iter().filter_map(|one| {
        let number = outcome.counts.of(one);
        let text = format!("{} {number}", outcome_word(t, one));
        (number > 0).then(|| (link(Some(one), 0), text, wanted == Some(one)))
    });
    let report = &outcome.report;
    let created = report.students_created + report.enrolled + report.published;
    let shown = rows.iter().skip(from).take(SHOWN);
    Plan {
        hash: outcome.plan_hash.clone(),
        does_something: report.scores_new + report.scores_changed + created > 0
            || report.exam_created
            || report.courses_created > 0,
        rejected: (outcome.counts.rejected > 0)
            .then(|| t.count("imports-left-out", count(outcome.counts.rejected))),
        chips: std::iter::once(all).chain(of_outcome).collect(),
        rows: shown.map(|row| row_view(t, row)).collect(),
        more: (rows.len() > from + SHOWN).then(|| link(wanted, from + SHOWN)),
    }
}

fn outcome_word(t: T, outcome: Outcome) -> String {
    t.get(match outcome {
        Outcome::Rejected => "imports-rejected",
        Outcome::Changed => "imports-changed",
        Outcome::New => "imports-new",
        Outcome::Unchanged => "imports-unchanged",
    })
}

fn row_view(t: T, row: &RowOutcome) -> RowView {
    let class = match row.outcome {
        Outcome::Rejected => "is-danger",
        Outcome::Changed => "is-corrected",
        Outcome::New => "is-new",
        Outcome::Unchanged => "is-draft",
    };
    let errors = row.errors.iter().map(|error| {
        let place = match (error.column.is_empty(), error.value.is_empty()) {
            (true, _) => String::new(),
            (false, true) => error.column.clone(),
            (false, false) => format!("{}: {}", error.column, error.value),
        };
        (place, advice(t, error.code))
    });
    RowView {
        line: row.line,
        number: row.number.clone(),
        name: row.name.clone(),
        badge: Badge {
            class,
            text: outcome_word(t, row.outcome),
        },
        errors: errors.collect(),
    }
}
