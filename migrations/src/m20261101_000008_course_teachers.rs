//! Who teaches a course.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::table::{self, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table::create(manager, "course_teachers")
                    .col(big_integer("course_id"))
                    .col(big_integer("teacher_id"))
                    .primary_key(Index::create().col("course_id").col("teacher_id"))
                    .foreign_key(&mut reference(
                        "fk_course_teachers_course",
                        ("course_teachers", "course_id"),
                        ("courses", "id"),
                    ))
                    .foreign_key(&mut reference(
                        "fk_course_teachers_teacher",
                        ("course_teachers", "teacher_id"),
                        ("users", "id"),
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "course_teachers").await
    }
}
