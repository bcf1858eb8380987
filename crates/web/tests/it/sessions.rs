//! Where somebody is signed in: listed, ended one by one, and over by themselves.

use std::sync::Arc;

use awc::http::Method;
use gradebook_app::Lifetimes;
use gradebook_app::demo::{DEMO_PASSWORD, demo_accounts};
use gradebook_test_databases::on_both_databases;
use serde_json::Value;

use crate::browser::Browser;
use crate::harness::{Reply, Setup, TestServer, local};
use crate::second_factor::MovedClock;

async fn refresh(server: &TestServer, token: &str) -> Reply {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    server.post("/api/v1/token").form(&form).send().await
}

async fn list(server: &TestServer, token: &str) -> Vec<Value> {
    let reply = server
        .get("/api/v1/users/me/sessions")
        .bearer(token)
        .send()
        .await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["items"].as_array().unwrap().clone()
}

fn text(pair: &Value, member: &str) -> String {
    pair[member].as_str().unwrap().to_owned()
}

on_both_databases! {
    async fn sessions_are_listed_and_ended_one_by_one(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let username = &demo_accounts().teachers[0].username;
            let sign_in = |agent: &'static str| {
                server
                    .post("/api/v1/token")
                    .header("user-agent", agent)
                    .form(&[("grant_type", "password"), ("username", username), ("password", DEMO_PASSWORD)])
                    .send()
            };
            let phone = sign_in("phone/1").await.json();
            let desk = sign_in("desk/1").await.json();
            let third = sign_in("third/1").await.json();
            let mine = text(&desk, "access_token");
            let sessions = list(&server, &mine).await;
            let devices: Vec<&str> = sessions.iter().map(|one| one["device"].as_str().unwrap()).collect();
            assert_eq!(devices, ["third/1", "desk/1", "phone/1"]);
            let current: Vec<bool> = sessions.iter().map(|one| one["current"].as_bool().unwrap()).collect();
            assert_eq!(current, [false, true, false]);
            assert_eq!(sessions[2]["address"], "127.0.0.1");
            for member in ["created_at", "last_used_at"] {
                assert!(sessions[2][member].as_str().unwrap().ends_with('Z'));
            }

            let end = |id: &Value, token: &str| {
                let path = format!("/api/v1/users/me/sessions/{id}");
                server.request(Method::DELETE, &path).bearer(token).send()
            };
            // Somebody else's session is not there.
            let stranger = server.token(&demo_accounts().students[0].username).await;
            assert_eq!(end(&sessions[2]["id"], &stranger).await.status, 404);
            assert_eq!(end(&sessions[2]["id"], &mine).await.status, 204);
            assert_eq!(end(&sessions[2]["id"], &mine).await.status, 404);
            assert_eq!(refresh(&server, &text(&phone, "refresh_token")).await.status, 401);
            assert_eq!(list(&server, &mine).await.len(), 2);

            let others = server.post("/api/v1/users/me/sessions/end-others").bearer(&mine).send().await;
            assert_eq!(others.json()["ended"], 1);
            assert_eq!(refresh(&server, &text(&third, "refresh_token")).await.status, 401);
            assert_eq!(refresh(&server, &text(&desk, "refresh_token")).await.status, 200);
            let mut answer = String::new();
            for _ in 0..80 {
                let reply = server.get("/api/v1/users/me").bearer(&text(&third, "access_token")).send().await;
                answer = reply.json()["code"].as_str().unwrap_or("").to_owned();
                if answer == "token_revoked" {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(25)).await;
            }
            assert_eq!(answer, "token_revoked");
        })
        .await;
    }

    async fn nobody_has_more_than_fifty(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let username = &demo_accounts().students[0].username;
            let first = server.sign_in(username, DEMO_PASSWORD).await.json();
            for _ in 0..50 {
                assert_eq!(server.sign_in(username, DEMO_PASSWORD).await.status, 200);
            }
            let last = server.sign_in(username, DEMO_PASSWORD).await.json();
            assert_eq!(list(&server, &text(&last, "access_token")).await.len(), 50);
            assert_eq!(refresh(&server, &text(&first, "refresh_token")).await.status, 401);
            assert_eq!(refresh(&server, &text(&last, "refresh_token")).await.status, 200);
        })
        .await;
    }

    async fn a_session_ends_without_use_and_at_the_latest_by_role(database: TestDatabase) {
        local(async {
            let clock = MovedClock::default();
            let db = database.migrated().await;
            let setup = Setup {
                clock: Arc::new(clock.clone()),
                lifetimes: Lifetimes::default(),
                totp_required_of: Vec::new(),
            };
            let server = TestServer::serve(Some(database), setup.app(db)).await;
            server.app.fill_demo().await.unwrap().unwrap();
            const MINUTE: i64 = 60;
            const DAY: i64 = 24 * 60 * MINUTE;
            let demo = demo_accounts();
            for (username, idle, longest) in [
                (&demo.admin.username, 60 * MINUTE, 12 * 60 * MINUTE),
                (&demo.teachers[0].username, 60 * MINUTE, 12 * 60 * MINUTE),
                (&demo.students[0].username, 14 * DAY, 30 * DAY),
            ] {
                let sign_in = || server.sign_in(username, DEMO_PASSWORD);
                let pair = sign_in().await.json();
                assert_eq!(pair["refresh_expires_in"], idle);
                clock.pass(idle + 1);
                assert_eq!(refresh(&server, &text(&pair, "refresh_token")).await.status, 401, "{username}: idle");

                let mut pair = sign_in().await.json();
                let step = idle - 1;
                let mut passed = 0;
                while passed + step < longest {
                    clock.pass(step);
                    passed += step;
                    let reply = refresh(&server, &text(&pair, "refresh_token")).await;
                    assert_eq!(reply.status, 200, "{username} after {passed} s");
                    pair = reply.json();
                    let left = pair["refresh_expires_in"].as_i64().unwrap();
                    assert!(left <= longest - passed && left > 0, "{username}: {left}");
                    assert!(pair["expires_in"].as_i64().unwrap() <= left);
                }
                clock.pass(longest - passed + 1);
                assert_eq!(refresh(&server, &text(&pair, "refresh_token")).await.status, 401, "{username}: longest");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn the_account_page_lists_and_ends_them() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let username = &demo_accounts().teachers[0].username;
        let other = Browser::signed_in(&server, username).await;
        let mine = Browser::signed_in(&server, username).await;
        let page = mine.open("/account").await.text();
        let end = page.split("action=\"/account/sessions/").nth(1).unwrap();
        let id = end.split('/').next().unwrap();
        let ended = mine
            .submit(&format!("/account/sessions/{id}/end"), &[])
            .await;
        assert_eq!(
            ended.header("location"),
            "/account?done=session-ended#sessions"
        );
        other.forget("access");
        assert_eq!(other.open("/account").await.status, 303);
        let third = Browser::signed_in(&server, username).await;
        mine.open("/account").await;
        mine.submit("/account/sessions/end-others", &[]).await;
        third.forget("access");
        assert_eq!(third.open("/account").await.status, 303);
        assert_eq!(mine.open("/account").await.status, 200);
    })
    .await;
}
