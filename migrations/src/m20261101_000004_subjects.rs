//! Subjects that can be taught.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table::create(manager, "subjects")
                    .col(big_pk_auto("id"))
                    .col(string_len("code", 64))
                    .col(string_len("name_zh", 64))
                    .col(string_len("name_en", 64))
                    .col(big_integer("default_max_score"))
                    .col(big_integer("position"))
                    .index(
                        Index::create()
                            .unique()
                            .name("uq_subjects_code")
                            .col("code"),
                    )
                    .check(("ck_subjects_max", Expr::col("default_max_score").gt(0)))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "subjects").await
    }
}
