//! Spans of dates in a school year.

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
                table::create(manager, "terms")
                    .col(big_pk_auto("id"))
                    .col(string_len("school_year", 32))
                    .col(string_len("name", 64))
                    .col(string_len("starts_on", 10))
                    .col(string_len("ends_on", 10))
                    .col(big_integer("weight"))
                    .col(string_len("state", 16))
                    .index(
                        Index::create()
                            .unique()
                            .name("uq_terms_name")
                            .col("school_year")
                            .col("name"),
                    )
                    .check(("ck_terms_state", one_of("state", &["open", "closed"])))
                    .check((
                        "ck_terms_dates",
                        Expr::col("starts_on").lte(Expr::col("ends_on")),
                    ))
                    .check(("ck_terms_weight", Expr::col("weight").gte(0)))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "terms").await
    }
}
