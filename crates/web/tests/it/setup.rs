//! Accounts and courses, as an admin sets them up over HTTP.

use awc::http::StatusCode;
use gradebook_auth::Actor;
use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::harness::{Reply, TestServer, local};
use crate::world::{World, find, version};

async fn post(server: &TestServer, token: &str, path: &str, body: &Value) -> Reply {
    let request = server.post(path).bearer(token);
    request.json(body).send().await
}

async fn patch(server: &TestServer, token: &str, path: &str, body: &Value) -> Reply {
    server.patch(path, body).bearer(token).send().await
}

fn pointers(reply: &Reply) -> Vec<(String, String)> {
    let body = reply.json();
    let errors = body["errors"].as_array().cloned().unwrap_or_default();
    let text = |error: &Value, key: &str| error[key].as_str().unwrap().to_owned();
    errors
        .iter()
        .map(|error| (text(error, "pointer"), text(error, "code")))
        .collect()
}

fn invalid(pointer: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), "invalid_field".to_owned())]
}

on_both_databases! {
    /// The way of a real exam: an account, its first password, a course, a score.
    async fn a_new_teacher_is_given_a_course_and_enters_a_score(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let new = json!({"username": "W.Chen", "name": "W. Chen", "role": "teacher", "locale": "en"});
            let added = post(&server, &world.admin, "/api/v1/users", &new).await;
            assert_eq!(added.status, StatusCode::CREATED, "{}", added.text());
            let user = added.json();
            let id = user["id"].as_i64().unwrap();
            assert_eq!(added.header("location"), format!("/api/v1/users/{id}"));
            assert_eq!((&user["enabled"], &user["password_change_required"]), (&json!(true), &json!(true)));
            assert_eq!(user.get("student_number"), None);
            let initial = user["initial_password"].as_str().unwrap();

            let token = server.sign_in("w.chen", initial).await.json()["access_token"].as_str().unwrap().to_owned();
            let chosen = json!({"current_password": initial, "new_password": "a better password"});
            let changed = post(&server, &token, "/api/v1/users/me/password", &chosen).await;
            let token = changed.json()["access_token"].as_str().unwrap().to_owned();

            let course = format!("/api/v1/courses/{}", world.course);
            let hidden = server.get(&course).bearer(&token).send().await;
            assert_eq!(hidden.status, StatusCode::NOT_FOUND);
            let both = json!({"teacher_ids": [world.teacher_id, id, id]});
            let given = patch(&server, &world.admin, &course, &both).await;
            assert_eq!(given.status, StatusCode::OK, "{}", given.text());
            let teachers = given.json()["teachers"].clone();
            assert_eq!(teachers.as_array().unwrap().len(), 2);
            find(&teachers, |one| one["id"] == id && one["name"] == "W. Chen");
            assert_eq!(server.get(&course).bearer(&token).send().await.json(), given.json());

            let book = world.book(&server).await;
            let student = world.students[0];
            let edit = json!({"edits": [{"assessment_id": world.draft, "student_id": student,
                "version": version(&book, world.draft, student), "value": 77}]});
            let saved = patch(&server, &token, "/api/v1/scores", &edit).await.json();
            assert_eq!(saved["saved"].as_array().unwrap().len(), 1, "{saved}");

            // And nobody else keeps it once it is taken away.
            let alone = json!({"teacher_ids": [id]});
            assert_eq!(patch(&server, &world.admin, &course, &alone).await.status, StatusCode::OK);
            let gone = server.get(&course).bearer(&world.teacher).send().await;
            assert_eq!(gone.status, StatusCode::NOT_FOUND);
        })
        .await;
    }

    async fn only_enabled_teachers_are_given_a_course(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let course = format!("/api/v1/courses/{}", world.course);
            let before = server.get(&course).bearer(&world.admin).send().await.json();
            let new = json!({"username": "away", "name": "Away", "role": "teacher", "enabled": false});
            let away = post(&server, &world.admin, "/api/v1/users", &new).await.json();
            assert_eq!(away["enabled"], false);
            let admin = server.get("/api/v1/users/me").bearer(&world.admin).send().await.json();
            let ids = json!([world.teacher_id, world.student_id, admin["id"], 999_999, away["id"]]);
            let refused = patch(&server, &world.admin, &course, &json!({"teacher_ids": ids})).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            let expected = [
                ("/teacher_ids/1", "not_a_teacher"),
                ("/teacher_ids/2", "not_a_teacher"),
                ("/teacher_ids/3", "unknown_user"),
                ("/teacher_ids/4", "disabled_user"),
            ]
            .map(|(pointer, code)| (pointer.to_owned(), code.to_owned()));
            assert_eq!(pointers(&refused), expected);
            assert_eq!(server.get(&course).bearer(&world.admin).send().await.json(), before);

            let nowhere = patch(&server, &world.admin, "/api/v1/courses/999999", &json!({"teacher_ids": [1]})).await;
            assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
            let many: Vec<i64> = (1..=51).collect();
            let many = patch(&server, &world.admin, &course, &json!({"teacher_ids": many})).await;
            assert_eq!(pointers(&many), invalid("/teacher_ids"));
            assert_eq!(patch(&server, &world.admin, &course, &json!({})).await.json(), before);
            for body in [json!({"teacher_ids": ["x"]}), json!({"teacher_ids": [], "class_id": 1})] {
                let refused = patch(&server, &world.admin, &course, &body).await;
                assert_eq!((refused.status, refused.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid_request".to_owned()), "{body}");
            }
        })
        .await;
    }

    async fn accounts_are_listed_changed_and_reset(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let mut cursor = String::new();
            let mut seen = 0;
            loop {
                let path = format!("/api/v1/users?limit=60{cursor}");
                let part = server.get(&path).bearer(&world.admin).send().await.json();
                seen += part["items"].as_array().unwrap().len();
                let Some(next) = part["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(seen, 125);

            let path = format!("/api/v1/users/{}", world.student_id);
            let body = json!({"name": " 王小桐 ", "locale": "en"});
            let changed = patch(&server, &world.admin, &path, &body).await.json();
            assert_eq!((&changed["name"], &changed["locale"]), (&json!("王小桐"), &json!("en")));
            assert_eq!(changed["student_number"], "2026070101");
            let read = server.get(&path).bearer(&world.admin).send().await.json();
            assert_eq!(read, changed);
            // Another name ends no session.
            let me = server.get("/api/v1/users/me").bearer(&world.student).send().await;
            assert_eq!(me.json()["name"], "王小桐");

            for (body, pointer) in [
                (json!({"name": "  "}), "/name"),
                (json!({"locale": "fr"}), "/locale"),
                (json!({"role": "teacher"}), "/role"),
                (json!({"role": "head"}), "/role"),
                (json!({"username": "two words"}), "/username"),
            ] {
                let refused = patch(&server, &world.admin, &path, &body).await;
                assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
                assert_eq!(pointers(&refused), invalid(pointer), "{body}");
            }
            let same = patch(&server, &world.admin, &path, &json!({"role": "student"})).await;
            assert_eq!(same.json(), changed);

            let reset = post(&server, &world.admin, &format!("{path}/password-reset"), &Value::Null).await;
            assert_eq!(reset.status, StatusCode::OK, "{}", reset.text());
            let initial = reset.json()["initial_password"].as_str().unwrap().to_owned();
            let again = server.sign_in("2026070101", &initial).await;
            assert_eq!(again.json()["password_change_required"], true);

            assert_eq!(patch(&server, &world.admin, &path, &json!({"enabled": false})).await.json()["enabled"], false);
            assert_eq!(server.sign_in("2026070101", &initial).await.code(), "invalid_credentials");
            assert_eq!(patch(&server, &world.admin, &path, &json!({"enabled": true})).await.json()["enabled"], true);
            assert_eq!(server.sign_in("2026070101", &initial).await.status, StatusCode::OK);

            for path in ["/api/v1/users/999999", "/api/v1/users/x"] {
                assert_eq!(server.get(path).bearer(&world.admin).send().await.status, StatusCode::NOT_FOUND);
                assert_eq!(patch(&server, &world.admin, path, &json!({})).await.status, StatusCode::NOT_FOUND);
                let reset = post(&server, &world.admin, &format!("{path}/password-reset"), &Value::Null).await;
                assert_eq!(reset.status, StatusCode::NOT_FOUND);
            }
        })
        .await;
    }

    async fn an_account_that_cannot_be_is_refused(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let admin = World::of(&server).await.admin;
            let chosen = json!({"username": "a.b", "name": "A", "role": "student", "student_number": "A1",
                "password": "a good password", "locale": "en"});
            let added = post(&server, &admin, "/api/v1/users", &chosen).await;
            assert_eq!(added.status, StatusCode::CREATED, "{}", added.text());
            assert_eq!(added.json().get("initial_password"), None);
            assert_eq!(added.json()["password_change_required"], false);
            assert_eq!(server.sign_in("a.b", "a good password").await.status, StatusCode::OK);
            for taken in [
                json!({"username": "A.B", "name": "A", "role": "teacher"}),
                json!({"username": "c.d", "name": "A", "role": "student", "student_number": "A1"}),
            ] {
                let refused = post(&server, &admin, "/api/v1/users", &taken).await;
                assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "already_exists".to_owned()), "{taken}");
            }
            let weak = json!({"username": "c.d", "name": "A", "role": "teacher", "password": "short"});
            let weak = post(&server, &admin, "/api/v1/users", &weak).await;
            assert_eq!((weak.status, weak.code()), (StatusCode::UNPROCESSABLE_ENTITY, "weak_password".to_owned()));
            for (body, pointer) in [
                (json!({"username": "c d", "name": "A", "role": "teacher"}), "/username"),
                (json!({"username": "c.d", "name": "", "role": "teacher"}), "/name"),
                (json!({"username": "c.d", "name": "A", "role": "head"}), "/role"),
                (json!({"username": "c.d", "name": "A", "role": "student"}), "/student_number"),
                (json!({"username": "c.d", "name": "A", "role": "admin", "student_number": "1"}), "/student_number"),
                (json!({"username": "c.d", "name": "A", "role": "admin", "locale": "fr"}), "/locale"),
                (json!({"username": "c.d", "name": "A"}), ""),
                (json!({"username": "c.d", "name": "A", "role": "admin", "ver": 9}), "/ver"),
            ] {
                let refused = post(&server, &admin, "/api/v1/users", &body).await;
                assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
                assert_eq!(pointers(&refused), invalid(pointer), "{body}");
            }
        })
        .await;
    }

    async fn somebody_can_always_administer_the_school(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let admin = World::of(&server).await.admin;
            let me = server.get("/api/v1/users/me").bearer(&admin).send().await.json();
            let own = format!("/api/v1/users/{}", me["id"]);
            for body in [json!({"enabled": false}), json!({"role": "teacher"})] {
                let refused = patch(&server, &admin, &own, &body).await;
                assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "last_admin".to_owned()));
            }
            let second = json!({"username": "second", "name": "Second", "role": "admin", "password": "a good password"});
            post(&server, &admin, "/api/v1/users", &second).await;
            // With two, either can go, but not both at once.
            let operator = Actor::operator();
            let first = me["username"].as_str().unwrap();
            for _ in 0..5 {
                let (one, two) = tokio::join!(
                    server.app.set_enabled(&operator, first, false),
                    server.app.set_enabled(&operator, "second", false),
                );
                assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
                server.app.set_enabled(&operator, first, true).await.unwrap();
                server.app.set_enabled(&operator, "second", true).await.unwrap();
            }
        })
        .await;
    }
}
