//! Entering scores through the interface: exactness, conflicts, refusals, history, states.

use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::harness::{Reply, TestServer, local};
use crate::world::{World, cell, version};

/// Sends the raw JSON text, so that a number reaches the server as it was typed.
async fn send(server: &TestServer, token: &str, body: &str) -> Reply {
    server
        .request(awc::http::Method::PATCH, "/api/v1/scores")
        .bearer(token)
        .raw("application/json", body)
        .send()
        .await
}

fn edit(assessment: i64, student: i64, version: i64, rest: &str) -> String {
    format!(
        r#"{{"edits":[{{"assessment_id":{assessment},"student_id":{student},"version":{version},{rest}}}]}}"#
    )
}

fn only<'a>(report: &'a Value, list: &str) -> &'a Value {
    for other in ["saved", "conflicts", "rejected"] {
        let expected = usize::from(other == list);
        assert_eq!(
            report[other].as_array().unwrap().len(),
            expected,
            "{other} in {report}"
        );
    }
    &report[list][0]
}

on_both_databases! {
    async fn values_are_kept_exactly(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let student = world.students[5];
            let mut seen = version(&world.book(&server).await, world.draft, student);
            for (typed, stored) in [
                ("71.5", "71.5"), ("71.50", "71.5"), ("0", "0"), ("0.0001", "0.0001"),
                ("99.9999", "99.9999"), ("100", "100"), ("8.5e1", "85"),
            ] {
                let body = edit(world.draft, student, seen, &format!(r#""value":{typed}"#));
                let reply = send(&server, &world.teacher, &body).await;
                assert_eq!(reply.status, 200, "{}", reply.text());
                seen = only(&reply.json(), "saved")["version"].as_i64().unwrap();
                let book = server
                    .get(&format!("/api/v1/courses/{}/gradebook", world.course))
                    .bearer(&world.teacher)
                    .send()
                    .await
                    .text();
                assert!(
                    book.contains(&format!(
                        r#""assessment_id":{},"student_id":{student},"status":"scored","value":{stored},"#,
                        world.draft
                    )),
                    "{typed}"
                );
            }
        })
        .await;
    }

    async fn what_cannot_be_saved_says_why(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let student = world.students[5];
            let seen = version(&world.book(&server).await, world.draft, student);
            for (rest, code) in [
                (r#""value":100.5"#, "above_maximum"),
                (r#""value":-1"#, "negative"),
                (r#""value":1.23456"#, "too_many_decimals"),
                (r#""value":"abc""#, "not_a_number"),
                (r#""value":1e999"#, "above_maximum"),
                (r#""status":"absent","value":5"#, "value_without_status"),
                (r#""status":"ill""#, "unknown_status"),
            ] {
                let reply = send(&server, &world.teacher, &edit(world.draft, student, seen, rest)).await;
                assert_eq!(reply.status, 200, "{rest}: {}", reply.text());
                assert_eq!(only(&reply.json(), "rejected")["code"], code, "{rest}");
            }
            let outsider = send(&server, &world.teacher, &edit(world.draft, 1, 0, r#""value":1"#)).await;
            assert_eq!(only(&outsider.json(), "rejected")["code"], "not_enrolled");
            for (token, assessment) in [(&world.teacher, 999_999), (&world.other_teacher, world.draft)] {
                let reply = send(&server, token, &edit(assessment, student, 0, r#""value":1"#)).await;
                assert_eq!(only(&reply.json(), "rejected")["code"], "unknown_assessment");
            }
            let unchanged = version(&world.book(&server).await, world.draft, student);
            assert_eq!(unchanged, seen);
        })
        .await;
    }

    async fn nothing_is_overwritten_unseen(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let student = world.students[6];
            let seen = version(&world.book(&server).await, world.draft, student);
            let first = send(&server, &world.teacher, &edit(world.draft, student, seen, r#""value":61"#)).await;
            only(&first.json(), "saved");
            let late = send(&server, &world.admin, &edit(world.draft, student, seen, r#""value":62"#)).await;
            let report = late.json();
            let current = &only(&report, "conflicts")["current"];
            assert_eq!(current["value"], 61);
            assert_eq!(current["version"], seen + 1);
            assert!(current["updated_by"]["name"].is_string());
            assert!(current["updated_at"].as_str().unwrap().ends_with('Z'));
            // The teacher's network dropped the answer and the same edit comes again.
            let again = send(&server, &world.teacher, &edit(world.draft, student, seen, r#""value":61"#)).await;
            assert_eq!(only(&again.json(), "saved")["version"], seen + 1);
            let history = server
                .get(&format!("/api/v1/assessments/{}/students/{student}/history", world.draft))
                .bearer(&world.teacher)
                .send()
                .await
                .json();
            let newest = &history["items"][0];
            assert_eq!(newest["after"], json!({"status": "scored", "value": 61}));
            assert_eq!(newest["version"], seen + 1);
            assert_eq!(newest["source"], "api");
            assert_eq!(history["items"].as_array().unwrap().len() as i64, seen + 1);
        })
        .await;
    }

    async fn all_or_nothing_when_asked(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let book = world.book(&server).await;
            let (one, two) = (world.students[7], world.students[8]);
            let edits = |second: i64| json!({"edits": [
                {"assessment_id": world.draft, "student_id": one, "version": version(&book, world.draft, one), "value": 12},
                {"assessment_id": world.draft, "student_id": two, "version": version(&book, world.draft, two), "value": second},
            ]});
            let refused = server.patch("/api/v1/scores?atomic=true", &edits(101)).bearer(&world.teacher).send().await;
            assert_eq!(refused.status, 422, "{}", refused.text());
            assert_eq!(refused.json()["rejected"].as_array().unwrap().len(), 1);
            let after = world.book(&server).await;
            assert_eq!(version(&after, world.draft, one), version(&book, world.draft, one));
            let saved = server.patch("/api/v1/scores?atomic=true", &edits(100)).bearer(&world.teacher).send().await;
            assert_eq!(saved.status, 200);
            let stale = server.patch("/api/v1/scores?atomic=true", &edits(50)).bearer(&world.teacher).send().await;
            assert_eq!(stale.status, 409, "{}", stale.text());
        })
        .await;
    }

    async fn a_published_score_changes_with_a_reason(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let seen = version(&world.book(&server).await, world.published, world.student_id);
            assert!(seen > 0, "the demo school has a published score for the student");
            let change = |rest: &str| edit(world.published, world.student_id, seen, rest);
            let refused = send(&server, &world.teacher, &change(r#""value":88.5"#)).await;
            assert_eq!(only(&refused.json(), "rejected")["code"], "reason_required");
            let body = change(r#""value":88.5"#).replacen("{\"edits\"", "{\"reason\":\"added up again\",\"edits\"", 1);
            only(&send(&server, &world.teacher, &body).await.json(), "saved");
            let mine = server.get("/api/v1/me/grades").bearer(&world.student).send().await.json();
            let corrected = mine["courses"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|course| course["assessments"].as_array().unwrap())
                .find(|one| one["id"] == world.published)
                .unwrap();
            assert_eq!(corrected["value"], 88.5);
            assert_eq!(corrected["corrected"], true);
        })
        .await;
    }

    async fn students_see_published_assessments_only(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let titles = async || -> Vec<i64> {
                let mine = server.get("/api/v1/me/grades").bearer(&world.student).send().await.json();
                mine["courses"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .flat_map(|course| course["assessments"].as_array().unwrap())
                    .map(|one| one["id"].as_i64().unwrap())
                    .collect()
            };
            assert!(titles().await.contains(&world.published));
            assert!(!titles().await.contains(&world.draft));
            let change = async |what: &str, body: Option<Value>| {
                let path = format!("/api/v1/assessments/{}/{what}", world.draft);
                let request = server.post(&path).bearer(&world.teacher);
                match body {
                    Some(body) => request.json(&body).send().await,
                    None => request.send().await,
                }
            };
            assert_eq!(change("publish", None).await.json()["state"], "published");
            assert!(titles().await.contains(&world.draft));
            assert_eq!(change("publish", None).await.code(), "invalid_state");
            let without_reason = change("unpublish", Some(json!({"reason": " "}))).await;
            assert_eq!(without_reason.status, 422);
            assert_eq!(change("unpublish", Some(json!({"reason": "too early"}))).await.status, 200);
            assert!(!titles().await.contains(&world.draft));
        })
        .await;
    }

    async fn odd_versions_and_endless_reasons_are_refused(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let student = world.students[9];
            for seen in [i64::MAX, -1, i64::MIN] {
                let body = edit(world.draft, student, seen, r#""value":50"#);
                let reply = send(&server, &world.teacher, &body).await;
                only(&reply.json(), "conflicts");
            }
            let long = json!({"edits": [], "reason": "x".repeat(1_001)});
            let reply = server.patch("/api/v1/scores", &long).bearer(&world.teacher).send().await;
            assert_eq!(reply.json()["errors"][0]["code"], "reason_too_long");
        })
        .await;
    }

    async fn a_locked_assessment_stays_as_it_is(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let path = format!("/api/v1/assessments/{}/lock", world.published);
            assert_eq!(server.post(&path).bearer(&world.teacher).send().await.status, 200);
            let book = world.book(&server).await;
            let seen = version(&book, world.published, world.student_id);
            let body = edit(world.published, world.student_id, seen, r#""value":1"#)
                .replacen("{\"edits\"", "{\"reason\":\"please\",\"edits\"", 1);
            let refused = send(&server, &world.teacher, &body).await;
            assert_eq!(only(&refused.json(), "rejected")["code"], "locked");
            assert_eq!(cell(&world.book(&server).await, world.published, world.student_id), cell(&book, world.published, world.student_id));
        })
        .await;
    }

    async fn grades_are_not_sent_twice(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let first = server.get("/api/v1/me/grades").bearer(&world.student).send().await;
            assert_eq!(first.header("cache-control"), "no-store");
            let tag = first.header("etag").to_owned();
            let again = server
                .get("/api/v1/me/grades")
                .bearer(&world.student)
                .header("if-none-match", &tag)
                .send()
                .await;
            assert_eq!(again.status, 304);
            assert_eq!(again.text(), "");
        })
        .await;
    }
}
