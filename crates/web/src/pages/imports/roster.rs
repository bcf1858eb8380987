//! The form that sends a roster.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::imports::ImportError;
use gradebook_auth::Role;
use gradebook_domain::{ClassId, ImportId};
use serde::Deserialize;

use super::earlier::{Earlier, FoundImports, Part, earlier};
use super::{explain, is_of_file};
use crate::access::{Admin, Has, form_token};
use crate::api::import_roster::roster_order;
use crate::api::imports::problem;
use crate::i18n::{Locale, T};
use crate::pages::frame::{Frame, Visitor};
use crate::pages::{page, see_other};
use crate::problem::Problem;
use crate::upload::Upload;

const HERE: &str = "/admin/imports/roster";

#[derive(Template)]
#[template(path = "pages/imports/roster.html")]
pub(in crate::pages) struct RosterPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) years: Vec<String>,
    pub(in crate::pages) sent: RosterSent,
    /// Title of each column, whether it is needed, and an example.
    pub(in crate::pages) columns: Vec<[String; 3]>,
    pub(in crate::pages) errors: Vec<String>,
    pub(in crate::pages) imports: Earlier,
}

/// What was typed.
#[derive(Debug, Clone, Default)]
pub(in crate::pages) struct RosterSent {
    pub(in crate::pages) school_year: String,
    pub(in crate::pages) grade_level: String,
    pub(in crate::pages) class: String,
    pub(in crate::pages) first_day: String,
    pub(in crate::pages) create_missing: bool,
    pub(in crate::pages) keep_other_classes: bool,
}

/// Which class the roster is of, and which part of the list is shown.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct RosterQuery {
    class: Option<i64>,
    #[serde(flatten)]
    part: Part,
}

/// Everything around the form.
pub(in crate::pages) struct Around {
    pub(in crate::pages) years: Vec<String>,
    pub(in crate::pages) imports: FoundImports,
}

/// `GET /admin/imports/roster`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
    query: Query<RosterQuery>,
) -> Result<HttpResponse, Problem> {
    let (app, actor) = (&visitor.app, &visitor.actor);
    let around = around(&visitor, &query.part).await?;
    let sent = match query.class {
        Some(id) => {
            let class = app.class(actor, ClassId(id)).await?;
            RosterSent {
                school_year: class.school_year,
                grade_level: class.grade_level,
                class: class.name,
                ..RosterSent::default()
            }
        }
        None => RosterSent {
            school_year: app.roster_year(actor).await.map_err(problem)?,
            // A school begins with its rosters, which bring the classes.
            create_missing: true,
            ..RosterSent::default()
        },
    };
    page(
        StatusCode::OK,
        &roster_page(&request, around, sent, Vec::new()),
    )
}

/// `POST /admin/imports/roster`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Admin>,
    body: Multipart,
) -> Result<HttpResponse, Problem> {
    let upload = Upload::receive(&visitor.app, &visitor.actor, body).await?;
    form_token::require(&request, upload.field("form_token"))?;
    let error = match keep(&visitor, &upload).await? {
        Ok(id) => return Ok(see_other(&format!("/imports/{id}"))),
        Err(error) => error,
    };
    // What the file is not to blame for is answered as anywhere.
    if !is_of_file(&error) {
        return Err(problem(error));
    }
    let errors = explain(T(Locale::of(&request)), &error);
    let around = around(&visitor, &Part::default()).await?;
    let view = roster_page(&request, around, RosterSent::of(&upload), errors);
    page(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

async fn keep(
    visitor: &Has<Admin>,
    upload: &Upload,
) -> Result<Result<ImportId, ImportError>, Problem> {
    if upload.file.is_empty() {
        return Ok(Err(ImportError::Order {
            code: "missing_file",
            detail: String::new(),
        }));
    }
    let order = roster_order(upload)?;
    let (app, actor) = (&visitor.app, &visitor.actor);
    // A file that no row can be imported of is not worth keeping.
    let plan = app.preview_import(actor, &upload.file, &order, &|_| {});
    Ok(match plan.await {
        Ok(_) => app.keep_import(actor, &upload.file, &order).await,
        Err(error) => Err(error),
    })
}

async fn around(visitor: &Has<Admin>, part: &Part) -> Result<Around, Problem> {
    let (app, actor) = (&visitor.app, &visitor.actor);
    Ok(Around {
        imports: FoundImports::find(app, actor, None, part).await?,
        years: app.school_years(actor).await?,
    })
}

impl RosterSent {
    fn of(upload: &Upload) -> Self {
        let text = |name| upload.field(name).unwrap_or_default().to_owned();
        Self {
            school_year: text("school_year"),
            grade_level: text("grade_level"),
            class: text("class"),
            first_day: text("first_day"),
            create_missing: upload.flag("create_missing").unwrap_or(false),
            keep_other_classes: upload.flag("keep_other_classes").unwrap_or(false),
        }
    }
}

fn columns(t: T) -> Vec<[String; 3]> {
    let here = "imports-column-here";
    let (yes, no) = ("imports-column-yes", "imports-column-no");
    [
        ("term-year", here, None),
        (
            "export-grade-level",
            here,
            Some("imports-column-level-example"),
        ),
        ("export-class", here, Some("imports-column-class-example")),
        (
            "export-student-number",
            yes,
            Some("imports-column-student-example"),
        ),
        ("export-name", yes, Some("imports-column-name-example")),
        ("export-joined", no, None),
        (
            "export-username",
            no,
            Some("imports-column-username-example"),
        ),
        ("account-role", no, Some("imports-column-role-example")),
    ]
    .map(|(title, needed, example)| {
        let example = match (title, example) {
            (_, Some(key)) => t.get(key),
            ("export-joined", None) => "2026-09-01".to_owned(),
            (_, None) => "2026-2027".to_owned(),
        };
        [t.get(title), t.get(needed), example]
    })
    .to_vec()
}

pub(in crate::pages) fn roster_page(
    request: &HttpRequest,
    around: Around,
    sent: RosterSent,
    errors: Vec<String>,
) -> RosterPage {
    let t = T(Locale::of(request));
    let visitor = Visitor::Person(Role::Admin);
    let title = t.get("imports-title");
    RosterPage {
        frame: Frame::new(request, visitor, title).returning_to(HERE),
        t,
        years: around.years,
        columns: columns(t),
        sent,
        errors,
        imports: earlier(t, HERE, around.imports, false),
    }
}
