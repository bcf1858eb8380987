//! The demonstration school.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use gradebook_app::Client;
use gradebook_app::demo::{DEMO_PASSWORD, demo_accounts};
use gradebook_auth::{Actor, Via};
use gradebook_domain::{AssessmentState, Score, UserId};
use gradebook_persistence::query::exam_list::{self, ExamFilter};
use gradebook_persistence::query::{gradebook, structure};
use gradebook_persistence::repo::people::PeopleFilter;
use gradebook_persistence::repo::scores;
use gradebook_test_databases::on_both_databases;
use support::app_on;

on_both_databases! {
    async fn the_demonstration_school_is_complete_and_filled_once(database: TestDatabase) {
        let school = app_on(database).await;
        assert_eq!(school.app.demo_school().await.unwrap(), None);
        let before = school.app.statements_sent();
        let filled = school.app.fill_demo().await.unwrap();
        let statements = school.app.statements_sent() - before;
        assert_eq!(filled, Some(demo_accounts()));
        assert!(statements < 150, "{statements} statements");

        let operator = Actor::operator();
        let people = school.app.people(&operator, &PeopleFilter::default(), UserId(0), 1_000).await.unwrap().items;
        assert_eq!(people.len(), 1 + 4 + 120);
        let newcomers: Vec<_> = people.iter().filter(|one| one.password_change_required).collect();
        assert_eq!(newcomers.len(), 1);
        assert_eq!(newcomers[0].username, demo_accounts().first_login_student.username);

        let exams = exam_list::visible_to(&school.db, &operator, &ExamFilter::default(), None, 10).await.unwrap();
        let [midterm, monthly] = exams.as_slice() else { panic!("{} exams", exams.len()) };
        for (exam, state, entered) in [
            (midterm, AssessmentState::Draft, 120),
            (monthly, AssessmentState::Published, 360),
        ] {
            assert_eq!(exam.classes.len(), 3);
            let columns = structure::assessments_of_exam(&school.db, exam.exam.id).await.unwrap();
            let ids: Vec<_> = columns.into_values().collect();
            let stored = scores::of_assessments(&school.db, &ids).await.unwrap();
            assert_eq!((ids.len(), stored.len()), (9, entered));
            assert!(stored.iter().all(|cell| cell.score != Score::Blank && cell.updated_by.is_some()));
            let details = gradebook::assessments(&school.db, &ids.into_iter().collect()).await.unwrap();
            assert!(details.values().all(|column| column.state == state));
        }

        let accounts = demo_accounts();
        for account in accounts.teachers.iter().chain([&accounts.admin, &accounts.students[2]]) {
            let client = Client::default();
            let password = DEMO_PASSWORD.to_owned();
            let pair = school.app.sign_in(&account.username, password, None, Via::Web, &client).await.unwrap();
            assert_eq!(pair.user.name, account.name);
        }
        assert_eq!(school.app.fill_demo().await.unwrap(), None);
        assert_eq!(school.app.demo_school().await.unwrap(), Some(demo_accounts()));
    }
}
