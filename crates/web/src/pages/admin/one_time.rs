//! One-time passwords as slips of paper: shown once, to be printed and handed out.

use actix_web::HttpRequest;
use askama::Template;
use gradebook_app::App;
use gradebook_app::read::User;
use gradebook_auth::Role;

use crate::access::school;
use crate::config::Config;
use crate::i18n::{Locale, T};
use crate::pages::frame::{Frame, Visitor};

/// What a slip says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pages) struct Slip {
    pub(in crate::pages) name: String,
    /// The class, or what the person is to the school.
    pub(in crate::pages) group: String,
    pub(in crate::pages) username: String,
    /// Where it is not the username itself.
    pub(in crate::pages) number: Option<String>,
    pub(in crate::pages) password: String,
}

impl Slip {
    pub(super) fn new(group: String, user: User, password: String) -> Self {
        Self {
            name: user.name,
            group,
            number: user
                .student_number
                .filter(|number| *number != user.username),
            username: user.username,
            password,
        }
    }
}

/// What all slips of a page have in common. A slip speaks both languages: the school may read
/// another one than the student.
#[derive(Debug, Clone)]
pub(in crate::pages) struct SlipFrame {
    /// The visitor's language.
    pub(in crate::pages) t: T,
    /// The other one.
    pub(in crate::pages) other: T,
    /// The school's name; empty where nobody has said it.
    pub(in crate::pages) school: String,
    /// Where to sign in.
    pub(in crate::pages) address: String,
}

impl SlipFrame {
    pub(in crate::pages) fn new(request: &HttpRequest, app: &App) -> Self {
        Self::at(request, sign_in_address(request, app.tokens().issuer()))
    }

    pub(in crate::pages) fn at(request: &HttpRequest, address: String) -> Self {
        let locale = Locale::of(request);
        let other = Locale::ALL
            .into_iter()
            .find(|one| *one != locale)
            .unwrap_or(locale);
        Self {
            t: T(locale),
            other: T(other),
            school: school(request).name.clone(),
            address,
        }
    }
}

/// The server's public address; where none is set, the one that the admin's own browser used.
fn sign_in_address(request: &HttpRequest, issuer: &str) -> String {
    if issuer == Config::ISSUER_WITHOUT_PUBLIC_URL {
        let connection = request.connection_info();
        format!("{}://{}", connection.scheme(), connection.host())
    } else {
        issuer.to_owned()
    }
}

/// The answer to adding an account or resetting its password.
#[derive(Template)]
#[template(path = "pages/admin/one_time.html")]
pub(in crate::pages) struct OneTimePage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    /// What has happened.
    pub(in crate::pages) done: String,
    /// The page of the account.
    pub(in crate::pages) account: String,
    /// Where to go on: address and name.
    pub(in crate::pages) back: (String, String),
    /// Whether to offer adding another account.
    pub(in crate::pages) added: bool,
    pub(in crate::pages) slip: Slip,
    pub(in crate::pages) slips: SlipFrame,
}

pub(in crate::pages) fn one_time_page(
    request: &HttpRequest,
    slips: SlipFrame,
    user: User,
    password: String,
    added: bool,
) -> OneTimePage {
    let t = slips.t;
    let back = format!("/admin/users/{}", user.id);
    let key = if added {
        "user-added"
    } else {
        "user-reset-done"
    };
    let done = t.with(key, "name", &user.name);
    let title = t.get("one-time-title");
    OneTimePage {
        frame: Frame::new(request, Visitor::Person(Role::Admin), title).returning_to(&back),
        t,
        done,
        back: (back.clone(), t.get("one-time-back")),
        account: back,
        added,
        slip: Slip::new(super::role_name(t, user.role), user, password),
        slips,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_public_address_wins_over_the_one_of_the_request() {
        let request = TestRequest::get()
            .insert_header(("host", "10.0.0.5:8080"))
            .to_http_request();
        let address = |issuer| sign_in_address(&request, issuer);
        assert_eq!(address("https://grades.example"), "https://grades.example");
        assert_eq!(
            address(Config::ISSUER_WITHOUT_PUBLIC_URL),
            "http://10.0.0.5:8080"
        );
    }
}
