//! Setting up, renewing and removing the second factor.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gradebook_app::{SecondFactorError, SecondFactorState, Standing};
use gradebook_auth::Via;
use gradebook_auth::totp::Enrolment;
use serde::Deserialize;

use super::frame::{Frame, Visitor};
use super::login::NoFields;
use super::password::Field;
use super::{page, see_other};
use crate::access::{OwnPassword, SafeForm};
use crate::api::second_factor::problem;
use crate::cookies;
use crate::i18n::{Locale, T};
use crate::problem::Problem;
use crate::qr;

/// What there is to do about the second factor.
pub(super) enum Step {
    /// There is none: begin.
    Begin {
        /// Whether the school requires it of the role.
        required: bool,
    },
    /// The app has to show that it knows the secret.
    Confirm {
        /// The QR code as an address that holds the picture itself.
        picture: String,
        /// The same as a link, which opens an app on the device that shows the page.
        uri: String,
        /// The secret in groups of four signs.
        secret: String,
    },
    /// There is one.
    Manage {
        /// Recovery codes that were not used yet.
        codes_left: String,
        /// Whether few of them are left.
        few: bool,
        /// Whether it may be removed.
        removable: bool,
    },
}

#[derive(Template)]
#[template(path = "pages/totp.html")]
pub(super) struct TotpPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) step: Step,
    /// Whether the visitor has more of an account to go back to.
    pub(super) back: bool,
    /// What is wrong with the code.
    pub(super) code_error: Option<String>,
    /// The password for new recovery codes.
    pub(super) renew: Field,
    /// The password for removing the second factor.
    pub(super) remove: Field,
}

/// What is wrong with what was typed into which field.
#[derive(Debug, Clone)]
pub(super) struct Wrong {
    pub(super) field: &'static str,
    pub(super) text: String,
}

pub(super) const CODE: &str = "code";
pub(super) const RENEW: &str = "renew-password";
pub(super) const REMOVE: &str = "remove-password";

#[derive(Template)]
#[template(path = "pages/recovery_codes.html")]
pub(super) struct RecoveryCodesPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) codes: Vec<String>,
    /// Where to go on to.
    pub(super) next: &'static str,
}

/// A form with a code.
#[derive(Deserialize)]
pub(crate) struct CodeForm {
    #[serde(default)]
    code: String,
}

/// A form with the password.
#[derive(Deserialize)]
pub(crate) struct PasswordForm {
    #[serde(default)]
    password: String,
}

fn visitor(caller: &OwnPassword) -> Visitor {
    match caller.standing {
        Standing::Full => Visitor::Person(caller.actor.role),
        Standing::MustChangePassword | Standing::MustSetUpTotp => Visitor::Somebody,
    }
}

pub(super) fn totp_page(
    request: &HttpRequest,
    visitor: Visitor,
    step: Step,
    wrong: Option<&Wrong>,
) -> TotpPage {
    let t = T(Locale::of(request));
    let error_of = |id| {
        wrong
            .filter(|wrong| wrong.field == id)
            .map(|wrong| wrong.text.clone())
    };
    let password = |id| Field {
        id,
        name: "password",
        label: t.get("totp-password"),
        autocomplete: "current-password",
        hint: None,
        error: error_of(id),
    };
    TotpPage {
        frame: Frame::new(request, visitor, t.get("totp-title")).returning_to("/account/totp"),
        t,
        step,
        back: matches!(visitor, Visitor::Person(_)),
        code_error: error_of(CODE),
        renew: password(RENEW),
        remove: password(REMOVE),
    }
}

pub(super) fn codes_page(
    request: &HttpRequest,
    visitor: Visitor,
    codes: Vec<String>,
) -> RecoveryCodesPage {
    let t = T(Locale::of(request));
    let next = match visitor {
        Visitor::Person(_) => "/account",
        Visitor::Somebody | Visitor::Stranger => "/",
    };
    RecoveryCodesPage {
        frame: Frame::new(request, visitor, t.get("codes-title")).returning_to("/account/totp"),
        t,
        codes,
        next,
    }
}

fn confirm_step(enrolment: &Enrolment) -> Result<Step, Problem> {
    let picture = qr::svg(&enrolment.otpauth_uri).ok_or_else(Problem::internal)?;
    let signs: Vec<char> = enrolment.secret.chars().collect();
    let groups: Vec<String> = signs.chunks(4).map(|four| four.iter().collect()).collect();
    Ok(Step::Confirm {
        picture: format!("data:image/svg+xml;base64,{}", STANDARD.encode(picture)),
        uri: enrolment.otpauth_uri.clone(),
        secret: groups.join(" "),
    })
}

pub(super) fn standing_step(state: SecondFactorState) -> Step {
    if !state.enabled {
        return Step::Begin {
            required: state.required,
        };
    }
    Step::Manage {
        codes_left: state.recovery_codes_left.to_string(),
        few: state.recovery_codes_left <= 3,
        removable: !state.required,
    }
}

async fn present(caller: &OwnPassword) -> Result<Step, Problem> {
    let state = caller.app.second_factor(&caller.actor).await;
    Ok(standing_step(state.map_err(|error| problem(&error))?))
}

/// What is wrong with what was typed, or the problem that is not of the form's making.
fn refusal(
    t: T,
    error: &SecondFactorError,
    field: &'static str,
) -> Result<(StatusCode, Wrong), Problem> {
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    let (status, text) = match error {
        SecondFactorError::WrongCode => (unprocessable, t.get("totp-wrong-code")),
        SecondFactorError::WrongPassword => (unprocessable, t.get("totp-wrong-password")),
        SecondFactorError::Required => (StatusCode::CONFLICT, t.get("totp-required-note")),
        SecondFactorError::Throttled { retry_after_s } => (
            StatusCode::TOO_MANY_REQUESTS,
            t.with("login-throttled", "wait", t.seconds(*retry_after_s)),
        ),
        SecondFactorError::AlreadyEnabled
        | SecondFactorError::NotEnabled
        | SecondFactorError::NothingToConfirm
        | SecondFactorError::Busy
        | SecondFactorError::Internal(_)
        | SecondFactorError::Gone
        | SecondFactorError::Database(_) => return Err(problem(error)),
    };
    Ok((status, Wrong { field, text }))
}

/// The page as it stands now, for whoever came too late or too early.
fn elsewhere(error: &SecondFactorError) -> bool {
    matches!(
        error,
        SecondFactorError::AlreadyEnabled
            | SecondFactorError::NotEnabled
            | SecondFactorError::NothingToConfirm
    )
}

/// `GET /account/totp`.
pub(crate) async fn show(
    request: HttpRequest,
    caller: OwnPassword,
) -> Result<HttpResponse, Problem> {
    let step = present(&caller).await?;
    let view = totp_page(&request, visitor(&caller), step, None);
    page(StatusCode::OK, &view)
}

/// `POST /account/totp`: makes a secret and shows its QR code.
pub(crate) async fn begin(
    request: HttpRequest,
    caller: OwnPassword,
    _form: SafeForm<NoFields>,
) -> Result<HttpResponse, Problem> {
    let enrolment = match caller.app.begin_totp(&caller.actor).await {
        Ok(enrolment) => enrolment,
        Err(error) if elsewhere(&error) => return Ok(see_other("/account/totp")),
        Err(error) => return Err(problem(&error)),
    };
    let step = confirm_step(&enrolment)?;
    page(
        StatusCode::OK,
        &totp_page(&request, visitor(&caller), step, None),
    )
}

/// `POST /account/totp/confirm`: the first code; then the recovery codes.
pub(crate) async fn confirm(
    request: HttpRequest,
    caller: OwnPassword,
    SafeForm(form): SafeForm<CodeForm>,
) -> Result<HttpResponse, Problem> {
    match caller.app.confirm_totp(&caller.actor, &form.code).await {
        Ok(codes) => {
            let view = codes_page(&request, visitor(&caller), codes);
            let mut response = page(StatusCode::OK, &view)?;
            renew(&request, &caller, &mut response).await;
            Ok(response)
        }
        Err(error) if elsewhere(&error) => Ok(see_other("/account/totp")),
        Err(error) => {
            let (status, wrong) = refusal(T(Locale::of(&request)), &error, CODE)?;
            let pending = caller.app.pending_totp(&caller.actor).await;
            let step = match pending {
                Ok(enrolment) => confirm_step(&enrolment)?,
                Err(_) => return Ok(see_other("/account/totp")),
            };
            let view = totp_page(&request, visitor(&caller), step, Some(&wrong));
            page(status, &view)
        }
    }
}

/// A browser whose token opened this page only gets one that opens the others.
async fn renew(request: &HttpRequest, caller: &OwnPassword, response: &mut HttpResponse) {
    let by_cookie = caller.actor.via == Via::Web;
    let Some(refresh) = cookies::refresh(request).filter(|_| by_cookie) else {
        return;
    };
    // If it fails, the next page that is opened renews them.
    if let Ok(pair) = caller.app.refresh(&refresh, Via::Web).await {
        for cookie in cookies::sign_in(request, &pair) {
            let _ = response.add_cookie(&cookie);
        }
    }
}

/// `POST /account/totp/remove`.
pub(crate) async fn remove(
    request: HttpRequest,
    caller: OwnPassword,
    SafeForm(form): SafeForm<PasswordForm>,
) -> Result<HttpResponse, Problem> {
    match caller.app.remove_totp(&caller.actor, form.password).await {
        Ok(()) => Ok(see_other("/account?done=totp-removed#totp")),
        Err(error) => again(&request, &caller, &error, REMOVE).await,
    }
}

/// `POST /account/totp/recovery-codes`.
pub(crate) async fn renew_codes(
    request: HttpRequest,
    caller: OwnPassword,
    SafeForm(form): SafeForm<PasswordForm>,
) -> Result<HttpResponse, Problem> {
    let renewed = caller
        .app
        .renew_recovery_codes(&caller.actor, form.password)
        .await;
    match renewed {
        Ok(codes) => page(
            StatusCode::OK,
            &codes_page(&request, visitor(&caller), codes),
        ),
        Err(error) => again(&request, &caller, &error, RENEW).await,
    }
}

async fn again(
    request: &HttpRequest,
    caller: &OwnPassword,
    error: &SecondFactorError,
    field: &'static str,
) -> Result<HttpResponse, Problem> {
    if elsewhere(error) {
        return Ok(see_other("/account/totp"));
    }
    let (status, wrong) = refusal(T(Locale::of(request)), error, field)?;
    let step = present(caller).await?;
    let view = totp_page(request, visitor(caller), step, Some(&wrong));
    page(status, &view)
}
