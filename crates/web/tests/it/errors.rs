//! Errors that a client can make, and a database that goes away.

use std::sync::Arc;

use awc::http::Method;
use gradebook_app::demo::demo_accounts;
use gradebook_app::{ConnectOptions, Db, Lifetimes, SystemClock};
use serde_json::json;

use crate::harness::{TestServer, app, local};

#[tokio::test]
async fn every_mistake_is_a_problem() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let token = server.token(&demo_accounts().admin.username).await;
        let scores = || {
            server
                .request(Method::PATCH, "/api/v1/scores")
                .bearer(&token)
        };
        let cases = [
            (
                server.get("/api/v1/nothing").bearer(&token),
                404,
                "not_found",
            ),
            (
                server.get("/api/v1/courses/x/gradebook").bearer(&token),
                404,
                "not_found",
            ),
            (
                server
                    .get("/api/v1/courses/999999/gradebook")
                    .bearer(&token),
                404,
                "not_found",
            ),
            (
                server.get("/api/v1/courses?limit=0").bearer(&token),
                422,
                "invalid_request",
            ),
            (
                server.get("/api/v1/courses?limit=201").bearer(&token),
                422,
                "invalid_request",
            ),
            (
                server.get("/api/v1/courses?cursor=x").bearer(&token),
                422,
                "invalid_request",
            ),
            (
                server.get("/api/v1/courses?colour=red").bearer(&token),
                422,
                "invalid_request",
            ),
            (
                server.get("/api/v1/scores").bearer(&token),
                405,
                "method_not_allowed",
            ),
            (
                scores().raw("text/plain", "{}"),
                415,
                "unsupported_media_type",
            ),
            (scores().raw("application/json", "{"), 400, "malformed_json"),
            (
                scores().json(&json!({"edits": [], "colour": 1})),
                422,
                "invalid_request",
            ),
            (
                scores().json(&json!({"edits": [{}]})),
                422,
                "invalid_request",
            ),
            (
                scores().raw(
                    "application/json",
                    format!("{{\"reason\":\"{}\"}}", "x".repeat(2 << 20)),
                ),
                413,
                "body_too_large",
            ),
            (
                server.post("/api/v1/token").json(&json!({})),
                415,
                "unsupported_media_type",
            ),
        ];
        for (place, (request, status, code)) in cases.into_iter().enumerate() {
            let reply = request.send().await;
            assert_eq!(
                reply.status.as_u16(),
                status,
                "case {place}: {}",
                reply.text()
            );
            assert_eq!(
                reply.header("content-type"),
                "application/problem+json",
                "case {place}"
            );
            let body = reply.json();
            assert_eq!(body["code"], code, "case {place}");
            assert_eq!(body["status"], status, "case {place}");
            assert!(!body["detail"].as_str().unwrap().is_empty());
            assert_eq!(body["request_id"], reply.header("x-request-id"));
        }
        let wrong_method = server.get("/api/v1/scores").bearer(&token).send().await;
        assert_eq!(wrong_method.header("allow"), "PATCH");
    })
    .await;
}

/// A few hundred packed bytes may unpack to gigabytes before anybody counts them.
#[tokio::test]
async fn packed_bodies_are_refused_unread() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        for path in ["/api/v1/token", "/login", "/api/v1/scores"] {
            for encoding in ["br", "gzip", "deflate", "identity, br"] {
                let reply = server
                    .post(path)
                    .header("content-encoding", encoding)
                    .header("sec-fetch-site", "same-origin")
                    .raw("application/x-www-form-urlencoded", "\u{1}")
                    .send()
                    .await;
                assert_eq!(reply.status, 415, "{path} {encoding}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_head_of_a_page_can_be_asked_for() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        for path in ["/healthz", "/login", "/api/v1/openapi.json"] {
            let reply = server.request(Method::HEAD, path).stream().await;
            assert_eq!(reply.status(), 200, "{path}");
        }
        let reply = server.post("/healthz").send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("allow")),
            (405, "GET, HEAD")
        );
    })
    .await;
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        for path in [
            "/login",
            "/api/v1/users/me",
            "/healthz",
            "/nothing",
            "/static/nothing.js",
        ] {
            let reply = server.get(path).send().await;
            let policy = reply.header("content-security-policy").to_owned();
            assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
            assert!(!policy.contains("unsafe"), "{path}: {policy}");
            assert!(policy.contains("frame-ancestors 'none'"));
            assert_eq!(reply.header("x-content-type-options"), "nosniff");
            assert_eq!(reply.header("referrer-policy"), "same-origin");
            assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin");
            assert!(!reply.header("x-request-id").is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn a_database_that_goes_away_is_a_503_and_comes_back() {
    local(async {
        let own = gradebook_test_databases::OwnServer::start().await;
        let db = Db::connect(&ConnectOptions::new(own.url())).await.unwrap();
        db.migrate_up().await.unwrap();
        let app = app(db, Arc::new(SystemClock), Lifetimes::default());
        let server = TestServer::serve(None, app).await;
        server.app.fill_demo().await.unwrap().unwrap();
        let token = server.token(&demo_accounts().admin.username).await;
        own.stop();
        let reply = server.get("/api/v1/courses").bearer(&token).send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.code().as_str()),
            (503, "database_unavailable")
        );
        assert!(!reply.header("retry-after").is_empty());
        assert_eq!(server.get("/readyz").send().await.status, 503);
        assert_eq!(server.get("/healthz").send().await.status, 200);
        own.resume();
        let mut status = 0;
        for _ in 0..400 {
            status = server
                .get("/api/v1/courses")
                .bearer(&token)
                .send()
                .await
                .status
                .as_u16();
            if status == 200 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(status, 200, "it does not recover");
    })
    .await;
}
