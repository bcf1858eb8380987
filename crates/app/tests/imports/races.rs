//! Imports that wait for somebody else and find the school changed.

use std::collections::HashSet;

use gradebook_app::imports::{Agreed, ImportError, ImportOrder, ImportScores};
use gradebook_auth::Actor;
use gradebook_persistence::query::structure;
use gradebook_persistence::repo::scores;
use gradebook_test_databases::on_both_databases;

use super::closing::{closing, deleting};
use super::support::app_on;
use super::{import, import_as, order};

const FILE: &str = "年级,班级,考号,语文,数学\n七年级,1班,1,70,71\n七年级,1班,2,80,81\n";

on_both_databases! {
    async fn nothing_is_imported_into_a_term_that_closes_meanwhile(database: TestDatabase) {
        let school = app_on(database).await;
        let exam = import(&school, FILE).await.exam.unwrap();
        let term = structure::term(&school.db, "2026-2027", "Autumn").await.unwrap().unwrap();
        let columns = structure::assessments_of_exam(&school.db, exam).await.unwrap();
        let columns: HashSet<_> = columns.into_values().collect();
        let ids: Vec<_> = columns.iter().copied().collect();
        let before = scores::of_assessments(&school.db, &ids).await.unwrap();
        let publishing = ImportScores { publish: true, ..order() };
        let later = FILE.replace("80", "90");
        let late = closing(&school.db, term.id, &columns, import_as(&school, &later, &publishing)).await;
        assert!(matches!(late, Err(ImportError::Order { code: "term_closed", .. })), "{late:?}");
        assert_eq!(before, scores::of_assessments(&school.db, &ids).await.unwrap());
        let columns = gradebook_persistence::query::gradebook::assessments(&school.db, &columns).await.unwrap();
        assert!(columns.values().all(|column| column.state == gradebook_domain::AssessmentState::Draft));
    }

    async fn a_column_that_is_deleted_meanwhile_changes_the_plan(database: TestDatabase) {
        let school = app_on(database).await;
        let (operator, exam) = (Actor::operator(), import(&school, FILE).await.exam.unwrap());
        let columns = structure::assessments_of_exam(&school.db, exam).await.unwrap();
        let (course, column) = columns.into_iter().min_by_key(|(_, column)| *column).unwrap();
        let (order, file) = (ImportOrder::Exam(order()), FILE.replace("70", "75"));
        let plan = school.app.preview_import(&operator, file.as_bytes(), &order, &|_| {}).await.unwrap();
        let agreed = Agreed { plan_hash: Some(plan.plan_hash), allow_partial: false };
        let late = school.app.commit_import(&operator, file.as_bytes(), &order, &agreed, &|_| {});
        let late = deleting(&school.db, course, column, late).await;
        assert!(matches!(late, Err(ImportError::PlanChanged(_))), "{late:?}");
    }
}
