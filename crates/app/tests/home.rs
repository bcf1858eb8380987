//! Where staff begin.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use gradebook_auth::{Actor, Role, Via};
use gradebook_domain::{CourseId, SessionId};
use gradebook_test_databases::on_both_databases;
use support::app_on;

on_both_databases! {
    async fn nothing_waits_in_a_closed_term(database: TestDatabase) {
        let school = app_on(database).await;
        let (app, operator) = (&school.app, Actor::operator());
        app.fill_demo().await.unwrap().unwrap();
        let courses = app.courses(&operator, &gradebook_app::CourseFilter::default(), CourseId(0), 200).await.unwrap().items;
        let course = courses.iter().find(|one| !one.teachers.is_empty()).unwrap();
        let teacher = Actor::person(course.teachers[0].id, Role::Teacher, SessionId(1), Via::Web);
        let term = course.term.id;
        let home = async || app.home(&teacher, Some(term), (CourseId(0), None), 50).await.unwrap();

        let open = home().await;
        assert!(open.term.unwrap().open);
        assert!(!open.waiting.is_empty(), "the mid-term exam is a draft");
        app.close_term(&operator, term).await.unwrap();
        let closed = home().await;
        assert!(!closed.term.unwrap().open);
        assert!(closed.waiting.is_empty(), "{:?}", closed.waiting);
        assert_eq!(closed.courses.items.len(), open.courses.items.len());
        app.reopen_term(&operator, term, Some("A score was missing")).await.unwrap();
        assert_eq!(home().await.waiting.len(), open.waiting.len());
    }
}
