//! Secondary indexes, one migration each.
//!
//! MySQL makes an index for every foreign key by itself and then refuses to drop an explicit one
//! that replaced it, so indexes on foreign keys are created on SQLite only.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Needed {
    Everywhere,
    /// MySQL already has one for the foreign key.
    WhereForeignKeysHaveNone,
}

fn applies(needed: Needed, manager: &SchemaManager<'_>) -> bool {
    needed == Needed::Everywhere || manager.get_database_backend() == DatabaseBackend::Sqlite
}

macro_rules! index {
    ($migration:ident, $name:literal, $table:literal, [$($column:literal),+], $needed:ident) => {
        pub(crate) struct $migration;

        impl MigrationName for $migration {
            fn name(&self) -> &str {
                $name
            }
        }

        #[async_trait::async_trait]
        impl MigrationTrait for $migration {
            async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
                if !applies(Needed::$needed, manager) {
                    return Ok(());
                }
                let index = Index::create().name($name).table($table)$(.col($column))+.to_owned();
                manager.create_index(index).await
            }

            async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
                if !applies(Needed::$needed, manager) {
                    return Ok(());
                }
                let index = Index::drop().name($name).table($table).to_owned();
                manager.drop_index(index).await
            }
        }
    };
}

index!(
    SessionsByUser,
    "ix_sessions_user",
    "sessions",
    ["user_id"],
    WhereForeignKeysHaveNone
);
index!(
    EnrolmentsByStudent,
    "ix_enrolments_student",
    "enrolments",
    ["student_id"],
    WhereForeignKeysHaveNone
);
index!(
    CoursesByTerm,
    "ix_courses_term",
    "courses",
    ["term_id"],
    WhereForeignKeysHaveNone
);
index!(
    CourseTeachersByTeacher,
    "ix_course_teachers_teacher",
    "course_teachers",
    ["teacher_id"],
    WhereForeignKeysHaveNone
);
index!(
    AssessmentsByCourse,
    "ix_assessments_course",
    "assessments",
    ["course_id"],
    WhereForeignKeysHaveNone
);
index!(
    ScoresByStudent,
    "ix_scores_student",
    "scores",
    ["student_id"],
    WhereForeignKeysHaveNone
);
index!(
    ChangeLogByCell,
    "ix_change_log_cell",
    "change_log",
    ["assessment_id", "student_id"],
    Everywhere
);
index!(
    ChangeLogByBatch,
    "ix_change_log_batch",
    "change_log",
    ["batch_id"],
    Everywhere
);

index!(
    ChangeLogByUser,
    "ix_change_log_user",
    "change_log",
    ["user_id"],
    Everywhere
);

index!(
    ChangeLogByKind,
    "ix_change_log_kind",
    "change_log",
    ["kind", "at"],
    Everywhere
);

index!(
    ThrottlesByTime,
    "ix_throttles_time",
    "throttles",
    ["failed_at"],
    Everywhere
);

// Newest first of one course: the time is the order.
index!(
    ChangeLogByCourse,
    "ix_change_log_course",
    "change_log",
    ["course_id", "at"],
    Everywhere
);

// Newest first of one student: the time is the order.
index!(
    ChangeLogByStudent,
    "ix_change_log_student",
    "change_log",
    ["student_id", "at"],
    Everywhere
);

// Newest first of one actor: the time is the order.
index!(
    ChangeLogByActor,
    "ix_change_log_actor",
    "change_log",
    ["actor_id", "at"],
    Everywhere
);

// Newest first of the school, and between two times.
index!(
    ChangeLogByTime,
    "ix_change_log_time",
    "change_log",
    ["at"],
    Everywhere
);

index!(
    AmendmentsByCourse,
    "ix_amendments_course",
    "amendments",
    ["course_id"],
    WhereForeignKeysHaveNone
);

index!(
    AmendmentsByStudent,
    "ix_amendments_student",
    "amendments",
    ["student_id"],
    WhereForeignKeysHaveNone
);
