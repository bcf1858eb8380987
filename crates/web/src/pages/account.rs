//! The own account: who one is, in which language, signed in where.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{OpenSession, User};
use gradebook_app::{SecondFactorState, SessionError};
use gradebook_domain::SessionId;
use serde::Deserialize;

use super::admin::role_name;
use super::device::describe;
use super::frame::{Frame, Visitor};
use super::login::NoFields;
use super::{page, see_other};
use crate::access::{SafeForm, SignedIn};
use crate::api::own_sessions::problem;
use crate::api::second_factor;
use crate::i18n::{DateText, Locale, T};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "pages/account.html")]
pub(super) struct AccountPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) name: String,
    pub(super) username: String,
    pub(super) role: String,
    pub(super) student_number: Option<String>,
    /// What was just done.
    pub(super) done: Option<String>,
    pub(super) second_factor: SecondFactorState,
    pub(super) codes_left: String,
    pub(super) sessions: Vec<SessionRow>,
    /// Whether there is more than the present session.
    pub(super) others: bool,
}

/// A device that is signed in.
pub(super) struct SessionRow {
    pub(super) id: i64,
    pub(super) device: String,
    /// All that the device says of itself.
    pub(super) agent: String,
    pub(super) address: String,
    pub(super) began: DateText,
    pub(super) last_used: DateText,
    pub(super) second_factor: bool,
    pub(super) current: bool,
}

/// What was done before the page was opened.
#[derive(Deserialize)]
pub(crate) struct AccountQuery {
    #[serde(default)]
    done: String,
}

/// What the account page shows.
pub(super) struct Account {
    pub(super) user: User,
    pub(super) second_factor: SecondFactorState,
    pub(super) sessions: Vec<OpenSession>,
    pub(super) current: Option<SessionId>,
}

pub(super) fn account_page(request: &HttpRequest, account: Account, done: &str) -> AccountPage {
    let t = T(Locale::of(request));
    let user = account.user;
    let done = match done {
        "session-ended" => Some("account-session-ended"),
        "sessions-ended" => Some("account-sessions-ended"),
        "totp-removed" => Some("account-totp-removed"),
        "password-saved" => Some("password-saved"),
        _ => None,
    };
    let others = account
        .sessions
        .iter()
        .any(|session| Some(session.id) != account.current);
    AccountPage {
        frame: Frame::new(request, Visitor::Person(user.role), t.get("account-title"))
            .returning_to("/account"),
        t,
        name: user.name,
        username: user.username,
        role: role_name(t, user.role),
        student_number: user.student_number,
        done: done.map(|key| t.get(key)),
        second_factor: account.second_factor,
        codes_left: account.second_factor.recovery_codes_left.to_string(),
        sessions: account
            .sessions
            .into_iter()
            .map(|session| SessionRow {
                id: session.id.0,
                device: describe(t, &session.device),
                agent: session.device,
                address: session.address,
                began: t.instant(session.created_at),
                last_used: t.instant(session.last_used_at),
                second_factor: session.second_factor,
                current: Some(session.id) == account.current,
            })
            .collect(),
        others,
    }
}

/// `GET /account`.
pub(crate) async fn show(
    request: HttpRequest,
    caller: SignedIn,
    query: Query<AccountQuery>,
) -> Result<HttpResponse, Problem> {
    let user = caller.app.me(&caller.actor).await?;
    let state = caller.app.second_factor(&caller.actor).await;
    let sessions = caller.app.sessions(&caller.actor).await;
    let account = Account {
        user,
        second_factor: state.map_err(|error| second_factor::problem(&error))?,
        sessions: sessions.map_err(|error| problem(&error))?,
        current: caller.actor.session,
    };
    page(
        StatusCode::OK,
        &account_page(&request, account, &query.done),
    )
}

/// `POST /account/sessions/{id}/end`. One that has ended already is no error on a page.
pub(crate) async fn end_session(
    caller: SignedIn,
    id: Path<i64>,
    _form: SafeForm<NoFields>,
) -> Result<HttpResponse, Problem> {
    let ended = caller
        .app
        .end_session_of_mine(&caller.actor, SessionId(*id))
        .await;
    match ended {
        Ok(()) | Err(SessionError::NotFound) => {
            Ok(see_other("/account?done=session-ended#sessions"))
        }
        Err(error) => Err(problem(&error)),
    }
}

/// `POST /account/sessions/end-others`.
pub(crate) async fn end_other_sessions(
    caller: SignedIn,
    _form: SafeForm<NoFields>,
) -> Result<HttpResponse, Problem> {
    let ended = caller.app.end_other_sessions(&caller.actor).await;
    ended.map_err(|error| problem(&error))?;
    Ok(see_other("/account?done=sessions-ended#sessions"))
}
