use gradebook_auth::actions::{ManageSetup, SeeExamAnalysis};
use gradebook_auth::{Actor, Role, authorize};
use gradebook_domain::{
    ChangeId, CompositeWeights, ExamId, Lines, Points, RankStyle, Score, Weight,
};
use gradebook_persistence::Db;
use gradebook_persistence::change_log::{self, ChangeKind};
use gradebook_persistence::query::{access, analysis};
use gradebook_persistence::repo::exam_rules::{self, ExamSettings, LinesByPlace};
use gradebook_test_databases::on_both_databases;

use crate::fixture::{Fixture, SMALL, enter, of_school, operator, person, points, stamp};

fn lines(pass: i64) -> Lines {
    let whole = |points| Points::from_whole(points).unwrap();
    Lines::new(whole(100), whole(85), whole(75), whole(pass)).unwrap()
}

async fn set(db: &Db, exam: ExamId, wanted: &LinesByPlace) -> bool {
    let actor = operator();
    let grant = of_school::<ManageSetup>();
    db.write(async |tx| exam_rules::set_lines(tx, &grant, &stamp(&actor), exam, wanted).await)
        .await
        .unwrap()
}

/// The kinds of changes since `floor`.
async fn kinds(db: &Db, floor: ChangeId) -> Vec<ChangeKind> {
    let ids = change_log::ids_after(db, floor).await.unwrap();
    let rows = change_log::rows(db, &ids).await.unwrap();
    rows.into_iter().map(|row| row.kind).collect()
}

async fn newest(db: &Db) -> ChangeId {
    change_log::newest_until(db, i64::MAX).await.unwrap()
}

on_both_databases! {
    async fn lines_are_replaced_as_a_whole_and_each_change_is_on_record(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let exam = fixture.exams[0];
        let places: Vec<_> = analysis::places(&db, exam).await.unwrap().into_iter().collect();
        assert_eq!(places.len(), 3);
        let floor = newest(&db).await;
        let first: LinesByPlace = places.iter().take(2).map(|place| (place.clone(), lines(60))).collect();
        assert!(set(&db, exam, &first).await);
        assert_eq!(exam_rules::of_exam(&db, exam).await.unwrap().lines, first);
        assert_eq!(kinds(&db, floor).await, [ChangeKind::ExamLinesChanged; 2]);

        // One stays, one goes, one comes: two changes.
        let floor = newest(&db).await;
        let second: LinesByPlace = [(places[1].clone(), lines(60)), (places[2].clone(), lines(55))].into();
        assert!(set(&db, exam, &second).await);
        assert_eq!(exam_rules::of_exam(&db, exam).await.unwrap().lines, second);
        assert_eq!(kinds(&db, floor).await, [ChangeKind::ExamLinesChanged; 2]);

        let floor = newest(&db).await;
        assert!(set(&db, exam, &second).await);
        assert_eq!(kinds(&db, floor).await, []);
        assert!(!set(&db, ExamId(999), &second).await, "no such exam");
        assert!(set(&db, exam, &LinesByPlace::new()).await);
        assert_eq!(exam_rules::of_exam(&db, exam).await.unwrap().lines, LinesByPlace::new());
    }

    async fn settings_are_stored_once_somebody_sets_them(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let exam = fixture.exams[0];
        let actor = operator();
        let set = async |exam: ExamId, wanted: ExamSettings| {
            let grant = of_school::<ManageSetup>();
            db.write(async |tx| exam_rules::set_settings(tx, &grant, &stamp(&actor), exam, wanted).await).await.unwrap()
        };
        assert_eq!(exam_rules::settings(&db, exam).await.unwrap(), None);
        let floor = newest(&db).await;
        assert!(set(exam, ExamSettings::default()).await);
        assert_eq!(kinds(&db, floor).await, [], "nothing to change");
        let weight = |percent| Weight::from_percent(percent).unwrap();
        let wanted = ExamSettings {
            weights: CompositeWeights::new(weight(60), weight(20), weight(20)).unwrap(),
            rank_style: RankStyle::Dense,
        };
        assert!(set(exam, wanted).await);
        assert!(set(exam, wanted).await);
        assert_eq!(exam_rules::settings(&db, exam).await.unwrap(), Some(wanted));
        assert_eq!(kinds(&db, floor).await, [ChangeKind::ExamSettingsChanged]);
        assert!(set(exam, ExamSettings::default()).await);
        assert_eq!(exam_rules::settings(&db, exam).await.unwrap(), Some(ExamSettings::default()));
        assert!(!set(ExamId(999), wanted).await, "no such exam");
    }

    async fn facts_about_an_exam_follow_the_role(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let [first, second] = fixture.classes;
        let facts = async |actor: &Actor| {
            let found = access::exam(&db, actor, fixture.exams[0]).await.unwrap().unwrap();
            assert_eq!(found.exam, fixture.exams[0]);
            let mut classes = found.taught_classes;
            classes.sort();
            classes
        };
        assert_eq!(facts(&fixture.li).await, [first]);
        assert_eq!(facts(&fixture.wang).await, [first, second]);
        assert_eq!(facts(&fixture.operator).await, []);
        assert_eq!(facts(&person(fixture.students[0][0], Role::Student)).await, []);
        assert_eq!(access::exam(&db, &fixture.operator, ExamId(999)).await.unwrap(), None);
    }

    async fn results_hold_what_was_entered_for_members(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        enter(&db, &fixture.li, fixture.chinese(), &[(fixture.cell(0), points("91.5")), (fixture.cell(1), Score::Absent)])
            .await
            .unwrap();
        let facts = access::exam(&db, &fixture.li, fixture.exams[0]).await.unwrap().unwrap();
        let grant = authorize::<SeeExamAnalysis>(&fixture.li, facts).unwrap();
        let results = analysis::exam_results(&db, &grant).await.unwrap().unwrap();
        assert_eq!(results.classes.len(), 2);
        assert_eq!(results.subjects.iter().map(|one| one.id).collect::<Vec<_>>(), fixture.subjects);
        assert_eq!(results.columns.len(), 6);
        assert_eq!(results.members.len(), 4);
        let mut marks: Vec<_> = results.marks.iter().map(|mark| (mark.class, mark.subject, mark.student, mark.score)).collect();
        marks.sort_by_key(|mark| mark.2);
        let place = (fixture.classes[0], fixture.subjects[0]);
        assert_eq!(
            marks,
            [
                (place.0, place.1, fixture.students[0][0], points("91.5")),
                (place.0, place.1, fixture.students[0][1], Score::Absent),
            ]
        );
    }
}
