//! All terms, and adding one.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::TermFields;
use gradebook_app::read::Term;
use gradebook_domain::RankShown;

use super::{Form, Select, SetupQuery, Typed, frame, newest_terms, sent, t_of};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::T;
use crate::pages::admin::Field;
use crate::pages::frame::Frame;
use crate::pages::words::term_name;
use crate::pages::{page, see_other};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "pages/setup/terms.html")]
pub(in crate::pages) struct TermsPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) done: Option<String>,
    pub(in crate::pages) rows: Vec<TermRow>,
    pub(in crate::pages) form: TermForm,
}

/// A term in the list.
#[derive(Debug, Clone)]
pub(in crate::pages) struct TermRow {
    pub(in crate::pages) id: i64,
    pub(in crate::pages) name: String,
    pub(in crate::pages) days: String,
    pub(in crate::pages) weight: String,
    pub(in crate::pages) open: bool,
}

/// The fields of a term.
#[derive(Debug, Clone)]
pub(in crate::pages) struct TermForm {
    pub(in crate::pages) alert: Option<String>,
    pub(in crate::pages) school_year: Field,
    pub(in crate::pages) name: Field,
    pub(in crate::pages) starts_on: Field,
    pub(in crate::pages) ends_on: Field,
    pub(in crate::pages) weight: Field,
    pub(in crate::pages) rank_shown: Select,
}

impl TermForm {
    pub(super) fn new(t: T, form: &Form, of: Option<&Term>) -> Self {
        let text = |part: fn(&Term) -> &String| of.map_or("", |term| part(term).as_str());
        let weight = of.map_or_else(|| "50".to_owned(), |term| term.weight.to_string());
        let rank = of.map_or(RankShown::Hidden, |term| term.rank_shown);
        let year = form.field(
            "school_year",
            t.get("term-year"),
            text(|of| &of.school_year),
            32,
        );
        let name = form.field("name", t.get("term-name"), text(|of| &of.name), 64);
        let ranks = [
            (RankShown::Hidden, t.get("term-rank-hidden")),
            (RankShown::Bands, t.get("term-rank-bands")),
        ]
        .map(|(shown, text)| (shown.as_str().to_owned(), text));
        Self {
            alert: form.alert.clone(),
            school_year: Field {
                hint: Some(t.get("term-year-hint")),
                ..year
            },
            name: Field {
                hint: Some(t.get("term-name-hint")),
                ..name
            },
            starts_on: form.field(
                "starts_on",
                t.get("term-first-day"),
                text(|of| &of.starts_on),
                10,
            ),
            ends_on: form.field(
                "ends_on",
                t.get("term-last-day"),
                text(|of| &of.ends_on),
                10,
            ),
            weight: Field {
                hint: Some(t.get("term-weight-hint")),
                ..form.field("weight", t.get("term-weight"), &weight, 16)
            },
            rank_shown: Select {
                hint: Some(t.get("term-rank-hint")),
                ..form.select("rank_shown", t.get("term-rank"), ranks, rank.as_str())
            },
        }
    }
}

/// The fields of a term as they were sent.
pub(super) fn term_fields(typed: &Typed) -> TermFields {
    let of = |name: &str| Some(sent(typed, name).to_owned());
    TermFields {
        school_year: of("school_year"),
        name: of("name"),
        starts_on: of("starts_on"),
        ends_on: of("ends_on"),
        weight: of("weight"),
        rank_shown: of("rank_shown"),
    }
}

/// `GET /admin/terms`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
    query: Query<SetupQuery>,
) -> Result<HttpResponse, Problem> {
    let terms = newest_terms(&visitor.app, &visitor.actor).await?;
    let view = terms_page(&request, terms, &query, &Form::default());
    page(StatusCode::OK, &view)
}

/// `POST /admin/terms`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Admin>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let added = visitor
        .app
        .add_term(&visitor.actor, &term_fields(&typed))
        .await;
    let error = match added {
        Ok(_) => return Ok(see_other("/admin/terms?done=added")),
        Err(error) => error,
    };
    let (status, form) = Form::refused(t_of(&request), typed, &error)?;
    let terms = newest_terms(&visitor.app, &visitor.actor).await?;
    let view = terms_page(&request, terms, &SetupQuery::default(), &form);
    page(status, &view)
}

pub(in crate::pages) fn terms_page(
    request: &HttpRequest,
    terms: Vec<Term>,
    query: &SetupQuery,
    form: &Form,
) -> TermsPage {
    let t = t_of(request);
    let row = |term: Term| TermRow {
        id: term.id.0,
        name: term_name(&term),
        days: days(t, &term),
        weight: t.with("term-weighs", "weight", term.weight),
        open: term.open,
    };
    TermsPage {
        frame: frame(request, t.get("terms-title"), "/admin/terms"),
        t,
        done: (query.done == "added").then(|| t.get("term-added")),
        rows: terms.into_iter().map(row).collect(),
        form: TermForm::new(t, form, None),
    }
}

/// From when to when.
pub(super) fn days(t: T, term: &Term) -> String {
    let (from, to) = (t.date(&term.starts_on).text, t.date(&term.ends_on).text);
    t.args("setup-days", &[("from", &from), ("to", &to)])
}
