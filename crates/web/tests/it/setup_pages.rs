//! The pages on which a school is set up, as somebody meets them who has work to do.

use awc::http::Method;
use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::{TestServer, local};
use crate::world::{World, find};

async fn send(server: &TestServer, token: &str, method: Method, path: &str, body: Value) -> Value {
    let request = server.request(method, path).bearer(token);
    let reply = request.json(&body).send().await;
    assert!(reply.status.is_success(), "{path}: {}", reply.text());
    reply.json()
}

fn admin_name() -> String {
    gradebook_app::demo::demo_accounts().admin.username
}

/// The value of the option of a choice that is chosen.
fn chosen<'a>(page: &'a str, choice: &str) -> &'a str {
    let select = page.split_once(&format!("<select class=\"select\" id=\"{choice}\""));
    let options = select.unwrap().1.split_once("</select>").unwrap().0;
    let before = options.split_once("\" selected").unwrap().0;
    before.rsplit_once('"').unwrap().1
}

on_both_databases! {
    /// Who adds the next term in November goes on working in this one.
    async fn pages_begin_with_the_term_that_runs(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let terms = server.get("/api/v1/terms").bearer(&world.admin).send().await.json();
            let autumn = terms["items"][0]["id"].as_i64().unwrap();
            let path = format!("/api/v1/terms/{autumn}");
            let dates = json!({"starts_on": "2020-09-01", "ends_on": "2096-01-20"});
            send(&server, &world.admin, Method::PATCH, &path, dates).await;
            let spring = json!({"school_year": "2096-2097", "name": "下学期", "starts_on": "2097-02-10", "ends_on": "2097-07-10"});
            let spring = send(&server, &world.admin, Method::POST, "/api/v1/terms", spring).await["id"].as_i64().unwrap();
            let admin = Browser::signed_in(&server, &admin_name()).await;
            for path in ["/admin/courses", "/admin/exams", "/"] {
                let page = admin.open(path).await.text();
                assert_eq!(chosen(&page, "term"), autumn.to_string(), "{path}");
                let page = admin.open(&format!("{path}?term={spring}")).await.text();
                assert_eq!(chosen(&page, "term"), spring.to_string(), "{path}");
            }
            let classes = admin.open("/admin/classes").await.text();
            assert!(classes.contains("name=\"school_year\" value=\"2026-2027\""), "{classes}");
        })
        .await;
    }

    async fn a_teacher_begins_with_the_courses_of_one_term(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let teacher = Browser::signed_in(&server, &world.teacher_name).await;
            let page = teacher.open("/").await.text();
            let mine = format!("href=\"/courses/{}\"", world.course);
            assert!(page.contains(&mine) && !page.contains("id=\"term\""), "one term needs no choice: {page}");

            let course = server.get(&format!("/api/v1/courses/{}", world.course)).bearer(&world.admin).send().await.json();
            let autumn = course["term"]["id"].as_i64().unwrap();
            let path = format!("/api/v1/terms/{autumn}");
            let dates = json!({"starts_on": "2020-09-01", "ends_on": "2096-01-20"});
            send(&server, &world.admin, Method::PATCH, &path, dates).await;
            let spring = json!({"school_year": "2026-2027", "name": "下学期", "starts_on": "2097-02-10", "ends_on": "2097-07-10"});
            let spring = send(&server, &world.admin, Method::POST, "/api/v1/terms", spring).await["id"].as_i64().unwrap();
            let new = json!({"class_id": world.class, "subject_id": course["subject"]["id"], "term_id": spring, "teacher_ids": [world.teacher_id]});
            let later = send(&server, &world.admin, Method::POST, "/api/v1/courses", new).await["id"].as_i64().unwrap();
            let later = format!("href=\"/courses/{later}\"");

            let page = teacher.open("/").await.text();
            assert_eq!(chosen(&page, "term"), autumn.to_string());
            assert!(page.contains(&mine) && !page.contains(&later), "{page}");
            assert!(page.contains("/analysis\""), "exams of this term: {page}");
            let page = teacher.open(&format!("/?term={spring}")).await.text();
            assert!(!page.contains(&mine) && page.contains(&later), "{page}");
            assert!(!page.contains("/analysis\""), "no exams in the other: {page}");
            // What names no term of theirs is not asked for.
            for other in ["0", "999999", "x"] {
                let page = teacher.open(&format!("/?term={other}")).await.text();
                assert_eq!(chosen(&page, "term"), autumn.to_string(), "{other}");
            }
            let _all_listed = find(&server.get("/api/v1/courses?limit=200").bearer(&world.teacher).send().await.json()["items"], |one| one["term"]["id"] == spring);
        })
        .await;
    }

    /// A weight is typed as people write it, and weights that are not the whole are no secret.
    async fn weights_that_do_not_add_up_are_said_before_anybody_publishes(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let teacher = Browser::signed_in(&server, &world.teacher_name).await;
            let settings = format!("/courses/{}/settings", world.course);
            let publish = format!("/assessments/{}/publish", world.draft);
            let preflight = format!("/api/v1/assessments/{}/preflight", world.draft);
            assert!(!teacher.open(&settings).await.text().contains("id=\"weights\""));
            assert!(!teacher.open(&publish).await.text().contains("120%"));
            for (nth, (typed, sum)) in [("10%", "110"), ("１０％", "120")].into_iter().enumerate() {
                teacher.open(&settings).await;
                let name = format!("Extra {nth}");
                let new = [("open", "category"), ("name", name.as_str()), ("weight", typed), ("aggregation", "points")];
                let added = teacher.submit(&settings, &new).await;
                assert_eq!(added.status, 303, "{typed}: {}", added.text());
                let page = teacher.open(&settings).await.text();
                let alert = page.split_once("id=\"weights\"").unwrap().1;
                assert!(alert.contains(&format!("{sum}%")), "{alert}");
                let found = server.get(&preflight).bearer(&world.teacher).send().await.json();
                assert_eq!(found["category_weights"].to_string(), sum);
            }
            assert!(teacher.open(&publish).await.text().contains("120%"));
            let wrong = [("open", "category"), ("name", "x"), ("weight", "%"), ("aggregation", "points")];
            assert_eq!(teacher.submit(&settings, &wrong).await.status, 422);
        })
        .await;
    }

    /// Locking is asked about: who has nothing yet, and what can be done afterwards, which is true.
    async fn locking_is_asked_about_and_says_who_can_unlock(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let teacher = Browser::signed_in(&server, &world.teacher_name).await;
            teacher.open("/").await;
            teacher.submit("/language", &[("locale", "en"), ("next", "/")]).await;
            let path = format!("/assessments/{}/publish", world.draft);
            teacher.open(&path).await;
            let blank = server.get(&format!("/api/v1/assessments/{}/preflight", world.draft)).bearer(&world.teacher).send().await.json();
            let blank = blank["blank_students"][0]["name"].as_str().unwrap().to_owned();
            assert_eq!(teacher.submit(&path, &[("step", "publish")]).await.status, 303);
            let page = teacher.open(&path).await.text();
            assert!(!page.contains("value=\"lock\"") && page.contains("?ask=lock#steps"), "one click asks only: {page}");
            let asked = teacher.open(&format!("{path}?ask=lock")).await.text();
            let question = asked.split_once("id=\"steps\"").unwrap().1;
            assert!(question.contains(&blank), "{question}");
            assert!(question.contains("can unlock it again with a reason"), "{question}");
            // Enter goes to what has the focus: the way back.
            assert!(question.contains(&format!("href=\"{path}\" autofocus")), "{question}");
            assert_eq!(teacher.submit(&path, &[("step", "lock")]).await.status, 303);

            // What was said of unlocking holds: of the course's teacher, with a reason, and of no other.
            let unlock = format!("/api/v1/assessments/{}/unlock", world.draft);
            for (token, body, expected) in [
                (&world.other_teacher, json!({"reason": "Wrong paper"}), 404),
                (&world.student, json!({"reason": "Wrong paper"}), 404),
                (&world.teacher, json!({"reason": "  "}), 422),
                (&world.teacher, json!({"reason": "Wrong paper"}), 200),
            ] {
                let reply = server.post(&unlock).bearer(token).json(&body).send().await;
                assert_eq!(reply.status, expected, "{}", reply.text());
            }
        })
        .await;
    }

    /// An exam whose scores nobody can enter is seen before the day.
    async fn an_exam_says_which_of_its_courses_nobody_teaches(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let admin = Browser::signed_in(&server, &admin_name()).await;
            let path = format!("/admin/exams/{}", world.exam);
            assert!(!admin.open(&path).await.text().contains("id=\"untaught\""));
            let course = format!("/api/v1/courses/{}", world.course);
            send(&server, &world.admin, Method::PATCH, &course, json!({"teacher_ids": []})).await;
            let page = admin.open(&path).await.text();
            let warning = page.split_once("id=\"untaught\"").unwrap().1;
            let warning = warning.split_once("</div>").unwrap().0;
            assert!(warning.contains("数学") || warning.contains("Mathematics"), "{warning}");
        })
        .await;
    }
}
