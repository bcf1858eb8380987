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
    ]
    .iter()
    .any(|prefix| path.starts_with(prefix));
    !machine
}
