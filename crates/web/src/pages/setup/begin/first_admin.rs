//! A school that nobody administers yet: whoever has the code of the server's terminal becomes the first
//! admin.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::{FirstAdminError, PeopleError};
use gradebook_auth::password::HashingError;
use gradebook_auth::{Role, Via};
use serde::Deserialize;

use crate::access::{Public, SentForm};
use crate::i18n::{Locale, T};
use crate::pages::admin::Field;
use crate::pages::frame::{Frame, Visitor};
use crate::pages::login::{busy, failure, signed_in};
use crate::pages::password::{Field as PasswordField, weakness};
use crate::pages::{page, see_other};
use crate::problem::{Problem, database_problem};

const HERE: &str = "/setup";

#[derive(Template)]
#[template(path = "pages/begin/first_admin.html")]
pub(in crate::pages) struct FirstAdminPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) alert: Option<String>,
    pub(in crate::pages) code: Field,
    pub(in crate::pages) name: Field,
    pub(in crate::pages) username: Field,
    pub(in crate::pages) password: PasswordField,
    pub(in crate::pages) repeat: PasswordField,
}

/// The fields of the form.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct FirstAdminForm {
    #[serde(default)]
    code: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    repeat: String,
}

/// `GET /setup`.
pub(crate) async fn show(request: HttpRequest, visitor: Public) -> Result<HttpResponse, Problem> {
    if let Some(begun) = begun(&visitor).await? {
        return Ok(begun);
    }
    let empty = FirstAdminForm::default();
    page(StatusCode::OK, &first_admin_page(&request, &empty, None))
}

/// Where a visitor of a school that was begun is led.
async fn begun(visitor: &Public) -> Result<Option<HttpResponse>, Problem> {
    if visitor
        .app
        .is_new()
        .await
        .map_err(|error| Problem::of_database(&error))?
    {
        return Ok(None);
    }
    let admin = visitor
        .actor
        .as_ref()
        .is_some_and(|actor| actor.role == Role::Admin);
    Ok(Some(see_other(if admin {
        "/admin/setup"
    } else {
        "/login"
    })))
}

/// `POST /setup`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Public,
    form: SentForm<FirstAdminForm>,
) -> Result<HttpResponse, Problem> {
    if let Some(begun) = begun(&visitor).await? {
        return Ok(begun);
    }
    let t = T(Locale::of(&request));
    let SentForm {
        fields: form,
        genuine,
    } = form;
    let refuse = |status, field: &str, text: String| {
        let view = first_admin_page(&request, &form, Some((field, text)));
        page(status, &view)
    };
    if !genuine {
        return refuse(StatusCode::FORBIDDEN, "", t.get("login-stale"));
    }
    if form.password != form.repeat {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return refuse(status, "repeat", t.get("password-mismatch"));
    }
    let added = visitor
        .app
        .add_first_admin(
            &form.code,
            (&form.username, &form.name),
            form.password.clone(),
            t.tag(),
            &visitor.client,
        )
        .await;
    let (field, key) = match added {
        Ok(_) => {
            let pair = visitor
                .app
                .sign_in(
                    &form.username,
                    form.password.clone(),
                    None,
                    Via::Web,
                    &visitor.client,
                )
                .await;
            return match pair {
                Ok(pair) => Ok(signed_in(&request, &visitor, &pair, "/admin/setup")),
                Err(error) => Err(failure(&error)),
            };
        }
        Err(FirstAdminError::Begun) => return Ok(see_other("/login")),
        Err(FirstAdminError::WrongCode) => {
            return refuse(StatusCode::FORBIDDEN, "code", t.get("begin-code-wrong"));
        }
        Err(FirstAdminError::Throttled { retry_after_s }) => {
            let wait = t.with("login-throttled", "wait", t.seconds(retry_after_s));
            return refuse(StatusCode::TOO_MANY_REQUESTS, "", wait);
        }
        Err(FirstAdminError::Person(error)) => match error {
            PeopleError::Username(_) => ("username", "user-username-wrong"),
            PeopleError::Name => ("name", "user-name-wrong"),
            PeopleError::Weak(weak) => ("password", weakness(weak)),
            PeopleError::Hashing(HashingError::Busy) => return Err(busy()),
            PeopleError::Database(_) => return Err(database_problem(&error)),
            // None of these can be met by whoever adds the first admin.
            PeopleError::Hashing(HashingError::Failed)
            | PeopleError::StudentNumber
            | PeopleError::Role
            | PeopleError::AlreadyExists
            | PeopleError::UsernameTaken
            | PeopleError::NumberTaken
            | PeopleError::NumberAlike { .. }
            | PeopleError::NotFound
            | PeopleError::Forbidden
            | PeopleError::SignedOut
            | PeopleError::LastAdmin => {
                tracing::error!(%error, "the first admin was not added");
                return Err(Problem::internal());
            }
        },
    };
    refuse(StatusCode::UNPROCESSABLE_ENTITY, field, t.get(key))
}

#[cfg(test)]
pub(in crate::pages) fn sample_page(request: &HttpRequest, wrong: &str) -> FirstAdminPage {
    let form = FirstAdminForm {
        name: "<b>".to_owned(),
        ..FirstAdminForm::default()
    };
    first_admin_page(request, &form, Some((wrong, "wrong <b>".to_owned())))
}

pub(in crate::pages) fn first_admin_page(
    request: &HttpRequest,
    form: &FirstAdminForm,
    wrong: Option<(&str, String)>,
) -> FirstAdminPage {
    let t = T(Locale::of(request));
    let error = |id: &str| {
        let of_field = wrong.as_ref().filter(|(field, _)| *field == id);
        of_field.map(|(_, text)| text.clone())
    };
    let field = |id, label: &str, value: &str, most, hint: Option<&str>| Field {
        id,
        label: t.get(label),
        value: value.to_owned(),
        most,
        required: true,
        hint: hint.map(|key| t.get(key)),
        error: error(id),
    };
    // What was typed of a password is never shown again.
    let password = |id, label: &str, hint: Option<&str>| PasswordField {
        id,
        name: id,
        label: t.get(label),
        autocomplete: "new-password",
        hint: hint.map(|key| t.get(key)),
        error: error(id),
    };
    FirstAdminPage {
        frame: Frame::new(request, Visitor::Stranger, t.get("begin-title")).returning_to(HERE),
        t,
        alert: error(""),
        code: field(
            "code",
            "begin-code",
            &form.code,
            40,
            Some("begin-code-hint"),
        ),
        name: field("name", "account-name", &form.name, 128, None),
        username: field(
            "username",
            "account-username",
            &form.username,
            64,
            Some("new-user-username-hint"),
        ),
        password: password("password", "password-new", Some("password-new-hint")),
        repeat: password("repeat", "password-repeat", None),
    }
}
