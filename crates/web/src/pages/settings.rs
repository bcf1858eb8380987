//! How a course counts: its categories and assessments, its policy, on one page that works without
//! script. At most one form is open at a time; `?open=` names it.

mod act;
mod fill;
mod forms;
mod view;

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::GradebookView;
use gradebook_app::read::Course;
use gradebook_auth::Role;
use gradebook_domain::{CourseId, Weight};
use serde::Deserialize;

use super::frame::{Frame, Visitor};
use super::words::{class_name, subject_name, term_name};
use super::{page, see_other};
use crate::access::{SafeForm, SignedIn};
use crate::i18n::{Locale, T};
use crate::problem::Problem;

pub(super) use act::Refused;
use act::act;
pub(super) use act::words;
use forms::{FormField, OpenForm, Which};
pub(super) use forms::{Pick, PickOption, Ticks};
use view::{CategoryCard, categories, policy};
pub(super) use view::{Weights, weights};

#[derive(Template)]
#[template(path = "pages/settings.html")]
pub(super) struct SettingsPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) id: CourseId,
    /// The gradebook's name and the term.
    pub(super) course: String,
    pub(super) term: String,
    pub(super) term_open: bool,
    pub(super) done: Option<String>,
    /// Why something that has no form of its own was refused.
    pub(super) refused: Option<String>,
    /// What the weights of the categories add up to.
    pub(super) weights: Weights,
    pub(super) categories: Vec<CategoryCard>,
    /// How the course counts and what it shows, as pairs of name and value.
    pub(super) policy: Vec<(String, String)>,
    pub(super) form: Option<OpenForm>,
}

impl SettingsPage {
    /// Whether the open form belongs at this place of the page.
    fn opens(&self, at: &str) -> bool {
        self.form.as_ref().is_some_and(|form| form.at == at)
    }
}

/// Which form is open, and what was just done.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct SettingsQuery {
    open: Option<String>,
    done: Option<String>,
    /// How many.
    many: Option<u32>,
}

/// What a form of the page sent, in the order in which it was sent; each sends other fields.
#[derive(Debug, Clone, Default)]
pub(crate) struct SettingsForm(Vec<(String, String)>);

#[cfg(test)]
impl SettingsForm {
    pub(super) fn sample() -> Self {
        let fields = [
            ("open", "category-1"),
            ("name", "作业 <b>"),
            ("weight", "viel"),
        ];
        Self(
            fields
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
        )
    }
}

/// `GET /courses/{course_id}/settings`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    query: Query<SettingsQuery>,
) -> Result<HttpResponse, Problem> {
    let book = visitor.app.gradebook(&visitor.actor, CourseId(*id)).await?;
    let others = others(&visitor, &book, query.open.as_deref()).await?;
    let found = (&book, others.as_slice());
    let view = settings_page(&request, visitor.actor.role, found, &query, None);
    page(StatusCode::OK, &view)
}

/// `POST /courses/{course_id}/settings`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    SafeForm(sent): SafeForm<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let id = CourseId(*id);
    let book = visitor.app.gradebook(&visitor.actor, id).await?;
    let t = T(Locale::of(&request));
    let refused = match act(&visitor, &book, SettingsForm(sent), t).await? {
        Ok(to) => return Ok(see_other(&to)),
        Err(refused) => refused,
    };
    // Whatever came first may have changed what there is.
    let book = visitor.app.gradebook(&visitor.actor, id).await?;
    let query = SettingsQuery {
        open: Some(refused.form.typed("open").to_owned()),
        ..SettingsQuery::default()
    };
    let role = visitor.actor.role;
    let others = others(&visitor, &book, query.open.as_deref()).await?;
    let found = (&book, others.as_slice());
    let view = settings_page(&request, role, found, &query, Some(&refused));
    page(refused.status, &view)
}

/// The courses that may get the same assessment; asked for only where one is being added.
async fn others(
    visitor: &SignedIn,
    book: &GradebookView,
    open: Option<&str>,
) -> Result<Vec<Course>, Problem> {
    let which = open.and_then(|open| Which::named(open, book));
    if !matches!(which, Some(Which::NewAssessment(_))) || !book.course.term.open {
        return Ok(Vec::new());
    }
    let mut found = visitor
        .app
        .other_courses(&visitor.actor, &book.course)
        .await?;
    found.retain(|other| other.term.id == book.course.term.id);
    Ok(found)
}

/// What the page says was done; only these are ever asked for.
const DONE: [(&str, &str); 9] = [
    ("category-added", "settings-category-added"),
    ("category-saved", "settings-category-saved"),
    ("category-deleted", "settings-category-deleted"),
    ("assessment-added", "settings-assessment-added"),
    ("assessment-saved", "settings-assessment-saved"),
    ("assessment-deleted", "settings-assessment-deleted"),
    ("policy-saved", "settings-policy-saved"),
    ("assessments-moved", "settings-assessments-moved"),
    ("category-emptied", "settings-category-emptied"),
];

pub(super) fn settings_page(
    request: &HttpRequest,
    role: Role,
    (book, others): (&GradebookView, &[Course]),
    query: &SettingsQuery,
    refused: Option<&Refused>,
) -> SettingsPage {
    let t = T(Locale::of(request));
    let course = &book.course;
    let subject = subject_name(t, &course.subject);
    let class = class_name(&course.class);
    let many = query.many.unwrap_or(0);
    let done = match query.done.as_deref() {
        Some("assessments-added") => Some(t.count("settings-assessments-added", many)),
        Some("scheme-copied") => Some(t.count("settings-scheme-copied", many)),
        done => DONE
            .iter()
            .find(|(name, _)| Some(*name) == done)
            .map(|(_, key)| t.get(key)),
    };
    let open = query.open.as_deref().filter(|_| course.term.open);
    let form = open
        .and_then(|open| Which::named(open, book))
        .map(|which| which.form(t, (book, others), refused));
    SettingsPage {
        frame: Frame::new(request, Visitor::Person(role), t.get("settings-title"))
            .returning_to(&format!("/courses/{}/settings", course.id)),
        t,
        id: course.id,
        course: t.args(
            "gradebook-title",
            &[("subject", &subject), ("class", &class)],
        ),
        term: term_name(&course.term),
        term_open: course.term.open,
        done,
        refused: refused
            .filter(|refused| form.is_none() || refused.field.is_none())
            .map(|refused| refused.text.clone()),
        weights: weights(
            t,
            Weight::sum(book.categories.iter().map(|one| one.scheme.weight)),
        ),
        categories: categories(t, book),
        policy: policy(t, course),
        form,
    }
}

#[cfg(test)]
impl SettingsQuery {
    pub(super) fn sample(open: &str, done: Option<&str>) -> Self {
        Self {
            open: Some(open.to_owned()),
            done: done.map(str::to_owned),
            many: Some(2),
        }
    }
}

#[cfg(test)]
impl Refused {
    pub(super) fn sample(form: SettingsForm) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            form,
            field: Some("weight"),
            text: "<b>".to_owned(),
        }
    }
}
