//! Report cards, one page a student when they are printed.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::{ReportView, StudentReport, SubjectReport};
use gradebook_auth::Role;
use gradebook_domain::{ClassId, Percentage};

use super::frame::{Frame, Visitor};
use super::page;
use super::words::{class_name, subject_name};
use crate::access::{Has, SignedIn, Student};
use crate::api::report::ReportQuery;
use crate::i18n::{Locale, T};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "pages/report.html")]
pub(super) struct ReportPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    /// Where the page leads back to: address and name.
    pub(super) back: (&'static str, String),
    /// Whether it is a student's own.
    pub(super) own: bool,
    /// What the two readings count.
    pub(super) foot: String,
    /// School year and class.
    pub(super) facts: Vec<String>,
    /// Each term's name.
    pub(super) terms: Vec<String>,
    /// Whether the year has columns of its own: there is more than one term.
    pub(super) year: bool,
    pub(super) cards: Vec<Card>,
}

/// One student's report card.
#[derive(Debug, Clone)]
pub(super) struct Card {
    pub(super) name: String,
    pub(super) number: String,
    pub(super) rows: Vec<Row>,
}

/// A subject: three figures for each term, then three for the year.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) subject: String,
    pub(super) figures: Vec<[String; 3]>,
}

/// `GET /classes/{class_id}/report`.
pub(crate) async fn of_class(
    request: HttpRequest,
    visitor: SignedIn,
    class: Path<i64>,
    query: Query<ReportQuery>,
) -> Result<HttpResponse, Problem> {
    let class = ClassId(*class);
    let view = visitor
        .app
        .class_report(&visitor.actor, class, query.term())
        .await?;
    page(
        StatusCode::OK,
        &report_page(&request, visitor.actor.role, &view),
    )
}

/// `GET /me/report`.
pub(crate) async fn mine(
    request: HttpRequest,
    visitor: Has<Student>,
    query: Query<ReportQuery>,
) -> Result<HttpResponse, Problem> {
    let view = visitor.app.my_report(&visitor.actor, query.term()).await?;
    page(StatusCode::OK, &report_page(&request, Role::Student, &view))
}

pub(super) fn report_page(request: &HttpRequest, role: Role, view: &ReportView) -> ReportPage {
    let t = T(Locale::of(request));
    let own = view.class.is_none();
    let year = view.terms.len() > 1;
    let school_year = view.terms.last().map(|term| term.school_year.clone());
    let title = if own { "report-mine" } else { "report-class" };
    ReportPage {
        frame: Frame::new(request, Visitor::Person(role), t.get(title)),
        t,
        own,
        foot: t.args(
            "report-foot",
            &[
                ("current", &t.get("total-current")),
                ("current-note", &t.get("total-current-note")),
                ("final", &t.get("total-final")),
                ("final-note", &t.get("total-final-note")),
            ],
        ),
        back: if own {
            ("/me", t.get("me-title"))
        } else {
            ("/", t.get("nav-courses"))
        },
        facts: [view.class.as_ref().map(class_name), school_year]
            .into_iter()
            .flatten()
            .collect(),
        terms: view.terms.iter().map(|term| term.name.clone()).collect(),
        year,
        cards: view.students.iter().map(|one| card(t, one, year)).collect(),
    }
}

fn card(t: T, of: &StudentReport, year: bool) -> Card {
    Card {
        name: of.student.name.clone(),
        number: of.student.student_number.clone(),
        rows: of.subjects.iter().map(|one| row(t, one, year)).collect(),
    }
}

fn row(t: T, of: &SubjectReport, year: bool) -> Row {
    let figures =
        |current: Option<&Percentage>, last: Option<&Percentage>, letter: Option<&String>| {
            let shown = |one: Option<&Percentage>| {
                one.map_or_else(|| t.get("total-none"), |one| one.rounded().fixed())
            };
            [
                shown(current),
                shown(last),
                letter.cloned().unwrap_or_default(),
            ]
        };
    let mut all: Vec<[String; 3]> = of
        .terms
        .iter()
        .map(|term| match term {
            Some(one) => figures(
                one.current.as_ref(),
                one.r#final.as_ref(),
                one.letter.as_ref(),
            ),
            None => figures(None, None, None),
        })
        .collect();
    if year {
        all.push(figures(
            of.current.as_ref(),
            of.r#final.as_ref(),
            of.letter.as_ref(),
        ));
    }
    Row {
        subject: subject_name(t, &of.subject),
        figures: all,
    }
}
