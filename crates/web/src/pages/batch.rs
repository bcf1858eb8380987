//! One batch of scores: what it changed, what an undo would do, and what an undo did.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::{
    BatchView, CellSkipped, InvalidReason, RefusalCode, UndoError, UndoReport, WhySkipped,
};
use gradebook_auth::Role;
use gradebook_domain::{AssessmentId, BatchId, CourseId, UserId};
use serde::Deserialize;

use super::change_lines::{score_text, through, what, who};
use super::frame::{Frame, Visitor};
use super::page;
use super::words::course_name;
use crate::access::{SafeForm, SignedIn};
use crate::i18n::{DateText, Locale, T};
use crate::problem::{Problem, database_problem};

/// Skipped cells that a page names; an import can have thousands.
const MOST_SKIPPED: usize = 200;

#[derive(Template)]
#[template(path = "pages/batch.html")]
pub(super) struct BatchPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) batch: BatchId,
    pub(super) facts: Facts,
    /// What the batch changed.
    pub(super) places: Vec<Place>,
    /// What an undo would do; nothing when it could put nothing back.
    pub(super) will: Option<String>,
    pub(super) undo: String,
    /// What the field for the reason says; there is none when no score needs one.
    pub(super) reason_hint: Option<String>,
    /// Whether every score needs the reason.
    pub(super) reason_required: bool,
    pub(super) reason: String,
    pub(super) reason_error: Option<String>,
    pub(super) left: Left,
}

#[derive(Template)]
#[template(path = "pages/batch_undone.html")]
pub(super) struct UndonePage {
    pub(super) frame: Frame,
    pub(super) t: T,
    /// What was put back; nothing when nothing was.
    pub(super) done: Option<String>,
    /// The undo itself, which can be undone.
    pub(super) redo: Option<String>,
    /// Where the changes of the course are.
    pub(super) back: Option<String>,
    pub(super) left: Left,
}

/// An assessment of which the batch changed scores.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) title: String,
    /// Its course; nothing when it was deleted.
    pub(super) course: Option<String>,
    /// How many scores.
    pub(super) scores: String,
}

/// Who did it, when and why.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub(super) who: String,
    pub(super) through: Option<String>,
    pub(super) at: DateText,
    pub(super) reason: Option<String>,
    /// Where the changes of the course are.
    pub(super) back: Option<String>,
}

/// Cells that are left as they are.
#[derive(Debug, Clone, Default)]
pub(super) struct Left {
    pub(super) title: String,
    pub(super) cells: Vec<LeftCell>,
    /// How many more there are.
    pub(super) more: Option<String>,
}

/// A cell that is left as it is.
#[derive(Debug, Clone)]
pub(super) struct LeftCell {
    pub(super) student: String,
    pub(super) assessment: String,
    pub(super) why: String,
    pub(super) before: String,
    pub(super) now: String,
    /// Who stored what is there, and when.
    pub(super) by: Option<(String, DateText)>,
}

/// The field of the form.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct UndoForm {
    #[serde(default)]
    reason: String,
}

/// `GET /batches/{batch_id}`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
) -> Result<HttpResponse, Problem> {
    let batch = BatchId(*id);
    let found = visitor.app.batch(&visitor.actor, batch).await?;
    let view = batch_page(&request, visitor.actor.role, (batch, &found), "", None);
    page(StatusCode::OK, &view)
}

/// `POST /batches/{batch_id}/undo`.
pub(crate) async fn undo(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    SafeForm(form): SafeForm<UndoForm>,
) -> Result<HttpResponse, Problem> {
    let batch = BatchId(*id);
    let (app, actor) = (&visitor.app, &visitor.actor);
    let found = app.batch(actor, batch).await?;
    let again = |key: &str| {
        let t = T(Locale::of(&request));
        let error = Some(t.get(key));
        let view = batch_page(&request, actor.role, (batch, &found), &form.reason, error);
        page(StatusCode::UNPROCESSABLE_ENTITY, &view)
    };
    let done = match app.undo_batch(actor, batch, Some(&form.reason)).await {
        Ok(done) => done,
        Err(UndoError::NotFound) => return Err(Problem::not_found()),
        Err(UndoError::ReasonRequired { .. }) => return again("undo-reason-missing"),
        Err(UndoError::Reason(InvalidReason::TooLong)) => return again("undo-reason-long"),
        Err(UndoError::Reason(InvalidReason::Characters)) => {
            return again("undo-reason-characters");
        }
        Err(error @ UndoError::Database(_)) => return Err(database_problem(&error)),
    };
    let view = undone_page(&request, actor.role, batch, back(&request, &found), done);
    page(StatusCode::OK, &view)
}

pub(super) fn undone_page(
    request: &HttpRequest,
    role: Role,
    batch: BatchId,
    back: Option<String>,
    done: UndoReport,
) -> UndonePage {
    let t = T(Locale::of(request));
    let number = u32::try_from(done.restored.len()).unwrap_or(u32::MAX);
    let skipped: Vec<&CellSkipped> = done.skipped.iter().collect();
    UndonePage {
        frame: Frame::new(request, Visitor::Person(role), t.get("undo-done-title"))
            .returning_to(&format!("/batches/{batch}")),
        t,
        left: left(t, "undo-left", &skipped, &done.titles, &done.names),
        done: (number > 0).then(|| t.count("undo-restored", number)),
        redo: done.batch.map(|own| format!("/batches/{own}")),
        back,
    }
}

/// From where a batch was opened.
#[derive(Debug, Deserialize)]
struct CameFrom {
    course: i64,
}

/// The changes of the course from which it was opened, if it is of this course, or of its newest score.
fn back(request: &HttpRequest, found: &BatchView) -> Option<String> {
    let from = Query::<CameFrom>::from_query(request.query_string()).ok();
    let from = from.map(|from| CourseId(from.course));
    let from = from.filter(|course| found.courses.contains_key(course));
    let course = from.or(found.group.newest.course)?;
    Some(format!("/courses/{course}/changes"))
}

pub(super) fn batch_page(
    request: &HttpRequest,
    role: Role,
    (batch, found): (BatchId, &BatchView),
    reason: &str,
    reason_error: Option<String>,
) -> BatchPage {
    let t = T(Locale::of(request));
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let (restorable, needing) = (found.restorable(), found.needing_reason());
    let newest = &found.group.newest;
    let skipped: Vec<&CellSkipped> = found
        .undo
        .skipped
        .iter()
        .filter(|cell| !cell.needs_reason())
        .collect();
    let places = found.group.assessments.iter().map(|one| {
        let title = one.title.clone();
        let course = one.course.and_then(|id| found.courses.get(&id));
        let scores = u32::try_from(one.scores).unwrap_or(u32::MAX);
        Place {
            title: title.unwrap_or_else(|| t.get("batch-deleted-assessment")),
            course: course.map(|course| course_name(t, course)),
            scores: t.count("batch-scores", scores),
        }
    });
    BatchPage {
        frame: Frame::new(request, Visitor::Person(role), what(t, &found.group))
            .returning_to(&format!("/batches/{batch}")),
        t,
        batch,
        facts: Facts {
            who: who(t, newest),
            through: through(t, newest),
            at: t.instant(newest.at),
            reason: newest.reason.clone(),
            back: back(request, found),
        },
        places: places.collect(),
        will: (restorable > 0).then(|| t.count("undo-will", number(restorable))),
        undo: t.count("undo-submit", number(restorable)),
        reason_hint: (needing > 0).then(|| t.count("undo-reason-hint", number(needing))),
        reason_required: needing > 0,
        reason: reason.to_owned(),
        reason_error,
        left: left(
            t,
            "undo-would-leave",
            &skipped,
            &found.undo.titles,
            &found.undo.names,
        ),
    }
}

fn left(
    t: T,
    title: &str,
    skipped: &[&CellSkipped],
    titles: &HashMap<AssessmentId, String>,
    names: &HashMap<UserId, String>,
) -> Left {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let cells = skipped.iter().take(MOST_SKIPPED).map(|cell| {
        let current = cell.current.as_ref();
        let name = |id: &UserId| names.get(id).cloned().unwrap_or_default();
        LeftCell {
            student: name(&cell.student),
            assessment: titles
                .get(&cell.assessment)
                .cloned()
                .unwrap_or_else(|| t.get("batch-deleted-assessment")),
            why: t.get(why(cell.why)),
            before: score_text(t, cell.before),
            now: score_text(t, current.map_or_else(Default::default, |now| now.score)),
            by: current.map(|now| {
                let who = now
                    .updated_by
                    .as_ref()
                    .map_or_else(|| t.get("change-by-operator"), name);
                (who, t.instant(now.updated_at))
            }),
        }
    });
    let more = skipped.len().saturating_sub(MOST_SKIPPED);
    Left {
        title: t.count(title, number(skipped.len())),
        cells: cells.collect(),
        more: (more > 0).then(|| t.count("batch-more", number(more))),
    }
}

/// Why a cell is left, as a key.
fn why(why: WhySkipped) -> &'static str {
    match why {
        WhySkipped::ChangedSince => "undo-changed-since",
        WhySkipped::Unchanged => "undo-unchanged",
        WhySkipped::Refused(refusal) => match refusal.code {
            RefusalCode::Locked => "undo-locked",
            RefusalCode::TermClosed => "undo-term-closed",
            RefusalCode::ReasonRequired => "undo-needs-reason",
            RefusalCode::NotEnrolled => "undo-not-enrolled",
            RefusalCode::AboveMaximum => "undo-above-maximum",
            RefusalCode::UnknownAssessment => "undo-no-assessment",
            _ => "undo-refused",
        },
    }
}
