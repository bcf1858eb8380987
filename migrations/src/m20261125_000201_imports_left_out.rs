//! The rows of an import that were left out, as JSON.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = ColumnDef::new("left_out");
        // The text of MySQL ends at 64 KiB.
        match manager.get_database_backend() {
            DatabaseBackend::MySql => column.custom("MEDIUMTEXT"),
            _ => column.text(),
        };
        let add = Table::alter()
            .table("imports")
            .add_column(column.null())
            .to_owned();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::alter()
            .table("imports")
            .drop_column("left_out")
            .to_owned();
        manager.alter_table(drop).await
    }
}
