//! Changing scores that cannot simply be entered, and students' requests for a review.

use std::time::Duration;

use futures_util::StreamExt;
use gradebook_app::demo::demo_accounts;
use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::browser::Browser;
use crate::harness::{Reply, TestServer, local};
use crate::world::{World, cell, find, version};

async fn post(server: &TestServer, token: &str, path: &str, body: Value) -> Reply {
    let request = server.post(path).bearer(token);
    request.json(&body).send().await
}

async fn make(server: &TestServer, token: &str, body: Value) -> Reply {
    post(server, token, "/api/v1/amendments", body).await
}

/// Makes one that must be made, and returns its id.
async fn made(server: &TestServer, token: &str, body: Value) -> i64 {
    let reply = make(server, token, body).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let id = reply.json()["id"].as_i64().unwrap();
    assert_eq!(reply.header("location"), format!("/api/v1/amendments/{id}"));
    id
}

async fn step(server: &TestServer, token: &str, id: i64, step: &str, body: Value) -> Reply {
    post(
        server,
        token,
        &format!("/api/v1/amendments/{id}/{step}"),
        body,
    )
    .await
}

async fn show(server: &TestServer, token: &str, id: i64) -> Reply {
    let path = format!("/api/v1/amendments/{id}");
    server.get(&path).bearer(token).send().await
}

async fn list(server: &TestServer, token: &str, query: &str) -> Vec<Value> {
    let path = format!("/api/v1/amendments{query}");
    let reply = server.get(&path).bearer(token).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["items"].as_array().unwrap().clone()
}

async fn state(server: &TestServer, world: &World, what: &str) {
    let path = format!("/api/v1/assessments/{}/{what}", world.published);
    let reply = post(
        server,
        &world.admin,
        &path,
        json!({"reason": "for the test"}),
    )
    .await;
    assert_eq!(reply.status, 200, "{}", reply.text());
}

/// A proposal for the student's published score.
fn proposal(world: &World, value: Value) -> Value {
    json!({"assessment_id": world.published, "student_id": world.student_id,
        "proposed": {"value": value}, "reason": "page 3 was not counted"})
}

fn request(world: &World) -> Value {
    json!({"assessment_id": world.published, "reason": "question 7 is right"})
}

async fn mine(server: &TestServer, world: &World) -> Value {
    let grades = server
        .get("/api/v1/me/grades")
        .bearer(&world.student)
        .send()
        .await;
    let courses = grades.json()["courses"].clone();
    let all: Vec<Value> = courses
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|course| course["assessments"].as_array().unwrap().clone())
        .collect();
    find(&Value::from(all), |one| one["id"] == world.published)
}

/// Every number in an answer. (A search of its text would find 12.5 in a time of day like 10:00:12.512, too.)
fn numbers(answer: &Value) -> Vec<f64> {
    match answer {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        Value::Object(fields) => fields.values().flat_map(numbers).collect(),
        other => other.as_f64().into_iter().collect(),
    }
}

on_both_databases! {
    async fn a_locked_score_changes_by_proposal_and_approval_only(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let teacher = world.teacher.as_str();
            let open = make(&server, teacher, proposal(&world, json!(61.5))).await;
            assert_eq!((open.status.as_u16(), open.code().as_str()), (409, "not_locked"));
            state(&server, &world, "lock").await;
            let before = cell(&world.book(&server).await, world.published, world.student_id).unwrap();

            for (body, pointer, code) in [
                (proposal(&world, json!(100.5)), "/proposed", "above_maximum"),
                (proposal(&world, json!(1.23456)), "/proposed", "too_many_decimals"),
                (proposal(&world, json!("61")), "/proposed", "not_a_number"),
                (proposal(&world, before["value"].clone()), "/proposed", "unchanged"),
                (json!({"assessment_id": world.published, "student_id": world.student_id, "reason": "why"}), "/proposed", "proposal_required"),
                (json!({"assessment_id": world.published, "student_id": world.student_id, "proposed": {"value": 1}}), "/reason", "reason_required"),
                (json!({"assessment_id": world.published, "student_id": 1, "proposed": {"value": 1}, "reason": "why"}), "/proposed", "not_enrolled"),
            ] {
                let reply = make(&server, teacher, body.clone()).await;
                assert_eq!(reply.status, 422, "{body}: {}", reply.text());
                let error = reply.json()["errors"][0].clone();
                assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{body}");
            }
            for token in [&world.other_teacher, &world.student] {
                let elsewhere = json!({"assessment_id": world.published, "student_id": world.students[7], "proposed": {"value": 1}, "reason": "why"});
                assert_eq!(make(&server, token, elsewhere).await.status, 404);
            }

            let id = made(&server, teacher, proposal(&world, json!(61.5))).await;
            let twice = make(&server, teacher, proposal(&world, json!(62))).await;
            assert_eq!((twice.status.as_u16(), twice.code().as_str()), (409, "already_open"));
            assert_eq!(twice.json()["amendment_id"], id);
            // Nothing has changed so far, and nobody but the course's teacher and admins know of it.
            assert_eq!(cell(&world.book(&server).await, world.published, world.student_id).unwrap(), before);
            assert_eq!(show(&server, &world.other_teacher, id).await.status, 404);
            assert_eq!(show(&server, &world.student, id).await.status, 404);
            assert!(list(&server, &world.student, "").await.is_empty());
            assert!(list(&server, &world.other_teacher, "").await.is_empty());
            let shown = show(&server, teacher, id).await.json();
            assert_eq!((&shown["state"], &shown["kind"]), (&json!("open"), &json!("change")));
            assert_eq!(shown["from"]["value"], before["value"]);
            assert_eq!(shown["proposed"]["value"], 61.5);
            assert_eq!(world.book(&server).await["amendments"][0]["id"], id);

            for (token, status) in [(teacher, 403), (&world.other_teacher, 404), (&world.student, 404)] {
                assert_eq!(step(&server, token, id, "approve", json!({})).await.status, status);
                assert_eq!(step(&server, token, id, "reject", json!({"note": "no"})).await.status, status);
            }
            let approved = step(&server, &world.admin, id, "approve", json!({"note": "seen"})).await;
            assert_eq!(approved.status, 200, "{}", approved.text());
            assert_eq!(approved.json()["state"], "approved");
            let after = cell(&world.book(&server).await, world.published, world.student_id).unwrap();
            assert_eq!(after["value"], 61.5);
            assert_eq!(after["version"], before["version"].as_i64().unwrap() + 1);
            assert_eq!(after["corrected"], true);
            assert_eq!(world.book(&server).await["amendments"], json!([]));

            let path = format!("/api/v1/assessments/{}/students/{}/history", world.published, world.student_id);
            let newest = server.get(&path).bearer(teacher).send().await.json()["items"][0].clone();
            assert_eq!(newest["after"]["value"], 61.5);
            assert_eq!(newest["reason"], "page 3 was not counted");
            assert_eq!(newest["amendment_id"], id);
            let seen = mine(&server, &world).await;
            assert_eq!((&seen["value"], &seen["corrected"]), (&json!(61.5), &json!(true)));
            assert_eq!(seen["corrected_from"]["value"], before["value"]);

            let again = step(&server, &world.admin, id, "approve", json!({})).await;
            assert_eq!((again.status.as_u16(), again.code().as_str()), (409, "invalid_state"));
            let late = step(&server, &world.admin, id, "reject", json!({"note": "no"})).await;
            assert_eq!(late.code(), "invalid_state");
        })
        .await;
    }

    async fn a_student_asks_and_sees_the_outcome(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            state(&server, &world, "lock").await;
            let student = world.student.as_str();
            for (body, status) in [
                (json!({"assessment_id": world.published, "student_id": world.students[7], "reason": "theirs"}), 404),
                (json!({"assessment_id": world.draft, "reason": "not shown yet"}), 404),
                (json!({"assessment_id": 999_999, "reason": "nothing"}), 404),
                (json!({"assessment_id": world.published}), 422),
                (json!({"assessment_id": world.published, "reason": "more", "proposed": {"value": 100}}), 422),
                (json!({"assessment_id": world.published, "reason": "x".repeat(1_001)}), 422),
            ] {
                assert_eq!(make(&server, student, body.clone()).await.status, status, "{body}");
            }
            let id = made(&server, student, request(&world)).await;
            assert_eq!(make(&server, student, request(&world)).await.code(), "already_open");
            // The same request, made as staff, is none.
            assert_eq!(list(&server, &world.teacher, "?state=open").await[0]["id"], id);
            assert_eq!(list(&server, &world.admin, &format!("?course_id={}", world.course)).await[0]["id"], id);
            assert!(list(&server, &world.other_teacher, "").await.is_empty());
            let neighbour = server.token(&demo_accounts().students[1].username).await;
            assert!(list(&server, &neighbour, "").await.is_empty());
            assert_eq!(show(&server, &neighbour, id).await.status, 404);
            assert_eq!(step(&server, &neighbour, id, "withdraw", json!({})).await.status, 404);

            // There is no score to give yet.
            let early = step(&server, &world.admin, id, "approve", json!({})).await;
            assert_eq!(early.json()["errors"][0]["code"], "proposal_required");
            assert_eq!(step(&server, student, id, "answer", json!({"note": "yes"})).await.status, 403);
            assert_eq!(step(&server, &world.other_teacher, id, "answer", json!({"note": "yes"})).await.status, 404);
            let without = step(&server, &world.teacher, id, "answer", json!({"proposed": {"value": 66}})).await;
            assert_eq!(without.json()["errors"][0]["code"], "note_required");
            let answer = json!({"proposed": {"value": 66}, "note": "seven is right, two points more"});
            let answered = step(&server, &world.teacher, id, "answer", answer).await;
            assert_eq!(answered.json()["state"], "open", "{}", answered.text());
            assert_eq!(answered.json()["answer"]["answer"], "change");

            // What the teacher told the admin is not for the student yet.
            let seen = show(&server, student, id).await.json();
            assert_eq!((&seen["answer"], &seen["proposed"], &seen["state"]), (&Value::Null, &Value::Null, &json!("open")));
            assert!(!seen.to_string().contains("two points more"));

            let approved = step(&server, &world.admin, id, "approve", json!({"note": "Sorry for that."})).await;
            assert_eq!(approved.json()["state"], "approved", "{}", approved.text());
            let seen = show(&server, student, id).await.json();
            assert_eq!((&seen["state"], &seen["note"]), (&json!("approved"), &json!("Sorry for that.")));
            assert_eq!(seen["proposed"]["value"], 66);
            assert_eq!(seen["decided_by"], Value::Null);
            assert_eq!(mine(&server, &world).await["value"], 66);
            // Whoever is answered may ask again.
            let again = made(&server, student, request(&world)).await;
            let rejected = step(&server, &world.admin, again, "reject", json!({})).await;
            assert_eq!(rejected.json()["errors"][0]["code"], "note_required");
            let rejected = step(&server, &world.admin, again, "reject", json!({"note": "Looked at twice."})).await;
            assert_eq!(rejected.json()["state"], "rejected");
            assert_eq!(show(&server, student, again).await.json()["note"], "Looked at twice.");
        })
        .await;
    }

    async fn of_a_published_score_the_teacher_decides(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let student = world.student.as_str();
            let upheld = made(&server, student, request(&world)).await;
            let reply = step(&server, &world.teacher, upheld, "answer", json!({"note": "Checked: it stays."})).await;
            assert_eq!(reply.json()["state"], "upheld", "{}", reply.text());
            assert_eq!(show(&server, student, upheld).await.json()["note"], "Checked: it stays.");

            // By answering with a score.
            let corrected = made(&server, student, request(&world)).await;
            let body = json!({"proposed": {"value": 71.25}, "note": "Added up again."});
            let reply = step(&server, &world.teacher, corrected, "answer", body).await;
            assert_eq!(reply.json()["state"], "corrected", "{}", reply.text());
            let seen = mine(&server, &world).await;
            assert_eq!((&seen["value"], &seen["corrected"]), (&json!(71.25), &json!(true)));

            // By correcting the score as always. A remark alone settles nothing.
            let again = made(&server, student, request(&world)).await;
            let edit = async |what: Value| {
                let seen = version(&world.book(&server).await, world.published, world.student_id);
                let mut cell = json!({"assessment_id": world.published, "student_id": world.student_id, "version": seen});
                cell.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
                let body = json!({"edits": [cell], "reason": "marking error"});
                let reply = server.patch("/api/v1/scores", &body).bearer(&world.teacher).send().await;
                assert_eq!(reply.json()["saved"].as_array().unwrap().len(), 1, "{}", reply.text());
            };
            edit(json!({"comment": "well done"})).await;
            assert_eq!(show(&server, student, again).await.json()["state"], "open");
            edit(json!({"value": 72})).await;
            let settled = show(&server, student, again).await.json();
            assert_eq!((&settled["state"], &settled["proposed"]["value"]), (&json!("corrected"), &json!(72)));
            let late = step(&server, &world.teacher, again, "answer", json!({"note": "late"})).await;
            assert_eq!(late.code(), "invalid_state");
            assert_eq!(mine(&server, &world).await["corrected_from"]["value"], 71.25);
        })
        .await;
    }

    async fn nothing_is_approved_over_a_score_that_changed_since(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            state(&server, &world, "lock").await;
            let id = made(&server, &world.teacher, proposal(&world, json!(61))).await;
            state(&server, &world, "unlock").await;
            let seen = version(&world.book(&server).await, world.published, world.student_id);
            let body = json!({"reason": "meanwhile", "edits": [{"assessment_id": world.published,
                "student_id": world.student_id, "version": seen, "value": 63}]});
            server.patch("/api/v1/scores", &body).bearer(&world.teacher).send().await;
            state(&server, &world, "lock").await;

            let refused = step(&server, &world.admin, id, "approve", json!({})).await;
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "conflict"), "{}", refused.text());
            let current = refused.json()["current"].clone();
            assert_eq!((&current["value"], &current["version"]), (&json!(63), &json!(seen + 1)));
            assert!(current["updated_by"]["name"].is_string());
            assert_eq!(show(&server, &world.admin, id).await.json()["state"], "open");
            let stale = step(&server, &world.admin, id, "approve", json!({"version": seen})).await;
            assert_eq!(stale.code(), "conflict");
            // Who has seen the present score may go on, with another one, too.
            let body = json!({"version": seen + 1, "proposed": {"value": 64}});
            let approved = step(&server, &world.admin, id, "approve", body).await;
            assert_eq!(approved.json()["state"], "approved", "{}", approved.text());
            let now = cell(&world.book(&server).await, world.published, world.student_id).unwrap();
            assert_eq!((&now["value"], &now["version"]), (&json!(64), &json!(seen + 2)));
        })
        .await;
    }

    async fn two_admins_at_once_approve_once(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            state(&server, &world, "lock").await;
            for (round, value) in [(0, 61), (1, 62), (2, 63)] {
                let before = version(&world.book(&server).await, world.published, world.student_id);
                let id = made(&server, &world.teacher, proposal(&world, json!(value))).await;
                let (one, two, three) = tokio::join!(
                    step(&server, &world.admin, id, "approve", json!({})),
                    step(&server, &world.admin, id, "approve", json!({})),
                    step(&server, &world.admin, id, "reject", json!({"note": "no"})),
                );
                let mut statuses = [one.status.as_u16(), two.status.as_u16(), three.status.as_u16()];
                statuses.sort_unstable();
                assert_eq!(statuses, [200, 409, 409], "round {round}");
                let now = cell(&world.book(&server).await, world.published, world.student_id).unwrap();
                let written = i64::from(three.status != 200);
                assert_eq!(now["version"], before + written);
                assert_eq!(now["value"] == value, written == 1);
            }
        })
        .await;
    }

    async fn one_request_a_cell_however_many_are_sent_at_once(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let ask = || make(&server, &world.student, request(&world));
            let (one, two, three, four) = tokio::join!(ask(), ask(), ask(), ask());
            let mut statuses = [one, two, three, four].map(|reply| reply.status.as_u16());
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 409, 409, 409]);
            assert_eq!(list(&server, &world.student, "").await.len(), 1);
        })
        .await;
    }

    async fn a_closed_term_changes_by_amendments_only(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let term = world.book(&server).await["term"]["id"].as_i64().unwrap();
            let closed = server.post(&format!("/api/v1/terms/{term}/close")).bearer(&world.admin).send().await;
            assert_eq!(closed.status, 200, "{}", closed.text());
            let seen = version(&world.book(&server).await, world.published, world.student_id);
            let body = json!({"reason": "late", "edits": [{"assessment_id": world.published,
                "student_id": world.student_id, "version": seen, "value": 63}]});
            let refused = server.patch("/api/v1/scores", &body).bearer(&world.admin).send().await;
            assert_eq!(refused.json()["rejected"].as_array().unwrap().len(), 1, "{}", refused.text());

            let asked = made(&server, &world.student, request(&world)).await;
            let answered = step(&server, &world.teacher, asked, "answer", json!({"note": "right", "proposed": {"value": 63}})).await;
            assert_eq!(answered.json()["state"], "open", "{}", answered.text());
            let proposed = made(&server, &world.teacher, proposal(&world, json!(64))).await;
            let approved = step(&server, &world.admin, proposed, "approve", json!({})).await;
            assert_eq!(approved.json()["state"], "approved", "{}", approved.text());
            // What was asked for has happened in another way.
            assert_eq!(show(&server, &world.student, asked).await.json()["state"], "corrected");
            assert_eq!(mine(&server, &world).await["value"], 64);
        })
        .await;
    }

    async fn only_its_maker_takes_one_back(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let asked = made(&server, &world.student, request(&world)).await;
            for token in [&world.teacher, &world.admin] {
                assert_eq!(step(&server, token, asked, "withdraw", json!({})).await.status, 403);
            }
            let withdrawn = step(&server, &world.student, asked, "withdraw", json!({})).await;
            assert_eq!(withdrawn.json()["state"], "withdrawn", "{}", withdrawn.text());
            assert_eq!(step(&server, &world.student, asked, "withdraw", json!({})).await.code(), "invalid_state");
            state(&server, &world, "lock").await;
            let proposed = made(&server, &world.teacher, proposal(&world, json!(61))).await;
            assert_eq!(step(&server, &world.admin, proposed, "withdraw", json!({})).await.status, 403);
            assert_eq!(step(&server, &world.teacher, proposed, "withdraw", json!({})).await.status, 200);
        })
        .await;
    }

    async fn what_is_taken_back_is_out_of_sight(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let id = made(&server, &world.student, request(&world)).await;
            state(&server, &world, "unpublish").await;
            assert_eq!(show(&server, &world.student, id).await.status, 404);
            assert!(list(&server, &world.student, "").await.is_empty());
            assert_eq!(step(&server, &world.student, id, "withdraw", json!({})).await.status, 404);
            // Neither is it settled meanwhile: what the student would be told is nothing they may see.
            for (token, what) in [(&world.teacher, "answer"), (&world.admin, "approve")] {
                let early = step(&server, token, id, what, json!({"note": "seen", "proposed": {"value": 12}})).await;
                assert_eq!((early.status.as_u16(), early.code().as_str()), (409, "not_published"), "{what}");
            }
            // What is entered while nobody sees it replaces nothing that was seen.
            let seen = version(&world.book(&server).await, world.published, world.student_id);
            for (step, value) in [(0, json!(12.5)), (1, json!(90))] {
                let body = json!({"edits": [{"assessment_id": world.published, "student_id": world.student_id, "version": seen + step, "value": value}]});
                let reply = server.patch("/api/v1/scores", &body).bearer(&world.teacher).send().await;
                assert_eq!(reply.json()["saved"].as_array().unwrap().len(), 1, "{}", reply.text());
            }
            state(&server, &world, "publish").await;
            let seen = mine(&server, &world).await;
            assert_eq!(seen["value"], 90);
            assert_eq!(seen["corrected_from"]["value"], 65.5);
            assert!(numbers(&seen).contains(&90.0), "{seen}");
            assert!(!numbers(&seen).contains(&12.5), "{seen}");
            let settled = show(&server, &world.student, id).await.json();
            assert_eq!((&settled["state"], &settled["proposed"]["value"]), (&json!("corrected"), &json!(90)));
            let page = Browser::signed_in(&server, &demo_accounts().students[0].username).await;
            let page = page.open(&format!("/me/courses/{}", world.course)).await.text();
            assert!(page.contains("90"), "{page}");
            let grade = page.split(&format!("id=\"score-{}\"", world.published)).nth(1).unwrap();
            let grade = &grade[..grade.find("</li>").unwrap()];
            assert!(!grade.contains("12.5"), "{grade}");
        })
        .await;
    }

    async fn a_request_about_a_score_that_is_published_again_as_it_was_stays_open(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let before = cell(&world.book(&server).await, world.published, world.student_id).unwrap();
            let id = made(&server, &world.student, request(&world)).await;
            state(&server, &world, "unpublish").await;
            for (step, value) in [(0, json!(12)), (1, before["value"].clone())] {
                let seen = before["version"].as_i64().unwrap() + step;
                let body = json!({"edits": [{"assessment_id": world.published, "student_id": world.student_id, "version": seen, "value": value}]});
                let reply = server.patch("/api/v1/scores", &body).bearer(&world.teacher).send().await;
                assert_eq!(reply.json()["saved"].as_array().unwrap().len(), 1, "{}", reply.text());
            }
            state(&server, &world, "publish").await;
            let seen = show(&server, &world.student, id).await.json();
            assert_eq!((&seen["state"], &seen["proposed"]), (&json!("open"), &Value::Null));
        })
        .await;
    }

    async fn what_is_open_ends_with_its_assessment(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let asked = made(&server, &world.student, request(&world)).await;
            state(&server, &world, "lock").await;
            let proposed = made(&server, &world.teacher, proposal(&world, json!(61))).await;
            for what in ["unlock", "unpublish"] {
                state(&server, &world, what).await;
            }
            let book = world.book(&server).await;
            let title = find(&book["assessments"], |one| one["id"] == world.published)["title"].clone();
            let title: String = url::form_urlencoded::byte_serialize(title.as_str().unwrap().as_bytes()).collect();
            let path = format!("/api/v1/assessments/{}?confirm={title}", world.published);
            let gone = server.request(awc::http::Method::DELETE, &path).bearer(&world.teacher).send().await;
            assert!(gone.status.is_success(), "{}", gone.text());
            assert_eq!(world.book(&server).await["amendments"], json!([]));
            let log = server.get("/api/v1/changes?limit=200").bearer(&world.admin).send().await.json();
            let ended = log["items"].as_array().unwrap().iter().filter(|row| {
                row["kind"] == "amendment_withdrawn" && row["assessment_id"] == world.published && row["student"]["id"] == world.student_id
            });
            assert_eq!(ended.count(), 2, "{log}");
            for (token, id) in [(&world.student, asked), (&world.teacher, proposed)] {
                assert_eq!(show(&server, token, id).await.status, 404);
            }
            let waiting = server.app.amendments_waiting(&gradebook_auth::Actor::operator()).await.unwrap();
            assert_eq!(waiting, 0);
        })
        .await;
    }

    async fn who_asks_learns_neither_who_changed_the_score_nor_when_nor_how_often(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let mut body = request(&world);
            body["version"] = json!(999_999);
            let refused = make(&server, &world.student, body).await;
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "conflict"));
            let now = mine(&server, &world).await;
            assert_eq!(refused.json()["current"], json!({"status": now["status"], "value": now["value"]}));
            for told in ["updated", "\"version\"", "comment"] {
                assert!(!refused.text().contains(told), "{told}: {}", refused.text());
            }
            let id = made(&server, &world.student, request(&world)).await;
            let seen = show(&server, &world.student, id).await.json();
            assert_eq!((&seen["version"], &seen["current"]["version"]), (&Value::Null, &Value::Null));
            assert!(show(&server, &world.teacher, id).await.json()["version"].is_i64());
        })
        .await;
    }

    async fn asking_and_taking_back_comes_to_an_end(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            for _ in 0..3 {
                let id = made(&server, &world.student, request(&world)).await;
                assert_eq!(step(&server, &world.student, id, "withdraw", json!({})).await.status, 200);
            }
            let refused = make(&server, &world.student, request(&world)).await;
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "asked_too_often"));
            let browser = Browser::signed_in(&server, &demo_accounts().students[0].username).await;
            let path = format!("/me/assessments/{}/review", world.published);
            browser.open(&path).await;
            let page = browser.submit(&path, &[("reason", "again")]).await;
            assert_eq!(page.status, 409);
            assert!(page.text().contains("again"), "what was typed stays: {}", page.text());
            // Another score is another matter, for twenty requests within a day.
            let mut last = String::new();
            let mut asked = 3;
            while last.is_empty() {
                let seen = version(&world.book(&server).await, world.published, world.student_id);
                let body = json!({"reason": "marking error", "edits": [{"assessment_id": world.published,
                    "student_id": world.student_id, "version": seen, "value": 20 + asked}]});
                server.patch("/api/v1/scores", &body).bearer(&world.teacher).send().await;
                for _ in 0..3 {
                    let reply = make(&server, &world.student, request(&world)).await;
                    if reply.status != 201 {
                        last = reply.code();
                        break;
                    }
                    asked += 1;
                    let id = reply.json()["id"].as_i64().unwrap();
                    step(&server, &world.student, id, "withdraw", json!({})).await;
                }
            }
            assert_eq!((asked, last.as_str()), (20, "too_many_today"));
            // Nobody has to look through what was taken back.
            let staff = Browser::signed_in(&server, &demo_accounts().admin.username).await;
            let page = staff.open("/reviews").await.text();
            assert!(!page.contains("/reviews/1\""), "{page}");
            assert_eq!(list(&server, &world.admin, "?state=withdrawn").await.len(), 20);
        })
        .await;
    }

    async fn those_concerned_are_told_with_ids_only(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            state(&server, &world, "lock").await;
            let mut student = server.get("/api/v1/events").bearer(&world.student).stream().await;
            let mut teacher = server.get("/api/v1/events").bearer(&world.teacher).stream().await;
            let mut other = server.get("/api/v1/events").bearer(&world.other_teacher).stream().await;
            let neighbour = server.token(&demo_accounts().students[1].username).await;
            let mut beside = server.get("/api/v1/events").bearer(&neighbour).stream().await;
            // A proposal is for the teacher; a request and what becomes of it for the student, too.
            let proposed = made(&server, &world.teacher, proposal(&world, json!(61))).await;
            let asked = made(&server, &world.student, request(&world)).await;
            step(&server, &world.teacher, asked, "answer", json!({"note": "hush", "proposed": {"value": 62}})).await;
            step(&server, &world.admin, asked, "approve", json!({"note": "hush"})).await;
            let wanted = format!("\"amendment_id\":{asked}");
            let read = async |stream: &mut (dyn futures_util::Stream<Item = Result<bytes::Bytes, awc::error::PayloadError>> + Unpin), times: usize| {
                let mut read = String::new();
                let _ = timeout(Duration::from_secs(if times > 0 { 10 } else { 1 }), async {
                    while let Some(chunk) = stream.next().await {
                        read.push_str(&String::from_utf8_lossy(&chunk.unwrap()));
                        if times > 0 && read.matches(&wanted).count() >= times {
                            break;
                        }
                    }
                })
                .await;
                read
            };
            // A proposal that comes to nothing stays between its maker and the admins.
            step(&server, &world.teacher, proposed, "withdraw", json!({})).await;
            let rejected = made(&server, &world.teacher, proposal(&world, json!(65))).await;
            step(&server, &world.admin, rejected, "reject", json!({"note": "hush"})).await;
            // Asked, answered, approved, and the score itself.
            let told = read(&mut student, 4).await;
            assert_eq!(told.matches("event: amendment\n").count(), 3, "{told}");
            for hidden in [proposed, rejected] {
                assert!(!told.contains(&format!("\"amendment_id\":{hidden}")), "{told}");
            }
            let told = format!("{told}{}", read(&mut student, 0).await);
            assert_eq!(told.matches("event: amendment\n").count(), 3, "{told}");
            let told = read(&mut teacher, 4).await;
            assert_eq!(told.matches("event: amendment\n").count(), 4, "{told}");
            for secret in ["hush", "61", "question", "value"] {
                assert!(!told.contains(&format!("\"{secret}")), "{secret} in {told}");
            }
            for stream in [&mut other, &mut beside] {
                let told = read(stream, 0).await;
                assert!(!told.contains("event: amendment"), "{told}");
            }
        })
        .await;
    }
}
