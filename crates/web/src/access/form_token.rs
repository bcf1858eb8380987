//! Forms that prove where they come from: each carries a token that this server made for the
//! session, or, before there is one, for the browser that it was shown to.
//!
//! It is the second line: `same_origin` looks at where a request says that it comes from.

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::web::Form;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::future::LocalBoxFuture;
use gradebook_app::FormHolder;
use gradebook_domain::SessionId;
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use super::{any_session, handle};
use crate::cookies;
use crate::problem::Problem;

/// Addresses of the forms that strangers are shown.
const STRANGERS: [&str; 4] = ["/setup", "/login", "/login/code", "/language"];
/// The name of the hidden field.
const FIELD: &str = "form_token";

/// A form with the fields `T` that was shown by this server to whoever sends it; anything else is
/// answered with 403 before the handler runs.
pub(crate) struct SafeForm<T>(pub(crate) T);

/// A form with the fields `T` that may come from anywhere, for handlers that show it again.
pub(crate) struct SentForm<T> {
    /// The fields.
    pub(crate) fields: T,
    /// Whether it carries a token of this server for whoever sends it.
    pub(crate) genuine: bool,
}

/// The name that a stranger's browser got with this answer.
struct NewBrowser(String);

/// The token for the forms of a page that answers this request.
pub(crate) fn for_page(request: &HttpRequest) -> String {
    let Ok(app) = handle(request) else {
        return String::new();
    };
    if let Some(session) = session(request) {
        return app.form_token(FormHolder::Session(session));
    }
    let known = cookies::browser(request).or_else(|| {
        let extensions = request.extensions();
        extensions.get::<NewBrowser>().map(|new| new.0.clone())
    });
    let name = known.unwrap_or_else(|| {
        let name = app.new_browser_name();
        request.extensions_mut().insert(NewBrowser(name.clone()));
        name
    });
    app.form_token(FormHolder::Browser(&name))
}

/// Middleware: a browser whose page needed a name for it is told to keep that name.
pub(crate) async fn name_browser<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let mut response = next.call(request).await?;
    let named = {
        let extensions = response.request().extensions();
        extensions.get::<NewBrowser>().map(|new| new.0.clone())
    };
    if let Some(name) = named {
        let cookie = cookies::name_browser(response.request(), name);
        response.response_mut().add_cookie(&cookie)?;
    }
    Ok(response)
}

fn session(request: &HttpRequest) -> Option<SessionId> {
    any_session(request)
        .ok()
        .and_then(|(session, _)| session.actor.session)
}

fn genuine(request: &HttpRequest, token: Option<&str>) -> bool {
    // No browser adds this header by itself, so no other site can make one send it.
    if request.headers().contains_key(header::AUTHORIZATION) {
        return true;
    }
    let (Ok(app), Some(token)) = (handle(request), token) else {
        return false;
    };
    let session = session(request);
    if session.is_some_and(|session| app.form_token_holds(FormHolder::Session(session), token)) {
        return true;
    }
    // What was shown before signing in holds afterwards, in another tab, only for what strangers do.
    let for_strangers = session.is_none() || STRANGERS.contains(&request.path());
    for_strangers
        && cookies::browser(request)
            .is_some_and(|name| app.form_token_holds(FormHolder::Browser(&name), token))
}

/// Refuses a form that was read in another way and that this server did not show to whoever sends it.
pub(crate) fn require(request: &HttpRequest, token: Option<&str>) -> Result<(), Problem> {
    if genuine(request, token) {
        Ok(())
    } else {
        Err(not_genuine())
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for SentForm<T> {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let sent = Form::<Vec<(String, String)>>::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let pairs = sent.await?.into_inner();
            let token = pairs.iter().find(|(name, _)| name == FIELD);
            let genuine = genuine(&request, token.map(|(_, token)| token.as_str()));
            let fields = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(pairs.iter().filter(|(name, _)| name != FIELD))
                .finish();
            let fields = serde_urlencoded::from_str(&fields).map_err(|_| malformed())?;
            Ok(Self { fields, genuine })
        })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for SafeForm<T> {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let sent = SentForm::<T>::from_request(request, payload);
        Box::pin(async move {
            let sent = sent.await?;
            if sent.genuine {
                Ok(Self(sent.fields))
            } else {
                Err(not_genuine().into())
            }
        })
    }
}

fn not_genuine() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "invalid_form_token",
        "This form was not shown to you by this server, or was shown before you signed in or out. \
         Open its page again.",
    )
}

fn malformed() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "malformed_form",
        "A field of the form is missing or cannot be used.",
    )
}
