//! Settings: from flags, then environment variables, then `gradebook.toml`, then defaults.
//!
//! Every refusal names the setting, where its value came from, what is wrong with it and what to do.

mod database;
mod network;
mod sessions;
mod settings;
mod source;
mod stated;

use std::ffi::OsString;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use gradebook_app::Lifetimes;
use gradebook_auth::Role;
use gradebook_auth::keys::Algorithm;
use gradebook_auth::password::Cost;
use url::Url;

pub use database::DatabaseUrl;
pub use network::Network;
pub(crate) use settings::SETTINGS;
pub use source::{Flags, Origin, unknown_variables};
pub use stated::{Stated, stated};

use settings::{
    BCRYPT_COST, DATA_DIR, LISTEN, LOG, LOG_FORMAT, PUBLIC_URL, STATIC_DIR, Setting,
    TOKEN_ALGORITHM, TRUSTED_PROXIES,
};
use source::{Found, Sources};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Pretty,
    /// One JSON object a line.
    Json,
}

/// All settings, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where secrets and, unless another database is named, the SQLite file are.
    pub data_dir: PathBuf,
    /// The database.
    pub database_url: DatabaseUrl,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address that browsers use: scheme, host and port.
    pub public_url: Option<Url>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Work per password.
    pub bcrypt_cost: Cost,
    /// How access tokens are signed, if it was said.
    pub token_algorithm: Option<Algorithm>,
    /// How long tokens and sessions live.
    pub lifetimes: Lifetimes,
    /// The roles that need a second factor.
    pub totp_required_of: Vec<Role>,
    /// What to log; each command has its own default.
    pub log: Option<String>,
    /// How to log it.
    pub log_format: LogFormat,
    /// The bundled front end, unless it is where the build put it.
    pub static_dir: Option<PathBuf>,
}

/// A setting that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{setting}, from {origin}: {problem}; {advice}")]
pub struct ConfigError {
    /// Which setting.
    pub setting: String,
    /// Where its value came from.
    pub origin: Origin,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub advice: String,
}

impl Config {
    /// Reads all settings.
    ///
    /// `variable` looks an environment variable up. An empty variable counts as not set, because
    /// `docker compose` passes unset ones on like that.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn load(
        flags: &Flags,
        variable: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        let sources = Sources::open(flags, variable)?;
        let data_dir = match sources.find(&DATA_DIR)? {
            Some(found) => found.path(),
            None => PathBuf::from("./data"),
        };
        Ok(Self {
            database_url: database::resolve(&sources, &data_dir)?,
            data_dir,
            listen: parsed(&sources, &LISTEN, listen_address)?
                .unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 8080))),
            public_url: parsed(&sources, &PUBLIC_URL, public_url)?,
            trusted_proxies: parsed(&sources, &TRUSTED_PROXIES, network::list)?.unwrap_or_default(),
            bcrypt_cost: parsed(&sources, &BCRYPT_COST, cost)?.unwrap_or_default(),
            token_algorithm: parsed(&sources, &TOKEN_ALGORITHM, algorithm)?,
            lifetimes: sessions::lifetimes(&sources)?,
            totp_required_of: sessions::totp_required_of(&sources)?,
            log: parsed(&sources, &LOG, log_filter)?,
            log_format: parsed(&sources, &LOG_FORMAT, log_format)?.unwrap_or_default(),
            static_dir: sources.find(&STATIC_DIR)?.map(|found| found.path()),
        })
    }

    /// Whether browsers reach the server through TLS.
    #[must_use]
    pub fn behind_tls(&self) -> bool {
        self.public_url
            .as_ref()
            .is_some_and(|url| url.scheme() == "https")
    }

    /// Whether cookies are bound to TLS. Only a server on loopback that nobody reaches through TLS
    /// can do without: anywhere else a plain cookie could be read on the way.
    #[must_use]
    pub fn tls_cookies(&self) -> bool {
        self.behind_tls() || !self.listen.ip().is_loopback()
    }

    /// The issuer of a server that has no public URL.
    pub const ISSUER_WITHOUT_PUBLIC_URL: &str = "http://localhost";

    /// The `iss` of access tokens.
    ///
    /// Without a public URL it is the constant `http://localhost`: replicas that listen on different
    /// ports, or on a port that the system picks, must still accept each other's tokens.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.public_url.as_ref().map_or_else(
            || Self::ISSUER_WITHOUT_PUBLIC_URL.to_owned(),
            |url| url.origin().ascii_serialization(),
        )
    }
}

/// A value that cannot be used: what is wrong, and what to do.
type Refusal = (String, String);

fn parsed<T>(
    sources: &Sources<'_>,
    setting: &'static Setting,
    parse: fn(&str) -> Result<T, Refusal>,
) -> Result<Option<T>, ConfigError> {
    let Some(found) = sources.find(setting)? else {
        return Ok(None);
    };
    match parse(found.text.trim()) {
        Ok(value) => Ok(Some(value)),
        Err((problem, advice)) => Err(found.refuse(problem, advice)),
    }
}

fn listen_address(text: &str) -> Result<SocketAddr, Refusal> {
    let numeric = text
        .strip_prefix("localhost:")
        .map_or_else(|| text.to_owned(), |port| format!("127.0.0.1:{port}"));
    numeric.parse().map_err(|_| {
        (
            format!("{text:?} is no address and port"),
            "write them like 127.0.0.1:8080 or [::1]:8080; port 0 picks a free one".to_owned(),
        )
    })
}

fn public_url(text: &str) -> Result<Url, Refusal> {
    let advice = "write the address that browsers use, like https://grades.example.org".to_owned();
    let url = Url::parse(text)
        .map_err(|error| (format!("{text:?} is no URL ({error})"), advice.clone()))?;
    let plain = ["http", "https"].contains(&url.scheme())
        && url.host().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none();
    if plain {
        return Ok(url);
    }
    // Not repeated in the message: a URL of this shape may hold a password.
    let problem = "only http:// or https:// with a host and a port is possible".to_owned();
    Err((problem, advice))
}

fn cost(text: &str) -> Result<Cost, Refusal> {
    text.parse()
        .ok()
        .and_then(|number| Cost::new(number).ok())
        .ok_or_else(|| {
            (
                format!("{text:?} is no number from 4 to 15"),
                "12 takes about a quarter of a second for each password; use that or more"
                    .to_owned(),
            )
        })
}

fn algorithm(text: &str) -> Result<Algorithm, Refusal> {
    text.to_lowercase().parse().map_err(|_| {
        (
            format!("{text:?} is no algorithm for tokens"),
            "write es256, eddsa or hs256".to_owned(),
        )
    })
}

fn log_filter(text: &str) -> Result<String, Refusal> {
    match tracing_subscriber::EnvFilter::builder().parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err((
            format!("{text:?} is no filter ({error})"),
            "write a level, or levels by module, like info,sqlx=warn".to_owned(),
        )),
    }
}

fn log_format(text: &str) -> Result<LogFormat, Refusal> {
    match text {
        "pretty" => Ok(LogFormat::Pretty),
        "json" => Ok(LogFormat::Json),
        _ => Err((
            format!("{text:?} is no format"),
            "write pretty or json".to_owned(),
        )),
    }
}

impl Found {
    /// The value as a path. One from the file is relative to the file, so that the same file means
    /// the same wherever the command is started.
    fn path(&self) -> PathBuf {
        match &self.folder {
            Some(folder) => folder.join(&self.text),
            None => PathBuf::from(&self.text),
        }
    }

    fn refuse(&self, problem: impl Into<String>, advice: impl Into<String>) -> ConfigError {
        ConfigError {
            setting: self.setting.name_from(&self.origin).to_owned(),
            origin: self.origin.clone(),
            problem: problem.into(),
            advice: advice.into(),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => formatter.write_str("the command line"),
            Self::Environment => formatter.write_str("the environment"),
            Self::File { path, line } => write!(formatter, "{} line {line}", path.display()),
            Self::WholeFile { path } => write!(formatter, "{}", path.display()),
        }
    }
}

/// Reads a file of settings or of one setting, naming it in the error.
fn read_text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))
}

#[cfg(test)]
mod tests;
