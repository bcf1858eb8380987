//! What students are told of their rank.

use awc::http::Method;
use gradebook_app::demo::demo_accounts;
use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::{TestServer, local};
use crate::world::{World, find};

async fn get(server: &TestServer, token: &str, path: &str) -> Value {
    let path = format!("/api/v1{path}");
    let reply = server.get(&path).bearer(token).send().await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    reply.json()
}

async fn send(server: &TestServer, world: &World, method: Method, path: &str, body: Value) {
    let path = format!("/api/v1{path}");
    let request = server.request(method, &path).bearer(&world.admin);
    let reply = request.json(&body).send().await;
    assert!(reply.status.is_success(), "{path}: {}", reply.text());
}

/// The student's exam of the published assessment.
async fn exam(server: &TestServer, world: &World, token: &str) -> Value {
    let book = world.book(server).await;
    let column = find(&book["assessments"], |one| one["id"] == world.published);
    let mine = get(server, token, "/me/grades").await;
    find(&mine["exams"], |one| one["id"] == column["exam_id"])
}

/// The band of a student by the sheet that staff read, counted once more.
async fn expected(
    server: &TestServer,
    world: &World,
    exam: &Value,
    student: i64,
) -> Option<&'static str> {
    let path = format!("/exams/{}/classes/{}/sheet", exam["id"], world.class);
    let sheet = get(server, &world.admin, &path).await;
    let columns: Vec<&Value> = sheet["assessments"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["state"] != "draft")
        .map(|one| &one["id"])
        .collect();
    let total = |student: &Value| {
        let values = columns.iter().map(|column| {
            let mut scores = sheet["scores"].as_array().unwrap().iter();
            let cell = scores
                .find(|one| one["assessment_id"] == **column && one["student_id"] == *student)?;
            // Halves at most in these scores.
            Some((cell["value"].as_f64()? * 100.0) as i64)
        });
        values.sum::<Option<i64>>()
    };
    let students = sheet["students"].as_array().unwrap();
    let totals: Vec<i64> = students
        .iter()
        .filter_map(|one| total(&one["id"]))
        .collect();
    let own = total(&json!(student))?;
    if totals.len() < 10 {
        return None;
    }
    let ahead = totals.iter().filter(|one| **one > own).count();
    Some(["excellent", "good", "pass", "below"][ahead * 4 / totals.len()])
}

on_both_databases! {
    async fn a_term_shows_bands_instead_of_ranks_or_nothing(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let term = world.book(&server).await["term"]["id"].clone();
            let hidden = exam(&server, &world, &world.student).await;
            assert!(hidden.get("rank").is_none(), "unless the school chooses otherwise: {hidden}");
            let show = async |what: &str| {
                send(&server, &world, Method::PATCH, &format!("/terms/{term}"), json!({"rank_shown": what})).await;
            };
            show("bands").await;
            let mut met = std::collections::BTreeSet::new();
            for account in &demo_accounts().students {
                let token = server.token(&account.username).await;
                let me = get(&server, &token, "/users/me").await["id"].as_i64().unwrap();
                if !world.students.contains(&me) {
                    continue;
                }
                let shown = exam(&server, &world, &token).await;
                let band = expected(&server, &world, &shown, me).await;
                assert_eq!(shown.get("rank").and_then(Value::as_str), band, "{me}: {shown}");
                met.insert(band);
            }
            assert!(met.iter().any(Option::is_some), "{met:?}");
            let browser = Browser::signed_in(&server, &demo_accounts().students[0].username).await;
            assert!(browser.open("/me").await.text().contains("-rank\""));

            // Over what is published only: without this subject the sums are others.
            let whole = exam(&server, &world, &world.student).await;
            send(&server, &world, Method::POST, &format!("/assessments/{}/unpublish", world.published), json!({"reason": "again"})).await;
            let mine = get(&server, &world.student, "/me/grades").await;
            let part = find(&mine["exams"], |one| one["id"] == whole["id"]);
            assert_eq!(part["subjects"].as_array().unwrap().len() + 1, whole["subjects"].as_array().unwrap().len());
            let band = expected(&server, &world, &part, world.student_id).await;
            assert_eq!(part.get("rank").and_then(Value::as_str), band);
            send(&server, &world, Method::POST, &format!("/assessments/{}/publish", world.published), Value::Null).await;

            // Of nine who can be compared nobody is told anything.
            let book = world.book(&server).await;
            let cells: Vec<Value> = book["scores"].as_array().unwrap().iter()
                .filter(|one| one["assessment_id"] == world.published && one["student_id"] != world.student_id && !one["value"].is_null())
                .cloned()
                .collect();
            let absent = async |cells: &[Value]| {
                let edits: Vec<Value> = cells.iter()
                    .map(|one| json!({"assessment_id": one["assessment_id"], "student_id": one["student_id"], "version": one["version"], "status": "absent"}))
                    .collect();
                send(&server, &world, Method::PATCH, "/scores?atomic=true", json!({"edits": edits, "reason": "for the test"})).await;
            };
            let compared = |shown: &Value| shown.get("rank").is_some();
            // Whoever lacks another subject counts already as nobody: take from the end, one by one.
            let keep = cells.len() - 9;
            absent(&cells[..keep]).await;
            let shown = exam(&server, &world, &world.student).await;
            assert_eq!(compared(&shown), expected(&server, &world, &shown, world.student_id).await.is_some());
            absent(&cells[keep..=keep]).await;
            assert!(!compared(&exam(&server, &world, &world.student).await), "at most nine are left");
            show("hidden").await;
            assert!(!browser.open("/me").await.text().contains("-rank\""));
        })
        .await;
    }
}
