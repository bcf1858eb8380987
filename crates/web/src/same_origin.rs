//! Middleware that refuses unsafe requests which another site made a browser send.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::middleware::Next;

use crate::audience::is_page;
use crate::cookies;
use crate::headers::BehindTls;
use crate::problem::Problem;

/// Lets safe requests, requests with their own `Authorization` and same-origin requests pass.
pub(crate) async fn check<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let carries_cookies =
        cookies::any(request.request()) && !request.headers().contains_key(header::AUTHORIZATION);
    // Forms are checked even without a cookie, so that nobody is signed in as somebody else.
    let for_browsers = is_page(request.request()) || request.path().starts_with("/session/");
    let judged = !request.method().is_safe() && (carries_cookies || for_browsers);
    let behind_tls = request
        .app_data::<BehindTls>()
        .is_some_and(|behind| behind.0);
    let scheme = if behind_tls { "https" } else { "http" };
    let own = format!("{scheme}://{}", request.connection_info().host());
    if judged && !is_same_origin(request.headers(), &own) {
        let problem = Problem::new(
            StatusCode::FORBIDDEN,
            "cross_site_request",
            "This request came from another site. Open the page here and try again.",
        );
        // A response, not an error: only a response brings the request back to be answered.
        return Ok(request.error_response(problem).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

fn is_same_origin(headers: &HeaderMap, own: &str) -> bool {
    // A browser sends each once; whoever sends two wants one to be overlooked.
    let only = |name: &str, expected: &str| {
        let mut values = headers.get_all(name);
        let first = values.next();
        first.is_some_and(|value| value == expected) && values.next().is_none()
    };
    if headers.contains_key("sec-fetch-site") {
        only("sec-fetch-site", "same-origin")
    } else {
        only("origin", own)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn judged(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        is_same_origin(&headers, "http://school.example:8080")
    }

    #[test]
    fn fetch_metadata_decides_where_it_is_there() {
        assert!(judged(&[("sec-fetch-site", "same-origin")]));
        for site in ["cross-site", "same-site", "none"] {
            assert!(
                !judged(&[
                    ("sec-fetch-site", site),
                    ("origin", "http://school.example:8080")
                ]),
                "{site}"
            );
        }
    }

    #[test]
    fn one_header_cannot_hide_behind_another() {
        let (own, other) = ("same-origin", "cross-site");
        for [first, second] in [[own, other], [other, own], [own, own]] {
            assert!(!judged(&[
                ("sec-fetch-site", first),
                ("sec-fetch-site", second)
            ]));
        }
    }

    #[test]
    fn the_origin_must_be_exact() {
        assert!(judged(&[("origin", "http://school.example:8080")]));
        for origin in [
            "http://school.example",
            "https://school.example:8080",
            "http://school.example:8080.evil.example",
            "http://evil-school.example:8080",
            "http://school.example:8081",
            "null",
        ] {
            assert!(!judged(&[("origin", origin)]), "{origin}");
        }
        assert!(!judged(&[]));
        let own = ("origin", "http://school.example:8080");
        assert!(!judged(&[own, ("origin", "http://evil.example")]));
        assert!(!judged(&[own, own]));
    }
}
