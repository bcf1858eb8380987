//! Who has which gradebook open, and in which cell they are. A row is true for half a minute and stays until it is tidied
//! away, so no key ties it to the rows it names.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table::create(manager, "presence")
                    .col(big_integer("course_id"))
                    .col(big_integer("user_id"))
                    .col(big_integer_null("assessment_id"))
                    .col(big_integer_null("student_id"))
                    .col(big_integer("seen_at"))
                    .primary_key(Index::create().col("course_id").col("user_id"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "presence").await
    }
}
