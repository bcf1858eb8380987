//! No query runs in a loop: how many statements a page or an answer takes does not depend on how
//! many rows it shows.

use awc::http::Method;
use gradebook_app::imports::{Agreed, ImportOrder, ImportScores};
use gradebook_auth::Actor;
use gradebook_test_databases::on_both_databases;
use gradebook_web::routes::ROUTES;
use serde_json::{Value, json};

use crate::harness::{TestServer, local};
use crate::world::{find, version};

/// A school of one class with so many students.
async fn school(database: gradebook_test_databases::TestDatabase, students: usize) -> TestServer {
    let server = TestServer::empty(database).await;
    let operator = Actor::operator();
    let mut file = "年级,班级,考号,姓名,语文,数学,英语\n".to_owned();
    for number in 0..students {
        file.push_str(&format!(
            "六年级,1班,S{number:03},学生{number},80,81.5,90\n"
        ));
    }
    let first = ImportScores {
        file_name: "exam.csv".to_owned(),
        school_year: "2026-2027".to_owned(),
        term: "Autumn".to_owned(),
        exam: "Monthly".to_owned(),
        kind: "monthly",
        create_missing: true,
        publish: true,
        dry_run: false,
        reason: None,
        held_on: None,
        ignore_columns: Vec::new(),
    };
    server
        .app
        .import_scores(&operator, file.as_bytes(), &first, &|_| {})
        .await
        .unwrap();
    // Of a second exam all rows but one are left out.
    let second = ImportOrder::Exam(ImportScores {
        exam: "Second".to_owned(),
        ..first
    });
    let bad = file
        .replace(",80,81.5,90", ",x,81.5,90")
        .replacen(",x,", ",80,", 1);
    let partial = Agreed {
        allow_partial: true,
        ..Agreed::default()
    };
    let imported = server
        .app
        .commit_import(&operator, bad.as_bytes(), &second, &partial, &|_| {});
    imported.await.unwrap();
    let admin = gradebook_app::NewPerson {
        username: "root".to_owned(),
        name: "Root".to_owned(),
        role: gradebook_auth::Role::Admin,
        student_number: None,
        password: Some(gradebook_app::NewPassword::Chosen(
            "a good password".to_owned(),
        )),
        locale: "en".to_owned(),
        enabled: true,
    };
    server.app.add_person(&operator, admin).await.unwrap();
    server.app.reset_password(&operator, "S000").await.unwrap();
    server
}

async fn tokens(server: &TestServer) -> (String, String) {
    let operator = Actor::operator();
    let token = |reply: Value| reply["access_token"].as_str().unwrap().to_owned();
    let admin = token(server.sign_in("root", "a good password").await.json());
    let initial = server.app.reset_password(&operator, "S000").await.unwrap();
    let first = token(server.sign_in("S000", &initial).await.json());
    let changed = server
        .post("/api/v1/users/me/password")
        .bearer(&first)
        .json(&json!({"current_password": initial, "new_password": "a better password"}))
        .send()
        .await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    (admin, token(changed.json()))
}

/// Locks the first assessment of a course and proposes another score for each of its students; the id
/// of one of the proposals.
async fn propose_for_all(server: &TestServer, admin: &str, course: &Value) -> i64 {
    let path = format!("/api/v1/courses/{}/gradebook", course["id"]);
    let book = server.get(&path).bearer(admin).send().await.json();
    let assessment = book["assessments"][0]["id"].as_i64().unwrap();
    let lock = format!("/api/v1/assessments/{assessment}/lock");
    assert_eq!(server.post(&lock).bearer(admin).send().await.status, 200);
    let mut last = 0;
    for student in book["students"].as_array().unwrap() {
        let made = server
            .post("/api/v1/amendments")
            .bearer(admin)
            .json(
                &json!({"assessment_id": assessment, "student_id": student["id"],
                "proposed": {"value": 12}, "reason": "counting"}),
            )
            .send()
            .await;
        assert_eq!(made.status, 201, "{}", made.text());
        last = made.json()["id"].as_i64().unwrap();
    }
    last
}

/// Statements per path, with the change log's follower kept out of the count.
async fn counts(server: &TestServer) -> Vec<(String, u64)> {
    let (admin, student) = tokens(server).await;
    let courses = server
        .get("/api/v1/courses")
        .bearer(&admin)
        .send()
        .await
        .json();
    let course = &courses["items"][0];
    let exams = server
        .get("/api/v1/exams")
        .bearer(&admin)
        .send()
        .await
        .json();
    let exam = exams["items"][0]["id"].as_i64().unwrap();
    let class = course["class"]["id"].as_i64().unwrap();
    let course_id = course["id"].as_i64().unwrap();
    let book = server
        .get(&format!("/api/v1/courses/{course_id}/gradebook"))
        .bearer(&admin)
        .send()
        .await
        .json();
    let assessment = book["assessments"][0]["id"].as_i64().unwrap();
    let first_student = find(&book["students"], |one| one["student_number"] == "S000")["id"]
        .as_i64()
        .unwrap();
    let path = format!("/api/v1/assessments/{assessment}/students/{first_student}/history");
    let history = server.get(&path).bearer(&admin).send().await.json();
    let batch = history["items"][0]["batch_id"].as_i64().unwrap();
    let amendment = propose_for_all(server, &admin, &courses["items"][1]).await;
    let edits: Vec<Value> = book["students"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let id = one["id"].as_i64().unwrap();
            json!({"assessment_id": assessment, "student_id": id,
                "version": version(&book, assessment, id), "value": 55})
        })
        .collect();
    let mut asked: Vec<(Method, String, &str, Value)> = [
        format!("/api/v1/courses/{course_id}/gradebook"),
        format!("/api/v1/courses/{course_id}/students/{first_student}/total"),
        format!("/api/v1/exams/{exam}/classes/{class}/sheet"),
        format!("/api/v1/courses/{course_id}/gradebook.csv"),
        format!("/api/v1/courses/{course_id}/gradebook.xlsx"),
        format!("/api/v1/exams/{exam}/classes/{class}/sheet.csv"),
        format!("/api/v1/exams/{exam}/classes/{class}/sheet.xlsx"),
        format!("/api/v1/classes/{class}/students.csv"),
        format!("/api/v1/classes/{class}/students.xlsx"),
        format!("/api/v1/exams/{exam}/analysis"),
        "/api/v1/oneroster.zip".to_owned(),
        format!("/exams/{exam}/analysis"),
        "/api/v1/progress".to_owned(),
        "/api/v1/anomalies".to_owned(),
        format!("/api/v1/courses/{course_id}/anomalies"),
        "/admin/progress".to_owned(),
        "/admin/anomalies".to_owned(),
        format!("/courses/{course_id}/anomalies"),
        format!("/api/v1/assessments/{assessment}/preflight"),
        format!("/assessments/{assessment}/publish"),
        format!("/assessments/{assessment}/entry"),
        "/api/v1/amendments?limit=200".to_owned(),
        "/reviews".to_owned(),
        format!("/reviews/{amendment}"),
        format!("/api/v1/amendments/{amendment}"),
        format!("/api/v1/assessments/{assessment}/students/{first_student}/history"),
        "/api/v1/courses".to_owned(),
        format!("/api/v1/courses/{course_id}"),
        "/api/v1/users".to_owned(),
        format!("/api/v1/users/{first_student}"),
        "/api/v1/users?q=s0&role=student&enabled=true".to_owned(),
        "/admin".to_owned(),
        "/admin/school".to_owned(),
        "/admin/setup/subjects".to_owned(),
        "/admin/setup/teacher".to_owned(),
        "/admin/terms".to_owned(),
        "/admin/terms/1".to_owned(),
        "/admin/subjects".to_owned(),
        "/admin/subjects/1".to_owned(),
        "/admin/classes".to_owned(),
        "/admin/classes?q=1".to_owned(),
        format!("/admin/classes/{class}"),
        "/admin/courses".to_owned(),
        "/admin/courses?q=1".to_owned(),
        "/api/v1/courses?q=1".to_owned(),
        format!("/admin/courses/{course_id}"),
        "/admin/teaching".to_owned(),
        "/admin/exams".to_owned(),
        "/admin/exams?q=m".to_owned(),
        "/api/v1/exams?q=m".to_owned(),
        format!("/admin/exams/{exam}"),
        "/api/v1/terms".to_owned(),
        "/api/v1/terms/1".to_owned(),
        "/api/v1/subjects".to_owned(),
        format!("/api/v1/classes/{class}"),
        "/api/v1/classes".to_owned(),
        format!("/api/v1/classes/{class}/students"),
        format!("/api/v1/exams/{exam}"),
        "/admin/users".to_owned(),
        "/admin/users?q=s0&state=enabled".to_owned(),
        format!("/admin/users/{first_student}"),
        "/admin/slips".to_owned(),
        format!("/admin/slips?class={class}"),
        "/api/v1/exams".to_owned(),
        "/api/v1/changes".to_owned(),
        format!("/api/v1/changes?course_id={course_id}&student_id={first_student}&kind=score"),
        "/admin/changes".to_owned(),
        format!("/courses/{course_id}/changes"),
        format!("/api/v1/batches/{batch}"),
        format!("/batches/{batch}"),
        "/".to_owned(),
        format!("/courses/{course_id}"),
        format!("/courses/{course_id}/settings"),
        format!("/courses/{course_id}/settings/copy"),
        format!("/classes/{class}/report"),
        format!("/api/v1/classes/{class}/report"),
        format!("/exams/{exam}/classes/{class}"),
    ]
    .into_iter()
    .map(|path| (Method::GET, path, admin.as_str(), Value::Null))
    .collect();
    for path in [
        "/api/v1/me/grades",
        "/api/v1/changes?limit=5",
        "/api/v1/me/report",
        "/me/report",
        "/api/v1/users/me",
        "/api/v1/users/me/sessions",
        "/me",
        "/account",
        "/account/totp",
    ] {
        asked.push((Method::GET, path.to_owned(), &student, Value::Null));
    }
    asked.push((
        Method::GET,
        format!("/me/courses/{course_id}"),
        &student,
        Value::Null,
    ));
    asked.push((
        Method::GET,
        format!("/me/courses/{course_id}/calculator"),
        &student,
        Value::Null,
    ));
    asked.push((
        Method::GET,
        format!("/me/assessments/{assessment}/review"),
        &student,
        Value::Null,
    ));
    asked.push((
        Method::PATCH,
        "/api/v1/scores".to_owned(),
        &admin,
        json!({"edits": edits, "reason": "counting"}),
    ));
    let imported = server
        .app
        .kept_imports(&Actor::operator(), (None, ""), None, 1)
        .await
        .unwrap();
    let import = imported.items[0].stored.id;
    for path in [
        "/admin/imports".to_owned(),
        "/admin/imports?q=exam".to_owned(),
        "/api/v1/imports?q=exam".to_owned(),
        "/admin/imports/roster".to_owned(),
        format!("/courses/{course_id}/import"),
        format!("/imports/{import}"),
        format!("/api/v1/imports/{import}"),
        format!("/api/v1/imports/{import}/left-out.csv"),
    ] {
        asked.push((Method::GET, path, &admin, Value::Null));
    }
    let mut counted = Vec::new();
    for (method, path, token, body) in asked {
        let statements = fewest(server, &method, &path, token, &body).await;
        counted.push((format!("{method} {}", shape(&path)), statements));
    }
    let path = format!("/api/v1/assessments/{assessment}/students/{first_student}/history");
    let history = server.get(&path).bearer(&admin).send().await.json();
    let path = format!("/api/v1/batches/{}/undo", history["items"][0]["batch_id"]);
    let body = json!({"reason": "counting"});
    let statements = fewest(server, &Method::POST, &path, &admin, &body).await;
    let after = server
        .get(&format!("/api/v1/courses/{course_id}/gradebook"))
        .bearer(&admin)
        .send()
        .await
        .json();
    assert_eq!(
        version(&after, assessment, first_student),
        version(&book, assessment, first_student) + 2
    );
    counted.push((format!("POST {}", shape(&path)), statements));
    counted
}

/// The change log's follower sends a statement now and then; the fewest of several tries has none
/// of them. The second and later PATCH change nothing, so only the first is counted.
async fn fewest(
    server: &TestServer,
    method: &Method,
    path: &str,
    token: &str,
    body: &Value,
) -> u64 {
    let tries = if *method == Method::GET { 5 } else { 1 };
    let mut fewest = u64::MAX;
    for _ in 0..tries {
        let before = server.app.statements_sent();
        let request = server.request(method.clone(), path).bearer(token);
        let reply = if body.is_null() {
            request.send().await
        } else {
            request.json(body).send().await
        };
        // The follower reads at once what a write committed; what it sends comes after the answer.
        let sent = server.app.statements_sent() - before;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        fewest = fewest.min(sent);
    }
    fewest
}

fn shape(path: &str) -> String {
    let path = path.split('?').next().unwrap();
    path.split('/')
        .map(|part| {
            if part.parse::<i64>().is_ok() {
                "{id}"
            } else {
                part
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// Routes that show no rows of the school.
const WITHOUT_ROWS: [&str; 17] = [
    "/offline",
    "/sw.js",
    "/manifest.webmanifest",
    "/setup",
    "/admin/setup",
    // Counted by the steps that have lists.
    "/admin/setup/{step}",
    "/api/v1/school",
    "/admin/imports/forms/{name}",
    "/login",
    "/admin/users/new",
    "/account/password",
    "/.well-known/jwks.json",
    "/.well-known/oauth-authorization-server",
    "/api/v1/events",
    "/api/v1/openapi.json",
    "/healthz",
    "/readyz",
];

/// A route that shows rows and is not counted fails by name.
fn all_are_counted(counted: &[(String, u64)]) {
    for route in ROUTES {
        let shape: Vec<&str> = route
            .path
            .split('/')
            .map(|part| if part.starts_with('{') { "{id}" } else { part })
            .collect();
        let name = format!("GET {}", shape.join("/"));
        let known =
            WITHOUT_ROWS.contains(&route.path) || counted.iter().any(|(one, _)| *one == name);
        assert!(route.method != "GET" || known, "{name} is not counted");
    }
}

on_both_databases! {
    async fn statements_do_not_grow_with_rows(database: TestDatabase) {
        local(async {
            let second = match database.dialect {
                gradebook_app::Dialect::Sqlite => gradebook_test_databases::sqlite().await,
                gradebook_app::Dialect::MySql => gradebook_test_databases::mysql().await,
            };
            let small = counts(&school(database, 2).await).await;
            let large = counts(&school(second, 40).await).await;
            all_are_counted(&small);
            for ((path, few), (_, many)) in small.iter().zip(&large) {
                // The follower of the change log may send up to three beside a write.
                let slack = if path.starts_with("GET") { 0 } else { 3 };
                assert!(
                    *many <= few + slack,
                    "{path} takes {few} statements for 2 students and {many} for 40"
                );
                assert!(*few <= 24, "{path} takes {few} statements");
            }
        })
        .await;
    }
}
