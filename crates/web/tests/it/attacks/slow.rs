//! Clients that hold connections by being slow.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use gradebook_app::{Lifetimes, SystemClock};
use gradebook_web::server::{Patience, ServerSettings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{is_alive, statuses, until_closed};
use crate::harness::{TestServer, app, local};

/// A server that does not wait long, so that the test need not either.
async fn impatient() -> TestServer {
    let database = gradebook_test_databases::sqlite().await;
    let app = app(
        database.migrated().await,
        Arc::new(SystemClock),
        Lifetimes::default(),
    );
    let settings = ServerSettings {
        patience: Patience {
            head: Duration::from_secs(2),
            body: Duration::from_secs(3),
            pause: Duration::from_secs(1),
            idle: Duration::from_secs(2),
        },
        ..ServerSettings::on_loopback()
    };
    TestServer::serve_as(Some(database), app, settings).await
}

async fn open(server: &TestServer, start: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(start.as_bytes()).await.unwrap();
    stream
}

/// Sends this again and again until the server has had enough, and returns its answer.
async fn drip(stream: TcpStream, drop: &'static str) -> String {
    let (mut read, mut write) = stream.into_split();
    let dripping = tokio::task::spawn_local(async move {
        while write.write_all(drop.as_bytes()).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(60), read.read_to_end(&mut answer));
    let _ = ended.await.expect("the server keeps the connection open");
    dripping.abort();
    String::from_utf8_lossy(&answer).into_owned()
}

const HEAD: &str =
    "POST /api/v1/token HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n";

#[tokio::test]
async fn a_head_has_its_time() {
    local(async {
        let server = impatient().await;
        let starts = ["", "GET", "GET /healthz HTTP/1.1\r\nhost: x\r\n"].map(async |start| {
            let answer = until_closed(&mut open(&server, start).await).await;
            assert!(
                matches!(statuses(&answer)[..], [] | [408]),
                "{start:?}: {answer}"
            );
        });
        let endless = async {
            let start = open(&server, "GET /healthz HTTP/1.1\r\n").await;
            let answer = drip(start, "x-a: b\r\n").await;
            assert!(matches!(statuses(&answer)[..], [] | [408]), "{answer}");
        };
        let idle = async {
            let first = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
            let answer = until_closed(&mut open(&server, first).await).await;
            assert_eq!(
                statuses(&answer),
                [200],
                "an idle connection is closed: {answer}"
            );
        };
        // The second head on a connection that has been used before.
        let second = async {
            let first = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\nGET /healthz HTTP/1.1\r\nx:";
            let answer = until_closed(&mut open(&server, first).await).await;
            assert!(
                matches!(statuses(&answer)[..], [200] | [200, 408]),
                "{answer}"
            );
        };
        tokio::join!(join_all(starts), endless, idle, second);
        is_alive(&server, "after slow heads").await;
    })
    .await;
}

#[tokio::test]
async fn a_body_has_its_time() {
    local(async {
        let server = impatient().await;
        let pauses = [
            ("a pause", "content-length: 100\r\n\r\ngrant_type="),
            ("nothing at all", "content-length: 100\r\n\r\n"),
            (
                "a pause between chunks",
                "transfer-encoding: chunked\r\n\r\n5\r\ngrant\r\n",
            ),
            (
                "a pause within a chunk",
                "transfer-encoding: chunked\r\n\r\nff\r\ngrant",
            ),
        ];
        let pauses = pauses.map(async |(what, rest)| {
            let answer = until_closed(&mut open(&server, &format!("{HEAD}{rest}")).await).await;
            assert_eq!(statuses(&answer), [408], "{what}: {answer}");
            assert!(
                answer.contains("\"code\":\"request_timeout\""),
                "{what}: {answer}"
            );
            assert!(
                answer.contains("application/problem+json"),
                "{what}: {answer}"
            );
            assert!(
                answer.contains("content-security-policy"),
                "{what}: {answer}"
            );
        });
        // Never a pause, and never an end.
        let endless = [
            ("content-length: 1000000", "a=b&"),
            ("transfer-encoding: chunked", "4\r\na=b&\r\n"),
        ];
        let endless = endless.map(async |(length, drop)| {
            let stream = open(&server, &format!("{HEAD}{length}\r\n\r\n")).await;
            let answer = drip(stream, drop).await;
            assert_eq!(statuses(&answer), [408], "{answer}");
        });
        tokio::join!(join_all(pauses), join_all(endless));
        is_alive(&server, "after slow bodies").await;
    })
    .await;
}

/// Whoever sends something all the time, and enough of it, gets the time that it takes.
#[tokio::test]
async fn a_large_body_on_a_slow_line_comes_through() {
    local(async {
        let server = impatient().await;
        let body = format!("grant_type=password&username={}", "x".repeat(640 * 1024));
        let head = format!(
            "{HEAD}content-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        let mut stream = open(&server, &head).await;
        // Longer than the three seconds that a body has without regard to its length.
        for part in body.as_bytes().chunks(body.len().div_ceil(16)) {
            stream.write_all(part).await.unwrap();
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        let answer = until_closed(&mut stream).await;
        assert_eq!(statuses(&answer).len(), 1, "{answer}");
        assert!(!answer.contains("request_timeout"), "{answer}");
    })
    .await;
}

/// A body that nobody reads does not keep the connection either.
#[tokio::test]
async fn an_unread_body_is_not_waited_for() {
    local(async {
        let server = impatient().await;
        let mut cases = Vec::new();
        for line in [
            "POST /nothing HTTP/1.1",
            "GET /healthz HTTP/1.1",
            "PATCH /api/v1/scores HTTP/1.1",
            "POST /healthz HTTP/1.1",
        ] {
            cases.push((line, "transfer-encoding: chunked", "4\r\na=b&\r\n"));
            cases.push((line, "content-length: 1000000", "a=b&"));
        }
        let server = &server;
        let cases = cases.into_iter().map(|(line, length, drop)| async move {
            let head = format!(
                "{line}\r\nhost: x\r\nsec-fetch-site: same-origin\r\ncontent-type: application/json\r\n{length}\r\n\r\n"
            );
            let answer = drip(open(server, &head).await, drop).await;
            let answered = statuses(&answer);
            assert!(matches!(answered[..], [200 | 401 | 404 | 405]), "{line} {length}: {answer}");
        });
        join_all(cases).await;
        is_alive(server, "after unread bodies").await;
    })
    .await;
}
