//! People who sign in.

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
                table::create(manager, "users")
                    .col(big_pk_auto("id"))
                    .col(string_len("username", 64))
                    .col(string_len("username_key", 191))
                    .col(string_len("name", 128))
                    .col(string_len("role", 16))
                    .col(string_len_null("student_number", 32))
                    .col(string_len_null("password_hash", 255))
                    .col(boolean("password_change_required"))
                    .col(boolean("enabled"))
                    .col(string_len("locale", 16))
                    .col(big_integer("ver"))
                    .col(big_integer("created_at"))
                    .col(big_integer("updated_at"))
                    .index(
                        Index::create()
                            .unique()
                            .name("uq_users_username_key")
                            .col("username_key"),
                    )
                    .index(
                        Index::create()
                            .unique()
                            .name("uq_users_student_number")
                            .col("student_number"),
                    )
                    .check((
                        "ck_users_role",
                        one_of("role", &["admin", "teacher", "student"]),
                    ))
                    .check((
                        "ck_users_student_number",
                        Expr::col("role")
                            .ne("student")
                            .or(Expr::col("student_number").is_not_null()),
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "users").await
    }
}
