//! Two servers on one database: what one makes void, the other refuses.

use std::io::{BufRead, BufReader, Read};
use std::time::Duration;

use gradebook_app::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::authenticator::Authenticator;

use super::{FORM, Home, JSON, Serving, json_of, serving};

const PASSWORD: &str = "correct horse battery";

fn sign_in(server: &Serving, username: &str) -> Value {
    let form = format!("grant_type=password&username={username}&password=correct+horse+battery");
    json_of(&server.ask("POST /api/v1/token", &[FORM], &form))
}

/// Sets up a second factor.
fn enrol(server: &Serving, bearer: &str) {
    let begun = json_of(&server.ask("POST /api/v1/users/me/totp", &[bearer], ""));
    let phone = Authenticator::scan(begun["otpauth_uri"].as_str().unwrap());
    let code = json!({"code": phone.code(SystemClock.now_ms())}).to_string();
    let path = "POST /api/v1/users/me/totp/confirm";
    let confirmed = server.ask(path, &[bearer, JSON], &code);
    assert!(confirmed.starts_with("HTTP/1.1 200"), "{confirmed}");
}

/// What an admin, the owner or a thief does on one server, and what it does to the tokens of a user on the other.
#[test]
fn what_one_server_revokes_the_other_refuses() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let database = runtime.block_on(gradebook_test_databases::mysql());
    let home = Home::on(&database.url);
    home.run(&["migrate", "up"]).exits(0);
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
    home.type_in(&format!("{PASSWORD}\n")).run(&add).exits(0);
    let (one, other) = (serving(&home, &[]), serving(&home, &[]));
    let admin = sign_in(&one, "head");
    let admin = format!(
        "Authorization: Bearer {}",
        admin["access_token"].as_str().unwrap()
    );

    for what in [
        "disabled",
        "role",
        "reset",
        "factor-taken",
        "signed-out",
        "ended-from-list",
        "own-password",
        "spent-refresh",
    ] {
        let new = json!({"username": what, "name": "T", "role": "teacher", "password": PASSWORD});
        let user = json_of(&one.ask("POST /api/v1/users", &[&admin, JSON], &new.to_string()));
        let id = &user["id"];
        let pair = sign_in(&one, what);
        let token = pair["access_token"].as_str().unwrap().to_owned();
        let bearer = format!("Authorization: Bearer {token}");
        let me = |server: &Serving| server.ask("GET /api/v1/users/me", &[&bearer], "");
        assert!(me(&other).starts_with("HTTP/1.1 200"), "{what}");
        let mut events = BufReader::new(other.open("GET /api/v1/events", &[&bearer], ""));
        let mut line = String::new();
        while !line.contains("retry:") {
            line.clear();
            assert!(
                events.read_line(&mut line).unwrap() > 0,
                "{what}: no stream"
            );
        }

        let done = match what {
            "disabled" => one.ask(
                &format!("PATCH /api/v1/users/{id}"),
                &[&admin, JSON],
                r#"{"enabled":false}"#,
            ),
            "reset" => one.ask(
                &format!("POST /api/v1/users/{id}/password-reset"),
                &[&admin],
                "",
            ),
            "role" => one.ask(
                &format!("PATCH /api/v1/users/{id}"),
                &[&admin, JSON],
                r#"{"role":"admin"}"#,
            ),
            "factor-taken" => {
                enrol(&one, &bearer);
                assert!(
                    me(&other).starts_with("HTTP/1.1 200"),
                    "it is this session's own"
                );
                one.ask(
                    &format!("POST /api/v1/users/{id}/totp-reset"),
                    &[&admin],
                    "",
                )
            }
            "ended-from-list" => {
                let phone = sign_in(&one, what);
                let phone = format!(
                    "Authorization: Bearer {}",
                    phone["access_token"].as_str().unwrap()
                );
                let listed = json_of(&one.ask("GET /api/v1/users/me/sessions", &[&phone], ""));
                let listed = listed["items"].as_array().unwrap();
                let lost = listed.iter().find(|one| one["current"] == false).unwrap();
                let path = format!("DELETE /api/v1/users/me/sessions/{}", lost["id"]);
                one.ask(&path, &[&phone], "")
            }
            "spent-refresh" => {
                let refresh = |token: &Value| {
                    let token = token.as_str().unwrap();
                    let form = format!("grant_type=refresh_token&refresh_token={token}");
                    one.ask("POST /api/v1/token", &[FORM], &form)
                };
                let spent = &pair["refresh_token"];
                let second = json_of(&refresh(spent));
                assert!(refresh(&second["refresh_token"]).starts_with("HTTP/1.1 200"));
                let reused = refresh(spent);
                assert_eq!(json_of(&reused)["code"], "invalid_refresh_token");
                reused
            }
            "signed-out" => one.ask(
                "POST /api/v1/token/revoke",
                &[FORM],
                &format!("token={token}"),
            ),
            _ => {
                let change =
                    json!({"current_password": PASSWORD, "new_password": "another good one"});
                one.ask(
                    "POST /api/v1/users/me/password",
                    &[&bearer, JSON],
                    &change.to_string(),
                )
            }
        };
        let expected = match what {
            "ended-from-list" => "HTTP/1.1 204",
            "spent-refresh" => "HTTP/1.1 401",
            _ => "HTTP/1.1 200",
        };
        assert!(done.starts_with(expected), "{what}: {done}");

        // How soon is measured elsewhere; here it has to happen at all.
        let refused = (0..600).find_map(|_| {
            std::thread::sleep(Duration::from_millis(50));
            Some(me(&other)).filter(|answer| !answer.starts_with("HTTP/1.1 200"))
        });
        let refused = refused.unwrap_or_else(|| panic!("{what}: the other server knows nothing"));
        assert!(refused.starts_with("HTTP/1.1 401"), "{what}: {refused}");
        assert_eq!(json_of(&refused)["code"], "token_revoked", "{what}");
        let mut rest = String::new();
        // Fails at the time limit of the connection if the stream stays open.
        events.read_to_string(&mut rest).unwrap();
        assert!(rest.contains("event: session"), "{what}: {rest}");
        assert!(
            rest.contains(r#""action":"reauthenticate""#),
            "{what}: {rest}"
        );
    }
    one.stop();
    other.stop();
}
