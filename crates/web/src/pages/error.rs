//! Errors as pages.

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use askama::Template;

use super::frame::{Frame, Visitor};
use super::own_path::{login_for, password_for};
use super::{HTML, see_other};
use crate::access::signed_in;
use crate::cookies;
use crate::i18n::{Locale, T};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "errors/problem.html")]
pub(super) struct ProblemPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) status: u16,
    pub(super) next: String,
    pub(super) request_id: String,
    pub(super) offer_sign_in: bool,
}

/// A problem as a page in the visitor's language; whoever only needs to sign in or to choose a
/// password is led there instead.
pub(crate) fn error_page(
    request: &HttpRequest,
    problem: &Problem,
    request_id: &str,
    mut response: HttpResponseBuilder,
) -> HttpResponse {
    if let Some(location) = detour(request, problem) {
        return see_other(&location);
    }
    let page = problem_page(request, problem, request_id);
    response.content_type(HTML);
    match page.render() {
        Ok(html) => response.body(html),
        Err(error) => {
            tracing::error!(%error, "error page not rendered");
            response.body(page.frame.title)
        }
    }
}

pub(super) fn problem_page(
    request: &HttpRequest,
    problem: &Problem,
    request_id: &str,
) -> ProblemPage {
    let t = T(Locale::of(request));
    let visitor = visitor(request, problem);
    let [title, next] = Texts::of(problem).keys();
    ProblemPage {
        frame: Frame::new(request, visitor, t.get(&title)),
        t,
        status: problem.status().as_u16(),
        next: t.get(&next),
        request_id: request_id.to_owned(),
        offer_sign_in: needs_sign_in(problem),
    }
}

/// Whoever is signed in keeps the menu: an address that leads nowhere is no reason to lose one's way.
fn visitor(request: &HttpRequest, problem: &Problem) -> Visitor {
    if needs_sign_in(problem) {
        return Visitor::Stranger;
    }
    match signed_in(request) {
        Ok(known) => Visitor::Person(known.actor.role),
        Err(_) if cookies::any(request) => Visitor::Somebody,
        Err(_) => Visitor::Stranger,
    }
}

fn needs_sign_in(problem: &Problem) -> bool {
    matches!(
        problem.code(),
        "missing_token" | "token_expired" | "invalid_token" | "token_revoked"
    )
}

/// Where a visitor who opens a page is led instead of reading why they may not.
fn detour(request: &HttpRequest, problem: &Problem) -> Option<String> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let path = request.uri().path_and_query()?;
    if problem.code() == "password_change_required" {
        return Some(password_for(path.as_str()));
    }
    if problem.code() == "totp_setup_required" {
        return Some("/account/totp".to_owned());
    }
    needs_sign_in(problem).then(|| login_for(path.as_str()))
}

/// Which title and advice a problem gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Texts(&'static str);

impl Texts {
    /// Codes of problems and the stem of their texts' keys.
    pub(super) const BY_CODE: [(&str, &str); 23] = [
        ("missing_token", "signed-out"),
        ("token_expired", "signed-out"),
        ("invalid_token", "signed-out"),
        ("token_revoked", "signed-out"),
        ("forbidden", "forbidden"),
        ("not_found", "not-found"),
        ("password_change_required", "password-change-required"),
        ("totp_setup_required", "totp-setup-required"),
        ("cross_site_request", "cross-site-request"),
        ("invalid_form_token", "invalid-form-token"),
        ("method_not_allowed", "method-not-allowed"),
        ("body_too_large", "body-too-large"),
        ("unsupported_media_type", "unsupported-media-type"),
        ("invalid_request", "invalid-request"),
        ("bad_request", "bad-request"),
        ("request_timeout", "request-timeout"),
        ("too_many_requests", "too-many-requests"),
        ("too_many_attempts", "too-many-requests"),
        ("busy", "busy"),
        ("database_busy", "busy"),
        ("not_ready", "unavailable"),
        ("database_unavailable", "unavailable"),
        ("internal_error", "internal-error"),
    ];

    fn of(problem: &Problem) -> Self {
        let known = Self::BY_CODE
            .iter()
            .find(|(code, _)| *code == problem.code())
            .map(|(_, stem)| *stem);
        Self(known.unwrap_or_else(|| Self::of_status(problem.status())))
    }

    /// For a code that this page does not know.
    fn of_status(status: StatusCode) -> &'static str {
        match status {
            StatusCode::NOT_FOUND => "not-found",
            StatusCode::FORBIDDEN => "forbidden",
            StatusCode::TOO_MANY_REQUESTS => "too-many-requests",
            StatusCode::SERVICE_UNAVAILABLE => "unavailable",
            status if status.is_server_error() => "internal-error",
            _ => "bad-request",
        }
    }

    /// The keys of the title and of the advice.
    fn keys(self) -> [String; 2] {
        ["title", "next"].map(|part| format!("problem-{}-{part}", self.0))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header;
    use actix_web::test::TestRequest;

    use super::*;

    fn refused(code: &'static str) -> Problem {
        Problem::new(StatusCode::UNAUTHORIZED, code, "")
            .with_header(header::WWW_AUTHENTICATE, "Bearer")
    }

    fn answer(request: TestRequest, problem: &Problem) -> HttpResponse {
        let builder = HttpResponse::build(problem.status());
        error_page(&request.to_http_request(), problem, "0123", builder)
    }

    fn location(response: &HttpResponse) -> Option<&str> {
        response.headers().get(header::LOCATION)?.to_str().ok()
    }

    #[test]
    fn whoever_opens_a_page_without_a_session_is_led_to_sign_in() {
        let response = answer(
            TestRequest::get().uri("/courses/1?a=b"),
            &refused("token_expired"),
        );
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(
            location(&response),
            Some("/login?next=%2Fcourses%2F1%3Fa%3Db")
        );
        let home = answer(TestRequest::get().uri("/"), &refused("missing_token"));
        assert_eq!(location(&home), Some("/login"));
        let form = answer(
            TestRequest::post().uri("/account/password"),
            &refused("token_revoked"),
        );
        assert_eq!(form.status(), StatusCode::UNAUTHORIZED);
    }

    #[test]
    fn an_initial_password_is_changed_first() {
        let response = answer(
            TestRequest::get().uri("/me"),
            &refused("password_change_required"),
        );
        assert_eq!(location(&response), Some("/account/password?next=%2Fme"));
        let home = answer(
            TestRequest::get().uri("/"),
            &refused("password_change_required"),
        );
        assert_eq!(location(&home), Some("/account/password"));
    }

    #[test]
    fn every_stem_has_its_texts() {
        for locale in Locale::ALL {
            let statuses = (400_u16..600).filter_map(|status| StatusCode::from_u16(status).ok());
            let stems = statuses
                .map(Texts::of_status)
                .chain(Texts::BY_CODE.map(|(_, stem)| stem));
            for key in stems.flat_map(|stem| Texts(stem).keys()) {
                assert!(!T(locale).get(&key).contains("[["), "{key}");
            }
        }
    }
}
