//! How an exam is analysed: the weights of its composite, and what follows a tie.

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
                table::create(manager, "exam_settings")
                    .col(big_integer("exam_id").primary_key())
                    .col(big_integer("mean_weight"))
                    .col(big_integer("pass_weight"))
                    .col(big_integer("excellent_weight"))
                    .col(string_len("rank_style", 16))
                    .foreign_key(&mut reference(
                        "fk_exam_settings_exam",
                        ("exam_settings", "exam_id"),
                        ("exams", "id"),
                    ))
                    .check((
                        "ck_exam_settings_weights",
                        Expr::col("mean_weight")
                            .gte(0)
                            .and(Expr::col("pass_weight").gte(0))
                            .and(Expr::col("excellent_weight").gte(0)),
                    ))
                    .check((
                        "ck_exam_settings_rank_style",
                        one_of("rank_style", &["competition", "dense"]),
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "exam_settings").await
    }
}
