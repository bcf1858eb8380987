//! What can be done to an account that its owner feels at once, and what follows from it.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use gradebook_app::read::{AccountTies, User};
use gradebook_app::{PeopleError, PersonChange};
use gradebook_auth::Role;
use gradebook_domain::UserId;
use serde::Deserialize;

use super::one_time::{SlipFrame, one_time_page};
use super::user::{LAST_ADMIN, Refused, UserQuery, respond};
use super::{failure, missing};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::{Locale, T};
use crate::pages::confirm::{ConfirmPage, was_shown};
use crate::pages::frame::{Frame, Visitor};
use crate::pages::{page, see_other};
use crate::problem::Problem;

/// A step that is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) enum Step {
    Disable,
    ResetPassword,
    ResetTotp,
}

impl Step {
    /// By the name in an address.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "disable" => Some(Self::Disable),
            "reset" => Some(Self::ResetPassword),
            "totp" => Some(Self::ResetTotp),
            _ => None,
        }
    }

    /// Whether there is anything to do.
    pub(super) fn is_open_to(self, user: &User) -> bool {
        match self {
            Self::Disable => user.enabled,
            Self::ResetPassword => true,
            Self::ResetTotp => user.totp_enabled,
        }
    }
}

/// The form of a step.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StepForm {
    /// Whether what follows was shown.
    confirmed: Option<String>,
}

/// The field of the form that enables or disables.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct EnabledForm {
    /// Whether what follows was shown.
    confirmed: Option<String>,
    enabled: Option<bool>,
}

/// What follows from a step; the account itself where there is nothing to do.
pub(super) async fn ask(
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

pub(in crate::pages) fn step_page(
    request: &HttpRequest,
    step: Step,
    (user, own): (&User, bool),
    ties: AccountTies,
) -> ConfirmPage {
    let t = T(Locale::of(request));
    let account = format!("/admin/users/{}", user.id);
    let (title, submit, way, sends) = match step {
        Step::Disable => (
            "user-step-disable",
            "user-disable",
            "enabled",
            vec![("enabled".to_owned(), "false".to_owned())],
        ),
        Step::ResetPassword => (
            "user-step-reset",
            "user-reset",
            "password-reset",
            Vec::new(),
        ),
        Step::ResetTotp => (
            "user-step-totp",
            "user-totp-reset",
            "totp-reset",
            Vec::new(),
        ),
    };
    ConfirmPage {
        frame: Frame::new(
            request,
            Visitor::Person(Role::Admin),
            t.with(title, "name", &user.name),
        ),
        t,
        crumbs: vec![
            ("/admin".to_owned(), t.get("overview-title")),
            ("/admin/users".to_owned(), t.get("users-title")),
            (account.clone(), user.name.clone()),
        ],
        effects: effects(t, step, (user, own), ties),
        action: format!("{account}/{way}"),
        sends,
        submit: t.get(submit),
        cancel: account,
    }
}

fn effects(t: T, step: Step, (user, own): (&User, bool), ties: AccountTies) -> Vec<String> {
    let count = |key, many: u64| t.count(key, u32::try_from(many).unwrap_or(u32::MAX));
    let mut effects = vec![count("user-step-sessions", ties.sessions)];
    if own {
        effects.push(t.get("user-step-own"));
    }
    match step {
        Step::Disable => {
            // An admin may have been a teacher before, and teach still.
            if user.role == Role::Teacher || ties.courses > 0 {
                effects.push(count("user-step-courses", ties.courses));
            }
            if ties.alone > 0 {
                effects.push(count("user-step-alone", ties.alone));
            }
            if user.role == Role::Student {
                effects.push(count("user-step-scores", ties.scores));
            }
            effects.push(t.get("user-step-back"));
        }
        Step::ResetPassword => {
            let present = if user.has_password {
                "user-step-void"
            } else {
                "user-step-no-password"
            };
            effects.push(t.get(present));
            effects.push(t.get("user-step-once"));
            if user.totp_enabled {
                effects.push(t.get("user-step-totp-stays"));
            }
        }
        Step::ResetTotp => {
            effects.push(t.get("user-step-totp-codes"));
            effects.push(t.get("user-step-totp-password"));
        }
    }
    effects
}
