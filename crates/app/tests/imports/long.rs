//! Files of which each row has one score.

use gradebook_app::imports::{Agreed, ImportOrder, ImportOutcome, Outcome};

use super::*;

/// Two pupils of one class with a score in 语文.
const KNOWN: &str = "年级,班级,考号,姓名,科目,分数\n七,1,1,王雨桐,语文,70\n七,1,2,李浩然,语文,71\n";

fn without(titles: &[&str], create_missing: bool) -> ImportOrder {
    ImportOrder::Exam(ImportScores {
        ignore_columns: titles.iter().map(|title| (*title).to_owned()).collect(),
        create_missing,
        ..order()
    })
}

async fn plan(school: &TestApp, file: &str, order: &ImportOrder) -> ImportOutcome {
    let operator = Actor::operator();
    let plan = school
        .app
        .preview_import(&operator, file.as_bytes(), order, &|_| {});
    plan.await.unwrap()
}

/// Line and outcome of each row, and whether it is in doubt.
fn rows(plan: &ImportOutcome) -> Vec<(u64, Outcome, bool)> {
    let in_doubt = |row: &gradebook_app::imports::RowOutcome| {
        row.changes.first().is_some_and(|change| change.is_doubt())
    };
    let rows = plan.rows.iter();
    rows.map(|row| (row.line, row.outcome, in_doubt(row)))
        .collect()
}

on_both_databases! {
    async fn a_line_that_is_left_out_hides_no_other_name(database: TestDatabase) {
        let school = app_on(database).await;
        import(&school, KNOWN).await;
        // What is left out comes first, and the names have changed places.
        let file = "年级,班级,考号,姓名,科目,分数\n七,1,1,李浩然,书法,优\n七,1,1,李浩然,语文,80\n\
            七,1,2,王雨桐,书法,良\n七,1,2,王雨桐,语文,81\n";
        for create_missing in [false, true] {
            let order = without(&["书法"], create_missing);
            let found = plan(&school, file, &order).await;
            assert_eq!(rows(&found), [
                (2, Outcome::Unchanged, false),
                (3, Outcome::Changed, true),
                (4, Outcome::Unchanged, false),
                (5, Outcome::Changed, true),
            ]);
            assert_eq!((found.names_differ, found.report.ignored_columns.as_slice()), (2, ["书法".to_owned()].as_slice()));
            let careful = Agreed { same_names_only: true, ..Agreed::default() };
            let operator = Actor::operator();
            let written = school.app.commit_import(&operator, file.as_bytes(), &order, &careful, &|_| {}).await;
            assert!(written.is_err(), "{written:?}");
        }
        // Of a line that is refused, the doubt goes on to the next one; a right name is none.
        let file = "年级,班级,考号,姓名,科目,分数\n七,1,1,李浩然,语文,700\n七,1,1,李浩然,数学,80\n\
            七,1,2,王雨桐,语文,700\n七,1,2,李浩然,数学,81\n";
        let found = plan(&school, file, &without(&[], true)).await;
        assert_eq!(rows(&found), [
            (2, Outcome::Rejected, false),
            (3, Outcome::New, true),
            (4, Outcome::Rejected, false),
            (5, Outcome::New, false),
        ]);
        assert_eq!(found.names_differ, 1);
    }

    async fn a_line_that_is_left_out_makes_no_account(database: TestDatabase) {
        let school = app_on(database).await;
        import(&school, KNOWN).await;
        let file = |score: &str| format!(
            "年级,班级,考号,姓名,科目,分数\n七,9,3,陈思远,书法,优\n七,9,3,陈思远,语文,{score}\n八,1,4,林悦,书法,优\n"
        );
        let order = without(&["书法"], true);
        let refused = plan(&school, &file("8O"), &order).await;
        assert_eq!((refused.report.students_created, refused.report.classes_created), (0, 0));
        let partial = Agreed { allow_partial: true, ..Agreed::default() };
        let operator = Actor::operator();
        let before = people::count(&school.db).await.unwrap();
        school.app.commit_import(&operator, file("8O").as_bytes(), &order, &partial, &|_| {}).await.unwrap();
        assert_eq!(people::count(&school.db).await.unwrap(), before);
        // The account is told on the line from which it comes, also where that has no score.
        for score in ["80", ""] {
            let made = plan(&school, &file(score), &order).await;
            assert_eq!((made.report.students_created, made.report.classes_created, made.report.rows), (1, 1, 1));
            assert_eq!(rows(&made), [
                (2, Outcome::Unchanged, false),
                (3, Outcome::New, false),
                (4, Outcome::Unchanged, false),
            ]);
        }
    }

    async fn an_unknown_class_refuses_all_lines_of_its_pupils(database: TestDatabase) {
        let school = app_on(database).await;
        import(&school, KNOWN).await;
        let file = "年级,班级,考号,姓名,科目,分数\n七,9,1,王雨桐,语文,80\n七,9,1,王雨桐,数学,80\n\
            七,9,2,李浩然,语文,81\n七,9,2,李浩然,数学,81\n";
        let known = plan(&school, file, &without(&[], false)).await;
        let codes: Vec<_> = known.rows.iter().map(|row| (row.line, row.errors[0].code)).collect();
        assert_eq!(codes, [2, 3, 4, 5].map(|line| (line, "unknown_class")));
        assert_eq!((known.errors_total, known.counts.rejected), (1, 4));
    }

    async fn columns_with_the_same_beginning_are_told_apart(database: TestDatabase) {
        let school = app_on(database).await;
        let [one, other] = ["甲", "乙"].map(|end| format!("{}{end}", "书".repeat(61)));
        let file = format!("年级,班级,考号,语文,{one},{other}\n七,1,1,70,80,90\n");
        let found = plan(&school, &file, &without(&[&one], true)).await;
        assert_eq!(found.report.ignored_columns.iter().collect::<Vec<_>>(), [&one]);
        assert_eq!((found.report.scores_new, found.report.new_subjects.join(",")), (2, other.clone()));
        import(&school, KNOWN).await;
        let strict = ImportScores { create_missing: false, ..order() };
        let error = import_as(&school, &file, &strict).await.unwrap_err();
        let ImportError::Refused { errors, .. } = error else { panic!("{error}") };
        assert_eq!(RowError::unknown_columns(&errors), [one.as_str(), other.as_str()], "whole, to be left out by");
    }
}
