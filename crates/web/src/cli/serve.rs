//! `gradebook serve`.

use std::pin::pin;

use gradebook_app::demo::{DemoAccount, DemoError, DemoSchool};
use gradebook_app::{App, Db, SystemRandomness};
use gradebook_auth::Actor;
use gradebook_auth::keys::Algorithm;
use tokio::signal::unix::{SignalKind, signal};

use super::Failure;
use super::args::Serve;
use super::open::{Migrate, open_app};
use super::output::Output;
use crate::config::Config;
use crate::secrets::{KeyDirectory, Rotation};
use crate::server::{Patience, RunningServer, Server, ServerSettings, WatchedKeys};

pub(super) async fn run(config: &Config, serve: &Serve, output: &Output) -> Result<(), Failure> {
    if serve.demo && !config.listen.ip().is_loopback() {
        return Err(Failure::Usage(format!(
            "--demo does not listen on {}: everybody knows its password; listen on 127.0.0.1, or \
             leave --demo out",
            config.listen
        )));
    }
    let mut stop = pin!(asked_to_stop()?);
    // Waiting for another replica's migrations can take minutes: a signal ends that too.
    let (running, code, db) = tokio::select! {
        started = start(config, serve, output) => started?,
        () = &mut stop => return Ok(()),
    };
    let address = running.address();
    output.line(&format!("listening on http://{address}"))?;
    // To the terminal, never to the log: whoever reads it becomes the first admin.
    if let Some(code) = code {
        let here = format!("http://{address}");
        let public = config.public_url.as_ref();
        let page = public.map_or(here, |url| url.as_str().trim_end_matches('/').to_owned());
        output.line(&format!(
            "nobody has an account yet: open {page}/setup with the set-up code {code}"
        ))?;
    }
    running.until(stop).await?;
    db.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Everything up to the point where requests are answered.
async fn start(
    config: &Config,
    serve: &Serve,
    output: &Output,
) -> Result<(RunningServer, Option<String>, Db), Failure> {
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        database = %config.database_url,
        data_dir = %config.data_dir.display(),
        "starting"
    );
    let migrate = if serve.migrate {
        Migrate::Always
    } else {
        Migrate::FileOnly
    };
    let (app, db) = open_app(config, migrate).await?;
    let keys = KeyDirectory::of(&config.data_dir);
    use_algorithm(&app, &keys, config.token_algorithm.unwrap_or_default())?;
    app.record_signing_keys(&Actor::operator(), &[]).await?;
    let demo = if serve.demo {
        Some(fill_demo(&app).await?)
    } else {
        None
    };
    let settings = ServerSettings {
        listen: config.listen,
        tls_cookies: config.tls_cookies(),
        behind_tls: config.behind_tls(),
        static_dir: config.static_dir.clone(),
        trusted_proxies: config.trusted_proxies.clone(),
        workers: None,
        patience: Patience::default(),
        keys: Some(WatchedKeys::new(keys)),
    };
    let code = app.setup_code().await?;
    let (server, _) = Server::bind(app, settings)?;
    if let Some(school) = demo {
        print_accounts(&school, output)?;
    }
    Ok((server.start().await?, code, db))
}

/// Adds a key of this algorithm if the newest one has another.
fn use_algorithm(app: &App, directory: &KeyDirectory, algorithm: Algorithm) -> Result<(), Failure> {
    let present = app.tokens().keys().newest().key().public().algorithm();
    if present == algorithm {
        return Ok(());
    }
    let rotation = Rotation {
        algorithm: Some(algorithm),
        ..Rotation::at(app.now_s())
    };
    let rotated = directory.rotate(rotation, &SystemRandomness)?;
    tracing::info!(
        from = %present, to = %algorithm, kid = rotated.kid, signs_from = rotated.signs_from,
        "added a signing key, because GRADEBOOK_TOKEN_ALGORITHM changed"
    );
    app.replace_keys(rotated.ring);
    Ok(())
}

/// Resolves at SIGTERM or SIGINT.
fn asked_to_stop() -> Result<impl Future<Output = ()>, Failure> {
    let listen = |kind| {
        signal(kind).map_err(|error| Failure::failed(format!("cannot listen for signals: {error}")))
    };
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    Ok(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        tracing::info!(signal = name, "stopping");
    })
}

/// Fills an empty database, or finds the demonstration school of an earlier start.
async fn fill_demo(app: &App) -> Result<DemoSchool, Failure> {
    let filled = app.fill_demo().await.map_err(|error| match error {
        DemoError::Database(error) => Failure::from(error),
        DemoError::Hashing(_) | DemoError::Forbidden | DemoError::SubjectMissing(_) => {
            Failure::failed(format!("cannot fill the demonstration school: {error}"))
        }
    })?;
    if let Some(school) = filled {
        return Ok(school);
    }
    app.demo_school().await?.ok_or_else(|| {
        Failure::failed(
            "--demo fills only an empty database, and this one has accounts; leave --demo out, or \
             name another directory with --data-dir",
        )
    })
}

fn print_accounts(school: &DemoSchool, output: &Output) -> Result<(), Failure> {
    let row = |role: &str, account: &DemoAccount, what: String| {
        let (username, name) = (account.username.clone(), account.name.clone());
        [role.to_owned(), username, name, what]
    };
    let mut rows = vec![row("admin", &school.admin, school.admin.what.clone())];
    rows.extend(
        school
            .teachers
            .iter()
            .map(|one| row("teacher", one, one.what.clone())),
    );
    rows.extend(
        school
            .students
            .iter()
            .map(|one| row("student", one, one.what.clone())),
    );
    let newcomer = &school.first_login_student;
    let what = format!("{}, has to choose a password first", newcomer.what);
    rows.push(row("student", newcomer, what));
    output.line(&format!(
        "A small invented school. Everybody signs in with the password {}:\n",
        school.password
    ))?;
    output.table(["role", "username", "name", ""], &rows)?;
    output.line("")
}
