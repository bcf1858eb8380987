//! What students of a term are told of their rank: nothing, unless the school chooses otherwise.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_len;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter()
            .table("terms")
            .add_column(string_len("rank_shown", 16).default("hidden"))
            .to_owned();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::alter()
            .table("terms")
            .drop_column("rank_shown")
            .to_owned();
        manager.alter_table(drop).await
    }
}
