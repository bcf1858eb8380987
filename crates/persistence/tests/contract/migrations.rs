use std::collections::BTreeSet;

use gradebook_persistence::Db;
use gradebook_persistence::db::{ConnectOptions, Dialect, MigrationState};
use gradebook_persistence::query::structure;
use gradebook_test_databases::{TestDatabase, both, on_both_databases};
use sea_orm::{ConnectionTrait, DatabaseConnection};

use crate::table_rows::{ROWS, fill, plain, texts};

async fn states(db: &Db) -> Vec<MigrationState> {
    let steps = db.migrations().await.unwrap();
    steps.iter().map(|step| step.state).collect()
}

async fn applied(db: &Db) -> usize {
    let states = states(db).await;
    let applied = states
        .iter()
        .filter(|state| **state == MigrationState::Applied)
        .count();
    assert!(
        states[..applied]
            .iter()
            .all(|state| *state == MigrationState::Applied),
        "a migration was applied before an older one"
    );
    applied
}

/// Codes of the subjects in their order.
async fn subjects(db: &Db) -> Vec<String> {
    let subjects = structure::subjects(db).await.unwrap();
    subjects
        .into_iter()
        .map(|(subject, _)| subject.code)
        .collect()
}

async fn tables(database: &TestDatabase) -> BTreeSet<String> {
    let sql = match database.dialect {
        Dialect::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        }
        Dialect::MySql => {
            "SELECT CAST(table_name AS CHAR) FROM information_schema.tables WHERE table_schema = DATABASE()"
        }
    };
    texts(&plain(database).await, sql)
        .await
        .into_iter()
        .collect()
}

on_both_databases! {
    async fn up_applies_everything_and_status_tells_before_and_after(database: TestDatabase) {
        let db = database.connect().await;
        let before = db.migrations().await.unwrap();
        assert!(before.len() > 20);
        assert!(before.iter().all(|step| step.state == MigrationState::Pending));
        db.migrate_up().await.unwrap();
        let after = db.migrations().await.unwrap();
        assert!(after.iter().all(|step| step.state == MigrationState::Applied));
        let names = |steps: &[gradebook_persistence::db::MigrationStep]| {
            steps.iter().map(|step| step.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(&before), names(&after));
        db.migrate_up().await.unwrap();
        assert_eq!(subjects(&db).await, ["chinese", "mathematics", "english"]);
        let mut expected: BTreeSet<String> = ROWS.iter().map(|(table, _)| (*table).to_owned()).collect();
        expected.insert("seaql_migrations".to_owned());
        assert_eq!(tables(&database).await, expected, "the tests know every table");
    }

    async fn down_goes_step_by_step_through_full_tables_and_up_again(database: TestDatabase) {
        let db = database.migrated().await;
        let all = applied(&db).await;
        fill(&plain(&database).await).await;
        for left in (0..all).rev() {
            db.migrate_down(1).await.unwrap();
            assert_eq!(applied(&db).await, left);
        }
        assert_eq!(tables(&database).await, BTreeSet::from(["seaql_migrations".to_owned()]));
        db.migrate_up().await.unwrap();
        assert_eq!(subjects(&db).await, ["chinese", "mathematics", "english"]);
        fill(&plain(&database).await).await;
    }

    async fn down_goes_all_the_way_at_once(database: TestDatabase) {
        let db = database.migrated().await;
        fill(&plain(&database).await).await;
        db.migrate_down(u32::MAX).await.unwrap();
        assert_eq!(applied(&db).await, 0);
        assert_eq!(tables(&database).await, BTreeSet::from(["seaql_migrations".to_owned()]));
    }

    /// Taking back only the subjects' migration keeps them, since courses may refer to them.
    async fn the_first_subjects_appear_once(database: TestDatabase) {
        let db = database.migrated().await;
        let steps = db.migrations().await.unwrap();
        let place = steps.iter().position(|step| step.name.ends_with("first_subjects")).unwrap();
        fill(&plain(&database).await).await;
        db.migrate_down(u32::try_from(steps.len() - place).unwrap()).await.unwrap();
        assert_eq!(applied(&db).await, place);
        db.migrate_up().await.unwrap();
        assert_eq!(subjects(&db).await, ["chinese", "mathematics", "english", "music"]);
    }

    async fn processes_that_migrate_at_once_take_turns(database: TestDatabase) {
        let (one, two, three) = (
            database.connect().await,
            database.connect().await,
            database.connect().await,
        );
        let done = tokio::join!(one.migrate_up(), two.migrate_up(), three.migrate_up());
        done.0.unwrap();
        done.1.unwrap();
        done.2.unwrap();
        assert_eq!(applied(&one).await, states(&one).await.len());
        assert_eq!(subjects(&two).await.len(), 3);
    }

    /// While replicas are exchanged one by one, the old ones meet a schema that is newer than they
    /// are: they go on with it, but do not touch it.
    async fn a_newer_schema_is_used_and_not_migrated(database: TestDatabase) {
        let db = database.migrated().await;
        plain(&database)
            .await
            .execute_unprepared(
                "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_future', 0)",
            )
            .await
            .unwrap();
        let steps = db.migrations().await.unwrap();
        assert!(steps.iter().all(|step| step.state == MigrationState::Applied));
        let error = db.migrate_up().await.unwrap_err();
        assert!(error.to_string().contains("m29991231_000001_future"), "{error}");
    }
}

/// A named lock has at most 64 characters on MySQL (more on MariaDB), as many as a schema's own
/// name may have.
#[tokio::test]
async fn a_schema_with_the_longest_name_migrates() {
    let database = gradebook_test_databases::mysql().await;
    let (server, short) = database.url.rsplit_once('/').unwrap();
    let long = format!("{short}_{}", "x".repeat(63 - short.len()));
    let connection = plain(&database).await;
    connection
        .execute_unprepared(&format!("CREATE DATABASE {long}"))
        .await
        .unwrap();
    let db = Db::connect(&ConnectOptions::new(format!("{server}/{long}")))
        .await
        .unwrap();
    let migrated = db.migrate_up().await;
    connection
        .execute_unprepared(&format!("DROP DATABASE {long}"))
        .await
        .unwrap();
    migrated.unwrap();
}

async fn columns(database: &TestDatabase, connection: &DatabaseConnection) -> BTreeSet<String> {
    let sql = match database.dialect {
        Dialect::Sqlite => {
            "SELECT t.name || '.' || c.name || CASE WHEN c.\"notnull\" OR c.pk > 0 THEN '' ELSE '?' END \
             FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' \
             AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name <> 'seaql_migrations'"
        }
        Dialect::MySql => {
            "SELECT CAST(CONCAT(table_name, '.', column_name, IF(is_nullable = 'NO', '', '?')) AS CHAR) \
             FROM information_schema.columns \
             WHERE table_schema = DATABASE() AND table_name <> 'seaql_migrations'"
        }
    };
    texts(connection, sql).await.into_iter().collect()
}

#[tokio::test]
async fn both_databases_have_the_same_columns() {
    let [sqlite, mysql] = both().await;
    sqlite.migrated().await;
    mysql.migrated().await;
    let on_sqlite = columns(&sqlite, &plain(&sqlite).await).await;
    let on_mysql = columns(&mysql, &plain(&mysql).await).await;
    assert_eq!(on_sqlite, on_mysql);
    assert!(on_sqlite.contains("scores.version") && on_sqlite.contains("scores.value?"));
}

#[tokio::test]
async fn every_text_on_mysql_compares_byte_by_byte() {
    let database = gradebook_test_databases::mysql().await;
    database.migrated().await;
    let loose = texts(
        &plain(&database).await,
        "SELECT CAST(CONCAT(table_name, '.', column_name, ' ', collation_name) AS CHAR) \
         FROM information_schema.columns WHERE table_schema = DATABASE() \
         AND table_name <> 'seaql_migrations' AND collation_name <> 'utf8mb4_bin'",
    )
    .await;
    assert!(loose.is_empty(), "{loose:?}");
}
