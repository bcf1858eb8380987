//! Imports so far, and the form that sends a file.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::Page;
use gradebook_app::imports::{ImportChoices, ImportError, ImportOrder, KeptImport, RowError};
use gradebook_app::read::Course;
use gradebook_auth::{Actor, Role};
use gradebook_domain::{CourseId, ImportId};
use serde::Deserialize;

use super::orders::order;
use super::{explain, is_of_file, state_badge};
use crate::access::{SignedIn, form_token};
use crate::api::imports::problem;
use crate::i18n::{DateText, Locale, T};
use crate::pages::admin::Badge;
use crate::pages::frame::{Frame, Visitor};
use crate::pages::words::{class_name, subject_name, term_name};
use crate::pages::{page, see_other};
use crate::problem::Problem;
use crate::upload::Upload;

/// Imports on one page.
pub(super) const SHOWN: u16 = 20;

#[derive(Template)]
#[template(path = "pages/imports/list.html")]
pub(in crate::pages) struct ListPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    /// Where the form goes.
    pub(in crate::pages) action: String,
    /// The page above this one.
    pub(in crate::pages) above: (String, String),
    /// The terms of a new exam; none where the file goes into one course.
    pub(in crate::pages) terms: Vec<(i64, String, bool)>,
    /// The exams of these terms.
    pub(in crate::pages) exams: Vec<(i64, String, bool)>,
    pub(in crate::pages) is_course: bool,
    /// Files of a course that can be filled in: its gradebook.
    pub(in crate::pages) form_xlsx: String,
    pub(in crate::pages) form_csv: String,
    pub(in crate::pages) sent: Sent,
    pub(in crate::pages) errors: Vec<String>,
    pub(in crate::pages) rows: Vec<ImportRow>,
    pub(in crate::pages) older: Option<String>,
}

/// What was typed.
#[derive(Debug, Clone, Default)]
pub(in crate::pages) struct Sent {
    /// The id of an exam, or `new`; empty before anything was chosen.
    pub(in crate::pages) exam_id: String,
    pub(in crate::pages) exam_name: String,
    pub(in crate::pages) exam_kind: String,
    pub(in crate::pages) held_on: String,
    pub(in crate::pages) reason: String,
    pub(in crate::pages) create_missing: bool,
    pub(in crate::pages) publish: bool,
    term: Option<i64>,
}

/// An import in the list.
#[derive(Debug, Clone)]
pub(in crate::pages) struct ImportRow {
    pub(in crate::pages) id: ImportId,
    pub(in crate::pages) file: String,
    pub(in crate::pages) what: What,
    pub(in crate::pages) who: String,
    pub(in crate::pages) when: DateText,
    pub(in crate::pages) badge: Badge,
    pub(in crate::pages) counts: String,
}

/// What a file is imported into, and the address of that.
#[derive(Debug, Clone, Default)]
pub(in crate::pages) struct What {
    pub(in crate::pages) name: String,
    pub(in crate::pages) href: Option<String>,
}

/// Which part of the list, and which exam the form chooses.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ListQuery {
    before: Option<i64>,
    exam_id: Option<i64>,
}

/// Everything around the form.
pub(in crate::pages) struct Around {
    pub(in crate::pages) role: Role,
    pub(in crate::pages) course: Option<Course>,
    pub(in crate::pages) choices: ImportChoices,
    pub(in crate::pages) imports: Page<KeptImport>,
}

/// `GET /admin/imports`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: SignedIn,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Problem> {
    let around = around(&visitor, None, query.before).await?;
    let sent = Sent {
        exam_id: query.exam_id.map(|id| id.to_string()).unwrap_or_default(),
        ..Sent::empty()
    };
    let view = list_page(&request, around, sent, Vec::new());
    page(StatusCode::OK, &view)
}

/// `GET /courses/{course_id}/import`.
pub(crate) async fn show_course(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Problem> {
    let around = around(&visitor, Some(CourseId(*id)), query.before).await?;
    let view = list_page(&request, around, Sent::empty(), Vec::new());
    page(StatusCode::OK, &view)
}

/// `POST /admin/imports`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: SignedIn,
    body: Multipart,
) -> Result<HttpResponse, Problem> {
    if visitor.actor.role != Role::Admin {
        return Err(Problem::forbidden());
    }
    receive(request, visitor, None, body).await
}

/// `POST /courses/{course_id}/import`.
pub(crate) async fn submit_course(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    body: Multipart,
) -> Result<HttpResponse, Problem> {
    let id = CourseId(*id);
    // Nothing is read of a file that goes nowhere.
    visitor
        .app
        .kept_imports(&visitor.actor, Some(id), None, 1)
        .await
        .map_err(problem)?;
    receive(request, visitor, Some(id), body).await
}

async fn receive(
    request: HttpRequest,
    visitor: SignedIn,
    course: Option<CourseId>,
    body: Multipart,
) -> Result<HttpResponse, Problem> {
    let upload = Upload::receive(&visitor.app, &visitor.actor, body).await?;
    form_token::require(&request, upload.field("form_token"))?;
    let t = T(Locale::of(&request));
    let actor = &visitor.actor;
    let kept = match order(&visitor, course, &upload).await {
        Ok(order) => keep(&visitor, actor, &upload, &order).await,
        Err(error) => Err(error),
    };
    match kept {
        Ok(id) => Ok(see_other(&format!("/imports/{id}"))),
        Err(error) => {
            // What the file is not to blame for is answered as anywhere.
            if !is_of_file(&error) {
                return Err(problem(error));
            }
            let errors = explain(t, &error);
            let around = around(&visitor, course, None).await?;
            let view = list_page(&request, around, Sent::of(&upload), errors);
            page(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
    }
}

async fn keep(
    visitor: &SignedIn,
    actor: &Actor,
    upload: &Upload,
    order: &ImportOrder,
) -> Result<ImportId, ImportError> {
    // A file that no row can be imported of is not worth keeping, unless that changes once somebody says
    // which of its columns to leave out.
    let app = &visitor.app;
    let plan = app.preview_import(actor, &upload.file, order, &|_| {});
    match plan.await {
        Ok(_) => {}
        Err(ImportError::Refused { errors, .. })
            if !RowError::unknown_columns(&errors).is_empty() => {}
        Err(error) => return Err(error),
    }
    app.keep_import(actor, &upload.file, order).await
}

async fn around(
    visitor: &SignedIn,
    course: Option<CourseId>,
    before: Option<i64>,
) -> Result<Around, Problem> {
    let (app, actor) = (&visitor.app, &visitor.actor);
    let imports = app
        .kept_imports(actor, course, before.map(ImportId), SHOWN)
        .await
        .map_err(problem)?;
    let choices = match course {
        None => app.import_choices(actor).await.map_err(problem)?,
        Some(_) => ImportChoices::default(),
    };
    Ok(Around {
        role: actor.role,
        course: match course {
            Some(id) => Some(app.course(actor, id).await?),
            None => None,
        },
        choices,
        imports,
    })
}

impl Sent {
    pub(in crate::pages) fn empty() -> Self {
        Self {
            exam_kind: "monthly".to_owned(),
            ..Self::default()
        }
    }

    fn of(upload: &Upload) -> Self {
        let text = |name| upload.field(name).unwrap_or_default().to_owned();
        let flag = |name| upload.flag(name).unwrap_or(false);
        Self {
            exam_id: text("exam_id"),
            exam_name: text("exam_name"),
            exam_kind: text("exam_kind"),
            held_on: text("held_on"),
            reason: text("reason"),
            create_missing: flag("create_missing"),
            publish: flag("publish"),
            term: upload.id("term_id").unwrap_or(None),
        }
    }
}

pub(in crate::pages) fn list_page(
    request: &HttpRequest,
    around: Around,
    sent: Sent,
    errors: Vec<String>,
) -> ListPage {
    let t = T(Locale::of(request));
    let (action, above) = match &around.course {
        Some(course) => {
            let name = [subject_name(t, &course.subject), class_name(&course.class)];
            let href = format!("/courses/{}", course.id);
            (format!("{href}/import"), (href, name.join(" · ")))
        }
        None => (
            "/admin/imports".to_owned(),
            ("/admin".to_owned(), t.get("overview-title")),
        ),
    };
    let choices = &around.choices;
    let chosen = sent.term.or(choices.current.map(|id| id.0));
    let terms = choices
        .terms
        .iter()
        .map(|term| (term.id.0, term_name(term), chosen == Some(term.id.0)));
    let exams = choices.exams.iter().filter_map(|exam| {
        let term = choices.terms.iter().find(|term| term.id == exam.term)?;
        let picked = exam.id.0.to_string() == sent.exam_id;
        let name = format!("{} · {} · {}", exam.name, exam.held_on, term_name(term));
        Some((exam.id.0, name, picked))
    });
    let older = around.imports.next;
    let form = |ending: &str| match &around.course {
        Some(course) => format!(
            "/api/v1/courses/{}/gradebook.{ending}?lang={}",
            course.id,
            t.tag()
        ),
        None => String::new(),
    };
    ListPage {
        frame: Frame::new(
            request,
            Visitor::Person(around.role),
            t.get("imports-title"),
        )
        .returning_to(&action),
        t,
        above,
        terms: terms.collect(),
        exams: exams.collect(),
        form_xlsx: form("xlsx"),
        form_csv: form("csv"),
        is_course: around.course.is_some(),
        sent,
        errors,
        rows: around
            .imports
            .items
            .iter()
            .map(|one| {
                let row = row(t, one);
                match around.course {
                    // The page says of which course it is.
                    Some(_) => ImportRow {
                        what: What::default(),
                        ..row
                    },
                    None => row,
                }
            })
            .collect(),
        older: older.map(|before| format!("{action}?before={before}")),
        action,
    }
}

pub(super) fn row(t: T, kept: &KeptImport) -> ImportRow {
    ImportRow {
        id: kept.stored.id,
        file: kept.stored.file_name.clone(),
        what: what(t, kept),
        who: kept
            .author
            .clone()
            .unwrap_or_else(|| t.get("imports-operator")),
        when: t.instant(kept.stored.created_at),
        badge: state_badge(t, kept),
        counts: counts(t, kept),
    }
}

/// What a file was imported into.
pub(super) fn what(t: T, kept: &KeptImport) -> What {
    if let Some(course) = &kept.course {
        let names = [
            subject_name(t, &course.subject),
            class_name(&course.class),
            term_name(&course.term),
        ];
        return What {
            name: names.join(" · "),
            href: Some(format!("/courses/{}", course.id)),
        };
    }
    let exam = kept.summary.exam.map(|id| format!("/admin/exams/{id}"));
    match &kept.order {
        Some(ImportOrder::Exam(order)) => What {
            name: format!("{} · {} {}", order.exam, order.school_year, order.term),
            href: exam,
        },
        Some(ImportOrder::Roster(_)) => What {
            name: t.get("imports-of-roster"),
            href: None,
        },
        Some(ImportOrder::Course(_)) | None => What {
            name: t.get("imports-into-course"),
            href: None,
        },
    }
}

fn counts(t: T, kept: &KeptImport) -> String {
    let summary = &kept.summary;
    let rows = summary.new + summary.changed + summary.unchanged;
    if rows + summary.rejected == 0 {
        return String::new();
    }
    let text = |number: usize| number.to_string();
    t.args(
        "imports-counts",
        &[
            ("new", &text(summary.new)),
            ("changed", &text(summary.changed)),
            ("unchanged", &text(summary.unchanged)),
            ("rejected", &text(summary.rejected)),
        ],
    )
}
