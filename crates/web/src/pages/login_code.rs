//! The second step of signing in: the code of the authenticator app.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::SignInError;
use gradebook_auth::Via;
use serde::Deserialize;

use super::frame::{Frame, Visitor};
use super::login::{failure, sign_in_again, signed_in};
use super::own_path::own_path;
use super::page;
use crate::access::{Public, SafeForm};
use crate::i18n::{Locale, T};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "pages/login_code.html")]
pub(super) struct LoginCodePage {
    pub(super) frame: Frame,
    pub(super) t: T,
    /// Proof that the password was right.
    pub(super) ticket: String,
    pub(super) next: String,
    /// Why the form is shown again.
    pub(super) refusal: Option<String>,
    /// Whether a recovery code was typed.
    pub(super) recovery: bool,
}

/// The fields of the form.
#[derive(Deserialize)]
pub(crate) struct LoginCodeForm {
    #[serde(default)]
    ticket: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

pub(super) fn login_code_page(
    request: &HttpRequest,
    ticket: String,
    next: &str,
    refusal: Option<String>,
    recovery: bool,
) -> LoginCodePage {
    let t = T(Locale::of(request));
    LoginCodePage {
        frame: Frame::new(request, Visitor::Stranger, t.get("login-code-title"))
            .returning_to("/login"),
        t,
        ticket,
        next: own_path(next).unwrap_or_default().to_owned(),
        refusal,
        recovery,
    }
}

/// `POST /login/code`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Public,
    SafeForm(form): SafeForm<LoginCodeForm>,
) -> Result<HttpResponse, Problem> {
    let finished = visitor
        .app
        .finish_sign_in(&form.ticket, &form.code, Via::Web, &visitor.client)
        .await;
    let t = T(Locale::of(&request));
    // Codes of an app have digits only, recovery codes have letters.
    let recovery = form.code.chars().any(char::is_alphabetic);
    let wrong = if recovery {
        "login-recovery-wrong"
    } else {
        "login-code-wrong"
    };
    let (status, refusal) = match finished {
        Ok(pair) => return Ok(signed_in(&request, &visitor, &pair, &form.next)),
        Err(SignInError::TicketExpired) => {
            return sign_in_again(&request, &form.next, "login-code-late");
        }
        Err(SignInError::WrongCode) => (StatusCode::UNAUTHORIZED, t.get(wrong)),
        Err(SignInError::Throttled { retry_after_s }) => (
            StatusCode::TOO_MANY_REQUESTS,
            t.with("login-throttled", "wait", t.seconds(retry_after_s)),
        ),
        Err(error) => return Err(failure(&error)),
    };
    let view = login_code_page(&request, form.ticket, &form.next, Some(refusal), recovery);
    page(status, &view)
}
