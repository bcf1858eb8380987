//! The description of this interface.

use actix_web::HttpResponse;

use crate::openapi;

/// This document.
#[utoipa::path(get, operation_id = "get_openapi", path = "/api/v1/openapi.json", tag = "operations", security(()),
    responses((status = 200, content_type = "application/json")))]
pub(crate) async fn openapi() -> HttpResponse {
    HttpResponse::Ok().json(openapi::document())
}
