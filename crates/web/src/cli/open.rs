//! The application as every command opens it.

use std::path::Path;
use std::sync::Arc;

use gradebook_app::{
    App, ConnectOptions, Db, Dialect, MigrationState, Parts, SystemClock, SystemRandomness,
};
use gradebook_auth::password::HasherSettings;
use gradebook_auth::{AccessTokens, PasswordHasher};

use super::Failure;
use crate::config::Config;
use crate::secrets::{Secrets, create_directory, create_private_file};
use crate::server::AUDIENCE;

/// Whether opening the application may change the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Migrate {
    /// On SQLite, whose file nobody else looks after. On MySQL pending migrations are an error.
    FileOnly,
    /// On every database.
    Always,
}

/// Opens the database, brings it up to date as far as `migrate` allows, reads the secrets and puts
/// the application together. The database is returned too, for closing it at the end.
///
/// # Errors
/// [`Failure`] with the next step.
pub async fn open_app(config: &Config, migrate: Migrate) -> Result<(Arc<App>, Db), Failure> {
    // Before the database, because the data directory is made here.
    let algorithm = config.token_algorithm.unwrap_or_default();
    let secrets = Secrets::load_or_create(&config.data_dir, algorithm, &SystemRandomness)?;
    let db = open_db(config).await?;
    bring_up_to_date(&db, migrate).await?;
    let settings = HasherSettings {
        cost: config.bcrypt_cost,
        ..HasherSettings::default()
    };
    let passwords = PasswordHasher::start(secrets.pepper, settings)
        .map_err(|error| Failure::failed(format!("{error}; raise the limit of threads")))?;
    let app = App::new(Parts {
        db: db.clone(),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandomness),
        passwords,
        tokens: AccessTokens::new(secrets.keys, config.issuer(), AUDIENCE),
        refresh_secret: secrets.refresh_secret,
        second_factor_secret: secrets.second_factor_secret,
        totp_required_of: config.totp_required_of.clone(),
        lifetimes: config.lifetimes,
    });
    Ok((Arc::new(app), db))
}

/// Opens the database as it is.
pub(super) async fn open_db(config: &Config) -> Result<Db, Failure> {
    if let Some(file) = config.database_url.sqlite_file() {
        prepare_file(config, &file)?;
    }
    let options = ConnectOptions::new(config.database_url.expose());
    Ok(Db::connect(&options).await?)
}

/// Makes a new SQLite file readable for its owner only: it holds every grade of the school.
fn prepare_file(config: &Config, file: &Path) -> Result<(), Failure> {
    if file.parent() == Some(&config.data_dir) {
        create_directory(&config.data_dir)?;
    }
    let creates = config.database_url.expose().contains("mode=rwc");
    if creates {
        create_private_file(file).map_err(|error| {
            Failure::failed(format!(
                "cannot open the SQLite file {}: {error}; make its folder, writable for the account \
                 that runs gradebook, or name another file with DATABASE_URL",
                file.display()
            ))
        })?;
    }
    Ok(())
}

async fn bring_up_to_date(db: &Db, migrate: Migrate) -> Result<(), Failure> {
    if migrate == Migrate::Always || db.dialect() == Dialect::Sqlite {
        return Ok(db.migrate_up().await?);
    }
    let pending = db
        .migrations()
        .await?
        .iter()
        .filter(|step| step.state == MigrationState::Pending)
        .count();
    if pending > 0 {
        return Err(Failure::failed(format!(
            "the database lacks {pending} migrations of this version; make a backup and run \
             `gradebook migrate up`, or start with `gradebook serve --migrate`"
        )));
    }
    Ok(())
}
