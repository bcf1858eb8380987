//! The append-only record of every change. It refers to rows by id without foreign keys, so that the
//! record outlives what it tells of.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::table::{self, one_of};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table::create(manager, "change_log")
                    .col(big_pk_auto("id"))
                    .col(big_integer("at"))
                    .col(big_integer_null("actor_id"))
                    .col(string_len("kind", 48))
                    .col(big_integer_null("course_id"))
                    .col(big_integer_null("assessment_id"))
                    .col(big_integer_null("student_id"))
                    .col(big_integer_null("user_id"))
                    .col(big_integer_null("session_id"))
                    .col(string_len_null("before_status", 16))
                    .col(big_integer_null("before_value"))
                    .col(string_len_null("after_status", 16))
                    .col(big_integer_null("after_value"))
                    .col(big_integer_null("version"))
                    .col(text_null("reason"))
                    .col(string_len("source", 16))
                    .col(big_integer_null("batch_id"))
                    .col(text_null("detail"))
                    .check((
                        "ck_change_log_source",
                        one_of("source", &["web", "api", "cli", "import", "system"]),
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "change_log").await
    }
}
