//! What each student got in each assessment. A cell nobody ever wrote has no row.

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
                table::create(manager, "scores")
                    .col(big_integer("assessment_id"))
                    .col(big_integer("student_id"))
                    .col(string_len("status", 16))
                    .col(big_integer_null("value"))
                    .col(text_null("comment"))
                    .col(big_integer("version"))
                    .col(boolean("corrected"))
                    .col(big_integer("updated_at"))
                    .col(big_integer_null("updated_by"))
                    .primary_key(Index::create().col("assessment_id").col("student_id"))
                    .foreign_key(&mut reference(
                        "fk_scores_assessment",
                        ("scores", "assessment_id"),
                        ("assessments", "id"),
                    ))
                    .foreign_key(&mut reference(
                        "fk_scores_student",
                        ("scores", "student_id"),
                        ("users", "id"),
                    ))
                    .foreign_key(&mut reference(
                        "fk_scores_updated_by",
                        ("scores", "updated_by"),
                        ("users", "id"),
                    ))
                    .check((
                        "ck_scores_status",
                        one_of(
                            "status",
                            &["blank", "scored", "absent", "excused", "missing"],
                        ),
                    ))
                    .check((
                        "ck_scores_value",
                        Expr::col("status")
                            .eq("scored")
                            .and(Expr::col("value").is_not_null())
                            .or(Expr::col("status")
                                .ne("scored")
                                .and(Expr::col("value").is_null())),
                    ))
                    .check((
                        "ck_scores_value_sign",
                        Expr::col("value").is_null().or(Expr::col("value").gte(0)),
                    ))
                    .check(("ck_scores_version", Expr::col("version").gte(1)))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "scores").await
    }
}
