//! What makes the pages an app on a phone: the manifest, the service worker, and the shell that the worker
//! shows when a page is late or cannot be had. None of it is personal; why it is so: docs/adr/0049.

use actix_web::http::header;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use aws_lc_rs::digest::{Context, SHA256};
use serde::Deserialize;
use serde_json::json;

use crate::assets;
use crate::i18n::{Locale, Script, T, script_texts};
use crate::problem::Problem;

/// The worker as the build made it.
const WORKER: &str = include_str!(concat!(env!("OUT_DIR"), "/service_worker.js"));

/// Kept by nobody without asking whether it is still current.
const ASK_FIRST: (header::HeaderName, &str) = (header::CACHE_CONTROL, "no-cache");

/// Colours of the ground of the pages, light and dark; `tokens.css` has them, too.
pub(super) const CANVAS: [&str; 2] = ["#f6f6f4", "#131417"];

/// The shell.
#[derive(Template)]
#[template(path = "pages/offline.html")]
pub(super) struct OfflinePage {
    pub(super) t: T,
    /// Texts of the script, as JSON.
    pub(super) messages: String,
}

impl OfflinePage {
    pub(super) fn new(locale: Locale) -> Self {
        Self {
            t: T(locale),
            messages: script_texts(locale, Script::Shell),
        }
    }

    pub(super) fn asset(&self, name: &str) -> String {
        assets::path(name)
    }

    pub(super) fn canvas(&self) -> [&'static str; 2] {
        CANVAS
    }
}

/// The language is in the address: neither a manifest nor what a worker keeps is asked for with cookies.
#[derive(Deserialize)]
pub(crate) struct InLanguage {
    #[serde(default)]
    lang: String,
}

impl InLanguage {
    fn locale(&self, request: &HttpRequest) -> Locale {
        Locale::from_tag(&self.lang).unwrap_or_else(|| Locale::of(request))
    }
}

fn rendered(locale: Locale) -> Result<String, Problem> {
    OfflinePage::new(locale).render().map_err(|error| {
        tracing::error!(%error, "page not rendered");
        Problem::internal()
    })
}

/// `GET /offline?lang=`.
pub(crate) async fn offline(
    request: HttpRequest,
    query: Query<InLanguage>,
) -> Result<HttpResponse, Problem> {
    let html = rendered(query.locale(&request))?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header(ASK_FIRST)
        .body(html))
}

/// `GET /sw.js`: the worker, and in front of it what changes with the shell, so that browsers fetch a new
/// shell exactly when there is one.
pub(crate) async fn worker() -> Result<HttpResponse, Problem> {
    let mut hash = Context::new(&SHA256);
    for locale in Locale::ALL {
        hash.update(rendered(locale)?.as_bytes());
    }
    let revision: String = hash
        .finish()
        .as_ref()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header(ASK_FIRST)
        .body(format!("const SHELL_REVISION=\"{revision}\";\n{WORKER}")))
}

/// `GET /manifest.webmanifest?lang=`.
pub(crate) async fn manifest(request: HttpRequest, query: Query<InLanguage>) -> HttpResponse {
    let locale = query.locale(&request);
    let t = T(locale);
    let icon = |name: &str, size: &str, purpose: &str| {
        let src = assets::path(name);
        json!({ "src": src, "sizes": size, "type": "image/png", "purpose": purpose })
    };
    let manifest = json!({
        // The same app in every language.
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "name": t.get("product"),
        "short_name": t.get("app-short-name"),
        "description": t.get("app-description"),
        "lang": locale.tag(),
        "dir": "ltr",
        "theme_color": CANVAS[0],
        "background_color": CANVAS[0],
        "categories": ["education"],
        "icons": [
            icon("icon-192.png", "192x192", "any"),
            icon("icon-512.png", "512x512", "any"),
            icon("icon-maskable.png", "512x512", "maskable"),
        ],
    });
    HttpResponse::Ok()
        .content_type("application/manifest+json")
        .insert_header(ASK_FIRST)
        .body(manifest.to_string())
}
