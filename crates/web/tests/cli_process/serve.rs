//! `gradebook serve`: what it says when it starts, stops, or cannot start.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

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
        "signing-key.pem",
        "gradebook.db",
    ] {
        assert_eq!(mode(&home.path().join("data").join(name)), 0o600, "{name}");
    }
    assert_eq!(mode(&home.path().join("data")), 0o700);
    let said = server.stop().exits(0);
    assert_eq!(said.stdout.lines().count(), 1, "{said:?}");
    assert!(said.stderr.contains("stopped"), "{said:?}");
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
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
