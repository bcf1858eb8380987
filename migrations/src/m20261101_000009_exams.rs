//! Assessments held across subjects.

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
                table::create(manager, "exams")
                    .col(big_pk_auto("id"))
                    .col(big_integer("term_id"))
                    .col(string_len("name", 128))
                    .col(string_len("kind", 16))
                    .col(string_len("held_on", 10))
                    .index(
                        Index::create()
                            .unique()
                            .name("uq_exams_name")
                            .col("term_id")
                            .col("name"),
                    )
                    .foreign_key(&mut reference(
                        "fk_exams_term",
                        ("exams", "term_id"),
                        ("terms", "id"),
                    ))
                    .check((
                        "ck_exams_kind",
                        one_of("kind", &["midterm", "final", "monthly", "quiz"]),
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "exams").await
    }
}
