//! Where a category belongs.

use gradebook_domain::{CategoryId, CourseId};
use sea_orm::{EntityTrait, QuerySelect};

use crate::db::Read;
use crate::entity::category;
use crate::error::DbError;

/// The course of a category, if there is such a category.
///
/// # Errors
/// Any database failure.
pub async fn course_of_category(
    db: &impl Read,
    id: CategoryId,
) -> Result<Option<CourseId>, DbError> {
    let course: Option<i64> = category::Entity::find_by_id(id.0)
        .select_only()
        .column(category::Column::CourseId)
        .into_tuple()
        .one(&db.on().0)
        .await?;
    Ok(course.map(CourseId))
}
