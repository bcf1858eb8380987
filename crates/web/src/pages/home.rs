//! The start page: where each role begins.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{Class, Course, ExamClasses};
use gradebook_app::{HomeView, Progress};
use gradebook_auth::Role;
use gradebook_domain::{AssessmentId, CourseId, ExamId, TermId};
use serde::Deserialize;

use super::frame::{Frame, Visitor};
use super::settings::{Pick, PickOption};
use super::words::{class_name, exam_kind, subject_name, teacher_names, term_name};
use super::{page, see_other};
use crate::access::SignedIn;
use crate::i18n::{DateText, Locale, T};
use crate::problem::Problem;

const AT_ONCE: u16 = 200;

#[derive(Template)]
#[template(path = "pages/home.html")]
pub(super) struct HomePage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) admin: bool,
    /// The name of the term that is shown, and whether it is closed.
    pub(super) term: Option<(String, bool)>,
    /// The terms to choose from, if there are several.
    pub(super) terms: Option<Pick>,
    pub(super) classes: Vec<ClassCard>,
    pub(super) exams: Vec<ExamCard>,
    /// What waits for a teacher, the newest first.
    pub(super) waiting: Vec<WaitingLink>,
    /// Where the lists go on.
    pub(super) more_courses: Option<String>,
    pub(super) more_exams: Option<String>,
}

impl HomePage {
    /// Whether each class has one course here, as a teacher of one subject sees it: then one list says it all.
    fn one_each(&self) -> bool {
        self.classes.iter().all(|class| class.courses.len() == 1)
    }
}

/// A class with its courses.
#[derive(Debug, Clone)]
pub(super) struct ClassCard {
    class: Class,
    pub(super) name: String,
    pub(super) school_year: String,
    pub(super) courses: Vec<CourseLink>,
}

/// A course in a list.
#[derive(Debug, Clone)]
pub(super) struct CourseLink {
    pub(super) id: CourseId,
    pub(super) subject: String,
    pub(super) teachers: String,
}

/// An assessment that is not finished.
#[derive(Debug, Clone)]
pub(super) struct WaitingLink {
    pub(super) course: CourseId,
    pub(super) title: String,
    pub(super) of: String,
    pub(super) date: DateText,
    pub(super) draft: bool,
    pub(super) entered: String,
    /// Whether nothing is missing, so that only publishing is left.
    pub(super) complete: bool,
    pub(super) id: AssessmentId,
}

/// An exam with links to the sheets of its classes.
#[derive(Debug, Clone)]
pub(super) struct ExamCard {
    pub(super) id: ExamId,
    pub(super) name: String,
    pub(super) kind: Option<String>,
    pub(super) date: DateText,
    pub(super) classes: Vec<(i64, String)>,
}

/// Which term is shown, and where its lists start. What means nothing is left open.
#[derive(Deserialize)]
pub(crate) struct HomeQuery {
    #[serde(default)]
    term: String,
    after: Option<i64>,
    before: Option<i64>,
}

/// `GET /`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: SignedIn,
    query: Query<HomeQuery>,
) -> Result<HttpResponse, Problem> {
    if visitor.actor.role == Role::Student {
        return Ok(see_other("/me"));
    }
    let asked = query.term.trim().parse().ok().map(TermId);
    let from = (CourseId(query.after.unwrap_or(0)), query.before.map(ExamId));
    let home = visitor
        .app
        .home(&visitor.actor, asked, from, AT_ONCE)
        .await?;
    let view = home_page(&request, visitor.actor.role, home);
    page(StatusCode::OK, &view)
}

pub(super) fn home_page(request: &HttpRequest, role: Role, home: HomeView) -> HomePage {
    let t = T(Locale::of(request));
    let title = match role {
        Role::Admin => t.get("home-admin-title"),
        Role::Teacher | Role::Student => t.get("home-teacher-title"),
    };
    let shown = home.term.as_ref().map(|term| term.id);
    let more = |from: &str, id: Option<i64>| {
        let term = shown.map_or(0, |term| term.0);
        id.map(|id| format!("/?term={term}&{from}={id}"))
    };
    let options = home.terms.iter().map(|term| PickOption {
        value: term.id.to_string(),
        text: term_name(term),
        chosen: Some(term.id) == shown,
    });
    let terms = Pick {
        id: "term",
        label: t.get("setup-term"),
        options: options.collect(),
        hint: None,
        error: None,
    };
    HomePage {
        frame: Frame::new(request, Visitor::Person(role), title),
        t,
        admin: role == Role::Admin,
        term: home.term.as_ref().map(|term| (term_name(term), !term.open)),
        terms: (home.terms.len() > 1).then_some(terms),
        more_courses: more("after", home.courses.next),
        more_exams: more("before", home.exams.next),
        waiting: home
            .waiting
            .iter()
            .map(|one| waiting_link(t, one))
            .collect(),
        classes: by_class(t, home.courses.items),
        exams: home
            .exams
            .items
            .into_iter()
            .map(|one| exam_card(t, one))
            .collect(),
    }
}

fn waiting_link(t: T, one: &Progress) -> WaitingLink {
    let (entered, expected) = (one.entered.to_string(), one.expected.to_string());
    WaitingLink {
        course: one.course.id,
        title: one.assessment.title.clone(),
        of: format!(
            "{} · {}",
            subject_name(t, &one.course.subject),
            class_name(&one.course.class)
        ),
        date: t.date(&one.assessment.held_on),
        draft: !one.assessment.state.visible_to_students(),
        entered: t.args("home-entered", &[("entered", &entered), ("of", &expected)]),
        complete: one.is_complete(),
        id: one.assessment.id,
    }
}

/// Courses under their classes; the newest school year first, subjects in the school's order.
fn by_class(t: T, mut courses: Vec<Course>) -> Vec<ClassCard> {
    courses.sort_by(|a, b| {
        let newest_year = b.class.school_year.cmp(&a.class.school_year);
        newest_year
            .then_with(|| a.class.id.cmp(&b.class.id))
            .then_with(|| a.subject.position.cmp(&b.subject.position))
            .then_with(|| a.id.cmp(&b.id))
    });
    let mut cards: Vec<ClassCard> = Vec::new();
    for course in courses {
        let link = CourseLink {
            id: course.id,
            subject: subject_name(t, &course.subject),
            teachers: Some(teacher_names(t, &course))
                .filter(|names| !names.is_empty())
                .unwrap_or_else(|| t.get("home-no-teacher")),
        };
        match cards.last_mut().filter(|card| card.class == course.class) {
            Some(card) => card.courses.push(link),
            None => cards.push(ClassCard {
                name: class_name(&course.class),
                school_year: course.class.school_year.clone(),
                class: course.class,
                courses: vec![link],
            }),
        }
    }
    cards
}

fn exam_card(t: T, one: ExamClasses) -> ExamCard {
    ExamCard {
        id: one.exam.id,
        kind: exam_kind(t, &one.exam),
        date: t.date(&one.exam.held_on),
        classes: one
            .classes
            .iter()
            .map(|class| (class.id.0, class_name(class)))
            .collect(),
        name: one.exam.name,
    }
}
