//! The courses of a term, and adding those of many classes and subjects at once.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{Class, ClassFilter, Course, Subject, Term, User};
use gradebook_app::{CourseFilter, ListCount, NewCourses, NotATeacher, Page};
use gradebook_domain::{ClassId, CourseId, SubjectId, TermId};

use super::course::able_teachers;
use super::faults::not_a_teacher;
use super::{Form, Select, SetupQuery, Terms, Typed, frame, id, sent, sent_ids, t_of};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::T;
use crate::pages::finding::{Pager, address, sought};
use crate::pages::frame::Frame;
use crate::pages::words::{class_name, subject_name, teacher_names, term_name};
use crate::pages::{page, see_other};
use crate::problem::Problem;

/// Courses of one page.
const AT_ONCE: u16 = 100;
const HERE: &str = "/admin/courses";
/// Classes of a school year.
const MOST_CLASSES: u16 = 1_000;

#[derive(Template)]
#[template(path = "pages/setup/courses.html")]
pub(in crate::pages) struct CoursesPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) done: Option<String>,
    /// The term, if there is one.
    pub(in crate::pages) term: Option<Select>,
    pub(in crate::pages) term_id: String,
    pub(in crate::pages) open: bool,
    pub(in crate::pages) class: Select,
    pub(in crate::pages) text: String,
    /// Something is looked for, and how many are found.
    pub(in crate::pages) found: Option<String>,
    /// The list with nothing looked for.
    pub(in crate::pages) clear: String,
    pub(in crate::pages) groups: Vec<ClassGroup>,
    pub(in crate::pages) pager: Pager,
    pub(in crate::pages) new: Option<NewForm>,
}

/// The courses of a class.
#[derive(Debug, Clone)]
pub(in crate::pages) struct ClassGroup {
    pub(in crate::pages) id: i64,
    pub(in crate::pages) name: String,
    pub(in crate::pages) courses: Vec<CourseRow>,
}

/// A course in the list.
#[derive(Debug, Clone)]
pub(in crate::pages) struct CourseRow {
    pub(in crate::pages) id: i64,
    pub(in crate::pages) name: String,
    pub(in crate::pages) teachers: String,
    pub(in crate::pages) untaught: bool,
}

/// The form that adds courses.
#[derive(Debug, Clone)]
pub(in crate::pages) struct NewForm {
    pub(in crate::pages) alert: Option<String>,
    pub(in crate::pages) term: i64,
    pub(in crate::pages) classes: Vec<Tick>,
    pub(in crate::pages) classes_error: Option<String>,
    pub(in crate::pages) subjects: Vec<SubjectTick>,
    /// Username and name of those who can be given courses.
    pub(in crate::pages) offered: Vec<(String, String)>,
    pub(in crate::pages) subjects_error: Option<String>,
    pub(in crate::pages) teachers_of: Select,
}

/// A box to tick.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Tick {
    pub(in crate::pages) id: i64,
    pub(in crate::pages) text: String,
    pub(in crate::pages) ticked: bool,
}

/// A subject to tick, and who teaches it.
#[derive(Debug, Clone)]
pub(in crate::pages) struct SubjectTick {
    pub(in crate::pages) tick: Tick,
    pub(in crate::pages) label: String,
    pub(in crate::pages) teacher: String,
    pub(in crate::pages) error: Option<String>,
}

/// What the page shows.
pub(in crate::pages) struct Found {
    pub(in crate::pages) terms: Terms,
    pub(in crate::pages) courses: Page<Course>,
    pub(in crate::pages) count: ListCount,
    pub(in crate::pages) classes: Vec<Class>,
    pub(in crate::pages) subjects: Vec<Subject>,
    pub(in crate::pages) teachers: Vec<User>,
}

async fn find(visitor: &Has<Admin>, query: &SetupQuery) -> Result<Found, Problem> {
    let (app, actor) = (&visitor.app, &visitor.actor);
    let terms = Terms::find(app, actor, &query.term).await?;
    let term = terms.term();
    let of_year = ClassFilter {
        school_year: term.map(|term| term.school_year.clone()),
        text: String::new(),
    };
    let classes = app
        .classes_by_year(actor, &of_year, None, MOST_CLASSES)
        .await?;
    let filter = CourseFilter {
        term: Some(term.map_or(TermId(0), |term| term.id)),
        class: id(&query.class).map(ClassId),
        subject: None,
        text: sought(&query.q),
    };
    let after = id(&query.after).map(CourseId);
    let subjects = app.all_subjects(actor).await?;
    let teachers = able_teachers(app, actor).await?;
    Ok(Found {
        courses: app.courses_by_class(actor, &filter, after, AT_ONCE).await?,
        count: app.count_courses(actor, &filter, after).await?,
        classes: classes.items.into_iter().map(|one| one.class).collect(),
        subjects: subjects.into_iter().map(|(subject, _)| subject).collect(),
        teachers,
        terms,
    })
}

/// `GET /admin/courses`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
    query: Query<SetupQuery>,
) -> Result<HttpResponse, Problem> {
    let found = find(&visitor, &query).await?;
    let view = courses_page(&request, found, &query, &Form::default());
    page(StatusCode::OK, &view)
}

/// `POST /admin/courses`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Admin>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let term = sent(&typed, "term").to_owned();
    let again = async |(status, form): (StatusCode, Form)| {
        let query = SetupQuery {
            term: term.clone(),
            ..SetupQuery::default()
        };
        let found = find(&visitor, &query).await?;
        page(status, &courses_page(&request, found, &query, &form))
    };
    let named: Vec<(i64, String)> = sent_ids(&typed, "subjects")
        .into_iter()
        .map(|subject| {
            (
                subject,
                sent(&typed, &format!("teacher-{subject}"))
                    .trim()
                    .to_owned(),
            )
        })
        .filter(|(_, username)| !username.is_empty())
        .collect();
    let usernames: Vec<String> = named.iter().map(|(_, username)| username.clone()).collect();
    let people = visitor.app.people_named(&visitor.actor, &usernames).await?;
    let mut teachers = Vec::new();
    for ((subject, _), user) in named.into_iter().zip(people) {
        let Some(user) = user else {
            let text = not_a_teacher(t_of(&request), NotATeacher::Unknown);
            return again(Form::wrong(typed, &format!("teachers/{subject}"), text)).await;
        };
        teachers.push((SubjectId(subject), user.id));
    }
    let new = NewCourses {
        teachers,
        term: TermId(id(&term).unwrap_or(0)),
        classes: sent_ids(&typed, "classes")
            .into_iter()
            .map(ClassId)
            .collect(),
        subjects: sent_ids(&typed, "subjects")
            .into_iter()
            .map(SubjectId)
            .collect(),
        teachers_of: id(sent(&typed, "teachers_of")).map(TermId),
    };
    let error = match visitor.app.add_courses(&visitor.actor, &new).await {
        Ok(made) => {
            let to = format!(
                "/admin/courses?term={}&done=added&many={}",
                new.term, made.added
            );
            return Ok(see_other(&to));
        }
        Err(error) => error,
    };
    again(Form::refused(t_of(&request), typed, &error)?).await
}

/// Courses that stand class by class, under their classes.
fn by_class(t: T, courses: &[Course]) -> Vec<ClassGroup> {
    let mut groups: Vec<ClassGroup> = Vec::new();
    for course in courses {
        let row = CourseRow {
            id: course.id.0,
            name: subject_name(t, &course.subject),
            teachers: teacher_names(t, course),
            untaught: course.teachers.is_empty(),
        };
        match groups.last_mut() {
            Some(group) if group.id == course.class.id.0 => group.courses.push(row),
            _ => groups.push(ClassGroup {
                id: course.class.id.0,
                name: class_name(&course.class),
                courses: vec![row],
            }),
        }
    }
    groups
}

/// Subject and class.
pub(super) fn course_name(t: T, course: &Course) -> String {
    let (subject, class) = (subject_name(t, &course.subject), class_name(&course.class));
    format!("{subject} · {class}")
}

/// The terms to choose from.
pub(super) fn term_choice(t: T, terms: &[Term], chosen: Option<&Term>) -> Select {
    let options = terms
        .iter()
        .map(|term| (term.id.to_string(), term_name(term)));
    let chosen = chosen.map_or_else(String::new, |term| term.id.to_string());
    Form::default().select("term", t.get("setup-term"), options, &chosen)
}

pub(in crate::pages) fn courses_page(
    request: &HttpRequest,
    found: Found,
    query: &SetupQuery,
    form: &Form,
) -> CoursesPage {
    let t = t_of(request);
    let term = found.terms.term();
    let open = term.is_some_and(|term| term.open);
    let all = (String::new(), t.get("course-all-classes"));
    let classes = found
        .classes
        .iter()
        .map(|class| (class.id.to_string(), class_name(class)));
    let none = (String::new(), t.get("course-no-teachers-of"));
    let earlier = found
        .terms
        .all
        .iter()
        .filter(|other| {
            term.is_some_and(|term| other.id != term.id && other.school_year == term.school_year)
        })
        .map(|other| (other.id.to_string(), term_name(other)));
    let tick = |field: &str, id: i64, text: String| Tick {
        ticked: form.ticked(field, &id.to_string(), false),
        id,
        text,
    };
    let new = term.filter(|term| term.open).map(|term| NewForm {
        alert: form.alert.clone(),
        term: term.id.0,
        classes: found
            .classes
            .iter()
            .map(|class| tick("classes", class.id.0, class_name(class)))
            .collect(),
        classes_error: form.error("classes"),
        subjects: found
            .subjects
            .iter()
            .map(|subject| {
                let name = subject_name(t, subject);
                let id = subject.id.0;
                SubjectTick {
                    label: t.with("course-teacher-of", "subject", &name),
                    tick: tick("subjects", id, name),
                    teacher: form.value(&format!("teacher-{id}"), ""),
                    error: form.error(&format!("teachers/{id}")),
                }
            })
            .collect(),
        offered: found
            .teachers
            .iter()
            .map(|user| (user.username.clone(), user.name.clone()))
            .collect(),
        subjects_error: form.error("subjects"),
        teachers_of: form.select(
            "teachers_of",
            t.get("course-teachers-of"),
            [none].into_iter().chain(earlier),
            "",
        ),
    });
    let (of_term, text) = (
        term.map_or(0, |term| term.id.0).to_string(),
        sought(&query.q),
    );
    let of_class = id(&query.class).map_or_else(String::new, |class| class.to_string());
    let shown = found.courses.items.len();
    let pager = Pager::new(t, found.count, shown, found.courses.next, |after| {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let chosen = [
            ("term", of_term.as_str()),
            ("class", &of_class),
            ("q", &text),
            ("after", &after),
        ];
        address(HERE, &chosen)
    });
    let searched = !text.is_empty() || !of_class.is_empty();
    CoursesPage {
        frame: frame(request, t.get("courses-title"), HERE),
        t,
        done: (query.done == "added")
            .then(|| t.count("courses-added", query.many.parse().unwrap_or(0))),
        open,
        class: Form::default().select(
            "class",
            t.get("course-class"),
            [all].into_iter().chain(classes),
            &query.class,
        ),
        found: searched.then(|| {
            let all = u32::try_from(found.count.all).unwrap_or(u32::MAX);
            t.count("courses-found", all)
        }),
        clear: address(HERE, &[("term", &of_term)]),
        term_id: of_term,
        text,
        groups: by_class(t, &found.courses.items),
        pager,
        new,
        term: term.map(|_| term_choice(t, &found.terms.all, term)),
    }
}
