//! Files that are kept until somebody agrees to their plan, and who may still agree.

use std::sync::Arc;
use std::time::Duration;

use gradebook_app::NewPerson;
use gradebook_app::imports::{
    Agreed, ImportChange, ImportError, ImportOrder, ImportScores, NoRoom,
};
use gradebook_auth::actions::{Import, ImportScope};
use gradebook_auth::{Actor, Role, Via, authorize};
use gradebook_domain::{BatchId, ImportId, SessionId, UserId};
use gradebook_persistence::Tx;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::repo::imports::{self, ImportState};
use gradebook_test_databases::on_both_databases;

use super::closing::overtaken;
use super::support::{NOW, TestApp, app_on};
use super::{changes, order};

const FILE: &[u8] = "年级,班级,考号,语文\n七年级,1班,1,70\n".as_bytes();
const HOUR: i64 = 3_600_000;

async fn admin(school: &TestApp, username: &str) -> UserId {
    let new = NewPerson {
        username: username.to_owned(),
        name: username.to_owned(),
        role: Role::Admin,
        student_number: None,
        password: None,
        locale: "en".to_owned(),
        enabled: true,
    };
    let operator = Actor::operator();
    school.app.add_person(&operator, new).await.unwrap();
    let names = [username.to_owned()];
    let found = school.app.people_named(&operator, &names);
    found.await.unwrap()[0].as_ref().unwrap().id
}

fn stamp(actor: &Actor, at: i64) -> Stamp<'_> {
    Stamp {
        at,
        actor,
        batch: None,
        reason: None,
    }
}

on_both_databases! {
    async fn a_person_keeps_three_files(database: TestDatabase) {
        let school = app_on(database).await;
        let order = ImportOrder::Exam(order());
        let operator = Actor::operator();
        // They were sent from the shell, and so by nobody.
        let mut sent = Vec::new();
        for _ in 0..5 {
            sent.push(school.app.keep_import(&operator, FILE, &order).await.unwrap());
        }
        let mut kept = Vec::new();
        for id in sent {
            let import = school.app.kept_import(&operator, id).await.unwrap();
            let plan = school.app.plan_of_kept(&operator, &import).await.unwrap();
            // The second look finds the plan of the first.
            assert_eq!(plan, school.app.plan_of_kept(&operator, &import).await.unwrap());
            kept.push(plan.is_some());
        }
        assert_eq!(kept, [false, false, true, true, true]);
    }

    async fn a_file_is_forgotten_after_an_hour_unless_it_is_being_written(database: TestDatabase) {
        let school = app_on(database).await;
        let (order, actor) = (ImportOrder::Exam(order()), Actor::operator());
        let grant = authorize::<Import>(&actor, ImportScope { course: None }).unwrap();
        let waiting = school.app.keep_import(&actor, FILE, &order).await.unwrap();
        let running = school.app.keep_import(&actor, FILE, &order).await.unwrap();
        let claim = (running, BatchId(7));
        let late = stamp(&actor, NOW + HOUR);
        let claimed = school.db.write(async |tx| imports::claim(tx, &grant, &late, claim, 0).await).await;
        assert!(claimed.unwrap());
        // Signs of life of whoever has it keep others from taking it; those of others do nothing.
        let touch = async |of: BatchId, at: i64| {
            school.db.write(async |tx| imports::touch(tx, &grant, (running, of), at).await).await.unwrap();
            imports::one(&school.db, running).await.unwrap().unwrap().changed_at
        };
        assert_eq!(touch(BatchId(7), NOW + HOUR + 5).await, NOW + HOUR + 5);
        assert_eq!(touch(BatchId(8), NOW + HOUR + 9).await, NOW + HOUR + 5);
        let stale = NOW + HOUR + 5;
        let taken = school.db.write(async |tx| imports::claim(tx, &grant, &late, (running, BatchId(9)), stale).await).await;
        assert!(!taken.unwrap(), "a sign of life is as good as a beginning");

        school.db.write(async |tx| imports::forget_files(tx, NOW + 1).await).await.unwrap();
        let file = async |id| imports::file(&school.db, &grant, id).await.unwrap();
        assert!(file(waiting).await.is_none() && file(running).await.is_some());
        school.db.write(async |tx| imports::forget_files(tx, NOW + 2 * HOUR).await).await.unwrap();
        assert!(file(running).await.is_none(), "its server died long ago");
        assert_eq!(imports::one(&school.db, running).await.unwrap().unwrap().state, ImportState::Running);
    }

    async fn a_file_is_kept_under_a_name_that_says_what_it_is(database: TestDatabase) {
        let school = app_on(database).await;
        let actor = Actor::operator();
        let file_name = "月考\u{202e}vsc\u{7}.csv".to_owned();
        let order = ImportOrder::Exam(ImportScores { file_name, ..order() });
        let kept = school.app.keep_import(&actor, FILE, &order).await.unwrap();
        let written = school.app.commit_import(&actor, FILE, &order, &Agreed::default(), &|_| {}).await;
        assert!(written.is_ok(), "{written:?}");
        let all = school.app.kept_imports(&actor, (None, ""), None, 10).await.unwrap().items;
        assert_eq!((all.len(), all[1].stored.id), (2, kept));
        assert!(all.iter().all(|one| one.stored.file_name == "月考vsc.csv"), "{all:?}");
    }

    async fn one_person_writes_one_import_at_a_time(database: TestDatabase) {
        let school = app_on(database).await;
        let (order, actor) = (ImportOrder::Exam(order()), Actor::operator());
        let grant = authorize::<Import>(&actor, ImportScope { course: None }).unwrap();
        let gone = school.app.keep_import(&actor, FILE, &order).await.unwrap();
        school.db.write(async |tx| imports::forget_files(tx, NOW + 1).await).await.unwrap();
        let first = school.app.keep_import(&actor, FILE, &order).await.unwrap();
        let second = school.app.keep_import(&actor, FILE, &order).await.unwrap();
        let TestApp { app, db, .. } = school;
        let app = Arc::new(app);
        let start = async |id| app.start_import(&actor, id, Agreed::default()).await;
        let lock = async |tx: &Tx| {
            for id in [first, second] {
                imports::lock_summary(tx, &grant, id).await?;
            }
            Ok(())
        };
        let all = async { tokio::join!(start(first), start(second), start(gone), start(ImportId(4_711))) };
        let (one, other, gone, nothing) = overtaken(&db, lock, async |_| Ok(()), all).await;
        // What cannot be written takes nobody's place, and is told so.
        assert!(matches!(gone, Err(ImportError::Order { code: "not_waiting", .. })), "{gone:?}");
        assert!(matches!(nothing, Err(ImportError::NotFound)), "{nothing:?}");
        let (begun, waiting, refused) = if one.is_ok() { (first, second, other) } else { (second, first, one) };
        assert!(matches!(refused, Err(ImportError::NoRoom(NoRoom::ForOneMore))), "{refused:?}");
        let settled = async |id| loop {
            let state = imports::one(&db, id).await.unwrap().unwrap().state;
            if state != ImportState::Running {
                break state;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!(settled(begun).await, ImportState::Committed);
        assert_eq!(imports::one(&db, waiting).await.unwrap().unwrap().state, ImportState::Planned);
        while let Err(ImportError::NoRoom(_)) = start(waiting).await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(settled(waiting).await, ImportState::Committed);
    }

    async fn a_file_that_nobody_agreed_to_does_not_wait_for_ever(database: TestDatabase) {
        let school = app_on(database).await;
        let (order, actor) = (ImportOrder::Exam(order()), Actor::operator());
        let grant = authorize::<Import>(&actor, ImportScope { course: None }).unwrap();
        let fresh = school.app.keep_import(&actor, FILE, &order).await.unwrap();
        let old = imports::NewImport {
            kind: "exam",
            file_name: "old.csv".to_owned(),
            options: "{}".to_owned(),
            file: Some(FILE.to_vec()),
            done: None,
        };
        let then = stamp(&actor, NOW - HOUR - 1);
        let old = school.db.write(async |tx| imports::keep(tx, &grant, &then, &old).await).await.unwrap();
        let expired = async |id| school.app.kept_import(&actor, id).await.unwrap().expired;
        assert!(expired(old).await && !expired(fresh).await);
        let before = changes(&school).await;
        school.app.cancel_import(&actor, fresh).await.unwrap();
        let cancelled = school.app.kept_import(&actor, fresh).await.unwrap();
        assert!(cancelled.is_cancelled());
        assert!(imports::file(&school.db, &grant, fresh).await.unwrap().is_none());
        assert_eq!(changes(&school).await, before + 1);
        let again = school.app.cancel_import(&actor, fresh).await;
        assert!(matches!(again, Err(ImportError::Order { code: "not_waiting", .. })), "{again:?}");
    }

    async fn what_its_server_abandoned_is_changed_or_taken_back(database: TestDatabase) {
        let school = app_on(database).await;
        let (order, actor) = (ImportOrder::Exam(order()), Actor::operator());
        let grant = authorize::<Import>(&actor, ImportScope { course: None }).unwrap();
        // Taken at a time, and not heard of since.
        let taken = async |at: i64| {
            let id = school.app.keep_import(&actor, FILE, &order).await.unwrap();
            let stamp = stamp(&actor, at);
            let claim = (id, BatchId(7));
            let claimed = school.db.write(async |tx| imports::claim(tx, &grant, &stamp, claim, 0).await).await;
            assert!(claimed.unwrap());
            id
        };
        let change = ImportChange { reason: None, ignore_columns: Some(vec!["书法".to_owned()]) };
        let state = async |id| imports::one(&school.db, id).await.unwrap().unwrap().state;

        let busy = taken(NOW - 1_000).await;
        let changed = school.app.change_import(&actor, busy, &change).await;
        assert!(matches!(changed, Err(ImportError::Order { code: "not_waiting", .. })), "{changed:?}");
        let cancelled = school.app.cancel_import(&actor, busy).await;
        assert!(matches!(cancelled, Err(ImportError::Order { code: "not_waiting", .. })), "{cancelled:?}");
        assert_eq!(state(busy).await, ImportState::Running);

        let stale = taken(NOW - HOUR / 2).await;
        assert!(school.app.kept_import(&actor, stale).await.unwrap().abandoned);
        school.app.change_import(&actor, stale, &change).await.unwrap();
        let waits = school.app.kept_import(&actor, stale).await.unwrap();
        assert_eq!((waits.stored.state, waits.abandoned), (ImportState::Planned, false));
        assert_eq!(waits.order.as_ref().unwrap().ignore_columns(), ["书法"]);
        // Should its server come back, it has lost it.
        let done = imports::Done { summary: "{}".to_owned(), left_out: None, batch: None };
        let now = stamp(&actor, NOW);
        let claim = (stale, BatchId(7));
        let ended = school.db.write(async |tx| imports::finish(tx, &grant, &now, claim, "a.csv", &done).await).await;
        assert!(!ended.unwrap());
        assert_eq!(state(stale).await, ImportState::Planned);

        let stale = taken(NOW - HOUR / 2).await;
        school.app.cancel_import(&actor, stale).await.unwrap();
        assert!(school.app.kept_import(&actor, stale).await.unwrap().is_cancelled());
        assert!(imports::file(&school.db, &grant, stale).await.unwrap().is_none());
    }

    async fn rows_that_were_left_out_are_kept_for_a_while(database: TestDatabase) {
        let school = app_on(database).await;
        let (order, actor) = (ImportOrder::Exam(order()), Actor::operator());
        let file = "年级,班级,考号,语文\n七年级,1班,1,70\n七年级,1班,2,=7O\n".as_bytes();
        let partial = Agreed { plan_hash: None, allow_partial: true, same_names_only: false };
        school.app.commit_import(&actor, file, &order, &partial, &|_| {}).await.unwrap();
        let listed = school.app.kept_imports(&actor, (None, ""), None, 9).await.unwrap();
        let id = listed.items[0].stored.id;
        let left = school.app.left_out_of_import(&actor, id).await.unwrap().unwrap();
        assert_eq!((left.total, left.titles.len(), left.rows.len()), (1, 4, 1));
        assert_eq!(left.rows[0].fields, ["七年级", "1班", "2", "=7O"]);
        assert_eq!(left.rows[0].errors[0].code, "not_a_number");
        school.db.write(async |tx| imports::forget_left_out(tx, NOW).await).await.unwrap();
        assert!(school.app.left_out_of_import(&actor, id).await.unwrap().is_some());
        school.db.write(async |tx| imports::forget_left_out(tx, NOW + 1).await).await.unwrap();
        assert_eq!(school.app.left_out_of_import(&actor, id).await.unwrap(), None);
    }

    async fn nothing_is_imported_for_a_session_that_ended(database: TestDatabase) {
        let school = app_on(database).await;
        let order = ImportOrder::Exam(order());
        // The token is good for a moment more; its session is over.
        let actor = Actor::person(admin(&school, "head").await, Role::Admin, SessionId(77), Via::Api);
        let before = changes(&school).await;
        let plan = school.app.preview_import(&actor, FILE, &order, &|_| {}).await.unwrap();
        let agreed = Agreed { plan_hash: Some(plan.plan_hash), allow_partial: false, same_names_only: false };
        let written = school.app.commit_import(&actor, FILE, &order, &agreed, &|_| {}).await;
        assert!(matches!(written, Err(ImportError::SignedOut)), "{written:?}");
        let kept = school.app.keep_import(&actor, FILE, &order).await;
        assert!(matches!(kept, Err(ImportError::SignedOut)), "{kept:?}");
        let bundle = school.app.export_oneroster(&actor).await.unwrap();
        let order = gradebook_app::oneroster::ImportOneRoster::default();
        let moved = school.app.import_oneroster(&actor, &bundle, &order).await;
        assert!(matches!(moved, Err(gradebook_app::oneroster::OneRosterError::SignedOut)), "{moved:?}");
        assert_eq!(before, changes(&school).await);
    }
}
