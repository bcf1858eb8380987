//! Students who are taught together in a school year.

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
                table::create(manager, "classes")
                    .col(big_pk_auto("id"))
                    .col(string_len("school_year", 32))
                    .col(string_len("grade_level", 64))
                    .col(string_len("name", 64))
                    .index(
                        Index::create()
                            .unique()
                            .name("uq_classes_name")
                            .col("school_year")
                            .col("grade_level")
                            .col("name"),
                    )
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "classes").await
    }
}
