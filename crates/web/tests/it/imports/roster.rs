//! Importing rosters over HTTP.

use awc::http::StatusCode;
use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use super::files::send;
use super::{codes, outcomes};
use crate::harness::{Reply, TestServer, local};
use crate::workbooks::workbook;
use crate::world::{World, find};

const PATH: &str = "/api/v1/imports/roster";
const FIRST: &str = "学年,年级,班级,学号,姓名,入班日期\n\
    2030-2031,六年级,71班,R1,李明,2030-09-01\n\
    2030-2031,六年级,71班,R2,王芳,2030-09-01\n\
    2030-2031,六年级,72班,R3,张伟,2030-09-01\n";

struct Office<'a> {
    server: &'a TestServer,
    admin: &'a str,
}

impl Office<'_> {
    async fn plan(&self, file: &[u8], more: &[(&str, &str)]) -> Reply {
        let path = format!("{PATH}?dry_run=true");
        let file = (
            if file.starts_with(b"PK") {
                "a.xlsx"
            } else {
                "a.csv"
            },
            file,
        );
        send(self.server, self.admin, &path, file, more).await
    }

    async fn send(&self, file: &[u8], hash: &str, more: &[(&str, &str)]) -> Reply {
        let mut fields = more.to_vec();
        fields.push(("plan_hash", hash));
        let file = (
            if file.starts_with(b"PK") {
                "a.xlsx"
            } else {
                "a.csv"
            },
            file,
        );
        send(self.server, self.admin, PATH, file, &fields).await
    }

    async fn commit(&self, file: &[u8], more: &[(&str, &str)]) -> Reply {
        let plan = self.plan(file, more).await;
        assert_eq!(plan.status, StatusCode::OK, "{}", plan.text());
        let hash = plan.json()["plan_hash"].as_str().unwrap().to_owned();
        self.send(file, &hash, more).await
    }

    async fn get(&self, path: &str) -> Value {
        let reply = self.server.get(path).bearer(self.admin).send().await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text());
        reply.json()
    }

    /// Number, first and last day of everybody who is or was in a class.
    async fn members(&self, class: &Value) -> Vec<(String, String, Value)> {
        let list = self
            .get(&format!("/api/v1/classes/{class}/students?limit=100"))
            .await;
        let items = list["items"].as_array().unwrap().iter();
        items
            .map(|one| {
                let text = |key: &str| one[key].as_str().unwrap().to_owned();
                (
                    text("student_number"),
                    text("starts_on"),
                    one["ends_on"].clone(),
                )
            })
            .collect()
    }
}

fn expected(rows: &[(i64, &str)]) -> Vec<(i64, String)> {
    rows.iter()
        .map(|(line, word)| (*line, (*word).to_owned()))
        .collect()
}

const CREATE: (&str, &str) = ("create_missing", "true");

on_both_databases! {
    async fn a_roster_is_planned_committed_and_planned_again(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let office = Office { server: &server, admin: &world.admin };
            let file = FIRST.as_bytes();
            let refused = office.plan(file, &[]).await;
            assert_eq!(refused.status, StatusCode::OK);
            assert_eq!(refused.json()["summary"]["rejected"], 3);
            assert_eq!(codes(&refused), expected(&[(2, "unknown_class"), (3, "unknown_class"), (4, "unknown_class")]));

            let plan = office.plan(file, &[CREATE]).await;
            assert_eq!(outcomes(&plan), expected(&[(2, "new"), (3, "new"), (4, "new")]));
            let body = plan.json();
            assert_eq!((&body["dry_run"], &body["batch_id"]), (&json!(true), &Value::Null));
            assert_eq!(body["summary"]["created"]["students"], 3);
            assert_eq!(body["rows"][0]["changes"], json!([
                {"kind": "account", "username": "R1"},
                {"kind": "joins", "class": "六年级 71班", "school_year": "2030-2031", "day": "2030-09-01"},
            ]));
            let classes = office.get("/api/v1/classes?school_year=2030-2031").await;
            assert_eq!(classes["items"], json!([]));

            let without = send(&server, &world.admin, PATH, ("a.csv", file), &[CREATE]).await;
            assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
            let done = office.send(file, body["plan_hash"].as_str().unwrap(), &[CREATE]).await;
            assert_eq!(done.status, StatusCode::OK, "{}", done.text());
            let body = done.json();
            assert!(body["batch_id"].is_i64());
            let classes = body["class_ids"].as_array().unwrap().clone();
            assert_eq!(office.members(&classes[0]).await, [
                ("R1".to_owned(), "2030-09-01".to_owned(), Value::Null),
                ("R2".to_owned(), "2030-09-01".to_owned(), Value::Null),
            ]);
            let again = office.plan(file, &[]).await;
            assert_eq!(outcomes(&again), expected(&[(2, "unchanged"), (3, "unchanged"), (4, "unchanged")]));
            let nothing = office.commit(file, &[]).await;
            assert_eq!(nothing.json()["batch_id"], Value::Null);

            let second = "学年,年级,班级,学号,姓名,入班日期,性别\n\
                2030-2031,六年级,72班,R1,李明,2030-10-08,男\n\
                2030-2031,六年级,72班,R3,张大伟,,男\n\
                2030-2031,六年级,72班,R4,赵强,2030-10-08,男\n\
                2030-2031,六年级,71班,R5,陈静,2030-10-08,女\n";
            let done = office.commit(second.as_bytes(), &[]).await;
            assert_eq!(outcomes(&done), expected(&[(2, "changed"), (3, "changed"), (4, "new"), (5, "new")]));
            let body = done.json();
            assert_eq!(body["summary"]["renamed"], 1);
            assert_eq!(body["summary"]["moved"], 1);
            assert_eq!(body["ignored_columns"], json!(["性别"]));
            assert_eq!(body["not_in_file"], json!([
                {"class_id": classes[0], "class": "六年级 71班", "student_number": "R2", "name": "王芳"},
            ]));
            let renamed = &body["rows"][1]["changes"][0];
            assert_eq!((&renamed["from"], &renamed["to"]), (&json!("张伟"), &json!("张大伟")));
            assert_eq!(office.members(&classes[0]).await[0],
                ("R1".to_owned(), "2030-09-01".to_owned(), json!("2030-10-07")));
            let moved = office.members(&classes[1]).await;
            assert!(moved.contains(&("R1".to_owned(), "2030-10-08".to_owned(), Value::Null)), "{moved:?}");
            let users = office.get("/api/v1/users?q=R3&limit=100").await;
            let user = find(&users["items"], |one| one["username"] == "R3");
            assert_eq!((&user["name"], &user["role"], &user["password_change_required"]),
                (&json!("张大伟"), &json!("student"), &json!(true)));
        })
        .await;
    }

    async fn another_plan_than_the_agreed_one_is_not_carried_out(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let office = Office { server: &server, admin: &world.admin };
            let plan = office.plan(FIRST.as_bytes(), &[CREATE]).await.json();
            let other = "学年,年级,班级,学号,姓名\n2030-2031,六年级,71班,R2,王小芳\n";
            assert_eq!(office.commit(other.as_bytes(), &[CREATE]).await.status, StatusCode::OK);
            let refused = office.send(FIRST.as_bytes(), plan["plan_hash"].as_str().unwrap(), &[CREATE]).await;
            assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "plan_changed".to_owned()));
            assert_eq!(outcomes(&refused), expected(&[(2, "new"), (3, "changed"), (4, "new")]));
            let users = office.get("/api/v1/users?q=R1&limit=100").await;
            assert_eq!(users["items"], json!([]));
            // What the answer tells is a plan to agree to.
            let now = refused.json()["plan_hash"].as_str().unwrap().to_owned();
            assert_eq!(office.send(FIRST.as_bytes(), &now, &[CREATE]).await.status, StatusCode::OK);
        })
        .await;
    }

    async fn a_wrong_row_stops_all_of_them_unless_it_may_be_left_out(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let office = Office { server: &server, admin: &world.admin };
            let me = office.get("/api/v1/users/me").await;
            let file = format!(
                "学号,姓名\nR1,李明\n{},甲\nR2,乙\nR2,丙\n,丁\nR3,\n",
                me["username"].as_str().unwrap()
            );
            let fields = [
                CREATE,
                ("school_year", "2030-2031"),
                ("grade_level", "六年级"),
                ("class", "71班"),
                ("first_day", "2030-09-01"),
            ];
            let plan = office.plan(file.as_bytes(), &fields).await;
            assert_eq!(codes(&plan), expected(&[
                (3, "username_taken"), (4, "duplicate_student"), (5, "duplicate_student"),
                (6, "missing_value"), (7, "missing_value"),
            ]));
            let refused = office.commit(file.as_bytes(), &fields).await;
            assert_eq!((refused.status, refused.code()), (StatusCode::UNPROCESSABLE_ENTITY, "rows_rejected".to_owned()));
            assert_eq!(refused.json()["rows"].as_array().unwrap().len(), 6);
            let classes = office.get("/api/v1/classes?school_year=2030-2031").await;
            assert_eq!(classes["items"], json!([]));
            let mut partial = fields.to_vec();
            partial.push(("allow_partial", "true"));
            let done = office.commit(file.as_bytes(), &partial).await;
            assert_eq!(done.status, StatusCode::OK, "{}", done.text());
            let summary = &done.json()["summary"];
            assert_eq!((&summary["new"], &summary["rejected"]), (&json!(1), &json!(5)));
        })
        .await;
    }

    async fn files_of_every_kind_say_the_same(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let office = Office { server: &server, admin: &world.admin };
            let done = office.commit(FIRST.as_bytes(), &[CREATE]).await;
            assert_eq!(done.status, StatusCode::OK, "{}", done.text());
            let (gbk, ..) = encoding_rs::GBK.encode(FIRST);
            let book = workbook(&[
                &["School year", "Grade level", "Class", "Student number", "Name", "Joined"],
                &["2030-2031", "六年级", "71班", "R1", "李明", "2030/9/1"],
                &["2030-2031", "六年级", "71班", "R2", "王芳", ""],
                &["2030-2031", "六年级", "72 班", "R3", "张伟", "2030年9月1日"],
            ]);
            let with_mark = format!("\u{feff}{FIRST}").into_bytes();
            for file in [gbk.as_ref(), &book, &with_mark] {
                let plan = office.plan(file, &[]).await;
                assert_eq!(plan.status, StatusCode::OK, "{}", plan.text());
                assert_eq!(plan.json()["summary"]["unchanged"], 3, "{}", plan.text());
            }
            let numbers = workbook(&[&["学号", "姓名", "班级"], &["20300101", "王芳", "=A1"]]);
            let fields = [CREATE, ("school_year", "2030-2031"), ("grade_level", "六年级")];
            assert_eq!(codes(&office.plan(&numbers, &fields).await), expected(&[(2, "formula_without_result")]));
            let scores = office.plan("学号,月考\nR1,90\n".as_bytes(), &fields).await;
            assert_eq!((scores.status, scores.code()), (StatusCode::UNPROCESSABLE_ENTITY, "file_rejected".to_owned()));
            let stray = office.plan(FIRST.as_bytes(), &[("term_id", "1")]).await;
            assert_eq!(stray.status, StatusCode::UNPROCESSABLE_ENTITY);
            for (field, value, code) in [
                ("first_day", "soon", "invalid_first_day"),
                ("school_year", "a school year that is longer than any", "invalid_school_year"),
            ] {
                let refused = office.plan(FIRST.as_bytes(), &[(field, value)]).await;
                assert_eq!((refused.status, refused.code()), (StatusCode::UNPROCESSABLE_ENTITY, code.to_owned()));
            }
        })
        .await;
    }
}
