use std::collections::BTreeSet;

use gradebook_auth::actions::{
    Account, ChangeOwnPassword, ListUsers, ManageOwnSession, ManagePeople,
};
use gradebook_auth::{Grant, Role, authorize};
use gradebook_domain::{SessionId, UserId};
use gradebook_persistence::change_log::{self, ChangeKind};
use gradebook_persistence::repo::people::{self, PeopleFilter, User};
use gradebook_persistence::repo::sessions::{self, NewSession};
use gradebook_persistence::{Db, DbError};
use gradebook_test_databases::on_both_databases;

use crate::fixture::{AT, create_users, of_school, operator, person, stamp, user};

fn student(name: &str, number: &str) -> people::NewUser {
    user(name, Role::Student, Some(number.to_owned()))
}

async fn account(db: &Db, id: UserId) -> User {
    people::by_id(db, id).await.unwrap().unwrap().user
}

fn own_sessions(user: UserId) -> Grant<ManageOwnSession> {
    authorize(&person(user, Role::Teacher), Account { user }).unwrap()
}

fn own_password(user: UserId) -> Grant<ChangeOwnPassword> {
    authorize(&person(user, Role::Teacher), Account { user }).unwrap()
}

on_both_databases! {
    async fn an_account_comes_back_as_it_was_created(database: TestDatabase) {
        let db = database.migrated().await;
        let mut new = student("Zhāng.Wěi", "2026-0001");
        new.username_key = "zhāng.wěi".to_owned();
        new.name = "张伟 🎓".to_owned();
        new.password_hash = Some("v2$hash".to_owned());
        new.password_change_required = true;
        new.locale = "zh-CN".to_owned();
        let ids = create_users(&db, &[new]).await.unwrap();
        let found = people::by_username_key(&db, "zhāng.wěi").await.unwrap().unwrap();
        assert_eq!(found.password_hash.as_deref(), Some("v2$hash"));
        assert_eq!(
            found.user,
            User {
                id: ids[0],
                username: "Zhāng.Wěi".to_owned(),
                name: "张伟 🎓".to_owned(),
                role: Role::Student,
                student_number: Some("2026-0001".to_owned()),
                password_change_required: true,
                enabled: true,
                locale: "zh-CN".to_owned(),
                locale_chosen: false,
                ver: 1,
                totp_enabled: false,
                has_password: true,
            }
        );
        assert_eq!(account(&db, ids[0]).await, found.user);
        let listed = people::list(&db, &of_school::<ListUsers>(), &PeopleFilter::default(), UserId(0), 10).await.unwrap();
        assert_eq!(listed, [found.user]);
    }

    async fn a_key_and_a_number_are_taken_once(database: TestDatabase) {
        let db = database.migrated().await;
        create_users(&db, &[student("wei", "A1"), user("li", Role::Teacher, None)]).await.unwrap();
        let mut same_key = user("Wei", Role::Teacher, None);
        same_key.username_key = "wei".to_owned();
        for taken in [same_key, student("other", "A1")] {
            let refused = create_users(&db, &[user("first", Role::Teacher, None), taken]).await;
            assert!(matches!(refused, Err(DbError::Duplicate(_))), "{refused:?}");
        }
        // Not even the blameless first one of a refused pair was created.
        assert_eq!(people::count(&db).await.unwrap(), 2);
        let twice = [user("x", Role::Teacher, None), user("x", Role::Teacher, None)];
        assert!(matches!(create_users(&db, &twice).await, Err(DbError::Duplicate(_))));
    }

    async fn names_and_numbers_compare_byte_by_byte(database: TestDatabase) {
        let db = database.migrated().await;
        let look_alikes = ["a1", "A1", "á1", "a\u{301}1", "ａ1", "ß1", "ss1", "α1", "ı1", "i1"];
        let new: Vec<_> = look_alikes.iter().map(|text| student(text, text)).collect();
        let ids = create_users(&db, &new).await.unwrap();
        for (text, id) in look_alikes.iter().zip(&ids) {
            let found = people::by_username_key(&db, text).await.unwrap().unwrap();
            assert_eq!((found.user.id, found.user.username.as_str()), (*id, *text));
            let by_number = people::students_by_number(&db, &[(*text).to_owned()]).await.unwrap();
            assert_eq!(by_number, [((*text).to_owned(), *id)]);
        }
        for stranger in ["Á1", "SS1", "I1", "a", "a1x", "%", "_1"] {
            assert!(people::by_username_key(&db, stranger).await.unwrap().is_none(), "{stranger}");
        }
        let asked = ["A1", "Ss1", "i1"].map(str::to_owned);
        let taken: BTreeSet<String> =
            people::taken_usernames(&db, &asked).await.unwrap().into_iter().collect();
        assert_eq!(taken, BTreeSet::from(["A1".to_owned(), "i1".to_owned()]));
    }

    async fn numbers_that_look_like_a_known_one_are_told(database: TestDatabase) {
        let db = database.migrated().await;
        let new: Vec<_> = ["0601", "602", "00603", "6040", "0"].iter().map(|text| student(text, text)).collect();
        create_users(&db, &new).await.unwrap();
        let asked = ["601", "0602", "603", "0603", "604", "0601", "6041", "00"].map(str::to_owned);
        let found = people::nearly_numbered(&db, &asked).await.unwrap();
        let found: BTreeSet<(&str, &str)> = found.iter()
            .map(|(asked, one)| (asked.as_str(), one.number.as_str()))
            .collect();
        assert_eq!(found, BTreeSet::from([
            ("601", "0601"), ("0602", "602"), ("603", "00603"), ("0603", "00603"), ("00", "0"),
        ]));
        create_users(&db, &[student("Zhao", "Ab-7")]).await.unwrap();
        let asked = ["AB-7", "\u{ff21}\u{ff22}-7", "0ab- 7", "Ab-\u{200b}7", "Ab7", "Ab-70", "Ab-7"].map(str::to_owned);
        let found = people::nearly_numbered(&db, &asked).await.unwrap();
        let found: BTreeSet<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(found, BTreeSet::from(["AB-7", "\u{ff21}\u{ff22}-7", "0ab- 7", "Ab-\u{200b}7"]));
        assert!(people::nearly_numbered(&db, &[]).await.unwrap().is_empty());
    }

    async fn a_roster_of_thousands_is_created_and_found(database: TestDatabase) {
        let db = database.migrated().await;
        let new: Vec<_> = (0..2_500)
            .map(|place| student(&format!("s{place}"), &format!("{place:05}")))
            .collect();
        let ids = create_users(&db, &new).await.unwrap();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 2_500);
        let numbers: Vec<String> = (0..3_000).map(|place| format!("{place:05}")).collect();
        let found = people::students_by_number(&db, &numbers).await.unwrap();
        assert_eq!(found.len(), 2_500);
        assert!(found.contains(&("02499".to_owned(), ids[2_499])));
        let after = change_log::ids_after(&db, gradebook_domain::ChangeId(0)).await.unwrap();
        assert_eq!(after.len(), 2_500);
    }

    async fn whatever_ends_trust_in_tokens_counts_up_and_is_logged(database: TestDatabase) {
        let db = database.migrated().await;
        let id = create_users(&db, &[user("li", Role::Teacher, None)]).await.unwrap()[0];
        let stale = account(&db, id).await;
        let (actor, people_grant) = (operator(), of_school::<ManagePeople>());
        db.write(async |tx| people::set_enabled(tx, &people_grant, &stamp(&actor), &stale, false).await).await.unwrap();
        assert!(!account(&db, id).await.enabled);
        db.write(async |tx| people::set_enabled(tx, &people_grant, &stamp(&actor), &stale, true).await).await.unwrap();
        db.write(async |tx| people::reset_password(tx, &people_grant, &stamp(&actor), &stale, "reset").await).await.unwrap();
        let found = people::by_id(&db, id).await.unwrap().unwrap();
        assert_eq!(found.password_hash.as_deref(), Some("reset"));
        assert!(found.user.enabled && found.user.password_change_required);
        let ver = db
            .write(async |tx| people::change_own_password(tx, &own_password(id), &stamp(&actor), &stale, "own").await)
            .await
            .unwrap();
        let found = people::by_id(&db, id).await.unwrap().unwrap();
        assert_eq!(found.password_hash.as_deref(), Some("own"));
        assert!(!found.user.password_change_required);
        assert_eq!((ver, found.user.ver), (5, 5), "four changes on top of the first");
        let revocations = change_log::revocations_since(&db, AT).await.unwrap();
        let told: Vec<_> = revocations.iter().map(|change| (change.kind, change.user, change.version)).collect();
        assert_eq!(
            told,
            [
                (ChangeKind::UserDisabled, Some(id), Some(2)),
                (ChangeKind::PasswordReset, Some(id), Some(4)),
                (ChangeKind::PasswordChanged, Some(id), Some(5)),
            ]
        );
    }

    /// Each read the account before any of them wrote: every counter is still given out once.
    async fn changes_of_one_account_at_once_are_all_counted(database: TestDatabase) {
        let db = database.migrated().await;
        let id = create_users(&db, &[user("li", Role::Teacher, None)]).await.unwrap()[0];
        let stale = account(&db, id).await;
        let actor = operator();
        let changes = (0..10).map(|at| {
            let (db, stale, actor) = (&db, &stale, &actor);
            async move {
                let hash = format!("hash {at}");
                db.write(async |tx| {
                    people::change_own_password(tx, &own_password(id), &stamp(actor), stale, &hash).await
                })
                .await
                .unwrap()
            }
        });
        let mut versions = futures_util::future::join_all(changes).await;
        versions.sort_unstable();
        assert_eq!(versions, (2..=11).collect::<Vec<i64>>());
        assert_eq!(account(&db, id).await.ver, 11);
    }

    async fn changing_an_account_that_is_gone_fails(database: TestDatabase) {
        let db = database.migrated().await;
        let id = create_users(&db, &[user("li", Role::Teacher, None)]).await.unwrap()[0];
        let mut gone = account(&db, id).await;
        gone.id = UserId(999);
        let actor = operator();
        let grant = of_school::<ManagePeople>();
        let refused = db
            .write(async |tx| people::set_enabled(tx, &grant, &stamp(&actor), &gone, false).await)
            .await;
        assert!(matches!(refused, Err(DbError::Unexpected(_))), "{refused:?}");
        assert!(change_log::revocations_since(&db, 0).await.unwrap().is_empty());
    }

    async fn a_refresh_token_is_spent_once(database: TestDatabase) {
        let db = database.migrated().await;
        let ids = create_users(&db, &[user("li", Role::Teacher, None), user("wang", Role::Teacher, None)])
            .await
            .unwrap();
        let (owner, other) = (ids[0], ids[1]);
        let device = "学".repeat(300);
        let new = NewSession { family: "family", user_ver: 1, refresh_hash: "first", expires_at: AT + 9, device: &device, address: "::1", second_factor: true };
        let id = db.write(async |tx| sessions::start(tx, &own_sessions(owner), AT, &new).await).await.unwrap();
        let session = sessions::by_family(&db, "family").await.unwrap().unwrap();
        assert_eq!((session.id, session.user, session.generation, session.expires_at), (id, owner, 1, AT + 9));
        assert!(sessions::by_family(&db, "FAMILY").await.unwrap().is_none());

        let rotate = async |by: UserId, to: &'static str| {
            db.write(async |tx| sessions::rotate(tx, &own_sessions(by), AT + 1, &session, to, AT + 20).await)
                .await
                .unwrap()
        };
        assert!(!rotate(other, "stolen").await, "not the owner");
        let (one, two) = tokio::join!(rotate(owner, "second"), rotate(owner, "rival"));
        assert!(one != two, "exactly one of two successors is stored");
        assert!(!rotate(owner, "third").await, "spent");
        let now = sessions::by_family(&db, "family").await.unwrap().unwrap();
        assert_eq!(now.refresh_hash, if one { "second" } else { "rival" });
        assert_eq!((now.generation, now.user_ver), (2, 1));
        assert_eq!((now.rotated_at, now.expires_at), (AT + 1, AT + 20));

        let actor = person(owner, Role::Teacher);
        let end = async |by: UserId, session: SessionId| {
            db.write(async |tx| {
                sessions::end(tx, &own_sessions(by), &stamp(&actor), session, ChangeKind::SessionEnded).await
            })
            .await
            .unwrap()
        };
        assert!(!end(other, id).await);
        assert!(end(owner, id).await);
        assert!(!end(owner, id).await, "ended already");
        let ended = change_log::revocations_since(&db, AT).await.unwrap();
        assert_eq!(ended.len(), 1);
        assert_eq!((ended[0].user, ended[0].session), (Some(owner), Some(id)));
        let last = sessions::by_family(&db, "family").await.unwrap().unwrap();
        assert_eq!(last.ended_at, Some(AT));
        let rotated = db
            .write(async |tx| sessions::rotate(tx, &own_sessions(owner), AT, &last, "late", AT).await)
            .await
            .unwrap();
        assert!(!rotated, "an ended session is not refreshed");
    }
}
