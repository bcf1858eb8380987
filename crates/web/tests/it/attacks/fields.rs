//! Fields that nobody offered, numbers that are none, and JSON that no page ever sent.

use gradebook_app::demo::{DEMO_PASSWORD, demo_accounts};
use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use super::{add_user, is_alive, is_problem, me, method};
use crate::harness::{Reply, TestServer, local};
use crate::world::{World, cell, version};

/// Fields of accounts that the server alone decides on.
fn own_business() -> Vec<(&'static str, Value)> {
    vec![
        ("id", json!(1)),
        ("ver", json!(0)),
        ("password_hash", json!("$2b$04$abcdefghijklmnopqrstuv")),
        ("passwordHash", json!("x")),
        ("password_change_required", json!(false)),
        ("has_password", json!(true)),
        ("username_key", json!("admin")),
        ("totp_enabled", json!(false)),
        ("totp_secret", json!("x")),
        ("scope", json!("gradebook")),
        ("is_admin", json!(true)),
        ("created_at", json!(0)),
        ("__proto__", json!({"role": "admin"})),
        ("", json!(1)),
    ]
}

on_both_databases! {
    async fn nobody_writes_fields_that_are_the_servers(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let (admin, student) = (&world.admin, &world.student);
            let one = format!("/api/v1/users/{}", world.student_id);
            let before = server.get(&one).bearer(admin).send().await.json();
            let mut fields = own_business();
            fields.push(("role", json!("admin")));
            for (name, value) in &fields {
                let mut body = json!({"current_password": DEMO_PASSWORD, "new_password": "correct horse"});
                body[name] = value.clone();
                let reply = server.post("/api/v1/users/me/password").bearer(student).json(&body).send().await;
                is_problem(&reply, 422, "invalid_request", &format!("password: {name}"));
            }
            for (name, value) in own_business() {
                let mut body = json!({"username": "new.one", "name": "New", "role": "teacher"});
                body[name] = value.clone();
                let reply = server.post("/api/v1/users").bearer(admin).json(&body).send().await;
                is_problem(&reply, 422, "invalid_request", &format!("new: {name}"));
                let mut body = json!({"locale": "en"});
                body[name] = value;
                let reply = server.request(method("PATCH"), &one).bearer(admin).json(&body).send().await;
                is_problem(&reply, 422, "invalid_request", &format!("change: {name}"));
            }
            for body in [json!({"role": "admin"}), json!({"role": "student", "enabled": true}), json!({})] {
                let reply = server.request(method("PATCH"), &one).bearer(student).json(&body).send().await;
                is_problem(&reply, 403, "forbidden", "a student's own role");
            }
            assert_eq!(server.get(&one).bearer(admin).send().await.json(), before);
            assert_eq!(me(&server, student).await["role"], "student");
            let added = server.sign_in("new.one", DEMO_PASSWORD).await;
            is_problem(&added, 401, "invalid_credentials", "nobody was added");

            let edit = json!({"assessment_id": world.published, "student_id": world.student_id, "version": 0});
            for (name, value) in [("updated_by", json!(1)), ("corrected", json!(false)), ("course_id", json!(1))] {
                let mut edit = edit.clone();
                edit[name] = value;
                let reply = server.patch("/api/v1/scores", &json!({"edits": [edit]})).bearer(&world.teacher).send().await;
                is_problem(&reply, 422, "invalid_request", name);
                assert_eq!(reply.json()["errors"][0]["pointer"], format!("/edits/0/{name}"));
            }
        })
        .await;
    }

    async fn a_school_keeps_its_last_admin(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let admin = server.token(&demo_accounts().admin.username).await;
            let own = format!("/api/v1/users/{}", me(&server, &admin).await["id"]);
            for body in [
                json!({"enabled": false}),
                json!({"role": "teacher"}),
                json!({"enabled": false, "name": "Gone"}),
                json!({"enabled": false, "role": "admin"}),
            ] {
                let reply = server.patch(&own, &body).bearer(&admin).send().await;
                is_problem(&reply, 409, "last_admin", &body.to_string());
            }
            // Two admins, each of whom disables the other at the same moment.
            let second = add_user(&server, &admin, "second.admin", "correct horse battery").await;
            let reply = server.get(&format!("/api/v1/users/{second}")).bearer(&admin).send().await;
            assert_eq!(reply.json()["role"], "teacher");
            let added = server
                .post("/api/v1/users")
                .bearer(&admin)
                .json(&json!({"username": "third.admin", "name": "Third", "role": "admin", "password": "correct horse battery"}))
                .send()
                .await;
            let third = format!("/api/v1/users/{}", added.json()["id"]);
            let signed_in = server.sign_in("third.admin", "correct horse battery").await;
            let third_token = signed_in.json()["access_token"].as_str().unwrap().to_owned();
            let off = json!({"enabled": false});
            let (one, other) = tokio::join!(
                server.patch(&third, &off).bearer(&admin).send(),
                server.patch(&own, &off).bearer(&third_token).send(),
            );
            let mut codes = [one.status.as_u16(), other.status.as_u16()];
            codes.sort_unstable();
            // The slower one meets the rule, or its own disabled account.
            assert!(codes[0] == 200 && [401, 403, 409].contains(&codes[1]), "{codes:?}");
        })
        .await;
    }

    async fn numbers_are_judged_as_they_are_written(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let before = cell(&world.book(&server).await, world.draft, world.student_id);
            let digits = "9".repeat(100_000);
            let zeros = format!("0.{}1", "0".repeat(40));
            for (text, code) in [
                ("1e999", "above_maximum"),
                ("1e400", "above_maximum"),
                ("1E+400", "above_maximum"),
                ("-1e400", "above_maximum"),
                ("1e9223372036854775808", "above_maximum"),
                ("1e-400", "too_many_decimals"),
                ("1e-9223372036854775809", "too_many_decimals"),
                (digits.as_str(), "above_maximum"),
                (zeros.as_str(), "too_many_decimals"),
                ("-0.0001", "negative"),
                ("100.00001", "too_many_decimals"),
                ("18446744073709551616", "above_maximum"),
                ("\"99\"", "not_a_number"),
                ("[99]", "not_a_number"),
                ("{\"$gt\":0}", "not_a_number"),
                ("true", "not_a_number"),
            ] {
                let reply = enter(&server, &world, text).await;
                let what: String = text.chars().take(30).collect();
                assert_eq!(reply.status, 200, "{what}: {}", reply.text());
                let report = reply.json();
                assert_eq!(report["saved"], json!([]), "{what}");
                assert_eq!(report["rejected"][0]["code"], code, "{what}: {report}");
            }
            for text in ["NaN", "Infinity", "-Infinity", "0x10", "+1", "01", "1.", ".5", "1e", "1_0", "'1'", "９"] {
                let reply = enter(&server, &world, text).await;
                is_problem(&reply, 400, "malformed_json", text);
            }
            let after = cell(&world.book(&server).await, world.draft, world.student_id);
            assert_eq!(after, before, "nothing was written");
            // An exponent is no trick in itself.
            let reply = enter(&server, &world, "8.25e1").await;
            assert_eq!(reply.json()["rejected"], json!([]), "{}", reply.text());
            let after = cell(&world.book(&server).await, world.draft, world.student_id);
            assert_eq!(after.unwrap()["value"].to_string(), "82.5");
        })
        .await;
    }

    async fn texts_keep_out_what_nobody_can_see(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let one = format!("/api/v1/users/{}", world.student_id);
            let seen = version(&world.book(&server).await, world.draft, world.student_id);
            for bad in ["a\0b", "\u{1b}[2J", "a\u{7f}", "a\u{9b}b", "\u{202e}fdp.exe", "a\u{2028}b", "\u{feff}a"] {
                let edit = json!({"assessment_id": world.draft, "student_id": world.student_id, "version": seen, "comment": bad});
                let reply = server.patch("/api/v1/scores", &json!({"edits": [edit]})).bearer(&world.teacher).send().await;
                assert_eq!(reply.json()["rejected"][0]["code"], "invalid_character", "{bad:?}: {}", reply.text());
                let reply = server.patch("/api/v1/scores", &json!({"edits": [], "reason": bad})).bearer(&world.teacher).send().await;
                is_problem(&reply, 422, "invalid_request", &format!("reason {bad:?}"));
                assert_eq!(reply.json()["errors"][0]["code"], "invalid_character");
                let reply = server.patch(&one, &json!({"name": bad})).bearer(&world.admin).send().await;
                is_problem(&reply, 422, "invalid_request", &format!("name {bad:?}"));
                assert_eq!(reply.json()["errors"][0]["pointer"], "/name");
                let reply = server
                    .post("/api/v1/users")
                    .bearer(&world.admin)
                    .json(&json!({"username": "new.one", "name": "New", "role": "student", "student_number": bad}))
                    .send()
                    .await;
                is_problem(&reply, 422, "invalid_request", &format!("number {bad:?}"));
            }
            let edit = json!({"assessment_id": world.draft, "student_id": world.student_id, "version": seen,
                "comment": "Good.\r\n\tSee me\u{200d}!"});
            let reply = server.patch("/api/v1/scores", &json!({"edits": [edit]})).bearer(&world.teacher).send().await;
            assert_eq!(reply.json()["saved"][0]["version"], seen + 1, "{}", reply.text());
        })
        .await;
    }
}

async fn enter(server: &TestServer, world: &World, value: &str) -> Reply {
    let body = format!(
        "{{\"edits\":[{{\"assessment_id\":{},\"student_id\":{},\"version\":{},\"value\":{value}}}]}}",
        world.draft,
        world.student_id,
        version(&world.book(server).await, world.draft, world.student_id)
    );
    server
        .request(method("PATCH"), "/api/v1/scores")
        .bearer(&world.teacher)
        .raw("application/json", body)
        .send()
        .await
}

#[tokio::test]
async fn json_is_an_object_of_the_fields_that_are_named() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let world = World::of(&server).await;
        let deep = "[".repeat(100_000);
        let closed = format!("{deep}{}", "]".repeat(100_000));
        let cases: Vec<(&str, Vec<u8>, u16)> = vec![
            ("brackets", deep.clone().into_bytes(), 400),
            ("brackets, closed", closed.clone().into_bytes(), 422),
            ("objects", "{\"edits\":".repeat(100_000).into_bytes(), 400),
            ("brackets in a field", format!("{{\"edits\":{closed}}}").into_bytes(), 422),
            ("brackets in an unknown field", format!("{{\"x\":{closed}}}").into_bytes(), 422),
            ("brackets in a reason", format!("{{\"edits\":[],\"reason\":{closed}}}").into_bytes(), 422),
            ("a list of fields", b"[[],null]".to_vec(), 422),
            ("a list for a cell", format!("{{\"edits\":[[{},{},0,null,null,null]]}}", world.draft, world.student_id).into_bytes(), 422),
            ("a text", b"\"edits\"".to_vec(), 422),
            ("null", b"null".to_vec(), 422),
            ("nothing", Vec::new(), 400),
            ("a field twice", b"{\"edits\":[],\"edits\":[]}".to_vec(), 422),
            ("a field twice, escaped", b"{\"edits\":[],\"\\u0065dits\":[]}".to_vec(), 422),
            ("another case", b"{\"Edits\":[]}".to_vec(), 422),
            ("two documents", b"{\"edits\":[]}{\"edits\":[]}".to_vec(), 400),
            ("a comment", b"{\"edits\":[] /* x */}".to_vec(), 400),
            ("a comma", b"{\"edits\":[],}".to_vec(), 400),
            ("UTF-8 that is none", b"{\"edits\":[],\"reason\":\"\xff\xfe\"}".to_vec(), 400),
            ("overlong UTF-8", b"{\"edits\":[],\"reason\":\"\xc0\xaf\"}".to_vec(), 400),
            ("half a surrogate pair", b"{\"edits\":[],\"reason\":\"\\ud800\"}".to_vec(), 422),
            ("UTF-16", b"\xff\xfe{\0}\0".to_vec(), 400),
            ("a byte order mark", b"\xef\xbb\xbf{\"edits\":[]}".to_vec(), 400),
            ("a NUL", b"{\"edits\":[]}\0".to_vec(), 400),
            ("1e400 for an id", b"{\"edits\":[{\"assessment_id\":1e400,\"student_id\":1,\"version\":0}]}".to_vec(), 422),
            ("a fraction for an id", b"{\"edits\":[{\"assessment_id\":1.5,\"student_id\":1,\"version\":0}]}".to_vec(), 422),
            ("an id beyond all", b"{\"edits\":[{\"assessment_id\":18446744073709551615,\"student_id\":1,\"version\":0}]}".to_vec(), 422),
            ("a float of an id", b"{\"edits\":[{\"assessment_id\":1.0,\"student_id\":1,\"version\":0}]}".to_vec(), 422),
        ];
        for (what, body, status) in cases {
            let reply = server
                .request(method("PATCH"), "/api/v1/scores")
                .bearer(&world.teacher)
                .raw("application/json", body)
                .send()
                .await;
            let code = if status == 400 { "malformed_json" } else { "invalid_request" };
            is_problem(&reply, status, code, what);
            assert!(reply.text().len() < 1_000, "{what}: the answer is short");
        }
        for (what, edit) in [
            ("the lowest id", json!({"assessment_id": i64::MIN, "student_id": i64::MIN, "version": i64::MIN})),
            ("the highest id", json!({"assessment_id": i64::MAX, "student_id": i64::MAX, "version": i64::MAX})),
            ("the highest version", json!({"assessment_id": world.draft, "student_id": world.student_id, "version": i64::MAX})),
            ("the lowest version", json!({"assessment_id": world.draft, "student_id": world.student_id, "version": i64::MIN})),
        ] {
            let mut edit = edit;
            edit["value"] = json!(1);
            let reply = server.patch("/api/v1/scores", &json!({"edits": [edit]})).bearer(&world.teacher).send().await;
            assert_eq!(reply.status, 200, "{what}: {}", reply.text());
            assert_eq!(reply.json()["saved"], json!([]), "{what}");
        }
        is_alive(&server, "after all that JSON").await;
    })
    .await;
}

/// Who may not do a thing at all is told so, whatever the body is.
#[tokio::test]
async fn the_role_is_judged_before_the_body() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let world = World::of(&server).await;
        let one = format!("/api/v1/users/{}", world.student_id);
        for (name, path) in [
            ("POST", "/api/v1/users"),
            ("PATCH", one.as_str()),
            ("POST", "/api/v1/terms"),
            ("POST", "/api/v1/courses"),
            ("POST", "/api/v1/exams"),
        ] {
            for (media, body) in [
                ("application/json", "{"),
                ("application/json", "{\"colour\":1}"),
                ("application/json", "[]"),
                ("text/plain", "x"),
                ("application/json", ""),
            ] {
                let ask = |token: Option<&String>| {
                    let request = server.request(method(name), path).raw(media, body);
                    match token {
                        Some(token) => request.bearer(token),
                        None => request,
                    }
                };
                let what = format!("{name} {path} {body:?}");
                is_problem(&ask(None).send().await, 401, "missing_token", &what);
                for token in [&world.student, &world.teacher] {
                    is_problem(&ask(Some(token)).send().await, 403, "forbidden", &what);
                }
                let status = ask(Some(&world.admin)).send().await.status.as_u16();
                assert!([400, 415, 422].contains(&status), "{what}: {status}");
            }
        }
    })
    .await;
}

/// Ids and parameters of addresses that name nothing, and forms that are none.
#[tokio::test]
async fn addresses_and_forms_are_judged_too() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let world = World::of(&server).await;
        for id in [
            "0",
            "-1",
            "9223372036854775808",
            "1e3",
            "1%20OR%201=1",
            "%00",
            "1;2",
            "%ff",
            "%2e%2e",
            "%EF%BC%91",
        ] {
            for path in [
                "/api/v1/users/{}",
                "/api/v1/courses/{}/gradebook",
                "/api/v1/assessments/{}/preflight",
                "/courses/{}",
            ] {
                let reply = server
                    .get(&path.replace("{}", id))
                    .bearer(&world.admin)
                    .send()
                    .await;
                assert_eq!(reply.status, 404, "{path} {id}: {}", reply.text());
            }
        }
        for query in [
            "limit=-1",
            "limit=1e2",
            "limit=65536",
            "limit=%00",
            "limit=1&limit=2",
            "cursor=-1",
            "cursor=%27--",
            "cursor=9223372036854775808",
            "limit%5B%5D=1",
            "%ff=1",
        ] {
            let reply = server
                .get(&format!("/api/v1/courses?{query}"))
                .bearer(&world.admin)
                .send()
                .await;
            is_problem(&reply, 422, "invalid_request", query);
        }
        let huge = server
            .get("/api/v1/courses?cursor=9223372036854775807")
            .bearer(&world.admin)
            .send()
            .await;
        assert_eq!(huge.json()["items"], json!([]));
        for (what, body) in [
            (
                "twice",
                &b"grant_type=password&username=a&username=b&password=c"[..],
            ),
            (
                "twice, encoded",
                b"grant_type=password&username=a&password=c&%75sername=b",
            ),
            ("only half", b"grant_type=password&username=a"),
            ("UTF-8 that is none", b"\xff\xfe\xfd"),
        ] {
            let reply = server
                .post("/api/v1/token")
                .raw("application/x-www-form-urlencoded", body)
                .send()
                .await;
            is_problem(&reply, 400, "invalid_request", what);
        }
        for (what, body) in [
            ("UTF-8 that is none", &b"username=%ff%fe&password=%ff"[..]),
            ("raw bytes", b"username=\xff\xfe&password=\xff"),
            ("thousands of fields", &b"a=b&".repeat(100_000)),
            ("a broken escape", b"username=%zz&password=%"),
        ] {
            let reply = server
                .post("/login")
                .header("sec-fetch-site", "same-origin")
                .raw("application/x-www-form-urlencoded", body)
                .send()
                .await;
            assert!(
                [400, 401, 403, 422].contains(&reply.status.as_u16()),
                "{what}: {}",
                reply.status
            );
        }
    })
    .await;
}
