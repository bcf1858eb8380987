//! Which settings somebody made, and where.

use std::ffi::OsString;

use super::database::DatabaseUrl;
use super::settings::{DATABASE_URL, SETTINGS};
use super::source::{Origin, Sources};
use super::{ConfigError, Flags};

/// A setting that is not left to its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// Its name in the file of settings.
    pub key: &'static str,
    /// Its value, without a password in it.
    pub value: String,
    /// Where it was made.
    pub origin: Origin,
}

/// All settings that are made somewhere, each with the source that wins.
///
/// # Errors
/// A source that cannot be read.
pub fn stated(
    flags: &Flags,
    variable: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Vec<Stated>, ConfigError> {
    let sources = Sources::open(flags, variable)?;
    let mut all = Vec::new();
    for setting in SETTINGS {
        let Some(found) = sources.find(setting)? else {
            continue;
        };
        let value = if setting.key == DATABASE_URL.key {
            DatabaseUrl::new(found.text.trim()).to_string()
        } else {
            found.text.trim().to_owned()
        };
        all.push(Stated {
            key: setting.key,
            value,
            origin: found.origin,
        });
    }
    Ok(all)
}
