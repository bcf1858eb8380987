//! An application on a database of its own, with a clock that stands still and cheap passwords.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use gradebook_app::{App, Clock, Lifetimes, Parts, SystemRandomness};
use gradebook_auth::keys::Algorithm;
use gradebook_auth::password::{Cost, HasherSettings, Pepper};
use gradebook_auth::{AccessTokens, KeyRing, PasswordHasher, SigningKey, install_crypto};
use gradebook_persistence::Db;
use gradebook_test_databases::TestDatabase;

/// 2026-11-21 00:00 UTC, unix milliseconds.
pub(crate) const NOW: i64 = 1_795_219_200_000;

/// A clock that a test sets.
pub(crate) struct SetClock(pub(crate) AtomicI64);

impl Clock for SetClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// An application and what a test wants to look at behind its back.
pub(crate) struct TestApp {
    pub(crate) app: App,
    #[allow(dead_code, reason = "not every test looks")]
    pub(crate) db: Db,
    #[allow(dead_code, reason = "not every test moves it")]
    pub(crate) clock: Arc<SetClock>,
    #[expect(dead_code, reason = "removes the database when dropped")]
    database: TestDatabase,
}

/// An application on an empty, migrated database.
pub(crate) async fn app_on(database: TestDatabase) -> TestApp {
    install_crypto();
    let db = database.migrated().await;
    let algorithm = Algorithm::default();
    let key = SigningKey::generate(algorithm).unwrap();
    let key = SigningKey::read(algorithm, &key).unwrap();
    let passwords = PasswordHasher::start(
        Pepper::new(&[7; 32]).unwrap(),
        HasherSettings {
            cost: Cost::new(4).unwrap(),
            threads: 1,
            queue: 200,
        },
    );
    let clock = Arc::new(SetClock(AtomicI64::new(NOW)));
    let app = App::new(Parts {
        db: db.clone(),
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        random: Arc::new(SystemRandomness),
        passwords: passwords.unwrap(),
        tokens: AccessTokens::new(KeyRing::of(key), "gradebook", "gradebook"),
        refresh_secret: vec![9; 32],
        second_factor_secret: vec![5; 32],
        totp_required_of: Vec::new(),
        lifetimes: Lifetimes::default(),
    });
    TestApp {
        app,
        db,
        clock,
        database,
    }
}
