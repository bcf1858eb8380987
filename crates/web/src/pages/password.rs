//! Changing one's own password.

use actix_web::http::{StatusCode, header};
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::{ChangePasswordError, Standing};
use gradebook_auth::password::WeakPassword;
use serde::Deserialize;

use super::frame::{Frame, Visitor};
use super::login::busy;
use super::own_path::{own_path, password_for};
use super::page;
use crate::access::{AnySession, SafeForm};
use crate::cookies;
use crate::i18n::{Locale, T};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "pages/password.html")]
pub(super) struct PasswordPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    /// Whether a one-time password has to be replaced.
    pub(super) first: bool,
    /// Where to go on afterwards; empty for nowhere in particular.
    pub(super) next: String,
    pub(super) current: Field,
    pub(super) new: Field,
    pub(super) repeat: Field,
}

/// A password field; what was typed is never shown again.
#[derive(Debug, Clone, Default)]
pub(super) struct Field {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) autocomplete: &'static str,
    pub(super) hint: Option<String>,
    pub(super) error: Option<String>,
}

/// The fields of the form.
#[derive(Deserialize)]
pub(crate) struct PasswordForm {
    #[serde(default)]
    current: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    repeat: String,
    #[serde(default)]
    next: String,
}

/// `GET /account/password?next=`.
#[derive(Deserialize)]
pub(crate) struct PasswordQuery {
    #[serde(default)]
    next: String,
}

/// What is wrong with which field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    field: &'static str,
    key: &'static str,
}

#[cfg(test)]
impl Refusal {
    pub(super) fn sample() -> Self {
        Self {
            field: "new",
            key: "password-too-short",
        }
    }
}

pub(super) fn password_page(
    request: &HttpRequest,
    session: (Visitor, bool),
    next: &str,
    refusal: Option<Refusal>,
) -> PasswordPage {
    let next = own_path(next).unwrap_or_default().to_owned();
    let t = T(Locale::of(request));
    let (visitor, first) = session;
    let field = |id, label: &str, autocomplete, hint| Field {
        id,
        name: id,
        label: t.get(label),
        autocomplete,
        hint,
        error: refusal
            .filter(|refusal| refusal.field == id)
            .map(|refusal| match refusal.key {
                "password-wrong-current" if first => t.get("password-wrong-first"),
                key => t.get(key),
            }),
    };
    let (title, current) = if first {
        ("password-first-title", "password-current-first")
    } else {
        ("password-title", "password-current")
    };
    let hint = Some(t.get("password-new-hint"));
    PasswordPage {
        frame: Frame::new(request, visitor, t.get(title)).returning_to(&password_for(&next)),
        t,
        first,
        next,
        current: field("current", current, "current-password", None),
        new: field("new", "password-new", "new-password", hint),
        repeat: field("repeat", "password-repeat", "new-password", None),
    }
}

fn visitor(session: &AnySession) -> (Visitor, bool) {
    let visitor = match session.standing {
        Standing::Full => Visitor::Person(session.actor.role),
        Standing::MustChangePassword | Standing::MustSetUpTotp => Visitor::Somebody,
    };
    (visitor, session.standing == Standing::MustChangePassword)
}

/// `GET /account/password`.
pub(crate) async fn show(
    request: HttpRequest,
    session: AnySession,
    query: Query<PasswordQuery>,
) -> Result<HttpResponse, Problem> {
    page(
        StatusCode::OK,
        &password_page(&request, visitor(&session), &query.next, None),
    )
}

/// `POST /account/password`.
pub(crate) async fn submit(
    request: HttpRequest,
    session: AnySession,
    SafeForm(form): SafeForm<PasswordForm>,
) -> Result<HttpResponse, Problem> {
    let refuse = |refusal| {
        page(
            StatusCode::UNPROCESSABLE_ENTITY,
            &password_page(&request, visitor(&session), &form.next, Some(refusal)),
        )
    };
    if form.new != form.repeat {
        return refuse(Refusal {
            field: "repeat",
            key: "password-mismatch",
        });
    }
    let changed = session
        .app
        .change_password(&session.actor, form.current, form.new, &session.client)
        .await;
    let pair = match changed {
        Ok(pair) => pair,
        Err(error) => return refuse(refusal(&error)?),
    };
    let mut response = HttpResponse::SeeOther();
    for cookie in cookies::sign_in(&request, &pair) {
        response.cookie(cookie);
    }
    let first = session.standing == Standing::MustChangePassword;
    let next = own_path(&form.next).unwrap_or(if first {
        "/"
    } else {
        "/account?done=password-saved"
    });
    Ok(response.insert_header((header::LOCATION, next)).finish())
}

/// The field that is wrong, or the problem that is no field's fault.
fn refusal(error: &ChangePasswordError) -> Result<Refusal, Problem> {
    let (field, key) = match error {
        ChangePasswordError::WrongCurrent => ("current", "password-wrong-current"),
        ChangePasswordError::Unchanged => ("new", "password-unchanged"),
        ChangePasswordError::Weak(weak) => ("new", weakness(*weak)),
        ChangePasswordError::Throttled { retry_after_s } => {
            return Err(Problem::too_many_attempts(*retry_after_s));
        }
        ChangePasswordError::Busy => return Err(busy()),
        ChangePasswordError::Gone => return Err(Problem::signed_out()),
        ChangePasswordError::Internal(what) => {
            tracing::error!(what, "password not changed");
            return Err(Problem::internal());
        }
        ChangePasswordError::Database(error) => return Err(Problem::of_database(error)),
    };
    Ok(Refusal { field, key })
}

pub(super) fn weakness(weak: WeakPassword) -> &'static str {
    match weak {
        WeakPassword::TooShort => "password-too-short",
        WeakPassword::TooLong => "password-too-long",
        WeakPassword::SameAsIdentity => "password-same-as-identity",
        WeakPassword::Common => "password-common",
        WeakPassword::Sequence => "password-sequence",
    }
}
