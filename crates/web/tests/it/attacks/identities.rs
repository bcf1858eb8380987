//! Usernames that look like somebody else's.

use gradebook_app::demo::demo_accounts;
use gradebook_test_databases::on_both_databases;
use serde_json::json;

use super::{add_user, is_problem, me};
use crate::harness::{Reply, TestServer, local};

const PASSWORD: &str = "correct horse battery";

/// The same name by another spelling: no second account, and it signs in the first.
const SPELLINGS: [(&str, &str); 10] = [
    ("li.ming", "LI.MING"),
    ("li.ming", "Li.Ming"),
    ("li.ming", " li.ming"),
    ("li.ming", "li.ming "),
    ("li.ming", "li.ming\u{3000}"),
    ("li.ming", "ｌｉ．ｍｉｎｇ"),
    ("éva", "e\u{301}va"),
    ("éva", "ÉVA"),
    ("李明", "李明 "),
    ("office", "o\u{fb03}ce"),
];

/// Names that a reader would take for an existing one: nobody gets them, and they open nothing.
const TWINS: [&str; 13] = [
    "l\u{456}.ming",
    "li.min\u{261}",
    "\u{4cf}i.ming",
    "li.ming\u{200b}",
    "li\u{200d}.ming",
    "li.\u{2060}ming",
    "li\u{ad}.ming",
    "\u{feff}li.ming",
    "\u{202e}gnim.il",
    "li\u{34f}.ming",
    "li.m\u{131}ng",
    "\u{441}hen",
    "\u{430}\u{441}\u{435}",
];

/// Names that differ for a reader and that a careless collation takes for one.
const NEIGHBOURS: [(&str, &str); 4] = [
    ("eva", "éva"),
    ("strasse", "straße"),
    ("nino", "niño"),
    ("李明", "李朙"),
];

on_both_databases! {
    async fn one_name_is_one_person_however_it_is_spelt(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let admin = server.token(&demo_accounts().admin.username).await;
            for username in ["li.ming", "éva", "李明", "office"] {
                add_user(&server, &admin, username, PASSWORD).await;
            }
            for (name, spelling) in SPELLINGS {
                let second = add(&server, &admin, spelling).await;
                is_problem(&second, 409, "already_exists", spelling);
                let signed_in = server.sign_in(spelling, PASSWORD).await;
                assert_eq!(signed_in.status, 200, "{spelling:?}");
                let token = signed_in.json()["access_token"].as_str().unwrap().to_owned();
                assert_eq!(me(&server, &token).await["username"], name, "{spelling:?}");
            }
        })
        .await;
    }

    async fn nobody_gets_a_name_that_looks_like_anothers(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let admin = server.token(&demo_accounts().admin.username).await;
            for username in ["li.ming", "chen", "ace"] {
                add_user(&server, &admin, username, PASSWORD).await;
            }
            for twin in TWINS {
                let refused = add(&server, &admin, twin).await;
                is_problem(&refused, 422, "invalid_request", &format!("{twin:?}"));
                assert_eq!(refused.json()["errors"][0]["pointer"], "/username", "{twin:?}");
                let reply = server.sign_in(twin, PASSWORD).await;
                is_problem(&reply, 401, "invalid_credentials", &format!("{twin:?}"));
            }
            for broken in ["", "   ", "a b", "a\0b", "a\nb", "a\u{2028}b", "\u{1b}[2J", &"a".repeat(65)] {
                let refused = add(&server, &admin, broken).await;
                is_problem(&refused, 422, "invalid_request", &format!("{broken:?}"));
            }
        })
        .await;
    }

    async fn neighbours_are_two_people(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let admin = server.token(&demo_accounts().admin.username).await;
            for (place, (one, other)) in NEIGHBOURS.iter().enumerate() {
                for (name, password) in [(one, "first "), (other, "second ")] {
                    add_user(&server, &admin, name, &format!("{password}{PASSWORD}")).await;
                }
                let first = server.sign_in(one, &format!("first {PASSWORD}")).await;
                assert_eq!(first.status, 200, "pair {place}");
                let crossed = server.sign_in(one, &format!("second {PASSWORD}")).await;
                is_problem(&crossed, 401, "invalid_credentials", one);
                let second = server.sign_in(other, &format!("second {PASSWORD}")).await;
                assert_eq!(second.status, 200, "pair {place}");
                let token = second.json()["access_token"].as_str().unwrap().to_owned();
                assert_eq!(me(&server, &token).await["username"], **other);
            }
        })
        .await;
    }
}

async fn add(server: &TestServer, admin: &str, username: &str) -> Reply {
    server
        .post("/api/v1/users")
        .bearer(admin)
        .json(&json!({"username": username, "name": "Twin", "role": "admin", "password": PASSWORD}))
        .send()
        .await
}
