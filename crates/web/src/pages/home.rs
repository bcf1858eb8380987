//! The start page: where each role begins.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::Page;
use gradebook_app::read::{Class, Course, ExamClasses};
use gradebook_auth::Role;
use gradebook_domain::{CourseId, ExamId};
use serde::Deserialize;

use super::frame::{Frame, Visitor};
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
    pub(super) classes: Vec<ClassCard>,
    pub(super) exams: Vec<ExamCard>,
    /// Where the lists go on.
    pub(super) more_courses: Option<i64>,
    pub(super) more_exams: Option<i64>,
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
    pub(super) term: String,
    pub(super) open: bool,
}

/// An exam with links to the sheets of its classes.
#[derive(Debug, Clone)]
pub(super) struct ExamCard {
    pub(super) id: ExamId,
    pub(super) name: String,
    pub(super) kind: Option<String>,
    pub(super) date: DateText,
    pub(super) term: String,
    pub(super) classes: Vec<(i64, String)>,
}

/// Where the lists start.
#[derive(Deserialize)]
pub(crate) struct HomeQuery {
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
    let after = CourseId(query.after.unwrap_or(0));
    let before = query.before.map(ExamId);
    let courses = visitor.app.courses(&visitor.actor, after, AT_ONCE).await?;
    let exams = visitor.app.exams(&visitor.actor, before, AT_ONCE).await?;
    let view = home_page(&request, visitor.actor.role, courses, exams);
    page(StatusCode::OK, &view)
}

pub(super) fn home_page(
    request: &HttpRequest,
    role: Role,
    courses: Page<Course>,
    exams: Page<ExamClasses>,
) -> HomePage {
    let t = T(Locale::of(request));
    let title = match role {
        Role::Admin => t.get("home-admin-title"),
        Role::Teacher | Role::Student => t.get("home-teacher-title"),
    };
    HomePage {
        frame: Frame::new(request, Visitor::Person(role), title),
        t,
        admin: role == Role::Admin,
        more_courses: courses.next,
        more_exams: exams.next,
        classes: by_class(t, courses.items),
        exams: exams
            .items
            .into_iter()
            .map(|one| exam_card(t, one))
            .collect(),
    }
}

/// Courses under their classes; the newest school year first, subjects in the school's order.
fn by_class(t: T, mut courses: Vec<Course>) -> Vec<ClassCard> {
    courses.sort_by(|a, b| {
        let newest_year = b.class.school_year.cmp(&a.class.school_year);
        newest_year
            .then_with(|| a.class.id.cmp(&b.class.id))
            .then_with(|| b.term.starts_on.cmp(&a.term.starts_on))
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
            term: course.term.name.clone(),
            open: course.term.open,
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
        term: term_name(&one.term),
        classes: one
            .classes
            .iter()
            .map(|class| (class.id.0, class_name(class)))
            .collect(),
        name: one.exam.name,
    }
}
