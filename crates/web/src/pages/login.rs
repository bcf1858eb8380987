//! Signing in and out with a form.

use actix_web::http::{StatusCode, header};
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::{SignInError, TokenPair};
use gradebook_auth::{Role, Via};
use serde::Deserialize;

use super::frame::{Frame, Visitor};
use super::login_code::login_code_page;
use super::own_path::{login_for, own_path, password_for};
use super::{page, see_other};
use crate::access::{Public, SafeForm, SentForm, school};
use crate::cookies;
use crate::i18n::{Locale, T};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "pages/login.html")]
pub(super) struct LoginPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) heading: String,
    /// What was typed before; never the password.
    pub(super) username: String,
    /// Where to go afterwards; empty for the visitor's own start.
    pub(super) next: String,
    /// Why the form is shown again.
    pub(super) refusal: Option<String>,
}

/// `GET /login?next=`.
#[derive(Deserialize)]
pub(crate) struct LoginQuery {
    #[serde(default)]
    next: String,
}

/// The fields of the sign-in form.
#[derive(Deserialize)]
pub(crate) struct LoginForm {
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

fn login_page(
    request: &HttpRequest,
    username: String,
    next: &str,
    refusal: Option<String>,
) -> LoginPage {
    let t = T(Locale::of(request));
    let next = own_path(next).unwrap_or_default().to_owned();
    let frame = Frame::new(request, Visitor::Stranger, t.get("login-page"));
    LoginPage {
        heading: match school(request).name.as_str() {
            "" => t.get("login-title"),
            school => t.with("login-title-school", "school", school),
        },
        frame: frame.returning_to(&login_for(&next)),
        t,
        username,
        next,
        refusal,
    }
}

/// `GET /login`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Public,
    query: Query<LoginQuery>,
) -> Result<HttpResponse, Problem> {
    if visitor.actor.is_some() {
        return Ok(see_other("/"));
    }
    if visitor
        .app
        .is_new()
        .await
        .map_err(|error| Problem::of_database(&error))?
    {
        return Ok(see_other("/setup"));
    }
    let view = login_page(&request, String::new(), &query.next, None);
    page(StatusCode::OK, &view)
}

/// `POST /login`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Public,
    form: SentForm<LoginForm>,
) -> Result<HttpResponse, Problem> {
    let SentForm {
        fields: form,
        genuine,
    } = form;
    let t = T(Locale::of(&request));
    let show_again = |status, refusal| {
        let view = login_page(&request, form.username.clone(), &form.next, Some(refusal));
        page(status, &view)
    };
    // Nothing that was typed is lost, and the page that is shown now has a token that holds.
    if !genuine {
        return show_again(StatusCode::FORBIDDEN, t.get("login-stale"));
    }
    let signed_in = visitor
        .app
        .sign_in(
            &form.username,
            form.password.clone(),
            None,
            Via::Web,
            &visitor.client,
        )
        .await;
    match signed_in {
        Ok(pair) => Ok(self::signed_in(&request, &visitor, &pair, &form.next)),
        Err(SignInError::OtpRequired { ticket }) => {
            let view = login_code_page(&request, ticket, &form.next, None, false);
            page(StatusCode::OK, &view)
        }
        Err(SignInError::InvalidCredentials) => {
            show_again(StatusCode::UNAUTHORIZED, t.get("login-failed"))
        }
        Err(SignInError::Throttled { retry_after_s }) => show_again(
            StatusCode::TOO_MANY_REQUESTS,
            t.with("login-throttled", "wait", t.seconds(retry_after_s)),
        ),
        Err(error) => Err(failure(&error)),
    }
}

/// Sends a browser that has just signed in on its way.
pub(super) fn signed_in(
    request: &HttpRequest,
    visitor: &Public,
    pair: &TokenPair,
    next: &str,
) -> HttpResponse {
    let location = if pair.user.password_change_required {
        password_for(next)
    } else {
        own_path(next).unwrap_or("/").to_owned()
    };
    let mut response = HttpResponse::SeeOther();
    for cookie in cookies::sign_in(request, pair) {
        response.cookie(cookie);
    }
    let device = visitor.app.new_known_device(&pair.user);
    response.cookie(cookies::know_device(request, device));
    response.cookie(cookies::forget_browser(request));
    if let (true, Some(locale)) = (pair.user.locale_chosen, Locale::from_tag(&pair.user.locale)) {
        response.cookie(cookies::language(request, locale.tag()));
    }
    response
        .insert_header((header::LOCATION, location))
        .finish()
}

/// The sign-in page for somebody whose second step failed for good.
pub(super) fn sign_in_again(
    request: &HttpRequest,
    next: &str,
    why: &str,
) -> Result<HttpResponse, Problem> {
    let why = T(Locale::of(request)).get(why);
    let view = login_page(request, String::new(), next, Some(why));
    page(StatusCode::UNAUTHORIZED, &view)
}

/// `POST /logout`. Whoever is not signed in (any more) ends up at the same place.
pub(crate) async fn sign_out(
    request: HttpRequest,
    visitor: Public,
    _form: SafeForm<NoFields>,
) -> Result<HttpResponse, Problem> {
    if let Some(actor) = &visitor.actor {
        visitor
            .app
            .sign_out(actor)
            .await
            .map_err(|error| failure(&error))?;
    }
    let mut response = HttpResponse::SeeOther();
    for cookie in cookies::sign_out(&request) {
        response.cookie(cookie);
    }
    // A student's copies of grades go whatever the page's scripts do. Of a teacher the browser keeps
    // scores that are not saved yet, which are not to be lost; it has no copies of grades.
    let actor = visitor.actor.as_ref();
    if actor.is_some_and(|actor| actor.role == Role::Student) {
        response.insert_header(("clear-site-data", "\"storage\""));
    }
    Ok(response
        .insert_header((header::LOCATION, "/login"))
        .finish())
}

/// A form that is only a button.
#[derive(Deserialize)]
pub(crate) struct NoFields {}

/// What went wrong apart from the credentials.
pub(super) fn failure(error: &SignInError) -> Problem {
    match error {
        SignInError::Busy => busy(),
        SignInError::Database(error) => Problem::of_database(error),
        SignInError::Internal(what) => {
            tracing::error!(what, "sign-in failed");
            Problem::internal()
        }
        SignInError::Throttled { retry_after_s } => Problem::too_many_attempts(*retry_after_s),
        SignInError::InvalidCredentials
        | SignInError::InvalidRefreshToken
        | SignInError::OtpRequired { .. }
        | SignInError::WrongCode
        | SignInError::TicketExpired => Problem::internal(),
    }
}

/// Too many passwords wait to be hashed.
pub(super) fn busy() -> Problem {
    Problem::unavailable("busy", "Too many people sign in at once.", 2)
}
