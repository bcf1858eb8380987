//! One-time codes for whoever lost the authenticator app; only keyed tags of them.

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
                table::create(manager, "recovery_codes")
                    .col(big_integer("user_id"))
                    .col(string_len("tag", 64))
                    .col(big_integer_null("used_at"))
                    .primary_key(Index::create().col("user_id").col("tag"))
                    .foreign_key(&mut reference(
                        "fk_recovery_codes_user",
                        ("recovery_codes", "user_id"),
                        ("users", "id"),
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "recovery_codes").await
    }
}
