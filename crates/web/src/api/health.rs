//! Whether the process lives and whether it can work.

use actix_web::HttpResponse;
use gradebook_app::NotReady;

use crate::access::Public;
use crate::problem::{Problem, ProblemBody};

/// The process lives.
#[utoipa::path(get, operation_id = "get_health", path = "/healthz", tag = "operations", security(()), responses((status = 200)))]
pub(crate) async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// The process can work: database, migrations and change log are there.
#[utoipa::path(get, operation_id = "get_readiness", path = "/readyz", tag = "operations", security(()),
    responses((status = 200), (status = 503, body = ProblemBody)))]
pub(crate) async fn readyz(caller: Public) -> Result<HttpResponse, Problem> {
    match caller.app.ready().await {
        Ok(()) => Ok(HttpResponse::Ok()
            .content_type("text/plain")
            .body("ready\n")),
        Err(NotReady::Database(error)) => {
            tracing::warn!(%error, "not ready");
            Err(Problem::unavailable(
                "database_unavailable",
                "The database does not answer.",
                5,
            ))
        }
        Err(error @ (NotReady::Migrations(_) | NotReady::Tail)) => {
            Err(Problem::unavailable("not_ready", &error.to_string(), 5))
        }
    }
}
