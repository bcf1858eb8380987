//! Waits after wrong attempts, second factors and lists of sessions, where several ask at once.

use gradebook_auth::actions::{Account, ManageOwnSecondFactor, ManageOwnSession};
use gradebook_auth::throttle::{Failures, Guarded};
use gradebook_auth::{Grant, Role, authorize};
use gradebook_domain::{ChangeId, SessionId, UserId};
use gradebook_persistence::change_log::{self, ChangeKind};
use gradebook_persistence::repo::sessions::NewSession;
use gradebook_persistence::repo::{people, second_factors, sessions, throttles};
use gradebook_persistence::{Db, DbError};
use gradebook_test_databases::on_both_databases;

use crate::fixture::{AT, create_users, of_school, person, stamp, user};

fn factor(user: UserId) -> Grant<ManageOwnSecondFactor> {
    authorize(&person(user, Role::Teacher), Account { user }).unwrap()
}

fn own_sessions(user: UserId) -> Grant<ManageOwnSession> {
    authorize(&person(user, Role::Teacher), Account { user }).unwrap()
}

async fn teachers(db: &Db) -> [UserId; 2] {
    let users = ["li", "wang"].map(|name| user(name, Role::Teacher, None));
    let ids = create_users(db, &users).await.unwrap();
    [ids[0], ids[1]]
}

async fn fail(db: &Db, tag: &str, at: i64) {
    db.write(async |tx| {
        let known = throttles::lock(tx, &[tag]).await?;
        let failures = known.get(tag).copied().unwrap_or_default();
        throttles::put(tx, &known, tag, Guarded::Secret.failed(failures, at)).await
    })
    .await
    .unwrap();
}

async fn enrol(db: &Db, user: UserId, sealed: &str) {
    let actor = person(user, Role::Teacher);
    db.write(async |tx| {
        second_factors::begin(tx, &factor(user), AT, sealed).await?;
        assert!(second_factors::confirm(tx, &factor(user), &stamp(&actor), sealed, 100).await?);
        let tags = ["one".to_owned(), "two".to_owned()];
        second_factors::replace_recovery_codes(tx, &factor(user), &stamp(&actor), &tags).await
    })
    .await
    .unwrap();
}

async fn start(db: &Db, user: UserId, family: &str, expires_at: i64) -> SessionId {
    let new = NewSession {
        family,
        user_ver: 1,
        refresh_hash: family,
        expires_at,
        device: family,
        address: "192.0.2.1",
        second_factor: false,
    };
    let grant = own_sessions(user);
    db.write(async |tx| sessions::start(tx, &grant, AT, &new).await)
        .await
        .unwrap()
}

async fn kinds(db: &Db) -> Vec<ChangeKind> {
    let ids = change_log::ids_after(db, ChangeId(0)).await.unwrap();
    let rows = change_log::rows(db, &ids).await.unwrap();
    rows.into_iter()
        .map(|row| row.kind)
        .filter(|kind| *kind != ChangeKind::UserCreated)
        .collect()
}

on_both_databases! {
    async fn no_failure_goes_uncounted(database: TestDatabase) {
        let db = database.migrated().await;
        let fails = (0..16).map(|_| fail(&db, "aa", AT));
        futures_util::future::join_all(fails).await;
        fail(&db, "bb", AT).await;
        let known = throttles::read(&db, &["aa", "bb", "cc"]).await.unwrap();
        assert_eq!(known["aa"], Failures { count: 16, last_at: AT });
        assert_eq!(known["bb"].count, 1);
        assert!(!known.contains_key("cc"));
        db.write(async |tx| throttles::forget(tx, "aa").await).await.unwrap();
        fail(&db, "dd", AT + 5).await;
        db.write(async |tx| throttles::forget_before(tx, AT + 5).await).await.unwrap();
        let known = throttles::read(&db, &["aa", "bb", "dd"]).await.unwrap();
        assert_eq!(known.keys().collect::<Vec<_>>(), ["dd"]);
    }

    async fn a_step_and_a_code_are_used_once_by_one(database: TestDatabase) {
        let db = database.migrated().await;
        let [owner, other] = teachers(&db).await;
        enrol(&db, owner, "v1.mine").await;
        enrol(&db, other, "v1.theirs").await;
        let step = |step| {
            let db = db.clone();
            async move {
                let grant = factor(owner);
                db.write(async |tx| second_factors::use_step(tx, &grant, step).await).await.unwrap()
            }
        };
        assert!(!step(100).await, "confirmed with it");
        let uses = futures_util::future::join_all((0..8).map(|_| step(102))).await;
        assert_eq!(uses.iter().filter(|used| **used).count(), 1);
        assert!(!step(101).await, "an older one after a newer one");
        assert!(step(103).await);

        let code = |tag: &'static str, by: UserId| {
            let db = db.clone();
            async move {
                let (grant, actor) = (factor(by), person(by, Role::Teacher));
                db.write(async |tx| second_factors::use_recovery_code(tx, &grant, &stamp(&actor), tag).await)
                    .await
                    .unwrap()
            }
        };
        let uses = futures_util::future::join_all((0..8).map(|_| code("one", owner))).await;
        assert_eq!(uses.iter().filter(|used| **used).count(), 1);
        assert!(!code("three", owner).await);
        assert!(code("one", other).await, "everybody has their own");
        assert_eq!(second_factors::codes_left(&db, owner).await.unwrap(), 1);
        let used = kinds(&db).await.into_iter().filter(|kind| *kind == ChangeKind::RecoveryCodeUsed);
        assert_eq!(used.count(), 2);
    }

    async fn a_second_factor_is_begun_confirmed_removed_and_reset_on_record(database: TestDatabase) {
        let db = database.migrated().await;
        let [owner, other] = teachers(&db).await;
        let actor = person(owner, Role::Teacher);
        let begin = async |sealed: &str| {
            db.write(async |tx| second_factors::begin(tx, &factor(owner), AT, sealed).await).await
        };
        begin("v1.first").await.unwrap();
        begin("v1.second").await.unwrap();
        let confirm = async |sealed: &str| {
            db.write(async |tx| second_factors::confirm(tx, &factor(owner), &stamp(&actor), sealed, 7).await)
                .await
                .unwrap()
        };
        assert!(!confirm("v1.first").await, "replaced by another page");
        assert!(confirm("v1.second").await);
        assert!(!confirm("v1.second").await, "confirmed already");
        assert!(matches!(begin("v1.third").await, Err(DbError::Duplicate(_))));
        let account = async |id| people::by_id(&db, id).await.unwrap().unwrap().user;
        assert!(account(owner).await.totp_enabled);
        assert!(!account(other).await.totp_enabled);
        assert_eq!(account(owner).await.ver, 1, "the tokens of this session hold");

        db.write(async |tx| second_factors::remove(tx, &factor(owner), &stamp(&actor)).await).await.unwrap();
        assert!(!account(owner).await.totp_enabled);
        assert_eq!(second_factors::secret(&db, owner).await.unwrap(), None);
        enrol(&db, owner, "v1.again").await;
        let admin = person(other, Role::Admin);
        let before = account(owner).await;
        db.write(async |tx| second_factors::reset(tx, &of_school(), &stamp(&admin), &before).await).await.unwrap();
        assert!(!account(owner).await.totp_enabled);
        assert_eq!(account(owner).await.ver, 2);
        assert_eq!(second_factors::codes_left(&db, owner).await.unwrap(), 0);
        assert_eq!(kinds(&db).await, [
            ChangeKind::TotpEnabled,
            ChangeKind::TotpDisabled,
            ChangeKind::TotpEnabled,
            ChangeKind::RecoveryCodesMade,
            ChangeKind::TotpReset,
        ]);
    }

    async fn sessions_are_listed_and_ended_for_their_owner_only(database: TestDatabase) {
        let db = database.migrated().await;
        let [owner, other] = teachers(&db).await;
        let mine = start(&db, owner, "mine", AT + 50).await;
        let phone = start(&db, owner, "phone", AT + 50).await;
        start(&db, owner, "over", AT).await;
        let theirs = start(&db, other, "theirs", AT + 50).await;
        let listed = async |user: UserId, ver: i64| {
            let open = sessions::open(&db, &own_sessions(user), ver, AT, 10).await.unwrap();
            open.into_iter().map(|one| one.id).collect::<Vec<_>>()
        };
        assert_eq!(listed(owner, 1).await, [phone, mine]);
        assert_eq!(listed(owner, 2).await, [], "void with the account's older tokens");
        let actor = person(owner, Role::Teacher);
        let ended = db
            .write(async |tx| sessions::end_others(tx, &own_sessions(owner), &stamp(&actor), Some(mine)).await)
            .await
            .unwrap();
        assert_eq!(ended, 1);
        assert_eq!(listed(owner, 1).await, [mine]);
        assert_eq!(listed(other, 1).await, [theirs]);
        let revoked = change_log::revocations_since(&db, AT).await.unwrap();
        let revoked: Vec<_> = revoked.iter().map(|row| (row.user, row.session)).collect();
        assert_eq!(revoked, [(Some(owner), Some(phone))]);
    }
}
