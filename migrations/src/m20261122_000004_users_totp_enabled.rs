//! Whether a user signs in with a second factor: the sign-in reads it with the account.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = boolean("totp_enabled").default(false).to_owned();
        let table = Table::alter().table("users").add_column(column).to_owned();
        manager.alter_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("users")
            .drop_column("totp_enabled")
            .to_owned();
        manager.alter_table(table).await
    }
}
