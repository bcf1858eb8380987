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
            let brief = |one: &Value| json!([one["kind"], one["students"][0]["student_number"], one["title"], one["course"]["subject"]["code"]]);
            assert_eq!(texts(&found["items"], brief), [
                json!(["all_zero", "2", "First", "chinese"]),
                json!(["far_from_own_mean", "1", "Second", "english"]),
                json!(["still_blank", "3", "Second", "mathematics"]),
            ]);
            let far = &found["items"][1];
            assert_eq!((&far["value"], &far["percentage"], &far["own_mean"]), (&json!(10), &json!(10), &json!(89)));
            assert_eq!((&far["own_mean_of"], &far["count"]), (&json!("exams"), &json!(5)));
            let blank = &found["items"][2];
            assert_eq!((&blank["student"], &blank["count"], &blank["entered"], &blank["expected"]), (&Value::Null, &json!(1), &json!(3), &json!(4)));
            assert_eq!(blank["href"], format!("/courses/{}#a{}", blank["course"]["id"], blank["assessment_id"]));
            for kind in ["all_zero", "far_from_own_mean", "still_blank"] {
                let one = get(&server, &admin, &format!("/api/v1/anomalies?kind={kind}")).await.json();
                assert_eq!(texts(&one["items"], |one| one["kind"].clone()), [json!(kind)]);
            }
            assert_eq!(get(&server, &admin, "/api/v1/anomalies?kind=odd").await.status, StatusCode::UNPROCESSABLE_ENTITY);
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

    /// One line for all who lack a score in a column, and lists of a class, a teacher, what is unfinished.
    async fn blanks_are_one_line_a_column_and_lists_can_be_narrowed(database: TestDatabase) {
        local(async {
            let server = TestServer::empty(database).await;
            import(&server, &format!("{HEADER}六年级,1班,1,90,88,89\n六年级,1班,2,80,,81\n六年级,1班,3,70,,72\n六年级,1班,4,60,65,60\n六年级,1班,5,60,65,60\n五年级,1班,6,60,65,60\n"), "First", DAY).await;
            let admin = account(&server, "root", Role::Admin).await;
            let list = get(&server, &admin, "/api/v1/anomalies").await.json();
            let numbers = |one: &Value| texts(&one["students"], |one| one["student_number"].clone());
            assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
            let line = &list["items"][0];
            assert_eq!((&line["kind"], numbers(line)), (&json!("still_blank"), vec![json!("2"), json!("3")]));

            let board = get(&server, &admin, "/api/v1/progress").await.json();
            assert_eq!(board["summary"], json!({"assessments": 6, "complete": 5, "published": 6}));
            let left = get(&server, &admin, "/api/v1/progress?unfinished=true").await.json();
            assert_eq!(texts(&left["items"], |one| one["assessment_id"].clone()), [line["assessment_id"].clone()]);
            assert_eq!(left["summary"], board["summary"], "of all that was asked for");
            let fifth = get(&server, &admin, "/api/v1/progress?grade_level=%E4%BA%94%E5%B9%B4%E7%BA%A7").await.json();
            assert_eq!(fifth["summary"], json!({"assessments": 3, "complete": 3, "published": 3}));
            let class = &line["course"]["class"]["id"];
            assert_eq!(get(&server, &admin, &format!("/api/v1/progress?class_id={class}")).await.json()["summary"]["assessments"], 3);
            assert_eq!(get(&server, &admin, &format!("/api/v1/anomalies?class_id={}", &fifth["items"][0]["class"]["id"])).await.json()["items"], json!([]));

            let teacher = account(&server, "wang", Role::Teacher).await;
            let me = get(&server, &teacher, "/api/v1/users/me").await.json();
            let own = |path: &str| format!("{path}?teacher_id={}", me["id"]);
            assert_eq!(get(&server, &admin, &own("/api/v1/progress")).await.json()["summary"]["assessments"], 0);
            let course = format!("/api/v1/courses/{}", line["course"]["id"]);
            server.patch(&course, &json!({"teacher_ids": [me["id"]]})).bearer(&admin).send().await;
            assert_eq!(get(&server, &admin, &own("/api/v1/progress")).await.json()["summary"]["assessments"], 1);
            assert_eq!(get(&server, &admin, &own("/api/v1/anomalies")).await.json()["items"].as_array().unwrap().len(), 1);
        })
        .await;
    }

    /// The list and the check before publishing compare with the same mean: that of the course, once it
    /// has other scores of the student, however they did elsewhere.
    async fn what_is_usual_is_one_thing(database: TestDatabase) {
        local(async {
            let server = TestServer::empty(database).await;
            for (exam, day, chinese) in [("First", "2024-09-10", 40), ("Second", "2024-10-10", 50), ("Third", "2024-11-10", 90)] {
                import(&server, &format!("{HEADER}六年级,1班,1,{chinese},91,92\n"), exam, day).await;
            }
            let admin = account(&server, "root", Role::Admin).await;
            let list = get(&server, &admin, "/api/v1/anomalies").await.json();
            let far: Vec<_> = list["items"].as_array().unwrap().iter().filter(|one| one["title"] == "Third").collect();
            assert_eq!(far.len(), 1, "{list}");
            let figures = |one: &Value| ["value", "percentage", "own_mean", "own_mean_of", "count"].map(|of| one[of].clone());
            assert_eq!(figures(far[0]), [json!(90), json!(90), json!(45), json!("course"), json!(2)]);
            let path = format!("/api/v1/assessments/{}/preflight", far[0]["assessment_id"]);
            let preflight = get(&server, &admin, &path).await.json();
            assert_eq!(preflight["unusual"].as_array().unwrap().len(), 1, "{preflight}");
            assert_eq!(figures(&preflight["unusual"][0]), figures(far[0]));
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
