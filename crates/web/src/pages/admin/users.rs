//! All accounts, searched.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{PeopleFilter, User};
use gradebook_app::{ListCount, Page};
use gradebook_auth::Role;
use gradebook_domain::UserId;
use serde::Deserialize;

use super::{Badge, Choice, Choosable, active, badges, role_name, roles};
use crate::access::{Admin, Has};
use crate::i18n::{Locale, T};
use crate::pages::finding::{Pager, address, sought};
use crate::pages::frame::{Frame, Visitor};
use crate::pages::page;
use crate::problem::Problem;

/// Accounts of one page.
const AT_ONCE: u16 = 50;

#[derive(Template)]
#[template(path = "pages/admin/users.html")]
pub(in crate::pages) struct UsersPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    /// How many accounts there are, or were found.
    pub(in crate::pages) found: String,
    pub(in crate::pages) searched: bool,
    pub(in crate::pages) text: String,
    pub(in crate::pages) role: Choice,
    pub(in crate::pages) state: Choice,
    pub(in crate::pages) rows: Vec<UserRow>,
    pub(in crate::pages) pager: Pager,
}

/// An account in the list.
#[derive(Debug, Clone)]
pub(in crate::pages) struct UserRow {
    pub(in crate::pages) id: UserId,
    pub(in crate::pages) name: String,
    pub(in crate::pages) username: String,
    pub(in crate::pages) number: Option<String>,
    pub(in crate::pages) role: String,
    /// Whether it is as it should be, which takes no badge.
    pub(in crate::pages) active: bool,
    pub(in crate::pages) badges: Vec<Badge>,
}

/// What to look for, as the form sends it; what means nothing is left open.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct UsersQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    state: String,
    after: Option<i64>,
}

#[cfg(test)]
impl UsersQuery {
    pub(in crate::pages) fn sample(q: &str, after: Option<i64>) -> Self {
        Self {
            q: q.to_owned(),
            role: Role::Student.as_str().to_owned(),
            state: "disabled".to_owned(),
            after,
        }
    }
}

const ENABLED: &str = "enabled";
const DISABLED: &str = "disabled";

impl UsersQuery {
    fn filter(&self) -> PeopleFilter {
        PeopleFilter {
            text: sought(&self.q),
            role: self.role.parse().ok(),
            enabled: match self.state.as_str() {
                ENABLED => Some(true),
                DISABLED => Some(false),
                _ => None,
            },
        }
    }
}

/// `GET /admin/users`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
    query: Query<UsersQuery>,
) -> Result<HttpResponse, Problem> {
    let filter = query.filter();
    let after = UserId(query.after.unwrap_or(0));
    let found = visitor
        .app
        .people(&visitor.actor, &filter, after, AT_ONCE)
        .await?;
    let count = visitor
        .app
        .count_people(&visitor.actor, &filter, after)
        .await?;
    let totp_of = visitor.app.totp_required_of();
    let view = users_page(&request, &query, found, count, totp_of);
    page(StatusCode::OK, &view)
}

pub(in crate::pages) fn users_page(
    request: &HttpRequest,
    query: &UsersQuery,
    found: Page<User>,
    count: ListCount,
    totp_of: &[Role],
) -> UsersPage {
    let t = T(Locale::of(request));
    let filter = query.filter();
    let chosen_role = filter.role.map_or("", Role::as_str);
    let chosen_state = filter
        .enabled
        .map_or("", |enabled| if enabled { ENABLED } else { DISABLED });
    let state = |value, key: &str| Choosable {
        value,
        text: t.get(key),
        chosen: value == chosen_state,
    };
    let mut role_options = vec![Choosable {
        value: "",
        text: t.get("users-all-roles"),
        chosen: chosen_role.is_empty(),
    }];
    role_options.extend(roles(t, &Role::ALL, chosen_role));
    let choice = |id, key: &str, options| Choice {
        id,
        label: t.get(key),
        options,
        hint: None,
        error: None,
    };
    let part = |after: Option<i64>| {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let chosen = [
            ("q", filter.text.as_str()),
            ("role", chosen_role),
            ("state", chosen_state),
            ("after", &after),
        ];
        address("/admin/users", &chosen)
    };
    let searched = filter != PeopleFilter::default();
    let pager = Pager::new(t, count, found.items.len(), found.next, part);
    let key = if searched {
        "users-found"
    } else {
        "users-count"
    };
    UsersPage {
        frame: Frame::new(request, Visitor::Person(Role::Admin), t.get("users-title")),
        t,
        found: t.count(key, u32::try_from(count.all).unwrap_or(u32::MAX)),
        searched,
        role: choice("role", "account-role", role_options),
        state: choice(
            "state",
            "users-state",
            vec![
                state("", "users-all-states"),
                state(ENABLED, "user-enabled"),
                state(DISABLED, "user-disabled"),
            ],
        ),
        rows: found
            .items
            .into_iter()
            .map(|user| row(t, user, totp_of))
            .collect(),
        pager,
        text: filter.text,
    }
}

fn row(t: T, user: User, totp_of: &[Role]) -> UserRow {
    UserRow {
        id: user.id,
        role: role_name(t, user.role),
        active: active(&user),
        badges: badges(t, &user, totp_of),
        number: user.student_number,
        username: user.username,
        name: user.name,
    }
}
