//! Report cards, one page a student when they are printed.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{Class, Term};
use gradebook_app::{ReportView, StudentReport, SubjectReport};
use gradebook_auth::Role;
use gradebook_domain::{ClassId, Percentage, Reading, YearTotal, YearTreatment};

use super::frame::{Frame, Visitor};
use super::page;
use super::why::{CategoryView, LineView, WeightView, weighed};
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
    /// School year and class.
    pub(super) facts: Vec<String>,
    /// What there are columns for: each term, and the year if there is more than one.
    pub(super) terms: Vec<String>,
    /// Whether any course gives letters.
    pub(super) letters: bool,
    /// For whom the report is not their own: what it counts, and where each student stands.
    pub(super) staff: bool,
    pub(super) cards: Vec<Card>,
    /// How the years of the only card came about: the current ones, then the final ones.
    pub(super) readings: Vec<YearView>,
}

/// One student's report card.
#[derive(Debug, Clone)]
pub(super) struct Card {
    pub(super) name: String,
    pub(super) number: String,
    /// The class, school year.
    pub(super) facts: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// A subject: figures for each term, then for the year.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) subject: String,
    pub(super) figures: Vec<Figures>,
}

/// What a subject came to in a term or in the year.
#[derive(Debug, Clone)]
pub(super) struct Figures {
    /// The term's name, where it does not stand at the head of the column.
    pub(super) term: String,
    pub(super) current: String,
    pub(super) r#final: String,
    pub(super) letter: String,
}

/// One reading of the years, explained.
#[derive(Debug, Clone)]
pub(super) struct YearView {
    /// What the page knows the section by.
    pub(super) id: &'static str,
    pub(super) title: String,
    /// The rules that applied.
    pub(super) notes: Vec<String>,
    /// A subject with its terms.
    pub(super) subjects: Vec<CategoryView>,
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
    let mut terms: Vec<String> = view.terms.iter().map(|term| term.name.clone()).collect();
    if year {
        terms.push(t.get("report-year"));
    }
    let cards: Vec<Card> = view
        .students
        .iter()
        .map(|one| card(t, view, one, &terms))
        .collect();
    let of_cards = cards.iter().flat_map(|card| &card.rows);
    let letters = of_cards
        .flat_map(|row| &row.figures)
        .any(|figures| !figures.letter.is_empty());
    ReportPage {
        frame: Frame::new(request, Visitor::Person(role), t.get(title)),
        t,
        back: if own {
            ("/me", t.get("me-title"))
        } else {
            ("/", t.get("nav-courses"))
        },
        facts: [view.class.as_ref().map(class_name), school_year]
            .into_iter()
            .flatten()
            .collect(),
        readings: view
            .students
            .first()
            .filter(|_| own && year)
            .map(|of| {
                [Reading::Current, Reading::Final]
                    .map(|reading| year_view(t, &view.terms, of, reading))
                    .into()
            })
            .unwrap_or_default(),
        staff: !own,
        letters,
        terms,
        cards,
    }
}

fn card(t: T, view: &ReportView, of: &StudentReport, terms: &[String]) -> Card {
    let class = view.class.as_ref().or_else(|| class_of(of));
    let school_year = view.terms.last().map(|term| term.school_year.clone());
    Card {
        name: of.student.name.clone(),
        number: of.student.student_number.clone(),
        facts: [class.map(class_name), school_year]
            .into_iter()
            .flatten()
            .collect(),
        rows: of.subjects.iter().map(|one| row(t, one, terms)).collect(),
    }
}

/// The class in which most of the newest results were got: the one beside which an elective group
/// stands.
fn class_of(of: &StudentReport) -> Option<&Class> {
    let newest = of
        .subjects
        .iter()
        .filter_map(|one| one.terms.iter().rev().flatten().next());
    let mut counted: Vec<(&Class, usize)> = Vec::new();
    for class in newest.map(|result| &result.course.class) {
        match counted.iter_mut().find(|(one, _)| one.id == class.id) {
            Some((_, count)) => *count += 1,
            None => counted.push((class, 1)),
        }
    }
    let most = counted.iter().map(|(_, count)| *count).max()?;
    let mut counted = counted.into_iter();
    counted
        .find(|(_, count)| *count == most)
        .map(|(class, _)| class)
}

/// `terms` are the names of the terms, and of the year if it has figures of its own.
fn row(t: T, of: &SubjectReport, terms: &[String]) -> Row {
    let shown = |one: Option<&Percentage>| {
        one.map_or_else(|| t.get("total-none"), |one| one.rounded().fixed())
    };
    let results = of.terms.iter().map(|term| {
        let term = term.as_ref();
        let current = term.and_then(|one| one.current.as_ref());
        let last = term.and_then(|one| one.r#final.as_ref());
        (current, last, term.and_then(|one| one.letter.clone()))
    });
    let year = (
        of.current.percentage.as_ref(),
        of.r#final.percentage.as_ref(),
        of.letter.clone(),
    );
    let figures = results.chain([year]).zip(terms);
    Row {
        subject: subject_name(t, &of.subject),
        figures: figures
            .map(|((current, last, letter), term)| Figures {
                term: term.clone(),
                current: shown(current),
                r#final: shown(last),
                letter: letter.unwrap_or_default(),
            })
            .collect(),
    }
}

fn year_view(t: T, terms: &[Term], of: &StudentReport, reading: Reading) -> YearView {
    let year = |one: &SubjectReport| match reading {
        Reading::Current => one.current.clone(),
        Reading::Final => one.r#final.clone(),
    };
    let (id, title, note) = match reading {
        Reading::Current => ("why-year-current", "why-year-current", "total-current-note"),
        Reading::Final => ("why-year-final", "why-year-final", "total-final-note"),
    };
    let subjects: Vec<CategoryView> = of
        .subjects
        .iter()
        .map(|one| year_of(t, terms, one, &year(one)))
        .collect();
    let lines = subjects.iter().flat_map(|one| &one.lines);
    let scaled = lines.clone().any(|line| line.weight.note.is_some());
    let mut notes = vec![t.get("why-year-rule"), t.get(note)];
    if scaled {
        notes.push(t.get("why-year-scaled"));
    }
    notes.push(t.get("why-rounded"));
    YearView {
        id,
        title: t.get(title),
        notes,
        subjects,
    }
}

fn year_of(t: T, terms: &[Term], of: &SubjectReport, year: &YearTotal) -> CategoryView {
    let taught = of.terms.iter().map(Option::is_some);
    let lines = year.terms.iter().zip(terms).zip(taught);
    let lines: Vec<LineView> = lines
        .map(|((line, term), taught)| {
            let treatment = YearTreatment::of(line, taught);
            let counts = treatment == YearTreatment::Counted;
            let note = match treatment {
                YearTreatment::Counted => None,
                YearTreatment::NotTaught => Some("why-year-not-taught"),
                YearTreatment::NothingToCount => Some("why-year-nothing"),
                YearTreatment::NoWeight => Some("treatment-no-weight"),
            };
            LineView {
                title: term.name.clone(),
                score: line.percentage.as_ref().map_or_else(
                    || t.get("total-none"),
                    |one| t.with("percent", "value", one.rounded().fixed()),
                ),
                note: note.map(|key| t.get(key)),
                weight: weighed(t, line.weight, &line.effective_weight, counts),
                contribution: counts.then(|| line.contribution.rounded().fixed()),
                dropped: false,
            }
        })
        .collect();
    let mut counted = lines.iter().filter(|line| line.contribution.is_some());
    let only = counted.next().filter(|_| counted.next().is_none());
    CategoryView {
        name: subject_name(t, &of.subject),
        rule: only
            .map(|only| t.with("why-year-only", "term", &only.title))
            .unwrap_or_default(),
        percentage: None,
        weight: WeightView::default(),
        contribution: year.percentage.as_ref().map(|one| one.rounded().fixed()),
        lines,
    }
}
