//! What a teacher of several courses does once: an assessment in each, one grading scheme for all.

use awc::http::StatusCode;
use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::{Reply, TestServer, local};
use crate::world::{World, find};

async fn post(server: &TestServer, token: &str, path: &str, body: Value) -> Reply {
    server.post(path).bearer(token).json(&body).send().await
}

async fn created(server: &TestServer, token: &str, path: &str, body: Value) -> Value {
    let reply = post(server, token, path, body).await;
    assert!(reply.status.is_success(), "{path}: {}", reply.text());
    reply.json()
}

async fn book(server: &TestServer, course: i64, token: &str) -> Value {
    let path = format!("/api/v1/courses/{course}/gradebook");
    server.get(&path).bearer(token).send().await.json()
}

/// Names and weights of a course's categories, in their order.
fn categories(book: &Value) -> Vec<(String, String)> {
    let categories = book["categories"].as_array().unwrap().iter();
    let text = |one: &Value| {
        (
            one["name"].as_str().unwrap().to_owned(),
            one["weight"].to_string(),
        )
    };
    categories.map(text).collect()
}

fn titles(book: &Value) -> Vec<String> {
    let columns = book["assessments"].as_array().unwrap().iter();
    columns
        .map(|one| one["title"].as_str().unwrap().to_owned())
        .collect()
}

/// The id of a category by its name.
fn category(book: &Value, name: &str) -> i64 {
    find(&book["categories"], |one| one["name"] == name)["id"]
        .as_i64()
        .unwrap()
}

/// A course of the same term and subject in another class, which the teacher has, too.
async fn sibling(server: &TestServer, world: &World) -> i64 {
    let own = server
        .get(&format!("/api/v1/courses/{}", world.course))
        .bearer(&world.admin)
        .send()
        .await
        .json();
    let all = server
        .get("/api/v1/courses?limit=200")
        .bearer(&world.admin)
        .send()
        .await
        .json();
    let other = find(&all["items"], |one| {
        one["id"] != own["id"] && one["subject"] == own["subject"] && one["term"] == own["term"]
    });
    let id = other["id"].as_i64().unwrap();
    let given = json!({"teacher_ids": [world.teacher_id]});
    let reply = server
        .patch(&format!("/api/v1/courses/{id}"), &given)
        .bearer(&world.admin)
        .send()
        .await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    id
}

on_both_databases! {
    async fn one_assessment_is_added_to_several_courses_or_to_none(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let other = sibling(&server, &world).await;
            let path = format!("/api/v1/courses/{}/assessments", world.course);
            let new = json!({"title": "Unit 5", "max_score": 20, "date": "2026-11-20", "also_in": [other]});
            let added = created(&server, &world.teacher, &path, new).await;
            assert_eq!(added["course_id"], world.course);
            assert_eq!(added["also"][0]["course_id"], other);
            for course in [world.course, other] {
                let book = book(&server, course, &world.teacher).await;
                let column = find(&book["assessments"], |one| one["title"] == "Unit 5");
                assert_eq!((&column["state"], &column["max_score"]), (&json!("draft"), &json!(20)));
                assert!(book["categories"].as_array().unwrap().iter().any(|one| one["id"] == column["category_id"]));
                let log = format!("/api/v1/changes?course_id={course}&kind=assessment_created&assessment_id={}", column["id"]);
                let log = server.get(&log).bearer(&world.teacher).send().await.json();
                assert_eq!(log["items"].as_array().unwrap().len(), 1, "{log}");
            }
            // In a category that the other course does not have it is added nowhere, and which course is said.
            let extra = json!({"name": "Reading", "weight": 10});
            let extra = created(&server, &world.teacher, &format!("/api/v1/courses/{}/categories", world.course), extra).await;
            let new = json!({"title": "Book", "max_score": 5, "category_id": extra["id"], "also_in": [other]});
            let refused = post(&server, &world.teacher, &path, new).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            let problem = refused.json();
            assert_eq!(problem["errors"][0]["pointer"], "/also_in", "{problem}");
            assert_eq!((&problem["category"], &problem["courses"]), (&json!("Reading"), &json!([other])));
            // A course that is not theirs is no course to them; none is named twice.
            let foreign = server.get("/api/v1/courses?limit=200").bearer(&world.other_teacher).send().await.json();
            let foreign = foreign["items"][0]["id"].as_i64().unwrap();
            for (also, status) in [(vec![foreign], 404), (vec![other, other], 422), (vec![world.course], 422), (vec![999_999], 404)] {
                let new = json!({"title": "Nowhere", "max_score": 5, "also_in": also});
                assert_eq!(post(&server, &world.teacher, &path, new).await.status, status, "{also:?}");
            }
            for course in [world.course, other] {
                let titles = titles(&book(&server, course, &world.teacher).await);
                assert!(!titles.contains(&"Book".to_owned()) && !titles.contains(&"Nowhere".to_owned()), "{titles:?}");
            }
        })
        .await;
    }

    async fn the_page_adds_it_to_the_other_courses_and_goes_on_to_entering(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let other = sibling(&server, &world).await;
            let teacher = Browser::signed_in(&server, &world.teacher_name).await;
            let path = format!("/courses/{}/settings", world.course);
            let page = teacher.open(&format!("{path}?open=assessment")).await.text();
            assert!(page.contains(&format!("name=\"also\" value=\"{other}\"")), "{page}");
            let (category, other) = (world.category.to_string(), other.to_string());
            let fields = [("open", "assessment"), ("title", "Unit 6"), ("category", &category), ("date", "2026-11-20"), ("max_score", "20"), ("also", &other)];
            let saved = teacher.submit(&path, &fields).await;
            assert_eq!(saved.header("location"), format!("{path}?done=assessments-added&many=2"));
            let mut fields = fields.to_vec();
            fields[1].1 = "Unit 7";
            fields.push(("then", "enter"));
            teacher.open(&path).await;
            let saved = teacher.submit(&path, &fields).await;
            let entry = saved.header("location").to_owned();
            assert!(entry.starts_with("/assessments/") && entry.ends_with("/entry"), "{entry}");
            assert!(teacher.open(&entry).await.text().contains("Unit 7"));
            // What was ticked stays ticked beside what is wrong.
            fields[1].1 = "";
            teacher.open(&path).await;
            let refused = teacher.submit(&path, &fields).await;
            assert_eq!(refused.status, 422);
            assert!(refused.text().contains(&format!("value=\"{other}\" checked")), "{}", refused.text());
        })
        .await;
    }

    /// A scheme is made once; where students have seen grades it needs a reason, and nothing is lost.
    async fn a_scheme_is_copied_to_other_courses_after_a_look(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let other = sibling(&server, &world).await;
            let own = format!("/api/v1/courses/{}", world.course);
            let token = &world.teacher;
            let reason = json!({"weight": 70, "reason": "as agreed"});
            let reply = server.patch(&format!("/api/v1/categories/{}", world.category), &reason).bearer(token).send().await;
            assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
            created(&server, token, &format!("{own}/categories"), json!({"name": "Homework", "weight": 30, "aggregation": "mean", "drop_lowest": 1})).await;
            let policy = json!({"policy": {"absent": "left_out", "letters": [{"letter": "P", "from": 60}, {"letter": "F", "from": 0}]}, "reason": "as agreed"});
            let reply = server.patch(&own, &policy).bearer(token).send().await;
            assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
            // The other course has a category of its own, with an assessment in it.
            let lone = created(&server, token, &format!("/api/v1/courses/{other}/categories"), json!({"name": "Projects", "weight": 50})).await;
            let project = json!({"title": "Bridge", "max_score": 10, "category_id": lone["id"]});
            created(&server, token, &format!("/api/v1/courses/{other}/assessments"), project).await;
            created(&server, token, &format!("/api/v1/courses/{other}/categories"), json!({"name": "Empty", "weight": 5})).await;

            let copy = format!("{own}/scheme/copy");
            let before = book(&server, other, token).await;
            let looked = created(&server, token, &copy, json!({"to": [other], "dry_run": true})).await;
            let found = &looked["courses"][0];
            assert_eq!(found["added"], json!(["Homework"]), "{found}");
            assert_eq!(found["removed"], json!(["Empty"]));
            assert_eq!(found["kept"], json!(["Projects"]));
            assert_eq!((&found["policy_changed"], &found["category_weights"]), (&json!(true), &json!(150)));
            assert!(found["published_assessments"].as_u64().unwrap() > 0, "{found}");
            assert_eq!(book(&server, other, token).await, before, "a look changes nothing");
            let refused = post(&server, token, &copy, json!({"to": [other]})).await;
            assert_eq!((refused.status, refused.code()), (StatusCode::UNPROCESSABLE_ENTITY, "reason_required".to_owned()));
            assert_eq!(book(&server, other, token).await, before);

            let order = json!({"to": [other], "rest_into": "Homework", "reason": "one scheme for both"});
            let done = created(&server, token, &copy, order).await;
            assert_eq!((&done["courses"][0]["moved_assessments"], &done["courses"][0]["kept"]), (&json!(1), &json!([])));
            let after = book(&server, other, token).await;
            assert_eq!(categories(&after), categories(&book(&server, world.course, token).await));
            let bridge = find(&after["assessments"], |one| one["title"] == "Bridge");
            assert_eq!(bridge["category_id"], category(&after, "Homework"));
            assert_eq!(titles(&after), titles(&before), "no assessment is lost");
            assert_eq!(after["scores"], before["scores"], "no score is touched");
            let log = format!("/api/v1/changes?course_id={other}&limit=20");
            let log = server.get(&log).bearer(token).send().await.json();
            let of = |kind: &str| log["items"].as_array().unwrap().iter().filter(|one| one["kind"] == kind && one["reason"] == "one scheme for both").count();
            let kinds = ["category_created", "category_changed", "category_deleted", "assessment_changed", "course_policy_changed"];
            assert_eq!(kinds.map(of), [1, 1, 2, 1, 1], "{log}");
            // Once more is no change, and needs no reason.
            let again = created(&server, token, &copy, json!({"to": [other]})).await;
            assert_eq!(again["courses"][0]["changed"], json!([]), "{again}");
            // Not to courses of others, not into a category that is not copied.
            let foreign = server.get("/api/v1/courses?limit=200").bearer(&world.other_teacher).send().await.json();
            let foreign = foreign["items"][0]["id"].as_i64().unwrap();
            for (body, status) in [
                (json!({"to": [foreign]}), 404),
                (json!({"to": []}), 422),
                (json!({"to": [world.course]}), 422),
                (json!({"to": [other], "rest_into": "Nowhere"}), 422),
            ] {
                assert_eq!(post(&server, token, &copy, body.clone()).await.status, status, "{body}");
            }
            let nowhere = post(&server, token, &copy, json!({"to": [other], "rest_into": "Nowhere"})).await;
            assert_eq!(nowhere.json()["errors"][0]["pointer"], "/rest_into", "{}", nowhere.text());
            // Another order is a change, on record, and only what was looked at is done.
            let looked = created(&server, token, &copy, json!({"to": [other], "dry_run": true})).await;
            assert_eq!(looked["courses"][0]["reordered"], json!(false));
            let homework = category(&book(&server, world.course, token).await, "Homework");
            let reply = server.patch(&format!("/api/v1/categories/{homework}"), &json!({"position": 1})).bearer(token).send().await;
            assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
            let stale = post(&server, token, &copy, json!({"to": [other], "plan_hash": looked["plan_hash"]})).await;
            assert_eq!((stale.status, stale.code()), (StatusCode::CONFLICT, "plan_changed".to_owned()));
            let looked = created(&server, token, &copy, json!({"to": [other], "dry_run": true})).await;
            assert_eq!(looked["courses"][0]["reordered"], json!(true), "{looked}");
            let order = json!({"to": [other], "plan_hash": looked["plan_hash"], "reason": "another order"});
            created(&server, token, &copy, order).await;
            let log = format!("/api/v1/changes?course_id={other}&limit=20");
            let log = server.get(&log).bearer(token).send().await.json();
            let moved = log["items"].as_array().unwrap().iter().filter(|one| one["reason"] == "another order" && one["kind"] == "category_changed").count();
            assert_eq!(moved, 2, "{log}");
        })
        .await;
    }

    async fn the_page_shows_what_copying_changes_before_it_is_done(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let other = sibling(&server, &world).await;
            let new = json!({"name": "Homework <b>", "weight": 30});
            created(&server, &world.teacher, &format!("/api/v1/courses/{}/categories", world.course), new).await;
            let teacher = Browser::signed_in(&server, &world.teacher_name).await;
            let path = format!("/courses/{}/settings/copy", world.course);
            let id = other.to_string();
            teacher.open(&path).await;
            let look = [("to", id.as_str()), ("categories", "on"), ("step", "look")];
            let looked = teacher.submit(&path, &look).await;
            assert_eq!(looked.status, 200, "{}", looked.text());
            let preview = looked.text();
            let preview = preview.split_once("id=\"preview\"").unwrap().1;
            assert!(preview.contains("Homework &#60;b&#62;") && preview.contains("130%"), "{preview}");
            assert_eq!(categories(&book(&server, other, &world.teacher).await).len(), 1);
            let page = looked.text();
            let hash = &page.split_once("name=\"plan_hash\" value=\"").unwrap().1[..64];
            // What is ticked after the look was not looked at: shown again, and nothing is written.
            let unseen = [("to", id.as_str()), ("categories", "on"), ("policy", "on"), ("rest_into", ""), ("plan_hash", "0"), ("step", "copy")];
            let unseen = teacher.submit(&path, &unseen).await;
            assert_eq!(unseen.status, 409);
            assert!(unseen.text().contains("id=\"preview\""));
            assert_eq!(categories(&book(&server, other, &world.teacher).await).len(), 1);
            let copy = [("to", id.as_str()), ("categories", "on"), ("plan_hash", hash), ("step", "copy")];
            let done = teacher.submit(&path, &copy).await;
            assert_eq!(done.header("location"), format!("/courses/{}/settings?done=scheme-copied&many=1", world.course));
            assert_eq!(categories(&book(&server, other, &world.teacher).await).len(), 2);
            let nothing = teacher.submit(&path, &[("categories", "on"), ("step", "copy")]).await;
            assert_eq!(nothing.status, 422);
        })
        .await;
    }

    async fn a_category_is_emptied_into_another_and_deleted(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let token = &world.teacher;
            let add = format!("/api/v1/courses/{}/categories", world.course);
            let target = created(&server, token, &add, json!({"name": "All", "weight": 100})).await["id"].as_i64().unwrap();
            let path = format!("/api/v1/categories/{}/move-assessments", world.category);
            let before = world.book(&server).await;
            let unreasoned = post(&server, token, &path, json!({"category_id": target, "then_delete": true})).await;
            assert_eq!((unreasoned.status, unreasoned.code()), (StatusCode::UNPROCESSABLE_ENTITY, "reason_required".to_owned()));
            // A locked one stays, and so do all.
            let lock = format!("/api/v1/assessments/{}/lock", world.published);
            created(&server, token, &lock, Value::Null).await;
            let body = json!({"category_id": target, "then_delete": true, "reason": "one category"});
            let locked = post(&server, token, &path, body.clone()).await;
            assert_eq!((locked.status, locked.code()), (StatusCode::CONFLICT, "locked".to_owned()));
            let unlock = format!("/api/v1/assessments/{}/unlock", world.published);
            created(&server, token, &unlock, json!({"reason": "one category"})).await;
            let held = world.book(&server).await;
            assert_eq!(held["categories"], before["categories"]);
            assert!(held["assessments"].as_array().unwrap().iter().all(|one| one["category_id"] != target));

            let moved = created(&server, token, &path, body.clone()).await;
            let many = before["assessments"].as_array().unwrap().len();
            assert_eq!(moved, json!({"moved": many, "deleted": true}));
            let after = world.book(&server).await;
            assert!(after["assessments"].as_array().unwrap().iter().all(|one| one["category_id"] == target));
            assert_eq!((categories(&after).len(), titles(&after)), (1, titles(&before)));
            assert_eq!(after["scores"], before["scores"]);
            let gone = post(&server, token, &path, body).await;
            assert_eq!(gone.status, StatusCode::NOT_FOUND);
            let own = format!("/api/v1/categories/{target}/move-assessments");
            assert_eq!(post(&server, token, &own, json!({"category_id": target})).await.status, 422);
        })
        .await;
    }
}
