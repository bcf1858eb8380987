//! Gradebooks, exam sheets and class lists as files: what is in them, and that they can go back in.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use gradebook_app::imports::ImportScores;
use gradebook_auth::Actor;
use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::harness::{Reply, TestServer, local};
use crate::imports::files::send;
use crate::world::{World, cell, version};

/// The rows of a CSV file, with the line of titles first.
fn rows(reply: &Reply) -> Vec<Vec<String>> {
    assert_eq!(reply.status, 200, "{}", reply.text());
    let text = reply.text();
    let body = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let lines = body.matches('\n').count();
    assert_eq!(
        body.matches("\r\n").count(),
        lines,
        "every line ends with CR LF"
    );
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(body.as_bytes())
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

fn workbook(reply: &Reply) -> Xlsx<Cursor<Vec<u8>>> {
    assert_eq!(reply.status, 200, "{}", reply.text());
    Xlsx::new(Cursor::new(reply.bytes().to_vec())).unwrap()
}

/// The cells of a sheet as text; numbers as a reader sees them.
fn cells(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Vec<Vec<String>> {
    let range = book.worksheet_range(sheet).unwrap();
    range
        .rows()
        .map(|row| row.iter().map(Data::to_string).collect())
        .collect()
}

fn entry(archive: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut file = archive.by_name(name).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut file, &mut text).unwrap();
    text
}

/// An order to import a sheet of the exam that exists already.
fn order(file_name: &str, term: &Value, exam: &Value) -> ImportScores {
    ImportScores {
        file_name: file_name.to_owned(),
        school_year: term["school_year"].as_str().unwrap().to_owned(),
        term: term["name"].as_str().unwrap().to_owned(),
        exam: exam["name"].as_str().unwrap().to_owned(),
        kind: "midterm",
        create_missing: false,
        publish: false,
        dry_run: false,
        reason: None,
        held_on: None,
        ignore_columns: Vec::new(),
    }
}

/// Puts a value and each of the codes into the draft's first cells.
async fn enter_every_status(server: &TestServer, world: &World) {
    let book = world.book(server).await;
    let entries = [
        json!({"value": 71.25}),
        json!({"status": "absent"}),
        json!({"status": "excused"}),
        json!({"status": "missing"}),
        json!({"status": "blank"}),
    ];
    let edits: Vec<Value> = entries
        .into_iter()
        .zip(&world.students)
        .map(|(mut entry, student)| {
            entry["assessment_id"] = json!(world.draft);
            entry["student_id"] = json!(student);
            entry["version"] = json!(version(&book, world.draft, *student));
            entry
        })
        .collect();
    let saved = server
        .patch("/api/v1/scores?atomic=true", &json!({"edits": edits}))
        .bearer(&world.teacher)
        .send()
        .await;
    assert_eq!(saved.status, 200, "{}", saved.text());
}

on_both_databases! {
    async fn a_gradebook_is_exported_as_it_is_shown(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            enter_every_status(&server, &world).await;
            let book = world.book(&server).await;
            let path = format!("/api/v1/courses/{}/gradebook", world.course);
            let fetch = async |ending: &str| {
                server.get(&format!("{path}.{ending}")).bearer(&world.teacher).send().await
            };
            let reply = fetch("csv?lang=zh-CN").await;
            assert_eq!(reply.header("cache-control"), "no-store");
            assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8; header=present");
            let disposition = reply.header("content-disposition");
            let named = format!("attachment; filename=\"gradebook-{}.csv\"; filename*=UTF-8''", world.course);
            assert!(disposition.starts_with(&named), "{disposition}");
            assert!(disposition.contains("%E6%95%B0%E5%AD%A6"), "{disposition}");
            let table = rows(&reply);
            let assessments = book["assessments"].as_array().unwrap();
            let categories = book["categories"].as_array().unwrap();
            let mut titles = vec!["学号".to_owned(), "姓名".to_owned()];
            titles.extend(assessments.iter().map(|one| one["title"].as_str().unwrap().to_owned()));
            titles.extend(categories.iter().map(|one| format!("{}（当前）%", one["name"].as_str().unwrap())));
            titles.extend(["当前", "总评", "等级"].map(str::to_owned));
            assert_eq!(table[0], titles);
            let draft = assessments.iter().position(|one| one["id"] == world.draft).unwrap() + 2;
            let shown: Vec<&str> = table[1..=5].iter().map(|row| row[draft].as_str()).collect();
            assert_eq!(shown, ["71.25", "缺考", "免考", "未交", ""]);
            for (row, (student, totals)) in table[1..].iter().zip(
                book["students"].as_array().unwrap().iter().zip(book["totals"].as_array().unwrap()),
            ) {
                assert_eq!(row[0], student["student_number"]);
                assert_eq!(row[1], student["name"]);
                for (column, assessment) in assessments.iter().enumerate() {
                    let id = student["id"].as_i64().unwrap();
                    let stored = cell(&book, assessment["id"].as_i64().unwrap(), id);
                    if let Some(value) = stored.and_then(|stored| stored["value"].as_number().cloned()) {
                        assert_eq!(row[column + 2], value.to_string());
                    }
                }
                let last = row.len();
                for (at, reading) in [(last - 3, "current"), (last - 2, "final")] {
                    let expected = totals[reading].as_number().map_or_else(String::new, ToString::to_string);
                    assert_eq!(row[at], expected);
                }
            }
            let english = rows(&fetch("csv?lang=en").await);
            assert_eq!(english[0][..2], ["Student number", "Name"]);
            let shown: Vec<&str> = english[1..=5].iter().map(|row| row[draft].as_str()).collect();
            assert_eq!(shown, ["71.25", "abs", "ex", "mi", ""]);
            let reader = server.get(&format!("{path}.csv")).bearer(&world.teacher);
            let chosen = rows(&reader.header("accept-language", "zh-CN").send().await);
            assert_eq!(chosen, table);

            let reply = fetch("xlsx?lang=zh-CN").await;
            assert!(reply.header("content-disposition").contains(".xlsx"));
            let mut written = workbook(&reply);
            assert_eq!(written.sheet_names(), ["成绩", "考核"]);
            let sheet = cells(&mut written, "成绩");
            for (row, expected) in sheet.iter().zip(&table) {
                // A range is as wide as what is in it, so an empty last column may be missing.
                assert_eq!(row[..], expected[..row.len()]);
            }
            assert_eq!(sheet.len(), table.len());
            let range = written.worksheet_range("成绩").unwrap();
            assert!(matches!(range.get((1, draft)), Some(Data::Float(_))));
            assert!(matches!(range.get((1, 0)), Some(Data::String(_))), "numbers of students are text");
            let second = cells(&mut written, "考核");
            assert_eq!(second[0], ["考核名称", "类别", "类别权重 %", "权重", "满分", "日期", "状态", "平均"]);
            let mean = book["statistics"].as_array().unwrap().iter()
                .find(|one| one["assessment_id"] == world.draft).unwrap()["mean"].clone();
            let line = second.iter().find(|row| row[6] == "草稿").unwrap();
            assert_eq!((line[4].as_str(), line[7].clone()), ("100", mean.to_string()));
            let xml = entry(reply.bytes(), "xl/worksheets/sheet1.xml");
            assert!(xml.contains(r#"<pane xSplit="2" ySplit="1""#), "titles and names stay in sight");
            let styles = entry(reply.bytes(), "xl/styles.xml");
            assert!(styles.contains(r#"formatCode="0.00""#) || styles.contains(r#"numFmtId="2""#));
            let properties = entry(reply.bytes(), "docProps/core.xml");
            assert!(properties.contains("<dc:creator></dc:creator>"), "{properties}");
        })
        .await;
    }

    async fn an_exported_exam_sheet_goes_back_in_unchanged(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            enter_every_status(&server, &world).await;
            let path = format!("/api/v1/exams/{}/classes/{}/sheet", world.exam, world.class);
            let sheet = server.get(&path).bearer(&world.teacher).send().await.json();
            let entered = sheet["scores"].as_array().unwrap().iter()
                .filter(|cell| cell["status"] != "blank").count();
            for (lang, titles) in [
                ("zh-CN", ["年级", "班级", "考号", "姓名", "语文", "数学", "英语", "总分", "平均", "名次"]),
                ("en", ["Grade level", "Class", "Student number", "Name", "Chinese", "Mathematics", "English",
                    "Total", "Mean", "Rank"]),
            ] {
                let csv = server.get(&format!("{path}.csv?lang={lang}")).bearer(&world.teacher).send().await;
                let table = rows(&csv);
                assert_eq!(table[0], titles);
                for (row, totals) in table[1..].iter().zip(sheet["totals"].as_array().unwrap()) {
                    let text = |name: &str| totals[name].as_number().map_or_else(String::new, ToString::to_string);
                    assert_eq!(row[7..], [text("total"), text("mean"), text("rank")]);
                }
                let order = order("sheet.csv", &sheet["term"], &sheet["exam"]);
                let report = server.app
                    .import_scores(&Actor::operator(), csv.bytes(), &order, &|_| {})
                    .await
                    .unwrap();
                assert_eq!((report.scores_new, report.scores_changed), (0, 0));
                assert_eq!(report.scores_unchanged, entered);
                assert_eq!(report.batch, None, "nothing was written");
                let xlsx = server.get(&format!("{path}.xlsx?lang={lang}")).bearer(&world.teacher).send().await;
                let mut book = workbook(&xlsx);
                let first = book.sheet_names()[0].clone();
                assert_eq!(cells(&mut book, &first), table);
            }
        })
        .await;
    }

    async fn an_exported_gradebook_goes_back_in_unchanged(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            enter_every_status(&server, &world).await;
            // Titles that are not unique, look like a total, or like a formula.
            for title in ["Quiz", "Quiz", "Final", "=1+1", "-5"] {
                let path = format!("/api/v1/courses/{}/assessments", world.course);
                let new = json!({"title": title, "max_score": 10});
                let added = server.post(&path).bearer(&world.teacher).json(&new).send().await;
                assert!(added.status.is_success(), "{}", added.text());
            }
            let book = world.book(&server).await;
            let edits: Vec<Value> = book["assessments"].as_array().unwrap().iter()
                .filter(|one| one["max_score"] == 10)
                .map(|one| json!({"assessment_id": one["id"], "student_id": world.students[3], "version": 0, "value": 7.5}))
                .collect();
            let saved = server
                .patch("/api/v1/scores?atomic=true", &json!({"edits": edits}))
                .bearer(&world.teacher)
                .send()
                .await;
            assert_eq!(saved.status, 200, "{}", saved.text());
            let book = world.book(&server).await;
            let entered = book["scores"].as_array().unwrap().iter()
                .filter(|cell| cell["status"] != "blank").count();
            let course = world.course.to_string();
            for (lang, ending) in [("zh-CN", "csv"), ("en", "csv"), ("zh-CN", "xlsx"), ("en", "xlsx")] {
                let path = format!("/api/v1/courses/{course}/gradebook.{ending}?lang={lang}");
                let file = server.get(&path).bearer(&world.teacher).send().await;
                let name = format!("book.{ending}");
                let fields = [("course_id", course.as_str()), ("dry_run", "true")];
                let file = (name.as_str(), file.bytes());
                let reply = send(&server, &world.teacher, "/api/v1/imports/scores", file, &fields).await;
                assert_eq!(reply.status, 200, "{path}: {}", reply.text());
                let summary = &reply.json()["summary"];
                assert_eq!(
                    summary["scores"],
                    json!({"new": 0, "changed": 0, "unchanged": entered}),
                    "{path}"
                );
                assert_eq!((&summary["rejected"], &summary["new"]), (&json!(0), &json!(0)), "{path}: {summary}");
            }
        })
        .await;
    }

    async fn a_school_moves_to_another_server_as_a_bundle(database: TestDatabase) {
        local(async {
            let second = match database.dialect {
                gradebook_app::Dialect::Sqlite => gradebook_test_databases::sqlite().await,
                gradebook_app::Dialect::MySql => gradebook_test_databases::mysql().await,
            };
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let bundle = server.get("/api/v1/oneroster.zip").bearer(&world.admin).send().await;
            assert_eq!((bundle.status.as_u16(), bundle.header("content-type")), (200, "application/zip"));
            assert!(bundle.header("content-disposition").contains("oneroster.zip"));
            assert_eq!(bundle.header("cache-control"), "no-store");
            let users = entry(bundle.bytes(), "users.csv");
            assert!(users.contains("王雨桐") && !users.contains('$'), "no hash is in it");
            let path = "/api/v1/imports/oneroster";
            // Into itself: the school has all of it.
            let same = send(&server, &world.admin, path, ("s.zip", bundle.bytes()), &[("dry_run", "true")]).await;
            assert_eq!(same.status, 200, "{}", same.text());
            assert_eq!(same.json()["scores"]["new"], 0);
            assert!(same.json()["created"].as_object().unwrap().values().all(|count| *count == 0));

            let other = TestServer::empty(second).await;
            let root = gradebook_app::NewPerson {
                username: "root".to_owned(),
                name: "Root".to_owned(),
                role: gradebook_auth::Role::Admin,
                student_number: None,
                password: Some(gradebook_app::NewPassword::Chosen("a good password".to_owned())),
                locale: "en".to_owned(),
                enabled: true,
            };
            other.app.add_person(&Actor::operator(), root).await.unwrap();
            let token = other.sign_in("root", "a good password").await.json();
            let token = token["access_token"].as_str().unwrap().to_owned();
            let file = ("s.zip", bundle.bytes());
            let planned = send(&other, &token, &format!("{path}?dry_run=true"), file, &[]).await.json();
            let hash = planned["plan_hash"].as_str().unwrap().to_owned();
            let done = send(&other, &token, path, file, &[("plan_hash", &hash)]).await;
            assert_eq!(done.status, 200, "{}", done.text());
            assert_eq!(done.json()["created"], planned["created"]);
            assert!(planned["skipped"]["administrators"].as_array().is_some_and(|all| all.len() == 1));
            let admins = other.get("/api/v1/users?role=admin").bearer(&token).send().await.json();
            assert_eq!(admins["items"].as_array().unwrap().len(), 1, "no file makes an administrator");
            assert!(done.json()["batch_id"].is_i64());
            let late = send(&other, &token, path, file, &[("plan_hash", &hash)]).await;
            assert_eq!((late.status.as_u16(), late.code().as_str()), (409, "plan_changed"));
            let blind = send(&other, &token, path, file, &[]).await;
            assert_eq!(blind.status, 422, "nothing is written that nobody looked at");
            let now = send(&other, &token, &format!("{path}?dry_run=true"), file, &[]).await.json();
            let hash = now["plan_hash"].as_str().unwrap().to_owned();
            let again = send(&other, &token, path, file, &[("plan_hash", &hash)]).await.json();
            assert!(again["batch_id"].is_null());
            assert_eq!(again["scores"]["unchanged"], planned["scores"]["new"]);
            let (no_zip, empty_zip) = (b"sourcedId\n".as_slice(), b"PK\x05\x06".as_slice());
            for bytes in [no_zip, empty_zip] {
                let dry = [("dry_run", "true")];
                let refused = send(&other, &token, path, ("s.zip", bytes), &dry).await;
                assert_eq!((refused.status.as_u16(), refused.code().as_str()), (422, "not_a_bundle"));
            }
        })
        .await;
    }

    async fn nothing_that_somebody_typed_is_a_formula(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let evil = "=HYPERLINK(\"http://x\")";
            let file = format!(
                "年级,班级,考号,姓名,语文\n-六年级,@1班,-7,\"{}\",5\n-六年级,@1班,S8,+1+1,6\n",
                evil.replace('"', "\"\"")
            );
            let order = ImportScores {
                file_name: "a.csv".to_owned(),
                school_year: "2026-2027".to_owned(),
                term: "Evil".to_owned(),
                exam: "=1+1".to_owned(),
                kind: "monthly",
                create_missing: true,
                publish: false,
                dry_run: false,
                reason: None,
                held_on: None,
                ignore_columns: Vec::new(),
            };
            let report = server.app
                .import_scores(&Actor::operator(), file.as_bytes(), &order, &|_| {})
                .await
                .unwrap();
            let (class, exam) = (report.classes[0], report.exam.unwrap());
            let get = async |path: String| server.get(&path).bearer(&world.admin).send().await;
            let list = rows(&get(format!("/api/v1/classes/{class}/students.csv?lang=en")).await);
            assert_eq!(
                list[0],
                ["Grade level", "Class", "Student number", "Name", "Username", "Joined", "Leaves"]
            );
            let guarded = format!("'{evil}");
            assert_eq!(list[1][..5], ["'-六年级", "'@1班", "-7", &guarded, "-7"]);
            assert_eq!(list[2][..5], ["'-六年级", "'@1班", "S8", "'+1+1", "S8"]);
            let sheet = format!("/api/v1/exams/{exam}/classes/{class}/sheet");
            let shown = get(sheet.clone()).await.json();
            let course = shown["assessments"][0]["course_id"].as_i64().unwrap();
            let book = rows(&get(format!("/api/v1/courses/{course}/gradebook.csv")).await);
            assert_eq!(book[0][2], "'=1+1");
            assert_eq!(book[1][..3], ["-7", &guarded, "5"]);
            for path in [
                format!("{sheet}.xlsx"),
                format!("/api/v1/classes/{class}/students.xlsx"),
                format!("/api/v1/courses/{course}/gradebook.xlsx"),
            ] {
                let mut written = workbook(&get(path.clone()).await);
                for name in written.sheet_names() {
                    assert!(written.worksheet_formula(&name).unwrap().is_empty(), "{path} {name}");
                }
                let first = written.sheet_names()[0].clone();
                let texts = cells(&mut written, &first);
                // A workbook says itself what is text: it needs no apostrophe.
                assert!(texts.iter().flatten().any(|text| text == evil), "{path}");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn a_file_is_asked_for_in_a_language_that_there_is() {
    local(async {
        let server = TestServer::with_demo(gradebook_test_databases::sqlite().await).await;
        let world = World::of(&server).await;
        let path = format!("/api/v1/courses/{}/gradebook.csv", world.course);
        let mut answers = BTreeMap::new();
        for query in [
            "?lang=zh",
            "?lang=zh-CN",
            "?lang=en",
            "?lang=fr",
            "?language=en",
        ] {
            let reply = server
                .get(&format!("{path}{query}"))
                .bearer(&world.teacher)
                .send()
                .await;
            answers.insert(query, reply.status.as_u16());
        }
        assert_eq!(
            answers,
            BTreeMap::from([
                ("?lang=en", 200),
                ("?lang=fr", 422),
                ("?lang=zh", 200),
                ("?lang=zh-CN", 200),
                ("?language=en", 422),
            ])
        );
    })
    .await;
}
