//! Whether a course shows its students the class's mean and distribution.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = boolean("show_class_statistics").default(false).to_owned();
        let table = Table::alter()
            .table("courses")
            .add_column(column)
            .to_owned();
        manager.alter_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("courses")
            .drop_column("show_class_statistics")
            .to_owned();
        manager.alter_table(table).await
    }
}
