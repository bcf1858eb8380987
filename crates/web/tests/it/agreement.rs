//! A total is the same to the last digit wherever it is read: JSON, pages, CSV, workbook.

use std::io::Cursor;

use awc::http::Method;
use calamine::{Data, Reader, Xlsx};
use gradebook_app::demo::demo_accounts;
use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::{Reply, TestServer, local};
use crate::world::{World, find, version};

/// Asks as an admin for something that is to succeed.
async fn done(
    server: &TestServer,
    world: &World,
    method: Method,
    path: &str,
    body: Value,
) -> Value {
    let mut request = server
        .request(method, &format!("/api/v1{path}"))
        .bearer(&world.admin);
    if !body.is_null() {
        request = request.json(&body);
    }
    let reply = request.send().await;
    assert!(reply.status.is_success(), "{path} {body}: {}", reply.text());
    serde_json::from_slice(reply.bytes()).unwrap_or(Value::Null)
}

fn number(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Full marks, extra credit, and what the students score.
type Item = (&'static str, &'static str, [&'static str; 3]);

/// Weight, how many lowest are dropped, items.
type Category = (&'static str, u32, &'static [Item]);

/// The cases of product.md that rounding, floats or drops get wrong, one a subject; beside them what
/// others in the class score. A score is a number or a status.
const COURSES: [(&str, &[Category], [&str; 2]); 3] = [
    (
        "mathematics",
        &[
            ("50", 0, &[("200", "100", ["267.9", "absent", "66.665"])]),
            ("50", 0, &[("100", "0", ["53.7", "33.33", "excused"])]),
        ],
        ["93.83", "93.83"],
    ),
    (
        "chinese",
        &[(
            "100",
            1,
            &[
                ("100", "0", ["88.56", "0.005", "missing"]),
                ("100", "0", ["69.71", "0.0001", "12.3456"]),
                ("100", "0", ["1", "99.995", "99.9949"]),
            ],
        )],
        ["79.14", "79.14"],
    ),
    (
        "english",
        &[
            ("9.9", 0, &[("100", "0", ["75", "1", "100"])]),
            ("23.1", 0, &[("100", "0", ["53.75", "2", "99.995"])]),
            ("67", 0, &[("30", "0", ["blank", "7", "blank"])]),
        ],
        ["60.13", "19.84"],
    ),
];

/// Makes the course consist of these categories, published.
async fn prepare(
    server: &TestServer,
    world: &World,
    course: i64,
    students: &[i64],
    categories: &[Category],
) {
    let ask = async |method, path: String, body| done(server, world, method, &path, body).await;
    let book = ask(
        Method::GET,
        format!("/courses/{course}/gradebook"),
        Value::Null,
    )
    .await;
    for assessment in book["assessments"].as_array().unwrap() {
        let id = assessment["id"].as_i64().unwrap();
        if assessment["state"] == "published" {
            let body = json!({"reason": "an empty course is needed"});
            ask(Method::POST, format!("/assessments/{id}/unpublish"), body).await;
        }
        let title = assessment["title"].as_str().unwrap();
        let confirm: String = url::form_urlencoded::byte_serialize(title.as_bytes()).collect();
        ask(
            Method::DELETE,
            format!("/assessments/{id}?confirm={confirm}"),
            Value::Null,
        )
        .await;
    }
    let mut edits = Vec::new();
    for (nth, (weight, drops, items)) in categories.iter().enumerate() {
        let new =
            json!({"name": format!("Part {nth}"), "weight": number(weight), "drop_lowest": drops});
        let category = ask(Method::POST, format!("/courses/{course}/categories"), new).await;
        for (at, (full, extra, scores)) in items.iter().enumerate() {
            let new = json!({
                "title": format!("Item {nth}.{at}"), "category_id": category["id"],
                "max_score": number(full), "extra_credit_limit": number(extra),
            });
            let assessment = ask(Method::POST, format!("/courses/{course}/assessments"), new).await;
            let id = assessment["id"].as_i64().unwrap();
            ask(
                Method::POST,
                format!("/assessments/{id}/publish"),
                Value::Null,
            )
            .await;
            for (student, score) in students.iter().zip(scores) {
                let mut edit = json!({"assessment_id": id, "student_id": student, "version": 0});
                if score.starts_with(|sign: char| sign.is_ascii_digit()) {
                    edit["value"] = number(score);
                } else if *score != "blank" {
                    edit["status"] = json!(score);
                } else {
                    continue;
                }
                edits.push(edit);
            }
        }
    }
    for category in book["categories"].as_array().unwrap() {
        ask(
            Method::DELETE,
            format!("/categories/{}", category["id"]),
            Value::Null,
        )
        .await;
    }
    let book = ask(
        Method::GET,
        format!("/courses/{course}/gradebook"),
        Value::Null,
    )
    .await;
    for edit in &edits {
        let (assessment, student) = (edit["assessment_id"].as_i64(), edit["student_id"].as_i64());
        assert_eq!(version(&book, assessment.unwrap(), student.unwrap()), 0);
    }
    let saved = ask(
        Method::PATCH,
        "/scores?atomic=true".to_owned(),
        json!({"edits": edits}),
    )
    .await;
    assert_eq!(saved["saved"].as_array().unwrap().len(), edits.len());
    let letters = json!([{"letter": "A", "from": 93.83}, {"letter": "B", "from": 60.125}, {"letter": "C", "from": 0}]);
    let policy = json!({"policy": {"letters": letters}, "reason": "letters from now on"});
    ask(Method::PATCH, format!("/courses/{course}"), policy).await;
}

/// What the total columns of a row say: current, final and letter.
fn csv_rows(reply: &Reply) -> Vec<Vec<String>> {
    let text = reply.text();
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes())
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

/// What stands in the element of a page that shows a live total.
fn live(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("data-live=\"{name}\"")).unwrap();
    let (_, rest) = rest.split_once('>').unwrap();
    let (text, _) = rest.split_once('<').unwrap();
    text.trim_end_matches(['%', ' ', '\u{a0}', '\u{202f}'])
        .to_owned()
}

fn shown(value: &Value) -> String {
    value
        .as_number()
        .map_or_else(String::new, ToString::to_string)
}

on_both_databases! {
    async fn the_same_digits_everywhere(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = &World::of(&server).await;
            let others = world.students.iter().copied().filter(|id| *id != world.student_id);
            let students: Vec<i64> = std::iter::once(world.student_id).chain(others.take(2)).collect();
            let listed = server.get("/api/v1/courses").bearer(&world.student).send().await.json();
            let browser = Browser::signed_in(&server, &demo_accounts().students[0].username).await;
            for (subject, categories, expected) in COURSES {
                let course = find(&listed["items"], |one| one["subject"]["code"] == subject)["id"]
                    .as_i64()
                    .unwrap();
                prepare(&server, world, course, &students, categories).await;
                let path = format!("/api/v1/courses/{course}/gradebook");
                let book = server.get(&path).bearer(&world.admin).send().await.json();
                let own = find(&book["totals"], |one| one["student_id"] == world.student_id);
                assert_eq!([shown(&own["current"]), shown(&own["final"])], expected, "{subject}");

                // Files.
                let csv = server.get(&format!("{path}.csv?lang=en")).bearer(&world.admin).send().await;
                let csv = csv_rows(&csv);
                let xlsx = server.get(&format!("{path}.xlsx?lang=en")).bearer(&world.admin).send().await;
                let mut xlsx = Xlsx::new(Cursor::new(xlsx.bytes().to_vec())).unwrap();
                let sheet = xlsx.worksheet_range("Scores").unwrap();
                let columns = csv[0].len();
                let parts = categories.len();
                assert_eq!(csv[0][columns - 3..], ["Current", "Final", "Letter"]);
                for (place, totals) in (1..).zip(book["totals"].as_array().unwrap()) {
                    let mut row: Vec<String> = totals["categories"].as_array().unwrap().iter()
                        .map(|one| shown(&one["current"]))
                        .collect();
                    row.extend([shown(&totals["current"]), shown(&totals["final"])]);
                    row.push(totals["letter"].as_str().unwrap_or("").to_owned());
                    assert_eq!(csv[place][columns - 3 - parts..], row, "{subject} {totals}");
                    let cell = |at: usize| sheet.get((place, at)).map_or_else(String::new, Data::to_string);
                    let in_book: Vec<String> = (columns - 3 - parts..columns).map(cell).collect();
                    assert_eq!(in_book, row, "{subject} {totals}");
                    let values = (2..columns - 3 - parts).map(cell);
                    assert!(values.eq(csv[place][2..columns - 3 - parts].iter().cloned()));
                }

                // The student's own readings.
                let mine = server.get("/api/v1/me/grades").bearer(&world.student).send().await.json();
                let mine = find(&mine["courses"], |one| one["course"]["id"] == course);
                for reading in ["current", "final", "letter"] {
                    assert_eq!(mine[reading], own[reading], "{subject}");
                }
                for page in [format!("/me/courses/{course}"), "/me".to_owned()] {
                    let page = browser.open(&page).await.text();
                    for (name, reading) in [("c", "current"), ("f", "final")] {
                        assert_eq!(live(&page, &format!("{name}{course}")), shown(&own[reading]), "{subject}");
                    }
                }
                // The report cards.
                let mine = server.get("/api/v1/me/report").bearer(&world.student).send().await.json();
                let class = format!("/api/v1/classes/{}/report", world.class);
                let class = server.get(&class).bearer(&world.admin).send().await.json();
                let of = |report: &Value, student: i64| {
                    let found = find(&report["students"], |one| one["student"]["id"] == student);
                    find(&found["subjects"], |one| one["subject"]["code"] == subject)
                };
                let cards = students.iter().map(|student| (*student, of(&class, *student)));
                let own_card = find(&mine["subjects"], |one| one["subject"]["code"] == subject);
                for (student, card) in cards.chain([(world.student_id, own_card)]) {
                    let totals = find(&book["totals"], |one| one["student_id"] == student);
                    for reading in ["current", "final", "letter"] {
                        assert_eq!(card["terms"][0][reading], totals[reading], "{subject} {student}");
                        // One term is the whole year.
                        assert_eq!(card[reading], totals[reading], "{subject} {student}");
                    }
                }
                let page = browser.open("/me/report").await.text();
                for reading in expected {
                    assert!(page.contains(reading), "{subject} {reading}");
                }
                // Why it is so.
                for student in &students {
                    let totals = find(&book["totals"], |one| one["student_id"] == *student);
                    let path = format!("/api/v1/courses/{course}/students/{student}/total");
                    let why = server.get(&path).bearer(&world.admin).send().await.json();
                    for reading in ["current", "final"] {
                        assert_eq!(why[reading]["percentage"], totals[reading], "{subject} {student}");
                    }
                }
            }
        })
        .await;
    }
}
