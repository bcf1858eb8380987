//! Steps of the set-up that cannot simply be undone: asked about first, and done as they were shown.

use gradebook_test_databases::on_both_databases;

use crate::browser::Browser;
use crate::harness::{TestServer, local};
use crate::lists::{add_class, admin_name, get};
use crate::world::World;

/// What a question sends along as `field`.
fn asked_day(question: &str, field: &str) -> String {
    let (_, after) = question
        .split_once(&format!("name=\"{field}\" value=\""))
        .unwrap();
    after.split('"').next().unwrap().to_owned()
}

on_both_databases! {
    async fn whoever_leaves_a_class_or_loses_a_course_is_asked_about_first(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let admin = Browser::signed_in(&server, &admin_name()).await;
            let classes = get(&server, &world.admin, "/api/v1/classes").await;
            let other = classes["items"].as_array().unwrap().iter().find(|one| one["id"] != world.class).unwrap();
            let to = other["id"].to_string();
            let step = format!("/admin/classes/{}/students/{}", world.class, world.student_id);
            let members = format!("/api/v1/classes/{}/students?limit=200", world.class);
            let here = async || get(&server, &world.admin, &members).await["items"].as_array().unwrap()
                .iter().any(|one| one["id"] == world.student_id && one["ends_on"].is_null());
            assert!(here().await);
            admin.open(&format!("/admin/classes/{}", world.class)).await;
            let moving = [("action", "move"), ("to_class_id", to.as_str()), ("from", "")];
            let asked = admin.submit(&step, &moving).await;
            assert_eq!(asked.status, 200);
            let question = asked.text();
            let name = other["name"].as_str().unwrap();
            assert!(question.contains("class=\"effects\"") && question.contains(name), "{question}");
            assert!(question.contains(&format!("name=\"to_class_id\" value=\"{to}\"")), "{question}");
            assert!(question.contains("The scores in these courses of the class stay"), "{question}");
            assert!(admin.submit(&step, &[("action", "leave"), ("ends_on", "2026-10-01")]).await.text().contains("class=\"effects\""));
            assert!(here().await, "to ask does nothing");
            // The day that is shown is the one that is sent; whoever has not begun leaves on the first day.
            let today = asked_day(&question, "from");
            assert_eq!(today.len(), 10, "{question}");
            let own_class = world.class.to_string();
            for (wrong, field) in [
                ([("action", "leave"), ("ends_on", "abc"), ("to_class_id", "")], "ends_on"),
                ([("action", "leave"), ("ends_on", "2020-01-01"), ("to_class_id", "")], "ends_on"),
                ([("action", "move"), ("from", "31.12.2026"), ("to_class_id", to.as_str())], "from"),
                ([("action", "move"), ("from", ""), ("to_class_id", "")], "to_class_id"),
                ([("action", "move"), ("from", ""), ("to_class_id", own_class.as_str())], "to_class_id"),
                ([("action", "move"), ("from", ""), ("to_class_id", "999999")], "to_class_id"),
            ] {
                let refused = admin.submit(&step, &wrong).await;
                let text = refused.text();
                assert!(refused.status == 422 && text.contains(&format!("id=\"{field}-error\"")) && !text.contains("class=\"effects\""), "{wrong:?}: {text}");
            }
            assert!(here().await, "to be refused does nothing");
            let moving = [("action", "move"), ("to_class_id", to.as_str()), ("from", today.as_str())];
            let empty = [&moving[..], &[("confirmed", "")]].concat();
            assert_eq!(admin.submit(&step, &empty).await.status, 200, "an empty field confirms nothing");
            assert!(here().await);
            let confirmed = [&moving[..], &[("confirmed", "yes")]].concat();
            assert_eq!(admin.submit(&step, &confirmed).await.status, 303);
            assert!(!here().await);

            let course = format!("/admin/courses/{}", world.course);
            let gone = world.teacher_id.to_string();
            let asked = admin.submit(&course, &[("remove", &gone)]).await;
            assert!(asked.text().contains("class=\"effects\""), "{}", asked.text());
            let teaches = async || get(&server, &world.admin, &format!("/api/v1/courses/{}", world.course)).await["teachers"]
                .as_array().unwrap().iter().any(|one| one["id"] == world.teacher_id);
            assert!(teaches().await);
            assert_eq!(admin.submit(&course, &[("remove", &gone), ("confirmed", "yes")]).await.status, 303);
            assert!(!teaches().await);
        })
        .await;
    }

    async fn whoever_has_left_does_not_move_and_their_last_day_is_put_right(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let admin = Browser::signed_in(&server, &admin_name()).await;
            let to = add_class(&server, ["2026-2027", "Clubs", "Chess"]).await.to_string();
            let page = format!("/admin/classes/{}?student={}", world.class, world.student_id);
            let form = admin.open(&page).await.text();
            assert!(form.contains("<option value=\"\" selected>"), "no class is proposed: {form}");
            let account = format!("/admin/users/{}", world.student_id);
            let shown = admin.open(&account).await.text();
            let (link, card) = (format!("href=\"{page}#student\""), format!("href=\"/classes/{}/report?student={}\"", world.class, world.student_id));
            assert!(shown.contains(&link) && shown.contains(&card), "{shown}");

            let step = format!("/admin/classes/{}/students/{}", world.class, world.student_id);
            let leaves = [("action", "leave"), ("ends_on", "2026-11-13"), ("confirmed", "yes")];
            assert_eq!(admin.submit(&step, &leaves).await.status, 303);
            let left = admin.open(&page).await.text();
            assert!(left.contains("name=\"ends_on\" value=\"2026-11-13\"") && !left.contains("to_class_id"), "{left}");
            for confirmed in ["", "yes"] {
                let moves = [("action", "move"), ("to_class_id", to.as_str()), ("from", ""), ("confirmed", confirmed)];
                let refused = admin.submit(&step, &moves).await;
                assert_eq!(refused.status, 422, "{}", refused.text());
                assert!(refused.text().contains("The student left this class on 13 Nov 2026"), "{}", refused.text());
            }
            let days = [("action", "leave"), ("ends_on", "2026-11-12"), ("confirmed", "yes")];
            assert_eq!(admin.submit(&step, &days).await.status, 303);
            assert!(admin.open(&page).await.text().contains("value=\"2026-11-12\""));
            assert!(admin.open(&account).await.text().contains(&link), "the class of before is still found");
        })
        .await;
    }

    async fn promoting_a_class_is_asked_about_with_numbers(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let admin = Browser::signed_in(&server, &admin_name()).await;
            let step = format!("/admin/classes/{}/promote", world.class);
            let next = [("next_year", "2027-2028"), ("next_level", "Grade 8"), ("next_name", "Class 1 <b>"), ("first_day", "2027-09-01")];
            let classes = async || get(&server, &world.admin, "/api/v1/classes?limit=200").await["items"].as_array().unwrap().len();
            let before = classes().await;
            let members = get(&server, &world.admin, &format!("/api/v1/classes/{}/students?limit=200", world.class)).await;
            let here = members["items"].as_array().unwrap().iter().filter(|one| one["ends_on"].is_null()).count();
            admin.open(&format!("/admin/classes/{}", world.class)).await;
            let asked = admin.submit(&step, &next).await;
            assert_eq!(asked.status, 200);
            let question = asked.text();
            assert!(question.contains("class=\"effects\"") && question.contains("Class 1 &#60;b&#62;"), "{question}");
            assert!(question.contains(&format!("{here} students who are here now belong to it from 1 Sep 2027")), "{question}");
            assert_eq!(asked_day(&question, "first_day"), "2027-09-01");
            assert_eq!(classes().await, before, "to ask does nothing");
            for (field, value, error) in [
                ("next_year", "2026-2027", "next_year-error"),
                ("first_day", "soon", "first_day-error"),
                ("first_day", "2026-09-01", "first_day-error"),
                ("next_name", " ", "next_name-error"),
            ] {
                let wrong = next.map(|(name, holds)| if name == field { (name, value) } else { (name, holds) });
                let refused = admin.submit(&step, &wrong).await;
                assert_eq!(refused.status, 422, "{field}: {}", refused.text());
                assert!(refused.text().contains(&format!("id=\"{error}\"")), "{field}: {}", refused.text());
            }
            assert_eq!(classes().await, before, "to be refused does nothing");
            let confirmed = [&next[..], &[("confirmed", "yes")]].concat();
            let done = admin.submit(&step, &confirmed).await;
            assert_eq!(done.status, 303, "{}", done.text());
            assert!(done.header("location").ends_with("?done=promoted"));
            assert_eq!(classes().await, before + 1);
        })
        .await;
    }

    async fn an_address_that_leads_nowhere_keeps_the_menu(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let accounts = gradebook_app::demo::demo_accounts();
            let menu = |page: &str, link: &str| page.contains(&format!("href=\"{link}\""));
            for (username, link, not) in [
                (&accounts.admin.username, "/admin", "/me"),
                (&accounts.teachers[0].username, "/reviews", "/admin"),
                (&accounts.students[0].username, "/me", "/admin"),
            ] {
                let visitor = Browser::signed_in(&server, username).await;
                for path in ["/nowhere", "/admin/classes/999999", "/courses/999999"] {
                    let lost = visitor.open(path).await;
                    assert!([403, 404].contains(&lost.status.as_u16()), "{path}");
                    let page = lost.text();
                    assert!(menu(&page, link) && !menu(&page, not) && menu(&page, "/account"), "{username} {path}: {page}");
                }
            }
            let stranger = Browser::new(&server).open("/nowhere").await;
            assert_eq!(stranger.status, 404);
            assert!(!menu(&stranger.text(), "/account"), "{}", stranger.text());
        })
        .await;
    }

    async fn a_class_without_students_needs_no_slips(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let class = add_class(&server, ["2026-2027", "Clubs", "Chess"]).await;
            let admin = Browser::signed_in(&server, &admin_name()).await;
            let page = admin.open("/admin/slips").await.text();
            let row = page.split_once(&format!("/admin/slips?class={class}\"")).unwrap().1.split_once("</li>").unwrap().0;
            assert!(!row.contains("badge"), "nobody in it is no reason to call it done: {row}");
            assert!(page.contains("badge"), "{page}");
        })
        .await;
    }
}
