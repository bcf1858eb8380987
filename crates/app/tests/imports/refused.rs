//! Files that are not imported, and what their authors are told.

use gradebook_app::imports::{Agreed, ImportOrder, Outcome};
use gradebook_auth::Role;
use gradebook_domain::UserId;

use super::*;

on_both_databases! {
    async fn one_bad_value_among_a_thousand_rows_stops_everything(database: TestDatabase) {
        let school = app_on(database).await;
        let mut file = "grade_level,class,student_number,name,Chinese,Mathematics\r\n".to_owned();
        for row in 1..=1_000 {
            let mathematics = if row == 900 { "8O" } else { "80" };
            file += &format!("Grade 7,Class {},{},Pupil {row},71.5,{mathematics}\r\n", row % 20, 5_000 + row);
        }
        let error = import_as(&school, &file, &order()).await.unwrap_err();
        let ImportError::Refused { errors, total } = error else { panic!("{error}") };
        assert_eq!(total, 1);
        assert_eq!((errors[0].line, errors[0].column.as_str()), (901, "Mathematics"));
        assert_eq!((errors[0].value.as_str(), errors[0].code), ("8O", "not_a_number"));
        assert!(errors[0].detail.contains("缺考"));
        assert_eq!(people::count(&school.db).await.unwrap(), 0);
        assert_eq!(changes(&school).await, 0);

        let seen = Mutex::new(Vec::new());
        let tell = |progress: Progress| seen.lock().unwrap().push(progress);
        let good = file.replace("8O", "80");
        let report = school.app
            .import_scores(&Actor::operator(), good.as_bytes(), &order(), &tell)
            .await
            .unwrap();
        assert_eq!((report.rows, report.classes_created, report.scores_new), (1_000, 20, 2_000));
        let seen = seen.into_inner().unwrap();
        assert!(seen.iter().any(|step| (step.done, step.total) == (1_000, 2_000)), "{seen:?}");
        assert!(seen.iter().all(|step| step.done <= step.total));
    }

    async fn every_wrong_cell_is_named(database: TestDatabase) {
        let school = app_on(database).await;
        let file = "年级,班级,考号,姓名,语文,数学,英语,总分\n\
            七年级,1班,1,\"王\n雨桐\",90,80,70,240\n\
            七年级,1班,2,李浩然,-1,101,1.23456,0\n\
            七年级,,3,陈思远,x,缺考,1e99,\n\
            七年级,1班,,林悦,1,2,3,\n\
            \n\
            七年级,1班,2,又一个,1,2,3,\n\
            七年级,1班,4,短\n\
            七年级,1班,5,长,1,2,3,4,5\n\
            七年级,1班,a b,名,1,2,3,\n";
        assert_eq!(refusals(&school, file, &order()).await, [
            "2 姓名 invalid_character",
            "4 英语 too_many_decimals",
            "4 考号 duplicate_student",
            "5 班级 missing_value",
            "5 语文 not_a_number",
            "5 英语 above_maximum",
            "6 考号 missing_value",
            "8 考号 duplicate_student",
            "9  wrong_number_of_fields",
            "10  wrong_number_of_fields",
            "11 考号 invalid_student_number",
        ].map(str::to_owned).as_slice());
        assert_eq!(changes(&school).await, 0);
        let twice = "grade,class,number,Chinese\n7,1,1,90\n7,1,2,90\n7,2,1,91\n";
        let error = import_as(&school, twice, &order()).await.unwrap_err();
        let ImportError::Refused { errors, .. } = error else { panic!("{error}") };
        let others: Vec<_> = errors.iter().map(|error| (error.line, error.other_lines.as_slice())).collect();
        assert_eq!(others, [(2, [4].as_slice()), (4, &[2])]);
        assert!(errors[0].detail.contains("line 4") && errors[1].detail.contains("line 2"));
        let many = format!("grade,class,number,Chinese\n{}", "7,1,,\n".repeat(1_500));
        let error = import_as(&school, many, &order()).await.unwrap_err();
        let ImportError::Refused { errors, total } = error else { panic!("{error}") };
        assert_eq!((errors.len(), total), (1_000, 1_500));
    }

    async fn of_two_rows_of_one_student_neither_is_imported(database: TestDatabase) {
        let school = app_on(database).await;
        let (operator, order) = (Actor::operator(), ImportOrder::Exam(order()));
        let partial = Agreed { allow_partial: true, ..Agreed::default() };
        let import = async |file: &str| {
            let done = school.app.commit_import(&operator, file.as_bytes(), &order, &partial, &|_| {}).await;
            let done = done.unwrap();
            let rejected = done.rows.iter().filter(|row| row.outcome == Outcome::Rejected);
            let rejected: Vec<String> = rejected.map(|row| {
                let said: Vec<_> = row.errors.iter().map(|error| format!("{} {:?}", error.code, error.other_lines)).collect();
                format!("{} {} {}: {}", row.line, row.number, row.name, said.join(", "))
            }).collect();
            (rejected, done.report.students_created, done.report.scores_new, done.report.subjects_created)
        };
        // A fault in one of them does not make the other right.
        let wide = "年级,班级,考号,姓名,语文\n七,1,1,王雨桐,90\n七,1,2,李浩然,80\n七,1,1,王雨桐,9O\n七,2,3,陈,1\n七,,3,林,1\n";
        assert_eq!(import(wide).await, (vec![
            "2 1 王雨桐: duplicate_student [4]".to_owned(),
            "4 1 王雨桐: not_a_number [], duplicate_student [2]".to_owned(),
            "5 3 陈: duplicate_student [6]".to_owned(),
            "6 3 林: missing_value [], duplicate_student [5]".to_owned(),
        ], 1, 1, 0));
        let long = "年级,班级,考号,姓名,科目,分数\n七,1,1,王雨桐,语文,70\n七,1,1,王雨桐,书法,80\n七,1,1,王雨桐,书 法,81\n\
            七,1,1,王雨桐,书法,x\n七,1,4,赵,语文,60\n";
        assert_eq!(import(long).await, (vec![
            "3 1 王雨桐: duplicate_cell [4, 5]".to_owned(),
            "4 1 王雨桐: duplicate_cell [3, 5]".to_owned(),
            "5 1 王雨桐: not_a_number [], duplicate_cell [3, 4]".to_owned(),
        ], 2, 2, 0));
        // Nor does one that has too many cells.
        let wide = "年级,班级,考号,姓名,语文\n八,1,5,周宁,90,,x\n八,1,5,周宁,35\n";
        assert_eq!(import(wide).await, (vec![
            "2 5 周宁: wrong_number_of_fields [], duplicate_student [3]".to_owned(),
            "3 5 周宁: duplicate_student [2]".to_owned(),
        ], 0, 0, 0));
        let long = "年级,班级,考号,姓名,科目,分数\n八,1,6,吴桐,语文,90,,x\n八,1,6,吴桐,语 文,35\n八,1,6,吴桐,数学,36\n";
        assert_eq!(import(long).await, (vec![
            "2 6 吴桐: wrong_number_of_fields [], duplicate_cell [3]".to_owned(),
            "3 6 吴桐: duplicate_cell [2]".to_owned(),
        ], 1, 1, 0));
    }

    async fn headers_that_make_no_sense_are_explained(database: TestDatabase) {
        let school = app_on(database).await;
        for (file, expected) in [
            ("班级,语文\n1班,90\n", vec!["1 年级 (grade level) missing_column",
                "1 考号 / 学号 (student number) missing_column"]),
            ("年级,班级,考号,总分\n七,1,1,90\n", vec!["1  no_subject_column"]),
            ("年级,班级,考号,学号,语文\n七,1,1,1,90\n", vec!["1 学号 duplicate_column"]),
            ("年级,班级,考号,语文,语文\n七,1,1,90,90\n", vec!["1 语文 duplicate_column"]),
            ("年级,班级,考号,语文,CHINESE\n七,1,1,90,90\n", vec!["1 CHINESE duplicate_column"]),
        ] {
            assert_eq!(refusals(&school, file, &order()).await, expected, "{file}");
        }
        for file in ["", "\n \n", "年级,班级,考号,语文\n", "PK\u{3}\u{4}"] {
            let error = import_as(&school, file, &order()).await.unwrap_err();
            assert!(matches!(error, ImportError::Unreadable(_)), "{file:?}: {error}");
        }
    }

    async fn what_is_missing_is_an_error_unless_it_may_be_created(database: TestDatabase) {
        let school = app_on(database).await;
        let strict = ImportScores { create_missing: false, ..order() };
        let code = async |file: &str| match import_as(&school, file, &strict).await {
            Err(ImportError::Order { code, .. }) => code,
            other => panic!("{other:?}"),
        };
        let file = "年级,班级,考号,语文\n七,1,1,90\n七,2,2,90\n";
        assert_eq!(code(file).await, "unknown_term");
        import(&school, file).await;
        let other = ImportScores { exam: "期末".to_owned(), ..strict.clone() };
        let error = import_as(&school, file, &other).await.unwrap_err();
        assert!(matches!(error, ImportError::Order { code: "unknown_exam", .. }), "{error}");
        let wrong = "年级,班级,考号,语文,数学,书法\n七,1,1,90,80,\n七,1,2,90,,\n七,3,1,90,,\n七,1,9,90,80,\n";
        assert_eq!(refusals(&school, wrong, &strict).await, [
            "1 书法 unknown_subject",
            "2 考号 duplicate_student",
            "3 考号 not_enrolled",
            "4 考号 duplicate_student",
            "5 考号 unknown_student",
            "5 数学 unknown_course",
        ]);
        let wrong = "年级,班级,考号,语文\n七,3,1,90\n";
        assert_eq!(refusals(&school, wrong, &strict).await, ["2 班级 unknown_class"]);
        let next = "年级,班级,考号,语文,数学\n七,1,1,90,80\n";
        import_as(&school, next, &ImportScores { exam: "期中".to_owned(), ..order() }).await.unwrap();
        let known = refusals(&school, next, &strict).await;
        assert_eq!(known, ["2 数学 not_in_exam"]);
        assert_eq!(import_as(&school, file, &strict).await.unwrap().scores_unchanged, 2);
    }

    async fn only_an_admin_imports(database: TestDatabase) {
        let school = app_on(database).await;
        for role in [Role::Teacher, Role::Student] {
            let actor = Actor { user: Some(UserId(1)), role, ..Actor::operator() };
            let answer = school.app.import_scores(&actor, REAL_EXAM, &order(), &|_| {}).await;
            assert!(matches!(answer, Err(ImportError::Forbidden)));
        }
        assert_eq!(changes(&school).await, 0);
    }
}
