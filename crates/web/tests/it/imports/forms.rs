//! The forms of imports: what they offer, and the empty tables beside them.

use awc::http::StatusCode;
use gradebook_app::demo::demo_accounts;
use gradebook_test_databases::on_both_databases;

use super::files::send;
use crate::browser::Browser;
use crate::harness::{TestServer, local};
use crate::world::World;

on_both_databases! {
    async fn an_exam_is_chosen_and_none_is_made_by_a_slip(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let browser = Browser::signed_in(&server, &demo_accounts().admin.username).await;
            let page = browser.open("/admin/imports").await.text();
            let option = format!("<option value=\"{}\">", world.exam);
            let (_, rest) = page.split_once(&option).unwrap();
            let name = rest.split(" · ").next().unwrap().to_owned();
            let terms = page.split_once("name=\"term_id\"").unwrap().1;
            let term = terms.split_once("<option value=\"").unwrap().1.split('"').next().unwrap();

            let file = ("a.csv", "学号,语文\nnobody,90\n".as_bytes());
            let exam = world.exam.to_string();
            let sent = browser.upload("/admin/imports", file, &[("exam_id", &exam)]).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
            assert!(browser.open(sent.header("location")).await.text().contains(&name));

            let spaced = name.to_uppercase().replace(' ', "  ");
            let fields = [("exam_id", "new"), ("term_id", term), ("exam_name", &spaced), ("create_missing", "on")];
            let similar = browser.upload("/admin/imports", file, &fields).await;
            assert_eq!(similar.status, StatusCode::UNPROCESSABLE_ENTITY);
            let text = similar.text();
            assert!(text.contains("role=\"alert\"") && text.contains("<option value=\"new\" selected>"), "{text}");
            let gone = browser.upload("/admin/imports", file, &[("exam_id", "999999")]).await;
            assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
        })
        .await;
    }

    async fn the_form_of_a_roster_knows_the_class_and_keeps_what_was_typed(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let browser = Browser::signed_in(&server, &demo_accounts().admin.username).await;
            let classes = browser.open("/admin/classes").await.text();
            assert!(classes.contains("href=\"/admin/imports/roster\""));
            let link = format!("/admin/imports/roster?class={}", world.class);
            assert!(browser.open(&format!("/admin/classes/{}", world.class)).await.text().contains(&link));
            let form = browser.open(&link).await.text();
            assert!(form.contains("name=\"school_year\" list=\"years\" value=\"20"), "{form}");
            let nowhere = browser.open("/admin/imports/roster?class=999999").await;
            assert_eq!(nowhere.status, StatusCode::NOT_FOUND);

            let wrong = ("a.csv", "学号,班级\n1,2\n".as_bytes());
            let fields = [("school_year", "2040-2041"), ("create_missing", "on"), ("class", "9班")];
            let refused = browser.upload("/admin/imports/roster", wrong, &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            let text = refused.text();
            assert!(text.contains("value=\"2040-2041\"") && text.contains("value=\"9班\"") && text.contains("role=\"alert\""), "{text}");
        })
        .await;
    }

    async fn empty_tables_have_the_titles_that_imports_know(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let roster = "/api/v1/imports/roster?dry_run=true";
            let scores = "/api/v1/imports/scores?dry_run=true";
            for (name, path, fields) in [
                ("roster.csv", roster, vec![("school_year", "2040-2041")]),
                ("roster.xlsx", roster, vec![("school_year", "2040-2041")]),
                ("scores.csv", scores, vec![("term_id", "1"), ("exam_name", "X"), ("create_missing", "true")]),
                ("scores.xlsx", scores, vec![("term_id", "1"), ("exam_name", "X"), ("create_missing", "true")]),
            ] {
                let form = server.get(&format!("/admin/imports/forms/{name}")).bearer(&world.admin).send().await;
                assert_eq!(form.status, StatusCode::OK, "{name}");
                assert!(form.header("content-disposition").contains(name), "{name}");
                // There is a header that is understood, and no row below it.
                let reply = send(&server, &world.admin, path, (name, form.bytes()), &fields).await;
                assert_eq!((reply.status, reply.code()), (StatusCode::UNPROCESSABLE_ENTITY, "no_rows".to_owned()), "{name}");
            }
            for name in ["roster.pdf", "roster", "other.csv"] {
                let form = server.get(&format!("/admin/imports/forms/{name}")).bearer(&world.admin).send().await;
                assert_eq!(form.status, StatusCode::NOT_FOUND, "{name}");
            }
        })
        .await;
    }
}
