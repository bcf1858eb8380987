//! How much of everything there is.

use gradebook_auth::actions::ManageSetup;
use gradebook_auth::{Grant, Role};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::db::Read;
use crate::entity::{class, course, exam, subject, term, user};
use crate::error::DbError;

/// The size of the school.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SchoolCounts {
    /// Accounts.
    pub users: u64,
    /// Accounts of teachers.
    pub teachers: u64,
    /// Terms of all years.
    pub terms: u64,
    /// Subjects.
    pub subjects: u64,
    /// Classes of all years.
    pub classes: u64,
    /// Courses of all terms.
    pub courses: u64,
    /// Exams of all terms.
    pub exams: u64,
}

/// Counts everything.
///
/// # Errors
/// Any database failure.
pub async fn school_counts(
    db: &impl Read,
    _grant: &Grant<ManageSetup>,
) -> Result<SchoolCounts, DbError> {
    let on = &db.on().0;
    Ok(SchoolCounts {
        users: user::Entity::find().count(on).await?,
        teachers: user::Entity::find()
            .filter(user::Column::Role.eq(Role::Teacher.as_str()))
            .count(on)
            .await?,
        terms: term::Entity::find().count(on).await?,
        subjects: subject::Entity::find().count(on).await?,
        classes: class::Entity::find().count(on).await?,
        courses: course::Entity::find().count(on).await?,
        exams: exam::Entity::find().count(on).await?,
    })
}
