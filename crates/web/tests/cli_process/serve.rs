//! `gradebook serve`: what it says when it starts, stops, or cannot start.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Home, serving};

#[test]
fn serves_until_it_is_told_to_stop() {
    let home = Home::new();
    let server = serving(&home, &[]);
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
    for name in [
        "pepper",
        "refresh-secret",
        "keys/0-es256.pem",
        "gradebook.db",
    ] {
        assert_eq!(mode(&home.path().join("data").join(name)), 0o600, "{name}");
    }
    for name in ["data", "data/keys"] {
        assert_eq!(mode(&home.path().join(name)), 0o700, "{name}");
    }
    let said = server.stop().exits(0);
    // Where it listens, and with which code a new school begins.
    assert_eq!(said.stdout.lines().count(), 2, "{said:?}");
    assert!(said.stdout.starts_with("listening on "), "{said:?}");
    assert!(said.stderr.contains("stopped"), "{said:?}");
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// People type passwords into the field of the name: neither belongs into a log.
#[test]
fn sign_ins_are_in_the_log_without_what_was_typed() {
    let home = Home::new();
    let admin = [
        "user",
        "add",
        "head",
        "--name",
        "Head Person",
        "--role",
        "admin",
    ];
    let admin = [&admin[..], &["--password-stdin"]].concat();
    home.type_in("correct horse battery").run(&admin).exits(0);
    let server = serving(&home, &[]);
    let sign_in = |username: &str, password: &str| {
        let credentials = STANDARD.encode(format!("{username}:{password}"));
        let headers = format!("Authorization: Basic {credentials}\r\nContent-Length: 0\r\n");
        server.send("POST /api/v1/token", &headers)
    };
    let known = sign_in("head", "correct horse battery");
    assert!(known.starts_with("HTTP/1.1 200"), "{known}");
    for username in ["head", "secret-in-the-wrong-field"] {
        let refused = sign_in(username, "typed-by-mistake");
        assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
    }
    let log = server.stop().exits(0).stderr;
    assert_eq!(log.matches("sign-in refused").count(), 2, "{log}");
    assert_eq!(log.matches("signed in").count(), 1, "{log}");
    for word in [
        "user_id=1",
        "session_id=1",
        "via=\"api\"",
        "address=\"127.0.0.1\"",
    ] {
        assert!(log.contains(word), "{word}: {log}");
    }
    let body = known.split("\r\n\r\n").nth(1).unwrap_or_default();
    let tokens: serde_json::Value = serde_json::from_str(body).unwrap();
    for secret in [
        "correct horse",
        "typed-by-mistake",
        "secret-in-the-wrong-field",
        "Head Person",
        tokens["access_token"].as_str().unwrap(),
        tokens["refresh_token"].as_str().unwrap(),
        &STANDARD.encode("head:correct horse battery"),
    ] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

#[test]
fn the_demo_says_who_can_sign_in() {
    let home = Home::new();
    for _again in 0..2 {
        let server = serving(&home, &["--demo"]);
        let said = server.stop().exits(0);
        assert!(said.stdout.contains("\nadmin    demo.admin "), "{said:?}");
        assert!(said.stdout.contains("gradebook-demo"), "{said:?}");
    }
    let other = Home::new();
    let admin = ["user", "add", "head", "--name", "Head", "--role", "admin"];
    other.run(&admin).exits(0);
    let said = other
        .run(&["serve", "--demo", "--listen", "127.0.0.1:0"])
        .exits(1);
    assert!(said.stderr.contains("leave --demo out"), "{said:?}");
}

#[test]
fn what_keeps_the_server_from_starting_is_said_once_and_clearly() {
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    fs::write(home.path().join("file"), "").unwrap();
    let below_a_file = home.path().join("file/data");
    let below_a_file = below_a_file.to_str().unwrap();
    let no_server = "mysql://u:hidden@127.0.0.1:9/d";
    for (arguments, problem, next) in [
        (
            ["--listen", address.as_str()],
            "the address is in use",
            "--listen or GRADEBOOK_LISTEN",
        ),
        (
            ["--data-dir", below_a_file],
            "cannot create the data directory",
            "GRADEBOOK_DATA_DIR",
        ),
        (
            ["--database-url", no_server],
            "cannot connect to the database at 127.0.0.1:9",
            "check that",
        ),
        (
            ["--database-url", "sqlite:///nowhere/x.db?mode=rwc"],
            "cannot open the SQLite file",
            "DATABASE_URL",
        ),
    ] {
        let mut command = vec!["serve", "--log", "error"];
        command.extend(arguments);
        let said = home.run(&command).exits(1);
        assert_eq!(said.stderr.lines().count(), 1, "{said:?}");
        assert!(said.stderr.starts_with("gradebook: "), "{said:?}");
        assert!(
            said.stderr.contains(problem) && said.stderr.contains(next),
            "{said:?}"
        );
        assert!(
            !said.stderr.contains("hidden") && said.stdout.is_empty(),
            "{said:?}"
        );
    }
}

#[test]
fn a_weak_or_exposed_key_keeps_the_server_from_starting() {
    let home = Home::new();
    home.run(&["user", "list"]).exits(0);
    let keys = home.path().join("data/keys");
    let file = keys.join("0-es256.pem");
    let refused = |problem: &str, next: &str| {
        for command in [
            &["serve", "--listen", "127.0.0.1:0", "--log", "error"][..],
            &["keys", "rotate"],
            &["keys", "list"],
        ] {
            let said = home.run(command).exits(1);
            assert_eq!(said.stderr.lines().count(), 1, "{said:?}");
            assert!(said.stderr.contains(problem), "{said:?}");
            assert!(said.stderr.contains(next), "{said:?}");
        }
    };
    set_mode(&file, 0o644);
    refused("can be read by other accounts", "run `chmod 600 ");
    set_mode(&file, 0o600);
    set_mode(&keys, 0o755);
    refused("can be entered by other accounts", "run `chmod 700 ");
    set_mode(&keys, 0o700);
    let weak = keys.join("1790000000-hs256.key");
    fs::write(&weak, "c2VjcmV0\n").unwrap();
    set_mode(&weak, 0o600);
    refused("is shorter than 32 bytes", "restore it from a backup");
    fs::remove_file(&weak).unwrap();
    serving(&home, &[]).stop().exits(0);
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn another_algorithm_in_the_settings_brings_a_key_at_the_next_start() {
    let home = Home::new();
    serving(&home, &[]).stop().exits(0);
    let algorithms = || {
        let keys = home.json(&["keys", "list", "--json"]);
        let keys = keys.as_array().cloned().unwrap_or_default();
        let words = keys
            .iter()
            .map(|key| format!("{} {}", key["algorithm"], key["state"]));
        words.collect::<Vec<_>>().join(", ").replace('"', "")
    };
    assert_eq!(algorithms(), "ES256 signs");
    let changed = Home::in_place_of(&home, "GRADEBOOK_TOKEN_ALGORITHM", "eddsa");
    // Commands beside the server leave the keys alone, whatever they are told.
    changed.run(&["user", "list"]).exits(0);
    assert_eq!(algorithms(), "ES256 signs");
    for _again in 0..2 {
        let server = serving(&changed, &[]);
        let shown = server.get("/.well-known/jwks.json");
        assert!(
            shown.contains("P-256") && shown.contains("Ed25519"),
            "{shown}"
        );
        server.stop().exits(0);
        assert_eq!(algorithms(), "ES256 signs, EdDSA next", "one new key only");
    }
}

/// Whoever stands at the terminal sees it, and nobody who reads the log.
#[test]
fn the_code_is_printed_and_never_logged() {
    let mut home = Home::new();
    home.variables
        .push(("GRADEBOOK_LOG".to_owned(), "trace".to_owned()));
    let server = serving(&home, &[]);
    let shown = home.run(&["setup-code"]).exits(0);
    let code = shown.stdout.trim().to_owned();
    assert_eq!(code.len(), 19, "{shown:?}");
    let said = server.stop().exits(0);
    assert!(
        said.stdout
            .contains(&format!("/setup with the set-up code {code}\n")),
        "{}",
        said.stdout
    );
    for log in [&said.stderr, &shown.stderr] {
        assert!(!log.contains(&code), "the code is in the log");
    }
    let add = ["user", "add", "head", "--name", "Head", "--role", "admin"];
    home.run(&add).exits(0);
    let none = home.run(&["setup-code"]).exits(1);
    assert!(none.stderr.contains("sign in"), "{none:?}");
    let said = serving(&home, &[]).stop().exits(0);
    assert!(!said.stdout.contains("set-up code"), "{}", said.stdout);
}
