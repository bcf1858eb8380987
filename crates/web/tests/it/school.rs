//! The school's set-up over HTTP: terms, subjects, classes and who is in them, courses, exams.

use awc::http::{Method, StatusCode};
use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::harness::{Reply, TestServer, local};
use crate::world::{World, cell, find, version};

async fn send(server: &TestServer, token: &str, method: Method, path: &str, body: Value) -> Reply {
    let request = server.request(method, path).bearer(token);
    match body {
        Value::Null => request.send().await,
        body => request.json(&body).send().await,
    }
}

async fn get(server: &TestServer, token: &str, path: &str) -> Value {
    let reply = send(server, token, Method::GET, path, Value::Null).await;
    assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text());
    reply.json()
}

async fn post(server: &TestServer, token: &str, path: &str, body: Value) -> Reply {
    send(server, token, Method::POST, path, body).await
}

async fn created(server: &TestServer, token: &str, path: &str, body: Value) -> Value {
    let reply = post(server, token, path, body).await;
    assert_eq!(
        reply.status,
        StatusCode::CREATED,
        "{path}: {}",
        reply.text()
    );
    let body = reply.json();
    assert_eq!(reply.header("location"), format!("{path}/{}", body["id"]));
    body
}

/// Pointer and code of each field that is wrong.
fn wrong(reply: &Reply) -> Vec<(String, String)> {
    assert_eq!(
        reply.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        reply.text()
    );
    let text = |error: &Value, key: &str| error[key].as_str().unwrap().to_owned();
    let body = reply.json();
    let errors = body["errors"].as_array().unwrap().iter();
    errors
        .map(|error| (text(error, "pointer"), text(error, "code")))
        .collect()
}

fn one(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), code.to_owned())]
}

fn conflict(reply: &Reply) -> String {
    assert_eq!(reply.status, StatusCode::CONFLICT, "{}", reply.text());
    reply.code()
}

/// The term of the demo school.
async fn demo_term(server: &TestServer, world: &World) -> Value {
    let terms = get(server, &world.admin, "/api/v1/terms").await;
    find(&terms["items"], |term| term["name"] == "Autumn")
}

on_both_databases! {
    async fn terms_are_added_and_changed_and_mistakes_are_named(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let admin = world.admin.as_str();
            let spring = json!({"school_year": "2026-2027", "name": "Spring", "starts_on": "2027-02-10", "ends_on": "2027-07-10", "weight": 40.25});
            let added = created(&server, admin, "/api/v1/terms", spring.clone()).await;
            for key in ["school_year", "name", "starts_on", "ends_on", "weight"] {
                assert_eq!(added[key], spring[key], "{key}");
            }
            assert_eq!((&added["state"], &added["rank_shown"]), (&json!("open"), &json!("hidden")));
            assert_eq!(conflict(&post(&server, admin, "/api/v1/terms", spring.clone()).await), "already_exists");
            for (field, value, expected) in [
                ("starts_on", json!("2027-07-11"), one("/ends_on", "ends_before_start")),
                ("starts_on", json!("10.02.2027"), one("/starts_on", "invalid_field")),
                ("ends_on", json!("2027-02-30"), one("/ends_on", "invalid_field")),
                ("name", json!("  "), one("/name", "invalid_field")),
                ("name", json!("Other"), one("/starts_on", "overlapping_dates")),
                ("weight", json!(-1), one("/weight", "invalid_field")),
                ("weight", json!("40"), one("/weight", "invalid_field")),
                ("rank_shown", json!("numbers"), one("/rank_shown", "invalid_field")),
            ] {
                let mut body = spring.clone();
                body[field] = value;
                assert_eq!(wrong(&post(&server, admin, "/api/v1/terms", body).await), expected, "{field}");
            }
            let path = format!("/api/v1/terms/{}", added["id"]);
            let change = |body: Value| send(&server, admin, Method::PATCH, &path, body);
            assert_eq!(change(json!({})).await.json(), added);
            let changed = change(json!({"rank_shown": "bands", "ends_on": "2027-07-20", "weight": 60})).await.json();
            assert_eq!((&changed["rank_shown"], &changed["weight"]), (&json!("bands"), &json!(60)));
            assert_eq!(get(&server, admin, &path).await, changed);
            assert_eq!(wrong(&change(json!({"starts_on": "2027-01-31"})).await), one("/starts_on", "overlapping_dates"));
            assert_eq!(conflict(&change(json!({"name": "Autumn"})).await), "already_exists");

            // Students see work of this term already.
            let autumn = format!("/api/v1/terms/{}", demo_term(&server, &world).await["id"]);
            let weight = json!({"weight": 45});
            let refused = send(&server, admin, Method::PATCH, &autumn, weight).await;
            assert_eq!(wrong(&refused), one("/reason", "reason_required"));
            let reasoned = json!({"weight": 45, "reason": "decided by the conference"});
            let changed = send(&server, admin, Method::PATCH, &autumn, reasoned).await;
            assert_eq!(changed.json()["weight"], 45);
        })
        .await;
    }

    async fn closing_a_term_locks_what_is_published_and_reopening_unlocks_just_that(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let admin = world.admin.as_str();
            // One that was locked by hand stays locked.
            let by_hand = get(&server, admin, "/api/v1/courses?limit=200").await;
            let other = find(&by_hand["items"], |course| course["id"] != world.course)["id"].clone();
            let state_of = async |course: &Value, assessment: i64| {
                let book = get(&server, admin, &format!("/api/v1/courses/{course}/gradebook")).await;
                find(&book["assessments"], |one| one["id"] == assessment)["state"].clone()
            };
            let other_book = get(&server, admin, &format!("/api/v1/courses/{other}/gradebook")).await;
            let hand = find(&other_book["assessments"], |one| one["state"] == "published")["id"].as_i64().unwrap();
            let locked = post(&server, admin, &format!("/api/v1/assessments/{hand}/lock"), Value::Null).await;
            assert_eq!(locked.status, StatusCode::OK);

            let term = demo_term(&server, &world).await["id"].clone();
            let path = |step: &str| format!("/api/v1/terms/{term}/{step}");
            let closed = post(&server, admin, &path("close"), Value::Null).await.json();
            assert_eq!(closed["state"], "closed");
            let many = closed["assessments"].as_i64().unwrap();
            assert!(many > 0, "{closed}");
            let course = json!(world.course);
            assert_eq!(state_of(&course, world.published).await, "locked");
            assert_eq!(state_of(&course, world.draft).await, "draft");
            assert_eq!(conflict(&post(&server, admin, &path("close"), Value::Null).await), "invalid_state");

            // No score is taken, no state is changed, nothing is added.
            let book = world.book(&server).await;
            let student = world.students[0];
            let edit = json!({"edits": [{"assessment_id": world.draft, "student_id": student, "version": version(&book, world.draft, student), "value": 1}]});
            let refused = send(&server, &world.teacher, Method::PATCH, "/api/v1/scores", edit.clone()).await.json();
            assert_eq!(refused["rejected"][0]["code"], "term_closed", "{refused}");
            let publish = format!("/api/v1/assessments/{}/publish", world.draft);
            assert_eq!(conflict(&post(&server, admin, &publish, Value::Null).await), "term_closed");
            let exam = json!({"term_id": term, "name": "Late", "kind": "quiz", "held_on": "2027-01-20"});
            assert_eq!(conflict(&post(&server, admin, "/api/v1/exams", exam).await), "term_closed");
            let course = json!({"class_id": world.class, "subject_id": 1, "term_id": term});
            assert_eq!(conflict(&post(&server, admin, "/api/v1/courses", course).await), "term_closed");

            for body in [json!({}), json!({"reason": "  "})] {
                assert_eq!(wrong(&post(&server, admin, &path("reopen"), body).await), one("/reason", "reason_required"));
            }
            let opened = post(&server, admin, &path("reopen"), json!({"reason": "a paper was found"})).await.json();
            assert_eq!((&opened["state"], &opened["assessments"]), (&json!("open"), &json!(many)));
            assert_eq!(state_of(&json!(world.course), world.published).await, "published");
            assert_eq!(state_of(&other, hand).await, "locked", "by hand, not by the closing");
            let saved = send(&server, &world.teacher, Method::PATCH, "/api/v1/scores", edit).await.json();
            assert_eq!(saved["saved"].as_array().unwrap().len(), 1, "{saved}");
            let again = post(&server, admin, &path("reopen"), json!({"reason": "twice"})).await;
            assert_eq!(conflict(&again), "invalid_state");
        })
        .await;
    }

    async fn subjects_and_classes_are_added_and_changed(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let admin = world.admin.as_str();
            let physics = json!({"code": "physics", "name_zh": "物理", "name_en": "Physics", "default_max_score": 80.5});
            let added = created(&server, admin, "/api/v1/subjects", physics.clone()).await;
            assert_eq!(added["default_max_score"], 80.5);
            assert_eq!(conflict(&post(&server, admin, "/api/v1/subjects", physics).await), "already_exists");
            let one_name = json!({"code": "art", "name_zh": "美术"});
            assert_eq!(created(&server, admin, "/api/v1/subjects", one_name).await["name_en"], "美术");
            for (body, pointer) in [
                (json!({"code": "a b", "name_zh": "x"}), "/code"),
                (json!({"code": "x", "name_zh": "x", "default_max_score": 0}), "/default_max_score"),
                (json!({"code": "x", "name_zh": "x", "position": -1}), "/position"),
            ] {
                assert_eq!(wrong(&post(&server, admin, "/api/v1/subjects", body).await), one(pointer, "invalid_field"));
            }
            let path = format!("/api/v1/subjects/{}", added["id"]);
            let changed = send(&server, admin, Method::PATCH, &path, json!({"name_en": "Physical science", "position": 0})).await;
            assert_eq!(changed.json()["name_en"], "Physical science");
            let listed = get(&server, admin, "/api/v1/subjects").await;
            find(&listed["items"], |one| one["code"] == "physics" && one["position"] == 0 && one["default_max_score"] == 80.5);
            assert_eq!(send(&server, admin, Method::PATCH, "/api/v1/subjects/999999", json!({})).await.status, StatusCode::NOT_FOUND);

            let class = json!({"school_year": "2026-2027", "grade_level": "Grade 9", "name": "100%_!"});
            let added = created(&server, admin, "/api/v1/classes", class.clone()).await;
            assert_eq!(conflict(&post(&server, admin, "/api/v1/classes", class).await), "already_exists");
            let found = get(&server, admin, "/api/v1/classes?q=0%25_!").await;
            assert_eq!(found["items"], json!([{"id": added["id"], "school_year": "2026-2027", "grade_level": "Grade 9", "name": "100%_!", "students": 0}]));
            assert_eq!(get(&server, admin, "/api/v1/classes?q=gRADE%209").await["items"], found["items"]);
            assert_eq!(get(&server, admin, "/api/v1/classes?school_year=2030").await["items"], json!([]));
            let path = format!("/api/v1/classes/{}", added["id"]);
            let renamed = send(&server, admin, Method::PATCH, &path, json!({"name": "Chess", "school_year": "2027-2028"})).await;
            assert_eq!(renamed.json()["name"], "Chess");
            assert_eq!(get(&server, admin, &path).await, renamed.json());
            let path = format!("/api/v1/classes/{}", world.class);
            let moved = send(&server, admin, Method::PATCH, &path, json!({"school_year": "2027-2028"})).await;
            assert_eq!(wrong(&moved), one("/school_year", "has_courses"));
        })
        .await;
    }

    /// Somebody who moves in the middle of a term is in both gradebooks, and nothing of theirs is lost.
    async fn a_pupil_who_moves_class_keeps_history(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let (admin, student) = (world.admin.as_str(), world.student_id);
            let classes = get(&server, admin, "/api/v1/classes").await;
            let target = find(&classes["items"], |one| one["id"] != world.class)["id"].as_i64().unwrap();
            let before = cell(&world.book(&server).await, world.published, student).unwrap();
            let members = format!("/api/v1/classes/{}/students", world.class);
            let on = |day: &str| format!("{members}?limit=200&on={day}");
            let size = async |path: String| get(&server, admin, &path).await["items"].as_array().unwrap().len();
            let all = size(on("2026-11-01")).await;
            let courses = get(&server, admin, "/api/v1/courses?limit=200").await;
            let of_target = |one: &Value| one["class"]["id"] == target && one["subject"]["code"] == "mathematics";
            let maths = find(&courses["items"], of_target)["id"].clone();
            let progress = async |course: &Value| {
                let board = get(&server, admin, "/api/v1/progress?limit=200").await;
                find(&board["items"], |one| one["course_id"] == *course && one["exam_id"].is_i64())
            };
            let lacking = progress(&maths).await;

            let path = format!("{members}/{student}/move");
            let nowhere = json!({"to_class_id": 999_999, "from": "2026-11-16"});
            assert_eq!(wrong(&post(&server, admin, &path, nowhere).await), one("/to_class_id", "unknown_reference"));
            let same = json!({"to_class_id": world.class, "from": "2026-11-16"});
            assert_eq!(wrong(&post(&server, admin, &path, same).await), one("/to_class_id", "same_class"));
            // Before the term, in which there are scores.
            let early = json!({"to_class_id": target, "from": "2026-09-01"});
            assert_eq!(wrong(&post(&server, admin, &path, early).await), one("/from", "before_enrolment"));
            let moved = post(&server, admin, &path, json!({"to_class_id": target, "from": "2026-11-16"})).await.json();
            assert_eq!((&moved["left"]["ends_on"], &moved["joined"]["starts_on"]), (&json!("2026-11-15"), &json!("2026-11-16")));
            assert_eq!((&moved["left"]["class_id"], &moved["joined"]["ends_on"]), (&json!(world.class), &Value::Null));

            let again = json!({"to_class_id": target, "from": "2026-11-17"});
            assert_eq!(wrong(&post(&server, admin, &path, again).await), one("/student_id", "has_left"));

            assert_eq!(size(on("2026-11-15")).await, all);
            assert_eq!(size(on("2026-11-16")).await, all - 1);
            let listed = get(&server, admin, &format!("{members}?limit=200")).await;
            assert_eq!(find(&listed["items"], |one| one["id"] == student)["ends_on"], "2026-11-15");

            // The old gradebook of the term keeps the row and its scores, and they can be corrected.
            let book = world.book(&server).await;
            find(&book["students"], |one| one["id"] == student);
            assert_eq!(cell(&book, world.published, student).unwrap(), before);
            let edit = json!({"edits": [{"assessment_id": world.published, "student_id": student, "version": before["version"], "value": 12}], "reason": "recounted"});
            let saved = send(&server, &world.teacher, Method::PATCH, "/api/v1/scores", edit).await.json();
            assert_eq!(saved["saved"].as_array().unwrap().len(), 1, "{saved}");
            let own = get(&server, &world.student, "/api/v1/me/grades").await;
            assert!(own["courses"].as_array().unwrap().len() > 3, "both classes' courses: {own}");

            // The exam of September was held before the student came to the new class: there it counts
            // nothing, in totals of the course, on the own page and on the report card, which keeps what
            // was earned in the old class.
            let there = get(&server, admin, &format!("/api/v1/courses/{maths}/gradebook")).await;
            let total = find(&there["totals"], |one| one["student_id"] == student);
            assert_eq!((&total["current"], &total["final"]), (&Value::Null, &Value::Null), "{total}");
            let why = get(&server, admin, &format!("/api/v1/courses/{maths}/students/{student}/total")).await;
            assert_eq!(why["final"]["percentage"], Value::Null, "{why}");
            let of_course = find(&own["courses"], |one| one["course"]["id"] == maths);
            assert_eq!(of_course["assessments"], json!([]), "{of_course}");
            let here = find(&own["courses"], |one| one["course"]["id"] == world.course);
            assert_eq!(here["final"], 12, "{here}");
            for class in [target, world.class] {
                let report = get(&server, admin, &format!("/api/v1/classes/{class}/report")).await;
                let card = find(&report["students"], |one| one["student"]["id"] == student);
                let subject = find(&card["subjects"], |one| one["subject"]["code"] == "mathematics");
                assert_eq!(subject["final"], 12, "{subject}");
            }

            // Nobody waits for the score of a day on which the student was elsewhere: no board, no list,
            // no check before publishing; the gradebooks say who came and who went.
            assert_eq!(progress(&maths).await, lacking);
            let exam = &lacking["assessment_id"];
            let preflight = get(&server, admin, &format!("/api/v1/assessments/{exam}/preflight")).await;
            assert_eq!(preflight["expected"], lacking["expected"], "{preflight}");
            assert!(preflight["blank_students"].as_array().unwrap().iter().all(|one| one["id"] != student), "{preflight}");
            let odd = get(&server, admin, &format!("/api/v1/courses/{maths}/anomalies")).await;
            assert!(!odd.to_string().contains(&format!("\"id\":{student},")), "{odd}");
            let came = find(&there["students"], |one| one["id"] == student);
            assert_eq!((&came["joined_on"], &came["left_on"]), (&json!("2026-11-16"), &Value::Null));
            assert!(came["elsewhere"].as_array().unwrap().contains(exam), "{came}");
            let went = find(&book["students"], |one| one["id"] == student);
            assert_eq!((&went["joined_on"], &went["left_on"]), (&Value::Null, &json!("2026-11-15")));
            assert!(!went["elsewhere"].as_array().unwrap().contains(&json!(world.published)), "{went}");
            let stayed = find(&book["students"], |one| one["id"] != student);
            assert_eq!((&stayed["joined_on"], &stayed["left_on"], &stayed["elsewhere"]), (&Value::Null, &Value::Null, &json!([])));
            let sheet = get(&server, admin, &format!("/api/v1/exams/{}/classes/{target}/sheet", lacking["exam_id"])).await;
            assert_eq!(find(&sheet["students"], |one| one["id"] == student)["joined_on"], "2026-11-16");
            // With a score in it all the same it is theirs.
            let edit = json!({"edits": [{"assessment_id": exam, "student_id": student, "version": 0, "value": 1}], "reason": "sat it there"});
            let saved = send(&server, admin, Method::PATCH, "/api/v1/scores", edit).await.json();
            assert_eq!(saved["saved"].as_array().unwrap().len(), 1, "{saved}");
            let count = |of: &str| lacking[of].as_i64().unwrap() + 1;
            let now = progress(&maths).await;
            assert_eq!((&now["expected"], &now["entered"]), (&json!(count("expected")), &json!(count("entered"))));
            let preflight = get(&server, admin, &format!("/api/v1/assessments/{exam}/preflight")).await;
            assert_eq!(preflight["expected"], now["expected"]);

            // Back again, from a later day on: a second time in the class.
            let back = json!({"to_class_id": world.class, "from": "2026-12-01"});
            let path = format!("/api/v1/classes/{target}/students/{student}/move");
            let back = post(&server, admin, &path, back).await;
            assert_eq!(back.json()["joined"]["starts_on"], "2026-12-01", "{}", back.text());
            assert_eq!(size(on("2026-12-01")).await, all);
            assert_eq!(size(on("2026-11-20")).await, all - 1);
        })
        .await;
    }

    async fn who_joins_and_who_leaves(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let admin = world.admin.as_str();
            let class = created(&server, admin, "/api/v1/classes", json!({"school_year": "2026-2027", "grade_level": "Clubs", "name": "Chess"})).await;
            let student = world.student_id;
            let path = format!("/api/v1/classes/{}/students/{student}", class["id"]);
            let put = |body: Value| send(&server, admin, Method::PUT, &path, body);
            let leave = |query: &str| {
                let path = format!("{path}{query}");
                let server = &server;
                async move { send(server, admin, Method::DELETE, &path, Value::Null).await }
            };
            assert_eq!(leave("").await.status, StatusCode::NOT_FOUND);
            for body in [json!({"starts_on": "soon"}), json!({"starts_on": "2026-02-30"})] {
                assert_eq!(wrong(&put(body).await), one("/starts_on", "invalid_field"));
            }
            let joined = put(json!({"starts_on": "2026-09-10"})).await;
            assert_eq!(joined.status, StatusCode::CREATED, "{}", joined.text());
            assert_eq!(put(Value::Null).await.json(), joined.json(), "there already");
            assert_eq!(put(json!({"starts_on": "2026-09-05"})).await.json()["starts_on"], "2026-09-05");
            assert_eq!(wrong(&leave("?ends_on=2026-09-04").await), one("/ends_on", "before_enrolment"));
            let left = leave("?ends_on=2026-10-01").await;
            assert_eq!(left.json()["ends_on"], "2026-10-01", "{}", left.text());
            assert_eq!(leave("").await.json(), left.json(), "gone already");
            assert_eq!(leave("?ends_on=2026-10-02").await.json()["ends_on"], "2026-10-02", "put right");
            assert_eq!(wrong(&put(json!({"starts_on": "2026-09-01"})).await), one("/starts_on", "already_enrolled"));
            let again = put(json!({"starts_on": "2026-11-01"})).await;
            assert_eq!(again.status, StatusCode::CREATED, "{}", again.text());
            let listed = get(&server, admin, &format!("/api/v1/classes/{}/students", class["id"])).await;
            let days: Vec<_> = listed["items"].as_array().unwrap().iter().map(|one| (one["starts_on"].clone(), one["ends_on"].clone())).collect();
            assert_eq!(days, [(json!("2026-09-05"), json!("2026-10-02")), (json!("2026-11-01"), Value::Null)]);

            let teacher = format!("/api/v1/classes/{}/students/{}", class["id"], world.teacher_id);
            let refused = send(&server, admin, Method::PUT, &teacher, Value::Null).await;
            assert_eq!(wrong(&refused), one("/student_id", "not_a_student"));
            // Nobody is taken out of a term in which they have scores.
            let home = format!("/api/v1/classes/{}/students/{student}", world.class);
            let late = send(&server, admin, Method::PUT, &home, json!({"starts_on": "2027-03-01"})).await;
            assert_eq!(wrong(&late), one("/starts_on", "has_scores"));
        })
        .await;
    }

    async fn a_class_goes_on_to_the_next_school_year(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let admin = world.admin.as_str();
            let path = format!("/api/v1/classes/{}/promote", world.class);
            let next = json!({"school_year": "2027-2028", "grade_level": "Grade 8", "name": "Class 1", "starts_on": "2027-09-01"});
            let mut early = next.clone();
            early["starts_on"] = json!("2026-08-30");
            assert_eq!(wrong(&post(&server, admin, &path, early).await), one("/starts_on", "term_begins_later"));
            let promoted = post(&server, admin, &path, next.clone()).await;
            assert_eq!(promoted.status, StatusCode::CREATED, "{}", promoted.text());
            let members = get(&server, admin, &format!("/api/v1/classes/{}/students?limit=200", promoted.json()["id"])).await;
            assert_eq!(members["items"].as_array().unwrap().len(), world.students.len());
            let old = get(&server, admin, &format!("/api/v1/classes/{}/students?limit=200", world.class)).await;
            assert!(old["items"].as_array().unwrap().iter().all(|one| one["ends_on"] == "2027-08-31"));
            assert_eq!(world.book(&server).await["students"].as_array().unwrap().len(), world.students.len());
            assert_eq!(conflict(&post(&server, admin, &path, next).await), "already_exists");
        })
        .await;
    }

    async fn courses_and_exams_over_many_classes(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let admin = world.admin.as_str();
            let term = demo_term(&server, &world).await["id"].as_i64().unwrap();
            let subject = created(&server, admin, "/api/v1/subjects", json!({"code": "physics", "name_zh": "物理", "default_max_score": 90})).await["id"].as_i64().unwrap();
            let new = json!({"class_id": world.class, "subject_id": subject, "term_id": term, "teacher_ids": [world.teacher_id]});
            let course = created(&server, admin, "/api/v1/courses", new.clone()).await;
            assert_eq!(course["teachers"][0]["id"], world.teacher_id);
            assert_eq!(conflict(&post(&server, admin, "/api/v1/courses", new.clone()).await), "already_exists");
            for (field, value, expected) in [
                ("class_id", json!(999_999), one("/class_id", "unknown_reference")),
                ("subject_id", json!(999_999), one("/subject_id", "unknown_reference")),
                ("term_id", json!(999_999), one("/term_id", "unknown_reference")),
                ("teacher_ids", json!([world.student_id]), one("/teacher_ids/0", "not_a_teacher")),
            ] {
                let mut body = new.clone();
                body[field] = value;
                assert_eq!(wrong(&post(&server, admin, "/api/v1/courses", body).await), expected, "{field}");
            }
            let old = created(&server, admin, "/api/v1/classes", json!({"school_year": "2025-2026", "grade_level": "Grade 6", "name": "Class 1"})).await;
            let misfit = json!({"class_id": old["id"], "subject_id": subject, "term_id": term});
            assert_eq!(wrong(&post(&server, admin, "/api/v1/courses", misfit).await), one("/class_id", "other_school_year"));

            let id = course["id"].as_i64().unwrap();
            let parts = json!([{"course_id": id}, {"course_id": world.course, "max_score": 150.5}]);
            let new = json!({"term_id": term, "name": "Final", "kind": "final", "held_on": "2027-01-18", "courses": parts});
            let exam = created(&server, admin, "/api/v1/exams", new.clone()).await;
            let part = |exam: &Value, course: i64| find(&exam["courses"], |one| one["course"]["id"] == course);
            assert_eq!(part(&exam, id)["max_score"], 90, "the subject's full marks");
            assert_eq!(part(&exam, world.course)["max_score"], 150.5);
            assert_eq!(part(&exam, world.course)["state"], "draft");
            assert_eq!(conflict(&post(&server, admin, "/api/v1/exams", new.clone()).await), "already_exists");
            for (field, value, expected) in [
                ("kind", json!("party"), one("/kind", "invalid_field")),
                ("held_on", json!("tomorrow"), one("/held_on", "invalid_field")),
                ("courses", json!([{"course_id": id, "max_score": 0}]), one("/courses/0/max_score", "invalid_field")),
                ("courses", json!([{"course_id": id}, {"course_id": id}]), one("/courses/1/course_id", "named_twice")),
                ("courses", json!([{"course_id": 999_999}]), one("/courses/0/course_id", "unknown_reference")),
            ] {
                let mut body = new.clone();
                body["name"] = json!("Another");
                body[field] = value;
                assert_eq!(wrong(&post(&server, admin, "/api/v1/exams", body).await), expected, "{field}");
            }
            let path = format!("/api/v1/exams/{}", exam["id"]);
            assert_eq!(get(&server, admin, &path).await, exam);
            // The other teacher teaches the class, another class's teacher would not know of it.
            assert_eq!(get(&server, &world.teacher, &path).await["courses"].as_array().unwrap().len(), 2);
            let hidden = send(&server, &world.student, Method::GET, &path, Value::Null).await;
            assert_eq!(hidden.status, StatusCode::NOT_FOUND);

            let renamed = send(&server, admin, Method::PATCH, &path, json!({"name": "Last exam", "held_on": "2027-01-19"})).await.json();
            assert_eq!((&renamed["name"], &renamed["held_on"]), (&json!("Last exam"), &json!("2027-01-19")));
            let book = world.book(&server).await;
            let column = find(&book["assessments"], |one| one["exam_id"] == exam["id"]);
            assert_eq!((&column["title"], &column["date"]), (&json!("Last exam"), &json!("2027-01-19")));
            // A column that its teacher named otherwise keeps that, and is on record only where it changed.
            let columns = |exam: &Value| exam["courses"].as_array().unwrap().iter()
                .map(|one| (one["course"]["id"].as_i64().unwrap(), one["assessment_id"].as_i64().unwrap()))
                .collect::<std::collections::BTreeMap<_, _>>();
            let own = columns(&exam)[&world.course];
            let edit = json!({"title": "Our own name"});
            send(&server, &world.teacher, Method::PATCH, &format!("/api/v1/assessments/{own}"), edit).await;
            send(&server, admin, Method::PATCH, &path, json!({"name": "The last"})).await;
            let changed = async |course: i64| {
                let log = get(&server, admin, &format!("/api/v1/changes?kind=assessment_changed&course_id={course}")).await;
                log["items"].as_array().unwrap().iter().filter(|row| row["actor"]["id"] != world.teacher_id)
                    .map(|row| row["assessment_id"].clone()).collect::<Vec<_>>()
            };
            assert_eq!(changed(world.course).await, [json!(own)]);
            assert_eq!(changed(id).await, vec![json!(columns(&exam)[&id]); 2]);
            send(&server, &world.teacher, Method::PATCH, &format!("/api/v1/assessments/{own}"), json!({"title": "The last"})).await;

            // A course goes while it is an empty draft.
            let gone = send(&server, admin, Method::DELETE, &format!("{path}/courses/{id}"), Value::Null).await;
            assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text());
            assert_eq!(get(&server, admin, &path).await["courses"].as_array().unwrap().len(), 1);
            let student = world.students[0];
            let edit = json!({"edits": [{"assessment_id": column["id"], "student_id": student, "version": 0, "value": 100}]});
            send(&server, &world.teacher, Method::PATCH, "/api/v1/scores", edit).await;
            let stays = send(&server, admin, Method::DELETE, &format!("{path}/courses/{}", world.course), Value::Null).await;
            assert_eq!(conflict(&stays), "not_empty");
            let more = json!({"courses": [{"course_id": id}, {"course_id": world.course, "max_score": 1}]});
            let more = post(&server, admin, &format!("{path}/courses"), more).await.json();
            assert_eq!(part(&more, id)["max_score"], 90);
            assert_eq!(part(&more, world.course)["max_score"], 150.5, "what is there stays");
        })
        .await;
    }
}
