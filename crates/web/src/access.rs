//! The only way for a handler to get at the application.
//!
//! A handler names one of these extractors as a parameter, and with it who may call it; the
//! finer rules follow in the use case, with the data. The handle inside is private to this module,
//! so a handler that names none of them has no `App`.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::ServiceConfig;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use gradebook_app::read::School;
use gradebook_app::{App, AuthError, Client, SignedIn as TokenHolder, Standing, TokenPair};
use gradebook_auth::{Actor, Role, Via};

use crate::cookies;
use crate::problem::Problem;

pub(crate) mod form_token;
mod renewal;
pub(crate) mod waiting;

pub(crate) use form_token::{SafeForm, SentForm};
pub(crate) use renewal::renew;

struct Handle(Arc<App>);

/// The school as every page names it; without a name where a page is made outside of the server.
pub(crate) fn school(request: &HttpRequest) -> Arc<School> {
    handle(request).map_or_else(|_| Arc::default(), |app| app.school())
}

/// Tokens that [`renew`] got while the request waited, to be used instead of the request's own.
struct Renewed(TokenPair);

/// What a token of this request turned out to be, so that it is verified once.
struct Verified {
    token: String,
    answer: Result<TokenHolder, AuthError>,
}

/// Lets the extractors of this module reach the application.
pub fn install(config: &mut ServiceConfig, app: Arc<App>) {
    config.app_data(Handle(app));
}

/// Anybody, signed in or not.
pub struct Public {
    /// The application.
    pub app: Arc<App>,
    /// Who, if anybody.
    pub actor: Option<Actor>,
    /// What their token opens, if there is one.
    pub standing: Option<Standing>,
    /// What the client tells of itself.
    pub client: Client,
}

/// Somebody with a valid token, whatever it opens: they may first have to change the initial password
/// or to set up a second factor.
pub struct AnySession {
    /// The application.
    pub app: Arc<App>,
    /// Who.
    pub actor: Actor,
    /// What the token opens.
    pub standing: Standing,
    /// What the client tells of itself.
    pub client: Client,
}

/// Somebody with a valid token and a password of their own, who may have to set up a second factor.
pub struct OwnPassword {
    /// The application.
    pub app: Arc<App>,
    /// Who.
    pub actor: Actor,
    /// What the token opens.
    pub standing: Standing,
}

/// Somebody with a valid token that opens whatever their role allows.
pub struct SignedIn {
    /// The application.
    pub app: Arc<App>,
    /// Who.
    pub actor: Actor,
    /// When the token ends, unix seconds.
    pub expires_at: i64,
    /// The token's `ver`.
    pub ver: i64,
}

/// Somebody signed in with the role `R`. Nobody else hears what is wrong with the body: the role is
/// judged before it is read.
pub struct Has<R> {
    /// The application.
    pub app: Arc<App>,
    /// Who.
    pub actor: Actor,
    role: PhantomData<R>,
}

/// A role as a type, for [`Has`].
pub trait RoleName {
    /// The role.
    const ROLE: Role;
}

/// [`Role::Admin`] as a type.
pub struct Admin;

impl RoleName for Admin {
    const ROLE: Role = Role::Admin;
}

/// [`Role::Student`] as a type.
pub struct Student;

impl RoleName for Student {
    const ROLE: Role = Role::Student;
}

fn handle(request: &HttpRequest) -> Result<Arc<App>, Problem> {
    request
        .app_data::<Handle>()
        .map(|handle| Arc::clone(&handle.0))
        .ok_or_else(Problem::internal)
}

fn client(request: &HttpRequest) -> Client {
    let device = request
        .headers()
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or("");
    let address = request
        .peer_addr()
        .map_or_else(String::new, |peer| peer.ip().to_string());
    Client {
        device: device.to_owned(),
        address,
        known_device: cookies::known_device(request),
    }
}

/// The token that counts: the header's if there is one, else the cookie's.
fn token(request: &HttpRequest) -> Result<Option<(String, Via)>, Problem> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let Some(value) = headers.next() else {
        let renewed = request
            .extensions()
            .get::<Renewed>()
            .map(|renewed| renewed.0.access_token.clone());
        let cookie = renewed.or_else(|| cookies::access(request));
        return Ok(cookie.map(|token| (token, Via::Web)));
    };
    if headers.next().is_some() {
        return Err(invalid_token());
    }
    let bearer = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim().to_owned())
        .ok_or_else(invalid_token)?;
    Ok(Some((bearer, Via::Api)))
}

const REALM: &str = "Bearer realm=\"gradebook\"";

fn unauthorised(code: &'static str, detail: &str, challenge: String) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, code, detail)
        .with_header(header::WWW_AUTHENTICATE, challenge)
}

fn missing_token() -> Problem {
    unauthorised("missing_token", "Sign in first.", REALM.to_owned())
}

fn invalid_token() -> Problem {
    let detail = "Could not validate credentials";
    unauthorised(
        "invalid_token",
        detail,
        format!("{REALM}, error=\"invalid_token\", error_description=\"{detail}\""),
    )
}

fn refused(error: AuthError) -> Problem {
    let challenge =
        |detail: &str| format!("{REALM}, error=\"invalid_token\", error_description=\"{detail}\"");
    match error {
        AuthError::Expired => {
            let detail = "Token has expired";
            unauthorised("token_expired", detail, challenge(detail))
        }
        AuthError::Invalid(reason) => {
            tracing::info!(reason, "access token refused");
            invalid_token()
        }
        AuthError::Revoked => {
            let detail = "Token has been revoked";
            unauthorised("token_revoked", detail, challenge(detail))
        }
        AuthError::NotReady => Problem::unavailable(
            "not_ready",
            "The server cannot tell right now which tokens still hold.",
            5,
        ),
    }
}

/// Who holds the token. A request is judged once, however many ask.
fn authenticate(
    request: &HttpRequest,
    app: &App,
    token: &str,
    via: Via,
) -> Result<TokenHolder, AuthError> {
    if let Some(known) = request.extensions().get::<Verified>()
        && known.token == token
    {
        return known.answer.clone();
    }
    let answer = app.authenticate(token, via);
    request.extensions_mut().insert(Verified {
        token: token.to_owned(),
        answer: answer.clone(),
    });
    answer
}

/// The session, and the token's end and `ver`.
fn any_session(request: &HttpRequest) -> Result<(AnySession, (i64, i64)), Problem> {
    let app = handle(request)?;
    let (token, via) = token(request)?.ok_or_else(missing_token)?;
    let signed_in = authenticate(request, &app, &token, via).map_err(refused)?;
    let session = AnySession {
        app,
        actor: signed_in.actor,
        standing: signed_in.standing,
        client: client(request),
    };
    Ok((session, (signed_in.expires_at, signed_in.ver)))
}

/// Whose session the request carries, if it carries a valid one.
pub(crate) fn user(request: &HttpRequest) -> Option<gradebook_domain::UserId> {
    let (session, _) = any_session(request).ok()?;
    session.actor.user_id()
}

pub(crate) fn signed_in(request: &HttpRequest) -> Result<SignedIn, Problem> {
    let (session, (expires_at, ver)) = any_session(request)?;
    match session.standing {
        Standing::Full => {}
        Standing::MustChangePassword => return Err(password_change_required()),
        Standing::MustSetUpTotp => return Err(totp_setup_required()),
    }
    Ok(SignedIn {
        app: session.app,
        actor: session.actor,
        expires_at,
        ver,
    })
}

fn own_password(request: &HttpRequest) -> Result<OwnPassword, Problem> {
    let (session, _) = any_session(request)?;
    if session.standing == Standing::MustChangePassword {
        return Err(password_change_required());
    }
    Ok(OwnPassword {
        app: session.app,
        actor: session.actor,
        standing: session.standing,
    })
}

fn password_change_required() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "password_change_required",
        "Change the initial password first.",
    )
}

fn totp_setup_required() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "totp_setup_required",
        "The school requires a second factor of your role: set it up, and refresh the token.",
    )
}

fn public(request: &HttpRequest) -> Result<Public, Problem> {
    let session = match any_session(request) {
        Ok((session, _)) => Some(session),
        // Not knowing is something else than a stranger: signing out would seem to succeed.
        Err(problem) if problem.status().is_server_error() => return Err(problem),
        Err(_) => None,
    };
    let standing = session.as_ref().map(|session| session.standing);
    Ok(Public {
        app: handle(request)?,
        actor: session.map(|session| session.actor),
        standing,
        client: client(request),
    })
}

impl FromRequest for Public {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(public(request))
    }
}

impl FromRequest for AnySession {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(any_session(request).map(|(session, _)| session))
    }
}

impl FromRequest for OwnPassword {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(own_password(request))
    }
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(signed_in(request))
    }
}

impl<R: RoleName> FromRequest for Has<R> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(signed_in(request).and_then(|found| {
            if found.actor.role == R::ROLE {
                Ok(Self {
                    app: found.app,
                    actor: found.actor,
                    role: PhantomData,
                })
            } else {
                Err(Problem::forbidden())
            }
        }))
    }
}
