use std::collections::BTreeSet;

use gradebook_persistence::db::Dialect;
use gradebook_test_databases::on_both_databases;
use sea_orm::{ConnectionTrait, DbErr, SqlErr, TransactionTrait};

use crate::table_rows::{ROWS, fill, insert, plain, texts};

/// A constraint, its table, and what makes the table's valid row break it.
type Bad = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// The row points to a row that is not there.
const FOREIGN_KEYS: &[Bad] = &[
    ("fk_sessions_user", "sessions", &[("user_id", "8")]),
    ("fk_totp_secrets_user", "totp_secrets", &[("user_id", "8")]),
    (
        "fk_recovery_codes_user",
        "recovery_codes",
        &[("user_id", "8")],
    ),
    ("fk_enrolments_class", "enrolments", &[("class_id", "8")]),
    (
        "fk_enrolments_student",
        "enrolments",
        &[("student_id", "8")],
    ),
    ("fk_courses_class", "courses", &[("class_id", "8")]),
    ("fk_courses_subject", "courses", &[("subject_id", "8")]),
    ("fk_courses_term", "courses", &[("term_id", "8")]),
    (
        "fk_course_teachers_course",
        "course_teachers",
        &[("course_id", "8")],
    ),
    (
        "fk_course_teachers_teacher",
        "course_teachers",
        &[("teacher_id", "8")],
    ),
    ("fk_exams_term", "exams", &[("term_id", "8")]),
    ("fk_exam_lines_exam", "exam_lines", &[("exam_id", "8")]),
    (
        "fk_exam_lines_subject",
        "exam_lines",
        &[("subject_id", "8")],
    ),
    (
        "fk_exam_settings_exam",
        "exam_settings",
        &[("exam_id", "8")],
    ),
    ("fk_imports_course", "imports", &[("course_id", "8")]),
    ("fk_imports_created_by", "imports", &[("created_by", "8")]),
    ("fk_categories_course", "categories", &[("course_id", "8")]),
    (
        "fk_assessments_course",
        "assessments",
        &[("course_id", "8")],
    ),
    (
        "fk_assessments_category",
        "assessments",
        &[("category_id", "8")],
    ),
    ("fk_assessments_exam", "assessments", &[("exam_id", "8")]),
    ("fk_scores_assessment", "scores", &[("assessment_id", "8")]),
    ("fk_scores_student", "scores", &[("student_id", "8")]),
    ("fk_scores_updated_by", "scores", &[("updated_by", "8")]),
    ("fk_amendments_course", "amendments", &[("course_id", "8")]),
    (
        "fk_amendments_student",
        "amendments",
        &[("student_id", "8")],
    ),
    ("fk_amendments_made_by", "amendments", &[("made_by", "8")]),
];

/// The row breaks a rule by itself.
const CHECKS: &[Bad] = &[
    ("ck_users_role", "users", &[("role", "'parent'")]),
    ("ck_users_role", "users", &[("role", "'Student'")]),
    (
        "ck_users_student_number",
        "users",
        &[("student_number", "NULL")],
    ),
    ("ck_terms_state", "terms", &[("state", "'ajar'")]),
    ("ck_terms_dates", "terms", &[("ends_on", "'2026-08-31'")]),
    ("ck_terms_weight", "terms", &[("weight", "-1")]),
    ("ck_subjects_max", "subjects", &[("default_max_score", "0")]),
    (
        "ck_enrolments_dates",
        "enrolments",
        &[("ends_on", "'2026-08-31'")],
    ),
    (
        "ck_courses_absent",
        "courses",
        &[("absent_policy", "'half'")],
    ),
    ("ck_imports_kind", "imports", &[("kind", "'photo'")]),
    ("ck_imports_state", "imports", &[("state", "'lost'")]),
    ("ck_exams_kind", "exams", &[("kind", "'pop'")]),
    (
        "ck_exam_lines_full",
        "exam_lines",
        &[("full_marks", "0"), ("excellent", "0"), ("good", "0")],
    ),
    (
        "ck_exam_lines_excellent",
        "exam_lines",
        &[("excellent", "2")],
    ),
    ("ck_exam_lines_good", "exam_lines", &[("good", "2")]),
    ("ck_exam_lines_pass", "exam_lines", &[("pass", "2")]),
    ("ck_exam_lines_pass", "exam_lines", &[("pass", "-1")]),
    (
        "ck_exam_settings_weights",
        "exam_settings",
        &[("mean_weight", "-1")],
    ),
    (
        "ck_exam_settings_weights",
        "exam_settings",
        &[("pass_weight", "-1")],
    ),
    (
        "ck_exam_settings_weights",
        "exam_settings",
        &[("excellent_weight", "-1")],
    ),
    (
        "ck_exam_settings_rank_style",
        "exam_settings",
        &[("rank_style", "'odd'")],
    ),
    (
        "ck_categories_aggregation",
        "categories",
        &[("aggregation", "'median'")],
    ),
    ("ck_categories_weight", "categories", &[("weight", "-1")]),
    (
        "ck_categories_drops",
        "categories",
        &[("drop_lowest", "-1")],
    ),
    (
        "ck_categories_drops",
        "categories",
        &[("drop_highest", "-1")],
    ),
    (
        "ck_assessments_state",
        "assessments",
        &[("state", "'hidden'")],
    ),
    ("ck_assessments_max", "assessments", &[("max_score", "0")]),
    (
        "ck_assessments_extra",
        "assessments",
        &[("extra_credit_limit", "-1")],
    ),
    ("ck_assessments_weight", "assessments", &[("weight", "-1")]),
    (
        "ck_scores_status",
        "scores",
        &[("status", "'late'"), ("value", "NULL")],
    ),
    ("ck_scores_value", "scores", &[("value", "NULL")]),
    ("ck_scores_value", "scores", &[("status", "'absent'")]),
    ("ck_scores_value_sign", "scores", &[("value", "-1")]),
    ("ck_scores_version", "scores", &[("version", "0")]),
    ("ck_amendments_kind", "amendments", &[("kind", "'wish'")]),
    ("ck_amendments_state", "amendments", &[("state", "'lost'")]),
    ("ck_amendments_state", "amendments", &[("waiting", "NULL")]),
    (
        "ck_amendments_state",
        "amendments",
        &[("state", "'approved'")],
    ),
    (
        "ck_amendments_before",
        "amendments",
        &[("before_value", "NULL")],
    ),
    (
        "ck_amendments_before",
        "amendments",
        &[("before_status", "'blank'")],
    ),
    (
        "ck_amendments_proposed",
        "amendments",
        &[("proposed_value", "5")],
    ),
    (
        "ck_amendments_proposed",
        "amendments",
        &[("proposed_status", "NULL"), ("proposed_value", "5")],
    ),
    (
        "ck_amendments_answer",
        "amendments",
        &[("answer", "'well'")],
    ),
    ("ck_throttles_failures", "throttles", &[("failures", "0")]),
    (
        "ck_change_log_source",
        "change_log",
        &[("source", "'rumour'")],
    ),
];

/// A second row that differs from the first in everything but this.
const UNIQUE: &[Bad] = &[
    (
        "uq_users_username_key",
        "users",
        &[("id", "8"), ("student_number", "'20260102'")],
    ),
    (
        "uq_users_student_number",
        "users",
        &[("id", "8"), ("username_key", "'wei'")],
    ),
    ("uq_sessions_family", "sessions", &[("id", "8")]),
    ("uq_terms_name", "terms", &[("id", "8")]),
    ("uq_subjects_code", "subjects", &[("id", "8")]),
    ("uq_classes_name", "classes", &[("id", "8")]),
    ("uq_enrolments", "enrolments", &[("id", "8")]),
    ("uq_courses", "courses", &[("id", "8")]),
    ("uq_exams_name", "exams", &[("id", "8")]),
    ("PRIMARY", "exam_lines", &[("pass", "1")]),
    ("PRIMARY", "exam_settings", &[("mean_weight", "1")]),
    ("uq_categories_name", "categories", &[("id", "8")]),
    ("uq_assessments_exam", "assessments", &[("id", "8")]),
    ("uq_amendments_waiting", "amendments", &[("id", "8")]),
    ("PRIMARY", "course_teachers", &[]),
    ("PRIMARY", "scores", &[("value", "5")]),
    ("PRIMARY", "signing_keys", &[("algorithm", "'EdDSA'")]),
    ("PRIMARY", "presence", &[("seen_at", "1")]),
    ("PRIMARY", "throttles", &[("failures", "2")]),
    ("PRIMARY", "totp_secrets", &[("sealed", "'v1.bb'")]),
    ("PRIMARY", "recovery_codes", &[("used_at", "1")]),
];

/// Rows that look alike and are not.
const DIFFERENT: &[(&str, &[(&str, &str)])] = &[
    (
        "users",
        &[
            ("id", "8"),
            ("username_key", "'Zhang'"),
            ("student_number", "'20260101a'"),
        ],
    ),
    (
        "users",
        &[
            ("id", "9"),
            ("username_key", "'zhāng'"),
            ("student_number", "'20260101A'"),
        ],
    ),
    (
        "users",
        &[
            ("id", "10"),
            ("username_key", "'li'"),
            ("role", "'admin'"),
            ("student_number", "NULL"),
        ],
    ),
    (
        "users",
        &[
            ("id", "11"),
            ("username_key", "'wu'"),
            ("role", "'teacher'"),
            ("student_number", "NULL"),
        ],
    ),
    ("amendments", &[("id", "8"), ("kind", "'change'")]),
    (
        "amendments",
        &[("id", "9"), ("state", "'rejected'"), ("waiting", "NULL")],
    ),
    (
        "amendments",
        &[("id", "10"), ("state", "'rejected'"), ("waiting", "NULL")],
    ),
    ("terms", &[("id", "8"), ("name", "'autumn'")]),
    ("subjects", &[("id", "8"), ("code", "'Music'")]),
    ("assessments", &[("id", "8"), ("exam_id", "NULL")]),
    ("assessments", &[("id", "9"), ("exam_id", "NULL")]),
    (
        "enrolments",
        &[
            ("id", "8"),
            ("starts_on", "'2026-10-01'"),
            ("ends_on", "NULL"),
        ],
    ),
];

fn names(constraint: &str, error: &DbErr) -> bool {
    error.to_string().contains(constraint)
}

on_both_databases! {
    async fn each_foreign_key_refuses_an_orphan(database: TestDatabase) {
        database.migrated().await;
        let connection = plain(&database).await;
        for &(constraint, table, bad) in FOREIGN_KEYS {
            let tx = connection.begin().await.unwrap();
            for (name, _) in ROWS.iter().take_while(|(name, _)| *name != table) {
                tx.execute_unprepared(&insert(name, &[])).await.unwrap();
            }
            let error = tx.execute_unprepared(&insert(table, bad)).await.unwrap_err();
            assert!(
                matches!(error.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_))),
                "{constraint}: {error}"
            );
            assert!(database.dialect == Dialect::Sqlite || names(constraint, &error), "{error}");
            tx.execute_unprepared(&insert(table, &[])).await.unwrap();
            tx.rollback().await.unwrap();
        }
    }

    async fn nothing_is_deleted_that_others_point_to(database: TestDatabase) {
        database.migrated().await;
        let connection = plain(&database).await;
        fill(&connection).await;
        for parent in ["users", "terms", "subjects", "classes", "courses", "exams", "categories", "assessments"] {
            connection.execute_unprepared(&format!("DELETE FROM {parent} WHERE id = 7")).await.unwrap_err();
            let left = texts(&connection, &format!("SELECT 'x' FROM {parent} WHERE id = 7")).await;
            assert_eq!(left.len(), 1, "{parent}");
        }
    }

    async fn each_check_refuses_a_bad_row(database: TestDatabase) {
        database.migrated().await;
        let connection = plain(&database).await;
        for &(constraint, table, bad) in CHECKS {
            let tx = connection.begin().await.unwrap();
            for (name, _) in ROWS.iter().take_while(|(name, _)| *name != table) {
                tx.execute_unprepared(&insert(name, &[])).await.unwrap();
            }
            let error = tx.execute_unprepared(&insert(table, bad)).await.unwrap_err();
            assert!(names(constraint, &error), "{constraint} with {bad:?}: {error}");
            tx.execute_unprepared(&insert(table, &[])).await.unwrap();
            tx.rollback().await.unwrap();
        }
    }

    async fn each_unique_key_refuses_a_second_row(database: TestDatabase) {
        database.migrated().await;
        let connection = plain(&database).await;
        fill(&connection).await;
        for &(constraint, table, second) in UNIQUE {
            let error = connection.execute_unprepared(&insert(table, second)).await.unwrap_err();
            assert!(
                matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))),
                "{constraint} of {table}: {error}"
            );
            assert!(database.dialect == Dialect::Sqlite || names(constraint, &error), "{error}");
        }
        for (table, row) in DIFFERENT {
            connection
                .execute_unprepared(&insert(table, row))
                .await
                .unwrap_or_else(|error| panic!("{table} {row:?}: {error}"));
        }
    }
}

fn known(bad: &[Bad]) -> BTreeSet<String> {
    let names = bad.iter().map(|(name, ..)| *name);
    names
        .filter(|name| *name != "PRIMARY")
        .map(str::to_owned)
        .collect()
}

/// A constraint that nobody wrote a bad row for fails here, by name.
#[tokio::test]
async fn every_constraint_has_a_row_that_breaks_it() {
    let database = gradebook_test_databases::mysql().await;
    database.migrated().await;
    let connection = plain(&database).await;
    let of_kind = async |kind: &str| -> BTreeSet<String> {
        let sql = format!(
            "SELECT CAST(constraint_name AS CHAR) FROM information_schema.table_constraints \
             WHERE constraint_schema = DATABASE() AND constraint_type = '{kind}'"
        );
        texts(&connection, &sql).await.into_iter().collect()
    };
    assert_eq!(of_kind("FOREIGN KEY").await, known(FOREIGN_KEYS));
    assert_eq!(of_kind("UNIQUE").await, known(UNIQUE));
    assert_eq!(of_kind("CHECK").await, known(CHECKS));
}
