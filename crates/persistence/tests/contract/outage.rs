//! On a server of its own, since these tests stop it or look at its counters.

use std::time::Duration;

use gradebook_persistence::db::ConnectOptions;
use gradebook_persistence::repo::people;
use gradebook_persistence::{Db, DbError};
use gradebook_test_databases::OwnServer;
use sea_orm::{ConnectionTrait, Database, Statement};

use crate::fixture::{Fixture, SMALL, enter, points, put_over, stored};

fn unavailable<T: std::fmt::Debug>(result: Result<T, DbError>) {
    assert!(matches!(result, Err(DbError::Unavailable(_))), "{result:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_server_is_unavailable_and_is_used_again_when_it_is_back() {
    let server = OwnServer::start().await;
    let mut options = ConnectOptions::new(server.url());
    options.acquire_timeout = Duration::from_millis(300);
    let db = Db::connect(&options).await.unwrap();
    db.migrate_up().await.unwrap();
    let fixture = Fixture::make(&db, SMALL).await;
    let (course, cell) = (fixture.chinese(), fixture.cell(0));
    enter(&db, &fixture.li, course, &[(cell, points("1"))])
        .await
        .unwrap();

    // In the middle of a transaction.
    let broken = db
        .write(async |tx| {
            put_over(tx, &fixture.li, course, &[(cell, points("2"))]).await?;
            server.stop();
            put_over(tx, &fixture.li, course, &[(cell, points("3"))]).await
        })
        .await;
    unavailable(broken);
    // While it is away.
    unavailable(db.ping().await);
    unavailable(people::count(&db).await);
    unavailable(enter(&db, &fixture.li, course, &[(cell, points("4"))]).await);
    unavailable(db.migrate_up().await);
    let newcomer = Db::connect(&options).await.map(|_| ()).unwrap_err();
    assert!(
        newcomer
            .to_string()
            .starts_with("cannot connect to the database at 127.0.0.1:")
    );

    server.resume();
    db.ping().await.unwrap();
    assert_eq!(
        stored(&db, cell).await.unwrap().version,
        1,
        "the broken transaction left nothing"
    );
    enter(&db, &fixture.li, course, &[(cell, points("5"))])
        .await
        .unwrap();
    assert_eq!(stored(&db, cell).await.unwrap().score, points("5"));

    statements_are_prepared_once(&server, &db, &fixture).await;
}

/// Preparing each statement anew costs fifteen times the throughput.
async fn statements_are_prepared_once(server: &OwnServer, db: &Db, fixture: &Fixture) {
    let watcher = Database::connect(server.url()).await.unwrap();
    let prepared = async || -> u64 {
        let sql = "SHOW GLOBAL STATUS LIKE 'Com_stmt_prepare'";
        let statement = Statement::from_string(watcher.get_database_backend(), sql);
        let row = watcher.query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index::<String>(1).unwrap().parse().unwrap()
    };
    let work = async || {
        let (course, cell) = (fixture.chinese(), fixture.cell(1));
        enter(db, &fixture.li, course, &[(cell, points("1"))])
            .await
            .unwrap();
        people::by_username_key(db, "li").await.unwrap().unwrap();
    };
    // Warms up: a first score is another statement than a changed one, and the watcher's own counts.
    work().await;
    work().await;
    prepared().await;
    let before = prepared().await;
    let sent = db.statements_sent();
    for _ in 0..20 {
        work().await;
    }
    assert!(db.statements_sent() - sent >= 80);
    let again = prepared().await - before;
    // A second connection of the pool would prepare them once more, but not for each of 20 rounds.
    assert!(again <= 20, "{again} statements were prepared again");
}
