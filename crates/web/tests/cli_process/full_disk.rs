//! A disk that is full for a while, on SQLite: what the server says is stored is stored.

use std::fs;
use std::process::Command;

use serde_json::json;

use super::{FORM, Home, JSON, Serving, json_of, serving};

/// No file of the server's may grow beyond this any more.
fn limit(server: &Serving, bytes: &str) {
    let set = Command::new("prlimit")
        .args([
            "--pid",
            &server.id().to_string(),
            &format!("--fsize={bytes}:"),
        ])
        .status();
    assert!(set.unwrap().success());
}

#[test]
fn after_a_full_disk_what_is_acknowledged_is_stored() {
    let home = Home::new();
    let add = [
        "user",
        "add",
        "head",
        "--name",
        "Head",
        "--role",
        "admin",
        "--password-stdin",
    ];
    home.type_in("a good long one\n").run(&add).exits(0);
    let server = serving(&home, &[]);
    let sign_in = |name: &str, password: &str| {
        let form = format!("grant_type=password&username={name}&password={password}");
        server.ask("POST /api/v1/token", &[FORM], &form)
    };
    let pair = json_of(&sign_in("head", "a good long one"));
    let admin = format!(
        "Authorization: Bearer {}",
        pair["access_token"].as_str().unwrap()
    );
    let create = |name: &str| {
        let body = json!({"username": name, "name": name, "role": "teacher"}).to_string();
        server.ask("POST /api/v1/users", &[&admin, JSON], &body)
    };
    let stored = |name: &str| {
        let users = home.json(&["user", "list", "--json"]);
        let users = users.as_array().unwrap().clone();
        users.iter().any(|user| user["username"] == name)
    };
    let log = fs::metadata(home.path().join("data/gradebook.db-wal")).unwrap();
    limit(&server, &log.len().to_string());
    let mut refused = 0;
    for number in 0..6 {
        let answer = create(&format!("full{number}"));
        refused += usize::from(answer.starts_with("HTTP/1.1 503"));
        sign_in("head", "a good long one");
        server.ask("DELETE /api/v1/users/me/sessions/999999", &[&admin], "");
    }
    assert!(refused > 0, "the disk was full");
    limit(&server, "unlimited");
    for number in 0..3 {
        let name = format!("after{number}");
        let answer = create(&name);
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        assert!(stored(&name), "{name} was acknowledged");
    }
    for number in 0..6 {
        let answer = sign_in("nobody", "wrong-one-again");
        let waits = answer.starts_with("HTTP/1.1 429");
        assert_eq!(waits, number >= 3, "{number}: {answer}");
    }
    server.stop().exits(0);
    assert!(stored("after2"), "after a restart, too");
}
