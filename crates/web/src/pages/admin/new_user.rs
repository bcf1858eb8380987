//! Adding an account.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::{NewPerson, PeopleError};
use gradebook_auth::Role;
use serde::Deserialize;

use super::one_time::{SlipFrame, one_time_page};
use super::{Choice, Field, languages, refusal, roles};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::{Locale, T};
use crate::pages::frame::{Frame, Visitor};
use crate::pages::page;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "pages/admin/new_user.html")]
pub(in crate::pages) struct NewUserPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) role: Choice,
    pub(in crate::pages) name: Field,
    pub(in crate::pages) username: Field,
    pub(in crate::pages) number: Field,
    pub(in crate::pages) locale: Choice,
}

/// The fields of the form.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct NewUserForm {
    #[serde(default)]
    username: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    student_number: String,
    #[serde(default)]
    locale: String,
}

#[cfg(test)]
impl NewUserForm {
    pub(in crate::pages) fn sample() -> Self {
        Self {
            username: "li <b>".to_owned(),
            name: "李雷 <b>".to_owned(),
            ..Self::default()
        }
    }
}

/// `GET /admin/users/new`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
) -> Result<HttpResponse, Problem> {
    let empty = NewUserForm {
        role: Role::Student.as_str().to_owned(),
        locale: visitor.app.school().locale_of_accounts().to_owned(),
        ..NewUserForm::default()
    };
    page(StatusCode::OK, &new_user_page(&request, empty, None))
}

/// `POST /admin/users/new`. The answer is the only place that tells the one-time password.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Admin>,
    SafeForm(form): SafeForm<NewUserForm>,
) -> Result<HttpResponse, Problem> {
    let refuse = |status, wrong| page(status, &new_user_page(&request, form.clone(), Some(wrong)));
    let Ok(role) = form.role.parse::<Role>() else {
        return refuse(
            StatusCode::UNPROCESSABLE_ENTITY,
            ("role", "user-role-missing"),
        );
    };
    let Some(locale) = Locale::from_tag(&form.locale) else {
        return refuse(
            StatusCode::UNPROCESSABLE_ENTITY,
            ("locale", "user-locale-missing"),
        );
    };
    let number = form.student_number.trim();
    let new = NewPerson {
        username: form.username.clone(),
        name: form.name.clone(),
        role,
        student_number: (!number.is_empty()).then(|| number.to_owned()),
        password: None,
        locale: locale.tag().to_owned(),
        enabled: true,
    };
    let (user, password) = match visitor.app.add_person(&visitor.actor, new).await {
        Ok(added) => added,
        Err(PeopleError::AlreadyExists) => {
            let same = [form.username.clone()];
            let taken = visitor.app.people_named(&visitor.actor, &same).await?;
            let wrong = if taken.iter().any(Option::is_some) {
                ("username", "user-username-taken")
            } else {
                ("student_number", "user-number-taken")
            };
            return refuse(StatusCode::CONFLICT, wrong);
        }
        Err(error) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, refusal(&error)?),
    };
    let slips = SlipFrame::new(&request, &visitor.app);
    let password = password.unwrap_or_default();
    let view = one_time_page(&request, slips, user, password, true);
    page(StatusCode::CREATED, &view)
}

pub(in crate::pages) fn new_user_page(
    request: &HttpRequest,
    form: NewUserForm,
    wrong: Option<(&str, &str)>,
) -> NewUserPage {
    let t = T(Locale::of(request));
    let error = |id: &str| {
        wrong
            .filter(|(field, _)| *field == id)
            .map(|(_, key)| t.get(key))
    };
    let field = |id, label: &str, value, most, required, hint: Option<&str>| Field {
        id,
        label: t.get(label),
        value,
        most,
        required,
        hint: hint.map(|key| t.get(key)),
        error: error(id),
    };
    let choice = |id, label: &str, options, hint: &str| Choice {
        id,
        label: t.get(label),
        options,
        hint: Some(t.get(hint)),
        error: error(id),
    };
    let title = t.get("new-user-title");
    NewUserPage {
        frame: Frame::new(request, Visitor::Person(Role::Admin), title)
            .returning_to("/admin/users/new"),
        t,
        role: choice(
            "role",
            "account-role",
            roles(t, &Role::ALL, &form.role),
            "new-user-role-hint",
        ),
        name: field("name", "account-name", form.name, 128, true, None),
        username: field(
            "username",
            "account-username",
            form.username,
            64,
            true,
            Some("new-user-username-hint"),
        ),
        number: field(
            "student_number",
            "account-student-number",
            form.student_number,
            32,
            false,
            Some("new-user-number-hint"),
        ),
        locale: choice(
            "locale",
            "account-language",
            languages(t, &form.locale),
            "new-user-language-hint",
        ),
    }
}
