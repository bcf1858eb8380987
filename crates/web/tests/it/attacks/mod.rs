//! What somebody with bad intentions sends, and that the answer is the one that is promised: never a
//! 500, never a dropped connection, never anything that helps them.

mod browsers;
mod fields;
mod identities;
mod passwords;
mod paths;
mod slow;
mod tokens;
mod wire;

use awc::http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::browser::Browser;
use crate::harness::{Reply, TestServer};

/// Fails unless this is the problem with this status and code, as JSON, without a hint at what runs here.
#[track_caller]
fn is_problem(reply: &Reply, status: u16, code: &str, what: &str) {
    assert_eq!(reply.status.as_u16(), status, "{what}: {}", reply.text());
    assert_eq!(
        reply.header("content-type"),
        "application/problem+json",
        "{what}"
    );
    let body = reply.json();
    assert_eq!(body["code"], code, "{what}: {body}");
    assert_eq!(body["status"], status, "{what}");
    for hint in ["serde", "actix", "sqlx", "panicked", "struct "] {
        assert!(!reply.text().contains(hint), "{what}: {body}");
    }
}

/// Fails unless the token was refused as invalid, in the words of RFC 6750 and no others.
#[track_caller]
fn is_invalid_token(reply: &Reply, what: &str) {
    is_problem(reply, 401, "invalid_token", what);
    assert_eq!(
        reply.json()["detail"],
        "Could not validate credentials",
        "{what}"
    );
    assert_eq!(
        reply.header("www-authenticate"),
        "Bearer realm=\"gradebook\", error=\"invalid_token\", \
         error_description=\"Could not validate credentials\"",
        "{what}"
    );
}

/// The cookies of somebody who signed in with the form of the page.
async fn browser_of(server: &TestServer, username: &str) -> String {
    Browser::signed_in(server, username).await.cookies()
}

/// Adds an account with this password that needs no change, and returns its id.
async fn add_user(server: &TestServer, admin: &str, username: &str, password: &str) -> i64 {
    let reply = server
        .post("/api/v1/users")
        .bearer(admin)
        .json(&json!({"username": username, "name": "Somebody", "role": "teacher", "password": password}))
        .send()
        .await;
    assert_eq!(reply.status, 201, "{username:?}: {}", reply.text());
    reply.json()["id"].as_i64().unwrap()
}

/// Who a token belongs to.
async fn me(server: &TestServer, token: &str) -> Value {
    let reply = server.get("/api/v1/users/me").bearer(token).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

/// Fails unless the server still answers.
async fn is_alive(server: &TestServer, what: &str) {
    assert_eq!(server.get("/healthz").send().await.status, 200, "{what}");
}

fn method(name: &str) -> Method {
    Method::from_bytes(name.as_bytes()).unwrap()
}

/// Sends bytes as they are and returns what came back until the server closed the connection.
async fn raw(server: &TestServer, bytes: impl AsRef<[u8]>) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    // A server that has seen enough may close before everything is sent.
    let _ = stream.write_all(bytes.as_ref()).await;
    until_closed(&mut stream).await
}

/// What comes until the server closes the connection. Fails if it does not.
async fn until_closed(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(
        std::time::Duration::from_secs(60),
        stream.read_to_end(&mut answer),
    );
    // A reset after the answer is an end as well.
    let _ = read.await.expect("the server keeps the connection open");
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of each answer in what came back.
fn statuses(answer: &str) -> Vec<u16> {
    answer
        .match_indices("HTTP/1.1 ")
        .map(|(place, head)| {
            let from = place + head.len();
            answer[from..from + 3].parse().unwrap()
        })
        .collect()
}
