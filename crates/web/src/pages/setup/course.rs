//! One course: who teaches it.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{Course, PeopleFilter, Person, User};
use gradebook_app::{App, NotATeacher, ReadError, SetTeachersError};
use gradebook_auth::{Actor, Role};
use gradebook_domain::{CourseId, UserId};

use super::courses::course_name;
use super::faults::not_a_teacher;
use super::{Form, SetupQuery, Typed, frame, id, sent, t_of};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::T;
use crate::pages::admin::Field;
use crate::pages::confirm::{CONFIRMED, ConfirmPage, was_shown};
use crate::pages::frame::Frame;
use crate::pages::words::term_name;
use crate::pages::{page, see_other};
use crate::problem::{Problem, database_problem};

/// Teachers that are offered.
const MOST_TEACHERS: u16 = 1_000;

#[derive(Template)]
#[template(path = "pages/setup/course.html")]
pub(in crate::pages) struct CoursePage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) id: i64,
    pub(in crate::pages) term: String,
    pub(in crate::pages) done: Option<String>,
    pub(in crate::pages) teachers: Vec<Person>,
    /// Username and name of those who can be given the course.
    pub(in crate::pages) offered: Vec<(String, String)>,
    pub(in crate::pages) username: Field,
}

/// `GET /admin/courses/{course_id}`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
    course: Path<i64>,
    query: Query<SetupQuery>,
) -> Result<HttpResponse, Problem> {
    let form = (StatusCode::OK, Form::default());
    respond(&request, &visitor, *course, &query, form).await
}

async fn respond(
    request: &HttpRequest,
    visitor: &Has<Admin>,
    course: i64,
    query: &SetupQuery,
    (status, form): (StatusCode, Form),
) -> Result<HttpResponse, Problem> {
    let (app, actor) = (&visitor.app, &visitor.actor);
    let found = app.course(actor, CourseId(course)).await?;
    let offered = able_teachers(app, actor).await?;
    page(status, &course_page(request, found, offered, query, &form))
}

/// Those who can be given a course.
pub(super) async fn able_teachers(app: &App, actor: &Actor) -> Result<Vec<User>, ReadError> {
    let teachers = PeopleFilter {
        role: Some(Role::Teacher),
        enabled: Some(true),
        ..PeopleFilter::default()
    };
    let found = app.people(actor, &teachers, UserId(0), MOST_TEACHERS);
    Ok(found.await?.items)
}

/// `POST /admin/courses/{course_id}`: gives the course to one more teacher, or takes it from one.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Admin>,
    course: Path<i64>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let (app, actor, t) = (&visitor.app, &visitor.actor, t_of(&request));
    let id_of_course = CourseId(*course);
    let present = app.course(actor, id_of_course).await?;
    let mut teachers: Vec<UserId> = present.teachers.iter().map(|one| one.id).collect();
    let unknown = |typed| {
        let text = not_a_teacher(t, NotATeacher::Unknown);
        Form::wrong(typed, "username", text)
    };
    let refused = if let Some(gone) = id(sent(&typed, "remove")) {
        let leaves = present.teachers.iter().find(|one| one.id.0 == gone);
        if let Some(teacher) = leaves.filter(|_| !was_shown(Some(sent(&typed, CONFIRMED)))) {
            return page(StatusCode::OK, &take_page(&request, &present, teacher));
        }
        teachers.retain(|teacher| teacher.0 != gone);
        None
    } else {
        let asked = [sent(&typed, "username").trim().to_owned()];
        let found = app.people_named(actor, &asked).await?;
        match found.into_iter().flatten().next() {
            None => Some(unknown(typed.clone())),
            Some(user) if teachers.contains(&user.id) => None,
            Some(user) => {
                teachers.push(user.id);
                None
            }
        }
    };
    let refused = match refused {
        Some(refused) => refused,
        None => match app.set_teachers(actor, id_of_course, &teachers).await {
            Ok(_) => return Ok(see_other(&format!("/admin/courses/{course}?done=saved"))),
            Err(SetTeachersError::NotTeachers(wrong)) => {
                let why = wrong.first().map_or(NotATeacher::Unknown, |(_, why)| *why);
                Form::wrong(typed, "username", not_a_teacher(t, why))
            }
            Err(SetTeachersError::TooMany) => {
                let text = t.with("fault-too-many", "most", 50);
                Form::wrong(typed, "username", text)
            }
            Err(SetTeachersError::NotFound) => return Err(Problem::not_found()),
            Err(SetTeachersError::Forbidden) => return Err(Problem::forbidden()),
            Err(error @ SetTeachersError::Database(_)) => return Err(database_problem(&error)),
        },
    };
    respond(&request, &visitor, *course, &SetupQuery::default(), refused).await
}

/// What follows from taking a course from a teacher.
pub(in crate::pages) fn take_page(
    request: &HttpRequest,
    course: &Course,
    teacher: &Person,
) -> ConfirmPage {
    let t = t_of(request);
    let here = format!("/admin/courses/{}", course.id);
    let others: Vec<&str> = course
        .teachers
        .iter()
        .filter(|one| one.id != teacher.id)
        .map(|one| one.name.as_str())
        .collect();
    let then = if others.is_empty() {
        t.get("course-take-nobody")
    } else {
        let names = others.join(t.get("list-comma").as_str());
        t.with("course-take-others", "names", names)
    };
    ConfirmPage {
        frame: frame(
            request,
            t.with("course-take-title", "name", &teacher.name),
            &here,
        ),
        t,
        crumbs: vec![
            ("/admin".to_owned(), t.get("overview-title")),
            ("/admin/courses".to_owned(), t.get("courses-title")),
            (here.clone(), course_name(t, course)),
        ],
        effects: vec![
            t.with("course-take-at-once", "name", &teacher.name),
            t.get("course-take-scores"),
            then,
        ],
        action: here.clone(),
        sends: vec![("remove".to_owned(), teacher.id.to_string())],
        submit: t.get("course-take"),
        cancel: here,
    }
}

pub(in crate::pages) fn course_page(
    request: &HttpRequest,
    course: Course,
    offered: Vec<User>,
    query: &SetupQuery,
    form: &Form,
) -> CoursePage {
    let t = t_of(request);
    let username = form.field("username", t.get("course-teacher"), "", 64);
    CoursePage {
        frame: frame(
            request,
            course_name(t, &course),
            &format!("/admin/courses/{}", course.id),
        ),
        t,
        id: course.id.0,
        term: term_name(&course.term),
        done: (query.done == "saved").then(|| t.get("setup-saved")),
        teachers: course.teachers,
        offered: offered
            .into_iter()
            .map(|user| (user.username, user.name))
            .collect(),
        username: Field {
            hint: Some(t.get("course-teacher-hint")),
            ..username
        },
    }
}
