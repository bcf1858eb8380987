//! Wrong attempts to sign in, by a keyed tag of what was tried: neither names nor addresses.

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
                table::create(manager, "throttles")
                    .col(string_len("tag", 64).primary_key())
                    .col(big_integer("failures"))
                    .col(big_integer("failed_at"))
                    .check(("ck_throttles_failures", Expr::col("failures").gt(0)))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "throttles").await
    }
}
