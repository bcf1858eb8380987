//! Imports so far, and the form that sends a file.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::imports::{ImportChoices, ImportError, ImportOrder, RowError};
use gradebook_app::read::Course;
use gradebook_auth::{Actor, Role};
use gradebook_domain::{CourseId, ImportId};
use serde::Deserialize;

use super::earlier::{Earlier, FoundImports, Part, earlier};
use super::orders::order;
use super::{explain, is_of_file};
use crate::access::{SignedIn, form_token};
use crate::api::imports::problem;
use crate::i18n::{Locale, T};
use crate::pages::frame::{Frame, Visitor};
use crate::pages::words::{class_name, subject_name, term_name};
use crate::pages::{page, see_other};
use crate::problem::Problem;
use crate::upload::Upload;

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
    pub(in crate::pages) imports: Earlier,
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

/// Which part of the list, and which exam the form chooses.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ListQuery {
    #[serde(flatten)]
    part: Part,
    exam_id: Option<i64>,
}

/// Everything around the form.
pub(in crate::pages) struct Around {
    pub(in crate::pages) role: Role,
    pub(in crate::pages) course: Option<Course>,
    pub(in crate::pages) choices: ImportChoices,
    pub(in crate::pages) imports: FoundImports,
}

/// `GET /admin/imports`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: SignedIn,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Problem> {
    let around = around(&visitor, None, &query.part).await?;
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
    let around = around(&visitor, Some(CourseId(*id)), &query.part).await?;
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
        .kept_imports(&visitor.actor, (Some(id), ""), None, 1)
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
            let around = around(&visitor, course, &Part::default()).await?;
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
    part: &Part,
) -> Result<Around, Problem> {
    let (app, actor) = (&visitor.app, &visitor.actor);
    let imports = FoundImports::find(app, actor, course, part).await?;
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
        imports: earlier(t, &action, around.imports, around.course.is_some()),
        action,
    }
}
