//! `gradebook keys`.

use clap::{Args, Subcommand};
use gradebook_app::{App, Clock, SystemClock, SystemRandomness};
use gradebook_auth::Actor;
use gradebook_auth::keys::{KeyRing, KeyState, RingKey};
use jiff::Timestamp;
use serde::Serialize;

use super::Failure;
use super::open::{Migrate, open_app};
use super::output::Output;
use crate::config::Config;
use crate::secrets::{KeyDirectory, Rotated, Rotation};

/// A week.
const LONGEST_LEAD: i64 = 7 * 24 * 60 * 60;

#[derive(Subcommand)]
pub(super) enum KeysCommand {
    /// List the keys and what each is good for
    #[command(long_about = "List the keys and what each is good for.\n\n\
            next      known to the servers, and will sign from the time that is shown\n\
            signs     signs new tokens\n\
            verifies  signs no more; its tokens are accepted until they have expired\n\
            spent     of no more use; the next rotation removes it\n\n\
            Example:\n  \
              gradebook keys list --json")]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Add a key that takes over from the present one
    #[command(long_about = "Add a key that takes over from the present one.\n\n\
            The new key signs after 30 seconds, when every server has seen it, and the old one verifies \
            until its tokens have expired: nobody notices. Servers need no restart. The key is of the \
            algorithm that GRADEBOOK_TOKEN_ALGORITHM names, or else of that of the present one.\n\n\
            If somebody may have read the keys, --compromised makes the new key sign at once and removes \
            all others. Every access token is void then: pages and clients get a new one with their \
            refresh token, and for two seconds servers may refuse each other's new tokens. Whoever read \
            the keys may have read `pepper` and `refresh-secret` beside them: see docs/operations.md.\n\n\
            Examples:\n  \
              gradebook keys rotate\n  \
              GRADEBOOK_TOKEN_ALGORITHM=eddsa gradebook keys rotate\n  \
              gradebook keys rotate --after 3600\n  \
              gradebook keys rotate --compromised")]
    Rotate(Rotate),
}

#[derive(Args)]
pub(super) struct Rotate {
    /// Somebody may have the old keys: use the new one at once, and void all access tokens
    #[arg(long)]
    compromised: bool,
    /// Seconds until the new key signs, for servers that get its file later than by looking into a
    /// shared directory
    #[arg(
        long, value_name = "SECONDS", default_value_t = Rotation::LEAD, conflicts_with = "compromised",
        value_parser = clap::value_parser!(i64).range(Rotation::LEAD..=LONGEST_LEAD)
    )]
    after: i64,
}

/// A key, as `list --json` prints it.
#[derive(Serialize)]
struct KeyLine<'a> {
    kid: &'a str,
    algorithm: &'static str,
    state: &'static str,
    /// `null` for the key of the first start.
    signs_from: Option<String>,
    /// `null` as long as no other key is to take over.
    signs_until: Option<String>,
    /// Until when it verifies, if it signs no more.
    verifies_until: Option<String>,
}

pub(super) async fn run(
    config: &Config,
    command: KeysCommand,
    output: &Output,
) -> Result<(), Failure> {
    match command {
        KeysCommand::List { json } => list(config, json, output),
        KeysCommand::Rotate(rotate) => {
            let (app, db) = open_app(config, Migrate::FileOnly).await?;
            let done = change(config, &app, &rotate, output).await;
            db.close().await;
            done
        }
    }
}

/// Reads files only, so that it works while the database does not.
fn list(config: &Config, json: bool, output: &Output) -> Result<(), Failure> {
    let directory = KeyDirectory::of(&config.data_dir);
    if !directory.has_keys() {
        return Err(Failure::failed(format!(
            "there are no keys in {}; `gradebook serve` makes one at its first start, and --data-dir \
             or GRADEBOOK_DATA_DIR names another place",
            directory.path().display()
        )));
    }
    let ring = directory.load()?;
    let now = SystemClock.now_ms().div_euclid(1000);
    let lines: Vec<KeyLine<'_>> = ring.keys().map(|one| line(&ring, one, now)).collect();
    if json {
        return output.json(&lines);
    }
    let rows: Vec<[String; 4]> = lines
        .into_iter()
        .map(|line| {
            let state = match line.verifies_until {
                Some(until) => format!("{} until {until}", line.state),
                None => line.state.to_owned(),
            };
            let signs_from = line.signs_from.unwrap_or("the first start".to_owned());
            let (kid, algorithm) = (line.kid.to_owned(), line.algorithm.to_owned());
            [kid, algorithm, signs_from, state]
        })
        .collect();
    output.table(["kid", "algorithm", "signs from", "state"], &rows)
}

fn line<'a>(ring: &KeyRing, one: &'a RingKey, now: i64) -> KeyLine<'a> {
    let key = one.key().public();
    let (state, until) = match ring.state(one, now) {
        KeyState::Next => ("next", None),
        KeyState::Signs => ("signs", None),
        KeyState::Verifies { until } => ("verifies", Some(until)),
        KeyState::Spent => ("spent", None),
    };
    KeyLine {
        kid: key.kid(),
        algorithm: key.algorithm().as_str(),
        state,
        signs_from: (one.signs_from() > 0).then(|| time(one.signs_from())),
        signs_until: one.signs_until().map(time),
        verifies_until: until.map(time),
    }
}

fn time(unix_s: i64) -> String {
    Timestamp::from_second(unix_s).map_or_else(|_| unix_s.to_string(), |time| time.to_string())
}

async fn change(
    config: &Config,
    app: &App,
    rotate: &Rotate,
    output: &Output,
) -> Result<(), Failure> {
    let directory = KeyDirectory::of(&config.data_dir);
    let rotation = Rotation {
        algorithm: config.token_algorithm,
        compromised: rotate.compromised,
        lead: rotate.after,
        ..Rotation::at(app.now_s())
    };
    let rotated = directory.rotate(rotation, &SystemRandomness)?;
    say(&rotated, rotation, output)?;
    app.replace_keys(rotated.ring);
    let operator = Actor::operator();
    let recorded = app.record_signing_keys(&operator, &rotated.withdrawn);
    recorded.await.map_err(|error| {
        Failure::failed(format!(
            "the keys were changed, but the database did not put that on record: {error}; the next \
             start of a server does"
        ))
    })
}

fn say(rotated: &Rotated, rotation: Rotation, output: &Output) -> Result<(), Failure> {
    let newest = rotated.ring.newest().key().public().algorithm();
    let from = time(rotated.signs_from);
    output.line(&format!(
        "added the {newest} key {}; it signs from {from}",
        rotated.kid
    ))?;
    for kid in &rotated.spent {
        output.line(&format!("removed {kid}, whose tokens have all expired"))?;
    }
    for kid in &rotated.withdrawn {
        output.line(&format!("removed {kid}, whose tokens are void"))?;
    }
    if rotation.compromised {
        output.line(
            "Servers take that up within two seconds. Clients get new access tokens with their refresh \
             tokens; what else to change is in docs/operations.md.",
        )?;
    }
    Ok(())
}
