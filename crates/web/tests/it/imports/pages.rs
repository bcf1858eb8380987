//! Importing through the pages, without script.

use std::time::Duration;

use gradebook_app::UndoError;
use gradebook_app::demo::demo_accounts;
use gradebook_app::imports::ImportState;
use gradebook_auth::Actor;
use gradebook_domain::ImportId;
use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use super::Course;
use crate::browser::Browser;
use crate::harness::{Reply, TestServer, local};
use crate::world::version;

/// The value of the field of this name in a form.
fn hidden(page: &Reply, name: &str) -> String {
    let text = page.text();
    let (_, rest) = text
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// Opens the page of an import until it is written.
async fn settled(browser: &Browser<'_>, path: &str) -> Reply {
    for _ in 0..200 {
        let page = browser.open(path).await;
        assert_eq!(page.status, 200, "{}", page.text());
        if page.header("refresh").is_empty() {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the import does not end");
}

fn teacher(what: &str) -> String {
    let demo = demo_accounts();
    let found = demo.teachers.iter().find(|one| one.what.starts_with(what));
    found.unwrap().username.clone()
}

on_both_databases! {
    async fn a_teacher_sees_the_plan_imports_and_takes_it_back(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let (world, n) = (&course.world, &course.numbers);
            let browser = Browser::signed_in(&server, &teacher("数学")).await;
            let before = course.value(0, world.draft).await;
            let page = browser.open(&format!("/courses/{}", course.id)).await;
            let form = format!("/courses/{}/import", course.id);
            assert!(page.text().contains(&form));
            browser.open(&form).await;
            let wrong = browser.upload(&form, ("a.csv", "名字,没有\n1,2\n".as_bytes()), &[]).await;
            assert_eq!(wrong.status, 422);
            assert!(wrong.text().contains("role=\"alert\""));

            let file = format!("学号,{}\n{},33\n{},34\nX-1,35\n", course.draft, n[0], n[1]);
            let sent = browser.upload(&form, ("月考.csv", file.as_bytes()), &[]).await;
            assert_eq!(sent.status, 303, "{}", sent.text());
            let path = sent.header("location").to_owned();
            let plan = browser.open(&path).await;
            assert!(plan.text().contains("X-1") && plan.text().contains("月考.csv"), "{}", plan.text());
            assert!(plan.text().find("X-1").unwrap() < plan.text().find(&n[0]).unwrap(), "rejected first");
            let only = browser.open(&format!("{path}?outcome=rejected")).await;
            assert!(!only.text().contains(&format!(">{}", n[0])));
            assert_eq!(course.value(0, world.draft).await, before, "nothing is written yet");
            let stranger = Browser::signed_in(&server, &teacher("语文")).await;
            assert_eq!(stranger.open(&path).await.status, 404);

            let hash = hidden(&plan, "plan_hash");
            let all = [("plan_hash", hash.as_str())];
            assert_eq!(browser.submit(&format!("{path}/commit"), &all).await.status, 303);
            let refused = settled(&browser, &path).await;
            assert!(refused.text().contains("role=\"alert\""), "{}", refused.text());
            assert_eq!(course.value(0, world.draft).await, before);
            let stale = [("plan_hash", "0"), ("allow_partial", "on")];
            browser.submit(&format!("{path}/commit"), &stale).await;
            let changed = settled(&browser, &path).await;
            assert_eq!(hidden(&changed, "plan_hash"), hash);
            let agreed = [("plan_hash", hash.as_str()), ("allow_partial", "on")];
            assert_eq!(browser.submit(&format!("{path}/commit"), &agreed).await.status, 303);
            let done = settled(&browser, &path).await;
            assert!(done.text().contains("/undo"), "{}", done.text());
            assert_eq!(course.value(0, world.draft).await, json!(33));
            let api = format!("/api/v1{path}");
            let told = server.get(&api).bearer(&world.teacher).send().await.json();
            assert_eq!((&told["state"], &told["rejected"], &told["progress"]), (&json!("committed"), &json!(1), &Value::Null));
            let twice = browser.submit(&format!("{path}/commit"), &agreed).await;
            // What was left out is kept, and comes back as a file that imports once it is put right.
            assert!(done.text().contains("X-1") && done.text().contains("left-out.csv"), "{}", done.text());
            let row = &told["left_out"][0];
            assert_eq!((&row["line"], &row["student_number"]), (&json!(4), &json!("X-1")));
            assert_eq!(row["errors"][0]["code"], "not_enrolled");
            let rows = server.get(&format!("{api}/left-out.csv?lang=en")).bearer(&world.teacher).send().await;
            assert_eq!(rows.status, 200, "{}", rows.text());
            let text = rows.text();
            let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
            assert_eq!(lines[0], format!("学号,{},Line in the file,Why left out", course.draft));
            assert!(lines[1].starts_with("X-1,35,4,") && lines.len() == 2, "{text}");
            let corrected = text.replace("X-1", &n[2]);
            let again = course.plan(corrected.as_bytes(), &[]).await;
            assert_eq!(again.status, 200, "{}", again.text());
            assert_eq!((&again.json()["summary"]["rejected"], again.json()["rows"].as_array().unwrap().len()), (&json!(0), 1));
            assert_eq!(twice.status, 409);

            // One cell changes afterwards and stays.
            let second = world.students[1];
            let now = world.book(&server).await;
            let edit = json!({"edits": [{"assessment_id": world.draft, "student_id": second,
                "version": version(&now, world.draft, second), "value": 90}]});
            server.patch("/api/v1/scores", &edit).bearer(&world.teacher).send().await;
            browser.open(&path).await;
            assert_eq!(browser.submit(&format!("{path}/undo"), &[("reason", "")]).await.status, 303);
            let undone = browser.open(&path).await;
            assert!(!undone.text().contains("/undo"));
            assert_eq!(course.value(0, world.draft).await, before);
            assert_eq!(course.value(1, world.draft).await, json!(90));
            let list = browser.open(&form).await;
            assert!(list.text().contains(&path));
        })
        .await;
    }

    async fn scores_that_students_have_seen_are_taken_back_with_a_reason(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let (world, n) = (&course.world, &course.numbers);
            let browser = Browser::signed_in(&server, &teacher("数学")).await;
            let before = [course.value(0, world.draft).await, course.value(0, world.published).await];
            let file = format!("学号,{},{}\n{},33,34\n", course.draft, course.published, n[0]);
            let form = format!("/courses/{}/import", course.id);
            browser.open(&form).await;
            let sent = browser.upload(&form, ("a.csv", file.as_bytes()), &[("reason", "read wrongly")]).await;
            assert_eq!(sent.status, 303, "{}", sent.text());
            let path = sent.header("location").to_owned();
            let hash = hidden(&browser.open(&path).await, "plan_hash");
            browser.submit(&format!("{path}/commit"), &[("plan_hash", &hash)]).await;
            settled(&browser, &path).await;
            assert_eq!(course.value(0, world.published).await, json!(34));

            // Without a reason nothing goes back, not even the draft, and the page asks for one.
            let undo = format!("{path}/undo");
            let asked = browser.submit(&undo, &[("reason", "")]).await;
            assert_eq!(asked.status, 422, "{}", asked.text());
            assert!(asked.text().contains("reason-error") && asked.text().contains(&undo), "{}", asked.text());
            assert_eq!(course.value(0, world.draft).await, json!(33));
            assert_eq!(course.value(0, world.published).await, json!(34));
            let page = browser.open(&path).await;
            assert!(page.text().contains(&undo), "it can still be taken back");
            let given = browser.submit(&undo, &[("reason", "the wrong file")]).await;
            assert_eq!(given.status, 303, "{}", given.text());
            assert_eq!([course.value(0, world.draft).await, course.value(0, world.published).await], before);
            let undone = browser.open(&path).await;
            assert!(!undone.text().contains(&undo), "{}", undone.text());
            assert!(undone.text().contains("/batches/"), "each cell can be looked at");
            let told = server.get(&format!("/api/v1{path}")).bearer(&world.teacher).send().await.json();
            assert_eq!(told["state"], "undone");
        })
        .await;
    }

    async fn a_column_for_which_nothing_is_known_is_left_out_without_sending_the_file_again(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let (world, n) = (&course.world, &course.numbers);
            let browser = Browser::signed_in(&server, &teacher("数学")).await;
            let before = course.value(0, world.draft).await;
            let file = format!("学号,{},备注,书法\n{},33,进步很大,12\n", course.draft, n[0]);
            let form = format!("/courses/{}/import", course.id);
            browser.open(&form).await;
            let sent = browser.upload(&form, ("a.csv", file.as_bytes()), &[]).await;
            assert_eq!(sent.status, 303, "{}", sent.text());
            let path = sent.header("location").to_owned();
            let asked = browser.open(&path).await.text();
            assert!(asked.contains("value=\"备注\"") && asked.contains("value=\"书法\""), "{asked}");
            assert!(!asked.contains("plan_hash"), "there is nothing to agree to yet");
            let columns = format!("{path}/columns");
            assert_eq!(browser.submit(&columns, &[("ignore", "备注")]).await.status, 303);
            let asked = browser.open(&path).await;
            assert!(asked.text().contains("value=\"备注\" checked"), "{}", asked.text());
            assert!(!asked.text().contains("plan_hash"), "one is still unknown");
            assert_eq!(browser.submit(&columns, &[("ignore", "备注"), ("ignore", "书法")]).await.status, 303);
            let plan = browser.open(&path).await;
            let hash = hidden(&plan, "plan_hash");
            assert!(plan.text().contains("value=\"书法\" checked"), "{}", plan.text());
            assert_eq!(course.value(0, world.draft).await, before);
            assert_eq!(browser.submit(&format!("{path}/commit"), &[("plan_hash", &hash)]).await.status, 303);
            settled(&browser, &path).await;
            assert_eq!(course.value(0, world.draft).await, json!(33));
            // It is written: nothing can be chosen any more.
            assert_eq!(browser.submit(&columns, &[]).await.status, 409);
        })
        .await;
    }

    async fn scores_that_students_have_seen_change_with_a_reason_given_beside_the_plan(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let (world, n) = (&course.world, &course.numbers);
            let browser = Browser::signed_in(&server, &teacher("数学")).await;
            let before = course.value(0, world.published).await;
            let file = format!("学号,姓名,{}\n{},别人,34\n", course.published, n[0]);
            let form = format!("/courses/{}/import", course.id);
            browser.open(&form).await;
            let sent = browser.upload(&form, ("a.csv", file.as_bytes()), &[]).await;
            let path = sent.header("location").to_owned();
            let plan = browser.open(&path).await;
            let hash = hidden(&plan, "plan_hash");
            assert!(plan.text().contains("name=\"reason\""), "{}", plan.text());
            let commit = format!("{path}/commit");
            let hash = ("plan_hash", hash.as_str());
            let asked = browser.submit(&commit, &[hash, ("reason", " "), ("names_checked", "on")]).await;
            assert_eq!(asked.status, 422, "{}", asked.text());
            assert!(asked.text().contains("plan-reason-error"), "{}", asked.text());
            let names_box = asked.text().split_once("name=\"names_checked\"").unwrap().1.to_owned();
            assert!(names_box.split('>').next().unwrap().contains("checked"), "what was ticked stays");
            // What was typed stays when something else is wrong.
            let asked = browser.submit(&commit, &[hash, ("reason", "read wrongly")]).await;
            assert_eq!(asked.status, 422, "{}", asked.text());
            assert!(asked.text().contains("names-error") && asked.text().contains("value=\"read wrongly\""), "{}", asked.text());
            assert_eq!(course.value(0, world.published).await, before);
            let agreed = [hash, ("reason", "read wrongly"), ("names_checked", "on")];
            assert_eq!(browser.submit(&commit, &agreed).await.status, 303);
            let done = settled(&browser, &path).await;
            assert!(done.text().contains("/undo"), "{}", done.text());
            assert_eq!(course.value(0, world.published).await, json!(34));
            let history = format!("/api/v1/assessments/{}/students/{}/history", world.published, world.students[0]);
            let told = server.get(&history).bearer(&world.teacher).send().await;
            assert!(told.text().contains("read wrongly"), "{}", told.text());
        })
        .await;
    }

    async fn an_import_that_is_cancelled_says_so(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let browser = Browser::signed_in(&server, &teacher("数学")).await;
            let file = format!("学号,{}\n{},33\n", course.draft, course.numbers[0]);
            let form = format!("/courses/{}/import", course.id);
            browser.open(&form).await;
            let mut paths = Vec::new();
            for _ in 0..2 {
                let sent = browser.upload(&form, ("a.csv", file.as_bytes()), &[]).await;
                paths.push(sent.header("location").to_owned());
            }
            let cancel = format!("{}/cancel", paths[0]);
            browser.open(&paths[0]).await;
            let cancelled = browser.submit(&cancel, &[]).await;
            assert_eq!((cancelled.status.as_u16(), cancelled.header("location")), (303, form.as_str()));
            let page = browser.open(&paths[0]).await;
            assert!(page.text().contains("was cancelled") && !page.text().contains("plan_hash"), "{}", page.text());
            assert_eq!(browser.submit(&cancel, &[]).await.status, 409, "it is cancelled already");
            let list = browser.open(&form).await.text();
            assert!(list.contains(">Cancelled<") && list.contains(">To be confirmed<"), "{list}");
            let everybodys = Browser::signed_in(&server, &demo_accounts().admin.username).await;
            let list = everybodys.open("/admin/imports").await.text();
            assert!(list.contains(&format!("href=\"/courses/{}\"", course.id)), "{list}");
        })
        .await;
    }

    async fn the_page_of_an_exam_leads_to_a_form_that_has_chosen_it(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let exams = server.get("/api/v1/exams").bearer(&course.world.admin).send().await.json();
            let exam = exams["items"][0]["id"].as_i64().unwrap();
            let browser = Browser::signed_in(&server, &demo_accounts().admin.username).await;
            let page = browser.open(&format!("/admin/exams/{exam}")).await.text();
            let link = format!("/admin/imports?exam_id={exam}");
            assert!(page.contains(&link), "{page}");
            let form = browser.open(&link).await.text();
            assert!(form.contains(&format!("<option value=\"{exam}\" selected>")), "{form}");
        })
        .await;
    }

    async fn names_that_are_not_the_schools_are_looked_at_first(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let (world, n) = (&course.world, &course.numbers);
            let browser = Browser::signed_in(&server, &teacher("数学")).await;
            let before = course.value(0, world.draft).await;
            // The second row is left out, and so is its name.
            let file = format!("学号,姓名,{}\n{},别人,33\n{},别人,many\n", course.draft, n[0], n[1]);
            let form = format!("/courses/{}/import", course.id);
            let plan = course.plan(file.as_bytes(), &[]).await.json();
            assert_eq!((&plan["summary"]["names_differ"], &plan["summary"]["rejected"]), (&json!(1), &json!(1)));
            let differs = &plan["rows"][0]["changes"][0];
            assert_eq!(differs["kind"], "name_differs");
            assert_eq!(differs.get("to"), None, "what says nothing is left out");
            browser.open(&form).await;
            let sent = browser.upload(&form, ("a.csv", file.as_bytes()), &[]).await;
            let path = sent.header("location").to_owned();
            let hash = hidden(&browser.open(&path).await, "plan_hash");
            let commit = format!("{path}/commit");
            let unseen = [("plan_hash", hash.as_str()), ("allow_partial", "on")];
            let asked = browser.submit(&commit, &unseen).await;
            assert_eq!(asked.status, 422, "{}", asked.text());
            assert!(asked.text().contains("names-error"), "{}", asked.text());
            assert_eq!(course.value(0, world.draft).await, before);
            let seen = [unseen[0], unseen[1], ("names_checked", "on")];
            assert_eq!(browser.submit(&commit, &seen).await.status, 303);
            settled(&browser, &path).await;
            assert_eq!(course.value(0, world.draft).await, json!(33));
        })
        .await;
    }

    async fn nothing_is_agreed_to_where_nothing_is_to_be_written(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let browser = Browser::signed_in(&server, &demo_accounts().admin.username).await;
            let form = format!("/courses/{}/import", course.id);
            browser.open(&form).await;
            let file = format!("学号,姓名,{}\nX-999,谁,33\n{},别人,\n", course.draft, course.numbers[0]);
            let sent = browser.upload(&form, ("a.csv", file.as_bytes()), &[]).await;
            let page = browser.open(sent.header("location")).await;
            let text = page.text();
            assert!(text.contains("there is nothing to write"), "{text}");
            for box_ in ["allow_partial", "names_checked"] {
                assert!(!text.contains(&format!("name=\"{box_}\"")), "{text}");
            }
            // What is advised can be done: an import into a course creates nobody.
            assert!(text.contains("has this number. Check it."), "{text}");
            assert!(!text.contains("let students be created"), "{text}");
        })
        .await;
    }

    async fn what_others_put_back_and_changed_leaves_nothing_to_take_back(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let (world, n) = (&course.world, &course.numbers);
            let browser = Browser::signed_in(&server, &teacher("数学")).await;
            let edit = async |values: [Value; 2]| {
                let book = world.book(&server).await;
                let of = |(nth, value): (usize, Value)| {
                    let student = world.students[nth];
                    json!({"assessment_id": world.draft, "student_id": student,
                        "version": version(&book, world.draft, student), "value": value})
                };
                let edits: Vec<Value> = values.into_iter().enumerate().map(of).collect();
                let saved = server.patch("/api/v1/scores", &json!({"edits": edits})).bearer(&world.teacher).send().await;
                assert_eq!(saved.status, 200, "{}", saved.text());
            };
            edit([json!(11), json!(12)]).await;
            let file = format!("学号,{}\n{},33\n{},34\n", course.draft, n[0], n[1]);
            let form = format!("/courses/{}/import", course.id);
            browser.open(&form).await;
            let sent = browser.upload(&form, ("a.csv", file.as_bytes()), &[]).await;
            let path = sent.header("location").to_owned();
            let hash = hidden(&browser.open(&path).await, "plan_hash");
            browser.submit(&format!("{path}/commit"), &[("plan_hash", &hash)]).await;
            settled(&browser, &path).await;
            edit([json!(11), json!(90)]).await;
            browser.open(&path).await;
            let undo = format!("{path}/undo");
            assert_eq!(browser.submit(&undo, &[("reason", "")]).await.status, 303);
            let told = server.get(&format!("/api/v1{path}")).bearer(&world.teacher).send().await.json();
            assert_eq!(told["state"], "undone", "{told}");
            assert!(!browser.open(&path).await.text().contains(&undo));
            assert_eq!(course.value(1, world.draft).await, json!(90));
        })
        .await;
    }

    async fn two_who_take_an_import_back_do_not_count_over_each_other(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let n = &course.numbers;
            let browser = Browser::signed_in(&server, &teacher("数学")).await;
            let file = format!("学号,{},{}\n{},33,34\n", course.draft, course.published, n[0]);
            let form = format!("/courses/{}/import", course.id);
            browser.open(&form).await;
            let sent = browser.upload(&form, ("a.csv", file.as_bytes()), &[("reason", "read wrongly")]).await;
            let path = sent.header("location").to_owned();
            let hash = hidden(&browser.open(&path).await, "plan_hash");
            browser.submit(&format!("{path}/commit"), &[("plan_hash", &hash)]).await;
            settled(&browser, &path).await;
            let (operator, id) = (Actor::operator(), path.rsplit('/').next().unwrap().parse().unwrap());
            // Both saw the import as it was before either began.
            let seen = server.app.kept_import(&operator, ImportId(id)).await.unwrap();
            let asked = server.app.undo_import(&operator, &seen, None).await;
            assert!(matches!(asked, Err(UndoError::ReasonRequired { cells: 1 })), "{asked:?}");
            for restored in [2, 0] {
                let report = server.app.undo_import(&operator, &seen, Some("the wrong file")).await.unwrap();
                assert_eq!(report.restored.len(), restored);
            }
            let now = server.app.kept_import(&operator, ImportId(id)).await.unwrap();
            assert_eq!((now.summary.restored, now.summary.skipped), (Some(2), Some(0)));
            assert_eq!(now.stored.state, ImportState::Undone);
        })
        .await;
    }

    async fn an_admin_imports_an_exam_that_is_new(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let browser = Browser::signed_in(&server, &demo_accounts().admin.username).await;
            let admin = browser.open("/admin").await;
            assert!(admin.text().contains("/admin/imports"));
            let form = browser.open("/admin/imports").await;
            let term = hidden_option(&form);
            let file = "年级,班级,考号,姓名,语文,体育\n九年级,9班,90001,新同学,70,80\n";
            let mut fields = vec![("term_id", term.as_str()), ("exam_name", "摸底"), ("exam_kind", "quiz"), ("held_on", "2026-12-01")];
            let strict = browser.upload("/admin/imports", ("a.csv", file.as_bytes()), &fields).await;
            assert_eq!(strict.status, 422);
            assert!(strict.text().contains("摸底"), "what was typed stays");
            fields.push(("create_missing", "on"));
            let sent = browser.upload("/admin/imports", ("a.csv", file.as_bytes()), &fields).await;
            assert_eq!(sent.status, 303, "{}", sent.text());
            let path = sent.header("location").to_owned();
            let plan = browser.open(&path).await;
            let hash = hidden(&plan, "plan_hash");
            browser.submit(&format!("{path}/commit"), &[("plan_hash", &hash)]).await;
            let done = settled(&browser, &path).await;
            assert!(done.text().contains("/admin/slips"), "{}", done.text());
            let found = server.get("/api/v1/users?q=90001").bearer(&course.world.admin).send().await.json();
            assert_eq!(found["items"][0]["name"], "新同学");
            // A form that no page of ours showed.
            let forged = browser.with_cookies(server.post("/admin/imports")).header("sec-fetch-site", "same-origin");
            let forged = crate::imports::files::multipart(forged, "a.csv", file.as_bytes(), &fields).send().await;
            assert_eq!(forged.status, 403);
        })
        .await;
    }
}

/// The first term that the form offers.
fn hidden_option(page: &Reply) -> String {
    let text = page.text();
    let (_, terms) = text.split_once("name=\"term_id\"").unwrap();
    let (_, rest) = terms.split_once("<option value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}
