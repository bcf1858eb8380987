//! The cookies of a browser: its tokens, what it is known by, and what its user chose on it.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use gradebook_app::{KNOWN_FOR_S, TokenPair};

/// Whether cookies are bound to TLS: always, except on loopback without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CookieSafety {
    pub(crate) tls: bool,
}

const A_YEAR_S: i64 = 365 * 24 * 60 * 60;
const ACCESS: [&str; 2] = ["__Host-access", "access"];
const REFRESH: [&str; 2] = ["__Host-refresh", "refresh"];
const DEVICE: [&str; 2] = ["__Host-device", "device"];
const VISIT: [&str; 2] = ["__Host-visit", "visit"];
const COVER: [&str; 2] = ["__Host-cover", "cover"];
const BROWSER: [&str; 2] = ["__Host-browser", "browser"];

fn safety(request: &HttpRequest) -> CookieSafety {
    request
        .app_data::<CookieSafety>()
        .copied()
        .unwrap_or(CookieSafety { tls: true })
}

fn name(names: [&'static str; 2], safety: CookieSafety) -> &'static str {
    if safety.tls { names[0] } else { names[1] }
}

fn value(request: &HttpRequest, names: [&'static str; 2]) -> Option<String> {
    let cookie = request.cookie(name(names, safety(request)))?;
    Some(cookie.value().to_owned()).filter(|value| !value.is_empty())
}

/// The access token that the browser sent.
pub(crate) fn access(request: &HttpRequest) -> Option<String> {
    value(request, ACCESS)
}

/// The refresh token that the browser sent.
pub(crate) fn refresh(request: &HttpRequest) -> Option<String> {
    value(request, REFRESH)
}

/// Whether the browser sent any of them.
pub(crate) fn any(request: &HttpRequest) -> bool {
    access(request).is_some() || refresh(request).is_some()
}

fn cookie(
    name: &'static str,
    value: String,
    seconds: i64,
    safety: CookieSafety,
) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .http_only(true)
        .secure(safety.tls)
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(seconds))
        .finish()
}

/// The cookies that sign a browser in.
pub(crate) fn sign_in(request: &HttpRequest, pair: &TokenPair) -> [Cookie<'static>; 2] {
    let safety = safety(request);
    [
        cookie(
            name(ACCESS, safety),
            pair.access_token.clone(),
            pair.expires_in,
            safety,
        ),
        cookie(
            name(REFRESH, safety),
            pair.refresh_token.clone(),
            pair.refresh_expires_in,
            safety,
        ),
    ]
}

/// The cookies that sign a browser out.
pub(crate) fn sign_out(request: &HttpRequest) -> [Cookie<'static>; 2] {
    let safety = safety(request);
    [ACCESS, REFRESH].map(|names| cookie(name(names, safety), String::new(), 0, safety))
}

/// What the browser keeps since its user signed in with it.
pub(crate) fn known_device(request: &HttpRequest) -> Option<String> {
    value(request, DEVICE)
}

/// Keeps on the browser that this user has signed in with it, so that a stranger's wrong attempts do
/// not count against them there.
pub(crate) fn know_device(request: &HttpRequest, value: String) -> Cookie<'static> {
    let safety = safety(request);
    cookie(name(DEVICE, safety), value, KNOWN_FOR_S, safety)
}

/// The name of a stranger's browser.
pub(crate) fn browser(request: &HttpRequest) -> Option<String> {
    value(request, BROWSER)
}

/// Names a stranger's browser until it is closed.
pub(crate) fn name_browser(request: &HttpRequest, value: String) -> Cookie<'static> {
    let safety = safety(request);
    let mut cookie = cookie(name(BROWSER, safety), value, 0, safety);
    cookie.set_max_age(None);
    cookie
}

/// Takes the name from a browser whose user has signed in.
pub(crate) fn forget_browser(request: &HttpRequest) -> Cookie<'static> {
    let safety = safety(request);
    cookie(name(BROWSER, safety), String::new(), 0, safety)
}

/// When a student last looked at their grades with this browser.
pub(crate) fn visit(request: &HttpRequest) -> Option<String> {
    value(request, VISIT)
}

/// Remembers that.
pub(crate) fn remember_visit(request: &HttpRequest, value: String) -> Cookie<'static> {
    let safety = safety(request);
    cookie(name(VISIT, safety), value, A_YEAR_S, safety)
}

/// Whether grades stay out of sight in this browser until they are tapped.
pub(crate) fn covered(request: &HttpRequest) -> bool {
    value(request, COVER).is_some()
}

/// Remembers or forgets that.
pub(crate) fn cover(request: &HttpRequest, covered: bool) -> Cookie<'static> {
    let safety = safety(request);
    let (value, seconds) = if covered { ("1", A_YEAR_S) } else { ("", 0) };
    cookie(name(COVER, safety), value.to_owned(), seconds, safety)
}

/// Remembers the language for pages before sign-in.
pub(crate) fn language(request: &HttpRequest, locale: &'static str) -> Cookie<'static> {
    cookie("language", locale.to_owned(), A_YEAR_S, safety(request))
}
