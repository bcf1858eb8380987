//! Files that were imported or are about to be, with what became of them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::table::{self, one_of, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut file = ColumnDef::new("file");
        // The blob of MySQL ends at 64 KiB.
        match manager.get_database_backend() {
            DatabaseBackend::MySql => file.custom("LONGBLOB"),
            _ => file.blob(),
        };
        manager
            .create_table(
                table::create(manager, "imports")
                    .col(big_pk_auto("id"))
                    .col(string_len("kind", 16))
                    .col(big_integer_null("course_id"))
                    .col(string_len("file_name", 255))
                    .col(text("options"))
                    .col(file.null())
                    .col(string_len("state", 16))
                    .col(big_integer_null("claim"))
                    .col(text_null("summary"))
                    .col(big_integer_null("batch_id"))
                    .col(big_integer("created_at"))
                    .col(big_integer_null("created_by"))
                    .col(big_integer("changed_at"))
                    .check((
                        "ck_imports_kind",
                        one_of("kind", &["exam", "course", "roster"]),
                    ))
                    .check((
                        "ck_imports_state",
                        one_of(
                            "state",
                            &["planned", "running", "committed", "undone", "failed"],
                        ),
                    ))
                    .foreign_key(&mut reference(
                        "fk_imports_course",
                        ("imports", "course_id"),
                        ("courses", "id"),
                    ))
                    .foreign_key(&mut reference(
                        "fk_imports_created_by",
                        ("imports", "created_by"),
                        ("users", "id"),
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "imports").await
    }
}
