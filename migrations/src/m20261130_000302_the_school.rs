//! The row of the one school. It is always there, so that it can be locked.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut insert = Query::insert();
        insert
            .into_table("school")
            .columns(["id", "name", "locale"])
            .values([1_i64.into(), "".into(), "".into()])
            .map_err(|error| DbErr::Custom(error.to_string()))?
            // A repeated `up` after `down` finds the row, which keeps what it says.
            .on_conflict(OnConflict::column("id").update_column("id").to_owned());
        manager.execute(insert).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        // What the school is called is not thrown away; the table's own migration removes it.
        Ok(())
    }
}
