//! The database schema, one change per migration, for SQLite, MariaDB and MySQL.
//!
//! MySQL commits each DDL statement by itself, so a migration that fails half way would stay half
//! applied: every migration therefore makes exactly one change.
//!
//! Conventions of all tables:
//! - times are unix milliseconds (UTC) in a `bigint`; dates are ISO 8601 text (`2026-11-21`);
//! - points and weights are whole ten-thousandths in a `bigint`, never a decimal or a float;
//! - text compares byte by byte (`utf8mb4_bin` on MySQL, the default on SQLite).

mod indexes;
mod m20261101_000001_users;
mod m20261101_000002_sessions;
mod m20261101_000003_terms;
mod m20261101_000004_subjects;
mod m20261101_000005_classes;
mod m20261101_000006_enrolments;
mod m20261101_000007_courses;
mod m20261101_000008_course_teachers;
mod m20261101_000009_exams;
mod m20261101_000010_categories;
mod m20261101_000011_assessments;
mod m20261101_000012_scores;
mod m20261101_000013_change_log;
mod m20261101_000014_signing_keys;
mod m20261101_000015_first_subjects;
mod m20261122_000001_throttles;
mod m20261122_000002_totp_secrets;
mod m20261122_000003_recovery_codes;
mod m20261122_000004_users_totp_enabled;
mod m20261122_000005_sessions_second_factor;
mod m20261122_000006_users_locale_chosen;
mod m20261122_000011_users_search_text;
mod m20261122_000012_fill_users_search_text;
mod m20261123_000101_terms_rank_shown;
mod m20261123_000102_assessments_locked_by_term;
mod m20261123_000201_imports;
mod m20261123_000301_courses_letters;
mod m20261123_000302_courses_show_class_statistics;
mod m20261123_000401_amendments;
mod m20261123_000402_change_log_amendment;
mod m20261123_000601_exam_lines;
mod m20261123_000602_exam_settings;
mod m20261123_000701_change_log_comment_before;
mod m20261123_000702_change_log_way;
mod m20261123_000703_change_log_undoes;
mod m20261125_000201_imports_left_out;
mod m20261130_000101_presence;
mod m20261130_000301_school;
mod m20261130_000302_the_school;
mod table;

use sea_orm_migration::prelude::*;

/// All migrations in the order in which they are applied.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261101_000001_users::Migration),
            Box::new(m20261101_000002_sessions::Migration),
            Box::new(m20261101_000003_terms::Migration),
            Box::new(m20261101_000004_subjects::Migration),
            Box::new(m20261101_000005_classes::Migration),
            Box::new(m20261101_000006_enrolments::Migration),
            Box::new(m20261101_000007_courses::Migration),
            Box::new(m20261101_000008_course_teachers::Migration),
            Box::new(m20261101_000009_exams::Migration),
            Box::new(m20261101_000010_categories::Migration),
            Box::new(m20261101_000011_assessments::Migration),
            Box::new(m20261101_000012_scores::Migration),
            Box::new(m20261101_000013_change_log::Migration),
            Box::new(m20261101_000014_signing_keys::Migration),
            Box::new(m20261101_000015_first_subjects::Migration),
            Box::new(indexes::SessionsByUser),
            Box::new(indexes::EnrolmentsByStudent),
            Box::new(indexes::CoursesByTerm),
            Box::new(indexes::CourseTeachersByTeacher),
            Box::new(indexes::AssessmentsByCourse),
            Box::new(indexes::ScoresByStudent),
            Box::new(indexes::ChangeLogByCell),
            Box::new(indexes::ChangeLogByBatch),
            Box::new(indexes::ChangeLogByKind),
            Box::new(m20261122_000001_throttles::Migration),
            Box::new(m20261122_000002_totp_secrets::Migration),
            Box::new(m20261122_000003_recovery_codes::Migration),
            Box::new(m20261122_000004_users_totp_enabled::Migration),
            Box::new(m20261122_000005_sessions_second_factor::Migration),
            Box::new(m20261122_000006_users_locale_chosen::Migration),
            Box::new(indexes::ThrottlesByTime),
            Box::new(indexes::ChangeLogByUser),
            Box::new(m20261122_000011_users_search_text::Migration),
            Box::new(m20261122_000012_fill_users_search_text::Migration),
            Box::new(m20261123_000701_change_log_comment_before::Migration),
            Box::new(m20261123_000702_change_log_way::Migration),
            Box::new(m20261123_000703_change_log_undoes::Migration),
            Box::new(m20261123_000601_exam_lines::Migration),
            Box::new(m20261123_000602_exam_settings::Migration),
            Box::new(m20261123_000301_courses_letters::Migration),
            Box::new(m20261123_000302_courses_show_class_statistics::Migration),
            Box::new(m20261123_000101_terms_rank_shown::Migration),
            Box::new(m20261123_000102_assessments_locked_by_term::Migration),
            Box::new(indexes::ChangeLogByCourse),
            Box::new(indexes::ChangeLogByStudent),
            Box::new(indexes::ChangeLogByActor),
            Box::new(indexes::ChangeLogByTime),
            Box::new(m20261123_000201_imports::Migration),
            Box::new(m20261123_000401_amendments::Migration),
            Box::new(m20261123_000402_change_log_amendment::Migration),
            Box::new(indexes::AmendmentsByCourse),
            Box::new(indexes::AmendmentsByStudent),
            Box::new(m20261125_000201_imports_left_out::Migration),
            Box::new(m20261130_000301_school::Migration),
            Box::new(m20261130_000302_the_school::Migration),
            Box::new(m20261130_000101_presence::Migration),
        ]
    }
}
