//! The record of signing keys.

use gradebook_auth::actions::ManageSetup;
use gradebook_persistence::Db;
use gradebook_persistence::repo::keys::{self, KeyRecord};
use gradebook_test_databases::{TestDatabase, on_both_databases};

use crate::fixture::{of_school, operator, stamp};

fn key(kid: &str, retired_at: Option<i64>) -> KeyRecord {
    KeyRecord {
        kid: kid.to_owned(),
        algorithm: "ES256".to_owned(),
        public_jwk: "{}".to_owned(),
        retired_at,
    }
}

async fn record(db: &Db, at: i64, keys: &[KeyRecord], withdrawn: &[&str]) {
    let operator = operator();
    let mut stamp = stamp(&operator);
    stamp.at = at;
    let grant = of_school::<ManageSetup>();
    let withdrawn: Vec<String> = withdrawn.iter().map(|&kid| kid.to_owned()).collect();
    db.write(async |tx| keys::record(tx, &grant, &stamp, keys, &withdrawn).await)
        .await
        .unwrap();
}

async fn kept(database: &TestDatabase) -> Vec<String> {
    let sql = "SELECT CONCAT(kid, ' ', created_at, ' ', COALESCE(retired_at, '-')) \
               FROM signing_keys ORDER BY kid";
    database.texts(sql).await
}

async fn logged(database: &TestDatabase) -> Vec<String> {
    let sql = "SELECT CONCAT(at, ' ', kind, ' ', detail, ' ', source) FROM change_log ORDER BY id";
    database.texts(sql).await
}

on_both_databases! {
    async fn a_key_is_recorded_when_it_comes_and_when_it_stops(database: TestDatabase) {
        let db = database.migrated().await;
        record(&db, 10, &[key("a", None)], &[]).await;
        record(&db, 20, &[key("a", None)], &[]).await;
        assert_eq!(kept(&database).await, ["a 10 -"]);
        record(&db, 30, &[key("a", Some(60)), key("b", None)], &[]).await;
        record(&db, 40, &[key("a", Some(60)), key("b", None)], &[]).await;
        assert_eq!(kept(&database).await, ["a 10 60", "b 30 -"]);
        // The file of a spent key goes, its record stays.
        record(&db, 2_000_000, &[key("b", None)], &[]).await;
        assert_eq!(kept(&database).await, ["a 10 60", "b 30 -"]);
        assert_eq!(logged(&database).await, [
            "10 signing_key_added a cli",
            "30 signing_key_retired a cli",
            "30 signing_key_added b cli",
        ]);
    }

    async fn a_withdrawn_key_stops_at_once(database: TestDatabase) {
        let db = database.migrated().await;
        let all = [key("a", Some(20)), key("b", Some(60)), key("c", None)];
        record(&db, 10, &all, &[]).await;
        let before = logged(&database).await.len();
        record(&db, 30, &[key("d", None)], &["a", "b", "c"]).await;
        assert_eq!(kept(&database).await, ["a 10 20", "b 10 30", "c 10 30", "d 30 -"]);
        let mut log = logged(&database).await.split_off(before);
        log.sort();
        assert_eq!(log, [
            "30 signing_key_added d cli",
            "30 signing_key_withdrawn a cli",
            "30 signing_key_withdrawn b cli",
            "30 signing_key_withdrawn c cli",
        ]);
        // A key that somebody took away by hand signs no more either.
        record(&db, 40, &[key("e", None)], &[]).await;
        assert_eq!(kept(&database).await[3..], ["d 30 40", "e 40 -"]);
        assert!(logged(&database).await.contains(&"40 signing_key_retired d cli".to_owned()));
    }

    async fn replicas_that_start_together_record_a_key_once(database: TestDatabase) {
        let db = database.migrated().await;
        let (one, other) = (db.clone(), database.connect().await);
        let keys = [key("a", None)];
        tokio::join!(record(&one, 10, &keys, &[]), record(&other, 10, &keys, &[]));
        assert_eq!(kept(&database).await, ["a 10 -"]);
        assert_eq!(logged(&database).await.len(), 1);
    }

    async fn the_record_takes_few_statements(database: TestDatabase) {
        let db = database.migrated().await;
        let statements = async |count: usize, at: i64| {
            let keys: Vec<_> = (0..count).map(|number| key(&format!("{at}-{number}"), Some(at))).collect();
            let before = db.statements_sent();
            record(&db, at, &keys, &[]).await;
            db.statements_sent() - before
        };
        // The second time there are as many to insert, and others to end.
        statements(1, 10).await;
        let few = statements(2, 20).await;
        assert_eq!(statements(40, 30).await, few);
    }
}
