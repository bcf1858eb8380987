//! All subjects; adding one, changing one.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::{SubjectFields, SubjectWithMarks};
use gradebook_domain::SubjectId;

use super::{Form, SetupQuery, Typed, frame, sent, t_of};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::T;
use crate::pages::admin::Field;
use crate::pages::frame::Frame;
use crate::pages::words::subject_name;
use crate::pages::{page, see_other};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "pages/setup/subjects.html")]
pub(in crate::pages) struct SubjectsPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) done: Option<String>,
    pub(in crate::pages) rows: Vec<SubjectRow>,
    pub(in crate::pages) form: SubjectForm,
}

/// A subject in the list.
#[derive(Debug, Clone)]
pub(in crate::pages) struct SubjectRow {
    pub(in crate::pages) id: i64,
    pub(in crate::pages) name: String,
    pub(in crate::pages) code: String,
    pub(in crate::pages) full: String,
}

#[derive(Template)]
#[template(path = "pages/setup/subject.html")]
pub(in crate::pages) struct SubjectPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) id: i64,
    pub(in crate::pages) form: SubjectForm,
}

/// The fields of a subject.
#[derive(Debug, Clone)]
pub(in crate::pages) struct SubjectForm {
    pub(in crate::pages) alert: Option<String>,
    pub(in crate::pages) code: Field,
    pub(in crate::pages) name_zh: Field,
    pub(in crate::pages) name_en: Field,
    pub(in crate::pages) default_max_score: Field,
    pub(in crate::pages) position: Field,
}

impl SubjectForm {
    fn new(t: T, form: &Form, of: Option<&SubjectWithMarks>) -> Self {
        let subject = of.map(|(subject, _)| subject);
        let full = of.map_or_else(|| "100".to_owned(), |(_, full)| full.to_string());
        let place = subject.map_or_else(String::new, |one| one.position.to_string());
        let code = subject.map_or("", |one| one.code.as_str());
        let zh = subject.map_or("", |one| one.name_zh.as_str());
        let en = subject.map_or("", |one| one.name_en.as_str());
        Self {
            alert: form.alert.clone(),
            code: Field {
                hint: Some(t.get("subject-code-hint")),
                ..form.field("code", t.get("subject-code"), code, 64)
            },
            name_zh: form.field("name_zh", t.get("subject-name-zh"), zh, 64),
            name_en: form.field("name_en", t.get("subject-name-en"), en, 64),
            default_max_score: Field {
                hint: Some(t.get("subject-full-hint")),
                ..form.field("default_max_score", t.get("subject-full"), &full, 16)
            },
            position: form.optional(
                "position",
                t.get("subject-place"),
                &place,
                t.get("subject-place-hint"),
            ),
        }
    }
}

fn fields(typed: &Typed) -> SubjectFields {
    let of = |name: &str| Some(sent(typed, name).to_owned());
    SubjectFields {
        code: of("code"),
        name_zh: of("name_zh"),
        name_en: of("name_en"),
        default_max_score: of("default_max_score"),
        position: of("position"),
    }
}

/// `GET /admin/subjects`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
    query: Query<SetupQuery>,
) -> Result<HttpResponse, Problem> {
    let subjects = visitor.app.all_subjects(&visitor.actor).await?;
    let view = subjects_page(&request, subjects, &query, &Form::default());
    page(StatusCode::OK, &view)
}

/// `POST /admin/subjects`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Admin>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let added = visitor
        .app
        .add_subject(&visitor.actor, &fields(&typed))
        .await;
    let error = match added {
        Ok(_) => return Ok(see_other("/admin/subjects?done=added")),
        Err(error) => error,
    };
    let (status, form) = Form::refused(t_of(&request), typed, &error)?;
    let subjects = visitor.app.all_subjects(&visitor.actor).await?;
    let view = subjects_page(&request, subjects, &SetupQuery::default(), &form);
    page(status, &view)
}

async fn one(visitor: &Has<Admin>, id: i64) -> Result<SubjectWithMarks, Problem> {
    let subjects = visitor.app.all_subjects(&visitor.actor).await?;
    let found = subjects.into_iter().find(|(subject, _)| subject.id.0 == id);
    found.ok_or_else(Problem::not_found)
}

/// `GET /admin/subjects/{subject_id}`.
pub(crate) async fn show_one(
    request: HttpRequest,
    visitor: Has<Admin>,
    id: Path<i64>,
) -> Result<HttpResponse, Problem> {
    let subject = one(&visitor, *id).await?;
    let view = subject_page(&request, &subject, &Form::default());
    page(StatusCode::OK, &view)
}

/// `POST /admin/subjects/{subject_id}`.
pub(crate) async fn submit_one(
    request: HttpRequest,
    visitor: Has<Admin>,
    id: Path<i64>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let changed = visitor
        .app
        .change_subject(&visitor.actor, SubjectId(*id), &fields(&typed))
        .await;
    let error = match changed {
        Ok(_) => return Ok(see_other("/admin/subjects?done=saved")),
        Err(error) => error,
    };
    let (status, form) = Form::refused(t_of(&request), typed, &error)?;
    let subject = one(&visitor, *id).await?;
    page(status, &subject_page(&request, &subject, &form))
}

pub(in crate::pages) fn subjects_page(
    request: &HttpRequest,
    subjects: Vec<SubjectWithMarks>,
    query: &SetupQuery,
    form: &Form,
) -> SubjectsPage {
    let t = t_of(request);
    let done = match query.done.as_str() {
        "added" => Some("subject-added"),
        "saved" => Some("setup-saved"),
        _ => None,
    };
    SubjectsPage {
        frame: frame(request, t.get("subjects-title"), "/admin/subjects"),
        t,
        done: done.map(|key| t.get(key)),
        rows: subjects
            .into_iter()
            .map(|(subject, full)| SubjectRow {
                id: subject.id.0,
                name: subject_name(t, &subject),
                full: t.with("subject-full-of", "full", full),
                code: subject.code,
            })
            .collect(),
        form: SubjectForm::new(t, form, None),
    }
}

pub(in crate::pages) fn subject_page(
    request: &HttpRequest,
    subject: &SubjectWithMarks,
    form: &Form,
) -> SubjectPage {
    let t = t_of(request);
    let id = subject.0.id.0;
    SubjectPage {
        frame: frame(
            request,
            subject_name(t, &subject.0),
            &format!("/admin/subjects/{id}"),
        ),
        t,
        id,
        form: SubjectForm::new(t, form, Some(subject)),
    }
}
