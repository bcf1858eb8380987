//! Report cards, one page a student when they are printed.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{Class, Term};
use gradebook_app::{ReportView, StudentReport, SubjectReport};
use gradebook_auth::Role;
use gradebook_domain::{ClassId, Percentage, Reading, TermId, UserId, YearTotal, YearTreatment};
use serde::Deserialize;

use super::frame::{Frame, Visitor};
use super::page;
use super::settings::{Pick, PickOption};
use super::why::{CategoryView, LineView, WeightView, weighed};
use super::words::{class_name, subject_name, term_name};
use crate::access::{Has, SignedIn, Student, school};
use crate::i18n::{Locale, T};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "pages/report.html")]
pub(super) struct ReportPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    /// The language of the cards, which need not be the page's: a school hands out cards in both.
    pub(super) of_cards: T,
    /// The school's name; empty until somebody says it.
    pub(super) school: String,
    /// The day on which the cards are printed.
    pub(super) day: String,
    /// Which term, which language and whose card: for whoever chooses.
    pub(super) choices: Vec<Pick>,
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

/// What is shown of a report. What means nothing is left open.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct ReportPageQuery {
    /// The last term.
    #[serde(default)]
    term_id: String,
    /// The language of the cards.
    #[serde(default)]
    lang: String,
    /// One student's card only.
    #[serde(default)]
    student: String,
}

impl ReportPageQuery {
    fn term(&self) -> Option<TermId> {
        self.term_id.trim().parse().ok().map(TermId)
    }

    #[cfg(test)]
    pub(super) fn sample(lang: &str, student: &str) -> Self {
        Self {
            lang: lang.to_owned(),
            student: student.to_owned(),
            ..Self::default()
        }
    }
}

/// `GET /classes/{class_id}/report`.
pub(crate) async fn of_class(
    request: HttpRequest,
    visitor: SignedIn,
    class: Path<i64>,
    query: Query<ReportPageQuery>,
) -> Result<HttpResponse, Problem> {
    let class = ClassId(*class);
    let view = visitor
        .app
        .class_report(&visitor.actor, class, query.term())
        .await?;
    page(
        StatusCode::OK,
        &report_page(
            &request,
            visitor.actor.role,
            view,
            (&query, &visitor.app.day()),
        ),
    )
}

/// `GET /me/report`.
pub(crate) async fn mine(
    request: HttpRequest,
    visitor: Has<Student>,
    query: Query<ReportPageQuery>,
) -> Result<HttpResponse, Problem> {
    let view = visitor.app.my_report(&visitor.actor, query.term()).await?;
    let shown = (&*query, visitor.app.day());
    let view = report_page(&request, Role::Student, view, (shown.0, &shown.1));
    page(StatusCode::OK, &view)
}

pub(super) fn report_page(
    request: &HttpRequest,
    role: Role,
    mut view: ReportView,
    (query, today): (&ReportPageQuery, &str),
) -> ReportPage {
    let t = T(Locale::of(request));
    let of_cards = Locale::from_tag(&query.lang).map_or(t, T);
    let choices = choices(t, of_cards, &view, query);
    if let Some(student) = chosen_student(&view, query) {
        view.students.retain(|one| one.student.id == student);
    }
    let view = &view;
    let own = view.class.is_none();
    let year = view.terms.len() > 1;
    let school_year = view.terms.last().map(|term| term.school_year.clone());
    let title = if own { "report-mine" } else { "report-class" };
    let mut terms: Vec<String> = view.terms.iter().map(|term| term.name.clone()).collect();
    if year {
        terms.push(of_cards.get("report-year"));
    }
    let cards: Vec<Card> = view
        .students
        .iter()
        .map(|one| card(of_cards, view, one, &terms))
        .collect();
    let rows = cards.iter().flat_map(|card| &card.rows);
    let letters = rows
        .flat_map(|row| &row.figures)
        .any(|figures| !figures.letter.is_empty());
    ReportPage {
        frame: Frame::new(request, Visitor::Person(role), t.get(title)),
        t,
        of_cards,
        school: school(request).name.clone(),
        day: of_cards.date(today).text,
        choices,
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

/// The one whose card alone is shown.
fn chosen_student(view: &ReportView, query: &ReportPageQuery) -> Option<UserId> {
    let asked = query.student.trim().parse().ok().map(UserId);
    let mut all = view.students.iter().map(|one| one.student.id);
    asked.filter(|asked| all.any(|id| id == *asked))
}

/// What there is to choose: a term, the language of the cards, and of a class one student.
fn choices(t: T, of_cards: T, view: &ReportView, query: &ReportPageQuery) -> Vec<Pick> {
    let pick = |id, label: &str, options| Pick {
        id,
        label: t.get(label),
        options,
        hint: None,
        error: None,
    };
    let shown = view.terms.last().map(|term| term.id);
    let terms = view.choices.iter().rev().map(|term| PickOption {
        value: term.id.to_string(),
        text: term_name(term),
        chosen: Some(term.id) == shown,
    });
    let languages = Locale::ALL.map(|locale| PickOption {
        value: locale.tag().to_owned(),
        text: t.get(&format!("language-{}", locale.tag())),
        chosen: locale == of_cards.locale(),
    });
    let mut picks = Vec::new();
    if view.choices.len() > 1 {
        picks.push(pick("term_id", "report-until", terms.collect()));
    }
    picks.push(pick("lang", "report-language", languages.into()));
    if view.class.is_some() && view.students.len() > 1 {
        let chosen = chosen_student(view, query);
        let all = PickOption {
            value: String::new(),
            text: t.get("report-all"),
            chosen: chosen.is_none(),
        };
        let each = view.students.iter().map(|one| PickOption {
            value: one.student.id.to_string(),
            text: format!("{} {}", one.student.name, one.student.student_number),
            chosen: Some(one.student.id) == chosen,
        });
        let options = std::iter::once(all).chain(each).collect();
        picks.push(pick("student", "role-student", options));
    }
    picks
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
