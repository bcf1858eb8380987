//! Accounts as admins look for them, change their roles, give out passwords and read what was done.

use std::collections::BTreeMap;

use gradebook_auth::actions::{
    Account, ListUsers, ManageOwnSession, ManagePeople, ManageSetup, SeeChangeLog,
};
use gradebook_auth::{Role, authorize};
use gradebook_domain::{ChangeId, UserId};
use gradebook_persistence::change_log::{self, ChangeKind};
use gradebook_persistence::query::{account_log, class_accounts};
use gradebook_persistence::repo::people::{self, PeopleFilter, User};
use gradebook_persistence::repo::school::{self, NewClass};
use gradebook_persistence::repo::sessions::{self, NewSession};
use gradebook_persistence::{Db, DbError};
use gradebook_test_databases::{TestDatabase, on_both_databases};
use sea_orm::ConnectionTrait;

use crate::fixture::{AT, create_users, of_school, operator, person, stamp, user};
use crate::table_rows::{plain, texts};

async fn account(db: &Db, id: UserId) -> User {
    people::by_id(db, id).await.unwrap().unwrap().user
}

fn text(text: &str) -> PeopleFilter {
    PeopleFilter {
        text: text.to_owned(),
        ..PeopleFilter::default()
    }
}

async fn found(db: &Db, filter: &PeopleFilter) -> Vec<String> {
    let grant = of_school::<ListUsers>();
    let list = people::list(db, &grant, filter, UserId(0), 100)
        .await
        .unwrap();
    let count = people::count_of(db, &grant, filter, None).await.unwrap();
    assert_eq!(count, list.len() as u64, "{filter:?}");
    list.into_iter().map(|user| user.username).collect()
}

async fn search_texts(database: &TestDatabase) -> Vec<String> {
    let sql = "SELECT search_text FROM users ORDER BY id";
    texts(&plain(database).await, sql).await
}

on_both_databases! {
    async fn accounts_are_found_by_parts_in_any_case_and_width(database: TestDatabase) {
        let db = database.migrated().await;
        let named = |key: &str, role, number: Option<&str>, name: &str| {
            let mut new = user(key, role, number.map(str::to_owned));
            new.name = name.to_owned();
            new
        };
        create_users(&db, &[
            named("w.chen", Role::Teacher, None, "陈伟 Wěi"),
            named("li", Role::Student, Some("A_1"), "ＬＩ Éva"),
            named("wang", Role::Student, Some("A%2"), "back\\slash 50!"),
        ]).await.unwrap();
        for (asked, expected) in [
            ("", vec!["w.chen", "li", "wang"]),
            (" \t\u{3000}\0 ", vec!["w.chen", "li", "wang"]),
            ("陈", vec!["w.chen"]),
            ("WĚI ｗ.ＣＨＥＮ", vec!["w.chen"]),
            ("li éVA a_", vec!["li"]),
            ("a_1", vec!["li"]),
            ("A%2", vec!["wang"]),
            ("_", vec!["li"]),
            ("%", vec!["wang"]),
            ("\\", vec!["wang"]),
            ("50!", vec!["wang"]),
            ("'", vec![]),
            ("li a%2", vec![]),
            ("chen陈", vec![]),
            ("i e", vec!["w.chen"]),
        ] {
            assert_eq!(found(&db, &text(asked)).await, expected, "{asked:?}");
        }
        let student = PeopleFilter { role: Some(Role::Student), enabled: Some(true), ..text("a") };
        assert_eq!(found(&db, &student).await, ["li", "wang"]);
        assert!(found(&db, &PeopleFilter { enabled: Some(false), ..student }).await.is_empty());
    }

    async fn a_list_is_read_in_parts_and_counted_up_to_a_place(database: TestDatabase) {
        let db = database.migrated().await;
        let new: Vec<_> = (0..7).map(|place| user(&format!("t{place}"), Role::Teacher, None)).collect();
        let ids = create_users(&db, &new).await.unwrap();
        let grant = of_school::<ListUsers>();
        let (mut seen, mut after) = (Vec::new(), UserId(0));
        loop {
            let part = people::list(&db, &grant, &text("t"), after, 3).await.unwrap();
            assert_eq!(people::count_of(&db, &grant, &text("t"), Some(after)).await.unwrap(), seen.len() as u64);
            let Some(last) = part.last() else { break };
            after = last.id;
            seen.extend(part.into_iter().map(|user| user.id));
        }
        assert_eq!(seen, ids);
    }

    async fn a_new_name_is_found_and_the_old_one_no_more(database: TestDatabase) {
        let db = database.migrated().await;
        let id = create_users(&db, &[user("li", Role::Student, Some("A1".to_owned()))]).await.unwrap()[0];
        let (before, actor, grant) = (account(&db, id).await, operator(), of_school::<ManagePeople>());
        db.write(async |tx| people::change_profile(tx, &grant, &stamp(&actor), &before, "Zhōu", "en").await).await.unwrap();
        assert_eq!(search_texts(&database).await, ["li\nzhōu\na1"]);
        // What a version wrote that does not know the column is found by its username.
        plain(&database).await.execute_unprepared("UPDATE users SET search_text = NULL").await.unwrap();
        assert_eq!(found(&db, &text("LI")).await, ["li"]);
    }

    async fn the_texts_of_accounts_from_before_are_filled_in(database: TestDatabase) {
        let db = database.migrated().await;
        create_users(&db, &[
            user("Ｌi", Role::Student, Some("Ａ1".to_owned())),
            user("wang", Role::Teacher, None),
        ]).await.unwrap();
        let written = search_texts(&database).await;
        let steps = db.migrations().await.unwrap();
        let place = steps.iter().position(|step| step.name.ends_with("_users_search_text")).unwrap();
        db.migrate_down(u32::try_from(steps.len() - place).unwrap()).await.unwrap();
        db.migrate_up().await.unwrap();
        assert_eq!(search_texts(&database).await, written);
        assert_eq!(written, ["li\nperson li\na1", "wang\nperson wang\n"]);
    }

    async fn another_role_makes_tokens_void_and_is_on_record(database: TestDatabase) {
        let db = database.migrated().await;
        let id = create_users(&db, &[user("li", Role::Teacher, None)]).await.unwrap()[0];
        let (before, actor, grant) = (account(&db, id).await, operator(), of_school::<ManagePeople>());
        db.write(async |tx| people::change_role(tx, &grant, &stamp(&actor), &before, Role::Admin).await).await.unwrap();
        let after = account(&db, id).await;
        assert_eq!((after.role, after.ver), (Role::Admin, before.ver + 1));
        let revoked = change_log::revocations_since(&db, AT).await.unwrap();
        assert_eq!(revoked.len(), 1);
        assert_eq!((revoked[0].kind, revoked[0].user, revoked[0].version), (ChangeKind::RoleChanged, Some(id), Some(after.ver)));
        let log = account_log::of_account(&db, &of_school::<SeeChangeLog>(), id, None, 9).await.unwrap();
        assert_eq!(log[0].detail.as_deref(), Some("teacher -> admin"));
    }

    async fn initial_passwords_go_to_whoever_has_none_of_their_own(database: TestDatabase) {
        let db = database.migrated().await;
        let with = |key: &str, hash: Option<&str>, initial| {
            let mut new = user(key, Role::Student, Some(key.to_owned()));
            new.password_hash = hash.map(str::to_owned);
            new.password_change_required = initial;
            new
        };
        let ids = create_users(&db, &[
            with("none", None, false),
            with("initial", Some("printed before"), true),
            with("own", Some("chosen"), false),
            with("disabled", None, false),
            user("teacher", Role::Teacher, None),
        ]).await.unwrap();
        let (actor, grant) = (operator(), of_school::<ManagePeople>());
        let off = account(&db, ids[3]).await;
        db.write(async |tx| people::set_enabled(tx, &grant, &stamp(&actor), &off, false).await).await.unwrap();
        let owner = ids[1];
        let new = NewSession { family: "family", user_ver: 1, refresh_hash: "h", expires_at: AT + 9, device: "", address: "", second_factor: false };
        let own_session = authorize::<ManageOwnSession>(&person(owner, Role::Student), Account { user: owner }).unwrap();
        db.write(async |tx| sessions::start(tx, &own_session, AT, &new).await).await.unwrap();
        let floor = change_log::newest_until(&db, i64::MAX).await.unwrap();

        let mut hashes: BTreeMap<UserId, String> = ids.iter().map(|id| (*id, format!("hash of {id}"))).collect();
        hashes.insert(UserId(999), "nobody's".to_owned());
        let given = db.write(async |tx| people::give_initial_passwords(tx, &grant, &stamp(&actor), &hashes).await).await.unwrap();
        assert_eq!(given, ids[..2]);
        for id in &given {
            let found = people::by_id(&db, *id).await.unwrap().unwrap();
            assert_eq!(found.password_hash, Some(format!("hash of {id}")), "each has its own");
            assert!(found.user.password_change_required);
            assert_eq!(found.user.ver, 2);
        }
        let kept = people::by_id(&db, ids[2]).await.unwrap().unwrap();
        assert_eq!((kept.password_hash.as_deref(), kept.user.ver), (Some("chosen"), 1));
        for id in &ids[3..] {
            assert!(!account(&db, *id).await.has_password);
        }
        assert_eq!(sessions::by_family(&db, "family").await.unwrap().unwrap().ended_at, Some(AT));
        let told = change_log::rows(&db, &change_log::ids_after(&db, floor).await.unwrap()).await.unwrap();
        let told: Vec<_> = told.iter().map(|change| (change.kind, change.user, change.version)).collect();
        let reset = |id| (ChangeKind::PasswordReset, Some(id), Some(2));
        assert_eq!(told, [reset(ids[0]), reset(ids[1])]);
        let nobody = db.write(async |tx| people::give_initial_passwords(tx, &grant, &stamp(&actor), &BTreeMap::new()).await).await.unwrap();
        assert!(nobody.is_empty());
    }

    async fn a_password_chosen_meanwhile_is_not_replaced(database: TestDatabase) {
        let db = database.migrated().await;
        let mut new = user("li", Role::Student, Some("A1".to_owned()));
        new.password_hash = Some("printed".to_owned());
        new.password_change_required = true;
        let id = create_users(&db, &[new]).await.unwrap()[0];
        let (li, actor, grant) = (account(&db, id).await, operator(), of_school::<ManagePeople>());
        let own = authorize(&person(id, Role::Student), Account { user: id }).unwrap();
        let hashes = BTreeMap::from([(id, "slip".to_owned())]);
        let (chosen, given) = tokio::join!(
            db.write(async |tx| people::change_own_password(tx, &own, &stamp(&actor), &li, "own").await),
            db.write(async |tx| people::give_initial_passwords(tx, &grant, &stamp(&actor), &hashes).await),
        );
        chosen.unwrap();
        // In either order the slip is void, or it was never made; the own password counts.
        let last = people::by_id(&db, id).await.unwrap().unwrap();
        assert_eq!(last.password_hash.as_deref(), Some("own"));
        assert_eq!(last.user.ver, if given.unwrap().is_empty() { 2 } else { 3 });
    }

    async fn an_account_s_log_is_read_in_pages_newest_first(database: TestDatabase) {
        let db = database.migrated().await;
        let ids = create_users(&db, &[user("li", Role::Teacher, None), user("wang", Role::Admin, None)]).await.unwrap();
        let (li, wang) = (account(&db, ids[0]).await, person(ids[1], Role::Admin));
        let grant = of_school::<ManagePeople>();
        for enabled in [false, true] {
            db.write(async |tx| people::set_enabled(tx, &grant, &stamp(&wang), &li, enabled).await).await.unwrap();
        }
        db.write(async |tx| people::reset_password(tx, &grant, &stamp(&wang), &li, "secret hash").await).await.unwrap();
        plain(&database)
            .await
            .execute_unprepared(&format!("INSERT INTO change_log (id, at, kind, source, user_id) VALUES (9000, 1, 'invented', 'web', {})", ids[0]))
            .await
            .unwrap();
        let see = of_school::<SeeChangeLog>();
        let (mut kinds, mut before) = (Vec::new(), None);
        loop {
            let page = account_log::of_account(&db, &see, ids[0], before, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            before = Some(last.id);
            for change in page {
                assert_eq!(change.detail, None, "no secret, no hash");
                kinds.push((change.kind, change.actor.map(|(id, name)| (id == ids[1], name))));
            }
        }
        let wang = || Some((true, "Person wang".to_owned()));
        assert_eq!(kinds, [
            (None, None),
            (Some(ChangeKind::PasswordReset), wang()),
            (Some(ChangeKind::UserEnabled), wang()),
            (Some(ChangeKind::UserDisabled), wang()),
            (Some(ChangeKind::UserCreated), None),
        ]);
        let none = account_log::of_account(&db, &see, ids[0], Some(ChangeId(1)), 9).await.unwrap();
        assert!(none.is_empty());
    }

    async fn a_class_counts_whoever_belongs_to_it_today_or_later(database: TestDatabase) {
        let db = database.migrated().await;
        let mut new: Vec<_> = ["gone", "here", "late", "own"]
            .map(|key| user(key, Role::Student, Some(key.to_owned())))
            .into();
        new[3].password_hash = Some("chosen".to_owned());
        let ids = create_users(&db, &new).await.unwrap();
        let (actor, people_grant, setup) = (operator(), of_school::<ManagePeople>(), of_school::<ManageSetup>());
        let class = |year: &str, name: &str| NewClass {
            school_year: year.to_owned(),
            grade_level: "Grade 6".to_owned(),
            name: name.to_owned(),
        };
        let (empty, full) = db
            .write(async |tx| {
                let stamp = stamp(&actor);
                let empty = school::create_class(tx, &setup, &stamp, &class("2025-2026", "Empty")).await?;
                let full = school::create_class(tx, &setup, &stamp, &class("2026-2027", "Full")).await?;
                for (id, starts_on) in ids.iter().zip(["2026-09-01", "2026-09-01", "2026-12-01", "2026-09-01"]) {
                    school::enrol(tx, &people_grant, &stamp, &[(full, *id)], starts_on).await?;
                }
                Ok::<_, DbError>((empty, full))
            })
            .await
            .unwrap();
        let leave = format!("UPDATE enrolments SET ends_on = '2026-11-21' WHERE student_id = {}", ids[0]);
        plain(&database).await.execute_unprepared(&leave).await.unwrap();
        let on = async |day: &str| {
            let all = class_accounts::of_all_classes(&db, &people_grant, day).await.unwrap();
            all.into_iter().map(|one| (one.class.id, one.students, one.waiting)).collect::<Vec<_>>()
        };
        assert_eq!(on("2026-11-21").await, [(full, 4, 3), (empty, 0, 0)]);
        assert_eq!(on("2026-11-22").await, [(full, 3, 2), (empty, 0, 0)]);
        let (_, students) = class_accounts::of_class(&db, &people_grant, full, "2026-11-22").await.unwrap().unwrap();
        let names: Vec<String> = students.into_iter().map(|user| user.username).collect();
        assert_eq!(names, ["here", "late", "own"]);
        let nowhere = class_accounts::of_class(&db, &people_grant, gradebook_domain::ClassId(999), "2026-11-22").await.unwrap();
        assert!(nowhere.is_none());
    }
}
