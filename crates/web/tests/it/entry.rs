//! The page on which a column is entered as a list of fields.

use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::{Reply, TestServer, local};
use crate::world::{World, cell, version};

/// What the form sends for a student: field, choice, what they were made of, and the version seen.
async fn send(
    browser: &Browser<'_>,
    column: i64,
    rows: &[(i64, &str, &str, &str, i64)],
    reason: &str,
) -> Reply {
    let mut fields = vec![("reason".to_owned(), reason.to_owned())];
    for (student, text, status, was, version) in rows {
        fields.push((format!("score.{student}"), (*text).to_owned()));
        fields.push((format!("status.{student}"), (*status).to_owned()));
        fields.push((format!("was.{student}"), (*was).to_owned()));
        fields.push((format!("version.{student}"), version.to_string()));
    }
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let path = format!("/assessments/{column}/entry");
    browser.open(&path).await;
    browser.submit(&path, &fields).await
}

/// Status and value of a cell.
fn mark(book: &Value, column: i64, student: i64) -> Value {
    cell(book, column, student).map_or_else(
        || json!(["blank", null]),
        |cell| json!([cell["status"], cell["value"]]),
    )
}

fn was(book: &Value, column: i64, student: i64) -> String {
    let mark = mark(book, column, student);
    match (mark[0].as_str().unwrap(), &mark[1]) {
        ("scored", value) => value.to_string(),
        ("blank", _) => String::new(),
        (status, _) => status.to_owned(),
    }
}

on_both_databases! {
    async fn a_list_of_fields_saves_what_was_changed(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let browser = Browser::signed_in(&server, &world.teacher_name).await;
            let column = world.draft;
            let book = world.book(&server).await;
            let students = &world.students[..6];
            let before: Vec<String> = students.iter().map(|one| was(&book, column, *one)).collect();
            let row = |nth: usize, text: &'static str, status: &'static str| {
                (students[nth], text, status, before[nth].as_str(), version(&book, column, students[nth]))
            };
            // A number of a Chinese keyboard, a choice, a code in the field, an untouched row.
            let untouched = (students[3], before[3].as_str(), "", before[3].as_str(), 0);
            let rows = [row(0, "９１。５", ""), row(1, "", "absent"), row(2, "免考", ""), untouched];
            let reply = send(&browser, column, &rows, "").await;
            assert_eq!(reply.status, 303, "{}", reply.text());
            assert_eq!(reply.header("location"), format!("/assessments/{column}/entry?saved=3"));
            let after = world.book(&server).await;
            assert_eq!(mark(&after, column, students[0]), json!(["scored", 91.5]));
            assert_eq!(mark(&after, column, students[1]), json!(["absent", null]));
            assert_eq!(mark(&after, column, students[2]), json!(["excused", null]));
            assert_eq!(mark(&after, column, students[3]), mark(&book, column, students[3]));

            // Each shows what it holds, and a second look changes nothing.
            let seen = |nth: usize| version(&after, column, students[nth]);
            let again = [
                (students[0], "91.5", "", "91.5", seen(0)),
                (students[1], "", "absent", "absent", seen(1)),
                // absent no more, with a value; excused no more, with nothing
                (students[2], "", "", "excused", seen(2)),
            ];
            let reply = send(&browser, column, &again, "").await;
            assert_eq!(reply.header("location"), format!("/assessments/{column}/entry?saved=1"));
            let now = world.book(&server).await;
            assert_eq!(version(&now, column, students[0]), seen(0));
            assert_eq!(version(&now, column, students[1]), seen(1));
            assert_eq!(mark(&now, column, students[2]), json!(["blank", null]));
            let reply = send(&browser, column, &[(students[1], "60", "absent", "absent", seen(1))], "").await;
            assert_eq!(reply.status, 303, "the field was changed, the choice was not: {}", reply.text());
            assert_eq!(mark(&world.book(&server).await, column, students[1]), json!(["scored", 60]));
        })
        .await;
    }

    async fn what_cannot_be_saved_stays_in_its_field(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let browser = Browser::signed_in(&server, &world.teacher_name).await;
            let column = world.draft;
            let (one, two, three, four) =
                (world.students[0], world.students[1], world.students[2], world.students[3]);
            let book = world.book(&server).await;
            let seen = |student| version(&book, column, student);
            let kept = |student| was(&book, column, student);
            // Somebody else writes the fourth cell meanwhile.
            let body = json!({"edits": [{"assessment_id": column, "student_id": four,
                "version": seen(four), "value": 12.25}]});
            let reply = server.patch("/api/v1/scores", &body).bearer(&world.admin).send().await;
            assert_eq!(reply.status, 200, "{}", reply.text());
            let reply = send(&browser, column, &[
                (one, "77", "", &kept(one), seen(one)),
                (two, "100.5", "", &kept(two), seen(two)),
                (three, "eleven & <b>", "", &kept(three), seen(three)),
                (four, "33", "", &kept(four), seen(four)),
            ], "").await;
            assert_eq!(reply.status, 422);
            let html = reply.text();
            for text in ["value=\"100.5\"", "eleven &#38; &#60;b&#62;", "value=\"33\"", "12.25"] {
                assert!(html.contains(text), "{text}: {html}");
            }
            assert_eq!(html.matches("aria-invalid=\"true\"").count(), 3, "{html}");
            let after = world.book(&server).await;
            assert_eq!(mark(&after, column, one), json!(["scored", 77]));
            assert_eq!(mark(&after, column, two), mark(&book, column, two));
            assert_eq!(mark(&after, column, three), mark(&book, column, three));
            assert_eq!(mark(&after, column, four), json!(["scored", 12.25]));

            // What was refused still names the version that was seen: somebody else's score that came
            // meanwhile stands nowhere on the page.
            let shown = format!("name=\"version.{two}\" value=\"{}\"", seen(two));
            assert!(html.contains(&shown), "{html}");
            let body = json!({"edits": [{"assessment_id": column, "student_id": two,
                "version": seen(two), "value": 85}]});
            let reply = server.patch("/api/v1/scores", &body).bearer(&world.admin).send().await;
            assert_eq!(reply.status, 200, "{}", reply.text());
            let refused = send(&browser, column, &[(two, "200", "", &kept(two), seen(two))], "").await;
            assert_eq!(refused.status, 422);
            assert!(refused.text().contains(&shown), "{}", refused.text());
            let conflict = send(&browser, column, &[(two, "80", "", &kept(two), seen(two))], "").await;
            assert_eq!(conflict.status, 409);
            assert!(conflict.text().contains("85"), "{}", conflict.text());
            assert_eq!(mark(&world.book(&server).await, column, two), json!(["scored", 85]));

            // Sent again as the page now has it, knowingly.
            let shown = format!("name=\"version.{four}\" value=\"{}\"", version(&after, column, four));
            assert!(html.contains(&shown), "{html}");
            let rows = [(four, "33", "", "12.25", version(&after, column, four))];
            assert_eq!(send(&browser, column, &rows, "").await.status, 303);
            assert_eq!(mark(&world.book(&server).await, column, four), json!(["scored", 33]));
        })
        .await;
    }

    async fn published_scores_change_with_a_reason_and_locked_ones_not_at_all(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let browser = Browser::signed_in(&server, &world.teacher_name).await;
            let (column, student) = (world.published, world.students[0]);
            let book = world.book(&server).await;
            let (kept, seen) = (was(&book, column, student), version(&book, column, student));
            let reply = send(&browser, column, &[(student, "1.5", "", &kept, seen)], " ").await;
            assert_eq!(reply.status, 422);
            let html = reply.text();
            assert!(html.contains("reason-error") && html.contains("value=\"1.5\""), "{html}");
            assert_eq!(mark(&world.book(&server).await, column, student), mark(&book, column, student));
            let reply = send(&browser, column, &[(student, "1.5", "", &kept, seen)], &"x".repeat(1_001)).await;
            assert_eq!(reply.status, 422);
            assert!(reply.text().contains("value=\"1.5\""), "{}", reply.text());
            let reply = send(&browser, column, &[(student, "1.5", "", &kept, seen)], "page 2 was not counted").await;
            assert_eq!(reply.status, 303, "{}", reply.text());
            let after = world.book(&server).await;
            assert_eq!(mark(&after, column, student), json!(["scored", 1.5]));

            let path = format!("/api/v1/assessments/{column}/lock");
            let reply = server.post(&path).bearer(&world.teacher).json(&json!({})).send().await;
            assert_eq!(reply.status, 200, "{}", reply.text());
            let page = browser.open(&format!("/assessments/{column}/entry")).await.text();
            assert!(!page.contains(&format!("score.{student}")), "{page}");
            let rows = [(student, "2", "", "1.5", version(&after, column, student))];
            assert_eq!(send(&browser, column, &rows, "too late").await.status, 422);
            assert_eq!(mark(&world.book(&server).await, column, student), json!(["scored", 1.5]));
        })
        .await;
    }
}
