//! Where values come from, and which of them wins.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::settings::{SETTINGS, Setting};
use super::{ConfigError, read_text};

/// The name of the variable that names the file of settings.
pub(super) const CONFIG_VARIABLE: &str = "GRADEBOOK_CONFIG";
const DEFAULT_FILE: &str = "gradebook.toml";

/// Settings from the command line.
#[derive(Clone, Default)]
pub struct Flags {
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--data-dir`.
    pub data_dir: Option<String>,
    /// `--database-url`.
    pub database_url: Option<String>,
    /// `--listen`.
    pub listen: Option<String>,
    /// `--log`.
    pub log: Option<String>,
}

impl Flags {
    fn get(&self, setting: &Setting) -> Option<&str> {
        match setting.flag {
            Some("--data-dir") => self.data_dir.as_deref(),
            Some("--database-url") => self.database_url.as_deref(),
            Some("--listen") => self.listen.as_deref(),
            Some("--log") => self.log.as_deref(),
            _ => None,
        }
    }
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The command line.
    Flag,
    /// An environment variable.
    Environment,
    /// A line of the file of settings.
    File {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
    },
    /// A file as a whole.
    WholeFile {
        /// The file.
        path: PathBuf,
    },
}

/// A value, and where it was found.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) setting: &'static Setting,
    pub(super) text: String,
    pub(super) origin: Origin,
    /// The folder of the file of settings, if the value is from there.
    pub(super) folder: Option<PathBuf>,
}

/// A kind of source.
#[derive(Clone, Copy)]
pub(super) enum Layer {
    Flags,
    Environment,
    File,
}

impl Layer {
    pub(super) const STRONGEST_FIRST: [Self; 3] = [Self::Flags, Self::Environment, Self::File];
}

/// Everything that may hold a value.
pub(super) struct Sources<'a> {
    flags: &'a Flags,
    variable: &'a dyn Fn(&str) -> Option<OsString>,
    file: Vec<Found>,
}

impl<'a> Sources<'a> {
    /// Reads the file of settings: the one that is named, or the default one if it is there.
    pub(super) fn open(
        flags: &'a Flags,
        variable: &'a dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        let from_environment = || {
            let value = variable(CONFIG_VARIABLE).filter(|value| !value.is_empty())?;
            Some((PathBuf::from(value), Origin::Environment, CONFIG_VARIABLE))
        };
        let named = flags
            .config
            .clone()
            .map(|path| (path, Origin::Flag, "--config"))
            .or_else(from_environment);
        let file = match named {
            Some((path, origin, name)) => {
                let text = read_text(&path).map_err(|problem| ConfigError {
                    setting: name.to_owned(),
                    origin,
                    problem,
                    advice: "name a file of settings that can be read, or leave it out".to_owned(),
                })?;
                read_file(&path, &text)?
            }
            None => {
                let path = Path::new(DEFAULT_FILE);
                if path.exists() {
                    let text = read_text(path).map_err(|problem| ConfigError {
                        setting: DEFAULT_FILE.to_owned(),
                        origin: whole(path),
                        problem,
                        advice: "make it readable for the account that runs gradebook".to_owned(),
                    })?;
                    read_file(path, &text)?
                } else {
                    Vec::new()
                }
            }
        };
        Ok(Self {
            flags,
            variable,
            file,
        })
    }

    /// The value of the strongest source that has one.
    pub(super) fn find(&self, setting: &'static Setting) -> Result<Option<Found>, ConfigError> {
        for layer in Layer::STRONGEST_FIRST {
            if let Some(found) = self.find_in(layer, setting)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The value of one source.
    pub(super) fn find_in(
        &self,
        layer: Layer,
        setting: &'static Setting,
    ) -> Result<Option<Found>, ConfigError> {
        match layer {
            Layer::Flags => Ok(self.flags.get(setting).map(|text| Found {
                setting,
                text: text.to_owned(),
                origin: Origin::Flag,
                folder: None,
            })),
            Layer::Environment => self.in_environment(setting),
            Layer::File => {
                let mut values = self.file.iter();
                Ok(values
                    .find(|found| found.setting.key == setting.key)
                    .cloned())
            }
        }
    }

    fn in_environment(&self, setting: &'static Setting) -> Result<Option<Found>, ConfigError> {
        let value = (self.variable)(setting.variable).filter(|value| !value.is_empty());
        let Some(value) = value else { return Ok(None) };
        let text = value.into_string().map_err(|_| ConfigError {
            setting: setting.variable.to_owned(),
            origin: Origin::Environment,
            problem: "it is not UTF-8 text".to_owned(),
            advice: "set it in a UTF-8 locale".to_owned(),
        })?;
        Ok(Some(Found {
            setting,
            text,
            origin: Origin::Environment,
            folder: None,
        }))
    }
}

fn whole(path: &Path) -> Origin {
    Origin::WholeFile {
        path: path.to_path_buf(),
    }
}

/// Reads a file of settings; anything that means nothing in it is an error.
fn read_file(path: &Path, text: &str) -> Result<Vec<Found>, ConfigError> {
    let line_at = |offset: usize| {
        let before = text.get(..offset).unwrap_or(text);
        before.bytes().filter(|byte| *byte == b'\n').count() + 1
    };
    let at = |offset| Origin::File {
        path: path.to_path_buf(),
        line: line_at(offset),
    };
    let table = DeTable::parse(text).map_err(|error| ConfigError {
        setting: "the file of settings".to_owned(),
        origin: error
            .span()
            .map_or_else(|| whole(path), |span| at(span.start)),
        // Only the message: the driver's own text would show the line, which may hold a password.
        problem: format!("it is not TOML ({})", error.message()),
        advice: "write one `key = value` a line".to_owned(),
    })?;
    let mut values = Vec::new();
    for (key, value) in table.get_ref() {
        let origin = at(key.span().start);
        let name = key.get_ref().as_ref();
        let Some(setting) = SETTINGS.into_iter().find(|setting| setting.key == name) else {
            let keys: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
            return Err(ConfigError {
                setting: name.to_owned(),
                origin,
                problem: "there is no such setting".to_owned(),
                advice: format!("remove it or use one of {}", keys.join(", ")),
            });
        };
        let text = plain(value.get_ref()).ok_or_else(|| ConfigError {
            setting: name.to_owned(),
            origin: origin.clone(),
            problem: "its value is neither a text nor a number".to_owned(),
            advice: "put the value between double quotes".to_owned(),
        })?;
        values.push(Found {
            setting,
            text,
            origin,
            folder: path.parent().map(Path::to_path_buf),
        });
    }
    Ok(values)
}

/// A text, a whole number, or an array of texts joined as the environment would hold it.
fn plain(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.clone().into_owned()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Array(values) => {
            let texts: Option<Vec<String>> =
                values.iter().map(|value| plain(value.get_ref())).collect();
            texts.map(|texts| texts.join(","))
        }
        _ => None,
    }
}

/// Set for tests or by `docker-compose.yml`, and not meant for the program.
const ELSEWHERE: [&str; 2] = ["GRADEBOOK_TEST_", "GRADEBOOK_ADVISORY_"];

/// Of these names of environment variables, those that look like settings and are none, so that a
/// misspelt one does not pass unseen.
pub fn unknown_variables(names: impl Iterator<Item = OsString>) -> Vec<String> {
    let known = |name: &str| {
        name == CONFIG_VARIABLE
            || SETTINGS.iter().any(|setting| setting.variable == name)
            || ELSEWHERE.iter().any(|prefix| name.starts_with(prefix))
    };
    let mut unknown: Vec<String> = names
        .filter_map(|name| name.into_string().ok())
        .filter(|name| name.starts_with("GRADEBOOK_") && !known(name))
        .collect();
    unknown.sort();
    unknown
}
