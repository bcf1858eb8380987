//! One account: what it is, what can be done to it, what was done.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{Class, EnrolmentDates, User};
use gradebook_app::{AccountEvent, Page, PersonChange};
use gradebook_auth::Role;
use gradebook_domain::{ChangeId, ClassId, UserId};
use serde::Deserialize;

use super::changes::{LogLine, log_line};
use super::user_steps::{Step, ask};
use super::{Badge, Choice, Field, badges, languages, refusal, role_name, roles, status_of};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::{Locale, T};
use crate::pages::finding::address;
use crate::pages::frame::{Frame, Visitor};
use crate::pages::setup::class::days_text;
use crate::pages::words::class_name;
use crate::pages::{page, see_other};
use crate::problem::Problem;

/// Changes of one page.
const AT_ONCE: u16 = 20;

#[derive(Template)]
#[template(path = "pages/admin/user.html")]
pub(in crate::pages) struct UserPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) id: UserId,
    pub(in crate::pages) username: Field,
    /// Of a student.
    pub(in crate::pages) number: Option<Field>,
    /// The role in a word.
    pub(in crate::pages) role_text: String,
    pub(in crate::pages) badges: Vec<Badge>,
    /// The admin's own account.
    pub(in crate::pages) own: bool,
    pub(in crate::pages) enabled: bool,
    /// Whether there is a second factor to take away.
    pub(in crate::pages) totp: bool,
    pub(in crate::pages) done: Option<String>,
    /// Why the last admin stays.
    pub(in crate::pages) refused: Option<String>,
    pub(in crate::pages) name: Field,
    pub(in crate::pages) locale: Choice,
    /// Whoever can have another role.
    pub(in crate::pages) role: Option<Choice>,
    /// Of a student: the classes, what begins last first.
    pub(in crate::pages) classes: Option<Vec<ClassRow>>,
    /// Of a teacher: where the courses are listed.
    pub(in crate::pages) courses: Option<String>,
    pub(in crate::pages) log: Vec<LogLine>,
    /// Where older changes are.
    pub(in crate::pages) older: Option<i64>,
    pub(in crate::pages) newest: bool,
}

/// A class that a student belongs or belonged to.
#[derive(Debug, Clone)]
pub(in crate::pages) struct ClassRow {
    id: ClassId,
    /// Class and school year.
    name: String,
    /// From when to when.
    days: String,
    /// Whether they belong to it still, so that they can move.
    here: bool,
}

/// What the page says beside the account.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct UserQuery {
    /// What was just done.
    done: Option<String>,
    /// The log goes on before this change.
    before: Option<i64>,
    /// What is to be confirmed, a [`Step`].
    confirm: Option<String>,
}

#[cfg(test)]
impl UserQuery {
    pub(in crate::pages) fn sample(done: &str) -> Self {
        Self {
            done: Some(done.to_owned()),
            before: Some(9),
            confirm: None,
        }
    }
}

/// The fields of the form.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct UserForm {
    username: Option<String>,
    student_number: Option<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    locale: String,
    /// Not there where the role cannot be another one.
    role: Option<String>,
}

/// What was typed that cannot be, and what is wrong with it.
pub(in crate::pages) struct Refused {
    pub(super) form: Option<UserForm>,
    pub(super) field: &'static str,
    pub(super) key: &'static str,
}

#[cfg(test)]
impl Refused {
    pub(in crate::pages) fn sample(field: &'static str, key: &'static str) -> Self {
        Self {
            form: Some(UserForm {
                username: Some("<b>".to_owned()),
                student_number: None,
                name: " ".to_owned(),
                locale: "en".to_owned(),
                role: None,
            }),
            field,
            key,
        }
    }
}

/// `GET /admin/users/{user_id}`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
    id: Path<i64>,
    query: Query<UserQuery>,
) -> Result<HttpResponse, Problem> {
    let id = UserId(*id);
    if let Some(step) = query.confirm.as_deref().and_then(Step::named) {
        return ask(&request, &visitor, id, step).await;
    }
    respond(&request, &visitor, id, &query, None).await
}

pub(super) async fn respond(
    request: &HttpRequest,
    visitor: &Has<Admin>,
    id: UserId,
    query: &UserQuery,
    refused: Option<Refused>,
) -> Result<HttpResponse, Problem> {
    let user = visitor.app.person(&visitor.actor, id).await?;
    let before = query.before.map(ChangeId);
    let log = visitor
        .app
        .account_log(&visitor.actor, id, before, AT_ONCE)
        .await?;
    let status = match &refused {
        None => StatusCode::OK,
        Some(refused) => status_of(refused.key),
    };
    let classes = match user.role {
        Role::Student => visitor.app.classes_of(&visitor.actor, id).await?,
        Role::Admin | Role::Teacher => Vec::new(),
    };
    let own = visitor.actor.user_id() == Some(id);
    let totp_of = visitor.app.totp_required_of();
    let found = Found {
        user,
        own,
        classes,
        log,
    };
    let view = user_page(request, found, totp_of, query, refused.as_ref());
    page(status, &view)
}

pub(super) const LAST_ADMIN: &str = "user-last-admin";

/// `POST /admin/users/{user_id}`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Admin>,
    id: Path<i64>,
    SafeForm(form): SafeForm<UserForm>,
) -> Result<HttpResponse, Problem> {
    let id = UserId(*id);
    let role = form.role.as_deref().map(str::parse::<Role>).transpose();
    let locale = Locale::from_tag(&form.locale);
    let (field, key) = match (locale, role) {
        (None, _) => ("locale", "user-locale-missing"),
        (_, Err(_)) => ("role", "user-role-missing"),
        (Some(locale), Ok(role)) => {
            let change = PersonChange {
                username: form.username.clone(),
                student_number: form.student_number.clone(),
                name: Some(form.name.clone()),
                enabled: None,
                locale: Some(locale.tag().to_owned()),
                role,
            };
            match visitor.app.change_person(&visitor.actor, id, &change).await {
                Ok(_) => return Ok(see_other(&format!("/admin/users/{id}?done=saved"))),
                Err(error) => refusal(&error)?,
            }
        }
    };
    let refused = Refused {
        form: Some(form),
        field,
        key,
    };
    respond(&request, &visitor, id, &UserQuery::default(), Some(refused)).await
}

/// What the page shows.
pub(in crate::pages) struct Found {
    pub(in crate::pages) user: User,
    /// Whether it is the admin's own account.
    pub(in crate::pages) own: bool,
    /// Of a student.
    pub(in crate::pages) classes: Vec<(Class, EnrolmentDates)>,
    pub(in crate::pages) log: Page<AccountEvent>,
}

pub(in crate::pages) fn user_page(
    request: &HttpRequest,
    found: Found,
    totp_of: &[Role],
    query: &UserQuery,
    refused: Option<&Refused>,
) -> UserPage {
    let t = T(Locale::of(request));
    let Found {
        user,
        own,
        classes,
        log,
    } = found;
    let typed = refused.and_then(|refused| refused.form.as_ref());
    let last_admin = refused.is_some_and(|refused| refused.key == LAST_ADMIN);
    let error = |id: &str| {
        refused
            .filter(|refused| refused.field == id && !last_admin)
            .map(|refused| t.get(refused.key))
    };
    let done = match query.done.as_deref() {
        Some("saved") => Some("user-saved"),
        Some("enabled") => Some("user-now-enabled"),
        Some("disabled") => Some("user-now-disabled"),
        Some("totp-reset") => Some("user-totp-gone"),
        _ => None,
    };
    let classes = classes.into_iter().map(|(class, dates)| ClassRow {
        id: class.id,
        name: format!("{} · {}", class_name(&class), class.school_year),
        days: days_text(t, &dates),
        here: dates.ends_on.is_none(),
    });
    let courses = address("/admin/courses", &[("q", user.name.as_str())]);
    let chosen_role = typed.and_then(|typed| typed.role.as_deref());
    let role = Choice {
        id: "role",
        label: t.get("account-role"),
        options: roles(
            t,
            &[Role::Admin, Role::Teacher],
            chosen_role.unwrap_or(user.role.as_str()),
        ),
        hint: Some(t.get("user-role-hint")),
        error: error("role"),
    };
    UserPage {
        frame: Frame::new(request, Visitor::Person(Role::Admin), user.name.clone())
            .returning_to(&format!("/admin/users/{}", user.id)),
        t,
        id: user.id,
        role_text: role_name(t, user.role),
        badges: badges(t, &user, totp_of),
        own,
        enabled: user.enabled,
        totp: user.totp_enabled,
        done: done.filter(|_| refused.is_none()).map(|key| t.get(key)),
        refused: last_admin.then(|| t.get(LAST_ADMIN)),
        name: Field {
            id: "name",
            label: t.get("account-name"),
            value: typed.map_or(user.name, |typed| typed.name.clone()),
            most: 128,
            required: true,
            hint: None,
            error: error("name"),
        },
        locale: Choice {
            id: "locale",
            label: t.get("account-language"),
            options: languages(t, typed.map_or(&user.locale, |typed| &typed.locale)),
            hint: None,
            error: error("locale"),
        },
        role: (user.role != Role::Student).then_some(role),
        username: Field {
            id: "username",
            label: t.get("account-username"),
            value: typed
                .and_then(|typed| typed.username.clone())
                .unwrap_or(user.username),
            most: 64,
            required: true,
            hint: Some(t.get("user-username-hint")),
            error: error("username"),
        },
        number: user.student_number.map(|number| Field {
            id: "student_number",
            label: t.get("account-student-number"),
            value: typed
                .and_then(|typed| typed.student_number.clone())
                .unwrap_or(number),
            most: 32,
            required: true,
            hint: Some(t.get("user-number-hint")),
            error: error("student_number"),
        }),
        classes: (user.role == Role::Student).then(|| classes.collect()),
        courses: (user.role == Role::Teacher).then_some(courses),
        log: log
            .items
            .into_iter()
            .map(|event| log_line(t, event))
            .collect(),
        older: log.next,
        newest: query.before.is_none(),
    }
}
