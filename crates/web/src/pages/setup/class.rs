//! One class: what it is, who is in it from when to when, and the class of the next year.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{
    Class, ClassFilter, Enrolment, EnrolmentDates, PeopleFilter, Term, User,
};
use gradebook_app::{App, ClassWithSize, ReadError};
use gradebook_auth::{Actor, Role};
use gradebook_domain::{ClassId, UserId};

use super::classes::{ClassForm, class_fields};
use super::promotion::Promotion;
use super::pupils::NewPupils;
use super::{Form, Select, SetupQuery, Typed, frame, id, newest_terms, sent, t_of};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::T;
use crate::pages::admin::Field;
use crate::pages::frame::Frame;
use crate::pages::words::class_name;
use crate::pages::{page, see_other};
use crate::problem::Problem;

/// Classes that a student can be moved to.
const MOST_CLASSES: u16 = 1_000;
/// Students that are offered for a name.
const MOST_MATCHES: u16 = 20;

#[derive(Template)]
#[template(path = "pages/setup/class.html")]
pub(in crate::pages) struct ClassPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) id: i64,
    pub(in crate::pages) school_year: String,
    pub(in crate::pages) count: String,
    pub(in crate::pages) done: Option<String>,
    /// The student whose days are changed.
    pub(in crate::pages) chosen: Option<Chosen>,
    pub(in crate::pages) students: Vec<StudentRow>,
    pub(in crate::pages) enrol_alert: Option<String>,
    pub(in crate::pages) number: Field,
    pub(in crate::pages) starts_on: Field,
    /// Number and name of the students that fit what was typed.
    pub(in crate::pages) matches: Vec<(String, String)>,
    pub(in crate::pages) pupils: NewPupils,
    pub(in crate::pages) details: ClassForm,
    pub(in crate::pages) promotion: Promotion,
}

/// A student of the class.
#[derive(Debug, Clone)]
pub(in crate::pages) struct StudentRow {
    pub(in crate::pages) id: i64,
    pub(in crate::pages) name: String,
    pub(in crate::pages) number: String,
    pub(in crate::pages) days: String,
    pub(in crate::pages) left: bool,
}

/// What can be done with a student.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Chosen {
    pub(in crate::pages) row: StudentRow,
    pub(in crate::pages) alert: Option<String>,
    pub(in crate::pages) ends_on: Field,
    /// What the button for the last day does.
    pub(in crate::pages) submit: String,
    /// Where else there is to go.
    pub(in crate::pages) to: Option<(Select, Field)>,
}

/// Which form of the page was refused.
#[derive(Debug, Clone, Default)]
pub(in crate::pages) struct Refusals {
    pub(in crate::pages) details: Form,
    pub(in crate::pages) enrol: Form,
    pub(in crate::pages) student: Form,
    pub(in crate::pages) pupils: Form,
    /// What is wrong with lines of a list of new pupils.
    pub(in crate::pages) lines: Vec<String>,
    pub(in crate::pages) promotion: Form,
    /// The students that fit the name which was typed.
    pub(in crate::pages) matches: Vec<User>,
}

/// What the page shows.
pub(in crate::pages) struct Found {
    pub(in crate::pages) class: Class,
    pub(in crate::pages) students: Vec<Enrolment>,
    pub(in crate::pages) others: Vec<ClassWithSize>,
    /// All terms.
    pub(in crate::pages) terms: Vec<Term>,
    /// Students with the name that was typed.
    pub(in crate::pages) matches: Vec<User>,
}

/// `GET /admin/classes/{class_id}`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
    class: Path<i64>,
    query: Query<SetupQuery>,
) -> Result<HttpResponse, Problem> {
    let refusals = Refusals::default();
    respond(
        &request,
        &visitor,
        *class,
        &query,
        (StatusCode::OK, refusals),
    )
    .await
}

pub(super) async fn respond(
    request: &HttpRequest,
    visitor: &Has<Admin>,
    class: i64,
    query: &SetupQuery,
    (status, mut refusals): (StatusCode, Refusals),
) -> Result<HttpResponse, Problem> {
    let (app, actor, class) = (&visitor.app, &visitor.actor, ClassId(class));
    let of_class = app.class(actor, class).await?;
    let students = app.whole_class(actor, class).await;
    let students =
        students.map_err(
            |error| match Form::refused(t_of(request), Vec::new(), &error) {
                Err(problem) => problem,
                Ok(_) => Problem::internal(),
            },
        )?;
    let same_year = ClassFilter {
        school_year: Some(of_class.school_year.clone()),
        text: String::new(),
    };
    let others = app
        .classes_by_year(actor, &same_year, None, MOST_CLASSES)
        .await?;
    let found = Found {
        others: others.items,
        class: of_class,
        students,
        terms: newest_terms(app, actor).await?,
        matches: std::mem::take(&mut refusals.matches),
    };
    page(status, &class_page(request, found, query, &refusals))
}

/// `POST /admin/classes/{class_id}`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Admin>,
    class: Path<i64>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let fields = class_fields(&typed);
    let changed = visitor
        .app
        .change_class(&visitor.actor, ClassId(*class), &fields)
        .await;
    match changed {
        Ok(_) => Ok(see_other(&format!("/admin/classes/{class}?done=saved"))),
        Err(error) => {
            let (status, details) = Form::refused(t_of(&request), typed, &error)?;
            let refusals = Refusals {
                details,
                ..Refusals::default()
            };
            let query = SetupQuery::default();
            respond(&request, &visitor, *class, &query, (status, refusals)).await
        }
    }
}

/// `POST /admin/classes/{class_id}/students`.
pub(crate) async fn enrol(
    request: HttpRequest,
    visitor: Has<Admin>,
    class: Path<i64>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let t = t_of(&request);
    let (app, actor) = (&visitor.app, &visitor.actor);
    // A choice among those who fit comes with the text that they fit.
    let number = match sent(&typed, "pick") {
        "" => sent(&typed, "student_number").trim(),
        picked => picked,
    };
    let mut matches = Vec::new();
    let refused = match one_student(app, actor, number).await? {
        Student::One(student) => {
            let day = Some(sent(&typed, "starts_on")).filter(|day| !day.trim().is_empty());
            match app.enrol(actor, ClassId(*class), student, day).await {
                Ok(_) => return Ok(see_other(&format!("/admin/classes/{class}?done=enrolled"))),
                Err(error) => Form::refused(t, typed, &error)?,
            }
        }
        Student::Several(found) => {
            matches = found;
            Form::wrong(typed, "student_number", t.get("class-matches"))
        }
        Student::None => Form::wrong(typed, "student_number", t.get("class-unknown-number")),
        Student::TooMany => Form::wrong(typed, "student_number", t.get("class-many-matches")),
    };
    let (status, enrol) = refused;
    let refusals = Refusals {
        enrol,
        matches,
        ..Refusals::default()
    };
    let query = SetupQuery::default();
    respond(&request, &visitor, *class, &query, (status, refusals)).await
}

/// Who fits a number or a name.
enum Student {
    None,
    One(UserId),
    Several(Vec<User>),
    TooMany,
}

/// The student with this number; otherwise those whose names or numbers have all that was typed.
async fn one_student(app: &App, actor: &Actor, typed: &str) -> Result<Student, Problem> {
    match app.student_with_number(actor, typed).await {
        Ok(student) => return Ok(Student::One(student.id)),
        Err(ReadError::NotFound) if typed.is_empty() => return Ok(Student::None),
        Err(ReadError::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    let named = PeopleFilter {
        text: typed.to_owned(),
        role: Some(Role::Student),
        enabled: None,
    };
    let found = app.people(actor, &named, UserId(0), MOST_MATCHES).await?;
    // One who fits is asked about too: a part of a name is not yet a decision.
    Ok(match (found.items.len(), found.next) {
        (0, _) => Student::None,
        (_, Some(_)) => Student::TooMany,
        _ => Student::Several(found.items),
    })
}

/// From when to when.
pub(in crate::pages) fn days_text(t: T, of: &EnrolmentDates) -> String {
    let from = t.date(&of.starts_on).text;
    match &of.ends_on {
        None => t.with("class-since", "from", from),
        Some(last) => {
            let to = t.date(last).text;
            t.args("setup-days", &[("from", &from), ("to", &to)])
        }
    }
}

fn row(t: T, of: &Enrolment) -> StudentRow {
    StudentRow {
        id: of.student.id.0,
        name: of.student.name.clone(),
        number: of.student.student_number.clone(),
        days: days_text(t, &of.dates),
        left: of.dates.ends_on.is_some(),
    }
}

fn chosen(t: T, found: &Found, student: i64, form: &Form) -> Option<Chosen> {
    let of_student = found
        .students
        .iter()
        .filter(|one| one.student.id.0 == student);
    let last = of_student.max_by(|a, b| a.dates.starts_on.cmp(&b.dates.starts_on))?;
    let others = found
        .others
        .iter()
        .filter(|one| one.class.id != found.class.id);
    let options: Vec<(String, String)> = others
        .map(|one| (one.class.id.to_string(), class_name(&one.class)))
        .collect();
    let here = last.dates.ends_on.is_none() && !options.is_empty();
    let today = t.get("class-day-hint");
    let to = here.then(|| {
        // No class is the likely one, and a wrong one is not to be left standing.
        let none = (String::new(), t.get("class-move-choose"));
        let options = [none].into_iter().chain(options);
        let to = form.select("to_class_id", t.get("class-move-to"), options, "");
        let from = form.optional("from", t.get("class-move-from"), "", today.clone());
        (to, from)
    });
    let last_day = last.dates.ends_on.as_deref();
    let submit = match last_day {
        None => "class-leave",
        Some(_) => "class-leave-day",
    };
    Some(Chosen {
        row: row(t, last),
        alert: form.error("student_id").or_else(|| form.alert.clone()),
        ends_on: form.optional(
            "ends_on",
            t.get("class-last-day"),
            last_day.unwrap_or_default(),
            today,
        ),
        submit: t.get(submit),
        to,
    })
}

pub(in crate::pages) fn class_page(
    request: &HttpRequest,
    found: Found,
    query: &SetupQuery,
    refusals: &Refusals,
) -> ClassPage {
    let t = t_of(request);
    let class = &found.class;
    let done = match query.done.as_str() {
        "added" => Some("class-added"),
        "saved" => Some("setup-saved"),
        "enrolled" => Some("class-enrolled"),
        "left" => Some("class-left"),
        "moved" => Some("class-moved"),
        "promoted" => Some("class-promoted"),
        "pupils" => Some("pupils-added"),
        _ => None,
    };
    let here = found
        .students
        .iter()
        .filter(|one| one.dates.ends_on.is_none())
        .count();
    let enrol = &refusals.enrol;
    ClassPage {
        frame: frame(
            request,
            class_name(class),
            &format!("/admin/classes/{}", class.id),
        ),
        t,
        id: class.id.0,
        school_year: class.school_year.clone(),
        count: t.count("class-students", u32::try_from(here).unwrap_or(u32::MAX)),
        done: done.map(|key| t.get(key)),
        chosen: id(&query.student)
            .and_then(|student| chosen(t, &found, student, &refusals.student)),
        students: found.students.iter().map(|one| row(t, one)).collect(),
        enrol_alert: enrol.error("student_id").or_else(|| enrol.alert.clone()),
        number: enrol.field("student_number", t.get("class-student"), "", 64),
        matches: found
            .matches
            .iter()
            .map(|user| {
                let number = user.student_number.clone().unwrap_or_default();
                (number, user.name.clone())
            })
            .collect(),
        starts_on: enrol.optional(
            "starts_on",
            t.get("class-first-day"),
            "",
            t.get("class-day-hint"),
        ),
        pupils: NewPupils::new(t, &refusals.pupils, &refusals.lines),
        details: ClassForm::new(
            t,
            &refusals.details,
            [&class.school_year, &class.grade_level, &class.name],
        ),
        promotion: Promotion::new(t, &refusals.promotion, class, &found.terms, here),
    }
}
