//! The columns of gradebooks.

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
                table::create(manager, "assessments")
                    .col(big_pk_auto("id"))
                    .col(big_integer("course_id"))
                    .col(big_integer("category_id"))
                    .col(big_integer_null("exam_id"))
                    .col(string_len("title", 128))
                    .col(big_integer("max_score"))
                    .col(big_integer("weight"))
                    .col(big_integer("extra_credit_limit"))
                    .col(string_len("held_on", 10))
                    .col(string_len("state", 16))
                    .col(big_integer("position"))
                    .index(
                        Index::create()
                            .unique()
                            .name("uq_assessments_exam")
                            .col("exam_id")
                            .col("course_id"),
                    )
                    .foreign_key(&mut reference(
                        "fk_assessments_course",
                        ("assessments", "course_id"),
                        ("courses", "id"),
                    ))
                    .foreign_key(&mut reference(
                        "fk_assessments_category",
                        ("assessments", "category_id"),
                        ("categories", "id"),
                    ))
                    .foreign_key(&mut reference(
                        "fk_assessments_exam",
                        ("assessments", "exam_id"),
                        ("exams", "id"),
                    ))
                    .check((
                        "ck_assessments_state",
                        one_of("state", &["draft", "published", "locked"]),
                    ))
                    .check(("ck_assessments_max", Expr::col("max_score").gt(0)))
                    .check((
                        "ck_assessments_extra",
                        Expr::col("extra_credit_limit").gte(0),
                    ))
                    .check(("ck_assessments_weight", Expr::col("weight").gte(0)))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "assessments").await
    }
}
