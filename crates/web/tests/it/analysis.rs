//! An exam's analysis over HTTP.

use std::collections::BTreeMap;

use awc::http::{Method, StatusCode};
use gradebook_app::imports::ImportScores;
use gradebook_app::{NewPassword, NewPerson};
use gradebook_auth::{Actor, Role};
use gradebook_test_databases::{TestDatabase, on_both_databases};
use serde_json::{Value, json};

use crate::harness::{Reply, TestServer, local};
use crate::world::{World, find};

const SCORES: &str = include_str!("../../../domain/tests/data/grade6-monthly-exam.csv");
const LINES: &str = include_str!("../../../domain/tests/data/grade6-monthly-exam.lines.csv");
const PUBLISHED: &str = include_str!("../../../domain/tests/data/grade6-monthly-exam.stats.csv");
const PASSWORD: &str = "a good password";

fn records(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.trim_start_matches('\u{feff}')
        .lines()
        .map(|line| line.split(',').collect())
}

pub(crate) async fn import(server: &TestServer, file: &str, exam: &str, held_on: &str) {
    let options = ImportScores {
        file_name: "exam.csv".to_owned(),
        school_year: "2026-2027".to_owned(),
        term: "Autumn".to_owned(),
        exam: exam.to_owned(),
        kind: "monthly",
        create_missing: true,
        publish: true,
        dry_run: false,
        reason: None,
        held_on: Some(held_on.to_owned()),
        ignore_columns: Vec::new(),
    };
    let imported = server
        .app
        .import_scores(&Actor::operator(), file.as_bytes(), &options, &|_| {})
        .await;
    imported.unwrap();
}

pub(crate) async fn account(server: &TestServer, username: &str, role: Role) -> String {
    let person = NewPerson {
        username: username.to_owned(),
        name: username.to_owned(),
        role,
        student_number: None,
        password: Some(NewPassword::Chosen(PASSWORD.to_owned())),
        locale: "en".to_owned(),
        enabled: true,
    };
    server
        .app
        .add_person(&Actor::operator(), person)
        .await
        .unwrap();
    let signed_in = server.sign_in(username, PASSWORD).await.json();
    signed_in["access_token"].as_str().unwrap().to_owned()
}

pub(crate) async fn get(server: &TestServer, token: &str, path: &str) -> Reply {
    server.get(path).bearer(token).send().await
}

async fn put(server: &TestServer, token: &str, path: &str, body: &Value) -> Reply {
    let request = server.request(Method::PUT, path).bearer(token);
    request.json(body).send().await
}

/// The newest exam of the school.
async fn newest_exam(server: &TestServer, token: &str) -> i64 {
    let exams = get(server, token, "/api/v1/exams").await.json();
    exams["items"][0]["id"].as_i64().unwrap()
}

fn subject<'a>(analysis: &'a Value, name_zh: &str) -> &'a Value {
    let subjects = analysis["subjects"].as_array().unwrap();
    subjects
        .iter()
        .find(|one| one["subject"]["name_zh"] == name_zh)
        .unwrap()
}

fn class<'a>(subject: &'a Value, name: &str) -> &'a Value {
    let classes = subject["classes"].as_array().unwrap();
    classes.iter().find(|one| one["class"] == name).unwrap()
}

/// A JSON number, exactly as it is written, in hundredths.
fn hundredths(number: &Value) -> i64 {
    let text = number.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    format!("{whole}{fraction:0<2}").parse().unwrap()
}

fn published(text: &str) -> i64 {
    let (whole, fraction) = text
        .trim_end_matches('%')
        .split_once('.')
        .unwrap_or((text, ""));
    format!("{whole}{fraction:0<2}").parse().unwrap()
}

/// A server with the published exam, its lines set over HTTP, and an admin's token.
async fn published_exam(database: TestDatabase) -> (TestServer, String, i64) {
    let server = TestServer::empty(database).await;
    import(&server, SCORES, "Monthly", "2026-10-20").await;
    let admin = account(&server, "root", Role::Admin).await;
    let exam = newest_exam(&server, &admin).await;
    let analysis = get(&server, &admin, &format!("/api/v1/exams/{exam}/analysis")).await;
    let analysis = analysis.json();
    let lines: Vec<Value> = records(LINES)
        .skip(1)
        .map(|row| {
            let number = |at: usize| serde_json::from_str::<Value>(row[at]).unwrap();
            json!({"subject_id": subject(&analysis, row[1])["subject"]["id"], "grade_level": row[0],
                "full": number(2), "excellent": number(3), "good": number(4), "pass": number(5)})
        })
        .collect();
    let path = format!("/api/v1/exams/{exam}/lines");
    let set = put(&server, &admin, &path, &json!({"lines": lines})).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text());
    (server, admin, exam)
}

on_both_databases! {
    async fn the_published_exam_comes_out_identical(database: TestDatabase) {
        local(async {
            let (server, admin, exam) = published_exam(database).await;
            let reply = get(&server, &admin, &format!("/api/v1/exams/{exam}/analysis")).await;
            assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
            let analysis = reply.json();
            let mut seen = 0;
            let mut ranks: BTreeMap<&str, Vec<[i64; 4]>> = BTreeMap::new();
            for row in records(PUBLISHED).skip(1) {
                let found = class(subject(&analysis, row[2]), row[1]);
                assert_eq!(found["grade_level"], row[0]);
                assert_eq!(found["count"].to_string(), row[3], "{row:?}");
                for (field, at) in [("sum", 4), ("mean", 5), ("pass_rate", 6), ("excellent_rate", 7), ("composite", 8)] {
                    assert_eq!(hundredths(&found[field]), published(row[at]), "{row:?} {field}");
                }
                let number = |text: &str| text.parse::<i64>().unwrap();
                ranks.entry(row[2]).or_default().push([
                    found["rank_by_composite"].as_i64().unwrap(),
                    number(row[9]),
                    found["rank_by_mean"].as_i64().unwrap(),
                    number(row[10]),
                ]);
                seen += 1;
            }
            assert_eq!(seen, 12);
            // Each subject's fifth row was published with other pupils in it, so that what can be
            // compared is the order of the published rows.
            for rows in ranks.values() {
                for (one, other) in rows.iter().flat_map(|one| rows.iter().map(move |other| (one, other))) {
                    assert_eq!(one[0].cmp(&other[0]), one[1].cmp(&other[1]), "by composite: {rows:?}");
                    assert_eq!(one[2].cmp(&other[2]), one[3].cmp(&other[3]), "by mean: {rows:?}");
                }
            }
            let second = find(&analysis["all_subjects"], |one| one["class"] == "2班");
            assert_eq!((&second["counted"], &second["passed_all"]), (&json!(48), &json!(34)));
            assert_eq!(hundredths(&second["pass_rate"]), 7_083);

            let chinese = subject(&analysis, "语文");
            assert_eq!(chinese["lines"], json!({"full": 100, "excellent": 85, "good": 75, "pass": 60}));
            let level = &chinese["grade_levels"][0];
            assert_eq!((&level["usual_lines"], &level["classes"]), (&json!(false), &json!(5)));
            let count = |one: &Value| one["count"].as_i64().unwrap();
            let classes: i64 = chinese["classes"].as_array().unwrap().iter().map(count).sum();
            assert_eq!(count(level), classes);
            for parts in ["bands", "histogram"] {
                let sum: i64 = level[parts].as_array().unwrap().iter().map(count).sum();
                assert_eq!(sum, classes, "{parts}");
            }
            // Every pupil once, and the file's totals.
            let students = analysis["students"].as_array().unwrap();
            assert_eq!(students.len(), 242);
            for row in records(SCORES).skip(1) {
                let found = find(&analysis["students"], |one| one["student_number"] == row[2]);
                let sum: i64 = row[3..].iter().filter_map(|cell| {
                    let text = cell.trim();
                    text.parse::<f64>().ok().map(|_| published(text))
                }).sum();
                let expected = row[3..].iter().any(|cell| cell.trim().parse::<f64>().is_ok());
                assert_eq!(found["total"].is_null(), !expected, "{row:?}");
                if expected {
                    assert_eq!(hundredths(&found["total"]), sum, "{row:?}");
                }
            }
            let ahead_of = |one: &Value| students.iter().filter(|other| hundredths_or_less(other) > hundredths_or_less(one)).count();
            for one in students.iter().filter(|one| !one["total"].is_null()) {
                assert_eq!(one["rank_in_grade"], json!(ahead_of(one) + 1));
                assert_eq!(one.get("rank_change"), None);
            }
        })
        .await;
    }

    async fn lines_are_usual_until_an_admin_sets_them(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let analysis = format!("/api/v1/exams/{}/analysis", world.exam);
            let path = format!("/api/v1/exams/{}/lines", world.exam);
            let before = get(&server, &world.admin, &analysis).await.json();
            let maths = subject(&before, "数学");
            let full = hundredths(&maths["lines"]["full"]);
            assert_eq!(hundredths(&maths["lines"]["excellent"]), full * 90 / 100);
            assert_eq!(hundredths(&subject(&before, "语文")["lines"]["excellent"]), hundredths(&subject(&before, "语文")["lines"]["full"]) * 85 / 100);
            assert_eq!(hundredths(&maths["lines"]["pass"]), full * 60 / 100);
            assert_eq!(maths["grade_levels"][0]["usual_lines"], true);

            let level = &maths["grade_levels"][0]["grade_level"];
            let id = &maths["subject"]["id"];
            let line = |pass: Value| json!({"subject_id": id, "grade_level": level, "full": 100, "excellent": 95.5, "good": 75, "pass": pass});
            let all_pass = json!({"lines": [line(json!(0))]});
            assert_eq!(put(&server, &world.teacher, &path, &all_pass).await.status, StatusCode::FORBIDDEN);
            assert_eq!(put(&server, &world.admin, &path, &all_pass).await.status, StatusCode::OK);
            let after = get(&server, &world.teacher, &analysis).await.json();
            let after = subject(&after, "数学");
            assert_eq!((&after["lines"]["excellent"], &after["lines"]["pass"]), (&json!(95.5), &json!(0)));
            assert_eq!(after["classes"][0]["pass_rate"], json!(100));

            for (body, pointer, code) in [
                (json!([line(json!(75.1))]), "/lines/0/pass", "lines_out_of_order"),
                (json!([line(json!(-1))]), "/lines/0/pass", "lines_out_of_order"),
                (json!([line(json!("60"))]), "/lines/0/pass", "invalid_field"),
                (json!([line(json!(0.12345))]), "/lines/0/pass", "invalid_field"),
                (json!([line(json!(1)), line(json!(2))]), "/lines/1/subject_id", "duplicate_line"),
                (json!([{"subject_id": 999_999, "grade_level": level, "full": 1, "excellent": 1, "good": 1, "pass": 1}]), "/lines/0/subject_id", "unknown_subject"),
                (json!([{"subject_id": id, "grade_level": "Grade 99", "full": 1, "excellent": 1, "good": 1, "pass": 1}]), "/lines/0/grade_level", "unknown_grade_level"),
                (json!([{"subject_id": id, "grade_level": level, "full": 0, "excellent": 0, "good": 0, "pass": 0}]), "/lines/0/full", "lines_out_of_order"),
            ] {
                let refused = put(&server, &world.admin, &path, &json!({"lines": body})).await;
                assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
                let error = &refused.json()["errors"][0];
                assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{body}");
            }
            let now = get(&server, &world.admin, &analysis).await.json();
            assert_eq!(subject(&now, "数学")["lines"], after["lines"], "nothing was changed by what was refused");

            // What is not named has the usual lines again.
            assert_eq!(put(&server, &world.admin, &path, &json!({"lines": []})).await.status, StatusCode::OK);
            let again = get(&server, &world.admin, &analysis).await.json();
            assert_eq!(again, before);
            let nowhere = put(&server, &world.admin, "/api/v1/exams/999999/lines", &json!({"lines": []})).await;
            assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
        })
        .await;
    }

    async fn weights_and_ties_are_set_by_exam(database: TestDatabase) {
        local(async {
            let server = TestServer::empty(database).await;
            let file = "年级,班级,考号,语文,数学,英语\n六年级,1班,1,90,90,90\n六年级,1班,2,90,90,90\n六年级,1班,3,50,50,50\n";
            import(&server, file, "First", "2026-10-01").await;
            let admin = account(&server, "root", Role::Admin).await;
            let exam = newest_exam(&server, &admin).await;
            let analysis = format!("/api/v1/exams/{exam}/analysis");
            let path = format!("/api/v1/exams/{exam}/analysis-settings");
            let ranks = |analysis: &Value| -> Vec<Value> {
                analysis["students"].as_array().unwrap().iter().map(|one| one["rank_in_class"].clone()).collect()
            };
            let before = get(&server, &admin, &analysis).await.json();
            assert_eq!(ranks(&before), [json!(1), json!(1), json!(3)]);
            assert_eq!(before["settings"], json!({"composite": {"mean": 40, "pass": 30, "excellent": 30}, "rank_style": "competition"}));
            // 76.67 × 0.4 + 66.67 × 0.3 + 66.67 × 0.3, each as displayed.
            assert_eq!(hundredths(&subject(&before, "语文")["classes"][0]["composite"]), 7_067);

            let wanted = json!({"composite": {"mean": 100, "pass": 0, "excellent": 0}, "rank_style": "dense"});
            let set = put(&server, &admin, &path, &wanted).await;
            assert_eq!((set.status, set.json()), (StatusCode::OK, wanted));
            let after = get(&server, &admin, &analysis).await.json();
            assert_eq!(ranks(&after), [json!(1), json!(1), json!(2)]);
            assert_eq!(hundredths(&subject(&after, "语文")["classes"][0]["composite"]), 7_667);
            let class_id = &before["all_subjects"][0]["class_id"];
            let sheet = get(&server, &admin, &format!("/api/v1/exams/{exam}/classes/{class_id}/sheet")).await.json();
            let on_sheet: Vec<Value> = sheet["totals"].as_array().unwrap().iter().map(|one| one["rank"].clone()).collect();
            assert_eq!(on_sheet, ranks(&after), "the sheet ranks alike");

            for (body, pointer) in [
                (json!({"composite": {"mean": 40, "pass": 30, "excellent": 20}, "rank_style": "dense"}), "/composite"),
                (json!({"composite": {"mean": 140, "pass": -30, "excellent": -10}, "rank_style": "dense"}), "/composite/pass"),
                (json!({"composite": {"mean": "40", "pass": 30, "excellent": 30}, "rank_style": "dense"}), "/composite/mean"),
                (json!({"composite": {"mean": 40, "pass": 30, "excellent": 30}, "rank_style": "other"}), "/rank_style"),
            ] {
                let refused = put(&server, &admin, &path, &body).await;
                assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
                assert_eq!(refused.json()["errors"][0]["pointer"], pointer, "{body}");
            }
            assert_eq!(get(&server, &admin, &analysis).await.json(), after);
            let nowhere = put(&server, &admin, "/api/v1/exams/999999/analysis-settings",
                &json!({"composite": {"mean": 40, "pass": 30, "excellent": 30}, "rank_style": "dense"})).await;
            assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
        })
        .await;
    }

    async fn ranks_are_compared_with_an_earlier_exam(database: TestDatabase) {
        local(async {
            let server = TestServer::empty(database).await;
            let header = "年级,班级,考号,语文,数学,英语\n";
            import(&server, &format!("{header}六年级,1班,1,90,90,90\n六年级,1班,2,80,80,80\n六年级,2班,3,70,70,70\n六年级,2班,4,缺考,缺考,缺考\n"), "First", "2026-10-01").await;
            let admin = account(&server, "root", Role::Admin).await;
            let first = newest_exam(&server, &admin).await;
            import(&server, &format!("{header}六年级,1班,1,80,80,80\n六年级,1班,2,70,70,70\n六年级,2班,3,95,95,95\n六年级,2班,4,60,60,60\n"), "Second", "2026-11-01").await;
            let second = newest_exam(&server, &admin).await;
            assert_ne!(first, second);
            let path = format!("/api/v1/exams/{second}/analysis?compare_to={first}");
            let compared = get(&server, &admin, &path).await.json();
            assert_eq!(compared["compare_to"]["name"], "First");
            let of = |number: &str| {
                let one = find(&compared["students"], |one| one["student_number"] == number);
                (one["rank_in_class"].clone(), one["rank_in_grade"].clone(), one["earlier_rank_in_grade"].clone(), one["rank_change"].clone())
            };
            assert_eq!(of("1"), (json!(1), json!(2), json!(1), json!(-1)));
            assert_eq!(of("2"), (json!(2), json!(3), json!(2), json!(-1)));
            assert_eq!(of("3"), (json!(1), json!(1), json!(3), json!(2)));
            assert_eq!(of("4"), (json!(2), json!(4), Value::Null, Value::Null));
            for other in [second, 999_999] {
                let refused = get(&server, &admin, &format!("/api/v1/exams/{second}/analysis?compare_to={other}")).await;
                assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
                assert_eq!(refused.json()["errors"][0]["code"], "unknown_exam");
            }
            let unknown = get(&server, &admin, &format!("/api/v1/exams/{second}/analysis?class=1")).await;
            assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", unknown.text());
        })
        .await;
    }

    /// A teacher sees the pupils of the taught classes, and of the others only what tells of none.
    async fn a_teacher_sees_taught_classes_and_the_grade_level_in_sum(database: TestDatabase) {
        local(async {
            let (server, admin, exam) = published_exam(database).await;
            let teacher = account(&server, "wang", Role::Teacher).await;
            let path = format!("/api/v1/exams/{exam}/analysis");
            assert_eq!(get(&server, &teacher, &path).await.status, StatusCode::NOT_FOUND);
            let me = get(&server, &teacher, "/api/v1/users/me").await.json();
            let courses = get(&server, &admin, "/api/v1/courses?limit=200").await.json();
            let course = find(&courses["items"], |one| one["class"]["name"] == "2班" && one["subject"]["code"] == "english");
            let given = server.patch(&format!("/api/v1/courses/{}", course["id"]), &json!({"teacher_ids": [me["id"]]})).bearer(&admin).send().await;
            assert_eq!(given.status, StatusCode::OK);

            let whole = get(&server, &admin, &path).await.json();
            let seen = get(&server, &teacher, &path).await.json();
            assert_eq!((&whole["whole_exam"], &seen["whole_exam"]), (&json!(true), &json!(false)));
            let own = &course["class"]["id"];
            for (name, count) in [("语文", 48), ("数学", 49), ("英语", 49)] {
                let subject_seen = subject(&seen, name);
                assert_eq!(subject_seen["classes"].as_array().unwrap().len(), 1);
                assert_eq!(class(subject_seen, "2班"), class(subject(&whole, name), "2班"));
                assert_eq!(class(subject_seen, "2班")["count"], count);
                let (level, all) = (&subject_seen["grade_levels"][0], &subject(&whole, name)["grade_levels"][0]);
                for same in ["count", "sum", "mean", "pass_rate", "bands", "histogram"] {
                    assert_eq!(level[same], all[same], "{same}");
                }
                assert!(!all["highest"].is_null());
                assert_eq!((&level["highest"], &level["lowest"]), (&Value::Null, &Value::Null));
            }
            assert_eq!(seen["all_subjects"].as_array().unwrap().len(), 1);
            let students = seen["students"].as_array().unwrap();
            assert_eq!(students.len(), 49);
            for one in students {
                assert_eq!(&one["class_id"], own);
                let same = find(&whole["students"], |other| other["student_id"] == one["student_id"]);
                assert_eq!(*one, same, "ranks are the same ones");
            }
            let other = find(&courses["items"], |one| one["class"]["name"] == "3班");
            let other = &other["class"]["id"];
            let hidden = get(&server, &teacher, &format!("{path}?class_id={other}")).await;
            assert_eq!(hidden.status, StatusCode::NOT_FOUND);
            let filtered = get(&server, &admin, &format!("{path}?class_id={other}")).await.json();
            assert_eq!(filtered["students"].as_array().unwrap().len(), 47);
            assert_eq!(subject(&filtered, "语文")["classes"].as_array().unwrap().len(), 1);
            assert_eq!(subject(&filtered, "语文")["grade_levels"], subject(&whole, "语文")["grade_levels"]);
        })
        .await;
    }

    /// With few pupils in the other classes, sums and ranks would tell of single ones.
    async fn few_pupils_of_other_classes_are_not_told_of(database: TestDatabase) {
        local(async {
            let server = TestServer::empty(database).await;
            let mut file = "年级,班级,考号,语文,数学,英语\n".to_owned();
            for number in 0..12 {
                file.push_str(&format!("六年级,1班,a{number},80,80,80\n"));
            }
            for number in 0..9 {
                file.push_str(&format!("六年级,2班,b{number},{},80,\n", 60 + number));
            }
            import(&server, &file, "First", "2026-10-01").await;
            let admin = account(&server, "root", Role::Admin).await;
            let teacher = account(&server, "wang", Role::Teacher).await;
            let exam = newest_exam(&server, &admin).await;
            let me = get(&server, &teacher, "/api/v1/users/me").await.json();
            let courses = get(&server, &admin, "/api/v1/courses?limit=200").await.json();
            let course = find(&courses["items"], |one| one["class"]["name"] == "1班");
            let path = format!("/api/v1/courses/{}", course["id"]);
            server.patch(&path, &json!({"teacher_ids": [me["id"]]})).bearer(&admin).send().await;
            let seen = get(&server, &teacher, &format!("/api/v1/exams/{exam}/analysis")).await.json();
            let level = &subject(&seen, "语文")["grade_levels"][0];
            assert_eq!(level["withheld"], true);
            for hidden in ["count", "sum", "mean", "pass_rate", "highest"] {
                assert_eq!(level[hidden], Value::Null, "{hidden}");
            }
            assert_eq!((&level["bands"], &level["histogram"]), (&json!([]), &json!([])));
            // Nobody of the other class has a score in English, so that there is nothing to hide.
            assert_eq!(subject(&seen, "英语")["grade_levels"][0]["count"], 12);
            for one in seen["students"].as_array().unwrap() {
                assert_eq!((&one["rank_in_class"], &one["rank_in_grade"]), (&json!(1), &Value::Null));
            }
        })
        .await;
    }
}

/// A student's total, below all others if there is none.
fn hundredths_or_less(student: &Value) -> i64 {
    if student["total"].is_null() {
        -1
    } else {
        hundredths(&student["total"])
    }
}
