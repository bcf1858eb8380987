//! Middleware that refuses unsafe requests which another site made a browser send.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::middleware::Next;

use crate::cookies;
use crate::problem::{Problem, is_page};

/// Lets safe requests, requests with their own `Authorization` and same-origin requests pass.
pub(crate) async fn check<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let carries_cookies =
        cookies::any(request.request()) && !request.headers().contains_key(header::AUTHORIZATION);
    // Forms are checked even without a cookie, so that nobody is signed in as somebody else.
    let judged = !request.method().is_safe() && (carries_cookies || is_page(request.request()));
    if judged && !is_same_origin(request.headers(), request.connection_info().host()) {
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

fn is_same_origin(headers: &HeaderMap, host: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = text("origin").and_then(|origin| url::Url::parse(origin).ok()) else {
        return false;
    };
    let Some(origin_host) = origin.host_str() else {
        return false;
    };
    let authority = match origin.port() {
        Some(port) => format!("{origin_host}:{port}"),
        None => origin_host.to_owned(),
    };
    ["http", "https"].contains(&origin.scheme()) && authority == host
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn judged(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        is_same_origin(&headers, "school.example:8080")
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
    fn the_origin_must_be_exact() {
        assert!(judged(&[("origin", "http://school.example:8080")]));
        for origin in [
            "http://school.example",
            "http://school.example:8080.evil.example",
            "http://evil-school.example:8080",
            "http://school.example:8081",
            "null",
        ] {
            assert!(!judged(&[("origin", origin)]), "{origin}");
        }
        assert!(!judged(&[]));
    }
}
