//! One account: what it is, what can be done to it, what was done.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::User;
use gradebook_app::{AccountEvent, Page, PeopleError, PersonChange};
use gradebook_auth::Role;
use gradebook_domain::{ChangeId, UserId};
use serde::Deserialize;

use super::changes::{LogLine, log_line};
use super::one_time::{SlipFrame, one_time_page};
use super::user_steps::{Step, step_page};
use super::{
    Badge, Choice, Field, badges, failure, languages, missing, refusal, role_name, roles, status_of,
};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::{Locale, T};
use crate::pages::confirm::was_shown;
use crate::pages::frame::{Frame, Visitor};
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
    pub(in crate::pages) log: Vec<LogLine>,
    /// Where older changes are.
    pub(in crate::pages) older: Option<i64>,
    pub(in crate::pages) newest: bool,
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

/// The field of the form that enables or disables.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct EnabledForm {
    /// Whether what follows was shown.
    confirmed: Option<String>,
    enabled: Option<bool>,
}

/// What was typed that cannot be, and what is wrong with it.
pub(in crate::pages) struct Refused {
    form: Option<UserForm>,
    field: &'static str,
    key: &'static str,
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

/// What follows from a step; the account itself where there is nothing to do.
async fn ask(
    request: &HttpRequest,
    visitor: &Has<Admin>,
    id: UserId,
    step: Step,
) -> Result<HttpResponse, Problem> {
    let user = visitor.app.person(&visitor.actor, id).await?;
    if !step.is_open_to(&user) {
        return respond(request, visitor, id, &UserQuery::default(), None).await;
    }
    let ties = visitor.app.account_ties(&visitor.actor, &user).await?;
    let own = visitor.actor.user_id() == Some(id);
    page(
        StatusCode::OK,
        &step_page(request, step, (&user, own), ties),
    )
}

/// The form of a step.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StepForm {
    /// Whether what follows was shown.
    confirmed: Option<String>,
}

async fn respond(
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
    let own = visitor.actor.user_id() == Some(id);
    let totp_of = visitor.app.totp_required_of();
    let view = user_page(request, (user, own), totp_of, log, query, refused.as_ref());
    page(status, &view)
}

const LAST_ADMIN: &str = "user-last-admin";

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

/// `POST /admin/users/{user_id}/enabled`.
pub(crate) async fn set_enabled(
    request: HttpRequest,
    visitor: Has<Admin>,
    id: Path<i64>,
    SafeForm(form): SafeForm<EnabledForm>,
) -> Result<HttpResponse, Problem> {
    let id = UserId(*id);
    let enabled = form.enabled.ok_or_else(|| missing("enabled"))?;
    if !enabled && !was_shown(form.confirmed.as_deref()) {
        return ask(&request, &visitor, id, Step::Disable).await;
    }
    let change = PersonChange {
        enabled: Some(enabled),
        ..PersonChange::default()
    };
    let changed = visitor.app.change_person(&visitor.actor, id, &change).await;
    match changed {
        Ok(_) => {
            let done = if enabled { "enabled" } else { "disabled" };
            Ok(see_other(&format!("/admin/users/{id}?done={done}")))
        }
        Err(PeopleError::LastAdmin) => {
            let refused = Refused {
                form: None,
                field: "enabled",
                key: LAST_ADMIN,
            };
            respond(&request, &visitor, id, &UserQuery::default(), Some(refused)).await
        }
        Err(error) => Err(failure(&error)),
    }
}

/// `POST /admin/users/{user_id}/password-reset`. The answer is the only place that tells the
/// one-time password.
pub(crate) async fn reset_password(
    request: HttpRequest,
    visitor: Has<Admin>,
    id: Path<i64>,
    SafeForm(form): SafeForm<StepForm>,
) -> Result<HttpResponse, Problem> {
    let id = UserId(*id);
    if !was_shown(form.confirmed.as_deref()) {
        return ask(&request, &visitor, id, Step::ResetPassword).await;
    }
    let user = visitor.app.person(&visitor.actor, id).await?;
    let password = visitor
        .app
        .reset_password_of(&visitor.actor, id)
        .await
        .map_err(|error| failure(&error))?;
    let slips = SlipFrame::new(&request, &visitor.app);
    let view = one_time_page(&request, slips, user, password, false);
    page(StatusCode::OK, &view)
}

/// `POST /admin/users/{user_id}/totp-reset`.
pub(crate) async fn reset_totp(
    request: HttpRequest,
    visitor: Has<Admin>,
    id: Path<i64>,
    SafeForm(form): SafeForm<StepForm>,
) -> Result<HttpResponse, Problem> {
    let id = UserId(*id);
    if !was_shown(form.confirmed.as_deref()) {
        return ask(&request, &visitor, id, Step::ResetTotp).await;
    }
    let reset = visitor.app.reset_totp_of(&visitor.actor, id).await;
    reset.map_err(|error| failure(&error))?;
    Ok(see_other(&format!("/admin/users/{id}?done=totp-reset")))
}

pub(in crate::pages) fn user_page(
    request: &HttpRequest,
    (user, own): (User, bool),
    totp_of: &[Role],
    log: Page<AccountEvent>,
    query: &UserQuery,
    refused: Option<&Refused>,
) -> UserPage {
    let t = T(Locale::of(request));
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
        log: log
            .items
            .into_iter()
            .map(|event| log_line(t, event))
            .collect(),
        older: log.next,
        newest: query.before.is_none(),
    }
}
