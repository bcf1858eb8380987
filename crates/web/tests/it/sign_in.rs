//! Signing in and out, changing the password, forms from other sites.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use awc::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gradebook_app::demo::{DEMO_PASSWORD, demo_accounts};
use gradebook_app::{Clock, Lifetimes, SystemClock};
use gradebook_test_databases::on_both_databases;
use serde_json::json;

use crate::browser::Browser;
use crate::harness::{TestServer, app, local};

on_both_databases! {
    async fn a_token_is_had_by_form_and_by_basic(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let accounts = demo_accounts();
        let admin = accounts.admin.username.as_str();
            let by_form = server.sign_in(admin, DEMO_PASSWORD).await;
            assert_eq!(by_form.status, 200);
            assert_eq!(by_form.header("cache-control"), "no-store");
            assert_eq!(by_form.json()["token_type"], "bearer");
            assert_eq!(by_form.json()["expires_in"], 300);
            assert_eq!(by_form.json()["password_change_required"], false);
            let credentials = STANDARD.encode(format!("{admin}:{DEMO_PASSWORD}"));
            let by_basic = server
                .post("/api/v1/token")
                .header("authorization", &format!("Basic {credentials}"))
                .send()
                .await;
            assert_eq!(by_basic.status, 200);
            // Swagger UI sends an empty Basic header beside the form.
            let both = server
                .post("/api/v1/token")
                .header("authorization", "Basic Og==")
                .form(&[("grant_type", "password"), ("username", admin), ("password", DEMO_PASSWORD)])
                .send()
                .await;
            assert_eq!(both.status, 200);
        })
        .await;
    }

    async fn wrong_credentials_are_one_answer(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let demo = demo_accounts();
            let operator = gradebook_auth::Actor::operator();
            let disabled = demo.teachers[0].username.as_str();
            server.app.set_enabled(&operator, disabled, false).await.unwrap();
            let mut bodies = Vec::new();
            for (username, password) in [
                (demo.admin.username.as_str(), "wrong"),
                ("nobody", DEMO_PASSWORD),
                (disabled, DEMO_PASSWORD),
                ("", ""),
                ("a\0b", "x"),
            ] {
                let reply = server.sign_in(username, password).await;
                assert_eq!(reply.status, 401, "{username}");
                assert_eq!(reply.header("www-authenticate"), "Bearer");
                assert_eq!(reply.code(), "invalid_credentials");
                assert_eq!(reply.json()["error"], "invalid_grant");
                let mut body = reply.json();
                body["request_id"] = json!("");
                bodies.push(body);
            }
            assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
            let other = server.post("/api/v1/token").form(&[("grant_type", "magic")]).send().await;
            assert_eq!((other.status.as_u16(), other.code().as_str()), (400, "unsupported_grant_type"));
        })
        .await;
    }

    async fn a_refresh_token_is_good_once(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let first = server.sign_in(&demo_accounts().admin.username, DEMO_PASSWORD).await.json();
            let first = first["refresh_token"].as_str().unwrap().to_owned();
            let refresh = async |token: &str| {
                server
                    .post("/api/v1/token")
                    .form(&[("grant_type", "refresh_token"), ("refresh_token", token)])
                    .send()
                    .await
            };
            let second = refresh(&first).await.json()["refresh_token"].as_str().unwrap().to_owned();
            assert_ne!(first, second);
            // Two tabs get the same successor.
            assert_eq!(refresh(&first).await.json()["refresh_token"], second.as_str());
            let third = refresh(&second).await.json()["refresh_token"].as_str().unwrap().to_owned();
            // The first one is two generations old: nobody honest has it, so nobody keeps anything.
            assert_eq!(refresh(&first).await.code(), "invalid_refresh_token");
            assert_eq!(refresh(&third).await.code(), "invalid_refresh_token");
            assert_eq!(refresh("no token of ours").await.code(), "invalid_refresh_token");
        })
        .await;
    }

    async fn the_initial_password_is_changed_first(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let newcomer = demo_accounts().first_login_student.username;
            let signed_in = server.sign_in(&newcomer, DEMO_PASSWORD).await.json();
            assert_eq!(signed_in["password_change_required"], true);
            let old = signed_in["access_token"].as_str().unwrap();
            let refused = server.get("/api/v1/me/grades").bearer(old).send().await;
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "password_change_required"));
            let change = async |new: &str| {
                server
                    .post("/api/v1/users/me/password")
                    .bearer(old)
                    .json(&json!({"current_password": DEMO_PASSWORD, "new_password": new}))
                    .send()
                    .await
            };
            for (weak, why) in [
                ("short", "at least 8 characters"),
                ("PassWord1", "most common"),
                ("woaini1314", "most common"),
                ("Gradebook1", "most common"),
                ("jklmnopqrst", "sequence"),
            ] {
                let refused = change(weak).await;
                assert_eq!((refused.status.as_u16(), refused.code().as_str()), (422, "weak_password"), "{weak}");
                let detail = refused.json()["detail"].as_str().unwrap().to_owned();
                assert!(detail.contains(why), "{weak}: {detail}");
            }
            let changed = change("correct horse battery").await;
            assert_eq!(changed.status, 200, "{}", changed.text());
            let new = changed.json()["access_token"].as_str().unwrap().to_owned();
            let grades = server.get("/api/v1/me/grades").bearer(&new).send().await;
            assert_eq!(grades.status, 200);
            assert_eq!(server.sign_in(&newcomer, DEMO_PASSWORD).await.status, 401);
            let mut answer = String::new();
            for _ in 0..80 {
                let reply = server.get("/api/v1/users/me").bearer(old).send().await;
                if reply.status == 401 {
                    answer = reply.code();
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(25)).await;
            }
            assert_eq!(answer, "token_revoked", "the old token still holds");
        })
        .await;
    }

    async fn signing_out_ends_the_session(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let browser = Browser::new(&server);
            let page = browser.sign_in(&demo_accounts().admin.username, DEMO_PASSWORD, "/account").await;
            assert_eq!(page.status, 303, "{}", page.text());
            assert_eq!(page.header("location"), "/account");
            let cookies = page.cookies();
            assert!(page.headers.get_all("set-cookie").all(|cookie| {
                let text = cookie.to_str().unwrap();
                text.contains("HttpOnly") && text.contains("SameSite=Lax")
            }));
            let account = server.get("/account").header("cookie", &cookies).send().await;
            assert_eq!(account.status, 200);
            browser.open("/account").await;
            let out = browser.submit("/logout", &[]).await;
            assert_eq!(out.header("location"), "/login");
            let mut location = String::new();
            for _ in 0..80 {
                let reply = server.get("/account").header("cookie", &cookies).send().await;
                if reply.status == 303 {
                    location = reply.header("location").to_owned();
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(25)).await;
            }
            assert_eq!(location, "/login?next=%2Faccount");
        })
        .await;
    }
}

/// The machine's clock, moved ahead.
struct Shifted(AtomicI64);

impl Clock for Shifted {
    fn now_ms(&self) -> i64 {
        SystemClock.now_ms() + self.0.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn an_access_token_ends_after_five_minutes() {
    local(async {
        let database = gradebook_test_databases::sqlite().await;
        let clock = Arc::new(Shifted(AtomicI64::new(0)));
        let app = app(
            database.migrated().await,
            Arc::<Shifted>::clone(&clock),
            Lifetimes::default(),
        );
        let server = TestServer::serve(Some(database), app).await;
        server.app.fill_demo().await.unwrap().unwrap();
        let token = server.token(&demo_accounts().admin.username).await;
        let me = async || server.get("/api/v1/users/me").bearer(&token).send().await;
        assert_eq!(me().await.status, 200);
        clock.0.store(306_000, Ordering::SeqCst);
        let expired = me().await;
        assert_eq!(
            (expired.status.as_u16(), expired.code().as_str()),
            (401, "token_expired")
        );
        assert_eq!(expired.json()["detail"], "Token has expired");
        assert!(
            expired
                .header("www-authenticate")
                .contains("error=\"invalid_token\"")
        );
    })
    .await;
}

#[tokio::test]
async fn a_refresh_token_that_comes_back_late_ends_the_session() {
    local(async {
        let database = gradebook_test_databases::sqlite().await;
        let clock = Arc::new(Shifted(AtomicI64::new(0)));
        let app = app(
            database.migrated().await,
            Arc::<Shifted>::clone(&clock),
            Lifetimes::default(),
        );
        let server = TestServer::serve(Some(database), app).await;
        server.app.fill_demo().await.unwrap().unwrap();
        let signed_in = server
            .sign_in(&demo_accounts().admin.username, DEMO_PASSWORD)
            .await
            .json();
        let first = signed_in["refresh_token"].as_str().unwrap();
        let refresh = async |token: &str| {
            server
                .post("/api/v1/token")
                .form(&[("grant_type", "refresh_token"), ("refresh_token", token)])
                .send()
                .await
        };
        let second = refresh(first).await.json()["refresh_token"]
            .as_str()
            .unwrap()
            .to_owned();
        clock.0.store(11_000, Ordering::SeqCst);
        assert_eq!(refresh(first).await.code(), "invalid_refresh_token");
        assert_eq!(refresh(&second).await.code(), "invalid_refresh_token");
    })
    .await;
}

/// Checking a password takes a while; one that was changed meanwhile must open nothing.
#[tokio::test]
async fn a_sign_in_that_overlaps_a_password_change_is_worth_nothing() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let accounts = demo_accounts();
        let teacher = accounts.teachers[0].username.as_str();
        let token = server.token(teacher).await;
        let change = async {
            server
                .post("/api/v1/users/me/password")
                .bearer(&token)
                .json(
                    &json!({"current_password": DEMO_PASSWORD, "new_password": "another good one"}),
                )
                .send()
                .await
        };
        let sign_ins =
            futures_util::future::join_all((0..12).map(|_| server.sign_in(teacher, DEMO_PASSWORD)));
        let (changed, replies) = tokio::join!(change, sign_ins);
        assert_eq!(changed.status, 200, "{}", changed.text());
        for reply in replies.iter().filter(|reply| reply.status == 200) {
            let tokens = reply.json();
            let refreshed = server
                .post("/api/v1/token")
                .form(&[
                    ("grant_type", "refresh_token"),
                    ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
                ])
                .send()
                .await;
            assert_eq!(refreshed.code(), "invalid_refresh_token");
        }
    })
    .await;
}

#[tokio::test]
async fn another_site_cannot_send_forms() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let accounts = demo_accounts();
        let admin = accounts.admin.username.as_str();
        let browser = Browser::new(&server);
        browser.open("/login").await;
        let token = browser.form_token();
        let form = [
            ("username", admin),
            ("password", DEMO_PASSWORD),
            ("form_token", token.as_str()),
        ];
        let own = format!("http://{}", server.address);
        for (name, value, expected) in [
            ("sec-fetch-site", "cross-site", 403),
            ("sec-fetch-site", "same-site", 403),
            ("origin", "http://evil.example", 403),
            ("origin", "null", 403),
            ("origin", own.as_str(), 303),
        ] {
            let reply = browser
                .with_cookies(server.post("/login"))
                .header(name, value)
                .form(&form)
                .send()
                .await;
            assert_eq!(reply.status.as_u16(), expected, "{name}: {value}");
        }
        let bare = browser.with_cookies(server.post("/login")).form(&form);
        assert_eq!(bare.send().await.status, 403);
        let cookies = browser
            .with_cookies(server.post("/login"))
            .header("origin", &own)
            .form(&form)
            .send()
            .await
            .cookies();
        let forged = server
            .request(Method::PATCH, "/api/v1/scores")
            .header("cookie", &cookies)
            .header("sec-fetch-site", "cross-site")
            .json(&json!({"edits": []}))
            .send()
            .await;
        assert_eq!(
            (forged.status.as_u16(), forged.code().as_str()),
            (403, "cross_site_request")
        );
    })
    .await;
}

#[tokio::test]
async fn only_one_authorization_header_counts() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let token = server.token(&demo_accounts().admin.username).await;
        let cases: [(&[String], &str); 4] = [
            (&[], "missing_token"),
            (
                &[format!("Bearer {token}"), format!("Bearer {token}")],
                "invalid_token",
            ),
            (&[format!("Basic {token}")], "invalid_token"),
            (&[format!("Bearer {token}x")], "invalid_token"),
        ];
        for (headers, code) in cases {
            let mut request = server.get(&format!("/api/v1/users/me?access_token={token}"));
            for header in headers {
                request = request.header("authorization", header);
            }
            let reply = request.send().await;
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (401, code));
            assert!(
                reply
                    .header("www-authenticate")
                    .starts_with("Bearer realm=\"gradebook\"")
            );
        }
        let accepted = server
            .get("/api/v1/users/me")
            .header("authorization", &format!("bearer {token}"))
            .send()
            .await;
        assert_eq!(accepted.status, 200);
    })
    .await;
}
