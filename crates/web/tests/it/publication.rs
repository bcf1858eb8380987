//! Publishing: what is looked at before, and the steps without script.

use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::{TestServer, local};
use crate::world::{World, find};

async fn preflight(server: &TestServer, token: &str, assessment: i64) -> Value {
    let path = format!("/api/v1/assessments/{assessment}/preflight");
    let reply = server.get(&path).bearer(token).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

on_both_databases! {
    async fn a_preflight_counts_names_and_compares(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let before = preflight(&server, &world.teacher, world.draft).await;
            let (expected, entered) = (before["expected"].as_i64().unwrap(), before["entered"].as_i64().unwrap());
            assert_eq!(expected, world.students.len() as i64);
            assert_eq!(before["blank"].as_i64().unwrap(), expected - entered);
            let book = world.book(&server).await;
            let blank: Vec<i64> = before["blank_students"].as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect();
            assert!(!blank.is_empty() && blank.len() <= 20);
            for student in &blank {
                assert!(crate::world::cell(&book, world.draft, *student).is_none(), "{student} has an entry");
            }
            // The last published assessment that was held before, and its own mean.
            let monthly = find(&book["statistics"], |one| one["assessment_id"] == world.published);
            let title = &find(&book["assessments"], |one| one["id"] == world.published)["title"];
            assert_eq!(&before["previous"]["title"], title);
            assert_eq!(before["previous"]["mean"], monthly["mean"]);
            assert!(before["mean_change"].is_number());

            // A dictation in between says little beside an exam.
            let day = &find(&book["assessments"], |one| one["id"] == world.published)["date"];
            let dictation = json!({"category_id": book["categories"][0]["id"], "title": "Dictation", "max_score": 10, "date": day});
            let added = server.post(&format!("/api/v1/courses/{}/assessments", world.course)).bearer(&world.teacher).json(&dictation).send().await;
            assert_eq!(added.status, 201, "{}", added.text());
            let dictation = added.json()["id"].as_i64().unwrap();
            let edit = json!({"edits": [{"assessment_id": dictation, "student_id": world.student_id, "version": 0, "value": 3}]});
            assert_eq!(server.patch("/api/v1/scores", &edit).bearer(&world.teacher).send().await.status, 200);
            let published = server.post(&format!("/api/v1/assessments/{dictation}/publish")).bearer(&world.teacher).send().await;
            assert_eq!(published.status, 200, "{}", published.text());
            let like = preflight(&server, &world.teacher, world.draft).await;
            assert_eq!((&like["previous"], &like["previous"]["same_sort"]), (&before["previous"], &json!(true)));
            let other = preflight(&server, &world.teacher, dictation).await;
            assert_eq!((&other["previous"]["title"], &other["previous"]["same_sort"]), (title, &json!(false)));

            let edit = json!({"edits": [{"assessment_id": world.draft, "student_id": blank[0], "version": 0, "status": "absent"}]});
            assert_eq!(server.patch("/api/v1/scores", &edit).bearer(&world.teacher).send().await.status, 200);
            let after = preflight(&server, &world.teacher, world.draft).await;
            assert_eq!(after["absent"].as_i64().unwrap(), before["absent"].as_i64().unwrap() + 1);
            assert_eq!(after["mean"], before["mean"], "an absence has no value");
            assert_ne!(after["blank_students"][0]["id"], blank[0]);
            // What is the first has nothing before it.
            assert_eq!(preflight(&server, &world.teacher, world.published).await["previous"], Value::Null);
        })
        .await;
    }

    async fn a_state_changes_without_script(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let demo = gradebook_app::demo::demo_accounts();
            let teacher = demo.teachers.iter().find(|one| one.what.starts_with("数学")).unwrap();
            let browser = Browser::signed_in(&server, &teacher.username).await;
            let path = format!("/assessments/{}/publish", world.draft);
            let page = browser.open(&path).await.text();
            let names = preflight(&server, &world.teacher, world.draft).await;
            assert!(page.contains(names["blank_students"][0]["name"].as_str().unwrap()));
            assert!(page.contains(names["previous"]["title"].as_str().unwrap()));
            assert!(page.contains("value=\"publish\"") && !page.contains("value=\"unpublish\""));

            let state = async || preflight(&server, &world.teacher, world.draft).await["state"].clone();
            assert_eq!(browser.submit(&path, &[("step", "publish")]).await.status, 303);
            assert_eq!(state().await, "published");
            // Somebody else pressed it first.
            assert_eq!(browser.submit(&path, &[("step", "publish")]).await.status, 409);
            let empty = browser.submit(&path, &[("step", "unpublish"), ("reason", " ")]).await;
            assert_eq!(empty.status, 422);
            assert!(empty.text().contains("id=\"reason-error\""));
            assert_eq!(state().await, "published");
            let long = "x".repeat(1_001);
            let refused = browser.submit(&path, &[("step", "unpublish"), ("reason", &long)]).await;
            assert_eq!(refused.status, 422);
            assert!(refused.text().contains(&long), "what was typed is kept");
            assert_eq!(browser.submit(&path, &[("step", "unpublish"), ("reason", "too early")]).await.status, 303);
            assert_eq!(state().await, "draft");
            assert_eq!(browser.submit(&path, &[("step", "explode")]).await.status, 404);
        })
        .await;
    }
}
