//! Whether a session was started with a second factor, which its tokens say for as long as it lives.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = boolean("second_factor").default(false).to_owned();
        let table = Table::alter()
            .table("sessions")
            .add_column(column)
            .to_owned();
        manager.alter_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("sessions")
            .drop_column("second_factor")
            .to_owned();
        manager.alter_table(table).await
    }
}
