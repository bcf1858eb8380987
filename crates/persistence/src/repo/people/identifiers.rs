//! The names by which an account is known: the one to sign in with, and a student's number.

use gradebook_auth::Grant;
use gradebook_auth::actions::ManagePeople;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::User;
use super::search::search_text;
use crate::change_log::{self, ChangeKind, NewChange, Stamp};
use crate::db::Tx;
use crate::entity::user;
use crate::error::DbError;

/// Gives an account another name to sign in with, whose normalised form is `key`; its tokens, which know
/// only its id, still hold.
///
/// # Errors
/// [`DbError::Duplicate`] when the name is taken.
pub async fn change_username(
    tx: &Tx,
    _grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    user: &User,
    (username, key): (&str, &str),
) -> Result<(), DbError> {
    let columns = [
        (user::Column::Username, Expr::value(username)),
        (user::Column::UsernameKey, Expr::value(key)),
    ];
    let renamed = User {
        username: username.to_owned(),
        ..user.clone()
    };
    let change = NewChange {
        detail: Some(format!("{} -> {username}", user.username)),
        ..NewChange::of(ChangeKind::UsernameChanged)
    };
    write(tx, stamp, &renamed, columns, change).await
}

/// Gives a student another number.
///
/// # Errors
/// [`DbError::Duplicate`] when the number is taken.
pub async fn change_student_number(
    tx: &Tx,
    _grant: &Grant<ManagePeople>,
    stamp: &Stamp<'_>,
    user: &User,
    number: &str,
) -> Result<(), DbError> {
    let renamed = User {
        student_number: Some(number.to_owned()),
        ..user.clone()
    };
    let before = user.student_number.as_deref().unwrap_or_default();
    let change = NewChange {
        detail: Some(format!("{before} -> {number}")),
        ..NewChange::of(ChangeKind::StudentNumberChanged)
    };
    let columns = [(user::Column::StudentNumber, Expr::value(number))];
    write(tx, stamp, &renamed, columns, change).await
}

async fn write(
    tx: &Tx,
    stamp: &Stamp<'_>,
    after: &User,
    columns: impl IntoIterator<Item = (user::Column, Expr)>,
    change: NewChange,
) -> Result<(), DbError> {
    let number = after.student_number.as_deref();
    let search = search_text(&after.username, &after.name, number);
    let mut update = user::Entity::update_many()
        .col_expr(user::Column::SearchText, Expr::value(search))
        .col_expr(user::Column::UpdatedAt, Expr::value(stamp.at))
        .filter(user::Column::Id.eq(after.id.0));
    for (column, value) in columns {
        update = update.col_expr(column, value);
    }
    update.exec(tx.raw()).await?;
    let change = NewChange {
        user: Some(after.id),
        ..change
    };
    change_log::append(tx, stamp, [change]).await
}
