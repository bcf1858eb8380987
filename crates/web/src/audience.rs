//! Who is asking: a person in a browser, or a program.

use actix_web::HttpRequest;

/// Whether a person in a browser asked, so that the answer is a page.
pub(crate) fn is_page(request: &HttpRequest) -> bool {
    let path = request.path();
    let machine = [
        "/api/",
        "/.well-known/",
        "/static/",
        "/healthz",
        "/readyz",
        "/session/",
        // What browsers fetch by themselves, and no reason to renew a session.
        "/sw.js",
        "/manifest.webmanifest",
        "/offline",
    ]
    .iter()
    .any(|prefix| path.starts_with(prefix));
    !machine
}
