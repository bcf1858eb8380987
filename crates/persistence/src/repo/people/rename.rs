//! New names for many accounts at once.

use gradebook_auth::Grant;
use gradebook_auth::actions::ManagePeople;
use sea_orm::sea_query::{CaseStatement, Expr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::super::CHUNK;
use super::User;
use super::search::search_text;
use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::Tx;
use crate::entity::user;
use crate::error::DbError;

/// Gives these accounts other names; their tokens still hold.
///
/// # Errors
/// Any database failure.
pub async fn rename_all(
    tx: &Tx,
    _grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    renamed: &[(User, String)],
) -> Result<(), DbError> {
    for chunk in renamed.chunks(CHUNK) {
        let mut names = CaseStatement::new();
        let mut searched = CaseStatement::new();
        for (user, name) in chunk {
            let search = search_text(&user.username, name, user.student_number.as_deref());
            let is_this = || user::Column::Id.eq(user.id.0);
            names = names.case(is_this(), Expr::value(name.as_str()));
            searched = searched.case(is_this(), Expr::value(search));
        }
        let names = names.finally(Expr::col(user::Column::Name));
        let searched = searched.finally(Expr::col(user::Column::SearchText));
        user::Entity::update_many()
            .col_expr(user::Column::Name, names.into())
            .col_expr(user::Column::SearchText, searched.into())
            .col_expr(user::Column::UpdatedAt, Expr::value(stamp.at))
            .filter(user::Column::Id.is_in(chunk.iter().map(|(user, _)| user.id.0)))
            .exec(tx.raw())
            .await?;
    }
    let changes = renamed.iter().map(|(user, name)| NewChange {
        user: Some(user.id),
        detail: Some(format!(
            "{} ({locale}) -> {name} ({locale})",
            user.name,
            locale = user.locale
        )),
        ..NewChange::of(ChangeKind::UserChanged)
    });
    change_log::append(tx, stamp, changes).await
}
