use gradebook_auth::Grant;
use gradebook_auth::actions::EditAssessments;
use gradebook_domain::{
    AbsentPolicy, Aggregation, AssessmentId, CategoryId, CourseId, LetterScale, Points, Score,
    ScoreLimits, Weight,
};
use gradebook_persistence::change_log::{self, ChangeKind};
use gradebook_persistence::query::{courses, gradebook, scheme as find};
use gradebook_persistence::repo::scheme::{
    self, AssessmentFields, CategoryFields, CategoryWrite, PolicyFields, change_assessment,
    change_category, create_assessment, create_category, delete_assessment, delete_category,
    order_categories,
};
use gradebook_persistence::repo::scores;
use gradebook_persistence::{Db, DbError};
use gradebook_test_databases::on_both_databases;
use sea_orm::ConnectionTrait;

use crate::fixture::{Fixture, SMALL, enter, of_course, operator, points, stamp, stored};
use crate::table_rows::{plain, texts};

fn category(name: &str, weight: i64) -> CategoryFields {
    CategoryFields {
        name: name.to_owned(),
        weight: Weight::from_percent(weight).unwrap(),
        aggregation: Aggregation::Mean,
        drop_lowest: 1,
        drop_highest: 2,
    }
}

fn assessment(title: &str, category: CategoryId) -> AssessmentFields {
    AssessmentFields {
        title: title.to_owned(),
        limits: ScoreLimits {
            max_score: Points::from_whole(20).unwrap(),
            extra_credit_limit: Points::from_whole(2).unwrap(),
        },
        category,
        weight: Weight::HUNDRED,
        held_on: "2026-10-01".to_owned(),
    }
}

fn grant(course: CourseId) -> Grant<EditAssessments> {
    of_course::<EditAssessments>(course)
}

async fn add(db: &Db, course: CourseId, new: &CategoryFields) -> Result<CategoryId, DbError> {
    let actor = operator();
    db.write(async |tx| {
        create_category(tx, &grant(course), &stamp(&actor), new, "{}".to_owned()).await
    })
    .await
}

async fn add_assessment(db: &Db, course: CourseId, new: &AssessmentFields) -> AssessmentId {
    let actor = operator();
    db.write(async |tx| {
        create_assessment(tx, &grant(course), &stamp(&actor), new, "{}".to_owned()).await
    })
    .await
    .unwrap()
}

/// Names and ids of the course's categories as a gradebook shows them.
async fn categories(db: &Db, course: CourseId) -> Vec<(String, CategoryId)> {
    let grant = of_course::<gradebook_auth::actions::SeeGradebook>(course);
    let book = gradebook::gradebook(db, &grant).await.unwrap().unwrap();
    let categories = book.categories.into_iter();
    categories.map(|one| (one.name, one.scheme.id)).collect()
}

async fn titles(db: &Db, course: CourseId) -> Vec<String> {
    let grant = of_course::<gradebook_auth::actions::SeeGradebook>(course);
    let book = gradebook::gradebook(db, &grant).await.unwrap().unwrap();
    book.assessments.into_iter().map(|one| one.title).collect()
}

async fn courses_query(db: &Db, course: CourseId) -> AbsentPolicy {
    courses::one(db, course).await.unwrap().unwrap().absent
}

on_both_databases! {
    async fn categories_are_added_changed_ordered_and_deleted_on_record(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let course = fixture.chinese();
        let first = categories(&db, course).await[0].1;
        let floor = change_log::newest_until(&db, i64::MAX).await.unwrap();
        let homework = add(&db, course, &category("Homework", 30)).await.unwrap();
        let quiz = add(&db, course, &category("Quiz", 20)).await.unwrap();
        assert_eq!(find::course_of_category(&db, quiz).await.unwrap(), Some(course));
        assert_eq!(find::course_of_category(&db, CategoryId(0)).await.unwrap(), None);
        let taken = add(&db, course, &category("Quiz", 1)).await.unwrap_err();
        assert!(matches!(taken, DbError::Duplicate(_)), "{taken}");
        let actor = operator();
        let stamp = stamp(&actor);
        let ids = async || categories(&db, course).await.into_iter().map(|(_, id)| id).collect::<Vec<_>>();
        assert_eq!(ids().await, [first, homework, quiz]);
        db.write(async |tx| order_categories(tx, &grant(course), &stamp, &[quiz, first, homework], "{}".to_owned()).await)
            .await
            .unwrap();
        assert_eq!(ids().await, [quiz, first, homework]);
        let renamed = category("Tests", 25);
        for (course, expected) in [(fixture.course(0, 1), false), (course, true), (course, true)] {
            let changed = db
                .write(async |tx| change_category(tx, &grant(course), &stamp, quiz, &renamed, "{}".to_owned()).await)
                .await
                .unwrap();
            // Once more without anything new: MySQL counts no changed row then.
            assert_eq!(changed, expected);
        }
        assert_eq!(categories(&db, course).await[0].0, "Tests");
        for (course, expected) in [(fixture.course(0, 1), false), (course, true), (course, false)] {
            let deleted = db
                .write(async |tx| delete_category(tx, &grant(course), &stamp, quiz, "{}".to_owned()).await)
                .await
                .unwrap();
            assert_eq!(deleted, expected, "another course's grant, its own, and once more");
        }
        let rows = change_log::rows(&db, &change_log::ids_after(&db, floor).await.unwrap()).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.kind).collect::<Vec<_>>(), [
            ChangeKind::CategoryCreated,
            ChangeKind::CategoryCreated,
            ChangeKind::CategoryChanged,
            ChangeKind::CategoryChanged,
            ChangeKind::CategoryChanged,
            ChangeKind::CategoryDeleted,
        ]);
        assert!(rows.iter().all(|row| row.course == Some(course)));
    }

    async fn assessments_stand_by_day_and_then_in_their_order(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let course = fixture.course(0, 1);
        let category = categories(&db, course).await[0].1;
        let mut ids = Vec::new();
        for title in ["a", "b", "c"] {
            ids.push(add_assessment(&db, course, &assessment(title, category)).await);
        }
        let early = AssessmentFields { held_on: "2026-09-02".to_owned(), ..assessment("early", category) };
        add_assessment(&db, course, &early).await;
        let shown = titles(&db, course).await;
        let of_day = |shown: &[String]| shown.iter().filter(|one| one.len() == 1).cloned().collect::<Vec<_>>();
        assert_eq!(of_day(&shown), ["a", "b", "c"]);
        assert_eq!(shown[0], "early");
        let order = [ids[2], ids[0], ids[1]];
        let actor = operator();
        let stamp = stamp(&actor);
        db.write(async |tx| scheme::order_assessments(tx, &grant(course), &stamp, ids[2], &order, "{}".to_owned()).await)
            .await
            .unwrap();
        assert_eq!(of_day(&titles(&db, course).await), ["c", "a", "b"]);
        // A grant of another course moves and changes nothing.
        let elsewhere = grant(fixture.chinese());
        let order = [ids[0], ids[1], ids[2]];
        let wanted = assessment("stolen", category);
        let changed = db
            .write(async |tx| {
                scheme::order_assessments(tx, &elsewhere, &stamp, ids[0], &order, "{}".to_owned()).await?;
                change_assessment(tx, &elsewhere, &stamp, ids[0], &wanted, "{}".to_owned()).await
            })
            .await
            .unwrap();
        assert!(!changed);
        assert_eq!(of_day(&titles(&db, course).await), ["c", "a", "b"]);
    }

    async fn a_deleted_assessment_takes_its_scores_along_and_leaves_them_on_record(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let course = fixture.chinese();
        let (cell, other) = (fixture.cell(0), fixture.cell(1));
        enter(&db, &fixture.li, course, &[(cell, points("7.5")), (other, Score::Absent)]).await.unwrap();
        let floor = change_log::newest_until(&db, i64::MAX).await.unwrap();
        let cells = scores::of_assessments(&db, &[cell.0]).await.unwrap();
        let actor = operator();
        let stamp = stamp(&actor);
        for (course, expected) in [(fixture.course(0, 1), false), (course, true)] {
            let deleted = db
                .write(async |tx| {
                    assert!(scheme::lock(tx, &[grant(course)]).await?);
                    delete_assessment(tx, &grant(course), &stamp, cell.0, &cells, "{}".to_owned()).await
                })
                .await
                .unwrap();
            assert_eq!(deleted, expected);
            assert_eq!(stored(&db, cell).await.is_none(), expected, "another course's grant deletes no score");
        }
        let rows = change_log::rows(&db, &change_log::ids_after(&db, floor).await.unwrap()).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.kind).collect::<Vec<_>>(), [
            ChangeKind::Score,
            ChangeKind::Score,
            ChangeKind::AssessmentDeleted,
        ]);
        assert!(rows.iter().all(|row| row.assessment == Some(cell.0)));
        let sql = format!(
            "SELECT before_status FROM change_log WHERE id > {} AND kind = 'score' AND after_status = 'blank' ORDER BY before_status",
            floor.0
        );
        assert_eq!(texts(&plain(&database).await, &sql).await, ["absent", "scored"]);
    }

    async fn a_policy_is_kept_and_read_with_the_course(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let course = fixture.chinese();
        let read = async || courses::one(&db, course).await.unwrap().unwrap();
        let new = read().await;
        assert_eq!((new.absent, new.letters, new.show_class_statistics), (AbsentPolicy::CountsZero, None, false));
        let actor = operator();
        let stamp = stamp(&actor);
        for letters in [Some(LetterScale::four_grades()), None] {
            let policy = PolicyFields { absent: AbsentPolicy::LeftOut, letters, show_class_statistics: true };
            db.write(async |tx| scheme::change_policy(tx, &grant(course), &stamp, &policy, "{}".to_owned()).await)
                .await
                .unwrap();
            let kept = read().await;
            assert_eq!((kept.absent, kept.letters, kept.show_class_statistics), (policy.absent, policy.letters, true));
        }
        let untouched = courses::one(&db, fixture.course(0, 1)).await.unwrap().unwrap();
        assert_eq!(untouched.absent, AbsentPolicy::CountsZero);
        plain(&database)
            .await
            .execute_unprepared(&format!("UPDATE courses SET letters = 'A' WHERE id = {course}"))
            .await
            .unwrap();
        let broken = courses::one(&db, course).await.unwrap_err();
        assert!(matches!(broken, DbError::Corrupt { column: "letters", .. }), "{broken}");
    }

    async fn what_is_done_in_several_courses_stays_within_the_grants(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let courses = [fixture.chinese(), fixture.course(0, 1)];
        let stray = fixture.course(1, 0);
        let actor = operator();
        let stamp = stamp(&actor);
        let grants = courses.map(grant);
        let first = async |course| categories(&db, course).await[0].1;
        let mut columns = Vec::new();
        for course in courses {
            columns.push((course, assessment("Unit", first(course).await), "{}".to_owned()));
        }
        let floor = change_log::newest_until(&db, i64::MAX).await.unwrap();
        let made = db.write(async |tx| scheme::create_assessments(tx, &grants, &stamp, &columns).await).await.unwrap();
        assert_eq!(made.len(), 2);
        let rows = change_log::rows(&db, &change_log::ids_after(&db, floor).await.unwrap()).await.unwrap();
        assert!(rows.iter().all(|row| row.kind == ChangeKind::AssessmentCreated));
        assert_eq!(rows.iter().map(|row| row.assessment).collect::<Vec<_>>(), courses.map(|course| made.get(&course).copied()));
        for course in courses {
            assert!(titles(&db, course).await.contains(&"Unit".to_owned()));
        }

        // A category is written over the one of its name, or as a new one.
        let write = |course, fields: CategoryFields, position| CategoryWrite { course, log: vec![(ChangeKind::CategoryChanged, "{}".to_owned())], fields, position };
        let old = categories(&db, courses[0]).await[0].clone();
        let renamed = CategoryFields { name: old.0.clone(), ..category("", 70) };
        let writes = [write(courses[0], category("Homework", 30), 1), write(courses[0], renamed, 2), write(courses[1], category("Homework", 30), 9)];
        let ids = db.write(async |tx| scheme::put_categories(tx, &grants, &stamp, &writes).await).await.unwrap();
        assert_eq!(ids[&(courses[0], old.0.clone())], old.1, "it is the same category");
        let names: Vec<String> = categories(&db, courses[0]).await.into_iter().map(|one| one.0).collect();
        assert_eq!(names, ["Homework".to_owned(), old.0.clone()]);

        // Assessments go to the category of their own course; an emptied one can be deleted.
        let moves: Vec<_> = courses
            .iter()
            .map(|course| (*course, made[course], ids[&(*course, "Homework".to_owned())], "{}".to_owned()))
            .collect();
        db.write(async |tx| scheme::move_assessments(tx, &grants, &stamp, &moves).await).await.unwrap();
        for (course, id, into, _) in &moves {
            let see = of_course::<gradebook_auth::actions::SeeGradebook>(*course);
            let book = gradebook::gradebook(&db, &see).await.unwrap().unwrap();
            for one in &book.assessments {
                assert_eq!(one.category == *into, one.id == *id, "only what was named moves");
            }
        }
        // More than one statement may name on SQLite: the last of them moves, too.
        let back = categories(&db, courses[0]).await[1].1;
        let mut many: Vec<_> = (0..12_000).map(|n| (courses[0], AssessmentId(1_000_000 + n), back, "{}".to_owned())).collect();
        many.push((courses[0], moves[0].1, back, "{}".to_owned()));
        db.write(async |tx| scheme::move_assessments(tx, &grants, &stamp, &many).await).await.unwrap();
        let see = of_course::<gradebook_auth::actions::SeeGradebook>(courses[0]);
        let book = gradebook::gradebook(&db, &see).await.unwrap().unwrap();
        assert_eq!(book.assessments.iter().find(|one| one.id == moves[0].1).unwrap().category, back);
        db.write(async |tx| scheme::move_assessments(tx, &grants, &stamp, &moves[..1]).await).await.unwrap();
        let held = [(courses[0], moves[0].2, "{}".to_owned())];
        let refused = db.write(async |tx| scheme::delete_categories(tx, &grants, &stamp, &held).await).await;
        assert!(refused.is_err(), "a category with assessments stays");

        let policy = PolicyFields { absent: AbsentPolicy::LeftOut, letters: None, show_class_statistics: true };
        let named = courses.map(|course| (course, "{}".to_owned()));
        db.write(async |tx| scheme::change_policies(tx, &grants, &stamp, &policy, &named).await).await.unwrap();
        for course in courses {
            assert_eq!(courses_query(&db, course).await, AbsentPolicy::LeftOut);
        }
        assert_eq!(courses_query(&db, stray).await, AbsentPolicy::CountsZero);

        // Nothing is written to a course for which there is no grant.
        let stolen = [(stray, assessment("Stolen", first(stray).await), "{}".to_owned())];
        let strays = [(stray, "{}".to_owned())];
        let category_of = first(stray).await;
        let gone = [(stray, category_of, "{}".to_owned())];
        let moved = [(stray, made[&courses[0]], category_of, "{}".to_owned())];
        let writes = [write(stray, category("Stolen", 1), 1)];
        let floor = change_log::newest_until(&db, i64::MAX).await.unwrap();
        let results = [
            db.write(async |tx| scheme::create_assessments(tx, &grants, &stamp, &stolen).await.map(|_| ())).await,
            db.write(async |tx| scheme::put_categories(tx, &grants, &stamp, &writes).await.map(|_| ())).await,
            db.write(async |tx| scheme::move_assessments(tx, &grants, &stamp, &moved).await).await,
            db.write(async |tx| scheme::delete_categories(tx, &grants, &stamp, &gone).await).await,
            db.write(async |tx| scheme::change_policies(tx, &grants, &stamp, &policy, &strays).await).await,
        ];
        for result in results {
            assert!(matches!(result, Err(DbError::Configuration(_))), "{result:?}");
        }
        assert_eq!(change_log::newest_until(&db, i64::MAX).await.unwrap(), floor);
    }
}
