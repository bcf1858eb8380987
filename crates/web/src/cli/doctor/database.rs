//! The database: whether it answers, fits this version, and is set up well.

use gradebook_app::{Clock, Db, Dialect, Inspection, MigrationState};
use url::Url;

use super::super::Failure;
use super::super::open::open_db;
use super::report::Check;
use crate::config::Config;

const DATABASE: &str = "database";
const MIGRATIONS: &str = "migrations";
const TABLES: &str = "tables";
const TLS: &str = "database TLS";
const CLOCK: &str = "clock";
/// Clocks that are further apart make times in the records hard to compare.
const APART_MS: i64 = 2_000;
/// Clocks that are further apart are wrong.
const FAR_APART_MS: i64 = 60_000;

pub(super) async fn checks(config: &Config, clock: &dyn Clock) -> Vec<Check> {
    // Opening it would make an empty one.
    if let Some(file) = config.database_url.sqlite_file()
        && !file.exists()
    {
        let found = format!("there is no file {} yet", file.display());
        let next = "the first `gradebook serve` makes it; if it was there before, check DATABASE_URL \
                    and the data directory";
        return vec![Check::warn(DATABASE, found, next)];
    }
    let db = match open_db(config).await {
        Ok(db) => db,
        Err(failure) => return vec![failed(DATABASE, &failure)],
    };
    let checks = match look(config, &db, clock).await {
        Ok(checks) => checks,
        Err(error) => vec![failed(DATABASE, &Failure::from(error))],
    };
    db.close().await;
    checks
}

fn failed(about: &'static str, failure: &Failure) -> Check {
    let text = failure.to_string();
    match text.rsplit_once("; ") {
        Some((found, next)) => Check::fail(about, found, next),
        None => Check::fail(about, text, "check the settings of the database"),
    }
}

async fn look(
    config: &Config,
    db: &Db,
    clock: &dyn Clock,
) -> Result<Vec<Check>, gradebook_app::DbError> {
    // The first question opens the connection; the second tells the time.
    db.ping().await?;
    let before = clock.now_ms();
    let found = db.inspect().await?;
    let after = clock.now_ms();
    let mut checks = vec![
        Check::ok(
            DATABASE,
            format!("{}, {}", found.version, config.database_url),
        ),
        tables(&found),
    ];
    checks.extend(encryption(
        config.database_url.expose(),
        found.cipher.as_deref(),
    ));
    let pending = db.migrations().await?;
    let all = pending.len();
    let pending = pending
        .iter()
        .filter(|step| step.state == MigrationState::Pending)
        .count();
    checks.push(migrations(db.dialect(), pending, all));
    checks.push(clocks(db.dialect(), found.now_ms, before, after));
    if pending == 0
        && let Some(newest) = db.newest_change_at().await?
    {
        checks.extend(past(newest, after));
    }
    Ok(checks)
}

fn migrations(dialect: Dialect, pending: usize, all: usize) -> Check {
    if pending == 0 {
        return Check::ok(MIGRATIONS, format!("all {all} are applied"));
    }
    let found = format!("{pending} of {all} are pending");
    match dialect {
        Dialect::Sqlite => {
            let next = "make a backup; the next `gradebook serve` applies them";
            Check::warn(MIGRATIONS, found, next)
        }
        Dialect::MySql => {
            let next =
                "make a backup and run `gradebook migrate up`; the server does not start before";
            Check::fail(MIGRATIONS, found, next)
        }
    }
}

fn tables(found: &Inspection) -> Check {
    if found.deviations.is_empty() {
        return Check::ok(TABLES, "as the migrations made them");
    }
    Check::fail(
        TABLES,
        found.deviations.join("; "),
        "find out who changed it; restore a backup, or put it back with ALTER TABLE after one",
    )
}

/// Nothing for a file, or a server of this machine.
fn encryption(url: &str, cipher: Option<&str>) -> Option<Check> {
    let cipher = cipher?;
    let url = Url::parse(url).ok()?;
    let host = url.host_str().unwrap_or("localhost");
    let option = |names: [&str; 2]| {
        let mut pairs = url.query_pairs();
        pairs.find_map(|(key, value)| names.contains(&&*key).then(|| value.to_ascii_lowercase()))
    };
    let local = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    if local || option(["socket", "socket"]).is_some() {
        return Some(Check::ok(TLS, "not needed: the server is on this machine"));
    }
    if cipher.is_empty() {
        return Some(Check::fail(
            TLS,
            format!("the connection to {host} is not encrypted"),
            "add ?ssl-mode=VERIFY_IDENTITY&ssl-ca=FILE to DATABASE_URL",
        ));
    }
    let mode = option(["ssl-mode", "sslmode"]).unwrap_or_default();
    if ["verify_ca", "verify_identity"].contains(&mode.as_str()) {
        return Some(Check::ok(
            TLS,
            format!("{cipher}, and {host} proves who it is"),
        ));
    }
    Some(Check::warn(
        TLS,
        format!("{cipher}, but nothing proves that it is {host} that answers"),
        "add ?ssl-mode=VERIFY_IDENTITY&ssl-ca=FILE to DATABASE_URL, unless the network between is \
         yours alone",
    ))
}

/// The database's clock against this machine's, which looked before and after the question.
fn clocks(dialect: Dialect, now: i64, before: i64, after: i64) -> Check {
    if dialect == Dialect::Sqlite {
        return Check::ok(CLOCK, "the database has none of its own");
    }
    let apart = (before - now).max(now - after).max(0);
    let next = "keep both machines' clocks right with NTP";
    let found = format!("this machine's and the database's are {apart} ms apart");
    match apart {
        0..APART_MS => Check::ok(CLOCK, found),
        APART_MS..FAR_APART_MS => Check::warn(CLOCK, found, next),
        _ => Check::fail(CLOCK, found, next),
    }
}

/// Nothing on record can be younger than now.
fn past(newest: i64, now: i64) -> Option<Check> {
    let ahead = newest - now;
    (ahead > APART_MS).then(|| {
        Check::fail(
            CLOCK,
            format!(
                "the newest change on record is from {} s in the future",
                ahead / 1000
            ),
            "set this machine's clock right with NTP; sessions and tokens are judged by it",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::report::Status;
    use super::*;

    #[test]
    fn a_remote_database_is_reached_through_tls() {
        let status = |url: &str, cipher: &str| encryption(url, Some(cipher)).unwrap().status;
        assert_eq!(encryption("sqlite://x.db", None), None);
        assert_eq!(status("mysql://u:p@127.0.0.1/g", ""), Status::Ok);
        assert_eq!(
            status("mysql://u:p@localhost/g?socket=/run/x", ""),
            Status::Ok
        );
        assert_eq!(status("mysql://u:p@db.example/g", ""), Status::Fail);
        let encrypted = "TLS_AES_256_GCM_SHA384";
        assert_eq!(status("mysql://u:p@db.example/g", encrypted), Status::Warn);
        assert_eq!(
            status("mysql://u:p@db.example/g?ssl-mode=REQUIRED", encrypted),
            Status::Warn
        );
        assert_eq!(
            status(
                "mysql://u:p@db.example/g?ssl-mode=VERIFY_IDENTITY&ssl-ca=/ca.pem",
                encrypted
            ),
            Status::Ok
        );
    }

    #[test]
    fn clocks_are_compared() {
        let status = |now| clocks(Dialect::MySql, now, 100_000, 100_050).status;
        assert_eq!(status(100_020), Status::Ok);
        assert_eq!(status(101_000), Status::Ok);
        assert_eq!(status(103_000), Status::Warn);
        assert_eq!(status(97_000), Status::Warn);
        assert_eq!(status(161_000), Status::Fail);
        assert_eq!(status(39_000), Status::Fail);
        assert_eq!(past(100_000, 99_000), None);
        assert_eq!(past(100_000, 97_000).unwrap().status, Status::Fail);
    }

    #[test]
    fn pending_migrations_stop_a_server_only() {
        assert_eq!(migrations(Dialect::MySql, 0, 9).status, Status::Ok);
        assert_eq!(migrations(Dialect::MySql, 1, 9).status, Status::Fail);
        assert_eq!(migrations(Dialect::Sqlite, 1, 9).status, Status::Warn);
    }
}
