//! What a student reads of the own grades: which is newest, what was corrected, how a year came about.

use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::{TestServer, local};
use crate::world::{World, find, version};

async fn send(server: &TestServer, token: &str, path: &str, body: Value) -> Value {
    let request = server.post(&format!("/api/v1{path}")).bearer(token);
    let reply = request.json(&body).send().await;
    assert!(reply.status.is_success(), "{path}: {}", reply.text());
    reply.json()
}

async fn get(server: &TestServer, world: &World, path: &str) -> Value {
    let path = format!("/api/v1{path}");
    let reply = server.get(&path).bearer(&world.student).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

/// The student's grade in an assessment, as they read it.
async fn mine(server: &TestServer, world: &World, assessment: i64) -> Value {
    let grades = get(server, world, "/me/grades").await;
    let course = find(&grades["courses"], |one| {
        one["course"]["id"] == world.course
    });
    find(&course["assessments"], |one| one["id"] == assessment)
}

async fn enter(server: &TestServer, world: &World, assessment: i64, value: &str) {
    let book = world.book(server).await;
    let value: Value = serde_json::from_str(value).unwrap();
    let edit = json!({"edits": [{"assessment_id": assessment, "student_id": world.student_id, "value": value,
        "version": version(&book, assessment, world.student_id)}], "reason": "added up again"});
    let reply = server
        .patch("/api/v1/scores", &edit)
        .bearer(&world.teacher)
        .send()
        .await;
    assert_eq!(reply.json()["saved"].as_array().unwrap().len(), 1);
}

async fn state(server: &TestServer, world: &World, assessment: i64, step: &str) {
    let reason = json!({"reason": "for the test"});
    let path = format!("/assessments/{assessment}/{step}");
    send(server, &world.teacher, &path, reason).await;
}

async fn page(server: &TestServer, path: &str) -> String {
    let demo = gradebook_app::demo::demo_accounts();
    let browser = Browser::signed_in(server, &demo.students[0].username).await;
    let reply = browser.open(path).await;
    assert_eq!(reply.status, 200, "{path}");
    reply.text()
}

on_both_databases! {
    /// A page that follows new grades by itself, in the background, is no visit: what came meanwhile is
    /// still new to whoever looks later.
    async fn a_page_that_refreshes_itself_is_no_visit(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let demo = gradebook_app::demo::demo_accounts();
            let browser = Browser::signed_in(&server, &demo.students[0].username).await;
            let sets = async |live: bool| {
                let request = browser.with_cookies(server.get("/me"));
                let request = if live { request.header("x-live", "1") } else { request };
                let reply = request.send().await;
                assert_eq!(reply.status, 200);
                reply.headers.get_all("set-cookie").any(|one| one.to_str().unwrap().contains("visit="))
            };
            assert!(sets(false).await);
            assert!(!sets(true).await);
        })
        .await;
    }

    async fn what_was_seen_before_is_marked_as_corrected(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let course = format!("/me/courses/{}", world.course);
            let before = mine(&server, &world, world.published).await;
            assert_eq!((&before["corrected"], &before["corrected_from"]), (&json!(false), &Value::Null));
            assert!(!page(&server, &course).await.contains("is-corrected"));

            // Hidden, changed twice and shown again: what was between was never seen.
            state(&server, &world, world.published, "unpublish").await;
            enter(&server, &world, world.published, "1.5").await;
            enter(&server, &world, world.published, "7").await;
            state(&server, &world, world.published, "publish").await;
            let after = mine(&server, &world, world.published).await;
            assert_eq!((&after["value"], &after["corrected"]), (&json!(7), &json!(true)));
            assert_eq!(after["corrected_from"]["value"], before["value"]);
            assert_eq!(after["corrected_from"]["at"], after["shown_at"]);
            assert!(after["shown_at"].as_str().unwrap() >= before["shown_at"].as_str().unwrap());
            let shown = page(&server, &course).await;
            assert!(shown.contains("is-corrected") && shown.contains(&format!("was {}", before["value"])), "{shown}");
            assert!(!shown.contains("1.5 "), "{shown}");

            // Shown again as it was, it is neither newer nor another.
            state(&server, &world, world.published, "unpublish").await;
            state(&server, &world, world.published, "publish").await;
            assert_eq!(mine(&server, &world, world.published).await, after);

            // What was never entered before is new, not corrected.
            let first = send(&server, &world.teacher, &format!("/courses/{}/assessments", world.course), json!({"title": "Dictation", "max_score": 10})).await;
            let first = first["id"].as_i64().unwrap();
            state(&server, &world, first, "publish").await;
            enter(&server, &world, first, "8").await;
            let entered = mine(&server, &world, first).await;
            assert_eq!((&entered["value"], &entered["corrected"], &entered["corrected_from"]), (&json!(8), &json!(false), &Value::Null));

            // Neither is the first score of a cell that had a remark only.
            let second = send(&server, &world.teacher, &format!("/courses/{}/assessments", world.course), json!({"title": "Essay", "max_score": 10})).await;
            let second = second["id"].as_i64().unwrap();
            state(&server, &world, second, "publish").await;
            let remark = json!({"edits": [{"assessment_id": second, "student_id": world.student_id, "version": 0, "comment": "hand it in"}]});
            let told = server.patch("/api/v1/scores", &remark).bearer(&world.teacher).send().await;
            assert_eq!(told.json()["saved"].as_array().unwrap().len(), 1, "{}", told.text());
            enter(&server, &world, second, "7").await;
            let entered = mine(&server, &world, second).await;
            assert_eq!((&entered["value"], &entered["corrected"], &entered["corrected_from"]), (&json!(7), &json!(false), &Value::Null));
            enter(&server, &world, second, "9").await;
            let corrected = mine(&server, &world, second).await;
            assert_eq!((&corrected["corrected"], &corrected["corrected_from"]["value"]), (&json!(true), &json!(7)));
        })
        .await;
    }

    /// The total of an exam of which some subjects are still to come says so.
    async fn an_exam_says_how_many_subjects_there_are(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            enter(&server, &world, world.draft, "57.5").await;
            state(&server, &world, world.draft, "publish").await;
            let book = world.book(&server).await;
            let exam = &find(&book["assessments"], |one| one["id"] == world.draft)["exam_id"];
            let grades = get(&server, &world, "/me/grades").await;
            let result = find(&grades["exams"], |one| one["id"] == *exam);
            assert_eq!((result["subjects"].as_array().unwrap().len(), &result["total"]), (1, &json!(57.5)));
            let all = result["subject_count"].as_u64().unwrap();
            assert!(all > 1, "{result}");
            assert!(page(&server, "/me").await.contains(&format!("1 of {all} subjects")));
        })
        .await;
    }

    async fn the_newest_grade_is_what_was_shown_last(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let path = format!("/courses/{}/assessments", world.course);
            let mut made = Vec::new();
            for (title, date) in [("First shown", "2026-10-09"), ("Oldest day", "2026-09-03"), ("Never entered", "2026-11-20")] {
                let body = json!({"title": title, "max_score": 10, "date": date});
                made.push(send(&server, &world.teacher, &path, body).await["id"].as_i64().unwrap());
            }
            enter(&server, &world, made[1], "3").await;
            enter(&server, &world, made[0], "9").await;
            for assessment in &made {
                state(&server, &world, *assessment, "publish").await;
            }
            let place = |html: &str, text: &str| html.find(text).unwrap_or_else(|| panic!("no {text} in {html}"));
            let newest = |html: &str| html[place(html, "id=\"newest\"")..place(html, "id=\"term-1\"")].to_owned();
            let shown = newest(&page(&server, "/me").await);
            assert!(place(&shown, "Oldest day") < place(&shown, "First shown"), "{shown}");
            assert!(!shown.contains("Never entered"));
            // A correction is news.
            enter(&server, &world, made[0], "10").await;
            let shown = newest(&page(&server, "/me").await);
            assert!(place(&shown, "First shown") < place(&shown, "Oldest day"), "{shown}");
            let link = format!("/me/courses/{}#score-{}", world.course, made[0]);
            assert!(shown.contains(&link), "{shown}");
        })
        .await;
    }

    async fn a_year_says_what_each_term_brings_and_what_is_left_out(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let grades = get(&server, &world, "/me/grades").await;
            let course = find(&grades["courses"], |one| one["course"]["id"] == world.course)["course"].clone();
            let autumn = course["term"]["id"].as_i64().unwrap();
            let reply = server.patch(&format!("/api/v1/terms/{autumn}"), &json!({"weight": 40, "reason": "spring weighs more"})).bearer(&world.admin).send().await;
            assert!(reply.status.is_success(), "{}", reply.text());
            let spring = send(&server, &world.admin, "/terms", json!({"school_year": course["term"]["school_year"],
                "name": "Spring", "starts_on": "2027-02-10", "ends_on": "2027-07-10", "weight": 50})).await;
            let next = send(&server, &world.admin, "/courses", json!({"class_id": world.class,
                "subject_id": course["subject"]["id"], "term_id": spring["id"], "teacher_ids": [world.teacher_id]})).await;
            let quiz = send(&server, &world.teacher, &format!("/courses/{}/assessments", next["id"]), json!({"title": "Quiz", "max_score": 30})).await;
            let quiz = quiz["id"].as_i64().unwrap();
            state(&server, &world, quiz, "publish").await;

            let line = |report: &Value, subject: &str, reading: &str, term: usize| {
                let subject = find(&report["subjects"], |one| one["subject"]["code"] == subject);
                subject[reading]["terms"][term].clone()
            };
            // Nothing is entered in spring: now it is left out, at the end it counts as 0.
            let report = get(&server, &world, "/me/report").await;
            assert_eq!(line(&report, "mathematics", "explanation", 1), json!({"term_id": spring["id"], "name": "Spring",
                "treatment": "nothing_to_count", "percentage": null, "weight": 50, "effective_weight": 0, "contribution": 0}));
            let last = line(&report, "mathematics", "final_explanation", 1);
            assert_eq!((&last["treatment"], &last["percentage"], &last["effective_weight"]), (&json!("counted"), &json!(0), &json!(55.56)));
            assert_eq!(line(&report, "chinese", "explanation", 1)["treatment"], "not_taught");
            let edit = json!({"edits": [{"assessment_id": quiz, "student_id": world.student_id, "version": 0, "value": 20}]});
            let reply = server.patch("/api/v1/scores", &edit).bearer(&world.teacher).send().await;
            assert_eq!(reply.status, 200);

            let report = get(&server, &world, "/me/report").await;
            let maths = find(&report["subjects"], |one| one["subject"]["code"] == "mathematics");
            let (first, second) = (line(&report, "mathematics", "explanation", 0), line(&report, "mathematics", "explanation", 1));
            assert_eq!(maths["explanation"]["reading"], "current");
            assert_eq!((&first["weight"], &first["effective_weight"]), (&json!(40), &json!(44.44)));
            assert_eq!((&second["weight"], &second["effective_weight"], &second["contribution"]), (&json!(50), &json!(55.56), &json!(37.04)));
            assert_eq!(first["percentage"], maths["terms"][0]["current"]);
            let class = format!("/api/v1/classes/{}/report", world.class);
            let class = server.get(&class).bearer(&world.teacher).send().await.json();
            let card = find(&class["students"], |one| one["student"]["id"] == world.student_id);
            assert_eq!(card["subjects"], report["subjects"]);

            let shown = page(&server, "/me/report").await;
            let why = &shown[shown.find("id=\"why-year-current\"").unwrap()..];
            for text in ["40%", "counts as 44.44%", "50%", "counts as 55.56%", "37.04", "not taught, left out", "only Autumn counts", "scaled up"] {
                assert!(why.contains(text), "{text}");
            }
            // A year of one term needs no explanation of its own.
            let shown = page(&server, &format!("/me/report?term_id={autumn}")).await;
            assert!(!shown.contains("why-year"));
        })
        .await;
    }
}
