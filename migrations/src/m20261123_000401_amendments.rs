//! Requests to change scores that cannot simply be entered any more.
//!
//! There is no foreign key to the assessment: like the change log, what was asked and decided
//! outlives an assessment that is deleted.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::table::{self, one_of, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const STATUSES: [&str; 5] = ["blank", "scored", "absent", "excused", "missing"];

/// A value exists exactly when the status is `scored`.
fn fits(status: &'static str, value: &'static str) -> Expr {
    let scored = Expr::col(status)
        .eq("scored")
        .and(Expr::col(value).is_not_null());
    let other = Expr::col(status)
        .is_in(STATUSES)
        .and(Expr::col(status).ne("scored"))
        .and(Expr::col(value).is_null());
    scored.or(other)
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let open = Expr::col("state")
            .eq("open")
            .and(Expr::col("waiting").is_not_null())
            .and(Expr::col("waiting").eq(1));
        let settled = Expr::col("state")
            .is_in(["approved", "rejected", "withdrawn", "corrected", "upheld"])
            .and(Expr::col("waiting").is_null());
        let no_proposal = Expr::col("proposed_status")
            .is_null()
            .and(Expr::col("proposed_value").is_null());
        let proposal = Expr::col("proposed_status")
            .is_not_null()
            .and(fits("proposed_status", "proposed_value"));
        manager
            .create_table(
                table::create(manager, "amendments")
                    .col(big_pk_auto("id"))
                    .col(big_integer("course_id"))
                    .col(big_integer("assessment_id"))
                    .col(big_integer("student_id"))
                    .col(string_len("kind", 16))
                    .col(string_len("state", 16))
                    // 1 while it is open, then nothing: unique with the cell and the kind.
                    .col(big_integer_null("waiting"))
                    .col(big_integer_null("made_by"))
                    .col(big_integer("made_at"))
                    .col(text("reason"))
                    .col(string_len("before_status", 16))
                    .col(big_integer_null("before_value"))
                    .col(big_integer("before_version"))
                    .col(string_len_null("proposed_status", 16))
                    .col(big_integer_null("proposed_value"))
                    .col(text_null("proposed_comment"))
                    .col(string_len_null("answer", 16))
                    .col(text_null("answer_note"))
                    .col(big_integer_null("answered_by"))
                    .col(big_integer_null("answered_at"))
                    .col(big_integer_null("decided_by"))
                    .col(big_integer_null("decided_at"))
                    .col(text_null("note"))
                    .index(
                        Index::create()
                            .unique()
                            .name("uq_amendments_waiting")
                            .col("waiting")
                            .col("assessment_id")
                            .col("student_id")
                            .col("kind"),
                    )
                    .foreign_key(&mut reference(
                        "fk_amendments_course",
                        ("amendments", "course_id"),
                        ("courses", "id"),
                    ))
                    .foreign_key(&mut reference(
                        "fk_amendments_student",
                        ("amendments", "student_id"),
                        ("users", "id"),
                    ))
                    .foreign_key(&mut reference(
                        "fk_amendments_made_by",
                        ("amendments", "made_by"),
                        ("users", "id"),
                    ))
                    .check(("ck_amendments_kind", one_of("kind", &["change", "review"])))
                    .check(("ck_amendments_state", open.or(settled)))
                    .check((
                        "ck_amendments_before",
                        fits("before_status", "before_value"),
                    ))
                    .check(("ck_amendments_proposed", no_proposal.or(proposal)))
                    .check((
                        "ck_amendments_answer",
                        Expr::col("answer")
                            .is_null()
                            .or(one_of("answer", &["change", "stays"])),
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, "amendments").await
    }
}
