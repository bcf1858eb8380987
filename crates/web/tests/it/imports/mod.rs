//! Importing files over HTTP.

pub(crate) mod files;
mod forms;
mod hostile;
mod pages;
mod roster;

use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::harness::{Reply, TestServer, local};
use crate::workbooks::workbook;
use crate::world::{World, cell, find, version};
use files::send;

const SCORES: &str = "/api/v1/imports/scores";

/// The numbers of a course's students by id.
fn number_of(book: &Value, student: i64) -> String {
    let student = find(&book["students"], |one| one["id"] == student);
    student["student_number"].as_str().unwrap().to_owned()
}

fn title_of(book: &Value, assessment: i64) -> String {
    let one = find(&book["assessments"], |one| one["id"] == assessment);
    one["title"].as_str().unwrap().to_owned()
}

struct Course<'a> {
    server: &'a TestServer,
    world: World,
    id: String,
    /// Title of the draft assessment.
    draft: String,
    published: String,
    numbers: Vec<String>,
}

impl<'a> Course<'a> {
    async fn of(server: &'a TestServer) -> Self {
        let world = World::of(server).await;
        let book = world.book(server).await;
        Self {
            server,
            id: world.course.to_string(),
            draft: title_of(&book, world.draft),
            published: title_of(&book, world.published),
            numbers: world
                .students
                .iter()
                .map(|id| number_of(&book, *id))
                .collect(),
            world,
        }
    }

    async fn plan(&self, file: &[u8], more: &[(&str, &str)]) -> Reply {
        self.send("?dry_run=true", file, more).await
    }

    async fn send(&self, query: &str, file: &[u8], more: &[(&str, &str)]) -> Reply {
        let mut fields = vec![("course_id", self.id.as_str())];
        fields.extend_from_slice(more);
        let name = if file.starts_with(b"PK") {
            "a.xlsx"
        } else {
            "a.csv"
        };
        send(
            self.server,
            &self.world.teacher,
            &format!("{SCORES}{query}"),
            (name, file),
            &fields,
        )
        .await
    }

    async fn commit(&self, file: &[u8], more: &[(&str, &str)]) -> Reply {
        let plan = self.plan(file, more).await;
        assert_eq!(plan.status, 200, "{}", plan.text());
        let hash = plan.json()["plan_hash"].as_str().unwrap().to_owned();
        let mut fields = more.to_vec();
        fields.push(("plan_hash", &hash));
        self.send("", file, &fields).await
    }

    async fn value(&self, nth: usize, assessment: i64) -> Value {
        let book = self.world.book(self.server).await;
        cell(&book, assessment, self.world.students[nth])
            .map_or(Value::Null, |cell| cell["value"].clone())
    }
}

/// Line and outcome of each row.
fn outcomes(reply: &Reply) -> Vec<(i64, String)> {
    let body = reply.json();
    let rows = body["rows"].as_array().unwrap().iter();
    rows.map(|row| {
        (
            row["line"].as_i64().unwrap(),
            row["outcome"].as_str().unwrap().to_owned(),
        )
    })
    .collect()
}

/// Line and code of each error.
fn codes(reply: &Reply) -> Vec<(i64, String)> {
    let body = reply.json();
    let rows = body["rows"].as_array().unwrap();
    let mut codes = Vec::new();
    for row in rows {
        for error in row["errors"].as_array().unwrap() {
            codes.push((
                row["line"].as_i64().unwrap(),
                error["code"].as_str().unwrap().to_owned(),
            ));
        }
    }
    codes
}

fn expected(pairs: &[(i64, &str)]) -> Vec<(i64, String)> {
    pairs
        .iter()
        .map(|(line, text)| (*line, (*text).to_owned()))
        .collect()
}

on_both_databases! {
    async fn a_column_is_left_out_where_the_order_says_so(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let n = &course.numbers;
            let unknown: Vec<String> = (1..=12).map(|nth| format!("备注{nth}")).collect();
            let file = format!("学号,{},{}\n{},33{}\n", course.draft, unknown.join(","), n[0], ",很好".repeat(12));
            let refused = course.plan(file.as_bytes(), &[]).await;
            assert_eq!(refused.status, 422, "{}", refused.text());
            assert_eq!(refused.json()["code"], "file_rejected");
            assert_eq!(refused.json()["unknown_columns"], json!(unknown), "all of them are named");
            let titles = json!(unknown).to_string();
            let ignore = ("ignore_columns", titles.as_str());
            let plan = course.plan(file.as_bytes(), &[ignore]).await;
            assert_eq!(plan.status, 200, "{}", plan.text());
            assert_eq!(plan.json()["ignored_columns"], json!(unknown));
            // What is left out belongs to the plan.
            let plain = format!("学号,{},备注1\n{},33,\n", course.draft, n[0]);
            let ignored = course.plan(plain.as_bytes(), &[("ignore_columns", "[\"备注1\"]")]).await.json();
            let hash = ignored["plan_hash"].as_str().unwrap().to_owned();
            let more = format!("[\"备注1\",\"{}\"]", course.published);
            let same = course.send("", plain.as_bytes(), &[("ignore_columns", &more), ("plan_hash", &hash)]).await;
            assert_eq!(same.status, 200, "a column that the file does not have: {}", same.text());
            let file = format!("学号,{},备注1\n{},34,\n", course.draft, n[0]);
            let hash = course.plan(file.as_bytes(), &[("ignore_columns", "[\"备注1\"]")]).await.json()["plan_hash"].as_str().unwrap().to_owned();
            let less = format!("[\"备注1\",\"{}\"]", course.draft);
            let other = course.send("", file.as_bytes(), &[("ignore_columns", &less), ("plan_hash", &hash)]).await;
            assert_eq!(other.status, 422, "no column holds scores: {}", other.text());
            let malformed = course.plan(file.as_bytes(), &[("ignore_columns", "备注1")]).await;
            assert_eq!(malformed.status, 422);
        })
        .await;
    }

    async fn an_assessment_that_rows_name_can_be_left_out(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let n = &course.numbers;
            let file = format!("学号,考核,分数\n{0},{1},33\n{0},书法,无\n", n[0], course.draft);
            let rejected = course.plan(file.as_bytes(), &[]).await;
            assert_eq!(rejected.json()["summary"]["rejected"], 1, "{}", rejected.text());
            let plan = course.plan(file.as_bytes(), &[("ignore_columns", "[\"书法\"]")]).await.json();
            let scores = &plan["summary"]["scores"];
            let written = scores["new"].as_i64().unwrap() + scores["changed"].as_i64().unwrap();
            assert_eq!((&plan["summary"]["rejected"], written), (&json!(0), 1));
            assert_eq!(plan["ignored_columns"], json!(["书法"]));
        })
        .await;
    }

    async fn a_plan_shows_each_score_and_names_that_are_not_the_schools(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let book = course.world.book(&server).await;
            let name = |nth: usize| {
                let id = course.world.students[nth];
                find(&book["students"], |one| one["id"] == id)["name"].as_str().unwrap().to_owned()
            };
            // Names of the first two changed places, as in a list that slipped; of the third with other spaces
            // and widths, of the fourth none.
            let spaced: String = name(2).chars().flat_map(|sign| [sign, ' ']).collect();
            let before = course.value(0, course.world.draft).await;
            let file = format!(
                "学号,姓名,{}\n{},{},11\n{},{},12\n{},{spaced},缺考\n{},,14\n",
                course.draft, course.numbers[0], name(1), course.numbers[1], name(0),
                course.numbers[2], course.numbers[3],
            );
            let plan = course.plan(file.as_bytes(), &[]).await;
            assert_eq!(plan.status, 200, "{}", plan.text());
            let plan = plan.json();
            assert_eq!(plan["summary"]["names_differ"], 2, "{plan}");
            let changes = |line: usize| plan["rows"][line]["changes"].as_array().unwrap().clone();
            assert_eq!(changes(0)[0]["kind"], "name_differs");
            assert_eq!(changes(0)[0]["from"], name(0).as_str());
            let score = &changes(0)[1];
            assert_eq!((&score["kind"], &score["column"]), (&json!("score"), &json!(course.draft)));
            assert_eq!(score["to"], "11");
            let stored = match &before {
                Value::Null => Value::Null,
                value => json!(value.to_string()),
            };
            assert_eq!(score["from"], stored);
            assert_eq!(changes(1)[0]["kind"], "name_differs");
            for line in [2, 3] {
                assert_eq!(changes(line).len(), 1, "{plan}");
                assert_eq!(changes(line)[0]["kind"], "score");
            }
            assert_eq!(changes(2)[0]["to"], "absent");
        })
        .await;
    }

    async fn a_line_that_is_left_out_hides_no_other_name(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let (draft, n) = (&course.draft, &course.numbers);
            // What is left out comes first; then one whose first line is refused.
            let file = format!(
                "学号,姓名,考核,分数\n{0},某某,书法,优\n{0},某某,{draft},11\n{1},某某,{draft},9999\n{1},某某,{2},12\n",
                n[0], n[1], course.published,
            );
            let more = [("ignore_columns", "[\"书法\"]"), ("reason", "recounted")];
            let plan = course.plan(file.as_bytes(), &more).await;
            assert_eq!(plan.status, 200, "{}", plan.text());
            let plan = plan.json();
            assert_eq!((&plan["summary"]["names_differ"], &plan["summary"]["rejected"]), (&json!(2), &json!(1)), "{plan}");
            for line in [1, 3] {
                assert_eq!(plan["rows"][line]["changes"][0]["kind"], "name_differs", "{plan}");
            }
            for line in [0, 2] {
                assert_eq!(plan["rows"][line]["changes"], json!([]), "{plan}");
            }
        })
        .await;
    }

    async fn a_plan_is_kept_to_or_nothing_is_done(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let (draft, n) = (course.world.draft, &course.numbers);
            let file = format!("学号,姓名,{}\n{},,81.5\n{},,缺考\n{},,\n", course.draft, n[0], n[1], n[2]);
            let file = file.as_bytes();
            let plan = course.plan(file, &[]).await;
            assert_eq!(plan.status, 200, "{}", plan.text());
            let told = plan.json();
            assert_eq!(told["dry_run"], true);
            assert_eq!(told["batch_id"], Value::Null);
            assert_eq!(course.plan(file, &[]).await.json(), told, "a plan is the same twice");
            let before = course.world.book(&server).await;
            let hash = told["plan_hash"].as_str().unwrap();

            let unsaid = course.send("", file, &[]).await;
            assert_eq!(unsaid.json()["errors"][0]["pointer"], "plan_hash");
            let other = course.send("", file, &[("plan_hash", "0000")]).await;
            assert_eq!((other.status.as_u16(), other.code().as_str()), (409, "plan_changed"));
            assert_eq!(other.json()["plan_hash"], hash);
            // Somebody else changes a cell that the plan looked at.
            let edit = json!({"edits": [{"assessment_id": draft, "student_id": course.world.students[0],
                "version": version(&before, draft, course.world.students[0]), "value": 12}]});
            assert_eq!(server.patch("/api/v1/scores", &edit).bearer(&course.world.teacher).send().await.status, 200);
            let late = course.send("", file, &[("plan_hash", hash)]).await;
            assert_eq!((late.status.as_u16(), late.code().as_str()), (409, "plan_changed"));
            assert_eq!(course.value(0, draft).await, json!(12));

            let done = course.commit(file, &[]).await;
            assert_eq!(done.status, 200, "{}", done.text());
            assert!(done.json()["batch_id"].as_i64().unwrap() > 0);
            assert_eq!(course.value(0, draft).await, json!(81.5));
            let again = course.plan(file, &[]).await;
            assert_eq!(outcomes(&again), expected(&[(2, "unchanged"), (3, "unchanged"), (4, "unchanged")]));
            let nothing = course.commit(file, &[]).await.json();
            assert_eq!((&nothing["batch_id"], &nothing["summary"]["scores"]["unchanged"]), (&Value::Null, &json!(2)));
        })
        .await;
    }

    async fn rejected_rows_stop_the_import_unless_they_may_be_left_out(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let (draft, n) = (course.world.draft, &course.numbers);
            let file = format!("student_number,{}\n{},71\nX-999,60\n{},7O\n{},1000\n{},72\n{},73\n",
                course.draft, n[0], n[1], n[2], n[0], n[3]);
            let file = file.as_bytes();
            let plan = course.plan(file, &[]).await;
            assert_eq!(codes(&plan), expected(&[(2, "duplicate_student"), (3, "not_enrolled"), (4, "not_a_number"),
                (5, "above_maximum"), (6, "duplicate_student")]));
            assert_eq!(plan.json()["summary"]["rejected"], 5);
            for (row, line, other) in [(0, 2, 6), (4, 6, 2)] {
                let row = plan.json()["rows"][row].clone();
                assert_eq!((&row["line"], &row["student_number"]), (&json!(line), &json!(n[0])));
                assert_eq!(row["errors"][0]["other_lines"], json!([other]));
                let detail = row["errors"][0]["detail"].as_str().unwrap();
                assert!(detail.contains(&format!("line {other}")), "{detail}");
            }
            let before = course.value(0, draft).await;
            let refused = course.commit(file, &[]).await;
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (422, "rows_rejected"));
            assert_eq!(codes(&refused), codes(&plan));
            assert_eq!(course.value(0, draft).await, before);
            let partial = course.commit(file, &[("allow_partial", "true")]).await;
            assert_eq!(partial.status, 200, "{}", partial.text());
            assert_eq!((course.value(0, draft).await, course.value(3, draft).await), (before, json!(73)));
            // What no row can be imported for is no matter of single rows.
            let header = format!("student_number,没有这个\n{},71\n", n[0]);
            let refused = course.plan(header.as_bytes(), &[]).await;
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (422, "file_rejected"));
            assert_eq!(codes(&refused), expected(&[(1, "unknown_assessment")]));
        })
        .await;
    }

    async fn a_workbook_says_the_same_as_a_text(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let (draft, n) = (course.world.draft, &course.numbers);
            let file = workbook(&[
                &["", "学号", "姓名", &course.draft, "总分", "平时 %"],
                &["", &n[0], "'=cmd", "88.699999999999989", "88.7", "x"],
                &["", &n[1], "", "=SUM(A1:A2)→64.5", "", ""],
                &["", &n[2], "", "abs", "", ""],
                &[],
                &["", &n[3], "", "=1+1", "", ""],
            ]);
            let plan = course.plan(&file, &[]).await;
            assert_eq!(plan.status, 200, "{}", plan.text());
            assert_eq!(codes(&plan), expected(&[(6, "formula_without_result")]));
            assert_eq!(plan.json()["rows"][0]["name"], "=cmd");
            let done = course.commit(&file, &[("allow_partial", "on")]).await;
            assert_eq!(done.status, 200, "{}", done.text());
            assert_eq!(course.value(0, draft).await, json!(88.7));
            assert_eq!(course.value(1, draft).await, json!(64.5));
            assert_eq!(cell(&course.world.book(&server).await, draft, course.world.students[2]).unwrap()["status"], "absent");
        })
        .await;
    }

    async fn the_long_form_names_assessments_line_by_line(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let (world, n) = (&course.world, &course.numbers);
            let (d, p) = (&course.draft, &course.published);
            let file = format!("student_number,assessment,value\n{0},{d},55\n{0},{p},56\n{0},{d},57\n\
                {1},{d},58\n{1},Nothing,1\nX,{d},2\n{2},{d},\n", n[0], n[1], n[2]);
            let plan = course.plan(file.as_bytes(), &[]).await;
            assert_eq!(codes(&plan), expected(&[(2, "duplicate_cell"), (3, "reason_required"), (4, "duplicate_cell"),
                (6, "unknown_assessment"), (7, "not_enrolled")]));
            let before = course.value(0, world.draft).await;
            let more = [("allow_partial", "true"), ("reason", "recounted")];
            let done = course.commit(file.as_bytes(), &more).await;
            assert_eq!(done.status, 200, "{}", done.text());
            assert_eq!((course.value(0, world.draft).await, course.value(0, world.published).await), (before, json!(56)));
            assert_eq!(course.value(1, world.draft).await, json!(58));
            let corrected = cell(&world.book(&server).await, world.published, world.students[0]).unwrap();
            assert_eq!(corrected["version"], 2);
        })
        .await;
    }

    async fn an_exam_of_many_classes_is_imported_by_its_term(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let world = &course.world;
            let summary = server.get(&format!("/api/v1/courses/{}", course.id)).bearer(&world.admin).send().await.json();
            let term = summary["term"]["id"].to_string();
            let exam = server.get("/api/v1/exams").bearer(&world.admin).send().await.json();
            let exam = find(&exam["items"], |one| one["id"] == world.exam);
            let name = exam["name"].as_str().unwrap();
            let subject = summary["subject"]["name_zh"].as_str().unwrap();
            // Without class columns the enrolments tell the class.
            let file = format!("学号,{subject}\n{},66\n{},67\n", course.numbers[0], course.numbers[1]);
            let fields = [("term_id", term.as_str()), ("exam_name", name)];
            let dry = format!("{SCORES}?dry_run=true");
            let plan = send(&server, &world.admin, &dry, ("a.csv", file.as_bytes()), &fields).await;
            assert_eq!(plan.status, 200, "{}", plan.text());
            let hash = plan.json()["plan_hash"].as_str().unwrap().to_owned();
            let fields = [fields.as_slice(), &[("plan_hash", hash.as_str())]].concat();
            let done = send(&server, &world.admin, SCORES, ("a.csv", file.as_bytes()), &fields).await;
            assert_eq!(done.status, 200, "{}", done.text());
            assert_eq!(done.json()["exam_id"], world.exam);
            assert_eq!(course.value(0, world.draft).await, json!(66));
            let long = format!("学号,科目,分数\n{},{subject},68\n", course.numbers[0]);
            let plan = send(&server, &world.admin, &dry, ("a.csv", long.as_bytes()), &fields).await;
            assert_eq!(outcomes(&plan), expected(&[(2, "changed")]));

            let new = [("term_id", term.as_str()), ("exam_name", "Not held"), ("exam_kind", "olympics")];
            let wrong = send(&server, &world.admin, &dry, ("a.csv", file.as_bytes()), &new).await;
            assert_eq!(wrong.json()["errors"][0]["pointer"], "exam_kind");
            let missing = send(&server, &world.admin, &dry, ("a.csv", file.as_bytes()), &new[..2]).await;
            assert_eq!((missing.status.as_u16(), missing.code().as_str()), (422, "unknown_exam"));
            let stray = [("term_id", term.as_str()), ("exam_name", "A"), ("color", "red")];
            let stray = send(&server, &world.admin, &dry, ("a.csv", file.as_bytes()), &stray).await;
            assert_eq!(stray.json()["errors"][0]["pointer"], "color");
        })
        .await;
    }

    async fn teachers_import_into_their_own_courses_only(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let course = Course::of(&server).await;
            let world = &course.world;
            let file = format!("学号,{}\n{},66\n", course.draft, course.numbers[0]);
            let ask = async |token: &str, field: (&str, &str)| {
                let fields = [field, ("exam_name", "A")];
                let used = if field.0 == "term_id" { &fields[..] } else { &fields[..1] };
                let path = format!("{SCORES}?dry_run=true");
                send(&server, token, &path, ("a.csv", file.as_bytes()), used).await.status.as_u16()
            };
            let own = ("course_id", course.id.as_str());
            assert_eq!(ask(&world.teacher, own).await, 200);
            assert_eq!(ask(&world.admin, own).await, 200);
            assert_eq!(ask(&world.other_teacher, own).await, 404);
            assert_eq!(ask(&world.student, own).await, 403);
            assert_eq!(ask(&world.teacher, ("course_id", "999999")).await, 404);
            assert_eq!(ask(&world.teacher, ("term_id", "1")).await, 403);
        })
        .await;
    }
}
