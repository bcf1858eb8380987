//! Categories, assessments and the policy of a course through the interface, and the totals that they
//! make.

use awc::http::Method;
use gradebook_domain::{
    AbsentPolicy, AssessmentId, AssessmentScheme, CategoryId, CategoryScheme, Marks, Points,
    Reading, Scheme, Score, total,
};
use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::harness::{Reply, TestServer, local};
use crate::world::{World, find, version};

async fn send(server: &TestServer, token: &str, method: Method, path: &str, body: &Value) -> Reply {
    let request = server
        .request(method, &format!("/api/v1{path}"))
        .bearer(token);
    if body.is_null() {
        request.send().await
    } else {
        request.json(body).send().await
    }
}

/// Sends something that is to succeed and hands back its answer.
async fn done(server: &TestServer, token: &str, method: Method, path: &str, body: Value) -> Value {
    let reply = send(server, token, method, path, &body).await;
    assert!(reply.status.is_success(), "{path} {body}: {}", reply.text());
    if reply.text().is_empty() {
        Value::Null
    } else {
        reply.json()
    }
}

/// Sends something that is to be refused and hands back status and code.
async fn refused(
    server: &TestServer,
    token: &str,
    method: Method,
    path: &str,
    body: Value,
) -> (u16, String) {
    let reply = send(server, token, method, path, &body).await;
    assert!(
        reply.status.as_u16() >= 400,
        "{path} {body}: {}",
        reply.text()
    );
    (reply.status.as_u16(), reply.code())
}

fn id(value: &Value) -> i64 {
    value["id"].as_i64().unwrap()
}

struct Course<'a> {
    server: &'a TestServer,
    world: &'a World,
}

impl Course<'_> {
    async fn post(&self, path: &str, body: Value) -> Value {
        let path = format!("/courses/{}/{path}", self.world.course);
        done(self.server, &self.world.teacher, Method::POST, &path, body).await
    }

    async fn patch(&self, path: &str, body: Value) -> Value {
        done(self.server, &self.world.teacher, Method::PATCH, path, body).await
    }

    async fn refused(&self, method: Method, path: &str, body: Value) -> (u16, String) {
        refused(self.server, &self.world.teacher, method, path, body).await
    }

    async fn publish(&self, assessment: i64) {
        let path = format!("/assessments/{assessment}/publish");
        done(
            self.server,
            &self.world.teacher,
            Method::POST,
            &path,
            Value::Null,
        )
        .await;
    }

    /// Enters scores of one student, each as the rest of an edit: `"value":9`.
    async fn enter(&self, student: i64, scores: &[(i64, &str)]) {
        let book = self.world.book(self.server).await;
        let edits: Vec<String> = scores
            .iter()
            .map(|(assessment, rest)| {
                let version = version(&book, *assessment, student);
                format!(
                    r#"{{"assessment_id":{assessment},"student_id":{student},"version":{version},{rest}}}"#
                )
            })
            .collect();
        let body = format!(r#"{{"edits":[{}],"reason":"as marked"}}"#, edits.join(","));
        let reply = self
            .server
            .request(Method::PATCH, "/api/v1/scores")
            .bearer(&self.world.teacher)
            .raw("application/json", body)
            .send()
            .await
            .json();
        assert_eq!(
            reply["saved"].as_array().unwrap().len(),
            scores.len(),
            "{reply}"
        );
    }

    async fn total_of(&self, student: i64) -> Value {
        let book = self.world.book(self.server).await;
        find(&book["totals"], |one| one["student_id"] == student)
    }

    /// Deletes the demo's assessments of the course, so that a case can be told alone.
    async fn empty(&self) {
        let book = self.world.book(self.server).await;
        for assessment in book["assessments"].as_array().unwrap() {
            let path = format!("/assessments/{}", id(assessment));
            if assessment["state"] == "published" {
                let body = json!({"reason": "the table of cases needs an empty course"});
                let unpublish = format!("{path}/unpublish");
                done(
                    self.server,
                    &self.world.teacher,
                    Method::POST,
                    &unpublish,
                    body,
                )
                .await;
            }
            let title = assessment["title"].as_str().unwrap();
            let confirm: String = url::form_urlencoded::byte_serialize(title.as_bytes()).collect();
            let path = format!("{path}?confirm={confirm}");
            done(
                self.server,
                &self.world.teacher,
                Method::DELETE,
                &path,
                Value::Null,
            )
            .await;
        }
    }
}

/// A category with its items: full marks, extra credit, and what is entered.
type Case = (
    &'static str,
    &'static [(
        &'static str,
        &'static str,
        &'static [(&'static str, &'static str, &'static str)],
    )],
    &'static str,
    &'static str,
);

/// product.md, "Totals".
const CASES: [Case; 7] = [
    (
        "two items of 10, one scored 5, one blank",
        &[(
            "100",
            "points",
            &[("10", "0", r#""value":5"#), ("10", "0", "")],
        )],
        "50",
        "25",
    ),
    (
        "two categories 50/50",
        &[
            ("50", "points", &[("10", "0", r#""value":9"#)]),
            ("50", "points", &[("40", "0", r#""value":20"#)]),
        ],
        "70",
        "70",
    ),
    (
        "weights 50/40, one blank",
        &[
            ("50", "points", &[("10", "0", r#""value":10"#)]),
            ("40", "points", &[("40", "0", "")]),
        ],
        "100",
        "55.56",
    ),
    (
        "weights 50/60 with extra credit",
        &[
            ("50", "points", &[("10", "5", r#""value":11"#)]),
            ("60", "points", &[("40", "5", r#""value":45"#)]),
        ],
        "122.5",
        "122.5",
    ),
    (
        "where binary floats give 93.82",
        &[
            ("50", "points", &[("200", "100", r#""value":267.9"#)]),
            ("50", "points", &[("100", "0", r#""value":53.7"#)]),
        ],
        "93.83",
        "93.83",
    ),
    (
        "by points",
        &[(
            "100",
            "points",
            &[
                ("100", "0", r#""value":88.56"#),
                ("100", "0", r#""value":69.71"#),
            ],
        )],
        "79.14",
        "79.14",
    ),
    (
        "weights 9.9/23.1",
        &[
            ("9.9", "points", &[("100", "0", r#""value":75"#)]),
            ("23.1", "points", &[("100", "0", r#""value":53.75"#)]),
        ],
        "60.13",
        "60.13",
    ),
];

on_both_databases! {
    async fn the_cases_of_the_product_come_out_through_the_interface(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = &World::of(&server).await;
            let course = Course { server: &server, world };
            let student = world.student_id;
            for (name, categories, current, last) in CASES {
                course.empty().await;
                let old = world.book(&server).await["categories"].clone();
                for (nth, (weight, aggregation, items)) in categories.iter().enumerate() {
                    let weight: Value = serde_json::from_str(weight).unwrap();
                    let new = json!({"name": format!("{name} {nth}"), "weight": weight, "aggregation": aggregation});
                    let category = id(&course.post("categories", new).await);
                    for (max_score, extra, entered) in *items {
                        let number = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
                        let new = json!({
                            "title": "Item", "max_score": number(max_score), "category_id": category,
                            "extra_credit_limit": number(extra),
                        });
                        let assessment = id(&course.post("assessments", new).await);
                        course.publish(assessment).await;
                        if !entered.is_empty() {
                            course.enter(student, &[(assessment, *entered)]).await;
                        }
                    }
                }
                for category in old.as_array().unwrap() {
                    let path = format!("/categories/{}", id(category));
                    done(&server, &world.teacher, Method::DELETE, &path, Value::Null).await;
                }
                let number = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
                let total = course.total_of(student).await;
                assert_eq!((&total["current"], &total["final"]), (&number(current), &number(last)), "{name}");
                // The student's own reading and the explanation say the same.
                let mine = server.get("/api/v1/me/grades").bearer(&world.student).send().await.json();
                let mine = find(&mine["courses"], |one| one["course"]["id"] == world.course);
                assert_eq!((&mine["current"], &mine["final"]), (&number(current), &number(last)), "{name}");
                let path = format!("/api/v1/courses/{}/students/{student}/total", world.course);
                let why = server.get(&path).bearer(&world.teacher).send().await.json();
                assert_eq!(why["current"]["percentage"], number(current), "{name}");
                assert_eq!(why["final"]["percentage"], number(last), "{name}");
            }
        })
        .await;
    }

    async fn a_total_says_what_the_student_sees_without_drafts(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = &World::of(&server).await;
            let mine = server.get("/api/v1/me/grades").bearer(&world.student).send().await.json();
            let seen = find(&mine["courses"], |one| one["course"]["id"] == world.course).clone();
            let student = world.student_id;
            let book = world.book(&server).await;
            let edit = json!({"assessment_id": world.draft, "student_id": student, "value": 1,
                "version": version(&book, world.draft, student)});
            let saved = server.patch("/api/v1/scores", &json!({"edits": [edit]})).bearer(&world.teacher).send().await;
            assert_eq!(saved.status, 200, "{}", saved.text());
            let path = format!("/api/v1/courses/{}/students/{student}/total", world.course);
            let total = server.get(&path).bearer(&world.teacher).send().await.json();
            let theirs = &total["student_sees"];
            assert_eq!(theirs["current"], seen["current"], "{total}");
            assert_eq!(theirs["final"], seen["final"]);
            assert_eq!(theirs["letter"], seen["letter"]);
            assert_ne!(theirs["current"], total["current"]["percentage"], "the draft counts for the teacher");
            let lines = total["current"]["explanation"]["categories"].as_array().unwrap().iter()
                .flat_map(|one| one["assessments"].as_array().unwrap());
            let drafts: Vec<i64> = lines.filter(|line| line["state"] == "draft").map(id).collect();
            assert!(drafts.contains(&world.draft) && !drafts.contains(&world.published), "{drafts:?}");
        })
        .await;
    }

    async fn what_students_have_seen_changes_with_a_reason_only(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = &World::of(&server).await;
            let course = Course { server: &server, world };
            let category = format!("/categories/{}", world.category);
            let assessment = format!("/assessments/{}", world.published);
            let policy = format!("/courses/{}", world.course);
            let grades = async || {
                let reply = server.get("/api/v1/me/grades").bearer(&world.student).send().await;
                (reply.header("etag").to_owned(), reply.json())
            };
            let (tag, before) = grades().await;
            for (path, body) in [
                (&category, json!({"weight": 60})),
                (&category, json!({"aggregation": "mean"})),
                (&category, json!({"drop_lowest": 1})),
                (&assessment, json!({"max_score": 120})),
                (&assessment, json!({"weight": 50})),
                (&policy, json!({"policy": {"absent": "left_out"}})),
                (&policy, json!({"policy": {"letters": [{"letter": "A", "from": 50}]}})),
            ] {
                let reply = send(&server, &world.teacher, Method::PATCH, path, &body).await;
                assert_eq!((reply.status.as_u16(), reply.code().as_str()), (422, "reason_required"), "{path} {body}");
                let problem = reply.json();
                assert_eq!(problem["published_assessments"], 1, "{problem}");
                let students = problem["students"].as_u64().unwrap();
                match body.to_string().as_str() {
                    // Everybody who has a score stands otherwise with other full marks.
                    text if text.contains("max_score") => assert!(students > 30, "{problem}"),
                    // One assessment in one category: its weight changes nothing.
                    text if text.contains("\"weight\"") || text.contains("mean") => assert_eq!(students, 0, "{problem}"),
                    _ => {}
                }
            }
            assert_eq!(grades().await.0, tag, "nothing was changed");
            // Names, dates and places are no grades.
            course.patch(&assessment, json!({"title": "September", "date": "2026-09-25"})).await;
            course.patch(&category, json!({"name": "Tests", "position": 1})).await;
            course.patch(&policy, json!({"policy": {"show_class_statistics": true}})).await;
            let reason = "the paper had 120 points";
            course.patch(&assessment, json!({"max_score": 120, "reason": reason})).await;
            let (changed, after) = grades().await;
            assert_ne!(changed, tag);
            let of = |grades: &Value| find(&grades["courses"], |one| one["course"]["id"] == world.course);
            assert_ne!(of(&before)["current"], of(&after)["current"]);
            let stale = server.get("/api/v1/me/grades").bearer(&world.student).header("if-none-match", &tag);
            assert_eq!(stale.send().await.status, 200);
        })
        .await;
    }

    async fn a_deleted_assessment_leaves_its_scores_on_record(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = &World::of(&server).await;
            let course = Course { server: &server, world };
            let book = world.book(&server).await;
            let old = find(&book["assessments"], |one| one["id"] == world.published);
            let path = format!("/assessments/{}", world.published);
            assert_eq!(course.refused(Method::DELETE, &path, Value::Null).await, (409, "invalid_state".to_owned()));
            let body = json!({"reason": "wrong class"});
            done(&server, &world.teacher, Method::POST, &format!("{path}/lock"), Value::Null).await;
            assert_eq!(course.refused(Method::DELETE, &path, Value::Null).await, (409, "locked".to_owned()));
            assert_eq!(course.refused(Method::PATCH, &path, json!({"title": "x"})).await, (409, "locked".to_owned()));
            for step in ["unlock", "unpublish"] {
                done(&server, &world.teacher, Method::POST, &format!("{path}/{step}"), body.clone()).await;
            }
            let reply = send(&server, &world.teacher, Method::DELETE, &path, &Value::Null).await;
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (409, "confirmation_required"));
            assert_eq!(reply.json()["title"], old["title"]);
            let scores = book["scores"].as_array().unwrap().iter();
            let scores = scores.filter(|one| one["assessment_id"] == world.published).count();
            assert_eq!(reply.json()["scores"], scores);
            let wrong = format!("{path}?confirm=another");
            assert_eq!(course.refused(Method::DELETE, &wrong, Value::Null).await.0, 409);
            let title = old["title"].as_str().unwrap();
            let confirm: String = url::form_urlencoded::byte_serialize(title.as_bytes()).collect();
            let right = format!("{path}?confirm={confirm}");
            done(&server, &world.teacher, Method::DELETE, &right, Value::Null).await;
            assert_eq!(course.refused(Method::DELETE, &right, Value::Null).await, (404, "not_found".to_owned()));
            let book = world.book(&server).await;
            assert!(book["assessments"].as_array().unwrap().iter().all(|one| one["id"] != world.published));
            assert!(book["scores"].as_array().unwrap().iter().all(|one| one["assessment_id"] != world.published));
        })
        .await;
    }

    async fn a_maximum_below_entered_scores_names_them(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = &World::of(&server).await;
            let course = Course { server: &server, world };
            let new = json!({"title": "Quiz", "max_score": 20, "extra_credit_limit": 2.5});
            let quiz = id(&course.post("assessments", new).await);
            course.enter(world.students[3], &[(quiz, r#""value":22.5"#)]).await;
            course.enter(world.students[4], &[(quiz, r#""value":12"#)]).await;
            let path = format!("/assessments/{quiz}");
            for body in [json!({"max_score": 19.9999}), json!({"extra_credit_limit": 0}), json!({"max_score": 10})] {
                let reply = send(&server, &world.teacher, Method::PATCH, &path, &body).await;
                assert_eq!((reply.status.as_u16(), reply.code().as_str()), (409, "scores_above_maximum"), "{body}");
                let problem = reply.json();
                assert_eq!(problem["scores"][0]["student_id"], world.students[3], "{problem}");
                assert_eq!(problem["scores"][0]["value"], json!(22.5), "{problem}");
                assert_eq!(problem["count"], 1, "{problem}");
            }
            course.patch(&path, json!({"max_score": 22.5, "extra_credit_limit": 0})).await;
        })
        .await;
    }

    async fn categories_keep_their_assessments_and_their_order(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = &World::of(&server).await;
            let course = Course { server: &server, world };
            let only = format!("/categories/{}", world.category);
            assert_eq!(course.refused(Method::DELETE, &only, Value::Null).await, (409, "category_not_empty".to_owned()));
            let homework = id(&course.post("categories", json!({"name": "Homework", "weight": 30, "aggregation": "mean", "drop_lowest": 1})).await);
            let quizzes = id(&course.post("categories", json!({"name": "Quizzes", "weight": 20})).await);
            let names = async || -> Vec<i64> {
                let book = world.book(&server).await;
                book["categories"].as_array().unwrap().iter().map(id).collect()
            };
            assert_eq!(names().await, [world.category, homework, quizzes]);
            course.patch(&format!("/categories/{quizzes}"), json!({"position": 1})).await;
            assert_eq!(names().await, [quizzes, world.category, homework]);
            let again = json!({"name": " Homework ", "weight": 1});
            let path = format!("/courses/{}/categories", world.course);
            assert_eq!(course.refused(Method::POST, &path, again).await, (409, "already_exists".to_owned()));
            let rename = json!({"name": "Homework"});
            assert_eq!(course.refused(Method::PATCH, &format!("/categories/{quizzes}"), rename).await.0, 409);
            // Moved out, the category can go; a published assessment moves with a reason.
            for (assessment, reason) in [(world.draft, Value::Null), (world.published, json!("quizzes replace tests"))] {
                let path = format!("/assessments/{assessment}");
                course.patch(&path, json!({"category_id": homework, "reason": reason})).await;
            }
            done(&server, &world.teacher, Method::DELETE, &only, Value::Null).await;
            assert_eq!(names().await, [quizzes, homework]);
            for body in [json!({"category_id": world.category}), json!({"category_id": 0})] {
                let path = format!("/assessments/{}", world.draft);
                assert_eq!(course.refused(Method::PATCH, &path, body).await, (422, "invalid_request".to_owned()));
            }
        })
        .await;
    }

    async fn what_cannot_be_kept_is_named(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = &World::of(&server).await;
            let categories = format!("/courses/{}/categories", world.course);
            let assessments = format!("/courses/{}/assessments", world.course);
            let policy = format!("/courses/{}", world.course);
            for (method, path, body, pointer) in [
                (Method::POST, &categories, json!({"name": " ", "weight": 1}), "/name"),
                (Method::POST, &categories, json!({"name": "x", "weight": -1}), "/weight"),
                (Method::POST, &categories, json!({"name": "x", "weight": "30"}), "/weight"),
                (Method::POST, &categories, json!({"name": "x", "weight": 1000.0001}), "/weight"),
                (Method::POST, &categories, json!({"name": "x", "weight": 1, "aggregation": "sum"}), "/aggregation"),
                (Method::POST, &categories, json!({"name": "x", "weight": 1, "drop_lowest": 101}), "/drop_lowest"),
                (Method::POST, &categories, json!({"name": "x", "weight": 1, "colour": 1}), "/colour"),
                (Method::POST, &assessments, json!({"title": "", "max_score": 1}), "/title"),
                (Method::POST, &assessments, json!({"title": "x", "max_score": 0}), "/max_score"),
                (Method::POST, &assessments, json!({"title": "x", "max_score": 1.00001}), "/max_score"),
                (Method::POST, &assessments, json!({"title": "x", "max_score": 1, "date": "13.11.2026"}), "/date"),
                (Method::POST, &assessments, json!({"title": "x", "max_score": 1, "category_id": 0}), "/category_id"),
                (Method::POST, &assessments, json!({"title": "x", "max_score": 1, "extra_credit_limit": -1}), "/extra_credit_limit"),
                (Method::PATCH, &policy, json!({"policy": {"absent": "half"}}), "/policy/absent"),
                (Method::PATCH, &policy, json!({"policy": {"letters": [{"letter": "A", "from": 90}, {"letter": "A", "from": 80}]}}), "/policy/letters/1"),
                (Method::PATCH, &policy, json!({"policy": {"letters": [{"letter": "A", "from": "90"}]}}), "/policy/letters/0/from"),
            ] {
                let reply = send(&server, &world.teacher, method, path, &body).await;
                assert_eq!(reply.status, 422, "{body}: {}", reply.text());
                assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{body}: {}", reply.text());
            }
        })
        .await;
    }

    async fn a_policy_is_the_teachers_and_the_teachers_are_the_admins(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = &World::of(&server).await;
            let course = Course { server: &server, world };
            let path = format!("/courses/{}", world.course);
            let letters = json!([{"letter": "及格", "from": 60}, {"letter": "优", "from": 85.5}, {"letter": "不及格", "from": 0}]);
            let body = json!({"policy": {"letters": letters, "absent": "left_out"}, "reason": "as agreed in the faculty"});
            let changed = course.patch(&path, body).await;
            assert_eq!(changed["policy"]["absent"], "left_out");
            assert_eq!(changed["policy"]["letters"][0], json!({"letter": "优", "from": 85.5}));
            let book = world.book(&server).await;
            assert_eq!(book["course"]["policy"], changed["policy"]);
            for one in book["totals"].as_array().unwrap() {
                let last: Option<f64> = one["final"].as_f64();
                let letter = last.map(|last| if last >= 85.5 { "优" } else if last >= 60.0 { "及格" } else { "不及格" });
                assert_eq!(one["letter"].as_str(), letter, "{one}");
            }
            let both = json!({"teacher_ids": [world.teacher_id], "policy": {"absent": "zero"}, "reason": "back again"});
            assert_eq!(course.refused(Method::PATCH, &path, both.clone()).await, (403, "forbidden".to_owned()));
            assert_eq!(world.book(&server).await["course"]["policy"]["absent"], "left_out", "all or nothing");
            let changed = done(&server, &world.admin, Method::PATCH, &path, both).await;
            assert_eq!(changed["policy"]["absent"], "zero");
            let none = course.patch(&path, json!({"policy": {"letters": null}, "reason": "no letters"})).await;
            assert_eq!(none["policy"]["letters"], Value::Null);
            assert_eq!(course.total_of(world.student_id).await["letter"], Value::Null);
            let hidden = refused(&server, &world.other_teacher, Method::PATCH, &path, json!({"policy": {"absent": "zero"}})).await;
            assert_eq!(hidden, (404, "not_found".to_owned()));
            // Asking for nothing is no way around: what one may not change, one may not leave as it is.
            for token in [&world.student, &world.other_teacher] {
                let nothing = refused(&server, token, Method::PATCH, &path, json!({})).await;
                let something = refused(&server, token, Method::PATCH, &path, json!({"policy": {"absent": "zero"}})).await;
                assert_eq!(nothing, something);
            }
            assert_eq!(course.patch(&path, json!({})).await["id"], world.course);
            assert_eq!(done(&server, &world.admin, Method::PATCH, &path, json!({})).await["id"], world.course);
        })
        .await;
    }

    async fn the_class_is_shown_when_the_course_says_so_and_ten_have_a_score(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = &World::of(&server).await;
            let course = Course { server: &server, world };
            let shown = async |assessment: i64| -> Value {
                let mine = server.get("/api/v1/me/grades").bearer(&world.student).send().await.json();
                let mine = find(&mine["courses"], |one| one["course"]["id"] == world.course);
                find(&mine["assessments"], |one| one["id"] == assessment)["class_statistics"].clone()
            };
            assert_eq!(shown(world.published).await, Value::Null);
            course.patch(&format!("/courses/{}", world.course), json!({"policy": {"show_class_statistics": true}})).await;
            let figures = shown(world.published).await;
            let book = world.book(&server).await;
            let teachers = find(&book["statistics"], |one| one["assessment_id"] == world.published);
            assert_eq!((&figures["count"], &figures["mean"]), (&teachers["count"], &teachers["mean"]));
            let tenths = figures["distribution"].as_array().unwrap();
            let sum: u64 = tenths.iter().map(|one| one.as_u64().unwrap()).sum();
            assert_eq!((tenths.len(), Some(sum)), (10, figures["count"].as_u64()));
            // Nine scores show nothing, the tenth does.
            let quiz = id(&course.post("assessments", json!({"title": "Quiz", "max_score": 10})).await);
            course.publish(quiz).await;
            for student in &world.students[..9] {
                course.enter(*student, &[(quiz, r#""value":7"#)]).await;
            }
            assert_eq!(shown(quiz).await, Value::Null);
            course.enter(world.students[9], &[(quiz, r#""value":10"#)]).await;
            assert_eq!(shown(quiz).await, json!({"count": 10, "mean": 7.3, "distribution": [0, 0, 0, 0, 0, 0, 0, 9, 0, 1]}));
        })
        .await;
    }

    /// The gradebook's totals are what its own scheme and scores amount to, whatever is in it.
    async fn totals_equal_a_recomputation_from_the_same_answer(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = &World::of(&server).await;
            let course = Course { server: &server, world };
            let mut luck = 7_u64;
            let mut next = |below: u64| {
                // A fixed sequence: a failure is found again.
                luck = luck.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (luck >> 33) % below
            };
            for (nth, aggregation) in ["points", "mean", "weighted"].iter().enumerate() {
                let new = json!({"name": format!("Part {nth}"), "weight": 5 + next(60), "aggregation": aggregation,
                    "drop_lowest": next(2), "drop_highest": next(2)});
                let category = id(&course.post("categories", new).await);
                for item in 0..3 {
                    let new = json!({"title": format!("Item {item}"), "max_score": 5 + next(50),
                        "category_id": category, "weight": next(3) * 50, "extra_credit_limit": 5});
                    let assessment = id(&course.post("assessments", new).await);
                    for student in &world.students[..12] {
                        let rest = match next(8) {
                            0 => r#""status":"absent""#.to_owned(),
                            1 => r#""status":"excused""#.to_owned(),
                            2 => r#""status":"missing""#.to_owned(),
                            3 => continue,
                            _ => format!(r#""value":{}.{}"#, next(10), next(10_000)),
                        };
                        course.enter(*student, &[(assessment, rest.as_str())]).await;
                    }
                }
            }
            for absent in ["zero", "left_out"] {
                let body = json!({"policy": {"absent": absent}, "reason": "to see both"});
                course.patch(&format!("/courses/{}", world.course), body).await;
                let book = server
                    .get(&format!("/api/v1/courses/{}/gradebook", world.course))
                    .bearer(&world.teacher)
                    .send()
                    .await
                    .json();
                assert_recomputed(&book);
            }
        })
        .await;
    }
}

/// A decimal of the answer as text: the numbers of these answers have few digits.
fn decimal(value: &Value) -> Points {
    value.to_string().parse().unwrap()
}

fn assert_recomputed(book: &Value) {
    let list = |name: &str| book[name].as_array().unwrap().iter();
    let scheme = Scheme {
        absent: book["course"]["policy"]["absent"]
            .as_str()
            .unwrap()
            .parse::<AbsentPolicy>()
            .unwrap(),
        categories: list("categories")
            .map(|one| CategoryScheme {
                id: CategoryId(id(one)),
                weight: one["weight"].to_string().parse().unwrap(),
                aggregation: one["aggregation"].as_str().unwrap().parse().unwrap(),
                drop_lowest: one["drop_lowest"].to_string().parse().unwrap(),
                drop_highest: one["drop_highest"].to_string().parse().unwrap(),
            })
            .collect(),
        assessments: list("assessments")
            .map(|one| AssessmentScheme {
                id: AssessmentId(id(one)),
                category: CategoryId(one["category_id"].as_i64().unwrap()),
                max_score: decimal(&one["max_score"]),
                weight: one["weight"].to_string().parse().unwrap(),
            })
            .collect(),
    };
    for row in list("totals") {
        let marks: Marks = list("scores")
            .filter(|one| one["student_id"] == row["student_id"])
            .map(|one| {
                let value = (!one["value"].is_null()).then(|| decimal(&one["value"]));
                let status = one["status"].as_str().unwrap().parse().unwrap();
                let score = Score::from_parts(status, value).unwrap();
                (AssessmentId(one["assessment_id"].as_i64().unwrap()), score)
            })
            .collect();
        for (name, reading) in [("current", Reading::Current), ("final", Reading::Final)] {
            let expected = total(&scheme, &marks, reading);
            let text = |percentage: &Option<gradebook_domain::Percentage>| {
                percentage
                    .as_ref()
                    .map_or("null".to_owned(), ToString::to_string)
            };
            let shown = |value: &Value| match value {
                Value::Null => "null".to_owned(),
                value => decimal(value).to_string(),
            };
            assert_eq!(shown(&row[name]), text(&expected.percentage), "{row}");
            for (category, line) in row["categories"]
                .as_array()
                .unwrap()
                .iter()
                .zip(&expected.why.categories)
            {
                assert_eq!(category["category_id"], line.id.0);
                assert_eq!(shown(&category[name]), text(&line.percentage), "{row}");
            }
        }
    }
}
