//! All classes, searched, and adding one.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::ClassFilter;
use gradebook_app::{ClassFields, ClassWithSize, ListCount, Page};
use gradebook_domain::ClassId;

use super::{Form, Select, SetupQuery, Terms, Typed, frame, id, sent, t_of};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::T;
use crate::pages::admin::Field;
use crate::pages::finding::{Pager, address, sought};
use crate::pages::frame::Frame;
use crate::pages::words::class_name;
use crate::pages::{page, see_other};
use crate::problem::Problem;

/// Classes of one page.
const AT_ONCE: u16 = 100;

#[derive(Template)]
#[template(path = "pages/setup/classes.html")]
pub(in crate::pages) struct ClassesPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) found: String,
    pub(in crate::pages) searched: bool,
    pub(in crate::pages) text: String,
    pub(in crate::pages) year: Select,
    pub(in crate::pages) years: Vec<Year>,
    pub(in crate::pages) pager: Pager,
    pub(in crate::pages) form: ClassForm,
}

/// The classes of a school year.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Year {
    pub(in crate::pages) name: String,
    pub(in crate::pages) classes: Vec<ClassRow>,
}

/// A class in the list.
#[derive(Debug, Clone)]
pub(in crate::pages) struct ClassRow {
    pub(in crate::pages) id: i64,
    pub(in crate::pages) name: String,
    pub(in crate::pages) students: String,
}

/// The fields of a class.
#[derive(Debug, Clone)]
pub(in crate::pages) struct ClassForm {
    pub(in crate::pages) alert: Option<String>,
    pub(in crate::pages) school_year: Field,
    pub(in crate::pages) grade_level: Field,
    pub(in crate::pages) name: Field,
}

impl ClassForm {
    pub(super) fn new(t: T, form: &Form, [year, level, name]: [&str; 3]) -> Self {
        Self {
            alert: form.alert.clone(),
            school_year: Field {
                hint: Some(t.get("term-year-hint")),
                ..form.field("school_year", t.get("term-year"), year, 32)
            },
            grade_level: Field {
                hint: Some(t.get("class-level-hint")),
                ..form.field("grade_level", t.get("class-level"), level, 64)
            },
            name: Field {
                hint: Some(t.get("class-name-hint")),
                ..form.field("name", t.get("class-name"), name, 64)
            },
        }
    }
}

pub(super) fn class_fields(typed: &Typed) -> ClassFields {
    let of = |name: &str| Some(sent(typed, name).to_owned());
    ClassFields {
        school_year: of("school_year"),
        grade_level: of("grade_level"),
        name: of("name"),
    }
}

/// What is shown of the list.
pub(in crate::pages) struct Found {
    pub(in crate::pages) classes: Page<ClassWithSize>,
    pub(in crate::pages) count: ListCount,
    pub(in crate::pages) years: Vec<String>,
    /// The school year that is being set up, if there is a term.
    pub(in crate::pages) year: Option<String>,
}

fn filter(query: &SetupQuery) -> ClassFilter {
    ClassFilter {
        school_year: Some(query.year.clone()).filter(|year| !year.is_empty()),
        text: sought(&query.q),
    }
}

async fn find(visitor: &Has<Admin>, query: &SetupQuery) -> Result<Found, Problem> {
    let (app, actor) = (&visitor.app, &visitor.actor);
    let filter = filter(query);
    let terms = Terms::find(app, actor, "").await?;
    let after = id(&query.after).map(ClassId);
    Ok(Found {
        classes: app.classes_by_year(actor, &filter, after, AT_ONCE).await?,
        count: app.count_classes(actor, &filter, after).await?,
        years: app.school_years(actor).await?,
        year: terms.term().map(|term| term.school_year.clone()),
    })
}

/// `GET /admin/classes`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
    query: Query<SetupQuery>,
) -> Result<HttpResponse, Problem> {
    let found = find(&visitor, &query).await?;
    let view = classes_page(&request, found, &query, &Form::default());
    page(StatusCode::OK, &view)
}

/// `POST /admin/classes`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Admin>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let added = visitor
        .app
        .add_class(&visitor.actor, &class_fields(&typed))
        .await;
    let error = match added {
        Ok(class) => {
            return Ok(see_other(&format!(
                "/admin/classes/{}?done=added",
                class.id
            )));
        }
        Err(error) => error,
    };
    let (status, form) = Form::refused(t_of(&request), typed, &error)?;
    let query = SetupQuery::default();
    let found = find(&visitor, &query).await?;
    page(status, &classes_page(&request, found, &query, &form))
}

pub(in crate::pages) fn classes_page(
    request: &HttpRequest,
    found: Found,
    query: &SetupQuery,
    form: &Form,
) -> ClassesPage {
    let t = t_of(request);
    let filter = filter(query);
    let shown = found.classes.items.len();
    let pager = Pager::new(t, found.count, shown, found.classes.next, |after| {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let chosen = [
            ("q", filter.text.as_str()),
            ("year", &query.year),
            ("after", &after),
        ];
        address("/admin/classes", &chosen)
    });
    let mut years: Vec<Year> = Vec::new();
    for one in found.classes.items {
        let row = ClassRow {
            id: one.class.id.0,
            name: class_name(&one.class),
            students: t.count(
                "class-students",
                u32::try_from(one.students).unwrap_or(u32::MAX),
            ),
        };
        match years.last_mut() {
            Some(year) if year.name == one.class.school_year => year.classes.push(row),
            _ => years.push(Year {
                name: one.class.school_year,
                classes: vec![row],
            }),
        }
    }
    let year = found.year.or_else(|| found.years.first().cloned());
    let year = year.unwrap_or_default();
    let all = ("".to_owned(), t.get("class-all-years"));
    let options = [all]
        .into_iter()
        .chain(found.years.into_iter().map(|year| (year.clone(), year)));
    let chosen = filter.school_year.clone().unwrap_or_default();
    ClassesPage {
        frame: frame(request, t.get("classes-title"), "/admin/classes"),
        t,
        found: t.count(
            "classes-count",
            u32::try_from(found.count.all).unwrap_or(u32::MAX),
        ),
        searched: filter != ClassFilter::default(),
        year: Form::default().select("year", t.get("term-year"), options, &chosen),
        years,
        pager,
        form: ClassForm::new(t, form, [&year, "", ""]),
        text: filter.text,
    }
}
