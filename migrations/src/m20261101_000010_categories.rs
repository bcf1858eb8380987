//! Weighted groups of assessments in a course.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::table::{self, one_of, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table::create(manager, "categories")
                    .col(big_pk_auto("id"))
                    .col(big_integer("course_id"))
                    .col(string_len("name", 64))
                    .col(big_integer("weight"))
                    .col(string_len("aggregation", 16))
                    .col(big_integer("drop_lowest"))
                    .col(big_integer("drop_highest"))
                    .col(big_integer("position"))
                    .index(
                        Index::create()
                            .unique()
                            .name("uq_categories_name")
                            .col("course_id")
                            .col("name"),
                    )
                    .foreign_key(&mut reference(
                        "fk_categories_course",
                        ("categories", "course_id"),
                        ("courses", "id"),
                    ))
                    .check((
                        "ck_categories_aggregation",
                        one_of("aggregation", &["points", "mean", "weighted"]),
                    ))
                    .check(("ck_categories_weight", Expr::col("weight").gte(0)))
                    .check((
                        "ck_categories_drops",
                        Expr::col("drop_lowest")
                            .gte(0)
                            .and(Expr::col("drop_highest").gte(0)),
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "categories").await
    }
}
