//! The progress of entry and the list of unusual scores over HTTP.

use awc::http::StatusCode;
use gradebook_auth::Role;
use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::analysis::{account, get, import};
use crate::harness::{TestServer, local};
use crate::world::find;

const HEADER: &str = "年级,班级,考号,语文,数学,英语\n";
/// Long ago, so that every deadline is over.
const DAY: &str = "2024-09-10";

fn texts(items: &Value, of: impl Fn(&Value) -> Value) -> Vec<Value> {
    items.as_array().unwrap().iter().map(of).collect()
}

on_both_databases! {
    async fn what_lacks_most_comes_first(database: TestDatabase) {
        local(async {
            let server = TestServer::empty(database).await;
            import(&server, &format!("{HEADER}六年级,1班,1,80,80,\n六年级,1班,2,80,,\n六年级,1班,3,缺考,,\n六年级,2班,4,80,80,80\n"), "First", DAY).await;
            let admin = account(&server, "root", Role::Admin).await;
            let all = get(&server, &admin, "/api/v1/progress").await;
            assert_eq!(all.status, StatusCode::OK, "{}", all.text());
            let all = all.json();
            let lines = texts(&all["items"], |one| json!([one["class"]["name"], one["subject"]["code"], one["entered"], one["expected"]]));
            assert_eq!(lines[0], json!(["1班", "mathematics", 1, 3]));
            // An absence is an entry.
            assert!(lines.contains(&json!(["1班", "chinese", 3, 3])), "{lines:?}");
            let first = &all["items"][0];
            assert_eq!((&first["due"], &first["teachers"]), (&json!(true), &json!([])));
            assert!(first["last_entry_at"].is_string());

            // In parts it is the same list.
            let mut parts = Vec::new();
            let mut cursor = String::new();
            loop {
                let part = get(&server, &admin, &format!("/api/v1/progress?limit=2{cursor}")).await.json();
                parts.extend(part["items"].as_array().unwrap().clone());
                let Some(next) = part["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(json!(parts), all["items"]);
            let exam = &first["exam_id"];
            assert_eq!(get(&server, &admin, &format!("/api/v1/progress?exam_id={exam}")).await.json(), all);
            for unknown in ["/api/v1/progress?exam_id=999999", "/api/v1/anomalies?exam_id=999999", "/api/v1/courses/999999/anomalies"] {
                assert_eq!(get(&server, &admin, unknown).await.status, StatusCode::NOT_FOUND, "{unknown}");
            }
            assert_eq!(get(&server, &admin, "/api/v1/progress?term_id=999999").await.json()["items"], json!([]));
        })
        .await;
    }

    async fn slips_zeros_and_blanks_are_listed(database: TestDatabase) {
        local(async {
            let server = TestServer::empty(database).await;
            import(&server, &format!("{HEADER}六年级,1班,1,90,88,89\n六年级,1班,2,0,0,0\n六年级,1班,3,70,71,72\n六年级,1班,4,60,65,60\n"), "First", DAY).await;
            import(&server, &format!("{HEADER}六年级,1班,1,90,88,10\n六年级,1班,2,0,0,0\n六年级,1班,3,70,,72\n六年级,1班,4,60,65,60\n"), "Second", "2024-10-10").await;
            let admin = account(&server, "root", Role::Admin).await;
            let found = get(&server, &admin, "/api/v1/anomalies").await;
            assert_eq!(found.status, StatusCode::OK, "{}", found.text());
            let found = found.json();
            let brief = |one: &Value| json!([one["kind"], one["student"]["student_number"], one["title"], one["course"]["subject"]["code"]]);
            assert_eq!(texts(&found["items"], brief), [
                json!(["all_zero", "2", "First", "chinese"]),
                json!(["far_from_own_mean", "1", "Second", "english"]),
                json!(["still_blank", "3", "Second", "mathematics"]),
            ]);
            let far = &found["items"][1];
            assert_eq!((&far["value"], &far["percentage"], &far["own_mean"]), (&json!(10), &json!(10), &json!(89)));
            assert_eq!(far["href"], format!("/courses/{}#a{}-s{}", far["course"]["id"], far["assessment_id"], far["student"]["id"]));
            assert_eq!(found["items"][0]["count"], 6);

            let exams = get(&server, &admin, "/api/v1/exams").await.json();
            let first = find(&exams["items"], |one| one["name"] == "First");
            let of_first = get(&server, &admin, &format!("/api/v1/anomalies?exam_id={}", first["id"])).await.json();
            assert_eq!(texts(&of_first["items"], brief), [json!(["all_zero", "2", "First", "chinese"])]);

            // The course's teacher sees those of the course, with what exam sheets show as the habit.
            let teacher = account(&server, "wang", Role::Teacher).await;
            let me = get(&server, &teacher, "/api/v1/users/me").await.json();
            let course = &far["course"]["id"];
            let path = format!("/api/v1/courses/{course}/anomalies");
            assert_eq!(get(&server, &teacher, &path).await.status, StatusCode::NOT_FOUND);
            server.patch(&format!("/api/v1/courses/{course}"), &json!({"teacher_ids": [me["id"]]})).bearer(&admin).send().await;
            let own = get(&server, &teacher, &path).await.json();
            assert_eq!(texts(&own["items"], brief), [
                json!(["all_zero", "2", "First", "english"]),
                json!(["far_from_own_mean", "1", "Second", "english"]),
            ]);
            assert_eq!(own["items"][1], *far_with_teacher(far, &own["items"][1]));
        })
        .await;
    }
}

/// The same anomaly after somebody was given the course.
fn far_with_teacher<'a>(far: &Value, now: &'a Value) -> &'a Value {
    for same in ["value", "percentage", "own_mean", "href", "student"] {
        assert_eq!(far[same], now[same], "{same}");
    }
    now
}
