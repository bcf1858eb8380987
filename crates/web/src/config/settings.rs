//! The settings and their names.

use super::source::Origin;

/// A setting and its names.
#[derive(Debug)]
pub(crate) struct Setting {
    /// In `gradebook.toml`.
    pub(crate) key: &'static str,
    /// In the environment.
    pub(crate) variable: &'static str,
    /// On the command line, if it has a flag.
    pub(crate) flag: Option<&'static str>,
    /// For `--help`.
    pub(crate) about: &'static str,
}

pub(super) const DATABASE_URL: Setting = Setting {
    key: "database_url",
    variable: "DATABASE_URL",
    flag: Some("--database-url"),
    about: "sqlite://FILE?mode=rwc or mysql://USER:PASSWORD@HOST/DATABASE \
            [default: gradebook.db in the data directory]",
};
pub(super) const DATABASE_URL_FILE: Setting = Setting {
    key: "database_url_file",
    variable: "DATABASE_URL_FILE",
    flag: None,
    about: "a file that holds that URL, for secrets",
};
pub(super) const DATA_DIR: Setting = Setting {
    key: "data_dir",
    variable: "GRADEBOOK_DATA_DIR",
    flag: Some("--data-dir"),
    about: "database file, signing keys and pepper [default: ./data]",
};
pub(super) const LISTEN: Setting = Setting {
    key: "listen",
    variable: "GRADEBOOK_LISTEN",
    flag: Some("--listen"),
    about: "address and port; port 0 picks one [default: 127.0.0.1:8080]",
};
pub(super) const PUBLIC_URL: Setting = Setting {
    key: "public_url",
    variable: "GRADEBOOK_PUBLIC_URL",
    flag: None,
    about: "the address that browsers use, like https://grades.example.org",
};
pub(super) const TRUSTED_PROXIES: Setting = Setting {
    key: "trusted_proxies",
    variable: "GRADEBOOK_TRUSTED_PROXIES",
    flag: None,
    about: "addresses or networks whose X-Forwarded-For is believed, separated by commas",
};
pub(super) const BCRYPT_COST: Setting = Setting {
    key: "bcrypt_cost",
    variable: "GRADEBOOK_BCRYPT_COST",
    flag: None,
    about: "work per password, 4 to 15 [default: 12]",
};
pub(super) const TOKEN_ALGORITHM: Setting = Setting {
    key: "token_algorithm",
    variable: "GRADEBOOK_TOKEN_ALGORITHM",
    flag: None,
    about: "how access tokens are signed: es256, eddsa or hs256 [default: es256]",
};
pub(super) const STAFF_SESSION_IDLE: Setting = Setting {
    key: "staff_session_idle",
    variable: "GRADEBOOK_STAFF_SESSION_IDLE",
    flag: None,
    about: "teachers and admins are signed out after so long without use [default: 60m]",
};
pub(super) const STAFF_SESSION_MAX: Setting = Setting {
    key: "staff_session_max",
    variable: "GRADEBOOK_STAFF_SESSION_MAX",
    flag: None,
    about: "teachers and admins sign in again after so long in any case [default: 12h]",
};
pub(super) const STUDENT_SESSION_IDLE: Setting = Setting {
    key: "student_session_idle",
    variable: "GRADEBOOK_STUDENT_SESSION_IDLE",
    flag: None,
    about: "students are signed out after so long without use [default: 14days]",
};
pub(super) const STUDENT_SESSION_MAX: Setting = Setting {
    key: "student_session_max",
    variable: "GRADEBOOK_STUDENT_SESSION_MAX",
    flag: None,
    about: "students sign in again after so long in any case [default: 30days]",
};
pub(super) const REQUIRE_TOTP: Setting = Setting {
    key: "require_totp",
    variable: "GRADEBOOK_REQUIRE_TOTP",
    flag: None,
    about: "roles that need a second factor: admin, or admin,teacher [default: none]",
};
pub(super) const LOG: Setting = Setting {
    key: "log",
    variable: "GRADEBOOK_LOG",
    flag: Some("--log"),
    about: "what to log, like info,sqlx=warn [default: info for serve, warn otherwise]",
};
pub(super) const LOG_FORMAT: Setting = Setting {
    key: "log_format",
    variable: "GRADEBOOK_LOG_FORMAT",
    flag: None,
    about: "pretty or json [default: pretty]",
};
pub(super) const STATIC_DIR: Setting = Setting {
    key: "static_dir",
    variable: "GRADEBOOK_STATIC_DIR",
    flag: None,
    about: "the bundled front end [default: where the build put it]",
};

/// Every setting, in the order of the help text.
pub(crate) const SETTINGS: [&Setting; 16] = [
    &DATABASE_URL,
    &DATABASE_URL_FILE,
    &DATA_DIR,
    &LISTEN,
    &PUBLIC_URL,
    &TRUSTED_PROXIES,
    &BCRYPT_COST,
    &TOKEN_ALGORITHM,
    &STAFF_SESSION_IDLE,
    &STAFF_SESSION_MAX,
    &STUDENT_SESSION_IDLE,
    &STUDENT_SESSION_MAX,
    &REQUIRE_TOTP,
    &LOG,
    &LOG_FORMAT,
    &STATIC_DIR,
];

impl Setting {
    /// The name that the setting has where its value came from.
    pub(super) fn name_from(&self, origin: &Origin) -> &'static str {
        match origin {
            Origin::Flag => self.flag.unwrap_or(self.key),
            Origin::Environment => self.variable,
            Origin::File { .. } | Origin::WholeFile { .. } => self.key,
        }
    }
}
