//! A school from nothing: the first admin with the code of the server's terminal, then step by step.

use awc::http::Method;
use gradebook_app::demo::DEMO_PASSWORD;
use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::{Reply, TestServer, local};

const PASSWORD: &str = "quiet-lantern-7";

fn first<'a>(code: &'a str, username: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("code", code),
        ("name", "Head of School"),
        ("username", username),
        ("password", PASSWORD),
        ("repeat", PASSWORD),
    ]
}

async fn code(server: &TestServer) -> String {
    server.app.setup_code().await.unwrap().unwrap()
}

async fn accounts(server: &TestServer) -> Vec<Value> {
    let reply = server.sign_in("head", PASSWORD).await;
    let token = reply.json()["access_token"].as_str().unwrap().to_owned();
    let users = server.get("/api/v1/users").bearer(&token).send().await;
    users.json()["items"].as_array().unwrap().clone()
}

fn led_to(reply: &Reply) -> (u16, &str) {
    (reply.status.as_u16(), reply.header("location"))
}

on_both_databases! {
    async fn whoever_lacks_the_code_is_no_admin(database: TestDatabase) {
        local(async {
            let server = TestServer::empty(database).await;
            let browser = Browser::new(&server);
            assert_eq!(led_to(&browser.open("/").await), (303, "/login"));
            assert_eq!(led_to(&browser.open("/login").await), (303, "/setup"));
            let page = browser.open("/setup").await;
            assert_eq!(page.status, 200);
            let code = code(&server).await;
            assert!(!page.text().contains(&code), "the code is on no page");
            let refused = browser.submit("/setup", &first("0000-0000-0000-0000", "head")).await;
            assert_eq!(refused.status, 403);
            assert!(refused.text().contains("value=\"Head of School\""), "what was typed stays");
            assert!(!refused.text().contains(PASSWORD), "but for the password");
            let strangers = server.post("/setup").form(&first(&code, "head")).send().await;
            assert_eq!(strangers.status, 403, "no form of this server");
            assert!(server.app.is_new().await.unwrap());
            for _ in 0..120 {
                browser.open("/setup").await;
                if browser.submit("/setup", &first("0000-0000-0000-0000", "head")).await.status == 429 {
                    return;
                }
            }
            panic!("whoever guesses never has to wait");
        })
        .await;
    }

    async fn the_right_code_makes_one_admin_and_is_dead_then(database: TestDatabase) {
        local(async {
            let server = TestServer::empty(database).await;
            let code = code(&server).await;
            let (one, two) = (Browser::new(&server), Browser::new(&server));
            one.open("/setup").await;
            two.open("/setup").await;
            let weak = [("code", code.as_str()), ("name", "H"), ("username", "head"), ("password", "password"), ("repeat", "password")];
            assert_eq!(one.submit("/setup", &weak).await.status, 422);
            let (head, tail) = (first(&code, "head"), first(&code, "tail"));
            let both = futures_util::future::join(one.submit("/setup", &head), two.submit("/setup", &tail)).await;
            let mut led = [led_to(&both.0), led_to(&both.1)];
            led.sort_unstable();
            assert_eq!(led, [(303, "/admin/setup"), (303, "/login")]);
            assert!(server.app.setup_code().await.unwrap().is_none());
            let late = Browser::new(&server);
            late.open("/login").await;
            assert_eq!(led_to(&late.submit("/setup", &first(&code, "late")).await), (303, "/login"));
            assert_eq!(led_to(&late.open("/setup").await), (303, "/login"));
            let count = gradebook_app::read::PeopleFilter::default();
            let operator = gradebook_auth::Actor::operator();
            let found = server.app.people(&operator, &count, gradebook_domain::UserId(0), 9).await.unwrap();
            assert_eq!(found.items.len(), 1);
        })
        .await;
    }

    async fn a_school_is_set_up_step_by_step(database: TestDatabase) {
        local(async {
            let server = TestServer::empty(database).await;
            let code = code(&server).await;
            let browser = Browser::new(&server);
            browser.open("/setup").await;
            let begun = browser.submit("/setup", &first(&code.to_uppercase(), "head")).await;
            assert_eq!(led_to(&begun), (303, "/admin/setup"), "{}", begun.text());
            assert_eq!(led_to(&browser.open("/admin/setup").await), (303, "/admin/setup/school"));
            browser.open("/admin/setup/school").await;
            let refused = browser.submit("/admin/setup/school", &[("name", " "), ("locale", "en")]).await;
            assert_eq!(refused.status, 422);
            let named = [("name", "Hill School"), ("locale", "en")];
            assert_eq!(led_to(&browser.submit("/admin/setup/school", &named).await), (303, "/admin/setup/year"));
            let year = browser.open("/admin/setup/year").await.text();
            assert!(year.contains("· Hill School</title>"), "the name heads every page");
            let mut terms = vec![
                ("school_year", "2026-2027"), ("name-1", "Autumn"), ("starts-1", "2026-09-01"), ("ends-1", "2027-01-25"), ("weight-1", "50"),
                ("name-2", "Spring"), ("starts-2", "2027-01-20"), ("ends-2", "2027-07-10"), ("weight-2", "50"),
            ];
            let refused = browser.submit("/admin/setup/year", &terms).await;
            assert_eq!(refused.status, 422);
            assert!(refused.text().contains("id=\"starts-2-error\""), "{}", refused.text());
            assert_eq!(led_to(&browser.open("/admin/setup").await).1, "/admin/setup/year", "no term was added");
            terms[6] = ("starts-2", "2027-02-15");
            assert_eq!(led_to(&browser.submit("/admin/setup/year", &terms).await).1, "/admin/setup/subjects");
            browser.open("/admin/setup/subjects").await;
            let twice = browser.submit("/admin/setup/subjects", &[("more", "物理 Physics\n\nMathematics")]).await;
            assert_eq!(twice.status, 422);
            assert!(twice.text().contains("Line 3: "), "{}", twice.text());
            let more = [("more", "物理 Physics")];
            assert_eq!(led_to(&browser.submit("/admin/setup/subjects", &more).await).1, "/admin/setup/class");
            let page = browser.open("/admin/setup/class").await.text();
            assert!(page.contains("Physics"), "{page}");
            let term = page.split_once("name=\"term\" value=\"").unwrap().1.split('"').next().unwrap();
            let class = |pupils| vec![
                ("term", term), ("school_year", "2026-2027"), ("grade_level", "Grade 6"), ("name", "Class 1"),
                ("subjects", "1"), ("subjects", "2"), ("pupils", pupils),
            ];
            let refused = browser.submit("/admin/setup/class", &class("2026001 李雷\n2026001 韩梅梅\nhead Somebody")).await;
            assert_eq!(refused.status, 422);
            assert!(refused.text().contains("Line 2: ") && refused.text().contains("韩梅梅"), "{}", refused.text());
            let taken = browser.submit("/admin/setup/class", &class("2026001 李雷\nhead Somebody")).await;
            assert!(taken.text().contains("Line 2: "), "a username is taken: {}", taken.text());
            assert_eq!(led_to(&browser.open("/admin/setup").await).1, "/admin/setup/class", "nothing was added");
            let begun = browser.submit("/admin/setup/class", &class("2026001\t李雷\n2026002, 韩梅梅")).await;
            assert_eq!(led_to(&begun).1, "/admin/setup/teacher", "{}", begun.text());
            let overview = browser.open("/admin").await.text();
            assert!(overview.contains("Set-up: 5 of 6"), "{overview}");
            browser.open("/admin/setup/teacher").await;
            let teacher = |username| vec![("name", "Ms Li"), ("username", username), ("locale", "en"), ("courses", "1")];
            let taken = browser.submit("/admin/setup/teacher", &teacher("HEAD")).await;
            assert!(taken.text().contains("id=\"username-error\""), "{}", taken.text());
            let slip = browser.submit("/admin/setup/teacher", &teacher("li")).await;
            assert_eq!(slip.status, 201);
            let slip = slip.text();
            let password = slip.split_once("<dd class=\"slip-password\">").unwrap().1.split('<').next().unwrap();
            assert_eq!(server.sign_in("li", password).await.status, 200);
            assert_eq!(led_to(&browser.open("/admin/setup").await).1, "/admin/setup/done");
            assert!(!browser.open("/admin").await.text().contains("Set-up:"));
            let people = accounts(&server).await;
            assert_eq!(people.len(), 4);
            let pupil = people.iter().find(|one| one["username"] == "2026001").unwrap();
            assert_eq!((&pupil["locale"], &pupil["has_password"]), (&json!("en"), &json!(false)));
            let reply = server.sign_in("head", PASSWORD).await;
            let token = reply.json()["access_token"].as_str().unwrap().to_owned();
            let courses = server.get("/api/v1/courses").bearer(&token).send().await.json();
            assert_eq!(courses["items"].as_array().unwrap().len(), 2);
            assert_eq!(courses["items"][0]["teachers"][0]["name"], "Ms Li");
            let book = server.get("/api/v1/courses/1/gradebook").bearer(&token).send().await.json();
            assert_eq!(book["students"].as_array().unwrap().len(), 2, "from the term's first day on");
        })
        .await;
    }

    async fn the_schools_name_is_everywhere_and_on_record(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let admin = server.token(&gradebook_app::demo::demo_accounts().admin.username).await;
            let unnamed = server.get("/api/v1/school").send().await.json();
            assert_eq!(unnamed, json!({"name": "", "locale": null}));
            let patch = async |body: Value| server.patch("/api/v1/school", &body).bearer(&admin).send().await;
            assert_eq!(patch(json!({"locale": "fr"})).await.status, 422);
            assert_eq!(patch(json!({"name": ""})).await.status, 422);
            assert_eq!(patch(json!({"name": "x".repeat(129)})).await.status, 422);
            let named = patch(json!({"name": "实验小学 Hill School", "locale": "zh-CN"})).await.json();
            assert_eq!(named, json!({"name": "实验小学 Hill School", "locale": "zh-CN"}));
            assert_eq!(server.get("/api/v1/school").send().await.json(), named);
            let sign_in = server.get("/login").header("accept-language", "fr").send().await.text();
            assert!(sign_in.contains("<html lang=\"zh-CN\""), "its language, for want of another");
            assert!(sign_in.contains("登录实验小学 Hill School") && sign_in.contains("· 实验小学 Hill School</title>"));
            let english = server.get("/login").header("accept-language", "en").send().await.text();
            assert!(english.contains("<html lang=\"en\"") && english.contains("Sign in to 实验小学"));
            let log = server.get("/api/v1/changes?limit=1").bearer(&admin).send().await.json();
            assert_eq!(log["items"][0]["kind"], "school_changed");
            let new = json!({"username": "new.one", "name": "New", "role": "teacher"});
            let new = server.request(Method::POST, "/api/v1/users").bearer(&admin).json(&new).send().await;
            assert_eq!(new.json()["locale"], "zh-CN");
            assert_eq!(server.sign_in("demo.admin", DEMO_PASSWORD).await.status, 200);
        })
        .await;
    }

    async fn a_pupil_who_comes_alone_is_in_the_class_at_once(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = crate::world::World::of(&server).await;
            let admin = gradebook_app::demo::demo_accounts().admin.username;
            let browser = Browser::signed_in(&server, &admin).await;
            let path = format!("/admin/classes/{}", world.class);
            browser.open(&path).await;
            let sent = format!("{path}/pupils");
            let refused = browser.submit(&sent, &[("pupil_number", "777001"), ("pupil_name", "New Pupil"), ("pupil_from", "soon")]).await;
            assert_eq!(refused.status, 422);
            assert!(refused.text().contains("id=\"pupil_from-error\"") && refused.text().contains("value=\"New Pupil\""));
            assert_eq!(server.sign_in("777001", "x").await.status, 401, "nothing was added");
            let slip = browser.submit(&sent, &[("pupil_number", "777001"), ("pupil_name", "New Pupil"), ("pupil_from", "")]).await;
            assert_eq!(slip.status, 201, "{}", slip.text());
            let slip = slip.text();
            let password = slip.split_once("<dd class=\"slip-password\">").unwrap().1.split('<').next().unwrap();
            assert_eq!(server.sign_in("777001", password).await.status, 200);
            browser.open(&path).await;
            let taken = browser.submit(&sent, &[("pupil_number", "777001"), ("pupil_name", "Other")]).await;
            assert_eq!(taken.status, 409);
            let taken = browser.submit(&sent, &[("pupils", "777002 Two\n777001 One")]).await;
            assert_eq!(taken.status, 422);
            assert!(taken.text().contains("Line 2: "), "{}", taken.text());
            let wrong_day = browser.submit(&sent, &[("pupils", "777002 Two"), ("pupil_from", "soon")]).await;
            assert_eq!(wrong_day.status, 422);
            let wrong_day = wrong_day.text();
            assert!(wrong_day.contains("id=\"pupil_from-error\"") && wrong_day.contains("class=\"otherwise\" open"));
            let both = browser.submit(&sent, &[("pupil_number", "777005"), ("pupil_name", "Five"), ("pupils", "777002 Two")]).await;
            assert_eq!(both.status, 422);
            assert!(both.text().contains("777005") && both.text().contains("777002 Two"), "nothing typed is lost");
            let added = browser.submit(&sent, &[("pupils", "777002 Two\n777003 Three")]).await;
            assert_eq!(led_to(&added), (303, format!("{path}?done=pupils&many=2").as_str()));
            let page = browser.open(&path).await.text();
            for number in ["777001", "777002", "777003"] {
                assert!(page.contains(number), "{number}");
            }

            let post = async |body: Value| server.post("/api/v1/users").bearer(&world.admin).json(&body).send().await;
            let new = |class: Value, from: Value| json!({"username": "777004", "name": "Four", "role": "student", "student_number": "777004", "class_id": class, "from": from});
            assert_eq!(post(new(json!(999_999), Value::Null)).await.status, 422);
            assert_eq!(post(new(Value::Null, json!("2026-10-01"))).await.status, 422);
            assert_eq!(post(new(json!(world.class), json!("2026-10-01"))).await.status, 201);
            let students = format!("/api/v1/classes/{}/students?limit=200", world.class);
            let students = server.get(&students).bearer(&world.admin).send().await.json();
            let four = students["items"].as_array().unwrap().iter().find(|one| one["student_number"] == "777004").unwrap().clone();
            assert_eq!(four["starts_on"], "2026-10-01", "{four}");
        })
        .await;
    }
}
