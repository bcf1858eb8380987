//! What hangs on an account: who takes it away from its owner should know before.

use gradebook_auth::Grant;
use gradebook_auth::actions::ListUsers;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait};

use super::courses::taught_by;
use crate::db::Read;
use crate::entity::{course, course_teacher, score, session, term};
use crate::error::DbError;
use crate::repo::people::User;

/// What hangs on an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AccountTies {
    /// Sessions that can still be used.
    pub sessions: u64,
    /// Courses of open terms that the person teaches.
    pub courses: u64,
    /// Those of them that nobody else teaches.
    pub alone: u64,
    /// Scores that the person has as a student.
    pub scores: u64,
}

/// What hangs on this account at `now`, unix milliseconds.
///
/// # Errors
/// Any database failure.
pub async fn of_account(
    db: &impl Read,
    _grant: &Grant<ListUsers>,
    user: &User,
    now: i64,
) -> Result<AccountTies, DbError> {
    let on = &db.on().0;
    let sessions = session::Entity::find()
        .filter(session::Column::UserId.eq(user.id.0))
        .filter(session::Column::UserVer.eq(user.ver))
        .filter(session::Column::EndedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .count(on)
        .await?;
    let open_terms = term::Entity::find()
        .select_only()
        .column(term::Column::Id)
        .filter(term::Column::State.eq("open"))
        .into_query();
    let taught = course::Entity::find()
        .filter(course::Column::Id.in_subquery(taught_by(user.id)))
        .filter(course::Column::TermId.in_subquery(open_terms));
    let with_others = course_teacher::Entity::find()
        .select_only()
        .column(course_teacher::Column::CourseId)
        .filter(course_teacher::Column::TeacherId.ne(user.id.0))
        .into_query();
    let alone = taught
        .clone()
        .filter(course::Column::Id.not_in_subquery(with_others))
        .count(on)
        .await?;
    let scores = score::Entity::find()
        .filter(score::Column::StudentId.eq(user.id.0))
        .filter(score::Column::Status.ne("blank"))
        .count(on)
        .await?;
    Ok(AccountTies {
        sessions,
        courses: taught.count(on).await?,
        alone,
        scores,
    })
}
