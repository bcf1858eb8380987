//! The own account.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::User;

use super::admin::role_name;
use super::frame::{Frame, Visitor};
use super::page;
use crate::access::SignedIn;
use crate::i18n::{Locale, T};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "pages/account.html")]
pub(super) struct AccountPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) name: String,
    pub(super) username: String,
    pub(super) role: String,
    pub(super) student_number: Option<String>,
}

pub(super) fn account_page(request: &HttpRequest, user: User) -> AccountPage {
    let t = T(Locale::of(request));
    AccountPage {
        frame: Frame::new(request, Visitor::Person(user.role), t.get("account-title")),
        t,
        name: user.name,
        username: user.username,
        role: role_name(t, user.role),
        student_number: user.student_number,
    }
}

/// `GET /account`.
pub(crate) async fn show(request: HttpRequest, visitor: SignedIn) -> Result<HttpResponse, Problem> {
    let user = visitor.app.me(&visitor.actor).await?;
    page(StatusCode::OK, &account_page(&request, user))
}
