//! What can be done to an account that its owner feels at once, and what follows from it.

use actix_web::HttpRequest;
use gradebook_app::read::{AccountTies, User};
use gradebook_auth::Role;

use crate::i18n::{Locale, T};
use crate::pages::confirm::ConfirmPage;
use crate::pages::frame::{Frame, Visitor};

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
