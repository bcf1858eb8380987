//! One subject taught to one class in one term: the owner of a gradebook.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::table::{self, one_of, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table::create(manager, "courses")
                    .col(big_pk_auto("id"))
                    .col(big_integer("class_id"))
                    .col(big_integer("subject_id"))
                    .col(big_integer("term_id"))
                    .col(string_len("absent_policy", 16))
                    .index(
                        Index::create()
                            .unique()
                            .name("uq_courses")
                            .col("class_id")
                            .col("subject_id")
                            .col("term_id"),
                    )
                    .foreign_key(&mut reference(
                        "fk_courses_class",
                        ("courses", "class_id"),
                        ("classes", "id"),
                    ))
                    .foreign_key(&mut reference(
                        "fk_courses_subject",
                        ("courses", "subject_id"),
                        ("subjects", "id"),
                    ))
                    .foreign_key(&mut reference(
                        "fk_courses_term",
                        ("courses", "term_id"),
                        ("terms", "id"),
                    ))
                    .check((
                        "ck_courses_absent",
                        one_of("absent_policy", &["zero", "left_out"]),
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "courses").await
    }
}
