//! Servers for tests, and schemas on them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use tempfile::TempDir;

const VARIABLE: &str = "GRADEBOOK_TEST_MYSQL_URL";

/// The server on which all tests of this process make their schemas.
struct Shared {
    url: String,
    /// Whether it goes away with this process, and the schemas with it.
    private: bool,
}

/// The shared server, started by the first test that asks.
fn shared() -> &'static Shared {
    static SHARED: OnceLock<Result<Shared, String>> = OnceLock::new();
    let shared = SHARED.get_or_init(|| {
        if let Ok(url) = std::env::var(VARIABLE) {
            return Ok(Shared {
                url: url.trim_end_matches('/').to_owned(),
                private: false,
            });
        }
        let url = start(None)?;
        Ok(Shared { url, private: true })
    });
    match shared {
        Ok(shared) => shared,
        Err(reason) => panic!("{reason}"),
    }
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/mariadb")
}

/// Starts a server for this process and returns its URL.
fn start(folder: Option<&Path>) -> Result<String, String> {
    let mut command = Command::new(script());
    command.args(["start", "--for-pid", &std::process::id().to_string()]);
    if let Some(folder) = folder {
        command.arg("--dir").arg(folder);
    }
    let advice = format!(
        "tests on MySQL need a server: install MariaDB (apt-get install mariadb-server) or set \
         {VARIABLE}=mysql://user:password@host:port"
    );
    let output = command
        .output()
        .map_err(|error| format!("{}: {error}; {advice}", script().display()))?;
    let url = String::from_utf8_lossy(&output.stdout)
        .split_whitespace()
        .next()
        .map(str::to_owned);
    match url {
        Some(url) if output.status.success() => Ok(url),
        _ => Err(format!(
            "{}; {advice}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}

/// A schema with a random name on the shared server.
pub(crate) struct Schema {
    name: String,
}

impl Schema {
    pub(crate) async fn create() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "keeps schemas of tests apart, decides nothing in them"
        )]
        let name = format!("gradebook_test_{:016x}", rand::random::<u64>());
        // No character set is named: that of a school's server may be any.
        run(&shared().url, &format!("CREATE DATABASE {name}")).await;
        Self { name }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/{}", shared().url, self.name)
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let server = shared();
        if server.private {
            return;
        }
        let sql = format!("DROP DATABASE IF EXISTS {}", self.name);
        // A runtime of its own on a thread of its own: the test's runtime may be ending.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            if let Ok(runtime) = runtime {
                runtime.block_on(run(&server.url, &sql));
            }
        });
        let _ = dropped.join();
    }
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    match Database::connect(options).await {
        Ok(connection) => connection,
        Err(error) => panic!("cannot connect to the MySQL server of the tests: {error}"),
    }
}

async fn run(url: &str, sql: &str) {
    let connection = connect(url).await;
    if let Err(error) = connection.execute_unprepared(sql).await {
        panic!("the MySQL server of the tests refuses {sql:?}: {error}");
    }
    let _ = connection.close().await;
}

/// A MariaDB that belongs to one test, which may stop it and start it again.
pub struct OwnServer {
    folder: TempDir,
    url: String,
}

impl OwnServer {
    /// Starts one with an empty schema `gradebook`.
    pub async fn start() -> Self {
        let folder = match tempfile::tempdir() {
            Ok(folder) => folder,
            Err(error) => panic!("no folder for a server: {error}"),
        };
        let url = match start(Some(&folder.path().join("server"))) {
            Ok(url) => url,
            Err(reason) => panic!("{reason}"),
        };
        run(&url, "CREATE DATABASE gradebook").await;
        Self { folder, url }
    }

    /// URL of its schema.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/gradebook", self.url)
    }

    /// Shuts it down; its port answers nothing until [`OwnServer::resume`].
    pub fn stop(&self) {
        self.command(&["stop", "--keep"]);
    }

    /// Starts it again with the same data on the same port.
    pub fn resume(&self) {
        match start(Some(&self.path())) {
            Ok(url) => assert_eq!(url, self.url, "the server moved"),
            Err(reason) => panic!("{reason}"),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("server")
    }

    fn command(&self, arguments: &[&str]) {
        let output = Command::new(script())
            .args(arguments)
            .arg(self.path())
            .output();
        match output {
            Ok(output) if output.status.success() => {}
            Ok(output) => panic!("{}", String::from_utf8_lossy(&output.stderr)),
            Err(error) => panic!("{}: {error}", script().display()),
        }
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let _ = Command::new(script()).arg("stop").arg(self.path()).output();
    }
}
