//! The bundled front end under `/static`.

use std::path::Path;

use actix_files::Files;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{Error, HttpResponse};

/// A name that holds the hash of its content never means anything else.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

pub(super) fn configure(config: &mut ServiceConfig, directory: &Path) {
    config.service(
        web::scope("/static").wrap(from_fn(complete)).service(
            Files::new("", directory)
                // The build's own lists lie beside the files and are not for browsers.
                .path_filter(|path, _| is_hashed(path))
                .try_compressed()
                .prefer_utf8(true),
        ),
    );
}

/// Whether the name looks like `grid-4MUPMHOV.js`.
fn is_hashed(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or("");
    let stem = name.split_once('.').map_or("", |(stem, _)| stem);
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() == 8
            && hash
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}

/// Lets what was found be kept, and leaves what was not to the middleware that explains errors.
async fn complete(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut response = next.call(request).await?.map_into_boxed_body();
    match response.status() {
        StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED => {
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, FOREVER);
            Ok(response)
        }
        StatusCode::METHOD_NOT_ALLOWED => Ok(response.into_response(
            HttpResponse::MethodNotAllowed()
                .insert_header((header::ALLOW, "GET, HEAD"))
                .finish(),
        )),
        status if status.is_client_error() => Ok(response.into_response(HttpResponse::new(status))),
        _ => Ok(response),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hashed_names_are_served() {
        for name in ["grid-4MUPMHOV.js", "app-BI2GLY4W.css", "a-b-4MUPMHOV.woff2"] {
            assert!(is_hashed(Path::new(name)), "{name}");
        }
        for name in [
            "manifest.json",
            "meta.json",
            "grid.js",
            "grid-4mupmhov.js",
            "-4MUPMHO",
            "",
        ] {
            assert!(!is_hashed(Path::new(name)), "{name}");
        }
    }
}
