//! Whether an assessment was locked by the closing of its term, so that opening the term again
//! unlocks what the closing locked and nothing else.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::boolean;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter()
            .table("assessments")
            .add_column(boolean("locked_by_term").default(false))
            .to_owned();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::alter()
            .table("assessments")
            .drop_column("locked_by_term")
            .to_owned();
        manager.alter_table(drop).await
    }
}
