//! Accounts as admins look for them.

use gradebook_auth::actions::ListUsers;
use gradebook_auth::{Grant, Role};
use gradebook_domain::UserId;
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{User, read_user};
use crate::db::Read;
use crate::entity::user;
use crate::error::DbError;
use crate::words::{ESCAPE, MOST_WORDS, containing, folded};

/// Which accounts to list; what is left open holds for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleFilter {
    /// Parts of the username, the name or the student number, with spaces between; an account has
    /// to have all of them. Letter case and compatibility forms make no difference.
    pub text: String,
    /// The role.
    pub role: Option<Role>,
    /// Whether it may sign in.
    pub enabled: Option<bool>,
}

/// What of an account is searched. The lines keep a part from being found across two of them.
pub(super) fn search_text(username: &str, name: &str, student_number: Option<&str>) -> String {
    [username, name, student_number.unwrap_or_default()]
        .map(folded)
        .join("\n")
}

impl PeopleFilter {
    fn condition(&self) -> Condition {
        let mut all = Condition::all()
            .add_option(
                self.role
                    .map(|role| user::Column::Role.eq(role.as_str().to_owned())),
            )
            .add_option(
                self.enabled
                    .map(|enabled| user::Column::Enabled.eq(enabled)),
            );
        for part in folded(&self.text)
            .split(' ')
            .filter(|part| !part.is_empty())
            .take(MOST_WORDS)
        {
            all = all.add(person_has(part));
        }
        all
    }
}

/// Whether an account has a folded part in its names or its number.
fn person_has(part: &str) -> Condition {
    let like = || LikeExpr::new(containing(part)).escape(ESCAPE);
    // A version that does not know the column leaves it empty: a username is found still.
    Condition::any()
        .add(Expr::col(user::Column::SearchText).like(like()))
        .add(Expr::col(user::Column::UsernameKey).like(like()))
}

/// Accounts after `after`, in order of id.
///
/// # Errors
/// Any database failure.
pub async fn list(
    db: &impl Read,
    _grant: &Grant<ListUsers>,
    filter: &PeopleFilter,
    after: UserId,
    limit: u64,
) -> Result<Vec<User>, DbError> {
    let rows = user::Entity::find()
        .filter(filter.condition())
        .filter(user::Column::Id.gt(after.0))
        .order_by_asc(user::Column::Id)
        .limit(limit)
        .all(&db.on().0)
        .await?;
    rows.into_iter().map(read_user).collect()
}

/// How many accounts the filter lets through; with `until`, those up to this one.
///
/// # Errors
/// Any database failure.
pub async fn count_of(
    db: &impl Read,
    _grant: &Grant<ListUsers>,
    filter: &PeopleFilter,
    until: Option<UserId>,
) -> Result<u64, DbError> {
    let mut select = user::Entity::find().filter(filter.condition());
    if let Some(until) = until {
        select = select.filter(user::Column::Id.lte(until.0));
    }
    Ok(select.count(&db.on().0).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_searched_of_an_account_is_folded() {
        assert_eq!(
            search_text("W.Chen", "陈 Wěi", Some("Ａ１")),
            "w.chen\n陈 wěi\na1"
        );
    }
}
