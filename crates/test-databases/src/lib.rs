//! An empty database of its own for every test, on SQLite and on MariaDB or MySQL.
//!
//! ```no_run
//! gradebook_test_databases::on_both_databases! {
//!     /// Runs twice, as `answers::sqlite` and `answers::mysql`.
//!     async fn answers(database: TestDatabase) {
//!         let db = database.migrated().await;
//!         db.ping().await.unwrap();
//!     }
//! }
//! ```
//!
//! The server is the one behind `GRADEBOOK_TEST_MYSQL_URL` (`mysql://user:password@host:port`, a
//! user who may create databases) or, without that variable, a private MariaDB that
//! `scripts/mariadb` starts once per test process and removes after it. A test that gets no server
//! fails and says what to do: it is never skipped.

#![allow(
    clippy::panic,
    reason = "only tests use this crate; a test without its database has to fail"
)]

mod server;

use gradebook_persistence::Db;
use gradebook_persistence::db::{ConnectOptions, Dialect};
use sea_orm::{ConnectionTrait, Database, DbErr, Statement};
use tempfile::TempDir;

pub use server::OwnServer;

/// An empty database that exists as long as this value.
pub struct TestDatabase {
    /// Its URL, for `DATABASE_URL`.
    pub url: String,
    /// Which kind it is.
    pub dialect: Dialect,
    _kept: Kept,
}

/// What must not be removed before the test ends.
enum Kept {
    Folder(#[expect(dead_code, reason = "removes the folder when dropped")] TempDir),
    Schema(#[expect(dead_code, reason = "drops the schema when dropped")] server::Schema),
}

impl TestDatabase {
    /// The options with which [`TestDatabase::connect`] connects, for a test to change.
    #[must_use]
    pub fn options(&self) -> ConnectOptions {
        ConnectOptions::new(self.url.as_str())
    }

    /// Connects to it; each call makes pools of its own, as another process would.
    pub async fn connect(&self) -> Db {
        match Db::connect(&self.options()).await {
            Ok(db) => db,
            Err(error) => panic!("the test's own database does not open: {error}"),
        }
    }

    /// Connects to it and applies all migrations.
    pub async fn migrated(&self) -> Db {
        let db = self.connect().await;
        if let Err(error) = db.migrate_up().await {
            panic!("the test's own database does not migrate: {error}");
        }
        db
    }
}

impl TestDatabase {
    /// The first column of each row, as text, read past the program: for tests of a process.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let mut options = sea_orm::ConnectOptions::new(self.url.as_str());
        options.max_connections(1).sqlx_logging(false);
        let read = async {
            let connection = Database::connect(options).await?;
            let statement = Statement::from_string(connection.get_database_backend(), sql);
            let rows = connection.query_all_raw(statement).await?;
            let texts = rows.iter().map(|row| row.try_get_by_index(0));
            texts.collect::<Result<Vec<String>, DbErr>>()
        };
        match read.await {
            Ok(texts) => texts,
            Err(error) => panic!("{sql}: {error}"),
        }
    }
}

/// An empty SQLite file in a folder of its own.
pub async fn sqlite() -> TestDatabase {
    let folder = match tempfile::tempdir() {
        Ok(folder) => folder,
        Err(error) => panic!("no folder for a test's SQLite file: {error}"),
    };
    let file = folder.path().join("gradebook.db");
    TestDatabase {
        url: format!("sqlite://{}?mode=rwc", file.display()),
        dialect: Dialect::Sqlite,
        _kept: Kept::Folder(folder),
    }
}

/// An empty schema with a random name on the test server.
pub async fn mysql() -> TestDatabase {
    let schema = server::Schema::create().await;
    TestDatabase {
        url: schema.url(),
        dialect: Dialect::MySql,
        _kept: Kept::Schema(schema),
    }
}

/// One of each, for a test that compares them.
pub async fn both() -> [TestDatabase; 2] {
    [sqlite().await, mysql().await]
}

/// Makes two tests of one, `name::sqlite` and `name::mysql`. The crate that uses it needs `tokio`
/// with `macros` and `rt-multi-thread`.
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$attribute:meta])* async fn $name:ident($database:ident: $type:ty) $body:block)+) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports, reason = "a small test may need nothing from around it")]
            use super::*;
            use $crate::TestDatabase;

            async fn check($database: $type) $body

            #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                check($crate::sqlite().await).await;
            }

            #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn mysql() {
                check($crate::mysql().await).await;
            }
        }
    )+};
}
