//! Middleware that names each request and puts the security headers on each response.

use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use tracing::Instrument;

/// The id of a request, in the log, in problems and in `X-Request-Id`.
#[derive(Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// Nothing from anywhere but this origin, no inline script or style, no framing.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const FIXED: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=()",
    ),
];

/// A year, as browsers ask for.
const TRANSPORT_SECURITY: &str = "max-age=31536000";

/// Whether the server is reached through TLS, so that browsers may insist on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BehindTls(pub(crate) bool);

/// Names the request, measures it, logs it once and completes the response's headers.
pub(crate) async fn complete<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let id = new_request_id();
    request.extensions_mut().insert(RequestId(id.clone()));
    let behind_tls = request
        .app_data::<BehindTls>()
        .is_some_and(|behind| behind.0);
    let method = request.method().clone();
    // The path may hold ids but never a name, a token or a grade.
    let path = request.path().to_owned();
    let started = tokio::time::Instant::now();
    let span = tracing::info_span!("request", request_id = %id, %method, path);
    let mut response = next.call(request).instrument(span.clone()).await?;
    let status = response.status().as_u16();
    let duration_us = duration_us(started.elapsed());
    span.in_scope(|| tracing::info!(status, duration_us, "answered"));
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        insert_absent(headers, name, value);
    }
    if behind_tls {
        insert_absent(
            headers,
            header::STRICT_TRANSPORT_SECURITY,
            TRANSPORT_SECURITY,
        );
    }
    // Whoever states nothing else is not to be kept: nearly everything here is personal.
    insert_absent(headers, header::CACHE_CONTROL, "no-store");
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(response)
}

fn insert_absent(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn duration_us(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX)
}

fn new_request_id() -> String {
    let mut bytes = [0_u8; 8];
    // An id that is not unique harms nobody, so a failing generator is no reason to fail.
    let _ = aws_lc_rs::rand::fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
