//! What the database says of itself.

use std::time::SystemTime;

use gradebook_persistence::db::Dialect;
use gradebook_test_databases::on_both_databases;
use sea_orm::ConnectionTrait;

use crate::table_rows::{plain, texts};

fn now_ms() -> i64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "compared with the database's clock"
    )]
    let now = SystemTime::now();
    let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

on_both_databases! {
    async fn a_migrated_database_has_nothing_to_complain_of(database: TestDatabase) {
        let db = database.migrated().await;
        let before = now_ms();
        let found = db.inspect().await.unwrap();
        assert_eq!(found.deviations, Vec::<String>::new());
        assert!((found.now_ms - before).abs() < 60_000, "{found:?} at {before}");
        match database.dialect {
            Dialect::Sqlite => {
                assert!(found.version.starts_with("SQLite 3."), "{found:?}");
                assert_eq!(found.cipher, None);
            }
            Dialect::MySql => {
                assert!(found.version.contains("MariaDB") || found.version.starts_with("MySQL "), "{found:?}");
                assert!(found.cipher.is_some(), "{found:?}");
            }
        }
        assert_eq!(db.newest_change_at().await.unwrap(), None);
    }
}

#[tokio::test]
async fn tables_that_were_changed_by_hand_are_named() {
    let database = gradebook_test_databases::mysql().await;
    let db = database.migrated().await;
    plain(&database)
        .await
        .execute_unprepared("ALTER TABLE signing_keys COLLATE utf8mb4_general_ci")
        .await
        .unwrap();
    assert_eq!(
        db.inspect().await.unwrap().deviations,
        ["table signing_keys compares as utf8mb4_general_ci, not utf8mb4_bin"]
    );
}

#[tokio::test]
async fn a_damaged_file_is_seen() {
    let database = gradebook_test_databases::sqlite().await;
    database.migrated().await.close().await;
    let root = "SELECT CAST(rootpage AS TEXT) FROM sqlite_master WHERE name = 'scores'";
    let root: usize = {
        let connection = plain(&database).await;
        let root = texts(&connection, root).await[0].parse().unwrap();
        connection.close().await.unwrap();
        root
    };
    let path = database.url.trim_start_matches("sqlite://");
    let path = path.trim_end_matches("?mode=rwc");
    let mut bytes = std::fs::read(path).unwrap();
    // A page of a table, not one of the schema: the file still opens.
    let page = 4096;
    bytes[(root - 1) * page..root * page].fill(0xff);
    std::fs::write(path, bytes).unwrap();
    let found = database.connect().await.inspect().await.unwrap();
    assert_eq!(found.deviations.len(), 1, "{found:?}");
    assert!(
        found.deviations[0].starts_with("the file is damaged ("),
        "{found:?}"
    );
}
