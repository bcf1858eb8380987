//! Initial passwords of a class as slips to print and cut apart.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{ClassAccounts, User};
use gradebook_app::{ClassSlips, PrintedSlips};
use gradebook_auth::Role;
use gradebook_domain::{ClassId, UserId};
use serde::Deserialize;

use super::one_time::{Slip, SlipFrame};
use super::{failure, missing};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::{Locale, T};
use crate::pages::frame::{Frame, Visitor};
use crate::pages::page;
use crate::pages::words::class_name;
use crate::problem::Problem;

/// A password takes so many milliseconds to hash, roughly.
const HASHING_MS: usize = 250;

#[derive(Template)]
#[template(path = "pages/admin/slips.html")]
pub(in crate::pages) struct ClassesPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) years: Vec<Year>,
}

/// The classes of a school year.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Year {
    pub(in crate::pages) name: String,
    pub(in crate::pages) classes: Vec<ClassRow>,
}

/// A class in the list.
#[derive(Debug, Clone)]
pub(in crate::pages) struct ClassRow {
    pub(in crate::pages) id: i64,
    pub(in crate::pages) name: String,
    pub(in crate::pages) students: String,
    /// How its badge looks, and how many wait for a password; nothing where nobody is in it.
    pub(in crate::pages) state: Option<(&'static str, String)>,
}

/// A class: who would get a slip, or the slips.
#[derive(Template)]
#[template(path = "pages/admin/class_slips.html")]
pub(in crate::pages) struct ClassSlipsPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) class: i64,
    pub(in crate::pages) name: String,
    pub(in crate::pages) school_year: String,
    pub(in crate::pages) waiting: Vec<StudentRow>,
    /// What the button does, and how long it takes.
    pub(in crate::pages) make: String,
    pub(in crate::pages) lasts: String,
    pub(in crate::pages) own: Vec<StudentRow>,
    pub(in crate::pages) own_count: String,
    pub(in crate::pages) disabled: Vec<StudentRow>,
    pub(in crate::pages) disabled_count: String,
    /// How many were made, once they are.
    pub(in crate::pages) made: Option<String>,
    pub(in crate::pages) printed: Vec<Slip>,
    pub(in crate::pages) slips: SlipFrame,
}

/// A student of the class.
#[derive(Debug, Clone)]
pub(in crate::pages) struct StudentRow {
    pub(in crate::pages) id: UserId,
    pub(in crate::pages) name: String,
    pub(in crate::pages) number: String,
}

/// Which class; none for all.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct SlipsQuery {
    class: Option<i64>,
}

/// The field of the form.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct SlipsForm {
    class: Option<i64>,
}

/// `GET /admin/slips`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
    query: Query<SlipsQuery>,
) -> Result<HttpResponse, Problem> {
    let Some(class) = query.class else {
        let classes = visitor.app.classes_for_slips(&visitor.actor).await;
        let classes = classes.map_err(|error| failure(&error))?;
        return page(StatusCode::OK, &classes_page(&request, classes));
    };
    let found = visitor
        .app
        .class_slips(&visitor.actor, ClassId(class))
        .await;
    let found = found.map_err(|error| failure(&error))?;
    let slips = SlipFrame::new(&request, &visitor.app);
    page(
        StatusCode::OK,
        &class_slips_page(&request, slips, found, None),
    )
}

/// `POST /admin/slips`. The answer is the only place that tells the one-time passwords.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Admin>,
    SafeForm(form): SafeForm<SlipsForm>,
) -> Result<HttpResponse, Problem> {
    let class = form.class.ok_or_else(|| missing("class"))?;
    let made = visitor
        .app
        .make_class_slips(&visitor.actor, ClassId(class))
        .await;
    let PrintedSlips { rest, slips } = made.map_err(|error| failure(&error))?;
    let frame = SlipFrame::new(&request, &visitor.app);
    page(
        StatusCode::OK,
        &class_slips_page(&request, frame, rest, Some(slips)),
    )
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

pub(in crate::pages) fn classes_page(
    request: &HttpRequest,
    classes: Vec<ClassAccounts>,
) -> ClassesPage {
    let t = T(Locale::of(request));
    let count = |key: &str, count: u64| t.count(key, u32::try_from(count).unwrap_or(u32::MAX));
    let mut years: Vec<Year> = Vec::new();
    for one in classes {
        let row = ClassRow {
            id: one.class.id.0,
            name: class_name(&one.class),
            students: count("slips-students", one.students),
            state: match (one.students, one.waiting) {
                (0, _) => None,
                (_, 0) => Some(("is-published", t.get("slips-none-needed"))),
                (_, waiting) => Some(("is-warning", count("slips-waiting", waiting))),
            },
        };
        match years
            .last_mut()
            .filter(|year| year.name == one.class.school_year)
        {
            Some(year) => year.classes.push(row),
            None => years.push(Year {
                name: one.class.school_year,
                classes: vec![row],
            }),
        }
    }
    let title = t.get("slips-title");
    ClassesPage {
        frame: Frame::new(request, Visitor::Person(Role::Admin), title),
        t,
        years,
    }
}

pub(in crate::pages) fn class_slips_page(
    request: &HttpRequest,
    slips: SlipFrame,
    found: ClassSlips,
    made: Option<Vec<(User, String)>>,
) -> ClassSlipsPage {
    let t = slips.t;
    let name = class_name(&found.class);
    let rows = |users: Vec<User>| -> Vec<StudentRow> {
        let row = |user: User| StudentRow {
            id: user.id,
            name: user.name,
            number: user.student_number.unwrap_or_default(),
        };
        users.into_iter().map(row).collect()
    };
    let here = format!("/admin/slips?class={}", found.class.id);
    let title = t.get("slips-title");
    let seconds = (found.waiting.len() * HASHING_MS).div_ceil(1000);
    ClassSlipsPage {
        frame: Frame::new(request, Visitor::Person(Role::Admin), title).returning_to(&here),
        t,
        class: found.class.id.0,
        make: t.count("slips-make", number(found.waiting.len())),
        lasts: t.count("slips-lasts", number(seconds)),
        own_count: t.count("slips-own", number(found.own.len())),
        disabled_count: t.count("slips-disabled", number(found.disabled.len())),
        waiting: rows(found.waiting),
        own: rows(found.own),
        disabled: rows(found.disabled),
        made: made
            .as_ref()
            .map(|made| t.count("slips-made", number(made.len()))),
        printed: made
            .unwrap_or_default()
            .into_iter()
            .map(|(user, password)| Slip::new(name.clone(), user, password))
            .collect(),
        name,
        school_year: found.class.school_year,
        slips,
    }
}
