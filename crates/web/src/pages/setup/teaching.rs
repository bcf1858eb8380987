//! Who teaches what in a term, at one glance: classes down, subjects across.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::CourseFilter;
use gradebook_app::read::{Class, ClassFilter, Course, Subject};
use gradebook_domain::{ClassId, CourseId, SubjectId, TermId};

use super::courses::term_choice;
use super::{Select, SetupQuery, Terms, frame, t_of};
use crate::access::{Admin, Has};
use crate::i18n::T;
use crate::pages::finding::address;
use crate::pages::frame::Frame;
use crate::pages::page;
use crate::pages::words::{class_name, subject_name, teacher_names};
use crate::problem::Problem;

const HERE: &str = "/admin/teaching";
/// Classes of a school year.
const MOST_CLASSES: u16 = 1_000;
/// Courses of a term.
const MOST_COURSES: u16 = 10_000;

#[derive(Template)]
#[template(path = "pages/setup/teaching.html")]
pub(in crate::pages) struct TeachingPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    /// The term, if there is one.
    pub(in crate::pages) term: Option<Select>,
    /// How many courses nobody teaches, where any does not.
    pub(in crate::pages) untaught: Option<String>,
    pub(in crate::pages) subjects: Vec<String>,
    pub(in crate::pages) rows: Vec<Row>,
}

/// A class and what it has in each of the subjects.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Row {
    pub(in crate::pages) id: i64,
    pub(in crate::pages) class: String,
    pub(in crate::pages) cells: Vec<Cell>,
}

/// A class's subject.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Cell {
    pub(in crate::pages) subject: String,
    /// Where it is assigned, or added.
    pub(in crate::pages) href: Option<String>,
    pub(in crate::pages) state: Taught,
}

/// By whom a subject is taught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pages) enum Taught {
    By(String),
    ByNobody,
    NoCourse,
}

/// What the page shows.
pub(in crate::pages) struct Found {
    pub(in crate::pages) terms: Terms,
    pub(in crate::pages) classes: Vec<Class>,
    pub(in crate::pages) subjects: Vec<Subject>,
    pub(in crate::pages) courses: Vec<Course>,
}

/// `GET /admin/teaching`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
    query: Query<SetupQuery>,
) -> Result<HttpResponse, Problem> {
    let (app, actor) = (&visitor.app, &visitor.actor);
    let terms = Terms::find(app, actor, &query.term).await?;
    let term = terms.term();
    let of_year = ClassFilter {
        school_year: Some(term.map_or_else(String::new, |term| term.school_year.clone())),
        text: String::new(),
    };
    let of_term = CourseFilter {
        term: Some(term.map_or(TermId(0), |term| term.id)),
        ..CourseFilter::default()
    };
    let classes = app.classes_by_year(actor, &of_year, None, MOST_CLASSES);
    let classes = classes.await?.items.into_iter();
    let courses = app.all_courses(actor, &of_term, CourseId(0), MOST_COURSES);
    let courses = courses.await?.items;
    let subjects = app.all_subjects(actor).await?.into_iter();
    let found = Found {
        classes: classes.map(|one| one.class).collect(),
        subjects: subjects.map(|(subject, _)| subject).collect(),
        courses,
        terms,
    };
    page(StatusCode::OK, &teaching_page(&request, found))
}

pub(in crate::pages) fn teaching_page(request: &HttpRequest, found: Found) -> TeachingPage {
    let t = t_of(request);
    let term = found.terms.term();
    let open = term.is_some_and(|term| term.open);
    let of_term = term.map_or_else(String::new, |term| term.id.to_string());
    let courses: HashMap<(ClassId, SubjectId), &Course> = found
        .courses
        .iter()
        .map(|course| ((course.class.id, course.subject.id), course))
        .collect();
    // A subject that no class has takes no column.
    let taught: Vec<&Subject> = found
        .subjects
        .iter()
        .filter(|subject| found.courses.iter().any(|one| one.subject.id == subject.id))
        .collect();
    // A class of another year can have courses of the term still.
    let mut classes: HashMap<ClassId, &Class> = found
        .courses
        .iter()
        .map(|course| (course.class.id, &course.class))
        .collect();
    classes.extend(found.classes.iter().map(|class| (class.id, class)));
    let cell = |class: &Class, subject: &Subject| {
        let course = courses.get(&(class.id, subject.id));
        let add = || {
            let chosen = [("term", of_term.as_str()), ("class", &class.id.to_string())];
            format!("{}#add", address("/admin/courses", &chosen))
        };
        Cell {
            subject: subject_name(t, subject),
            href: match course {
                Some(course) => Some(format!("/admin/courses/{}", course.id)),
                None => open.then(add),
            },
            state: match course {
                Some(course) if course.teachers.is_empty() => Taught::ByNobody,
                Some(course) => Taught::By(teacher_names(t, course)),
                None => Taught::NoCourse,
            },
        }
    };
    let untaught = found.courses.iter().filter(|one| one.teachers.is_empty());
    let untaught = u32::try_from(untaught.count()).unwrap_or(u32::MAX);
    TeachingPage {
        frame: frame(request, t.get("teaching-title"), HERE),
        t,
        untaught: (untaught > 0).then(|| t.count("teaching-untaught", untaught)),
        rows: if taught.is_empty() {
            Vec::new()
        } else {
            let row = |class: &&Class| Row {
                id: class.id.0,
                class: class_name(class),
                cells: taught.iter().map(|subject| cell(class, subject)).collect(),
            };
            let mut classes: Vec<&Class> = classes.into_values().collect();
            classes.sort_by_cached_key(|class| class.place());
            classes.iter().map(row).collect()
        },
        subjects: taught.iter().map(|one| subject_name(t, one)).collect(),
        term: term.map(|_| term_choice(t, &found.terms.all, term)),
    }
}
