//! Which student belongs to which class, from when to when.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::table::{self, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table::create(manager, "enrolments")
                    .col(big_pk_auto("id"))
                    .col(big_integer("class_id"))
                    .col(big_integer("student_id"))
                    .col(string_len("starts_on", 10))
                    .col(string_len_null("ends_on", 10))
                    .index(
                        Index::create()
                            .unique()
                            .name("uq_enrolments")
                            .col("class_id")
                            .col("student_id")
                            .col("starts_on"),
                    )
                    .foreign_key(&mut reference(
                        "fk_enrolments_class",
                        ("enrolments", "class_id"),
                        ("classes", "id"),
                    ))
                    .foreign_key(&mut reference(
                        "fk_enrolments_student",
                        ("enrolments", "student_id"),
                        ("users", "id"),
                    ))
                    .check((
                        "ck_enrolments_dates",
                        Expr::col("ends_on")
                            .is_null()
                            .or(Expr::col("starts_on").lte(Expr::col("ends_on"))),
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "enrolments").await
    }
}
