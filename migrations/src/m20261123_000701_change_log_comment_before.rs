//! The remark before a change of it, empty where there was none. Absent where the remark did not change,
//! and in rows of versions that did not know the column.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter()
            .table("change_log")
            .add_column(text_null("comment_before"))
            .to_owned();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::alter()
            .table("change_log")
            .drop_column("comment_before")
            .to_owned();
        manager.alter_table(drop).await
    }
}
