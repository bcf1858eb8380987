//! What the school is called and which language it begins with.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::School;
use gradebook_app::{Fault, SchoolFields, SetupError, Wrong};

use super::{Form, Select, SetupQuery, Typed, frame, sent, t_of};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::{Locale, T};
use crate::pages::admin::Field;
use crate::pages::frame::Frame;
use crate::pages::{page, see_other};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "pages/setup/school.html")]
pub(in crate::pages) struct SchoolPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) done: Option<String>,
    pub(in crate::pages) form: SchoolForm,
}

/// The fields of the school.
#[derive(Debug, Clone)]
pub(in crate::pages) struct SchoolForm {
    pub(in crate::pages) alert: Option<String>,
    pub(in crate::pages) name: Field,
    pub(in crate::pages) locale: Select,
}

impl SchoolForm {
    pub(super) fn new(t: T, form: &Form, school: &School) -> Self {
        let chosen = if school.locale.is_empty() {
            t.tag()
        } else {
            &school.locale
        };
        let languages = Locale::ALL.map(|locale| {
            let tag = locale.tag().to_owned();
            let name = t.get(&format!("language-{tag}"));
            (tag, name)
        });
        Self {
            alert: form.alert.clone(),
            name: Field {
                hint: Some(t.get("school-name-hint")),
                ..form.field("name", t.get("school-name"), &school.name, 128)
            },
            locale: Select {
                hint: Some(t.get("school-locale-hint")),
                ..form.select("locale", t.get("school-locale"), languages, chosen)
            },
        }
    }
}

/// Saves the school as it was typed.
pub(super) async fn save(visitor: &Has<Admin>, typed: &Typed) -> Result<(), SetupError> {
    let locale = sent(typed, "locale");
    if Locale::from_tag(locale).is_none() {
        return Err(SetupError::Invalid(vec![Wrong {
            field: "locale".to_owned(),
            fault: Fault::NotOneOf("zh-CN, en"),
        }]));
    }
    let fields = SchoolFields {
        name: Some(sent(typed, "name").to_owned()),
        locale: Some(locale.to_owned()),
    };
    let changed = visitor.app.change_school(&visitor.actor, &fields).await;
    changed.map(|_| ())
}

/// `GET /admin/school`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
    query: Query<SetupQuery>,
) -> Result<HttpResponse, Problem> {
    let school = visitor.app.school();
    page(
        StatusCode::OK,
        &school_page(&request, &school, &query, &Form::default()),
    )
}

/// `POST /admin/school`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Admin>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let error = match save(&visitor, &typed).await {
        Ok(()) => return Ok(see_other("/admin/school?done=saved")),
        Err(error) => error,
    };
    let (status, form) = Form::refused(t_of(&request), typed, &error)?;
    let query = SetupQuery::default();
    let school = visitor.app.school();
    page(status, &school_page(&request, &school, &query, &form))
}

pub(in crate::pages) fn school_page(
    request: &HttpRequest,
    school: &School,
    query: &SetupQuery,
    form: &Form,
) -> SchoolPage {
    let t = t_of(request);
    SchoolPage {
        frame: frame(request, t.get("school-title"), "/admin/school"),
        t,
        done: (query.done == "saved").then(|| t.get("setup-saved")),
        form: SchoolForm::new(t, form, school),
    }
}
