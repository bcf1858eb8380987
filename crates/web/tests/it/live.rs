//! Open event streams: who is told what, and when they end.

use std::time::Duration;

use futures_util::StreamExt;
use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::harness::{TestServer, local};
use crate::world::{World, find, version};

/// Reads events until one contains `wanted`; returns all that was read.
macro_rules! read_until {
    ($stream:expr, $wanted:expr) => {{
        let mut read = String::new();
        let found = timeout(Duration::from_secs(10), async {
            while let Some(chunk) = $stream.next().await {
                read.push_str(&String::from_utf8_lossy(&chunk.unwrap()));
                if read.contains($wanted) {
                    return true;
                }
            }
            false
        })
        .await;
        assert_eq!(found, Ok(true), "no {:?} in {read:?}", $wanted);
        read
    }};
}

async fn enter(server: &TestServer, world: &World, assessment: i64, student: i64, value: i64) {
    let book = world.book(server).await;
    enter_in(server, world, &book, (assessment, student), value).await;
}

async fn enter_in(
    server: &TestServer,
    world: &World,
    book: &Value,
    (assessment, student): (i64, i64),
    value: i64,
) {
    let seen = version(book, assessment, student);
    let reply = server
        .patch(
            "/api/v1/scores",
            &json!({"reason": "live", "edits": [
                {"assessment_id": assessment, "student_id": student, "version": seen, "value": value}]}),
        )
        .bearer(&world.teacher)
        .send()
        .await;
    assert_eq!(
        reply.json()["saved"].as_array().unwrap().len(),
        1,
        "{}",
        reply.text()
    );
}

/// The gradebook of mathematics in the second class.
async fn second_class(server: &TestServer, world: &World) -> Value {
    let listed = server
        .get("/api/v1/courses?limit=200")
        .bearer(&world.teacher)
        .send()
        .await
        .json();
    let course = find(&listed["items"], |one| one["class"]["name"] == "Class 2");
    let path = format!("/api/v1/courses/{}/gradebook", course["id"]);
    server.get(&path).bearer(&world.teacher).send().await.json()
}

on_both_databases! {
    async fn a_student_is_told_of_own_published_scores_only(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let mut stream = server.get("/api/v1/events").bearer(&world.student).stream().await;
            assert_eq!(stream.headers().get("content-type").unwrap(), "text/event-stream");
            read_until!(stream, "retry:");
            let other = *world.students.iter().find(|id| **id != world.student_id).unwrap();
            enter(&server, &world, world.draft, world.student_id, 41).await;
            enter(&server, &world, world.published, other, 42).await;
            enter(&server, &world, world.published, world.student_id, 43).await;
            let read = read_until!(stream, &format!("\"student_id\":{}", world.student_id));
            assert!(!read.contains(&format!("\"student_id\":{other},")), "{read}");
            assert!(!read.contains(&format!("\"assessment_id\":{},", world.draft)), "{read}");
            assert!(read.contains("event: score\n"));
            assert!(read.contains("id: "));
            for secret in ["value", "43", "status"] {
                assert!(!read.contains(&format!("\"{secret}\":")), "{secret} in {read}");
            }
        })
        .await;
    }

    async fn a_teacher_of_the_class_is_told_and_others_are_not(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let accounts = gradebook_app::demo::demo_accounts();
            // Teaches in the first class only.
            let assistant = server.token("ben.foster").await;
            let pupil = server.token(&accounts.students[1].username).await;
            let me = server.get("/api/v1/users/me").bearer(&pupil).send().await.json();
            let pupil_id = me["id"].as_i64().unwrap();
            let book = second_class(&server, &world).await;
            let column = |state: &str| {
                find(&book["assessments"], |one| one["state"] == state)["id"].as_i64().unwrap()
            };
            let (draft, published) = (column("draft"), column("published"));

            let mut own = server.get("/api/v1/events").bearer(&world.teacher).stream().await;
            let mut admin = server.get("/api/v1/events").bearer(&world.admin).stream().await;
            let mut beside = server.get("/api/v1/events").bearer(&world.other_teacher).stream().await;
            let mut elsewhere = server.get("/api/v1/events").bearer(&assistant).stream().await;
            let mut student = server.get("/api/v1/events").bearer(&pupil).stream().await;
            read_until!(own, "retry:");
            read_until!(admin, "retry:");
            read_until!(beside, "retry:");
            read_until!(elsewhere, "retry:");
            read_until!(student, "retry:");

            enter_in(&server, &world, &book, (draft, pupil_id), 44).await;
            enter(&server, &world, world.draft, world.students[3], 45).await;
            enter_in(&server, &world, &book, (published, pupil_id), 46).await;
            let told_of = |assessment: i64| format!("\"assessment_id\":{assessment},");
            let (first, second, last) = (told_of(draft), told_of(world.draft), told_of(published));
            let all = [&first, &second, &last];
            let told = |read: &str| all.map(|one| read.contains(one.as_str()));
            assert_eq!(told(&read_until!(own, &last)), [true; 3]);
            assert_eq!(told(&read_until!(admin, &last)), [true; 3]);
            // Teaches another subject in both classes: the exam sheet shows this one beside it.
            assert_eq!(told(&read_until!(beside, &last)), [true; 3]);
            let mut read = read_until!(elsewhere, &second);
            assert_eq!(told(&read_until!(student, &last)), [false, false, true]);
            enter(&server, &world, world.draft, world.students[4], 47).await;
            read.push_str(&read_until!(elsewhere, &second));
            assert_eq!(told(&read), [false, true, false]);
        })
        .await;
    }

    async fn one_person_has_twenty_streams(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let mut open = Vec::new();
            for _ in 0..20 {
                let mut stream = server.get("/api/v1/events").bearer(&world.teacher).stream().await;
                read_until!(stream, "retry:");
                open.push(stream);
            }
            let refused = server.get("/api/v1/events").bearer(&world.teacher).send().await;
            assert_eq!(refused.status.as_u16(), 429);
            assert_eq!(refused.code(), "too_many_streams");
            assert_eq!(refused.header("retry-after"), "15");
            let mut other = server.get("/api/v1/events").bearer(&world.other_teacher).stream().await;
            read_until!(other, "retry:");

            open.pop();
            let again = timeout(Duration::from_secs(20), async {
                loop {
                    // Writing to it is how the server finds that nobody reads.
                    enter(&server, &world, world.draft, world.students[5], 48).await;
                    let stream = server.get("/api/v1/events").bearer(&world.teacher).stream().await;
                    if stream.status().as_u16() == 200 {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            });
            assert!(again.await.is_ok(), "a stream that is gone still counts");
        })
        .await;
    }

    async fn signing_out_ends_the_stream(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let mut stream = server.get("/api/v1/events").bearer(&world.teacher).stream().await;
            read_until!(stream, "retry:");
            server.post("/api/v1/token/revoke").form(&[("token", &world.teacher)]).send().await;
            read_until!(stream, "reauthenticate");
            let ended = timeout(Duration::from_secs(5), stream.next()).await;
            assert!(matches!(ended, Ok(None)), "the stream goes on");
        })
        .await;
    }

    async fn whoever_missed_something_reads_anew(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let mut stream = server
                .get("/api/v1/events")
                .bearer(&world.teacher)
                .header("last-event-id", "1")
                .stream()
                .await;
            read_until!(stream, "event: resync");
            let known = server.app.last_event().0;
            let path = format!("/api/v1/events?since={known}");
            let mut stream = server.get(&path).bearer(&world.teacher).stream().await;
            let read = read_until!(stream, "retry:");
            assert!(!read.contains("resync"), "nothing was missed: {read}");
            enter(&server, &world, world.draft, world.students[4], 45).await;
            let mut late = server.get(&path).bearer(&world.teacher).stream().await;
            read_until!(stream, "event: score");
            drop(stream);
            read_until!(late, "event: ");
        })
        .await;
    }
}
