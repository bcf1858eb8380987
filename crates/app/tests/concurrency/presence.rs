//! Who has a gradebook open: each is told of the others, and nobody waits for anybody.

use std::sync::atomic::Ordering;

use gradebook_app::read::PeopleFilter;
use gradebook_app::{ReadError, Whereabouts};
use gradebook_auth::actions::{CourseAccess, SeeGradebook};
use gradebook_auth::{Actor, Grant, Role, Via, authorize};
use gradebook_domain::{AssessmentId, CourseId, SessionId, UserId};
use gradebook_persistence::Dialect;
use gradebook_persistence::repo::presence;
use gradebook_test_databases::on_both_databases;

use crate::support::{TestApp, app_on};

type Place = (AssessmentId, UserId);

/// A course of the demo school with three teachers.
struct Staffroom {
    school: TestApp,
    course: CourseId,
    teachers: [UserId; 3],
    stranger: UserId,
    pupil: UserId,
    cells: [Place; 2],
}

fn person(id: UserId, role: Role) -> Actor {
    Actor::person(id, role, SessionId(1), Via::Web)
}

impl Staffroom {
    async fn of(school: TestApp) -> Self {
        school.app.fill_demo().await.unwrap().unwrap();
        let operator = Actor::operator();
        let filter = PeopleFilter::default();
        let people = school.app.people(&operator, &filter, UserId(0), 1_000);
        let people = people.await.unwrap().items;
        let mut staff = people.iter().filter(|one| one.role == Role::Teacher);
        let mut next = || staff.next().unwrap().id;
        let (teachers, stranger) = ([next(), next(), next()], next());
        let every = gradebook_app::CourseFilter::default();
        let courses = school.app.courses(&operator, &every, CourseId(0), 1);
        let course = courses.await.unwrap().items[0].id;
        let given = school.app.set_teachers(&operator, course, &teachers);
        given.await.unwrap();
        let book = school.app.gradebook(&operator, course).await.unwrap();
        let cell = |nth: usize| (book.columns[0].assessment.id, book.students[nth].id);
        Self {
            course,
            teachers,
            stranger,
            pupil: book.students[0].id,
            cells: [cell(0), cell(1)],
            school,
        }
    }

    /// Says that a teacher is there, and returns who else is.
    async fn say(&self, nth: usize, whereabouts: Whereabouts) -> Vec<(UserId, Option<Place>)> {
        let teacher = person(self.teachers[nth], Role::Teacher);
        let others = self
            .school
            .app
            .present_in(&teacher, self.course, whereabouts)
            .await
            .unwrap();
        assert!(others.iter().all(|other| !other.name.is_empty()));
        others
            .into_iter()
            .map(|other| (other.user, other.place))
            .collect()
    }

    async fn at(&self, nth: usize, place: Option<Place>) -> Vec<(UserId, Option<Place>)> {
        self.say(nth, Whereabouts::Here(place)).await
    }

    fn pass(&self, ms: i64) {
        self.school.clock.0.fetch_add(ms, Ordering::Relaxed);
    }

    fn grant(&self) -> Grant<SeeGradebook> {
        let access = CourseAccess {
            course: self.course,
            teaches: false,
            enrolled: false,
            term_open: true,
        };
        authorize::<SeeGradebook>(&Actor::operator(), access).unwrap()
    }

    /// When the teacher's row was written.
    async fn written(&self, nth: usize) -> Option<i64> {
        let seen = presence::seen(&self.school.db, &self.grant(), self.teachers[nth], 0).await;
        seen.unwrap().own.map(|(_, at)| at)
    }

    fn now(&self) -> i64 {
        self.school.clock.0.load(Ordering::Relaxed)
    }
}

on_both_databases! {
    async fn who_has_a_gradebook_open_is_told_to_its_other_teachers(database: TestDatabase) {
        let room = Staffroom::of(app_on(database).await).await;
        let [wang, li, _] = room.teachers;
        let [here, there] = room.cells;
        assert_eq!(room.at(0, Some(here)).await, []);
        assert_eq!(room.at(1, None).await, [(wang, Some(here))], "not oneself");
        assert_eq!(room.at(0, Some(there)).await, [(li, None)]);
        assert_eq!(room.at(1, None).await, [(wang, Some(there))]);

        for other in [person(room.stranger, Role::Teacher), person(room.pupil, Role::Student)] {
            let refused = room.school.app.present_in(&other, room.course, Whereabouts::Here(Some(here))).await;
            assert!(matches!(refused, Err(ReadError::NotFound)), "{refused:?}");
        }
        assert_eq!(room.at(1, None).await, [(wang, Some(there))], "whoever was refused is not there");

        // One goes, and comes again.
        assert_eq!(room.say(0, Whereabouts::Leaving).await, [(li, None)]);
        assert_eq!(room.at(1, None).await, []);
        assert_eq!(room.at(0, Some(here)).await, [(li, None)]);

        // One stays, and nothing is heard of the other.
        room.pass(30_000);
        assert_eq!(room.at(1, None).await, [(wang, Some(here))]);
        room.pass(1);
        assert_eq!(room.at(1, None).await, []);
        assert_eq!(room.at(0, Some(here)).await, [(li, None)], "who comes again is there again");
    }

    async fn what_lasts_is_not_written_again_and_what_is_old_is_forgotten(database: TestDatabase) {
        let room = Staffroom::of(app_on(database).await).await;
        let [here, there] = room.cells;
        room.at(0, Some(here)).await;
        let first = room.now();
        room.pass(9_999);
        room.at(0, Some(here)).await;
        assert_eq!(room.written(0).await, Some(first));
        room.pass(1);
        room.at(0, Some(here)).await;
        assert_eq!(room.written(0).await, Some(first + 10_000));
        room.pass(1);
        room.at(0, Some(there)).await;
        assert_eq!(room.written(0).await, Some(first + 10_001), "a move is written at once");
        // A clock that was set back does not make anybody stay for ever.
        room.pass(-5_000);
        room.at(0, Some(there)).await;
        assert_eq!(room.written(0).await, Some(room.now()));

        room.pass(600_000);
        room.at(1, None).await;
        room.school.app.forget_presence().await.unwrap();
        assert!(room.written(0).await.is_some());
        room.pass(1);
        room.school.app.forget_presence().await.unwrap();
        assert_eq!(room.written(0).await, None);
        assert!(room.written(1).await.is_some());
    }

    /// Nobody runs into anybody: else a transaction would run again, with more statements.
    async fn open_gradebooks_do_not_stand_in_each_others_way(database: TestDatabase) {
        let room = Staffroom::of(app_on(database).await).await;
        let [here, there] = room.cells;
        for nth in 0..3 {
            room.at(nth, None).await;
        }
        let before = room.school.app.statements_sent();
        for nth in 0..3 {
            room.at(nth, Some(here)).await;
        }
        let one_by_one = room.school.app.statements_sent() - before;
        for turn in 0..20 {
            let cell = Some([there, here][turn % 2]);
            let before = room.school.app.statements_sent();
            let told = tokio::join!(room.at(0, cell), room.at(1, cell), room.at(2, cell));
            assert_eq!([told.0.len(), told.1.len(), told.2.len()], [2, 2, 2]);
            assert_eq!(room.school.app.statements_sent() - before, one_by_one);
        }
        for nth in 0..3 {
            room.at(nth, Some(here)).await;
        }

        // While somebody else writes, a page that has nothing new to say is answered.
        let grant = room.grant();
        let wang = room.teachers[0];
        room.school.db.write_unlogged(async |tx| {
            presence::put(tx, &grant, wang, Some(there), room.now()).await?;
            assert_eq!(room.at(1, Some(here)).await.len(), 2);
            if room.school.db.dialect() == Dialect::MySql {
                assert_eq!(room.at(2, Some(there)).await.len(), 2, "rows are locked one by one");
            }
            Ok::<_, gradebook_persistence::DbError>(())
        }).await.unwrap();
        assert_eq!(room.at(1, Some(here)).await[0], (wang, Some(there)));
    }
}
