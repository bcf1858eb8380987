//! Taking a batch back: what is restored, what is left and why, and who may.

use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::harness::{Reply, TestServer, local};
use crate::world::{World, cell, find, version};

async fn enter(server: &TestServer, token: &str, body: &Value) -> Value {
    let reply = server
        .patch("/api/v1/scores", body)
        .bearer(token)
        .send()
        .await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let report = reply.json();
    assert_eq!(report["conflicts"], json!([]), "{report}");
    assert_eq!(report["rejected"], json!([]), "{report}");
    report
}

async fn undo(server: &TestServer, token: &str, batch: &Value, body: &Value) -> Reply {
    let path = format!("/api/v1/batches/{batch}/undo");
    server.post(&path).bearer(token).json(body).send().await
}

async fn undone(server: &TestServer, token: &str, batch: &Value, body: &Value) -> Value {
    let reply = undo(server, token, batch, body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

fn length(report: &Value, list: &str) -> usize {
    report[list].as_array().unwrap().len()
}

/// Status, value and remark of a cell.
fn entry(book: &Value, assessment: i64, student: i64) -> Value {
    cell(book, assessment, student).map_or_else(
        || json!(["blank", null, null]),
        |cell| json!([cell["status"], cell["value"], cell["comment"]]),
    )
}

/// A paste over the first cells of a column: `(student, version, what)`.
fn paste(world: &World, book: &Value, column: i64, cells: usize) -> Value {
    let edits: Vec<Value> = world.students[..cells]
        .iter()
        .enumerate()
        .map(|(nth, student)| {
            json!({"assessment_id": column, "student_id": student,
                "version": version(book, column, *student), "value": 10 + nth,
                "comment": if nth % 2 == 0 { "pasted" } else { "" }})
        })
        .collect();
    json!({"edits": edits})
}

on_both_databases! {
    async fn an_undo_puts_back_status_value_and_remark(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let (one, two) = (world.students[0], world.students[1]);
            let book = world.book(&server).await;
            // What is there before: a remark on the first, an absence on the second.
            enter(&server, &world.teacher, &json!({"edits": [
                {"assessment_id": world.draft, "student_id": one,
                    "version": version(&book, world.draft, one), "value": 71.5, "comment": "旷考补"},
                {"assessment_id": world.draft, "student_id": two,
                    "version": version(&book, world.draft, two), "status": "absent"},
            ]})).await;
            let before = world.book(&server).await;
            let pasted = enter(&server, &world.teacher, &paste(&world, &before, world.draft, 12)).await;
            let after = world.book(&server).await;
            assert_eq!(entry(&after, world.draft, one), json!(["scored", 10, "pasted"]));

            let report = undone(&server, &world.teacher, &pasted["batch_id"], &json!({})).await;
            assert_eq!(length(&report, "restored"), 12);
            assert_eq!(length(&report, "skipped"), 0, "{report}");
            assert_eq!(report["undone_batch_id"], pasted["batch_id"]);
            let first = find(&report["restored"], |cell| cell["student_id"] == one);
            assert_eq!(first["value"], 71.5);
            assert_eq!(first["comment"], "旷考补");
            assert_eq!(first["version"], version(&before, world.draft, one) + 2);
            let restored = world.book(&server).await;
            for student in &world.students {
                assert_eq!(
                    entry(&restored, world.draft, *student),
                    entry(&before, world.draft, *student)
                );
            }
            // Undoing it twice changes nothing, and says so of every cell.
            let again = undone(&server, &world.teacher, &pasted["batch_id"], &json!({})).await;
            assert_eq!(again["batch_id"], Value::Null);
            assert_eq!(length(&again, "restored"), 0);
            assert_eq!(length(&again, "skipped"), 12);
            assert!(again["skipped"].as_array().unwrap().iter().all(|cell| cell["code"] == "unchanged"));
            assert_eq!(world.book(&server).await["scores"], restored["scores"]);
            // The undo is a batch: taking it back does the paste again.
            let redone = undone(&server, &world.teacher, &report["batch_id"], &json!({})).await;
            assert_eq!(length(&redone, "restored"), 12);
            let redone = world.book(&server).await;
            for student in &world.students {
                assert_eq!(
                    entry(&redone, world.draft, *student),
                    entry(&after, world.draft, *student)
                );
            }
        })
        .await;
    }

    async fn what_changed_since_is_left_and_named(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let book = world.book(&server).await;
            let pasted = enter(&server, &world.teacher, &paste(&world, &book, world.draft, 10)).await;
            let student = world.students[4];
            let now = world.book(&server).await;
            enter(&server, &world.admin, &json!({"edits": [
                {"assessment_id": world.draft, "student_id": student,
                    "version": version(&now, world.draft, student), "value": 99},
            ]})).await;
            let report = undone(&server, &world.teacher, &pasted["batch_id"], &json!({})).await;
            assert_eq!(length(&report, "restored"), 9);
            assert_eq!(length(&report, "skipped"), 1);
            let left = &report["skipped"][0];
            assert_eq!(left["student_id"], student);
            assert_eq!(left["code"], "changed_since");
            assert_eq!(left["current"]["value"], 99);
            assert!(!left["student"].as_str().unwrap().is_empty());
            assert!(!left["assessment"].as_str().unwrap().is_empty());
            assert!(left["current"]["updated_by"]["name"].is_string());
            assert!(left["current"]["updated_at"].as_str().unwrap().ends_with('Z'));
            assert_eq!(entry(&world.book(&server).await, world.draft, student)[1], 99);
        })
        .await;
    }

    async fn published_work_goes_back_with_a_reason_and_as_corrected(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let book = world.book(&server).await;
            let mut pasted = paste(&world, &book, world.published, 5);
            pasted["reason"] = json!("second marking");
            let pasted = enter(&server, &world.teacher, &pasted).await;
            let without = undo(&server, &world.teacher, &pasted["batch_id"], &json!({})).await;
            assert_eq!((without.status.as_u16(), without.code().as_str()), (422, "reason_required"));
            assert_eq!(without.json()["needing_reason"], 5);
            assert_eq!(without.json()["errors"][0]["pointer"], "/reason");
            for reason in ["x".repeat(1001), "a\u{0}b".to_owned()] {
                let body = json!({"reason": reason});
                let refused = undo(&server, &world.teacher, &pasted["batch_id"], &body).await;
                assert_eq!(refused.status, 422);
            }
            let body = json!({"reason": "the wrong column was pasted"});
            let report = undone(&server, &world.teacher, &pasted["batch_id"], &body).await;
            assert_eq!(length(&report, "restored"), 5);
            let after = world.book(&server).await;
            for student in &world.students[..5] {
                assert_eq!(entry(&after, world.published, *student), entry(&book, world.published, *student));
                // Students saw the other value, so it stays marked.
                assert_eq!(cell(&after, world.published, *student).unwrap()["corrected"], true);
            }
            // A locked assessment does not change.
            let path = format!("/api/v1/assessments/{}/lock", world.published);
            assert_eq!(server.post(&path).bearer(&world.teacher).send().await.status, 200);
            let locked = undone(&server, &world.teacher, &report["batch_id"], &body).await;
            assert_eq!(length(&locked, "restored"), 0);
            assert!(locked["skipped"].as_array().unwrap().iter().all(|cell| cell["code"] == "locked"));
        })
        .await;
    }

    async fn nothing_goes_back_while_a_reason_is_asked_for(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let (book, student) = (world.book(&server).await, world.students[0]);
            let edit = |column: i64| json!({"assessment_id": column, "student_id": student,
                "version": version(&book, column, student), "value": 10});
            let both = enter(&server, &world.teacher, &json!({"reason": "second marking",
                "edits": [edit(world.draft), edit(world.published)]})).await;
            let entered = world.book(&server).await;
            let without = undo(&server, &world.teacher, &both["batch_id"], &json!({"reason": " "})).await;
            assert_eq!((without.status.as_u16(), without.code().as_str()), (422, "reason_required"));
            assert_eq!(without.json()["needing_reason"], 1);
            assert_eq!(world.book(&server).await["scores"], entered["scores"]);
            let report = undone(&server, &world.teacher, &both["batch_id"], &json!({"reason": "the wrong pupil"})).await;
            assert_eq!(length(&report, "restored"), 2);
            // Who was there before needs no reason, for nothing is left to put back.
            let again = undone(&server, &world.teacher, &both["batch_id"], &json!({})).await;
            assert_eq!((length(&again, "restored"), length(&again, "skipped")), (0, 2));
        })
        .await;
    }

    async fn a_batch_is_undone_in_own_courses_only(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let courses = server.get("/api/v1/courses?limit=200").bearer(&world.admin).send().await.json();
            let foreign = find(&courses["items"], |one| {
                one["class"]["id"] == world.class && one["subject"]["code"] == "chinese"
            })["id"].as_i64().unwrap();
            let path = format!("/api/v1/courses/{foreign}/gradebook");
            let other_book = server.get(&path).bearer(&world.admin).send().await.json();
            let other_draft = find(&other_book["assessments"], |one| one["state"] == "draft")["id"].as_i64().unwrap();
            let book = world.book(&server).await;
            let student = world.students[2];
            // One block of an admin over two courses.
            let both = enter(&server, &world.admin, &json!({"edits": [
                {"assessment_id": world.draft, "student_id": student,
                    "version": version(&book, world.draft, student), "value": 3},
                {"assessment_id": other_draft, "student_id": student,
                    "version": version(&other_book, other_draft, student), "value": 4},
            ]})).await;
            for (token, status) in [(&world.student, 404), (&world.teacher, 200)] {
                let reply = undo(&server, token, &both["batch_id"], &json!({})).await;
                assert_eq!(reply.status, status, "{}", reply.text());
            }
            let after = world.book(&server).await;
            assert_eq!(entry(&after, world.draft, student), entry(&book, world.draft, student));
            let other_after = server.get(&path).bearer(&world.admin).send().await.json();
            assert_eq!(entry(&other_after, other_draft, student)[1], 4);
            // A block in one course is nothing to the teacher of another, and neither is none at all.
            let own = enter(&server, &world.teacher, &paste(&world, &after, world.draft, 2)).await;
            for batch in [&own["batch_id"], &json!(1)] {
                let hidden = undo(&server, &world.other_teacher, batch, &json!({})).await;
                assert_eq!((hidden.status.as_u16(), hidden.code().as_str()), (404, "not_found"));
            }
            // The body may be left out; nobody offered other fields.
            let path = format!("/api/v1/batches/{}/undo", own["batch_id"]);
            let strange = server.post(&path).bearer(&world.teacher).json(&json!({"why": "x"})).send().await;
            assert_eq!(strange.status, 422);
            let bare = server.post(&path).bearer(&world.teacher).send().await;
            assert_eq!(bare.status, 200, "{}", bare.text());
            assert_eq!(length(&bare.json(), "restored"), 2);
        })
        .await;
    }

    async fn a_batch_names_the_courses_that_it_reaches(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let courses = server.get("/api/v1/courses?limit=200").bearer(&world.admin).send().await.json();
            let own = find(&courses["items"], |one| one["id"] == world.course).clone();
            let other = find(&courses["items"], |one| {
                one["id"] != world.course && one["subject"] == own["subject"] && one["term"] == own["term"]
            }).clone();
            let path = format!("/api/v1/courses/{}/gradebook", other["id"]);
            let book = server.get(&path).bearer(&world.admin).send().await.json();
            let column = find(&book["assessments"], |one| one["state"] == "draft")["id"].as_i64().unwrap();
            let far = book["students"][0]["id"].as_i64().unwrap();
            let mut body = paste(&world, &world.book(&server).await, world.draft, 2);
            let edit = json!({"assessment_id": column, "student_id": far, "version": version(&book, column, far), "value": 3});
            body["edits"].as_array_mut().unwrap().push(edit);
            let pasted = enter(&server, &world.admin, &body).await;
            let batch = format!("/api/v1/batches/{}", pasted["batch_id"]);
            let places = |view: &Value| -> Vec<Value> {
                view["assessments"].as_array().unwrap().iter()
                    .map(|one| json!([one["id"], one["cells"], one["course"]["class"], one["course"]["subject"]["code"]]))
                    .collect()
            };
            let view = server.get(&batch).bearer(&world.admin).send().await.json();
            let mut expected = vec![
                (own["id"].as_i64(), json!([world.draft, 2, own["class"], own["subject"]["code"]])),
                (other["id"].as_i64(), json!([column, 1, other["class"], other["subject"]["code"]])),
            ];
            expected.sort_by_key(|(id, _)| *id);
            let expected: Vec<Value> = expected.into_iter().map(|(_, place)| place).collect();
            assert_eq!(places(&view), expected);
            assert_eq!(view["cells"], 3);
            // The course's own history says how much more an undo of it would change.
            let page = server.get(&format!("/courses/{}/changes", world.course)).bearer(&world.admin).send().await.text();
            assert!(page.contains("（整批 3 个）") || page.contains("(3 scores in all)"), "{page}");
        })
        .await;
    }
}
