//! The secret that a user shares with an authenticator app, sealed with a key outside of the database.

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
                table::create(manager, "totp_secrets")
                    .col(big_integer("user_id").primary_key())
                    .col(string_len("sealed", 255))
                    .col(big_integer("created_at"))
                    .col(big_integer_null("confirmed_at"))
                    .col(big_integer("last_step"))
                    .foreign_key(&mut reference(
                        "fk_totp_secrets_user",
                        ("totp_secrets", "user_id"),
                        ("users", "id"),
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "totp_secrets").await
    }
}
