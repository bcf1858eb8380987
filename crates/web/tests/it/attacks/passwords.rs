//! Passwords that a careless hash would cut short, mix up or choke on.

use gradebook_app::demo::demo_accounts;
use gradebook_test_databases::on_both_databases;
use serde_json::json;

use super::{add_user, is_problem};
use crate::harness::{TestServer, local};

/// Pairs of passwords that are not the same, and that some hash somewhere takes for the same.
fn twins() -> Vec<(&'static str, String, String)> {
    let letters = |count: usize| "correct horse battery ".repeat(10)[..count].to_owned();
    let chinese: String = "一二三四五六七八".repeat(8);
    let other_chinese = format!("{}九", chinese.trim_end_matches('八'));
    vec![
        (
            "nothing after NUL",
            "correct\0horse".to_owned(),
            "correct\0house".to_owned(),
        ),
        (
            "cut at NUL",
            "correct horse\0battery".to_owned(),
            "correct horse".to_owned(),
        ),
        (
            "NUL at the end",
            "correct horse\0".to_owned(),
            "correct horse".to_owned(),
        ),
        ("71 bytes", letters(71), letters(70)),
        ("72 bytes", letters(72), letters(71)),
        (
            "the 73rd byte",
            format!("{}x", letters(72)),
            format!("{}y", letters(72)),
        ),
        ("73 and 72 bytes", letters(73), letters(72)),
        (
            "the 128th byte",
            format!("{}x", letters(127)),
            format!("{}y", letters(127)),
        ),
        ("64 Chinese characters", chinese, other_chinese),
        (
            "capitals",
            "Correct Horse".to_owned(),
            "correct horse".to_owned(),
        ),
        (
            "a space at the end",
            "correct horse ".to_owned(),
            "correct horse".to_owned(),
        ),
        (
            "letters of another width",
            "correct horse".to_owned(),
            "ｃorrect horse".to_owned(),
        ),
        (
            "letters of another script",
            "correct horse".to_owned(),
            "c\u{43e}rrect horse".to_owned(),
        ),
    ]
}

on_both_databases! {
    async fn every_byte_of_a_password_counts(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let admin = server.token(&demo_accounts().admin.username).await;
            for (place, (what, password, twin)) in twins().into_iter().enumerate() {
                // Each an account of its own: wrong passwords slow the next sign-in of one down.
                let username = format!("twin.{place}");
                add_user(&server, &admin, &username, &password).await;
                let wrong = server.sign_in(&username, &twin).await;
                is_problem(&wrong, 401, "invalid_credentials", what);
                let right = server.sign_in(&username, &password).await;
                assert_eq!(right.status, 200, "{what}: {}", right.text());

                // And the other way round: changed into the twin, the first opens nothing any more.
                let token = right.json()["access_token"].as_str().unwrap().to_owned();
                let changed = server
                    .post("/api/v1/users/me/password")
                    .bearer(&token)
                    .json(&json!({"current_password": password, "new_password": twin}))
                    .send()
                    .await;
                assert_eq!(changed.status, 200, "{what}: {}", changed.text());
                let wrong = server.sign_in(&username, &password).await;
                is_problem(&wrong, 401, "invalid_credentials", what);
                assert_eq!(server.sign_in(&username, &twin).await.status, 200, "{what}");
            }
        })
        .await;
    }

    async fn a_password_has_a_longest_form_and_nothing_is_cut(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let admin = server.token(&demo_accounts().admin.username).await;
            let chinese = "密码不会被截断的".repeat(8);
            assert_eq!((chinese.chars().count(), chinese.len()), (64, 192));
            let two_hundred_bytes = format!("{chinese}12345678");
            add_user(&server, &admin, "long.one", &two_hundred_bytes).await;
            let signed_in = server.sign_in("long.one", &two_hundred_bytes).await;
            assert_eq!(signed_in.status, 200, "200 bytes in 72 characters");
            let token = signed_in.json()["access_token"].as_str().unwrap().to_owned();

            for (what, new) in [
                ("129 letters", "x".repeat(129)),
                ("200 letters", "correct horse battery".repeat(10)[..200].to_owned()),
                ("129 Chinese characters", "密".repeat(129)),
                ("half a megabyte", "x".repeat(500_000)),
                ("7 characters", "密码密码密码密".to_owned()),
                ("none", String::new()),
            ] {
                let changed = server
                    .post("/api/v1/users/me/password")
                    .bearer(&token)
                    .json(&json!({"current_password": two_hundred_bytes, "new_password": new}))
                    .send()
                    .await;
                is_problem(&changed, 422, "weak_password", what);
                let added = server
                    .post("/api/v1/users")
                    .bearer(&admin)
                    .json(&json!({"username": "not.added", "name": "N", "role": "teacher", "password": new}))
                    .send()
                    .await;
                is_problem(&added, 422, "weak_password", what);
            }
            assert_eq!(server.sign_in("long.one", &two_hundred_bytes).await.status, 200, "unchanged");
        })
        .await;
    }
}

/// Whatever is typed as the password of a sign-in, the answer is that it is wrong.
#[tokio::test]
async fn no_password_is_more_than_wrong() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let admin = server.token(&demo_accounts().admin.username).await;
        for (place, password) in [
            String::new(),
            "\0".to_owned(),
            "\u{feff}".to_owned(),
            "'; DROP TABLE users; --".to_owned(),
            "%00%0d%0a".to_owned(),
            "x".repeat(200_000),
            "é".repeat(100_000),
            "e\u{301}".repeat(50_000),
            "\u{fdfa}".repeat(50_000),
        ]
        .iter()
        .enumerate()
        {
            let username = format!("target.{place}");
            add_user(&server, &admin, &username, "correct horse battery").await;
            let reply = server.sign_in(&username, password).await;
            is_problem(
                &reply,
                401,
                "invalid_credentials",
                &format!("password {place}"),
            );
            let reply = server.sign_in("nobody.here", password).await;
            let what = format!("password {place} of nobody");
            assert!(
                [401, 429].contains(&reply.status.as_u16()),
                "{what}: {}",
                reply.text()
            );
        }
        let body = format!(
            "grant_type=password&username=a&password={}",
            "x".repeat(1 << 20)
        );
        let reply = server
            .post("/api/v1/token")
            .raw("application/x-www-form-urlencoded", body)
            .send()
            .await;
        is_problem(&reply, 413, "body_too_large", "a password of a megabyte");
    })
    .await;
}
