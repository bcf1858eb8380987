//! One signed-in device: a family of refresh tokens. Tokens themselves are never stored.

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
                table::create(manager, "sessions")
                    .col(big_pk_auto("id"))
                    .col(big_integer("user_id"))
                    .col(string_len("family", 32))
                    .col(big_integer("user_ver"))
                    .col(string_len("refresh_hash", 64))
                    .col(big_integer("generation"))
                    .col(big_integer("created_at"))
                    .col(big_integer("rotated_at"))
                    .col(big_integer("expires_at"))
                    .col(big_integer_null("ended_at"))
                    .col(string_len("device", 255))
                    .col(string_len("address", 64))
                    .index(
                        Index::create()
                            .unique()
                            .name("uq_sessions_family")
                            .col("family"),
                    )
                    .foreign_key(&mut reference(
                        "fk_sessions_user",
                        ("sessions", "user_id"),
                        ("users", "id"),
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "sessions").await
    }
}
