//! What OAuth 2 clients look up: keys and addresses.

use actix_web::Responder;
use actix_web::http::header;
use actix_web::web::Json;
use gradebook_auth::keys::Jwks;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::Public;
use crate::problem::Problem;

/// Half of the time for which a new key is shown before it signs, so that a cache knows it by then.
const KEEP_KEYS: &str = "public, max-age=15";

/// RFC 8414 metadata.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MetadataDto {
    issuer: String,
    token_endpoint: String,
    revocation_endpoint: String,
    jwks_uri: String,
    grant_types_supported: [&'static str; 2],
    response_types_supported: [&'static str; 0],
    token_endpoint_auth_methods_supported: [&'static str; 1],
}

/// The public keys that verify access tokens; none if they are signed with a symmetric key.
#[utoipa::path(get, operation_id = "get_jwks", path = "/.well-known/jwks.json", tag = "sign-in", security(()),
    responses((status = 200, content_type = "application/json")))]
pub(crate) async fn jwks(caller: Public) -> impl Responder {
    let jwks: Jwks = caller.app.tokens().keys().jwks(caller.app.now_s());
    Json(jwks)
        .customize()
        .insert_header((header::CACHE_CONTROL, KEEP_KEYS))
}

/// Where OAuth 2 clients find what.
#[utoipa::path(get, operation_id = "get_authorization_server", path = "/.well-known/oauth-authorization-server", tag = "sign-in",
    security(()), responses((status = 200, body = MetadataDto)))]
pub(crate) async fn authorization_server(caller: Public) -> Result<Json<MetadataDto>, Problem> {
    let issuer = caller
        .app
        .tokens()
        .issuer()
        .trim_end_matches('/')
        .to_owned();
    Ok(Json(MetadataDto {
        token_endpoint: format!("{issuer}/api/v1/token"),
        revocation_endpoint: format!("{issuer}/api/v1/token/revoke"),
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        grant_types_supported: ["password", "refresh_token"],
        response_types_supported: [],
        token_endpoint_auth_methods_supported: ["none"],
        issuer,
    }))
}
