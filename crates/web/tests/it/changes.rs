//! The change log: who reads what of it, filters, parts, and the pages with an undo.

use awc::http::Method;
use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::{TestServer, local};
use crate::world::{World, version};

async fn changes(server: &TestServer, token: &str, query: &str) -> Value {
    let path = format!("/api/v1/changes{query}");
    let reply = server.get(&path).bearer(token).send().await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    reply.json()
}

fn items(listing: &Value) -> &Vec<Value> {
    listing["items"].as_array().unwrap()
}

/// Enters values for the first students of a column, and answers the number of the batch.
async fn enter(server: &TestServer, world: &World, column: i64, value: &str, way: &str) -> i64 {
    let book = world.book(server).await;
    let edits: Vec<Value> = world.students[..3]
        .iter()
        .map(|student| {
            json!({"assessment_id": column, "student_id": student,
                "version": version(&book, column, *student),
                "value": value.parse::<i64>().unwrap(), "comment": format!("remark {value}")})
        })
        .collect();
    let body = json!({"edits": edits, "reason": "second marking", "way": way});
    let reply = server
        .patch("/api/v1/scores", &body)
        .bearer(&world.teacher)
        .send()
        .await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.json()["saved"].as_array().unwrap().len(), 3);
    reply.json()["batch_id"].as_i64().unwrap()
}

/// A browser that reads English.
async fn english<'a>(server: &'a TestServer, username: &str) -> Browser<'a> {
    let browser = Browser::signed_in(server, username).await;
    browser.open("/account").await;
    let chosen = browser
        .submit("/language", &[("locale", "en"), ("next", "/")])
        .await;
    assert_eq!(chosen.status, 303);
    browser
}

on_both_databases! {
    async fn a_change_tells_all_of_itself(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            enter(&server, &world, world.draft, "11", "typed").await;
            let batch = enter(&server, &world, world.draft, "12", "paste").await;
            let found = changes(&server, &world.teacher, &format!("?batch_id={batch}")).await;
            assert_eq!(items(&found).len(), 3);
            for change in items(&found) {
                assert_eq!(change["kind"], "score");
                assert_eq!(change["actor"]["id"], world.teacher_id);
                assert_eq!(change["before"], json!({"status": "scored", "value": 11}));
                assert_eq!(change["after"], json!({"status": "scored", "value": 12}));
                assert_eq!(change["comment_before"], "remark 11");
                assert_eq!(change["comment"], "remark 12");
                assert_eq!(change["way"], "paste");
                assert_eq!(change["reason"], "second marking");
                assert_eq!(change["course_id"], world.course);
                assert_eq!(change["batch_id"], batch);
                assert!(!change["assessment"].as_str().unwrap().is_empty());
                assert!(!change["student"]["name"].as_str().unwrap().is_empty());
            }
            let path = format!(
                "/api/v1/assessments/{}/students/{}/history", world.draft, world.students[0]
            );
            let history = server.get(&path).bearer(&world.teacher).send().await.json();
            let newest = &history["items"][0];
            assert_eq!(newest["batch_size"], 3);
            assert_eq!(newest["way"], "paste");
            assert_eq!(newest["comment_before"], "remark 11");
            // The way is one of those that are known.
            let body = json!({"edits": [], "way": "teleport"});
            let refused = server.patch("/api/v1/scores", &body).bearer(&world.teacher).send().await;
            assert_eq!(refused.status, 422);
            assert_eq!(refused.json()["errors"][0]["pointer"], "/way");
        })
        .await;
    }

    async fn a_batch_tells_what_an_undo_would_do(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let batch = enter(&server, &world, world.published, "33", "paste").await;
            let student = world.students[1];
            let book = world.book(&server).await;
            let body = json!({"reason": "checked again", "edits": [
                {"assessment_id": world.published, "student_id": student,
                    "version": version(&book, world.published, student), "value": 34},
            ]});
            let changed = server.patch("/api/v1/scores", &body).bearer(&world.admin).send().await;
            assert_eq!(changed.status, 200);
            let path = format!("/api/v1/batches/{batch}");
            let found = server.get(&path).bearer(&world.teacher).send().await.json();
            assert_eq!(found["cells"], 3);
            assert_eq!(found["way"], "paste");
            assert_eq!(found["assessments"][0]["id"], world.published);
            assert_eq!(found["undo"]["restorable"], 2);
            assert_eq!(found["undo"]["needing_reason"], 2);
            assert_eq!(found["undo"]["skipped"][0]["student_id"], student);
            assert_eq!(found["undo"]["skipped"][0]["current"]["value"], 34);
            let untouched = world.book(&server).await;
            assert_eq!(version(&untouched, world.published, world.students[0]),
                version(&book, world.published, world.students[0]), "looking changes nothing");
        })
        .await;
    }

    async fn filters_and_parts(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let student = world.students[0];
            for value in ["1", "2", "3"] {
                enter(&server, &world, world.draft, value, "typed").await;
            }
            let of_cell = format!("?assessment_id={}&student_id={student}&kind=score", world.draft);
            let all = changes(&server, &world.admin, &of_cell).await;
            let values: Vec<&Value> = items(&all).iter().map(|one| &one["after"]["value"]).collect();
            assert_eq!(values[..3], [&json!(3), &json!(2), &json!(1)]);
            // Part by part it is the same list.
            let mut parts = Vec::new();
            let mut cursor = String::new();
            loop {
                let part = changes(&server, &world.admin, &format!("{of_cell}&limit=1{cursor}")).await;
                parts.extend(items(&part).clone());
                match part["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(&parts, items(&all));
            let times = items(&all);
            let at = times[0]["at"].as_str().unwrap();
            let none = changes(&server, &world.admin, &format!("{of_cell}&until=2020-01-01")).await;
            assert_eq!(items(&none).len(), 0);
            let since = changes(&server, &world.admin, &format!("{of_cell}&since={at}")).await;
            assert_eq!(since["items"][0], all["items"][0]);
            let actor = changes(&server, &world.admin, &format!("?actor_id={}&limit=200", world.teacher_id)).await;
            assert!(items(&actor).iter().all(|one| one["actor"]["id"] == world.teacher_id));
            // What was added and is gone has its name still.
            let path = format!("/api/v1/courses/{}/categories", world.course);
            let added = server.post(&path).bearer(&world.teacher).json(&json!({"name": "Dictations", "weight": 0})).send().await;
            assert_eq!(added.status, 201, "{}", added.text());
            let gone = format!("/api/v1/categories/{}", added.json()["id"]);
            assert_eq!(server.request(Method::DELETE, &gone).bearer(&world.teacher).send().await.status, 204);
            for kind in ["category_created", "category_deleted"] {
                let found = changes(&server, &world.admin, &format!("?course_id={}&kind={kind}&limit=1", world.course)).await;
                assert_eq!(found["items"][0]["name"], "Dictations", "{found}");
            }
            let term = changes(&server, &world.admin, "?kind=term_created&limit=1").await;
            assert!(term["items"][0]["name"].is_string(), "{term}");
            let accounts = changes(&server, &world.admin, &format!("?student_id={student}&kind=user_created")).await;
            assert_eq!(accounts["items"][0]["user"]["id"], student);
            for wrong in ["?kind=magic", "?since=yesterday", "?until=2026-13-01", "?cursor=x", "?limit=0", "?who=1"] {
                let path = format!("/api/v1/changes{wrong}");
                let refused = server.get(&path).bearer(&world.admin).send().await;
                assert!((400..=422).contains(&refused.status.as_u16()), "{wrong}: {}", refused.status);
            }
        })
        .await;
    }

    async fn teachers_read_their_own_courses_only(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let batch = enter(&server, &world, world.draft, "77", "paste").await;
            let own = changes(&server, &world.teacher, "?limit=200").await;
            assert!(items(&own).iter().any(|one| one["batch_id"] == batch));
            assert!(items(&own).iter().all(|one| one["course_id"].is_i64()), "nothing of the school");
            let courses = server.get("/api/v1/courses?limit=200").bearer(&world.other_teacher).send().await.json();
            let taught: Vec<&Value> = courses["items"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
            let other = changes(&server, &world.other_teacher, "?limit=200").await;
            assert!(!items(&other).is_empty());
            assert!(items(&other).iter().all(|one| taught.contains(&&one["course_id"])));
            for query in [format!("?course_id={}", world.course), format!("?batch_id={batch}"),
                format!("?student_id={}&assessment_id={}", world.students[0], world.draft)] {
                let hidden = changes(&server, &world.other_teacher, &query).await;
                assert_eq!(items(&hidden).len(), 0, "{query}");
            }
        })
        .await;
    }

    async fn a_student_reads_what_changed_of_their_own_published_scores(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let before = changes(&server, &world.student, "").await;
            assert_eq!(items(&before).len(), 0, "publishing is no change of a score");
            let own = world.student_id;
            let enter_own = async |value: i64, column: i64| {
                let book = world.book(&server).await;
                let body = json!({"reason": "a secret about somebody else", "edits": [
                    {"assessment_id": column, "student_id": own,
                        "version": version(&book, column, own), "value": value}]});
                let reply = server.patch("/api/v1/scores", &body).bearer(&world.teacher).send().await;
                assert_eq!(reply.json()["saved"].as_array().unwrap().len(), 1, "{}", reply.text());
            };
            enter_own(41, world.draft).await;
            enter_own(42, world.published).await;
            enter_own(43, world.published).await;
            let seen = changes(&server, &world.student, "").await;
            assert_eq!(items(&seen).len(), 2, "{seen}");
            assert_eq!(seen["items"][0]["before"]["value"], 42);
            assert_eq!(seen["items"][0]["after"]["value"], 43);
            assert_eq!(seen["items"][0]["assessment_id"], world.published);
            for hidden in ["actor", "reason", "batch_id", "comment", "source"] {
                assert_eq!(seen["items"][0][hidden], Value::Null, "{hidden}");
            }
            // What was typed before it is published stays hidden.
            let publish = format!("/api/v1/assessments/{}/publish", world.draft);
            assert_eq!(server.post(&publish).bearer(&world.teacher).send().await.status, 200);
            assert_eq!(changes(&server, &world.student, "").await, seen);
            // What is taken back is gone; what was changed meanwhile is told when it is published again.
            let of = |what: &str| format!("/api/v1/assessments/{}/{what}", world.published);
            let reason = json!({"reason": "the key was wrong"});
            let back = server.post(&of("unpublish")).bearer(&world.teacher).json(&reason).send().await;
            assert_eq!(back.status, 200);
            assert_eq!(items(&changes(&server, &world.student, "").await).len(), 0);
            enter_own(5, world.published).await;
            enter_own(50, world.published).await;
            assert_eq!(server.post(&of("publish")).bearer(&world.teacher).send().await.status, 200);
            let again = changes(&server, &world.student, "?limit=2").await;
            assert_eq!(again["items"][0]["before"]["value"], 43);
            assert_eq!(again["items"][0]["after"]["value"], 50);
            let older = format!("?limit=2&cursor={}", again["next_cursor"].as_str().unwrap());
            let older = changes(&server, &world.student, &older).await;
            assert_eq!(older["items"][0]["after"]["value"], 42);
            assert_eq!(older["next_cursor"], Value::Null);
        })
        .await;
    }

    async fn pages_list_and_undo_without_script(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let book = world.book(&server).await;
            let batch = enter(&server, &world, world.published, "13", "paste").await;
            let demo = gradebook_app::demo::demo_accounts();
            let teacher = demo.teachers.iter().find(|one| one.what.starts_with("数学")).unwrap();
            let browser = english(&server, &teacher.username).await;
            let list = browser.open(&format!("/courses/{}/changes", world.course)).await;
            assert_eq!(list.status, 200);
            assert!(list.text().contains("Pasted 3 scores"), "{}", list.text());
            let page = format!("/batches/{batch}");
            assert!(list.text().contains(&format!("href=\"{page}\"")));
            let shown = browser.open(&page).await.text();
            assert!(shown.contains("Undo 3 scores"), "{shown}");
            assert!(shown.contains("name=\"reason\""));
            let undo = format!("{page}/undo");
            // Without a reason nothing happens, and what was typed stays.
            for (reason, says) in [("  ", "say why they change"), (&"x".repeat(1001), "at most 1,000")] {
                let refused = browser.submit(&undo, &[("reason", reason)]).await;
                assert_eq!(refused.status, 422);
                assert!(refused.text().contains(says), "{}", refused.text());
            }
            assert_eq!(version(&world.book(&server).await, world.published, world.students[0]),
                version(&book, world.published, world.students[0]) + 1);
            let done = browser.submit(&undo, &[("reason", "the wrong column")]).await;
            assert_eq!(done.status, 200, "{}", done.text());
            assert!(done.text().contains("3 scores are as they were before"), "{}", done.text());
            let after = world.book(&server).await;
            for student in &world.students[..3] {
                let value = |book: &Value| crate::world::cell(book, world.published, *student).unwrap()["value"].clone();
                assert_eq!(value(&after), value(&book));
            }
            let list = browser.open(&format!("/courses/{}/changes", world.course)).await;
            assert!(list.text().contains("Undid a batch: 3 scores"));
            let again = browser.submit(&undo, &[("reason", "once more")]).await;
            assert!(again.text().contains("Nothing was changed"), "{}", again.text());
            assert!(again.text().contains("As it was before already"));
            // The form of another site does nothing.
            assert_eq!(server.post(&undo).bearer(&world.teacher).form(&[("reason", "x")]).send().await.status, 403);
        })
        .await;
    }

    async fn the_school_is_searched_in_words(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            enter(&server, &world, world.draft, "13", "fill").await;
            let demo = gradebook_app::demo::demo_accounts();
            let teacher = demo.teachers.iter().find(|one| one.what.starts_with("数学")).unwrap();
            let browser = english(&server, &demo.admin.username).await;
            let all = browser.open("/admin/changes").await.text();
            assert!(all.contains("Filled 3 scores"), "{all}");
            let by = browser.open(&format!("/admin/changes?actor={}&kind=score&course={}", teacher.username, world.course)).await.text();
            assert!(by.contains("Filled 3 scores"));
            assert!(by.contains("selected>Score changed"));
            let nobody = browser.open("/admin/changes?actor=no.such.person&since=2026-02-30").await;
            assert_eq!(nobody.status, 422);
            assert!(nobody.text().contains("There is no account with this username"));
            assert!(nobody.text().contains("This is not a date"));
            assert!(nobody.text().contains("value=\"no.such.person\""), "what was typed stays");
            let nothing = browser.open("/admin/changes?until=2020-01-01").await.text();
            assert!(nothing.contains("Nothing matches this search"));
        })
        .await;
    }
}
