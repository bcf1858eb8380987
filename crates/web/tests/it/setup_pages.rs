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
}
