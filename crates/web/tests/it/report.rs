//! Report cards: what they count, what a year comes to, and that they say what the student's page says.

use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::{TestServer, local};
use crate::world::{World, find};

async fn get(server: &TestServer, token: &str, path: &str) -> Value {
    let reply = server
        .get(&format!("/api/v1{path}"))
        .bearer(token)
        .send()
        .await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    reply.json()
}

async fn post(server: &TestServer, token: &str, path: &str, body: &Value) -> Value {
    let request = server.post(&format!("/api/v1{path}")).bearer(token);
    let reply = request.json(body).send().await;
    assert!(reply.status.is_success(), "{path}: {}", reply.text());
    reply.json()
}

async fn patch(server: &TestServer, token: &str, path: &str, body: &Value) -> Value {
    let reply = server
        .patch(&format!("/api/v1{path}"), body)
        .bearer(token)
        .send()
        .await;
    assert!(reply.status.is_success(), "{path}: {}", reply.text());
    reply.json()
}

on_both_databases! {
    async fn a_report_card_says_what_the_students_page_says(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let letters = json!({"policy": {"letters": [{"letter": "A", "from": 50}, {"letter": "B", "from": 0}]}, "reason": "letters"});
            patch(&server, &world.teacher, &format!("/courses/{}", world.course), &letters).await;
            let grades = get(&server, &world.student, "/me/grades").await;
            let mine = get(&server, &world.student, "/me/report").await;
            let class = get(&server, &world.admin, &format!("/classes/{}/report", world.class)).await;
            assert_eq!(class["students"].as_array().unwrap().len(), world.students.len());
            let card = find(&class["students"], |one| one["student"]["id"] == world.student_id);
            assert_eq!(card["subjects"], mine["subjects"]);
            assert_eq!(class["terms"], mine["terms"]);
            assert_eq!(mine["subjects"].as_array().unwrap().len(), 3);
            for subject in mine["subjects"].as_array().unwrap() {
                let term = &subject["terms"][0];
                let course = find(&grades["courses"], |one| one["course"]["id"] == term["course_id"]);
                for key in ["current", "final", "letter"] {
                    assert_eq!(term[key], course[key], "{key} of {subject}");
                    // One term is the whole year.
                    assert_eq!(subject[key], course[key], "{key} of {subject}");
                }
            }
            let browser = Browser::signed_in(&server, &gradebook_app::demo::demo_accounts().students[0].username).await;
            let shown = browser.open("/me/report").await.text();
            let maths = find(&mine["subjects"], |one| one["subject"]["code"] == "mathematics");
            let last = maths["final"].as_f64().unwrap();
            assert!(shown.contains(&format!("{last:.2}")), "{last}");
            // A draft counts nowhere in it.
            let before = mine["subjects"].clone();
            let book = world.book(&server).await;
            let draft = find(&book["scores"], |one| one["assessment_id"] == world.draft && one["student_id"] == world.student_id);
            let edit = json!({"edits": [{"assessment_id": world.draft, "student_id": world.student_id, "version": draft["version"], "value": 1}]});
            patch(&server, &world.teacher, "/scores", &edit).await;
            assert_eq!(get(&server, &world.student, "/me/report").await["subjects"], before);
        })
        .await;
    }

    async fn a_year_is_its_terms_by_their_weights(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let course = get(&server, &world.admin, &format!("/courses/{}", world.course)).await;
            let autumn = course["term"]["id"].as_i64().unwrap();
            let body = json!({"weight": 40, "reason": "spring weighs more"});
            patch(&server, &world.admin, &format!("/terms/{autumn}"), &body).await;
            let spring = post(&server, &world.admin, "/terms", &json!({"school_year": course["term"]["school_year"],
                "name": "Spring", "starts_on": "2027-02-10", "ends_on": "2027-07-10", "weight": 60})).await;
            let new = post(&server, &world.admin, "/courses", &json!({"class_id": world.class,
                "subject_id": course["subject"]["id"], "term_id": spring["id"], "teacher_ids": [world.teacher_id]})).await;
            let quiz = post(&server, &world.teacher, &format!("/courses/{}/assessments", new["id"]),
                &json!({"title": "Quiz", "max_score": 30})).await;
            post(&server, &world.teacher, &format!("/assessments/{}/publish", quiz["id"]), &Value::Null).await;
            let edit = json!({"edits": [{"assessment_id": quiz["id"], "student_id": world.student_id, "version": 0, "value": 20}]});
            patch(&server, &world.teacher, "/scores", &edit).await;

            let mine = get(&server, &world.student, "/me/report").await;
            let names: Vec<&Value> = mine["terms"].as_array().unwrap().iter().map(|term| &term["name"]).collect();
            assert_eq!(names, ["Autumn", "Spring"]);
            let subject = find(&mine["subjects"], |one| one["subject"]["code"] == "mathematics");
            assert_eq!(subject["terms"][1]["final"], json!(66.67));
            // The monthly exam is out of 100, so its percentage is exact: 40 % of it and 60 % of 20/30.
            let first = subject["terms"][0]["final"].to_string();
            let first: gradebook_domain::Points = first.parse().unwrap();
            let expected = gradebook_domain::Exact::from(first);
            let factor = gradebook_domain::Exact::ratio(40, 100).unwrap();
            let year = &(&expected * &factor) + &gradebook_domain::Exact::whole(40);
            assert_eq!(subject["final"].to_string(), format_number(&year.rounded().to_string()), "{subject}");
            // A subject without a course in spring is its autumn: 40 scales up to 100.
            let chinese = find(&mine["subjects"], |one| one["subject"]["code"] == "chinese");
            assert_eq!(chinese["terms"].as_array().unwrap().len(), 1);
            assert_eq!(chinese["final"], chinese["terms"][0]["final"]);
            // The report of the first term knows nothing of the second.
            let earlier = get(&server, &world.student, &format!("/me/report?term_id={autumn}")).await;
            assert_eq!(earlier["terms"].as_array().unwrap().len(), 1);
            let class = get(&server, &world.teacher, &format!("/classes/{}/report", world.class)).await;
            let card = find(&class["students"], |one| one["student"]["id"] == world.student_id);
            assert_eq!(card["subjects"], mine["subjects"]);
            let missing = server.get("/api/v1/me/report?term_id=999999").bearer(&world.student).send().await;
            assert_eq!(missing.status, 404);
        })
        .await;
    }

    async fn a_scheme_is_set_up_on_its_page(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let teacher = gradebook_app::demo::demo_accounts().teachers;
            let teacher = teacher.iter().find(|one| one.what.starts_with("数学")).unwrap();
            let browser = Browser::signed_in(&server, &teacher.username).await;
            let path = format!("/courses/{}/settings", world.course);
            let form = browser.open(&format!("{path}?open=category")).await.text();
            assert!(form.contains("name=\"drop_lowest\""));
            // What was typed stays, and what is wrong is said beside it.
            let typed = [("open", "category"), ("name", "Homework & more"), ("weight", "thirty"), ("aggregation", "mean"), ("drop_lowest", "1"), ("drop_highest", "")];
            let reply = browser.submit(&path, &typed).await;
            assert_eq!(reply.status, 422);
            let page = reply.text();
            assert!(page.contains("value=\"Homework &#38; more\"") && page.contains("value=\"thirty\""), "{page}");
            assert!(page.contains("id=\"weight-error\""));
            let typed = [("open", "category"), ("name", "Homework"), ("weight", "30"), ("aggregation", "mean"), ("drop_lowest", "1"), ("drop_highest", "0")];
            assert_eq!(browser.submit(&path, &typed).await.status, 303);
            let book = world.book(&server).await;
            let homework = find(&book["categories"], |one| one["name"] == "Homework");
            assert_eq!((&homework["weight"], &homework["drop_lowest"]), (&json!(30), &json!(1)));
            let homework = homework["id"].to_string();
            let typed = [("open", "assessment"), ("title", "Reading"), ("category", homework.as_str()), ("date", ""), ("max_score", "20"), ("extra_credit_limit", "")];
            assert_eq!(browser.submit(&path, &typed).await.status, 303);
            let book = world.book(&server).await;
            let reading = find(&book["assessments"], |one| one["title"] == "Reading");
            assert_eq!((&reading["state"], &reading["max_score"]), (&json!("draft"), &json!(20)));
            // Published work asks for a reason, and says what would become of it.
            let open = format!("category-{}", world.category);
            let typed = [("open", open.as_str()), ("name", "Tests"), ("weight", "70"), ("aggregation", "points"), ("drop_lowest", "0"), ("drop_highest", "0"), ("reason", " ")];
            let reply = browser.submit(&path, &typed).await;
            assert_eq!(reply.status, 422, "{}", reply.text());
            assert!(reply.text().contains("id=\"reason-error\"") && reply.text().contains("value=\"70\""));
            let mut typed = typed;
            typed[6].1 = "homework counts from now on";
            assert_eq!(browser.submit(&path, &typed).await.status, 303);
            // Moved up, the new category stands first.
            let open = format!("category-{homework}");
            assert_eq!(browser.submit(&path, &[("open", &open), ("step", "up")]).await.status, 303);
            let book = world.book(&server).await;
            assert_eq!(book["categories"][0]["id"].to_string(), homework);
            let open = format!("delete-assessment-{}", world.draft);
            let wrong = browser.submit(&path, &[("open", open.as_str()), ("confirm", "no")]).await;
            assert_eq!(wrong.status, 409);
            assert!(wrong.text().contains("id=\"confirm-error\""));
            let title = find(&book["assessments"], |one| one["id"] == world.draft)["title"].as_str().unwrap().to_owned();
            assert_eq!(browser.submit(&path, &[("open", open.as_str()), ("confirm", &title)]).await.status, 303);
            let typed = [("open", "policy"), ("absent", "left_out"), ("scale", "own"), ("bands", "Pass 60\r\nFail 0"), ("reason", "as agreed")];
            assert_eq!(browser.submit(&path, &typed).await.status, 303);
            let policy = world.book(&server).await["course"]["policy"].clone();
            assert_eq!(policy, json!({"absent": "left_out", "letters": [{"letter": "Pass", "from": 60}, {"letter": "Fail", "from": 0}], "show_class_statistics": false}));
        })
        .await;
    }

    async fn who_taught_the_class_in_an_earlier_term_reads_nothing_of_this_one(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let course = get(&server, &world.admin, &format!("/courses/{}", world.course)).await;
            let autumn = course["term"]["id"].as_i64().unwrap();
            let listed = get(&server, &world.admin, "/courses?limit=200").await;
            let chinese = find(&listed["items"], |one| one["subject"]["code"] == "chinese" && one["class"]["id"] == world.class);
            let other = chinese["teachers"][0]["id"].clone();
            let files = format!("/api/v1/classes/{}/students.csv?lang=en", world.class);
            let list = async |token: &str| server.get(&files).bearer(token).send().await;
            assert_eq!(list(&world.other_teacher).await.status, 200);

            // Their subject goes to somebody else; what they taught is a term that has ended.
            let summer = post(&server, &world.admin, "/terms", &json!({"school_year": course["term"]["school_year"],
                "name": "Summer", "starts_on": "2026-07-01", "ends_on": "2026-08-20", "weight": 10})).await;
            post(&server, &world.admin, "/courses", &json!({"class_id": world.class,
                "subject_id": chinese["subject"]["id"], "term_id": summer["id"], "teacher_ids": [other]})).await;
            patch(&server, &world.admin, &format!("/courses/{}", chinese["id"]), &json!({"teacher_ids": [world.teacher_id]})).await;

            let report = |term: &Value| format!("/api/v1/classes/{}/report?term_id={term}", world.class);
            let (summer, autumn) = (summer["id"].clone(), json!(autumn));
            for (token, term, status) in [
                (&world.other_teacher, &autumn, 404),
                (&world.other_teacher, &summer, 200),
                (&world.teacher, &autumn, 200),
                (&world.teacher, &summer, 404),
                (&world.admin, &summer, 200),
            ] {
                let reply = server.get(&report(term)).bearer(token).send().await;
                assert_eq!(reply.status.as_u16(), status, "{term}: {}", reply.text());
                let page = format!("/classes/{}/report?term_id={term}", world.class);
                let page = server.get(&page).bearer(token).send().await;
                assert_eq!(page.status.as_u16(), status, "the page");
            }
            // Without a term, the newest that they may see.
            for (token, name) in [(&world.other_teacher, "Summer"), (&world.teacher, "Autumn"), (&world.admin, "Autumn")] {
                let shown = get(&server, token, &format!("/classes/{}/report", world.class)).await;
                assert_eq!(shown["terms"].as_array().unwrap().last().unwrap()["name"], name);
            }
            // So with the list of the class, and only admins read names to sign in with in it.
            assert_eq!(list(&world.other_teacher).await.status, 404);
            for (token, told) in [(&world.teacher, false), (&world.admin, true)] {
                let list = list(token).await.text();
                assert_eq!(list.contains("Username"), told, "{list}");
            }
        })
        .await;
    }
}

/// As JSON writes a number that may be whole.
fn format_number(text: &str) -> String {
    serde_json::from_str::<Value>(text).unwrap().to_string()
}
