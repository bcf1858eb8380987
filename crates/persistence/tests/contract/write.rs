use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gradebook_auth::actions::ManageSetup;
use gradebook_auth::throttle::Failures;
use gradebook_persistence::change_log;
use gradebook_persistence::db::Dialect;
use gradebook_persistence::query::structure;
use gradebook_persistence::repo::school::{self, NewClass};
use gradebook_persistence::repo::{scores, throttles};
use gradebook_persistence::{Db, DbError, Tx};
use gradebook_test_databases::on_both_databases;
use sea_orm::{ConnectionTrait, DbErr, TransactionTrait};
use tokio::sync::{Barrier, Notify};

use crate::fixture::{Fixture, SMALL, enter, of_school, operator, points, put_over, stamp, stored};
use crate::table_rows::plain;

const YEAR: &str = "2026-2027";
const FAILED: Failures = Failures {
    count: 1,
    last_at: 7,
};

async fn create_class(tx: &Tx, name: &str) -> Result<(), DbError> {
    let new = NewClass {
        school_year: YEAR.to_owned(),
        grade_level: "Grade 6".to_owned(),
        name: name.to_owned(),
    };
    let operator = operator();
    school::create_class(tx, &of_school::<ManageSetup>(), &stamp(&operator), &new).await?;
    Ok(())
}

async fn class_names(db: &Db) -> Vec<String> {
    let classes = structure::classes(db, YEAR).await.unwrap();
    classes.into_iter().map(|class| class.name).collect()
}

fn contention() -> DbError {
    DbError::Contention(DbErr::Custom("made up by the test".to_owned()))
}

on_both_databases! {
    async fn an_error_leaves_nothing_behind(database: TestDatabase) {
        let db = database.migrated().await;
        let error = db
            .write(async |tx| {
                create_class(tx, "A").await?;
                Err::<(), _>(DbError::Configuration("no".to_owned()))
            })
            .await
            .unwrap_err();
        assert!(matches!(error, DbError::Configuration(_)), "{error}");
        assert_eq!(class_names(&db).await, Vec::<String>::new());
        assert_eq!(change_log::newest_until(&db, i64::MAX).await.unwrap().0, 0);
        db.write(async |tx| create_class(tx, "A").await).await.unwrap();
        assert_eq!(class_names(&db).await, ["A"]);
    }

    async fn a_refused_statement_takes_back_those_before_it(database: TestDatabase) {
        let db = database.migrated().await;
        db.write(async |tx| create_class(tx, "A").await).await.unwrap();
        let error = db
            .write(async |tx| {
                create_class(tx, "B").await?;
                create_class(tx, "A").await
            })
            .await
            .unwrap_err();
        assert!(matches!(error, DbError::Duplicate(_)), "{error}");
        assert_eq!(class_names(&db).await, ["A"]);
        assert_eq!(change_log::ids_after(&db, gradebook_domain::ChangeId(0)).await.unwrap().len(), 1);
    }

    async fn an_abandoned_transaction_is_rolled_back(database: TestDatabase) {
        let db = database.migrated().await;
        let reached = Notify::new();
        let abandoned = db.write(async |tx| {
            create_class(tx, "A").await?;
            reached.notify_one();
            std::future::pending::<Result<(), DbError>>().await
        });
        tokio::select! {
            _ = abandoned => unreachable!("it never ends by itself"),
            () = reached.notified() => {}
        }
        // The only writing connection of SQLite is free again, and the lock on the name too.
        db.write(async |tx| create_class(tx, "A").await).await.unwrap();
        assert_eq!(class_names(&db).await, ["A"]);
    }

    async fn contention_runs_the_closure_again_on_a_clean_slate(database: TestDatabase) {
        let db = database.migrated().await;
        let runs = AtomicUsize::new(0);
        db.write(async |tx| {
            create_class(tx, "A").await?;
            if runs.fetch_add(1, Ordering::SeqCst) < 2 {
                return Err(contention());
            }
            Ok(())
        })
        .await
        .unwrap();
        assert_eq!(runs.load(Ordering::SeqCst), 3);
        assert_eq!(class_names(&db).await, ["A"]);
    }

    async fn contention_that_never_ends_is_told_after_bounded_attempts(database: TestDatabase) {
        let db = database.migrated().await;
        let runs = AtomicUsize::new(0);
        let error = db
            .write(async |_| {
                runs.fetch_add(1, Ordering::SeqCst);
                Err::<(), _>(contention())
            })
            .await
            .unwrap_err();
        assert!(matches!(error, DbError::Contention(_)), "{error}");
        assert_eq!(runs.load(Ordering::SeqCst), 8);
    }

    async fn other_errors_are_not_tried_again(database: TestDatabase) {
        let db = database.migrated().await;
        let runs = AtomicUsize::new(0);
        db.write(async |_| {
            runs.fetch_add(1, Ordering::SeqCst);
            Err::<(), _>(DbError::Unavailable(DbErr::Custom("gone".to_owned())))
        })
        .await
        .unwrap_err();
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    }

    /// Another process holds the lock: SQLite answers BUSY, MySQL a lock wait timeout.
    async fn a_lock_held_elsewhere_is_contention_until_it_is_released(database: TestDatabase) {
        let holder = database.migrated().await;
        let fixture = Fixture::make(&holder, SMALL).await;
        let cell = fixture.cell(0);
        let course = fixture.chinese();
        enter(&holder, &fixture.li, course, &[(cell, points("1"))]).await.unwrap();
        // Whole seconds on MySQL: no waiting at all there.
        let mut options = database.options();
        options.lock_timeout = Duration::from_millis(150);
        let db = Db::connect(&options).await.unwrap();

        let (locked, release) = (Notify::new(), Notify::new());
        let holding = holder.write(async |tx| {
            scores::lock(tx, &HashSet::from([cell])).await?;
            locked.notify_one();
            release.notified().await;
            Ok::<_, DbError>(())
        });
        let meanwhile = async {
            locked.notified().await;
            // Readers are not in anybody's way.
            assert_eq!(stored(&db, cell).await.unwrap().version, 1);
            let impatient = enter(&db, &fixture.li, course, &[(cell, points("2"))]).await;
            assert!(matches!(impatient, Err(DbError::Contention(_))), "{impatient:?}");
            let edit = [(cell, points("3"))];
            let patient = enter(&db, &fixture.li, course, &edit);
            let releasing = async {
                // Long enough for a first attempt to fail, shorter than all of them together.
                tokio::time::sleep(Duration::from_millis(200)).await;
                release.notify_one();
            };
            tokio::join!(patient, releasing).0.unwrap();
        };
        tokio::join!(holding, meanwhile).0.unwrap();
        let stored = stored(&db, cell).await.unwrap();
        assert_eq!((stored.score, stored.version), (points("3"), 2));
    }
}

/// A change of the schema waits for a reader, and everybody who comes later waits behind it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_for_ever_behind_a_change_of_the_schema() {
    let database = gradebook_test_databases::mysql().await;
    database.migrated().await.close().await;
    let mut options = database.options();
    options.lock_timeout = Duration::from_secs(1);
    let db = Db::connect(&options).await.unwrap();

    let (reading, changing) = (plain(&database).await, plain(&database).await);
    let long_read = reading.begin().await.unwrap();
    long_read
        .execute_unprepared("SELECT id FROM classes")
        .await
        .unwrap();
    let change = changing.execute_unprepared("ALTER TABLE classes ADD COLUMN spare bigint");
    let meanwhile = async {
        let waiting = "SELECT CAST(id AS CHAR) FROM information_schema.processlist \
                       WHERE db = DATABASE() AND state = 'Waiting for table metadata lock'";
        while database.texts(waiting).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let late = structure::classes(&db, YEAR).await;
        assert!(matches!(late, Err(DbError::Contention(_))), "{late:?}");
        long_read.rollback().await.unwrap();
    };
    let both = async { tokio::join!(change, meanwhile).0.unwrap() };
    tokio::time::timeout(Duration::from_secs(60), both)
        .await
        .expect("it waits for ever");
    assert!(class_names(&db).await.is_empty());
}

/// Two transactions lock two rows in opposite order. MySQL ends one of them, which runs again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_runs_the_victim_again() {
    let database = gradebook_test_databases::mysql().await;
    assert_eq!(database.dialect, Dialect::MySql);
    let db = database.migrated().await;
    let fixture = Fixture::make(&db, SMALL).await;
    let course = fixture.chinese();
    let cells = [fixture.cell(0), fixture.cell(1)];
    let both = cells.map(|cell| (cell, points("1")));
    enter(&db, &fixture.li, course, &both).await.unwrap();

    let (runs, met) = (AtomicUsize::new(0), Barrier::new(2));
    let (runs, met, db, fixture) = (&runs, &met, &db, &fixture);
    let crossing = async |[first, second]: [_; 2]| {
        let met_once = AtomicUsize::new(0);
        db.write(async |tx| {
            runs.fetch_add(1, Ordering::SeqCst);
            scores::lock(tx, &HashSet::from([first])).await?;
            if met_once.fetch_add(1, Ordering::SeqCst) == 0 {
                met.wait().await;
            }
            scores::lock(tx, &HashSet::from([second])).await?;
            let edits = cells.map(|cell| (cell, points("2")));
            put_over(tx, &fixture.li, course, &edits).await.map(|_| ())
        })
        .await
    };
    let (one, other) = tokio::join!(crossing(cells), crossing([cells[1], cells[0]]));
    one.unwrap();
    other.unwrap();
    assert!(runs.load(Ordering::SeqCst) >= 3, "nobody ran again");
    for cell in cells {
        assert_eq!(stored(db, cell).await.unwrap().version, 3);
    }
}

on_both_databases! {
    async fn a_commit_wakes_who_waits_for_one(database: TestDatabase) {
        let db = database.migrated().await;
        db.write(async |tx| create_class(tx, "A").await).await.unwrap();
        // Even one that happened before anybody waited.
        db.committed().await;
        let waiter = tokio::spawn({
            let db = db.clone();
            async move { db.committed().await }
        });
        let failed = db.write(async |tx| create_class(tx, "A").await).await;
        assert!(matches!(failed, Err(DbError::Duplicate(_))));
        assert!(!waiter.is_finished());
        db.write(async |tx| create_class(tx, "B").await).await.unwrap();
        waiter.await.unwrap();
    }

    async fn a_rehearsal_answers_as_the_change_would_and_leaves_nothing(database: TestDatabase) {
        let db = database.migrated().await;
        let before = change_log::ids_after(&db, gradebook_domain::ChangeId(0)).await.unwrap();
        db.rehearse(async |tx| create_class(tx, "A").await).await.unwrap();
        let again = db.write(async |tx| create_class(tx, "A").await).await;
        assert!(again.is_ok(), "the first was taken back: {again:?}");
        let refused = db.rehearse(async |tx| create_class(tx, "A").await).await;
        assert!(matches!(refused, Err(DbError::Duplicate(_))), "{refused:?}");
        db.rehearse(async |tx| create_class(tx, "B").await).await.unwrap();
        let after = change_log::ids_after(&db, gradebook_domain::ChangeId(0)).await.unwrap();
        assert_eq!(after.len(), before.len() + 1, "one class was added");
    }

    async fn what_is_not_logged_is_stored_and_wakes_nobody(database: TestDatabase) {
        let db = database.migrated().await;
        db.write_unlogged(async |tx| throttles::put(tx, &HashMap::new(), "aa", FAILED).await).await.unwrap();
        assert_eq!(throttles::read(&db, &["aa"]).await.unwrap().get("aa"), Some(&FAILED));
        tokio::select! {
            biased;
            () = db.committed() => panic!("somebody was woken"),
            () = std::future::ready(()) => {}
        }
        db.write(async |tx| create_class(tx, "A").await).await.unwrap();
        db.committed().await;
    }
}
