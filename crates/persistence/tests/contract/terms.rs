//! Terms, subjects and exams of a school that stands already: what changes, what is on record, and what a
//! closed term keeps.

use gradebook_auth::actions::{ChangeAssessmentState, ManageSetup};
use gradebook_domain::{AssessmentId, AssessmentState, CourseId, Points, TermId, Transition};
use gradebook_persistence::query::courses::Term;
use gradebook_persistence::query::{exams, terms};
use gradebook_persistence::repo::assessments;
use gradebook_persistence::repo::school::{self, NewSubject};
use gradebook_persistence::{Db, DbError};
use gradebook_test_databases::on_both_databases;
use sea_orm::DatabaseConnection;

use crate::fixture::{Fixture, SMALL, of_course, of_school, operator, stamp};
use crate::table_rows::{plain, texts};

async fn on_record(plain: &DatabaseConnection, kind: &str) -> Vec<String> {
    let sql = format!("SELECT detail FROM change_log WHERE kind = '{kind}' ORDER BY id");
    texts(plain, &sql).await
}

async fn states(plain: &DatabaseConnection) -> Vec<String> {
    texts(plain, "SELECT state FROM assessments ORDER BY id").await
}

async fn term(db: &Db, id: TermId) -> Term {
    terms::one(db, id).await.unwrap().unwrap()
}

async fn change(db: &Db, before: &Term, after: &Term) -> Result<(), DbError> {
    let actor = operator();
    db.write(async |tx| {
        let grant = of_school::<ManageSetup>();
        school::change_term(tx, &grant, &stamp(&actor), before, after).await
    })
    .await
}

/// Locks a published assessment, as its teacher does.
async fn lock(db: &Db, course: CourseId, assessment: AssessmentId) {
    let actor = operator();
    let grant = of_course::<ChangeAssessmentState>(course);
    let states = (AssessmentState::Published, AssessmentState::Locked);
    let moved = db
        .write(async |tx| {
            let stamp = stamp(&actor);
            assessments::change_state(tx, &grant, &stamp, assessment, Transition::Lock, states)
                .await
        })
        .await;
    assert!(moved.unwrap());
}

/// Closes a term, or opens it again; how many assessments that locks or unlocks.
async fn set_closed(db: &Db, id: TermId, closed: bool) -> usize {
    let actor = operator();
    db.write(async |tx| {
        let (grant, stamp) = (of_school::<ManageSetup>(), stamp(&actor));
        let of = school::lock_term(tx, id).await?.unwrap();
        if closed {
            school::close_term(tx, &grant, &stamp, &of).await
        } else {
            school::reopen_term(tx, &grant, &stamp, &of).await
        }
    })
    .await
    .unwrap()
}

on_both_databases! {
    async fn of_a_term_only_what_differs_is_on_record(database: TestDatabase) {
        let db = database.migrated().await;
        let plain = plain(&database).await;
        let fixture = Fixture::make(&db, SMALL).await;
        let before = term(&db, fixture.autumn).await;
        change(&db, &before, &before).await.unwrap();
        assert!(on_record(&plain, "term_changed").await.is_empty(), "nothing changed");
        let after = Term { name: "First".to_owned(), ends_on: "2027-01-31".to_owned(), ..before.clone() };
        change(&db, &before, &after).await.unwrap();
        assert_eq!(term(&db, fixture.autumn).await, after);
        assert_eq!(on_record(&plain, "term_changed").await, [
            "2026-2027 Autumn; name: Autumn -> First; ends_on: 2027-01-20 -> 2027-01-31",
        ]);
        let spring = term(&db, fixture.spring).await;
        let twice = Term { name: "First".to_owned(), ..spring.clone() };
        let refused = change(&db, &spring, &twice).await;
        assert!(matches!(refused, Err(DbError::Duplicate(_))), "{refused:?}");
        assert_eq!(term(&db, fixture.spring).await, spring);
        assert_eq!(on_record(&plain, "term_changed").await.len(), 1);
    }

    async fn a_closed_term_locks_what_was_published_and_gives_just_that_back(database: TestDatabase) {
        let db = database.migrated().await;
        let plain = plain(&database).await;
        let fixture = Fixture::make(&db, SMALL).await;
        let (seen, by_hand) = (fixture.assessment(0, 0, 0), fixture.assessment(0, 0, 1));
        fixture.publish(&db, fixture.course(0, 0), seen).await;
        fixture.publish(&db, fixture.course(0, 1), by_hand).await;
        lock(&db, fixture.course(0, 1), by_hand).await;
        let before = states(&plain).await;
        assert_eq!(set_closed(&db, fixture.autumn, true).await, 1);
        let state = texts(&plain, &format!("SELECT state FROM assessments WHERE id = {seen}")).await;
        assert_eq!(state, ["locked"]);
        assert!(!term(&db, fixture.autumn).await.open);
        assert!(term(&db, fixture.spring).await.open, "another term is as it was");
        assert_eq!(set_closed(&db, fixture.autumn, false).await, 1);
        assert_eq!(states(&plain).await, before, "what was locked by hand stays locked");
        assert!(term(&db, fixture.autumn).await.open);
        assert_eq!(on_record(&plain, "term_closed").await, ["2026-2027 Autumn"]);
        assert_eq!(on_record(&plain, "term_reopened").await, ["2026-2027 Autumn"]);
    }

    async fn a_course_leaves_an_exam_with_its_draft_only(database: TestDatabase) {
        let db = database.migrated().await;
        let plain = plain(&database).await;
        let fixture = Fixture::make(&db, SMALL).await;
        let exam = exams::one(&db, fixture.exams[0]).await.unwrap().unwrap();
        let actor = operator();
        let remove = async |course, assessment| {
            db.write(async |tx| {
                let grant = of_school::<ManageSetup>();
                school::remove_from_exam(tx, &grant, &stamp(&actor), &exam, (course, assessment)).await
            })
            .await
            .unwrap()
        };
        let of = |place| (fixture.course(0, place), fixture.assessment(0, 0, place));
        let all = exams::courses_of(&db, exam.id).await.unwrap().len();
        let (course, published) = of(0);
        fixture.publish(&db, course, published).await;
        assert!(!remove(course, published).await, "its students see it");
        let (course, draft) = of(1);
        assert!(!remove(fixture.course(1, 1), draft).await, "it is another course's");
        assert!(remove(course, draft).await);
        assert!(!remove(course, draft).await, "it has gone");
        assert_eq!(exams::courses_of(&db, exam.id).await.unwrap().len(), all - 1);
        assert_eq!(on_record(&plain, "exam_course_removed").await, [exam.name.as_str()]);
    }

    async fn of_a_subject_only_what_differs_is_on_record(database: TestDatabase) {
        let db = database.migrated().await;
        let plain = plain(&database).await;
        let actor = operator();
        let subject = |code: &str, position| NewSubject {
            code: code.to_owned(),
            name_zh: "美术".to_owned(),
            name_en: "Art".to_owned(),
            default_max_score: Points::from_whole(100).unwrap(),
            position,
        };
        let change = async |id, before: &NewSubject, after: &NewSubject| {
            db.write(async |tx| {
                let grant = of_school::<ManageSetup>();
                school::change_subject(tx, &grant, &stamp(&actor), id, (before, after)).await
            })
            .await
        };
        let id = db
            .write(async |tx| {
                let grant = of_school::<ManageSetup>();
                school::create_subject(tx, &grant, &stamp(&actor), &subject("art", 9)).await
            })
            .await
            .unwrap();
        change(id, &subject("art", 9), &subject("art", 9)).await.unwrap();
        change(id, &subject("art", 9), &subject("arts", 10)).await.unwrap();
        assert_eq!(on_record(&plain, "subject_changed").await, ["art; code: art -> arts; position: 9 -> 10"]);
        let taken = change(id, &subject("arts", 10), &subject("english", 10)).await;
        assert!(matches!(taken, Err(DbError::Duplicate(_))), "{taken:?}");
    }
}
