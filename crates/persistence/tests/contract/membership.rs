//! Who is in a class during a term is one rule, wherever it is asked.

use std::collections::{BTreeSet, HashSet};

use gradebook_auth::actions::{ManagePeople, SeeExamAnalysis, WatchEntry};
use gradebook_auth::{Role, authorize};
use gradebook_domain::{Score, UserId};
use gradebook_persistence::query::membership::DaysInClass;
use gradebook_persistence::query::watch::{self, Scope};
use gradebook_persistence::query::{access, analysis, gradebook, structure};
use gradebook_persistence::repo::school::{self, EnrolmentDates};
use gradebook_persistence::{Db, query::roster};
use gradebook_test_databases::on_both_databases;

use crate::fixture::{Fixture, SMALL, create_users, of_school, operator, stamp, user};
use crate::table_rows::{plain, texts};

/// Somebody who is in class 1 from one day until another.
async fn member(db: &Db, fixture: &Fixture, nth: usize, from: &str, to: Option<&str>) -> UserId {
    let number = format!("m{nth}");
    let new = [user(&number, Role::Student, Some(number.clone()))];
    let id = create_users(db, &new).await.unwrap()[0];
    let (actor, class) = (operator(), fixture.classes[0]);
    db.write(async |tx| {
        let grant = of_school::<ManagePeople>();
        school::enrol(tx, &grant, &stamp(&actor), &[(class, id)], from).await?;
        let of = roster::Of::StudentIn(class, id);
        let all = roster::enrolments(tx, of, gradebook_domain::EnrolmentId(0), 10).await?;
        let dates = EnrolmentDates {
            starts_on: from.to_owned(),
            ends_on: to.map(str::to_owned),
        };
        school::set_dates(tx, &grant, &stamp(&actor), &all[0], &dates).await
    })
    .await
    .unwrap();
    id
}

on_both_databases! {
    async fn everybody_asks_the_same_who_is_in_a_class(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        // Autumn is 2026-09-01 to 2027-01-20, Spring 2027-02-20 to 2027-07-10.
        let spans = [
            ("2026-01-01", Some("2026-08-31"), false, false),
            ("2026-01-01", Some("2026-09-01"), true, false),
            ("2027-01-20", Some("2027-01-20"), true, false),
            ("2027-01-21", Some("2027-02-19"), false, false),
            ("2027-02-01", None, false, true),
            ("2027-07-10", None, false, true),
            ("2027-07-11", None, false, false),
            ("2026-12-01", None, true, true),
        ];
        let mut stays: Vec<(UserId, &str, Option<&str>)> = Vec::new();
        let mut all: Vec<(UserId, bool, bool)> = fixture.students[0].iter().map(|id| (*id, true, true)).collect();
        for (nth, (from, to, autumn, spring)) in spans.into_iter().enumerate() {
            let id = member(&db, &fixture, nth, from, to).await;
            stays.push((id, from, to));
            all.push((id, autumn, spring));
        }
        let everybody: HashSet<UserId> = all.iter().map(|(id, ..)| *id).collect();
        let class = fixture.classes[0];
        for (term, course, of) in [
            (fixture.autumn, fixture.chinese(), 0),
            (fixture.spring, fixture.spring_course, 1),
        ] {
            let there: BTreeSet<UserId> = all.iter().filter(|one| [one.1, one.2][of]).map(|one| one.0).collect();
            let term = structure::term_of(&db, term).await.unwrap().unwrap();
            let rows = gradebook::students_of_class(&db, class, &term).await.unwrap();
            assert_eq!(rows.iter().map(|one| one.id).collect::<BTreeSet<_>>(), there);
            let found = access::members(&db, &HashSet::from([course]), &everybody).await.unwrap();
            assert_eq!(found.into_iter().map(|(_, id)| id).collect::<BTreeSet<_>>(), there);
            let found = structure::members(&db, &HashSet::from([class]), &term).await.unwrap();
            assert_eq!(found.into_iter().map(|(_, id)| id).collect::<BTreeSet<_>>(), there);
            let scope = Scope::term(&of_school::<WatchEntry>(), term.id);
            for column in watch::columns(&db, scope).await.unwrap() {
                if column.course.class.id == class {
                    // Of those in the term the ones who were there on its day.
                    let day = column.assessment.held_on.as_str();
                    let away = |id: &UserId| stays.iter().any(|(of, from, to)| of == id && (day < *from || to.is_some_and(|to| day > to)));
                    let days = DaysInClass::of_classes(&db, &HashSet::from([class])).await.unwrap();
                    for id in &there {
                        assert_eq!(days.owes(&column.course, *id, day, Score::Blank), !away(id), "{day}");
                        assert!(days.owes(&column.course, *id, day, Score::Absent), "{day}");
                    }
                    let whose = there.iter().filter(|id| !away(id)).count();
                    assert!(whose < there.len(), "somebody is away on {day}");
                    assert_eq!(column.expected, whose as u64, "whose score is missing");
                }
            }
        }
        let facts = access::exam(&db, &operator(), fixture.exams[0]).await.unwrap().unwrap();
        let grant = authorize::<SeeExamAnalysis>(&operator(), facts).unwrap();
        let results = analysis::exam_results(&db, &grant).await.unwrap().unwrap();
        let counted: BTreeSet<UserId> = results.members.into_iter().filter(|(of, _)| *of == class).map(|(_, id)| id).collect();
        let in_autumn = all.iter().filter(|one| one.1).map(|one| one.0).collect();
        assert_eq!(counted, in_autumn);
    }

    async fn first_and_last_days_are_on_record(database: TestDatabase) {
        let db = database.migrated().await;
        let plain = plain(&database).await;
        let fixture = Fixture::make(&db, SMALL).await;
        let (actor, class, other) = (operator(), fixture.classes[0], fixture.classes[1]);
        let new = [user("m1", Role::Student, Some("m1".to_owned()))];
        let student = create_users(&db, &new).await.unwrap()[0];
        db.write(async |tx| {
            let (grant, stamp) = (of_school::<ManagePeople>(), stamp(&actor));
            school::enrol_each(tx, &grant, &stamp, &[(class, student, "2027-02-01")]).await?;
            let of = roster::Of::Student(student);
            let all = roster::enrolments(tx, of, gradebook_domain::EnrolmentId(0), 10).await?;
            let instead = [(all[0].clone(), other, "2027-01-25")];
            school::put_in_class_instead(tx, &grant, &stamp, &instead).await
        })
        .await
        .unwrap();
        let sql = format!("SELECT detail FROM change_log WHERE student_id = {student} ORDER BY id");
        assert_eq!(texts(&plain, &sql).await, [
            format!("class {class}: from 2027-02-01"),
            format!("class {class}: 2027-02-01 to open -> class {other}: 2027-01-25 to open"),
        ]);
    }
}
