use std::collections::HashMap;

use super::*;

/// Loads with these variables; the file of settings is named in the flags, so that no file of the
/// developer's is read.
fn load(flags: &Flags, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let variables: HashMap<&str, &str> = variables.iter().copied().collect();
    Config::load(flags, &|name| variables.get(name).map(OsString::from))
}

fn refused(flags: &Flags, variables: &[(&str, &str)]) -> String {
    load(flags, variables).unwrap_err().to_string()
}

/// An empty file of settings.
fn no_file() -> Flags {
    Flags {
        config: Some(PathBuf::from("/dev/null")),
        ..Flags::default()
    }
}

struct File(tempfile::TempDir);

impl File {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("gradebook.toml"), text).unwrap();
        Self(folder)
    }

    fn flags(&self) -> Flags {
        Flags {
            config: Some(self.0.path().join("gradebook.toml")),
            ..Flags::default()
        }
    }
}

#[test]
fn defaults_are_those_of_the_manual() {
    let config = load(&no_file(), &[]).unwrap();
    assert_eq!(config.data_dir, Path::new("./data"));
    assert_eq!(
        config.database_url.expose(),
        "sqlite://./data/gradebook.db?mode=rwc"
    );
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.bcrypt_cost.get(), 12);
    assert_eq!(config.log_format, LogFormat::Pretty);
    assert_eq!(config.token_algorithm, None);
    assert!(config.trusted_proxies.is_empty() && config.public_url.is_none());
    assert!(!config.tls_cookies() && !config.behind_tls());
    assert_eq!(config.issuer(), "http://localhost");
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let file = File::new("listen = '127.0.0.1:1'\nbcrypt_cost = 5\nlog = 'error'");
    let mut flags = file.flags();
    let port = |config: Config| config.listen.port();
    assert_eq!(port(load(&flags, &[]).unwrap()), 1);
    let variables = [("GRADEBOOK_LISTEN", "127.0.0.1:2")];
    assert_eq!(port(load(&flags, &variables).unwrap()), 2);
    flags.listen = Some("localhost:3".to_owned());
    let config = load(&flags, &variables).unwrap();
    assert_eq!(config.bcrypt_cost.get(), 5);
    assert_eq!(config.log.as_deref(), Some("error"));
    assert_eq!(port(config), 3);
}

#[test]
fn an_empty_variable_is_not_set() {
    let variables = [("GRADEBOOK_PUBLIC_URL", ""), ("DATABASE_URL", "")];
    let config = load(&no_file(), &variables).unwrap();
    assert!(config.public_url.is_none());
    assert!(config.database_url.expose().starts_with("sqlite://"));
}

#[test]
fn paths_of_the_file_are_relative_to_it() {
    let file = File::new("data_dir = 'here'\nstatic_dir = '/there'");
    let config = load(&file.flags(), &[]).unwrap();
    assert_eq!(config.data_dir, file.0.path().join("here"));
    assert_eq!(config.static_dir.as_deref(), Some(Path::new("/there")));
    let config = load(&file.flags(), &[("GRADEBOOK_DATA_DIR", "else")]).unwrap();
    assert_eq!(config.data_dir, Path::new("else"));
}

#[test]
fn the_database_url_may_come_from_a_secret_file() {
    let file = File::new("");
    let secret = file.0.path().join("secret");
    std::fs::write(&secret, "mysql://u:p@h/d\r\n").unwrap();
    let secret = secret.to_str().unwrap();
    let variables = [("DATABASE_URL_FILE", secret)];
    let config = load(&file.flags(), &variables).unwrap();
    assert_eq!(config.database_url.expose(), "mysql://u:p@h/d");

    let mut flags = file.flags();
    flags.database_url = Some("sqlite://x.db".to_owned());
    let config = load(&flags, &variables).unwrap();
    assert_eq!(config.database_url.expose(), "sqlite://x.db");

    let both = [variables[0], ("DATABASE_URL", "mysql://u:hidden@h/d")];
    let message = refused(&file.flags(), &both);
    assert_eq!(
        message,
        "DATABASE_URL, from the environment: DATABASE_URL_FILE is set as well; set one of the two"
    );

    std::fs::write(secret, "\n").unwrap();
    assert!(refused(&file.flags(), &variables).contains("exactly one line"));
    let missing = [("DATABASE_URL_FILE", "/nowhere/secret")];
    assert!(refused(&file.flags(), &missing).contains("cannot read /nowhere/secret"));
}

#[test]
fn passwords_are_not_shown() {
    let variables = [("DATABASE_URL", "mysql://user:hidden@host/d")];
    let config = load(&no_file(), &variables).unwrap();
    let shown = format!("{config:?} {}", config.database_url);
    assert!(
        !shown.contains("hidden") && shown.contains("mysql://user:***@host/d"),
        "{shown}"
    );
}

#[test]
fn the_file_is_checked_line_by_line() {
    let file = File::new("listen = '127.0.0.1:1'\n\nlisten_on = 3\n");
    let path = file.0.path().join("gradebook.toml");
    let message = refused(&file.flags(), &[]);
    let start = format!(
        "listen_on, from {} line 3: there is no such setting",
        path.display()
    );
    assert!(message.starts_with(&start), "{message}");

    let broken = File::new("listen = '127.0.0.1:1'\ndatabase_url = 'mysql://u:hidden@h/d\n");
    let message = refused(&broken.flags(), &[]);
    assert!(message.contains("line 2: it is not TOML"), "{message}");
    assert!(!message.contains("hidden"), "{message}");

    let table = File::new("[listen]\nport = 1\n");
    assert!(refused(&table.flags(), &[]).contains("listen, from"));

    let bad = File::new("\nbcrypt_cost = 20\n");
    assert!(refused(&bad.flags(), &[]).contains("line 2: \"20\" is no number from 4 to 15"));
}

#[test]
fn each_bad_value_says_which_where_what_and_what_to_do() {
    let flags = no_file();
    for (variable, value, problem) in [
        ("GRADEBOOK_LISTEN", "8080", "is no address and port; write"),
        ("GRADEBOOK_BCRYPT_COST", "3", "is no number from 4 to 15; "),
        (
            "GRADEBOOK_BCRYPT_COST",
            "many",
            "is no number from 4 to 15; ",
        ),
        (
            "GRADEBOOK_TRUSTED_PROXIES",
            "proxy",
            "is no address and no network; write",
        ),
        ("GRADEBOOK_PUBLIC_URL", "school", "is no URL"),
        (
            "GRADEBOOK_PUBLIC_URL",
            "ftp://school/",
            "only http:// or https://",
        ),
        (
            "GRADEBOOK_PUBLIC_URL",
            "https://school/grades",
            "only http:// or https://",
        ),
        ("GRADEBOOK_LOG", "info,=x=y", "is no filter"),
        (
            "GRADEBOOK_LOG_FORMAT",
            "xml",
            "is no format; write pretty or json",
        ),
    ] {
        let message = refused(&flags, &[(variable, value)]);
        let start = format!("{variable}, from the environment: ");
        assert!(
            message.starts_with(&start) && message.contains(problem),
            "{message}"
        );
    }
    let flags = Flags {
        config: Some(PathBuf::from("/nowhere.toml")),
        ..Flags::default()
    };
    let message = refused(&flags, &[]);
    assert!(
        message.starts_with("--config, from the command line: cannot read"),
        "{message}"
    );
}

#[test]
fn cookies_are_bound_to_tls_except_on_plain_loopback() {
    let flags = no_file();
    for (listen, url, expected) in [
        ("127.0.0.1:0", "", false),
        ("[::1]:0", "http://localhost", false),
        ("127.0.0.1:0", "https://school.example", true),
        ("0.0.0.0:0", "", true),
        ("0.0.0.0:0", "http://school.example", true),
    ] {
        let variables = [("GRADEBOOK_LISTEN", listen), ("GRADEBOOK_PUBLIC_URL", url)];
        let config = load(&flags, &variables).unwrap();
        assert_eq!(config.tls_cookies(), expected, "{listen} {url}");
    }
}

#[test]
fn the_issuer_is_the_public_address() {
    let variables = [("GRADEBOOK_PUBLIC_URL", "https://School.example:8443/")];
    let config = load(&no_file(), &variables).unwrap();
    assert_eq!(config.issuer(), "https://school.example:8443");
    assert!(config.behind_tls());
}

#[test]
fn a_strange_data_directory_still_gives_a_url() {
    let mut flags = no_file();
    flags.data_dir = Some("/tmp/50% of #1?".to_owned());
    let url = load(&flags, &[]).unwrap().database_url;
    assert_eq!(
        url.expose(),
        "sqlite:///tmp/50%25 of %231%3F/gradebook.db?mode=rwc"
    );
    assert_eq!(
        url.sqlite_file().as_deref(),
        Some(Path::new("/tmp/50% of #1?/gradebook.db"))
    );
    assert_eq!(DatabaseUrl::new("mysql://h/d").sqlite_file(), None);
}

#[test]
fn misspelt_variables_are_found() {
    let names = [
        "PATH",
        "GRADEBOOK_LISTEN",
        "GRADEBOOK_LISTENN",
        "GRADEBOOK_TEST_MYSQL_URL",
    ];
    let found = unknown_variables(names.into_iter().map(OsString::from));
    assert_eq!(found, ["GRADEBOOK_LISTENN"]);
}

#[test]
fn the_algorithm_of_tokens_is_one_of_three() {
    for (text, algorithm) in [
        ("es256", Algorithm::Es256),
        ("EdDSA", Algorithm::EdDsa),
        (" hs256 ", Algorithm::Hs256),
    ] {
        let config = load(&no_file(), &[("GRADEBOOK_TOKEN_ALGORITHM", text)]).unwrap();
        assert_eq!(config.token_algorithm, Some(algorithm), "{text}");
    }
    for text in ["none", "rs256", "es256,hs256"] {
        let message = refused(&no_file(), &[("GRADEBOOK_TOKEN_ALGORITHM", text)]);
        assert!(
            message.ends_with("write es256, eddsa or hs256"),
            "{message}"
        );
    }
}
