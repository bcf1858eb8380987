//! Accounts as an admin looks after them: search, roles, passwords on slips, the change log of each.

use std::collections::BTreeSet;

use awc::http::StatusCode;
use gradebook_app::demo::{DEMO_PASSWORD, demo_accounts};
use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::{Reply, TestServer, local};
use crate::world::{World, find};

async fn users(server: &TestServer, token: &str, query: &str) -> Value {
    let reply = server
        .get(&format!("/api/v1/users?{query}"))
        .bearer(token)
        .send()
        .await;
    assert_eq!(reply.status, StatusCode::OK, "{query}: {}", reply.text());
    reply.json()
}

fn usernames(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|one| one["username"].as_str().unwrap().to_owned())
        .collect()
}

async fn account(server: &TestServer, token: &str, username: &str) -> Value {
    let list = users(server, token, &format!("q={username}")).await;
    find(&list["items"], |one| one["username"] == username)
}

async fn patch(server: &TestServer, token: &str, id: &Value, body: &Value) -> Reply {
    let path = format!("/api/v1/users/{id}");
    server.patch(&path, body).bearer(token).send().await
}

async fn me(server: &TestServer, token: &str) -> StatusCode {
    let me = server.get("/api/v1/users/me").bearer(token).send().await;
    me.status
}

/// The one-time passwords on a page, by username.
fn slips(page: &str) -> Vec<(String, String)> {
    let text = |slip: &str, after: &str| {
        let (_, rest) = slip.split_once(after).unwrap();
        rest.split('<').next().unwrap().to_owned()
    };
    page.split("<article class=\"slip\">")
        .skip(1)
        .map(|slip| {
            let password = text(slip, "class=\"slip-password\">");
            (text(slip, "<dd>"), password)
        })
        .collect()
}

on_both_databases! {
    async fn accounts_are_found_by_any_part_and_filtered(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let admin = server.token(&demo_accounts().admin.username).await;
            for (username, name) in [("per.cent", "100% _Sure!"), ("wide", "Ｌｉ Ming"), ("eva", "ÉVA Ölund")] {
                let new = json!({"username": username, "name": name, "role": "teacher"});
                let added = server.post("/api/v1/users").bearer(&admin).json(&new).send().await;
                assert_eq!(added.status, StatusCode::CREATED);
            }
            for (query, expected) in [
                ("q=LIN.Y", vec!["lin.yue"]),
                ("q=%E6%9E%97%E6%82%A6", vec!["lin.yue"]),
                ("q=2026070340", vec!["2026070340"]),
                ("q=%EF%BC%92026070340", vec!["2026070340"]),
                ("q=li+ming", vec!["wide"]),
                ("q=ming++%E3%80%80LI", vec!["wide"]),
                ("q=%C3%A9va", vec!["eva"]),
                ("q=%C3%B6LUND+eva", vec!["eva"]),
                ("q=%25", vec!["per.cent"]),
                ("q=_", vec!["per.cent"]),
                ("q=!", vec!["per.cent"]),
                ("q=nobody", vec![]),
                ("q=lin.yue%0A%E6%9E%97", vec!["lin.yue"]),
                ("q=sure&role=student", vec![]),
                ("q=sure&role=teacher&enabled=true", vec!["per.cent"]),
                ("q=sure&enabled=false", vec![]),
                ("role=admin", vec!["demo.admin"]),
            ] {
                assert_eq!(usernames(&users(&server, &admin, query).await), expected, "{query}");
            }
            for refused in ["role=head", "enabled=maybe", "name=x", &format!("q={}", "x".repeat(101))] {
                let reply = server.get(&format!("/api/v1/users?{refused}")).bearer(&admin).send().await;
                assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
            }
            // A changed name is found at once, the old one no more; a disabled account by its state.
            let wide = account(&server, &admin, "wide").await;
            patch(&server, &admin, &wide["id"], &json!({"name": "Zhou", "enabled": false})).await;
            assert_eq!(usernames(&users(&server, &admin, "q=zhou").await), ["wide"]);
            assert_eq!(usernames(&users(&server, &admin, "q=ming").await), Vec::<String>::new());
            assert_eq!(usernames(&users(&server, &admin, "enabled=false").await), ["wide"]);
        })
        .await;
    }

    async fn a_list_in_parts_loses_nobody_and_counts_right(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let admin = Browser::signed_in(&server, &demo_accounts().admin.username).await;
            let one_class = admin.open("/admin/users?role=student&q=20260702&state=enabled").await;
            assert!(one_class.text().contains("40 accounts found"));
            let mut seen = BTreeSet::new();
            let mut next = Some("/admin/users".to_owned());
            let mut pages = 0;
            while let Some(path) = next {
                let page = admin.open(&path).await;
                assert_eq!(page.status, 200);
                assert_eq!(page.header("cache-control"), "no-store");
                let text = page.text();
                let rows = text.split("href=\"/admin/users/").skip(1);
                seen.extend(rows.filter_map(|rest| rest.split('"').next()?.parse::<i64>().ok()));
                next = text
                    .split("<a class=\"button\" href=\"")
                    .filter_map(|rest| rest.split_once("\" rel=\"next\""))
                    .map(|(href, _)| href.replace("&#38;", "&"))
                    .next();
                pages += 1;
            }
            assert_eq!((pages, seen.len()), (3, 125));
        })
        .await;
    }

    async fn a_role_changes_between_admin_and_teacher_and_ends_sessions(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let course = format!("/api/v1/courses/{}", world.course);
            let id = json!(world.teacher_id);
            let before = server.get(&course).bearer(&world.admin).send().await.json();
            let username = patch(&server, &world.admin, &id, &json!({})).await.json()["username"].clone();
            let username = username.as_str().unwrap();

            for role in ["student", "head"] {
                let refused = patch(&server, &world.admin, &id, &json!({"role": role})).await;
                assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{role}");
                assert_eq!(refused.json()["errors"][0]["pointer"], "/role");
            }
            let student = json!(world.student_id);
            let refused = patch(&server, &world.admin, &student, &json!({"role": "admin"})).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(me(&server, &world.teacher).await, StatusCode::OK, "nothing has happened so far");

            let promoted = patch(&server, &world.admin, &id, &json!({"role": "admin"})).await;
            assert_eq!(promoted.json()["role"], "admin");
            // The tail reads what a commit of its own process wrote at once.
            let mut status = me(&server, &world.teacher).await;
            for _ in 0..100 {
                if status == StatusCode::UNAUTHORIZED {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                status = me(&server, &world.teacher).await;
            }
            assert_eq!(status, StatusCode::UNAUTHORIZED, "the old token still says teacher");
            let token = server.token(username).await;
            assert_eq!(users(&server, &token, "role=admin").await["items"].as_array().unwrap().len(), 2);

            // Still the teacher of the course, and stays it when others join.
            assert_eq!(server.get(&course).bearer(&world.admin).send().await.json(), before);
            let other = account(&server, &world.admin, "lin.yue").await;
            let both = json!({"teacher_ids": [id, other["id"]]});
            let given = server.patch(&course, &both).bearer(&world.admin).send().await;
            assert_eq!(given.status, StatusCode::OK, "{}", given.text());

            let demoted = patch(&server, &world.admin, &id, &json!({"role": "teacher"})).await;
            assert_eq!(demoted.json()["role"], "teacher");
            let token = server.token(username).await;
            assert_eq!(server.get(&course).bearer(&token).send().await.status, StatusCode::OK);
            let own = account(&server, &world.admin, "demo.admin").await["id"].clone();
            let last = patch(&server, &world.admin, &own, &json!({"role": "teacher"})).await;
            assert_eq!((last.status, last.code()), (StatusCode::CONFLICT, "last_admin".to_owned()));
        })
        .await;
    }

    async fn an_account_is_added_with_a_form(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let admin = Browser::signed_in(&server, &demo_accounts().admin.username).await;
            admin.open("/admin/users/new").await;
            let form = |username: &'static str, number: &'static str| {
                [("username", username), ("name", "Chen <b>Xiao"), ("role", "student"),
                    ("student_number", number), ("locale", "en")]
            };
            for (fields, status, error) in [
                (form("c x", "C1"), 422, "username-error"),
                (form("LIN.YUE", "C1"), 409, "username-error"),
                (form("chen.xiao", "2026070101"), 409, "student_number-error"),
                (form("chen.xiao", " "), 422, "student_number-error"),
            ] {
                let refused = admin.submit("/admin/users/new", &fields).await;
                let text = refused.text();
                assert_eq!(refused.status, status, "{fields:?}");
                assert!(text.contains(&format!("id=\"{error}\"")), "{fields:?}");
                assert!(text.contains("Chen &#60;b&#62;Xiao"), "what was typed is there still");
            }
            let added = admin.submit("/admin/users/new", &form(" Chen.Xiao ", "C1")).await;
            assert_eq!(added.status, StatusCode::CREATED);
            assert_eq!(added.header("cache-control"), "no-store");
            let text = added.text();
            let slips = slips(&text);
            assert_eq!(slips[0].0, "Chen.Xiao");
            assert_eq!(text.matches(&slips[0].1).count(), 1);
            let signed_in = server.sign_in("chen.xiao", &slips[0].1).await;
            assert_eq!(signed_in.json()["password_change_required"], true);
        })
        .await;
    }

    async fn the_page_of_an_account_changes_it_and_tells_what_was_done(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let token = server.token(&demo_accounts().admin.username).await;
            let teacher = account(&server, &token, "lin.yue").await["id"].clone();
            let own = account(&server, &token, "demo.admin").await["id"].clone();
            let admin = Browser::signed_in(&server, &demo_accounts().admin.username).await;
            let path = format!("/admin/users/{teacher}");
            admin.open(&path).await;
            let fields = [("name", "林悦二"), ("locale", "en"), ("role", "teacher")];
            let saved = admin.submit(&path, &fields).await;
            assert_eq!((saved.status, saved.header("location")), (StatusCode::SEE_OTHER, format!("{path}?done=saved").as_str()));
            let nameless = admin.submit(&path, &[("name", " "), ("locale", "en")]).await;
            assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(nameless.text().contains("id=\"name-error\""));
            let student = admin.submit(&path, &[("name", "x"), ("locale", "en"), ("role", "student")]).await;
            assert_eq!(student.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(student.text().contains("id=\"role-error\""));

            let ask = async |step: &str| admin.open(&format!("{path}?confirm={step}")).await.text();
            let taught = |text: &str| text.contains("Teaches ") && text.contains("stays their teacher");
            let before = ask("disable").await;
            assert!(taught(&before) && before.contains("No session is open."), "{before}");
            assert!(before.contains(&format!("action=\"{path}/enabled\"")) && before.contains(&format!("href=\"{path}\"")));
            let first = server.token("lin.yue").await;
            assert!(ask("disable").await.contains("Ends the session that is open"));
            assert_eq!(me(&server, &first).await, StatusCode::OK, "to ask does nothing");
            server.token("lin.yue").await;
            let asked = ask("reset").await;
            assert!(asked.contains("Ends 2 sessions at once") && asked.contains("password is void"), "{asked}");
            assert!(!ask("totp").await.contains("class=\"effects\""), "there is no second factor to take away");
            assert!(!ask("nothing").await.contains("class=\"effects\""));

            // A form that nobody was shown what follows from asks, and does nothing.
            for (way, fields) in [("password-reset", vec![]), ("enabled", vec![("enabled", "false")])] {
                let asked = admin.submit(&format!("{path}/{way}"), &fields).await;
                assert_eq!(asked.status, StatusCode::OK);
                assert!(asked.text().contains("class=\"effects\""), "{way}");
                assert_eq!(server.sign_in("lin.yue", DEMO_PASSWORD).await.status, StatusCode::OK, "{way}");
            }
            let nothing = admin.submit(&format!("{path}/totp-reset"), &[]).await;
            assert!(!nothing.text().contains("class=\"effects\""), "there is no second factor");
            let reset = admin.submit(&format!("{path}/password-reset"), &[("confirmed", "yes")]).await;
            assert_eq!((reset.status, reset.header("cache-control")), (StatusCode::OK, "no-store"));
            let slip = slips(&reset.text()).remove(0);
            assert_eq!(slip.0, "lin.yue");
            assert_eq!(server.sign_in("lin.yue", DEMO_PASSWORD).await.status, StatusCode::UNAUTHORIZED);
            assert_eq!(server.sign_in("lin.yue", &slip.1).await.status, StatusCode::OK);
            let disabled = admin.submit(&format!("{path}/enabled"), &[("enabled", "false"), ("confirmed", "yes")]).await;
            assert_eq!(disabled.status, StatusCode::SEE_OTHER);
            assert_ne!(server.sign_in("lin.yue", &slip.1).await.status, StatusCode::OK);
            assert!(!ask("disable").await.contains("class=\"effects\""), "it is disabled already");
            assert_eq!(admin.submit(&format!("{path}/enabled"), &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);

            let page = admin.open(&path).await.text();
            let places = ["Account disabled", "One-time password made", "Name or language changed", "Account added"]
                .map(|what| page.find(what).unwrap_or_else(|| panic!("{what}: {page}")));
            assert!(places.is_sorted(), "newest first");
            assert!(page.contains("林悦 (zh-CN) → 林悦二 (en)"), "what it was and became");
            assert!(!page.contains(&slip.1));

            for (last, fields) in [
                (format!("/admin/users/{own}/enabled"), vec![("enabled", "false"), ("confirmed", "yes")]),
                (format!("/admin/users/{own}"), vec![("name", "x"), ("locale", "en"), ("role", "teacher")]),
            ] {
                let refused = admin.submit(&last, &fields).await;
                assert_eq!(refused.status, StatusCode::CONFLICT, "{last}");
                assert!(refused.text().contains("last administrator"), "{last}");
            }
            for nowhere in ["/admin/users/999999", "/admin/users/x", "/admin/slips?class=999999"] {
                assert_eq!(admin.open(nowhere).await.status, StatusCode::NOT_FOUND, "{nowhere}");
            }
        })
        .await;
    }

    async fn a_class_gets_slips_for_those_without_a_password_of_their_own(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let token = server.token(&demo_accounts().admin.username).await;
            let newcomer = demo_accounts().first_login_student.username;
            let session = server.token(&newcomer).await;
            let courses = server.get("/api/v1/courses?limit=200").bearer(&token).send().await.json();
            let class = find(&courses["items"], |one| one["class"]["name"] == "Class 3")["class"]["id"].to_string();
            let off = account(&server, &token, "2026070301").await;
            patch(&server, &token, &off["id"], &json!({"enabled": false})).await;
            let admin = Browser::signed_in(&server, &demo_accounts().admin.username).await;
            let preview = admin.open(&format!("/admin/slips?class={class}")).await.text();
            assert!(preview.contains("Make 1 slip") && preview.contains("38 keep their own password"));
            assert!(preview.contains("1 disabled account"));

            let made = admin.submit("/admin/slips", &[("class", &class)]).await;
            assert_eq!((made.status, made.header("cache-control")), (StatusCode::OK, "no-store"));
            let slips = slips(&made.text());
            assert_eq!(slips.len(), 1);
            assert_eq!(slips[0].0, newcomer);
            assert_eq!(server.sign_in(&newcomer, DEMO_PASSWORD).await.status, StatusCode::UNAUTHORIZED);
            let again = server.sign_in(&newcomer, &slips[0].1).await;
            assert_eq!(again.json()["password_change_required"], true);
            let mut status = me(&server, &session).await;
            for _ in 0..100 {
                if status == StatusCode::UNAUTHORIZED {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                status = me(&server, &session).await;
            }
            assert_eq!(status, StatusCode::UNAUTHORIZED, "the session from before has ended");
            assert_eq!(server.sign_in("2026070302", DEMO_PASSWORD).await.status, StatusCode::OK, "a password of one's own stays");

            let id = account(&server, &token, &newcomer).await["id"].clone();
            let log = admin.open(&format!("/admin/users/{id}")).await.text();
            assert_eq!(log.matches("One-time password made").count(), 1);
            assert_eq!(admin.submit("/admin/slips", &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        })
        .await;
    }
}
