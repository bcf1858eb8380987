//! Imports as lists show them: searched, and in parts.

use gradebook_auth::Grant;
use gradebook_auth::actions::Import;
use gradebook_domain::ImportId;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use super::{COLUMNS, Row, StoredImport, read};
use crate::db::Read;
use crate::entity::{course, import, user};
use crate::error::DbError;
use crate::query::course_list;
use crate::words::Word;

/// Which imports: those into the grant's course, or all of them, whose file, course, exam or sender has all
/// parts of `text`.
fn matching(grant: &Grant<Import>, text: &str) -> Condition {
    let course = grant.on().course.map(|access| access.course);
    let mut all = Condition::all().add_option(course.map(|id| import::Column::CourseId.eq(id.0)));
    for word in Word::all_of(text) {
        let courses = course::Entity::find()
            .select_only()
            .column(course::Column::Id)
            .filter(course_list::has(&word))
            .into_query();
        let people = user::Entity::find()
            .select_only()
            .column(user::Column::Id)
            // By name only: a teacher's search must not tell what an admin signs in with.
            .filter(word.in_any([user::Column::Name]))
            .into_query();
        // The name of the exam stands in what was asked for.
        let exam = Expr::cust("JSON_EXTRACT(options, '$.exam')");
        let found = word
            .in_any([import::Column::FileName])
            .add(word.is_in(exam))
            .add(import::Column::CourseId.in_subquery(courses))
            .add(import::Column::CreatedBy.in_subquery(people));
        all = all.add(found);
    }
    all
}

/// The imports into the grant's course, or all of them, that have `text`, newest first.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn list(
    db: &impl Read,
    grant: &Grant<Import>,
    text: &str,
    before: Option<ImportId>,
    limit: u64,
) -> Result<Vec<StoredImport>, DbError> {
    let mut select = import::Entity::find()
        .select_only()
        .columns(COLUMNS)
        .filter(matching(grant, text))
        .order_by_desc(import::Column::Id)
        .limit(limit);
    if let Some(before) = before {
        select = select.filter(import::Column::Id.lt(before.0));
    }
    let rows = select.into_model::<Row>().all(&db.on().0).await?;
    rows.into_iter().map(read).collect()
}

/// How many imports [`list`] finds; with `from`, this one and the newer ones.
///
/// # Errors
/// Any database failure.
pub async fn count(
    db: &impl Read,
    grant: &Grant<Import>,
    text: &str,
    from: Option<ImportId>,
) -> Result<u64, DbError> {
    let mut select = import::Entity::find().filter(matching(grant, text));
    if let Some(from) = from {
        select = select.filter(import::Column::Id.gte(from.0));
    }
    Ok(select.count(&db.on().0).await?)
}
