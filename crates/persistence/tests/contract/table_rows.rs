//! One valid row for every table, in plain SQL: for tests that ask what the schema itself refuses.

use gradebook_test_databases::TestDatabase;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

/// A connection beside the program's own, for plain SQL.
pub(crate) async fn plain(database: &TestDatabase) -> DatabaseConnection {
    let mut options = ConnectOptions::new(database.url.as_str());
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

/// The first column of each row, as text.
pub(crate) async fn texts(connection: &DatabaseConnection, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    connection
        .query_all_raw(statement)
        .await
        .unwrap()
        .iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

pub(crate) type Columns = &'static [(&'static str, &'static str)];

/// Tables in an order in which their rows can be inserted, each with a row that is valid in an
/// otherwise empty database whose rows have these ids.
pub(crate) const ROWS: [(&str, Columns); 23] = [
    (
        "users",
        &[
            ("id", "7"),
            ("username", "'Zhang'"),
            ("username_key", "'zhang'"),
            ("name", "'张伟'"),
            ("role", "'student'"),
            ("student_number", "'20260101'"),
            ("password_hash", "NULL"),
            ("password_change_required", "1"),
            ("enabled", "1"),
            ("locale", "'zh-CN'"),
            ("ver", "1"),
            ("created_at", "0"),
            ("updated_at", "0"),
            ("totp_enabled", "0"),
            ("locale_chosen", "0"),
        ],
    ),
    (
        "sessions",
        &[
            ("id", "7"),
            ("user_id", "7"),
            ("family", "'ff'"),
            ("user_ver", "1"),
            ("refresh_hash", "'aa'"),
            ("generation", "1"),
            ("created_at", "0"),
            ("rotated_at", "0"),
            ("expires_at", "0"),
            ("ended_at", "NULL"),
            ("device", "''"),
            ("address", "''"),
            ("second_factor", "0"),
        ],
    ),
    (
        "presence",
        &[
            ("course_id", "7"),
            ("user_id", "7"),
            ("assessment_id", "NULL"),
            ("student_id", "NULL"),
            ("seen_at", "0"),
        ],
    ),
    (
        "throttles",
        &[("tag", "'aa'"), ("failures", "1"), ("failed_at", "0")],
    ),
    (
        "totp_secrets",
        &[
            ("user_id", "7"),
            ("sealed", "'v1.aa'"),
            ("created_at", "0"),
            ("confirmed_at", "NULL"),
            ("last_step", "0"),
        ],
    ),
    (
        "recovery_codes",
        &[("user_id", "7"), ("tag", "'aa'"), ("used_at", "NULL")],
    ),
    (
        "school",
        &[("id", "7"), ("name", "'Hill'"), ("locale", "'en'")],
    ),
    (
        "terms",
        &[
            ("id", "7"),
            ("school_year", "'2026-2027'"),
            ("name", "'Autumn'"),
            ("starts_on", "'2026-09-01'"),
            ("ends_on", "'2027-01-20'"),
            ("weight", "0"),
            ("state", "'open'"),
        ],
    ),
    (
        "subjects",
        &[
            ("id", "7"),
            ("code", "'music'"),
            ("name_zh", "'音乐'"),
            ("name_en", "'Music'"),
            ("default_max_score", "1"),
            ("position", "9"),
        ],
    ),
    (
        "classes",
        &[
            ("id", "7"),
            ("school_year", "'2026-2027'"),
            ("grade_level", "'Grade 6'"),
            ("name", "'Class 3'"),
        ],
    ),
    (
        "enrolments",
        &[
            ("id", "7"),
            ("class_id", "7"),
            ("student_id", "7"),
            ("starts_on", "'2026-09-01'"),
            ("ends_on", "'2026-09-01'"),
        ],
    ),
    (
        "courses",
        &[
            ("id", "7"),
            ("class_id", "7"),
            ("subject_id", "7"),
            ("term_id", "7"),
            ("absent_policy", "'left_out'"),
            ("letters", "'A=90;B=0'"),
            ("show_class_statistics", "1"),
        ],
    ),
    (
        "course_teachers",
        &[("course_id", "7"), ("teacher_id", "7")],
    ),
    (
        "exams",
        &[
            ("id", "7"),
            ("term_id", "7"),
            ("name", "'期中'"),
            ("kind", "'midterm'"),
            ("held_on", "'2026-11-10'"),
        ],
    ),
    (
        "exam_lines",
        &[
            ("exam_id", "7"),
            ("subject_id", "7"),
            ("grade_level", "'Grade 6'"),
            ("full_marks", "1"),
            ("excellent", "1"),
            ("good", "1"),
            ("pass", "0"),
        ],
    ),
    (
        "exam_settings",
        &[
            ("exam_id", "7"),
            ("mean_weight", "0"),
            ("pass_weight", "0"),
            ("excellent_weight", "0"),
            ("rank_style", "'dense'"),
        ],
    ),
    (
        "categories",
        &[
            ("id", "7"),
            ("course_id", "7"),
            ("name", "'Homework'"),
            ("weight", "0"),
            ("aggregation", "'weighted'"),
            ("drop_lowest", "0"),
            ("drop_highest", "0"),
            ("position", "1"),
        ],
    ),
    (
        "assessments",
        &[
            ("id", "7"),
            ("course_id", "7"),
            ("category_id", "7"),
            ("exam_id", "7"),
            ("title", "'期中'"),
            ("max_score", "1"),
            ("weight", "0"),
            ("extra_credit_limit", "0"),
            ("held_on", "'2026-11-10'"),
            ("state", "'locked'"),
            ("position", "1"),
        ],
    ),
    (
        "scores",
        &[
            ("assessment_id", "7"),
            ("student_id", "7"),
            ("status", "'scored'"),
            ("value", "0"),
            ("comment", "NULL"),
            ("version", "1"),
            ("corrected", "0"),
            ("updated_at", "0"),
            ("updated_by", "7"),
        ],
    ),
    (
        "amendments",
        &[
            ("id", "7"),
            ("course_id", "7"),
            ("assessment_id", "7"),
            ("student_id", "7"),
            ("kind", "'review'"),
            ("state", "'open'"),
            ("waiting", "1"),
            ("made_by", "7"),
            ("made_at", "0"),
            ("reason", "'page 3'"),
            ("before_status", "'scored'"),
            ("before_value", "0"),
            ("before_version", "1"),
            ("proposed_status", "'absent'"),
            ("proposed_value", "NULL"),
            ("proposed_comment", "NULL"),
            ("answer", "'stays'"),
        ],
    ),
    (
        "change_log",
        &[
            ("id", "7"),
            ("at", "0"),
            ("kind", "'score'"),
            ("source", "'system'"),
        ],
    ),
    (
        "signing_keys",
        &[
            ("kid", "'k'"),
            ("algorithm", "'ES256'"),
            ("public_jwk", "'{}'"),
            ("created_at", "0"),
        ],
    ),
    (
        "imports",
        &[
            ("id", "7"),
            ("kind", "'course'"),
            ("course_id", "7"),
            ("file_name", "'a.csv'"),
            ("options", "'{}'"),
            ("file", "NULL"),
            ("state", "'planned'"),
            ("claim", "NULL"),
            ("summary", "NULL"),
            ("left_out", "NULL"),
            ("batch_id", "NULL"),
            ("created_at", "0"),
            ("created_by", "7"),
            ("changed_at", "0"),
        ],
    ),
];

/// `INSERT INTO` with the table's row, `changed` in some columns.
pub(crate) fn insert(table: &str, changed: &[(&str, &str)]) -> String {
    let (_, columns) = ROWS.iter().find(|(name, _)| *name == table).unwrap();
    for (column, _) in changed {
        assert!(
            columns.iter().any(|(name, _)| name == column),
            "no column {column} in the row of {table}"
        );
    }
    let names: Vec<String> = columns
        .iter()
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    let values: Vec<&str> = columns
        .iter()
        .map(|(name, value)| {
            changed
                .iter()
                .find(|(column, _)| column == name)
                .map_or(*value, |(_, other)| *other)
        })
        .collect();
    format!(
        "INSERT INTO `{table}` ({}) VALUES ({})",
        names.join(", "),
        values.join(", ")
    )
}

/// Puts one row into every table.
pub(crate) async fn fill(connection: &DatabaseConnection) {
    for (table, _) in ROWS {
        connection
            .execute_unprepared(&insert(table, &[]))
            .await
            .unwrap_or_else(|error| panic!("{table}: {error}"));
    }
}
