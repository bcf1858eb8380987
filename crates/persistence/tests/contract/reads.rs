use std::collections::{BTreeMap, HashSet};
use std::fmt::Debug;

use gradebook_auth::actions::{
    ClassExamAccess, CourseAccess, SeeExamAnalysis, SeeExamSheet, SeeGradebook, SeeHistory,
    SeeOwnGrades, StudentRecord,
};
use gradebook_auth::{Actor, Grant, Role, authorize};
use gradebook_domain::{CourseId, ExamId, Score, UserId};
use gradebook_persistence::Db;
use gradebook_persistence::query::courses::{self, Which};
use gradebook_persistence::query::exam_list::ExamFilter;
use gradebook_persistence::query::{
    access, analysis, exam_list, gradebook, history, structure, student_grades,
};
use gradebook_persistence::repo::scores;
use gradebook_test_databases::{both, on_both_databases};

use crate::fixture::{
    Cell, Fixture, SMALL, Size, enter, of_course, operator, person, points, put_over,
};

async fn exam_sheet_grant(db: &Db, fixture: &Fixture) -> Grant<SeeExamSheet> {
    let access = access::class_exam(db, &operator(), fixture.exams[0], fixture.classes[0])
        .await
        .unwrap()
        .unwrap();
    authorize(&operator(), access).unwrap()
}

fn own_grades(student: UserId) -> Grant<SeeOwnGrades> {
    authorize(&person(student, Role::Student), StudentRecord { student }).unwrap()
}

async fn ids(db: &Db, actor: &Actor) -> Vec<CourseId> {
    let which = Which::VisibleTo(actor.clone(), None);
    let found = courses::list(db, &which, CourseId(0), 100).await.unwrap();
    found.into_iter().map(|course| course.id).collect()
}

fn sorted<T: Ord>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.into_iter().collect();
    all.sort();
    all
}

on_both_databases! {
    async fn facts_about_courses_follow_the_role(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let asked = HashSet::from([
            fixture.course(0, 0),
            fixture.course(0, 2),
            fixture.course(1, 0),
            fixture.spring_course,
            CourseId(999),
        ]);
        let facts = async |actor: &Actor| {
            let found = access::courses(&db, actor, &asked).await.unwrap();
            assert_eq!(found.len(), 4, "only what exists");
            assert!(found.iter().all(|(id, facts)| facts.course == *id && facts.term_open));
            let which = |holds: fn(&CourseAccess) -> bool| {
                sorted(found.values().filter(|facts| holds(facts)).map(|facts| facts.course))
            };
            (which(|facts| facts.teaches), which(|facts| facts.enrolled))
        };
        let (first, second) = (fixture.course(0, 0), fixture.course(1, 0));
        assert_eq!(facts(&fixture.li).await, (vec![first], vec![]));
        assert_eq!(
            facts(&fixture.wang).await,
            (sorted([fixture.course(0, 2), second, fixture.spring_course]), vec![])
        );
        assert_eq!(facts(&fixture.operator).await, (vec![], vec![]));
        let attends = person(fixture.students[0][0], Role::Student);
        assert_eq!(
            facts(&attends).await,
            (vec![], sorted([first, fixture.course(0, 2), fixture.spring_course]))
        );
        // A stale role counts for nothing: who is no teacher in the token teaches nothing.
        let demoted = person(fixture.li.user.unwrap(), Role::Student);
        assert_eq!(facts(&demoted).await, (vec![], vec![]));
        assert_eq!(access::course(&db, &fixture.li, CourseId(999)).await.unwrap(), None);
        assert!(access::courses(&db, &fixture.li, &HashSet::new()).await.unwrap().is_empty());
    }

    async fn a_closed_term_shows_in_the_facts(database: TestDatabase) {
        use sea_orm::ConnectionTrait;
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        crate::table_rows::plain(&database)
            .await
            .execute_unprepared(&format!("UPDATE terms SET state = 'closed' WHERE id = {}", fixture.autumn))
            .await
            .unwrap();
        let facts = access::course(&db, &fixture.li, fixture.chinese()).await.unwrap().unwrap();
        assert!(facts.teaches && !facts.term_open);
        let facts = access::course(&db, &fixture.wang, fixture.spring_course).await.unwrap().unwrap();
        assert!(facts.teaches && facts.term_open);
    }

    async fn facts_about_an_exam_sheet_follow_the_role(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let (exam, [first, second]) = (fixture.exams[0], fixture.classes);
        let facts = async |actor: &Actor, class| -> (bool, Vec<CourseId>) {
            let found = access::class_exam(&db, actor, exam, class).await.unwrap().unwrap();
            assert_eq!((found.exam, found.class), (exam, class));
            (found.teaches_class, sorted(found.editable_courses))
        };
        let all_of = |class| sorted((0..3).map(|subject| fixture.course(class, subject)));
        assert_eq!(
            facts(&fixture.li, first).await,
            (true, sorted([fixture.course(0, 0), fixture.course(0, 1)]))
        );
        assert_eq!(facts(&fixture.li, second).await, (false, vec![]));
        assert_eq!(facts(&fixture.wang, first).await, (true, vec![fixture.course(0, 2)]));
        assert_eq!(facts(&fixture.wang, second).await, (true, all_of(1)));
        assert_eq!(facts(&fixture.operator, first).await, (false, all_of(0)));
        let student = person(fixture.students[0][0], Role::Student);
        assert_eq!(facts(&student, first).await, (false, vec![]));
        let none = [
            access::class_exam(&db, &fixture.operator, ExamId(999), first).await.unwrap(),
            access::class_exam(&db, &fixture.operator, exam, gradebook_domain::ClassId(999)).await.unwrap(),
        ];
        assert_eq!(none, [None::<ClassExamAccess>, None]);
    }

    async fn courses_are_listed_to_those_who_may_see_them(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let everything = sorted(fixture.courses.values().copied().chain([fixture.spring_course]));
        assert_eq!(ids(&db, &fixture.operator).await, everything);
        assert_eq!(ids(&db, &fixture.li).await, sorted([fixture.course(0, 0), fixture.course(0, 1)]));
        assert_eq!(ids(&db, &fixture.wang).await.len(), 5);
        let student = person(fixture.students[1][0], Role::Student);
        assert_eq!(ids(&db, &student).await, sorted((0..3).map(|subject| fixture.course(1, subject))));
        // In pages.
        let which = Which::VisibleTo(fixture.operator.clone(), None);
        let mut paged = Vec::new();
        loop {
            let after = paged.last().copied().unwrap_or(CourseId(0));
            let page = courses::list(&db, &which, after, 3).await.unwrap();
            if page.is_empty() {
                break;
            }
            paged.extend(page.into_iter().map(|course| course.id));
        }
        assert_eq!(paged, everything);
        let one = courses::one(&db, fixture.chinese()).await.unwrap().unwrap();
        assert_eq!((one.class.name.as_str(), one.subject.code.as_str()), ("Class 1", "chinese"));
        assert_eq!((one.term.id, one.term.open), (fixture.autumn, true));
        assert_eq!(one.teachers.len(), 1);
        assert_eq!((one.teachers[0].id, one.teachers[0].name.as_str()), (fixture.li.user.unwrap(), "Person li"));
    }

    async fn exams_are_listed_to_those_who_may_open_them(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, Size { students_in_a_class: 1, exams: 3 }).await;
        // Ms Zhao teaches class 1 in Spring only, when no exam was held.
        let zhao = crate::fixture::create_users(&db, &[crate::fixture::user("zhao", Role::Teacher, None)])
            .await
            .unwrap()[0];
        db.write(async |tx| {
            let setup = crate::fixture::of_school();
            let stamp = crate::fixture::stamp(&fixture.operator);
            let pairs = [(fixture.spring_course, zhao)];
            gradebook_persistence::repo::school::assign_teachers(tx, &setup, &stamp, &pairs).await
        })
        .await
        .unwrap();
        let zhao = person(zhao, Role::Teacher);
        let student = person(fixture.students[0][0], Role::Student);
        let [first, second] = fixture.classes;
        for (actor, classes) in [
            (&fixture.operator, vec![first, second]),
            (&fixture.li, vec![first]),
            (&fixture.wang, vec![first, second]),
            (&zhao, vec![]),
            (&student, vec![]),
        ] {
            let exams = exam_list::visible_to(&db, actor, &ExamFilter::default(), None, 10).await.unwrap();
            let expected: Vec<ExamId> = match classes.is_empty() {
                true => Vec::new(),
                false => fixture.exams.iter().rev().copied().collect(),
            };
            assert_eq!(exams.iter().map(|one| one.exam.id).collect::<Vec<_>>(), expected);
            for exam in exams {
                assert_eq!(exam.term.id, fixture.autumn);
                let shown: Vec<_> = exam.classes.iter().map(|class| class.id).collect();
                assert_eq!(shown, classes);
                for class in shown {
                    let facts = access::class_exam(&db, actor, exam.exam.id, class).await.unwrap().unwrap();
                    assert!(facts.teaches_class || actor.role == Role::Admin);
                }
            }
        }
        let older = exam_list::visible_to(&db, &fixture.li, &ExamFilter::default(), Some(fixture.exams[2]), 1).await.unwrap();
        assert_eq!(older.len(), 1);
        assert_eq!(older[0].exam.id, fixture.exams[1]);
    }

    async fn a_student_reads_their_own_published_scores_only(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, Size { students_in_a_class: 2, exams: 2 }).await;
        fixture.enter_everything(&db).await;
        let me = fixture.students[0][0];
        let read = async || student_grades::of_student(&db, &own_grades(me), None).await.unwrap();
        let nothing = read().await;
        assert_eq!(nothing.courses.len(), 4, "three in Autumn, one in Spring");
        assert!(nothing.assessments.is_empty() && nothing.scores.is_empty() && nothing.exams.is_empty());
        let shown = fixture.assessment(1, 0, 0);
        fixture.publish(&db, fixture.chinese(), shown).await;
        fixture.publish(&db, fixture.course(1, 0), fixture.assessment(0, 1, 0)).await;
        let grades = read().await;
        assert_eq!(grades.assessments.iter().map(|one| one.id).collect::<Vec<_>>(), [shown]);
        assert_eq!(grades.scores.len(), 1);
        assert_eq!(grades.scores[&shown].student, me);
        assert_eq!(grades.exams.iter().map(|exam| exam.id).collect::<Vec<_>>(), [fixture.exams[1]]);
        let spring = student_grades::of_student(&db, &own_grades(me), Some(fixture.spring)).await.unwrap();
        assert_eq!(spring.courses.iter().map(|course| course.id).collect::<Vec<_>>(), [fixture.spring_course]);
        assert!(spring.scores.is_empty());
    }
}

/// Everything that the pages read, as text, in an order that does not depend on hashing.
async fn everything_read(db: &Db, fixture: &Fixture) -> Vec<String> {
    let mut seen = Vec::new();
    let mut see = |what: &dyn Debug| seen.push(format!("{what:#?}"));
    let book = gradebook::gradebook(db, &of_course::<SeeGradebook>(fixture.chinese()))
        .await
        .unwrap()
        .unwrap();
    let mut cells = book.scores;
    cells.sort_by_key(|cell| (cell.assessment, cell.student));
    let authors: BTreeMap<_, _> = book.authors.into_iter().collect();
    see(&(book.course, book.categories, book.assessments));
    see(&(book.students, cells, authors));
    let sheet = gradebook::exam_sheet(db, &exam_sheet_grant(db, fixture).await)
        .await
        .unwrap()
        .unwrap();
    let mut cells = sheet.scores;
    cells.sort_by_key(|cell| (cell.assessment, cell.student));
    let authors: BTreeMap<_, _> = sheet.authors.into_iter().collect();
    see(&(sheet.exam, sheet.columns));
    see(&(sheet.students, cells, authors));
    let me = fixture.students[0][1];
    let grades = student_grades::of_student(db, &own_grades(me), None)
        .await
        .unwrap();
    let scores: BTreeMap<_, _> = grades.scores.into_iter().collect();
    let mut categories = grades.categories;
    categories.sort_by_key(|(course, _)| *course);
    see(&(grades.courses, categories, grades.assessments));
    see(&(scores, grades.exams));
    let grant = of_course::<SeeHistory>(fixture.chinese());
    see(&history::of_cell(db, &grant, fixture.cell(0), None, 50)
        .await
        .unwrap());
    let year = "2026-2027";
    see(&structure::subjects(db).await.unwrap());
    see(&structure::classes(db, year).await.unwrap());
    see(&structure::term(db, year, "Autumn").await.unwrap());
    see(&structure::term(db, year, "autumn").await.unwrap());
    see(&sorted(
        structure::courses_of_term(db, fixture.autumn)
            .await
            .unwrap(),
    ));
    see(&structure::exam_named(db, fixture.autumn, "Monthly 0")
        .await
        .unwrap());
    see(&sorted(
        structure::assessments_of_exam(db, fixture.exams[0])
            .await
            .unwrap(),
    ));
    see(
        &exam_list::visible_to(db, &fixture.li, &ExamFilter::default(), None, 9)
            .await
            .unwrap(),
    );
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_databases_answer_alike() {
    let mut answers = Vec::new();
    for database in both().await {
        let db = database.migrated().await;
        let fixture = Fixture::make(
            &db,
            Size {
                students_in_a_class: 12,
                exams: 3,
            },
        )
        .await;
        fixture.enter_everything(&db).await;
        let edits = [
            (fixture.cell(0), Score::Absent),
            (fixture.cell(1), points("0.0001")),
        ];
        enter(&db, &fixture.li, fixture.chinese(), &edits)
            .await
            .unwrap();
        for exam in [0, 2] {
            fixture
                .publish(&db, fixture.chinese(), fixture.assessment(exam, 0, 0))
                .await;
        }
        answers.push(everything_read(&db, &fixture).await);
    }
    for (sqlite, mysql) in answers[0].iter().zip(&answers[1]) {
        assert_eq!(sqlite, mysql);
    }
    assert_eq!(answers[0].len(), answers[1].len());
}

/// How many statements each read, and a save of every cell of a column, sends.
async fn statements(db: &Db, fixture: &Fixture) -> Vec<(&'static str, u64)> {
    let mut counted = Vec::new();
    let mut sent = db.statements_sent();
    let mut count = |what: &'static str| {
        let now = db.statements_sent();
        assert!(now > sent, "{what} sent nothing: the counter is broken");
        counted.push((what, now - sent));
        sent = now;
    };
    let courses: HashSet<CourseId> = fixture.courses.values().copied().collect();
    for (name, actor) in [
        ("courses (admin)", &fixture.operator),
        ("courses (teacher)", &fixture.li),
    ] {
        access::courses(db, actor, &courses).await.unwrap();
        count(name);
    }
    let grant = exam_sheet_grant(db, fixture).await;
    count("class_exam");
    gradebook::gradebook(db, &of_course::<SeeGradebook>(fixture.chinese()))
        .await
        .unwrap();
    count("gradebook");
    gradebook::exam_sheet(db, &grant).await.unwrap();
    count("exam_sheet");
    let facts = access::exam(db, &fixture.li, fixture.exams[0])
        .await
        .unwrap()
        .unwrap();
    count("exam");
    let grant = authorize::<SeeExamAnalysis>(&fixture.li, facts).unwrap();
    analysis::exam_results(db, &grant).await.unwrap();
    count("exam_results");
    student_grades::of_student(db, &own_grades(fixture.students[0][0]), None)
        .await
        .unwrap();
    count("student_grades");
    let history_grant = of_course::<SeeHistory>(fixture.chinese());
    history::of_cell(db, &history_grant, fixture.cell(0), None, 50)
        .await
        .unwrap();
    count("history");
    courses::list(
        db,
        &Which::VisibleTo(fixture.operator.clone(), None),
        CourseId(0),
        100,
    )
    .await
    .unwrap();
    count("courses");
    exam_list::visible_to(db, &fixture.li, &ExamFilter::default(), None, 100)
        .await
        .unwrap();
    count("exams");
    let column: Vec<(Cell, Score)> = fixture.students[0]
        .iter()
        .map(|student| ((fixture.assessment(0, 0, 0), *student), points("61")))
        .collect();
    let cells: HashSet<Cell> = column.iter().map(|(cell, _)| *cell).collect();
    db.write(async |tx| scores::lock(tx, &cells).await)
        .await
        .unwrap();
    count("lock");
    db.write(async |tx| put_over(tx, &fixture.li, fixture.chinese(), &column).await)
        .await
        .unwrap();
    count("lock and put");
    counted
}

on_both_databases! {
    async fn statements_do_not_grow_with_the_rows(database: TestDatabase) {
        let small = database.migrated().await;
        let fixture = Fixture::make(&small, Size { students_in_a_class: 1, exams: 1 }).await;
        fixture.enter_everything(&small).await;
        fixture.publish(&small, fixture.chinese(), fixture.assessment(0, 0, 0)).await;
        let for_one = statements(&small, &fixture).await;

        let database = match database.dialect {
            gradebook_persistence::Dialect::Sqlite => gradebook_test_databases::sqlite().await,
            gradebook_persistence::Dialect::MySql => gradebook_test_databases::mysql().await,
        };
        let large = database.migrated().await;
        let fixture = Fixture::make(&large, Size { students_in_a_class: 40, exams: 6 }).await;
        fixture.enter_everything(&large).await;
        for exam in 0..6 {
            fixture.publish(&large, fixture.chinese(), fixture.assessment(exam, 0, 0)).await;
        }
        assert_eq!(statements(&large, &fixture).await, for_one);
    }
}
