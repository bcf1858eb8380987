//! How many amendments wait for the visitor, for the navigation of every page.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest};
use gradebook_auth::Role;

use super::signed_in;
use crate::audience::is_page;

/// What waits, found out before the page was made.
struct Waiting(u64);

/// Middleware: whoever decides amendments is told on every page how many wait.
pub(crate) async fn count<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    if let Some(waiting) = waiting_for(request.request()).await {
        request.extensions_mut().insert(Waiting(waiting));
    }
    next.call(request).await
}

async fn waiting_for(request: &HttpRequest) -> Option<u64> {
    if !is_page(request) {
        return None;
    }
    let visitor = signed_in(request).ok()?;
    if visitor.actor.role == Role::Student {
        return None;
    }
    match visitor.app.amendments_waiting(&visitor.actor).await {
        Ok(waiting) => Some(waiting),
        // The page itself will say what is wrong.
        Err(error) => {
            tracing::debug!(%error, "waiting amendments were not counted");
            None
        }
    }
}

/// How many wait for whoever sent this request; none where nobody counted.
pub(crate) fn on(request: &HttpRequest) -> u64 {
    let extensions = request.extensions();
    extensions.get::<Waiting>().map_or(0, |waiting| waiting.0)
}
