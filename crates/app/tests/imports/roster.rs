//! Importing rosters.

use gradebook_app::imports::{
    Agreed, ImportError, ImportOrder, ImportOutcome, ImportRoster, ImportState, Outcome,
};
use gradebook_app::{NewPerson, PersonChange};
use gradebook_auth::{Actor, Role};
use gradebook_domain::{ChangeId, EnrolmentId};
use gradebook_persistence::change_log::{self, ChangeKind};
use gradebook_persistence::query::roster::{self, Of};
use gradebook_persistence::query::structure;
use gradebook_persistence::repo::people;
use gradebook_test_databases::on_both_databases;

use crate::changes;
use crate::support::{TestApp, app_on};

const HEADER: &str = "年级,班级,学号,姓名,入班日期";

fn order() -> ImportRoster {
    ImportRoster {
        file_name: "roster.csv".to_owned(),
        school_year: Some("2026-2027".to_owned()),
        create_missing: true,
        ..ImportRoster::default()
    }
}

fn file(rows: &[&str]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

async fn plan_as(school: &TestApp, file: &str, order: &ImportRoster) -> ImportOutcome {
    let order = ImportOrder::Roster(order.clone());
    let actor = Actor::operator();
    let plan = school
        .app
        .preview_import(&actor, file.as_bytes(), &order, &|_| {});
    plan.await.unwrap()
}

async fn commit_as(
    school: &TestApp,
    file: &str,
    order: &ImportRoster,
    agreed: &Agreed,
) -> Result<ImportOutcome, ImportError> {
    let order = ImportOrder::Roster(order.clone());
    let actor = Actor::operator();
    school
        .app
        .commit_import(&actor, file.as_bytes(), &order, agreed, &|_| {})
        .await
}

async fn import(school: &TestApp, rows: &[&str]) -> ImportOutcome {
    let file = file(rows);
    commit_as(school, &file, &order(), &Agreed::default())
        .await
        .unwrap()
}

/// Line, outcome and the code of the first error of each row.
fn told(outcome: &ImportOutcome) -> Vec<(u64, &'static str, &'static str)> {
    let rows = outcome.rows.iter();
    rows.map(|row| {
        let code = row.errors.first().map_or("", |error| error.code);
        (row.line, row.outcome.as_str(), code)
    })
    .collect()
}

/// Class, first and last day of each enrolment of a student.
async fn days(school: &TestApp, number: &str) -> Vec<(String, String, Option<String>)> {
    let found = people::students_by_number(&school.db, &[number.to_owned()])
        .await
        .unwrap();
    let all = roster::enrolments(&school.db, Of::Student(found[0].1), EnrolmentId(0), 100)
        .await
        .unwrap();
    let ids = all.iter().map(|one| one.class).collect();
    let classes = roster::classes_by_id(&school.db, &ids).await.unwrap();
    all.into_iter()
        .map(|one| {
            let class = classes[&one.class].name.clone();
            (class, one.dates.starts_on, one.dates.ends_on)
        })
        .collect()
}

fn stay(class: &str, first: &str, last: Option<&str>) -> (String, String, Option<String>) {
    (class.to_owned(), first.to_owned(), last.map(str::to_owned))
}

on_both_databases! {
    async fn a_roster_creates_renames_moves_and_leaves_alone(database: TestDatabase) {
        let school = app_on(database).await;
        let first = file(&[
            "六年级,1班,601,李明,2026-09-01",
            "六年级,1班,602,王芳,2026/9/1",
            "六年级,2班,603,张伟,2026年9月1日",
            "六年级,2班,604,陈静,",
        ]);
        let before = changes(&school).await;
        let plan = plan_as(&school, &first, &order()).await;
        assert_eq!(changes(&school).await, before);
        assert_eq!(people::count(&school.db).await.unwrap(), 0);
        assert_eq!(plan.counts.new, 4, "{plan:?}");
        let agreed = Agreed { plan_hash: Some(plan.plan_hash), allow_partial: false, same_names_only: false };
        let done = commit_as(&school, &first, &order(), &agreed).await.unwrap();
        let report = &done.report;
        assert_eq!((report.students_created, report.classes_created, report.enrolled), (4, 2, 4));
        assert_eq!((report.classes.len(), report.moved, report.renamed), (2, 0, 0));
        assert!(report.batch.is_some());
        assert_eq!(days(&school, "602").await, [stay("1班", "2026-09-01", None)]);
        // The clock stands on this day, and no term is to come.
        assert_eq!(days(&school, "604").await, [stay("2班", "2026-11-21", None)]);
        let pupil = people::by_username_key(&school.db, "601").await.unwrap().unwrap();
        assert!(pupil.password_hash.is_none() && pupil.user.password_change_required);
        assert_eq!(pupil.user.student_number.as_deref(), Some("601"));

        let logged = changes(&school).await;
        let again = commit_as(&school, &first, &order(), &Agreed::default()).await.unwrap();
        assert_eq!((again.counts.unchanged, again.report.batch), (4, None));
        assert_eq!(changes(&school).await, logged);

        let second = import(&school, &[
            "六年级,1 班,601,李明明,",
            "六年级,2班,602,王芳,2026-10-08",
            "六年级,2班,603,张伟,2026-10-08",
            "六年级,2班,605,赵强,2026-10-08",
        ]).await;
        let outcomes: Vec<Outcome> = second.rows.iter().map(|row| row.outcome).collect();
        assert_eq!(outcomes, [Outcome::Changed, Outcome::Changed, Outcome::Unchanged, Outcome::New]);
        let report = &second.report;
        assert_eq!((report.renamed, report.moved, report.students_created, report.enrolled), (1, 1, 1, 2));
        let names: Vec<&str> = report.not_in_file.iter().map(|one| one.name.as_str()).collect();
        assert_eq!((names, report.not_in_file_total), (vec!["陈静"], 1));
        assert_eq!(days(&school, "602").await, [
            stay("1班", "2026-09-01", Some("2026-10-07")),
            stay("2班", "2026-10-08", None),
        ]);
        assert_eq!(days(&school, "603").await, [stay("2班", "2026-09-01", None)]);
        assert_eq!(days(&school, "604").await, [stay("2班", "2026-11-21", None)]);
        let pupil = people::by_username_key(&school.db, "601").await.unwrap().unwrap();
        assert_eq!(pupil.user.name, "李明明");
        let found = school.app.people_named(&Actor::operator(), &["601".to_owned()]).await.unwrap();
        assert_eq!(found[0].as_ref().unwrap().name, "李明明");
    }

    async fn every_change_of_a_roster_is_on_record(database: TestDatabase) {
        let school = app_on(database).await;
        import(&school, &["六年级,1班,601,李明,2026-09-01"]).await;
        let from = change_log::ids_after(&school.db, ChangeId(0)).await.unwrap();
        let from = *from.last().unwrap();
        import(&school, &["六年级,2班,601,李明明,2026-10-01", "六年级,1班,602,王芳,2026-09-01"]).await;
        let ids = change_log::ids_after(&school.db, from).await.unwrap();
        let rows = change_log::rows(&school.db, &ids).await.unwrap();
        let kinds: Vec<_> = rows.iter().map(|row| row.kind).collect();
        for kind in [
            ChangeKind::ClassCreated,
            ChangeKind::UserCreated,
            ChangeKind::UserChanged,
            ChangeKind::EnrolmentEnded,
            ChangeKind::Enrolled,
        ] {
            assert!(kinds.contains(&kind), "{kind:?} is not among {kinds:?}");
        }
        let kept = school.app.kept_imports(&Actor::operator(), (None, ""), None, 10).await.unwrap().items;
        assert_eq!((kept[0].stored.kind.as_str(), kept[0].stored.state), ("roster", ImportState::Committed));
        assert_eq!((kept[0].summary.moved, kept[0].summary.renamed, kept[0].summary.students), (1, 1, 1));
    }

    async fn what_clashes_is_named_row_by_row_and_nothing_is_written(database: TestDatabase) {
        let school = app_on(database).await;
        let operator = Actor::operator();
        let add = |username: &str, role, number: Option<&str>| NewPerson {
            username: username.to_owned(),
            name: "Somebody".to_owned(),
            role,
            student_number: number.map(str::to_owned),
            password: None,
            locale: "en".to_owned(),
            enabled: true,
        };
        school.app.add_person(&operator, add("701", Role::Teacher, None)).await.unwrap();
        let (gone, _) = school.app.add_person(&operator, add("gone", Role::Student, Some("702"))).await.unwrap();
        let disable = PersonChange { enabled: Some(false), ..PersonChange::default() };
        school.app.change_person(&operator, gone.id, &disable).await.unwrap();
        import(&school, &["六年级,1班,601,李明,2026-09-01", "六年级,1班,610,周洋,2026-09-01"]).await;
        let header = "年级,班级,学号,姓名,入班日期,用户名,角色,性别";
        let rows = [
            "六年级,1班,701,甲,,,,女",
            "六年级,1班,702,乙,,,,",
            "六年级,1班,,丙,,,,",
            "六年级,1班,703,,,,,",
            "六年级,9班,704,丁,,,,",
            "六年级,1班,705,戊,,same,,",
            "六年级,1班,706,己,,Same,,",
            "六年级,1班,707,庚,2026-13-01,,,",
            "六年级,1班,708,辛,,,校长,",
            "六年级,1班,709,壬,,,,",
            "六年级,1班,709,癸,,,,",
            "六年级,1班,601,李明,,other.name,,",
            "六年级,2班,601,李明,2026-09-01,,,",
            ",,,子,,,教师,",
            "六年级,1班,,丑,,t.chou,教师,",
            ",,,寅,,610,教师,",
            "六年级,1班,710,卯,,a b,,",
        ];
        let file = format!("{header}\n{}\n", rows.join("\n"));
        let strict = ImportRoster { create_missing: false, ..order() };
        let plan = plan_as(&school, &file, &strict).await;
        assert_eq!(told(&plan), [
            (2, "rejected", "username_taken"),
            (3, "rejected", "disabled_account"),
            (4, "rejected", "missing_value"),
            (5, "rejected", "missing_value"),
            (6, "rejected", "unknown_class"),
            (7, "rejected", "duplicate_username"),
            (8, "rejected", "duplicate_username"),
            (9, "rejected", "invalid_first_day"),
            (10, "rejected", "invalid_role"),
            (11, "rejected", "duplicate_student"),
            (12, "rejected", "duplicate_student"),
            (13, "rejected", "duplicate_student"),
            (14, "rejected", "duplicate_student"),
            (15, "rejected", "missing_value"),
            (16, "rejected", "not_for_teachers"),
            (17, "rejected", "username_taken"),
            (18, "rejected", "invalid_username"),
        ]);
        assert_eq!(plan.report.ignored_columns, ["性别"]);
        assert_eq!(plan.rows[0].number, "701");

        let good = format!("{file}六年级,1班,711,辰,,,,\n,,,巳,,t.si,老师,\n");
        let logged = changes(&school).await;
        let refused = commit_as(&school, &good, &strict, &Agreed::default()).await;
        assert!(matches!(refused, Err(ImportError::Rejected(_))), "{refused:?}");
        assert_eq!(changes(&school).await, logged);
        let partial = Agreed { plan_hash: None, allow_partial: true, same_names_only: false };
        let done = commit_as(&school, &good, &strict, &partial).await.unwrap();
        assert_eq!((done.counts.new, done.counts.rejected), (2, 17));
        assert_eq!((done.report.students_created, done.report.teachers_created), (1, 1));
        let teacher = people::by_username_key(&school.db, "t.si").await.unwrap().unwrap().user;
        assert_eq!((teacher.role, teacher.student_number), (Role::Teacher, None));
    }

    async fn a_number_that_a_spreadsheet_changed_makes_no_new_pupil(database: TestDatabase) {
        let school = app_on(database).await;
        import(&school, &["六年级,1班,0601,李明,2026-09-01", "六年级,1班,602,王芳,2026-09-01"]).await;
        let rows = ["六年级,1班,601,李明,", "六年级,1班,00602,王芳,", "六年级,1班,603.0,张伟,",
            "六年级,1班,2.026070105E9,陈静,", "六年级,3班,604,刘洋,", "六年级,1班,0601,李明,"];
        let plan = plan_as(&school, &file(&rows), &order()).await;
        assert_eq!(told(&plan), [
            (2, "rejected", "nearly_known_number"),
            (3, "rejected", "nearly_known_number"),
            (4, "rejected", "calculated_number"),
            (5, "rejected", "calculated_number"),
            (6, "new", ""),
            (7, "unchanged", ""),
        ]);
        let said = &plan.rows[0].errors[0];
        assert!(said.value.contains("李明") && said.detail.contains("0601"), "{said:?}");
        assert_eq!(plan.report.new_classes, ["六年级 3班 (2026-2027)"]);
        // The same holds for the pupils whom a file of an exam would create.
        let scores = "年级,班级,考号,语文\n六年级,1班,601,90\n六年级,1班,605.0,80\n六年级,4班,606,70\n";
        let exam = ImportOrder::Exam(crate::order());
        let plan = school.app.preview_import(&Actor::operator(), scores.as_bytes(), &exam, &|_| {}).await.unwrap();
        assert_eq!(told(&plan), [
            (2, "rejected", "nearly_known_number"),
            (3, "rejected", "calculated_number"),
            (4, "new", ""),
        ]);
        assert_eq!(plan.report.new_classes, ["六年级 4班 (2026-2027)"]);
    }

    async fn a_first_day_is_near_the_school_year(database: TestDatabase) {
        let school = app_on(database).await;
        let rows = ["六年级,1班,601,李明,2206-09-01", "六年级,1班,602,王芳,0026-09-01", "六年级,1班,603,张伟,2020-09-01",
            "六年级,1班,604,陈静,2028-12-31", "六年级,1班,605,刘洋,2019-12-31"];
        let plan = plan_as(&school, &file(&rows), &order()).await;
        assert_eq!(told(&plan), [
            (2, "rejected", "first_day_far_away"),
            (3, "rejected", "first_day_far_away"),
            (4, "new", ""),
            (5, "new", ""),
            (6, "rejected", "first_day_far_away"),
        ]);
        assert!(plan.rows[0].errors[0].detail.contains("2020 to 2028"));
        let of_form = ImportRoster { first_day: Some("1926-09-01".to_owned()), ..order() };
        let plan = plan_as(&school, &file(&["六年级,1班,601,李明,"]), &of_form).await;
        assert_eq!(told(&plan), [(2, "rejected", "first_day_far_away")]);
    }

    async fn a_name_that_is_wrong_for_its_account_moves_nobody(database: TestDatabase) {
        let school = app_on(database).await;
        import(&school, &["六年级,1班,601,李明,2026-09-01", "六年级,2班,602,王芳,2026-09-01"]).await;
        let plan = plan_as(&school, &file(&["六年级,2班,601,李明,2026-08-31"]), &order()).await;
        assert_eq!(told(&plan), [(2, "rejected", "before_enrolment")]);
        let header = "年级,班级,学号,姓名,用户名";
        let other = format!("{header}\n六年级,1班,601,李明,somebody\n六年级,2班,602,王芳,602\n");
        let plan = plan_as(&school, &other, &order()).await;
        assert_eq!(told(&plan), [(2, "rejected", "other_username"), (3, "unchanged", "")]);
    }

    /// An office sends its list in August, and a corrected one before the first day.
    async fn a_list_is_corrected_before_the_first_day(database: TestDatabase) {
        let school = app_on(database).await;
        import(&school, &["六年级,1班,601,李明,2027-02-01", "六年级,2班,602,王芳,2027-02-01"]).await;
        let done = import(&school, &["六年级,3班,601,李明,2027-02-01", "六年级,1班,602,王芳,2027-01-25"]).await;
        assert_eq!((done.counts.changed, done.report.moved, done.report.classes_created), (2, 2, 1));
        assert_eq!(days(&school, "601").await, [stay("3班", "2027-02-01", None)]);
        assert_eq!(days(&school, "602").await, [stay("1班", "2027-01-25", None)]);
        let again = import(&school, &["六年级,3班,601,李明,2027-02-01", "六年级,1班,602,王芳,"]).await;
        assert_eq!(again.counts.unchanged, 2);
    }

    async fn the_year_before_ends_when_the_next_begins(database: TestDatabase) {
        let school = app_on(database).await;
        import(&school, &["六年级,1班,601,李明,2026-09-01"]).await;
        let next = ImportRoster {
            school_year: Some("2027-2028".to_owned()),
            first_day: Some("2027-09-01".to_owned()),
            ..order()
        };
        let rows = file(&["七年级,1班,601,李明,"]);
        let done = commit_as(&school, &rows, &next, &Agreed::default()).await.unwrap();
        assert_eq!((done.report.moved, done.counts.changed), (1, 1));
        assert_eq!(days(&school, "601").await, [
            stay("1班", "2026-09-01", Some("2027-08-31")),
            stay("1班", "2027-09-01", None),
        ]);
        // Who is in a later year's class stays in this one's.
        let again = import(&school, &["六年级,1班,601,李明,"]).await;
        assert_eq!(again.counts.unchanged, 1);
    }

    async fn whoever_left_comes_back_after_the_last_day_only(database: TestDatabase) {
        let school = app_on(database).await;
        import(&school, &["六年级,1班,601,李明,2026-09-01"]).await;
        let operator = Actor::operator();
        let class = structure::classes(&school.db, "2026-2027").await.unwrap()[0].id;
        let pupil = school.app.student_with_number(&operator, "601").await.unwrap().id;
        school.app.end_enrolment(&operator, class, pupil, Some("2026-10-15")).await.unwrap();
        let back = file(&["六年级,1班,601,李明,2026-09-01"]);
        let plan = plan_as(&school, &back, &order()).await;
        assert_eq!(told(&plan), [(2, "rejected", "already_enrolled")]);
        import(&school, &["六年级,1班,601,李明,2026-11-02"]).await;
        assert_eq!(days(&school, "601").await.len(), 2);
    }

    async fn nobody_leaves_the_class_of_their_scores(database: TestDatabase) {
        let school = app_on(database).await;
        let scores = crate::order();
        let report = crate::import_as(&school, "年级,班级,考号,姓名,语文\n六年级,1班,601,李明,90\n", &scores).await.unwrap();
        assert_eq!(report.scores_new, 1);
        // The scores are of the term that began on 2026-09-01, as the pupil did.
        let plan = plan_as(&school, &file(&["六年级,2班,601,李明,2026-09-01"]), &order()).await;
        assert_eq!(told(&plan), [(2, "rejected", "before_enrolment")]);
        let plan = plan_as(&school, &file(&["六年级,2班,601,李明,2026-09-02"]), &order()).await;
        assert_eq!(told(&plan), [(2, "changed", "")]);
    }

    async fn an_elective_leaves_the_home_class_alone(database: TestDatabase) {
        let school = app_on(database).await;
        import(&school, &["六年级,1班,601,李明,2026-09-01"]).await;
        let elective = ImportRoster { keep_other_classes: true, ..order() };
        let rows = file(&["六年级,围棋,601,李明,2026-10-08"]);
        let (moving, adding) = (plan_as(&school, &rows, &order()).await, plan_as(&school, &rows, &elective).await);
        assert_ne!(moving.plan_hash, adding.plan_hash);
        let agreed = Agreed { plan_hash: Some(adding.plan_hash), allow_partial: false, same_names_only: false };
        let done = commit_as(&school, &rows, &elective, &agreed).await.unwrap();
        assert_eq!((done.counts.new, done.report.moved, done.report.enrolled), (1, 0, 1));
        assert_eq!(days(&school, "601").await, [
            stay("1班", "2026-09-01", None),
            stay("围棋", "2026-10-08", None),
        ]);
        // A kept file remembers what was asked for.
        let kept = ImportOrder::Roster(elective.clone());
        let id = school.app.keep_import(&Actor::operator(), rows.as_bytes(), &kept).await.unwrap();
        let kept = school.app.kept_import(&Actor::operator(), id).await.unwrap();
        assert!(matches!(kept.order, Some(ImportOrder::Roster(order)) if order.keep_other_classes));
        // Whoever is in several classes is moved from none of them, but another may be added.
        let rows = file(&["六年级,2班,601,李明,2026-11-02"]);
        assert_eq!(told(&plan_as(&school, &rows, &order()).await), [(2, "rejected", "in_several_classes")]);
        assert_eq!(told(&plan_as(&school, &rows, &elective).await), [(2, "new", "")]);
    }

    async fn of_two_rows_of_one_pupil_none_is_written(database: TestDatabase) {
        let school = app_on(database).await;
        let rows = file(&["六年级,1班,601,李明,", "六年级,2班,601,李明,2026-13-01", "六年级,1班,602,王芳,"]);
        let partial = Agreed { plan_hash: None, allow_partial: true, same_names_only: false };
        let done = commit_as(&school, &rows, &order(), &partial).await.unwrap();
        assert_eq!((done.counts.new, done.counts.rejected, done.report.students_created), (1, 2, 1));
        assert!(people::by_username_key(&school.db, "601").await.unwrap().is_none());
    }

    async fn a_plan_is_kept_to_or_refused(database: TestDatabase) {
        let school = app_on(database).await;
        let rows = file(&["六年级,1班,601,李明,2026-09-01", "六年级,1班,602,王芳,2026-09-01"]);
        let plan = plan_as(&school, &rows, &order()).await;
        import(&school, &["六年级,1班,602,王小芳,2026-09-01"]).await;
        let agreed = Agreed { plan_hash: Some(plan.plan_hash.clone()), allow_partial: false, same_names_only: false };
        let logged = changes(&school).await;
        match commit_as(&school, &rows, &order(), &agreed).await {
            Err(ImportError::PlanChanged(now)) => {
                assert_eq!(told(&now), [(2, "new", ""), (3, "changed", "")]);
            }
            other => panic!("not refused: {other:?}"),
        }
        assert_eq!(changes(&school).await, logged);
        // The same file with another day is another plan.
        let other = ImportRoster { first_day: Some("2026-10-01".to_owned()), ..order() };
        let now = plan_as(&school, &rows, &order()).await;
        assert_ne!(plan_as(&school, &rows, &other).await.plan_hash, now.plan_hash);
    }

    async fn orders_that_cannot_be_followed_say_so(database: TestDatabase) {
        let school = app_on(database).await;
        let code = async |rows: &str, order: ImportRoster| {
            let order = ImportOrder::Roster(order);
            let actor = Actor::operator();
            match school.app.preview_import(&actor, rows.as_bytes(), &order, &|_| {}).await {
                Err(error) => error.code().to_owned(),
                Ok(outcome) => told(&outcome)[0].2.to_owned(),
            }
        };
        let rows = file(&["六年级,1班,601,李明,"]);
        let soon = ImportRoster { first_day: Some("soon".to_owned()), ..order() };
        assert_eq!(code(&rows, soon).await, "invalid_first_day");
        let long = ImportRoster { school_year: Some("9".repeat(40)), ..order() };
        assert_eq!(code(&rows, long).await, "invalid_school_year");
        let no_year = ImportRoster { school_year: None, ..order() };
        assert_eq!(code(&rows, no_year).await, "missing_value");
        assert_eq!(code("班级,学号,姓名\n1班,601,李明\n", order()).await, "file_rejected");
        let level = ImportRoster { grade_level: Some("六年级".to_owned()), ..order() };
        assert_eq!(code("班级,学号,姓名\n1班,601,李明\n", level).await, "");
        assert_eq!(code("年级,班级,学号,姓名\n", order()).await, "no_rows");
    }

    async fn more_rows_of_a_roster_take_no_more_statements(database: TestDatabase) {
        let school = app_on(database).await;
        let mut counts = Vec::new();
        for (level, many) in [("A", 30), ("B", 900)] {
            let rows = |class: usize, name: &str, day: &str| {
                let rows = (0..many).map(|row| {
                    format!("{level},{}班,{level}{row},{name},{day}", (row + class) % 20)
                });
                let rows: Vec<String> = rows.collect();
                format!("{HEADER}\n{}\n", rows.join("\n"))
            };
            let before = school.app.statements_sent();
            let new = rows(0, "新", "2026-09-01");
            commit_as(&school, &new, &order(), &Agreed::default()).await.unwrap();
            let between = school.app.statements_sent();
            let moved = rows(1, "改", "2026-10-01");
            let done = commit_as(&school, &moved, &order(), &Agreed::default()).await.unwrap();
            assert_eq!((done.report.moved, done.report.renamed), (many, many));
            counts.push((between - before, school.app.statements_sent() - between));
        }
        assert_eq!(counts[0], counts[1], "{counts:?}");
    }

    async fn two_rosters_at_once_end_as_one(database: TestDatabase) {
        let school = app_on(database).await;
        let rows: Vec<String> = (0..200).map(|row| format!("六年级,{}班,{row},李明,", row % 5)).collect();
        let rows = format!("{HEADER}\n{}\n", rows.join("\n"));
        let (order, agreed) = (order(), Agreed::default());
        let (one, other) = tokio::join!(
            commit_as(&school, &rows, &order, &agreed),
            commit_as(&school, &rows, &order, &agreed),
        );
        let both = [one.unwrap(), other.unwrap()];
        let created: usize = both.iter().map(|one| one.report.students_created).sum();
        let unchanged: usize = both.iter().map(|one| one.counts.unchanged).sum();
        assert_eq!((created, unchanged), (200, 200));
        assert_eq!(people::count(&school.db).await.unwrap(), 200);
    }
}
