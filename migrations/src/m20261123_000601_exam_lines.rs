//! From which value on a score of an exam passes, is good, is excellent: by subject and grade level.

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
                table::create(manager, "exam_lines")
                    .col(big_integer("exam_id"))
                    .col(big_integer("subject_id"))
                    .col(string_len("grade_level", 64))
                    .col(big_integer("full_marks"))
                    .col(big_integer("excellent"))
                    .col(big_integer("good"))
                    .col(big_integer("pass"))
                    .primary_key(
                        Index::create()
                            .col("exam_id")
                            .col("subject_id")
                            .col("grade_level"),
                    )
                    .foreign_key(&mut reference(
                        "fk_exam_lines_exam",
                        ("exam_lines", "exam_id"),
                        ("exams", "id"),
                    ))
                    .foreign_key(&mut reference(
                        "fk_exam_lines_subject",
                        ("exam_lines", "subject_id"),
                        ("subjects", "id"),
                    ))
                    .check(("ck_exam_lines_full", Expr::col("full_marks").gt(0)))
                    .check((
                        "ck_exam_lines_excellent",
                        Expr::col("excellent").lte(Expr::col("full_marks")),
                    ))
                    .check((
                        "ck_exam_lines_good",
                        Expr::col("good").lte(Expr::col("excellent")),
                    ))
                    .check((
                        "ck_exam_lines_pass",
                        Expr::col("pass")
                            .lte(Expr::col("good"))
                            .and(Expr::col("pass").gte(0)),
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "exam_lines").await
    }
}
