//! Keeping a browser signed in while it goes from page to page.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest};
use gradebook_app::{AuthError, SignInError, TokenPair};
use gradebook_auth::Via;

use super::{Renewed, authenticate, handle};
use crate::audience::is_page;
use crate::cookies;
use crate::error_answers::respond;
use crate::problem::{Problem, database_problem};

/// Middleware: a browser that opens a page with an expired access token but a good refresh token is
/// given new ones on the way, without a detour.
pub(crate) async fn renew<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let pair = match renewed_tokens(request.request()).await {
        Ok(Some(pair)) => pair,
        Ok(None) => return Ok(next.call(request).await?.map_into_boxed_body()),
        Err(problem) => {
            let (request, _) = request.into_parts();
            let response = respond(&problem, &request);
            return Ok(ServiceResponse::new(request, response));
        }
    };
    let cookies = cookies::sign_in(request.request(), &pair);
    request.extensions_mut().insert(Renewed(pair));
    let mut response = next.call(request).await?.map_into_boxed_body();
    // A handler that signs in or out sets its own.
    let decided = response
        .response()
        .cookies()
        .any(|set| cookies.iter().any(|cookie| cookie.name() == set.name()));
    if !decided {
        for cookie in &cookies {
            response.response_mut().add_cookie(cookie)?;
        }
    }
    Ok(response)
}

/// New tokens where they are needed and to be had. A server that cannot tell says so, instead of
/// taking the visitor for a stranger.
async fn renewed_tokens(request: &HttpRequest) -> Result<Option<TokenPair>, Problem> {
    let navigates = is_page(request) && !request.headers().contains_key(header::AUTHORIZATION);
    let Some(refresh) = cookies::refresh(request).filter(|_| navigates) else {
        return Ok(None);
    };
    let app = handle(request)?;
    let access = cookies::access(request);
    let holds = access.is_some_and(|token| {
        let known = authenticate(request, &app, &token, Via::Web);
        !matches!(known, Err(AuthError::Expired | AuthError::Invalid(_)))
    });
    if holds {
        return Ok(None);
    }
    match app.refresh(&refresh, Via::Web).await {
        Ok(pair) => Ok(Some(pair)),
        Err(SignInError::InvalidRefreshToken) => Ok(None),
        Err(error) => Err(database_problem(&error)),
    }
}
