//! Swagger UI at `/api/v1/docs/`.
//!
//! Its page has no inline script, so the policy of all other pages holds for it as it is. Its
//! Authorize button signs in with the password flow that the document describes. No OAuth client is
//! configured: Swagger UI would send its id as Basic credentials beside the password.

use actix_web::http::header;
use actix_web::middleware::DefaultHeaders;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Responder};
use utoipa_swagger_ui::{Config, SwaggerUi};

const PATH: &str = "/api/v1/docs/";

pub(super) fn configure(config: &mut ServiceConfig) {
    let options = Config::from("/api/v1/openapi.json")
        // The tab's reload keeps the token; closing the browser's storage is the reader's choice.
        .persist_authorization(false)
        // The bar on top would only offer to load documents from elsewhere.
        .use_base_layout()
        .display_request_duration(true)
        .default_models_expand_depth(0)
        // The validator is somebody else's server.
        .validator_url("none");
    config
        .service(web::resource(PATH.trim_end_matches('/')).route(web::get().to(with_slash)))
        .service(
            web::scope("/api/v1/docs")
                // The files change with the program's version only.
                .wrap(DefaultHeaders::new().add((header::CACHE_CONTROL, "private, max-age=3600")))
                .service(SwaggerUi::new("/{_:.*}").config(options)),
        );
}

/// The page's own links are relative to the folder.
async fn with_slash() -> impl Responder {
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, PATH))
        .finish()
}
