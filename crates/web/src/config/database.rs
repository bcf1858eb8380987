//! The database's URL, which may hold a password.

use std::fmt;
use std::path::{Path, PathBuf};

use super::settings::{DATABASE_URL, DATABASE_URL_FILE};
use super::source::{Found, Layer, Origin, Sources};
use super::{ConfigError, read_text};

/// A database URL. Shown without its password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Takes a URL as it is; whether it can work is seen when it is opened.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The URL with its password.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The file of an SQLite URL, as far as it can be told without decoding.
    pub(crate) fn sqlite_file(&self) -> Option<PathBuf> {
        let rest = self.0.strip_prefix("sqlite:")?;
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let path = rest.split_once('?').map_or(rest, |(path, _)| path);
        let usable = !path.is_empty() && !path.contains(":memory:");
        usable.then(|| PathBuf::from(decoded(path)))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match url::Url::parse(&self.0) {
            Ok(mut url) if url.password().is_some() => {
                // Fails only for URLs that can hold no password.
                let _ = url.set_password(Some("***"));
                write!(formatter, "{url}")
            }
            Ok(_) => formatter.write_str(&self.0),
            Err(_) => formatter.write_str("(not a URL)"),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DatabaseUrl({self})")
    }
}

/// The URL, the content of the file that holds it, or the SQLite file in the data directory.
///
/// A source that has either wins over all weaker ones: `--database-url` over `DATABASE_URL_FILE`.
pub(super) fn resolve(sources: &Sources<'_>, data_dir: &Path) -> Result<DatabaseUrl, ConfigError> {
    for layer in Layer::STRONGEST_FIRST {
        let url = sources.find_in(layer, &DATABASE_URL)?;
        let file = sources.find_in(layer, &DATABASE_URL_FILE)?;
        match (url, file) {
            (Some(url), Some(file)) => {
                let other = file.setting.name_from(&file.origin);
                let problem = format!("{other} is set as well");
                return Err(url.refuse(problem, "set one of the two"));
            }
            (Some(url), None) => return Ok(DatabaseUrl(url.text.trim().to_owned())),
            (None, Some(file)) => return from_file(&file),
            (None, None) => {}
        }
    }
    default_in(data_dir)
}

fn from_file(found: &Found) -> Result<DatabaseUrl, ConfigError> {
    let advice = "put the URL on its only line and make it readable for the account that runs \
                  gradebook";
    let path = found.path();
    let text = read_text(&path).map_err(|problem| found.refuse(problem, advice))?;
    let url = text.trim_end_matches(['\n', '\r']);
    if url.trim().is_empty() || url.contains('\n') {
        let problem = format!("{} does not hold exactly one line", path.display());
        return Err(found.refuse(problem, advice));
    }
    Ok(DatabaseUrl(url.trim().to_owned()))
}

fn default_in(data_dir: &Path) -> Result<DatabaseUrl, ConfigError> {
    let file = data_dir.join("gradebook.db");
    let Some(path) = file.to_str() else {
        return Err(ConfigError {
            setting: "the data directory".to_owned(),
            origin: Origin::WholeFile { path: file },
            problem: "its path is not UTF-8 text".to_owned(),
            advice: "rename it, or set DATABASE_URL".to_owned(),
        });
    };
    Ok(DatabaseUrl(format!("sqlite://{}?mode=rwc", encoded(path))))
}

/// What would end or change the path in a URL.
fn encoded(path: &str) -> String {
    path.replace('%', "%25")
        .replace('?', "%3F")
        .replace('#', "%23")
}

/// Reverses percent encoding of ASCII signs, which is all that [`encoded`] makes.
fn decoded(path: &str) -> String {
    let mut parts = path.split('%');
    let mut text = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let code = part
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code.filter(u8::is_ascii) {
            Some(code) => {
                text.push(char::from(code));
                text.push_str(part.get(2..).unwrap_or(""));
            }
            None => {
                text.push('%');
                text.push_str(part);
            }
        }
    }
    text
}
