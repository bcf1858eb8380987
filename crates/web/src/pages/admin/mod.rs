//! The admins' pages: accounts, and setting the school up.

pub(in crate::pages) mod changes;
mod log_areas;
pub(crate) mod new_user;
pub(crate) mod one_time;
pub(crate) mod overview;
pub(crate) mod school_changes;
pub(crate) mod slips;
pub(crate) mod user;
pub(crate) mod user_steps;
pub(crate) mod users;

use actix_web::http::StatusCode;
use gradebook_app::PeopleError;
use gradebook_app::read::User;
use gradebook_auth::Role;
use gradebook_auth::password::HashingError;

use crate::i18n::{Locale, T};
use crate::pages::login::busy;
use crate::problem::{FieldError, Problem, database_problem};

/// A field of a form with what was typed and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub(in crate::pages) struct Field {
    pub(in crate::pages) id: &'static str,
    pub(in crate::pages) label: String,
    pub(in crate::pages) value: String,
    /// Longest text.
    pub(in crate::pages) most: u16,
    pub(in crate::pages) required: bool,
    pub(in crate::pages) hint: Option<String>,
    pub(in crate::pages) error: Option<String>,
}

/// A choice of a form.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Choice {
    pub(in crate::pages) id: &'static str,
    pub(in crate::pages) label: String,
    pub(in crate::pages) options: Vec<Choosable>,
    pub(in crate::pages) hint: Option<String>,
    pub(in crate::pages) error: Option<String>,
}

/// One of the options of a choice.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Choosable {
    pub(in crate::pages) value: &'static str,
    pub(in crate::pages) text: String,
    pub(in crate::pages) chosen: bool,
}

/// A role in a word.
pub(in crate::pages) fn role_name(t: T, role: Role) -> String {
    let key = match role {
        Role::Admin => "role-admin",
        Role::Teacher => "role-teacher",
        Role::Student => "role-student",
    };
    t.get(key)
}

fn roles(t: T, of: &[Role], chosen: &str) -> Vec<Choosable> {
    let option = |role: &Role| Choosable {
        value: role.as_str(),
        text: role_name(t, *role),
        chosen: role.as_str() == chosen,
    };
    of.iter().map(option).collect()
}

pub(in crate::pages) fn languages(t: T, chosen: &str) -> Vec<Choosable> {
    let option = |locale: Locale| Choosable {
        value: locale.tag(),
        text: t.get(&format!("language-{}", locale.tag())),
        chosen: locale.tag() == chosen,
    };
    Locale::ALL.into_iter().map(option).collect()
}

/// What an admin should know about an account at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pages) struct Badge {
    pub(in crate::pages) class: &'static str,
    pub(in crate::pages) text: String,
}

/// Whether nothing but the account's own doing keeps its owner from signing in.
fn active(user: &User) -> bool {
    user.enabled && user.has_password && !user.password_change_required
}

/// `totp_of` are the roles of which the school requires a second factor.
fn badges(t: T, user: &User, totp_of: &[Role]) -> Vec<Badge> {
    let mut badges = Vec::new();
    let mut add = |class, key: &str| {
        let text = t.get(key);
        badges.push(Badge { class, text });
    };
    if !user.enabled {
        add("is-danger", "user-disabled");
    } else if !user.has_password {
        add("is-draft", "user-no-password");
    } else if user.password_change_required {
        add("is-warning", "user-initial-password");
    }
    if user.totp_enabled {
        add("is-published", "user-totp-on");
    } else if user.enabled && totp_of.contains(&user.role) {
        add("is-warning", "user-totp-missing");
    }
    badges
}

/// A field that is wrong and the key of what to say about it, or the problem that is no field's
/// fault.
pub(in crate::pages) fn refusal(
    error: &PeopleError,
) -> Result<(&'static str, &'static str), Problem> {
    Ok(match error {
        PeopleError::Username(_) => ("username", "user-username-wrong"),
        PeopleError::Name => ("name", "user-name-wrong"),
        PeopleError::StudentNumber => ("student_number", "user-number-wrong"),
        PeopleError::Role => ("role", "user-role-wrong"),
        PeopleError::AlreadyExists => ("username", "user-username-taken"),
        PeopleError::UsernameTaken => ("username", "user-username-taken"),
        PeopleError::NumberTaken => ("student_number", "user-number-taken"),
        PeopleError::NumberAlike { .. } => ("student_number", "user-number-alike"),
        PeopleError::LastAdmin => ("role", "user-last-admin"),
        // Nobody chooses a password here.
        PeopleError::Weak(_) => return Err(Problem::internal()),
        PeopleError::NotFound => return Err(Problem::not_found()),
        PeopleError::Forbidden => return Err(Problem::forbidden()),
        PeopleError::SignedOut => return Err(Problem::signed_out()),
        PeopleError::Hashing(HashingError::Busy) => return Err(busy()),
        PeopleError::Hashing(HashingError::Failed) => {
            tracing::error!(%error, "hashing a password failed");
            return Err(Problem::internal());
        }
        PeopleError::Database(_) => return Err(database_problem(error)),
    })
}

/// What the page of a refused account answers, by the key of what it says.
pub(in crate::pages) fn status_of(key: &str) -> StatusCode {
    match key {
        "user-username-taken" | "user-number-taken" | "user-number-alike" | "user-last-admin" => {
            StatusCode::CONFLICT
        }
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// A form came without a field that its page always sends.
fn missing(field: &str) -> Problem {
    Problem::invalid(vec![FieldError {
        pointer: field.to_owned(),
        code: "invalid_field",
        detail: format!("the form has no {field}"),
    }])
}

/// The problem behind an error that no field can show.
fn failure(error: &PeopleError) -> Problem {
    match refusal(error) {
        Err(problem) => problem,
        Ok((field, _)) => {
            tracing::error!(%error, field, "an account was refused that was not typed in");
            Problem::internal()
        }
    }
}
