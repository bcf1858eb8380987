//! Open event streams: who is told what, and when they end.

use std::time::Duration;

use futures_util::StreamExt;
use gradebook_test_databases::on_both_databases;
use serde_json::json;
use tokio::time::timeout;

use crate::harness::{TestServer, local};
use crate::world::{World, version};

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
    let seen = version(&world.book(server).await, assessment, student);
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
            let mut own = server.get("/api/v1/events").bearer(&world.teacher).stream().await;
            let mut admin = server.get("/api/v1/events").bearer(&world.admin).stream().await;
            read_until!(own, "retry:");
            read_until!(admin, "retry:");
            enter(&server, &world, world.draft, world.students[3], 44).await;
            let wanted = format!("\"assessment_id\":{},", world.draft);
            read_until!(own, &wanted);
            read_until!(admin, &wanted);
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
