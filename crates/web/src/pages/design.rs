//! Every component in every state, in builds for development: what pages are made of, and what a browser
//! test looks at.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::frame::{Frame, Visitor};
use super::page;
use crate::i18n::{Locale, T};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "pages/design.html")]
pub(super) struct DesignPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    /// A message as after a form that was sent.
    pub(super) done: Option<String>,
    /// The custom properties of colours, as `tokens.css` names them.
    pub(super) colours: &'static [&'static str],
    /// Keys of a keyboard.
    pub(super) keys: &'static [&'static str],
}

const COLOURS: [&str; 16] = [
    "canvas",
    "surface",
    "surface-sunk",
    "surface-hover",
    "line",
    "line-strong",
    "text",
    "text-muted",
    "accent",
    "accent-soft",
    "good",
    "good-soft",
    "warn",
    "warn-soft",
    "bad",
    "bad-soft",
];

/// `GET /design`.
pub(crate) async fn show(request: HttpRequest) -> Result<HttpResponse, Problem> {
    page(StatusCode::OK, &design_page(&request))
}

pub(super) fn design_page(request: &HttpRequest) -> DesignPage {
    let t = T(Locale::of(request));
    DesignPage {
        frame: Frame::new(request, Visitor::Stranger, t.get("design-title")),
        t,
        done: Some(t.get("setup-saved")),
        colours: &COLOURS,
        keys: &["Ctrl", "Z"],
    }
}
