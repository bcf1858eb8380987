//! Guessing is slowed down, and nobody is locked out by somebody else's guesses.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use awc::http::StatusCode;
use gradebook_app::demo::{DEMO_PASSWORD, demo_accounts};
use gradebook_app::{Clock, Lifetimes, SystemClock};
use gradebook_test_databases::{TestDatabase, on_both_databases};
use serde_json::json;

use crate::browser::Browser;
use crate::harness::{Reply, Setup, TestServer, local};

/// A clock that stands still until it is told to go on: a try that is due again comes when a test says so,
/// however long the machine needs for a hundred passwords.
#[derive(Clone)]
struct StandingClock(Arc<AtomicI64>);

impl StandingClock {
    fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for StandingClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

async fn server(database: TestDatabase) -> (TestServer, StandingClock) {
    let clock = StandingClock(Arc::new(AtomicI64::new(SystemClock.now_ms())));
    let db = database.migrated().await;
    let setup = Setup {
        clock: Arc::new(clock.clone()),
        lifetimes: Lifetimes::default(),
        totp_required_of: Vec::new(),
    };
    let server = TestServer::serve(Some(database), setup.app(db)).await;
    server.app.fill_demo().await.unwrap().unwrap();
    (server, clock)
}

fn retry_after(reply: &Reply) -> i64 {
    assert_eq!(reply.code(), "too_many_attempts");
    reply.header("retry-after").parse().unwrap()
}

on_both_databases! {
    async fn the_wait_grows_and_a_right_password_ends_it(database: TestDatabase) {
        local(async {
            let (server, clock) = server(database).await;
            let username = &demo_accounts().teachers[0].username;
            for (round, wait) in [0, 0, 1, 3, 10, 30, 60, 120, 300, 900, 900].into_iter().enumerate() {
                let wrong = server.sign_in(username, "not-this-one").await;
                assert_eq!((wrong.status.as_u16(), wrong.code().as_str()), (401, "invalid_credentials"), "{round}");
                if wait > 0 {
                    // The right password is not looked at either, or its holder could be told by it.
                    let early = server.sign_in(username, DEMO_PASSWORD).await;
                    assert_eq!(early.status, 429, "{round}");
                    assert_eq!(retry_after(&early), wait, "{round}");
                    clock.pass(wait);
                }
            }
            assert_eq!(server.sign_in(username, DEMO_PASSWORD).await.status, StatusCode::OK);
            // All is forgotten now.
            assert_eq!(server.sign_in(username, "not-this-one").await.status, 401);
            assert_eq!(server.sign_in(username, "not-this-one").await.status, 401);
            assert_eq!(server.sign_in(username, DEMO_PASSWORD).await.status, StatusCode::OK);
        })
        .await;
    }

    async fn an_unknown_and_a_disabled_name_are_slowed_down_alike(database: TestDatabase) {
        local(async {
            let (server, _) = server(database).await;
            let admin = server.token(&demo_accounts().admin.username).await;
            let disabled = server
                .post("/api/v1/users")
                .bearer(&admin)
                .json(&json!({"username": "gone", "name": "Gone", "role": "teacher", "enabled": false, "password": "kept for later"}))
                .send()
                .await;
            assert_eq!(disabled.status, 201);
            let known = &demo_accounts().teachers[0].username;
            let answers = async |username: &str, password: &str| {
                let mut answers = Vec::new();
                for _ in 0..5 {
                    let reply = server.sign_in(username, password).await;
                    answers.push((reply.status.as_u16(), reply.code(), reply.json()["detail"].clone()));
                }
                answers
            };
            let expected = answers(known, "not-this-one").await;
            assert_eq!(expected.last().unwrap().0, 429);
            assert_eq!(answers("nobody", "not-this-one").await, expected);
            assert_eq!(answers("gone", "kept for later").await, expected);
            assert_eq!(answers("no name at all \u{0}", "not-this-one").await, expected);
        })
        .await;
    }

    async fn guesses_at_once_are_not_judged_at_once(database: TestDatabase) {
        local(async {
            let (server, _) = server(database).await;
            let username = &demo_accounts().teachers[0].username;
            let guesses: Vec<String> = (0..60).map(|number| format!("guess number {number}")).collect();
            let tries = guesses.iter().map(|guess| server.sign_in(username, guess));
            let replies = futures_util::future::join_all(tries).await;
            let judged = replies.iter().filter(|reply| reply.status == 401).count();
            let waiting = replies.iter().filter(|reply| reply.status == 429).count();
            assert_eq!(judged + waiting, 60);
            assert!(judged <= 8, "{judged} of 60 were judged");
        })
        .await;
    }

    async fn a_victim_stays_signed_in_and_a_known_device_signs_in(database: TestDatabase) {
        local(async {
            let (server, _) = server(database).await;
            let username = &demo_accounts().teachers[0].username;
            let victim = Browser::signed_in(&server, username).await;
            let pair = server.sign_in(username, DEMO_PASSWORD).await.json();
            for _ in 0..3 {
                assert_eq!(server.sign_in(username, "not-this-one").await.status, 401);
            }
            assert_eq!(server.sign_in(username, DEMO_PASSWORD).await.status, 429);
            // Sessions go on, and so does the change of the password in one.
            assert_eq!(victim.open("/account").await.status, 200);
            let refreshed = server
                .post("/api/v1/token")
                .form(&[("grant_type", "refresh_token"), ("refresh_token", pair["refresh_token"].as_str().unwrap())])
                .send()
                .await;
            assert_eq!(refreshed.status, 200);
            // A stranger's browser has to wait, the victim's own need not.
            let stranger = Browser::new(&server);
            assert_eq!(stranger.sign_in(username, DEMO_PASSWORD, "/").await.status, 429);
            assert_eq!(victim.submit("/logout", &[]).await.status, 303);
            assert!(victim.cookie("device").is_some());
            assert_eq!(victim.sign_in(username, DEMO_PASSWORD, "/").await.status, 303);
            // But a known device has no more tries than anybody else.
            victim.open("/account").await;
            victim.submit("/logout", &[]).await;
            for _ in 0..3 {
                assert_eq!(victim.sign_in(username, "not-this-one", "/").await.status, 401);
            }
            assert_eq!(victim.sign_in(username, DEMO_PASSWORD, "/").await.status, 429);
            // And it is known for its own account only.
            let other = &demo_accounts().teachers[1].username;
            for _ in 0..3 {
                assert_eq!(server.sign_in(other, "not-this-one").await.status, 401);
            }
            assert_eq!(victim.sign_in(other, DEMO_PASSWORD, "/").await.status, 429);
        })
        .await;
    }

    async fn one_address_has_a_hundred_mistakes(database: TestDatabase) {
        local(async {
            let (server, clock) = server(database).await;
            let mut refused = 0;
            for number in 0..110 {
                let reply = server.sign_in(&format!("nobody{number}"), "not-this-one").await;
                refused += usize::from(reply.status == 429);
            }
            assert_eq!(refused, 10);
            let username = &demo_accounts().teachers[0].username;
            assert_eq!(server.sign_in(username, DEMO_PASSWORD).await.status, 429);
            clock.pass(30);
            assert_eq!(server.sign_in(username, DEMO_PASSWORD).await.status, 200);
        })
        .await;
    }

    async fn the_own_password_cannot_be_guessed_in_a_session(database: TestDatabase) {
        local(async {
            let (server, clock) = server(database).await;
            let username = &demo_accounts().teachers[0].username;
            let token = server.token(username).await;
            let change = |current: &str| {
                let body = json!({"current_password": current, "new_password": "a much better one"});
                server.post("/api/v1/users/me/password").bearer(&token).json(&body).send()
            };
            for _ in 0..3 {
                assert_eq!(change("not-this-one").await.status, 422);
            }
            assert_eq!(retry_after(&change(DEMO_PASSWORD).await), 1);
            // Signing in is another matter.
            assert_eq!(server.sign_in(username, DEMO_PASSWORD).await.status, 200);
            clock.pass(1);
            server.settled().await;
            assert_eq!(change(DEMO_PASSWORD).await.status, 200);
        })
        .await;
    }
}

#[tokio::test]
async fn the_page_says_how_long_to_wait_and_keeps_the_name() {
    local(async {
        let (server, _) = server(gradebook_test_databases::sqlite().await).await;
        let browser = Browser::new(&server);
        for _ in 0..5 {
            browser.sign_in("li.na", "not-this-one", "/me").await;
        }
        let reply = browser.sign_in("li.na", "not-this-one", "/me").await;
        assert_eq!(reply.status, 429);
        let page = reply.text();
        assert!(page.contains("value=\"li.na\"") && page.contains("value=\"/me\""));
        assert!(!page.contains("not-this-one"));
    })
    .await;
}
