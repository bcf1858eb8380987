//! Streams whose events the test publishes itself, without the tail.

use std::sync::Arc;
use std::time::Duration;

use gradebook_auth::actions::{ManageSetup, School as WholeSchool};
use gradebook_auth::keys::Algorithm;
use gradebook_auth::password::{Cost, HasherSettings, Pepper};
use gradebook_auth::{AccessTokens, KeyRing, PasswordHasher, SigningKey, Via, install_crypto};
use gradebook_domain::{SessionId, Weight};
use gradebook_persistence::Db;
use gradebook_persistence::change_log::{Change, ChangeKind};
use gradebook_persistence::query::structure::{self, TaughtCourses};
use gradebook_persistence::repo::people;
use gradebook_persistence::repo::school::{self, NewTerm};
use gradebook_test_databases::TestDatabase;
use tokio::time::timeout;

use super::follower::Reach;
use super::place::MOST_STREAMS;
use super::*;
use crate::demo::DemoError;
use crate::{Lifetimes, Parts, SystemClock, SystemRandomness};

/// An application on an SQLite database of its own.
pub(crate) struct School {
    pub(crate) app: App,
    database: TestDatabase,
}

const SESSION: SessionId = SessionId(77);
/// The `ver` of every token here.
const VER: i64 = 5;

impl School {
    pub(crate) async fn empty() -> Self {
        let database = gradebook_test_databases::sqlite().await;
        let db = database.migrated().await;
        Self::on(db, database)
    }

    pub(crate) fn on(db: Db, database: TestDatabase) -> Self {
        let app = app_on(db);
        Self { app, database }
    }

    async fn demo() -> Self {
        let school = Self::empty().await;
        school.app.fill_demo().await.unwrap().unwrap();
        school
    }

    /// Another process on the same database.
    pub(crate) async fn another_app(&self) -> App {
        app_on(self.database.connect().await)
    }

    async fn person(&self, username: &str) -> Actor {
        let found = people::by_username_key(&self.app.db, username).await;
        let user = found.unwrap().unwrap().user;
        Actor::person(user.id, user.role, SESSION, Via::Api)
    }

    async fn follow(&self, username: &str) -> Follower {
        let actor = self.person(username).await;
        self.app.follow(&actor, VER).await.unwrap()
    }

    async fn taught_by(&self, username: &str) -> TaughtCourses {
        let actor = self.person(username).await;
        let user = actor.user_id().unwrap();
        let grant = authorize::<FollowEvents>(&actor, Account { user }).unwrap();
        match self.app.reach(&grant).await.unwrap() {
            Reach::Teacher(taught) => taught,
            _ => panic!("{username} is no teacher"),
        }
    }

    fn publish(&self, events: impl IntoIterator<Item = LiveEvent>) {
        for event in events {
            self.app.live.publish(event);
        }
    }

    /// What the follower is told in a moment, if anything.
    async fn next(&self, follower: &mut Follower) -> Option<Next> {
        let moment = Duration::from_millis(600);
        timeout(moment, self.app.next_event(follower)).await.ok()
    }

    async fn next_id(&self, follower: &mut Follower) -> Option<i64> {
        match self.next(follower).await {
            Some(Next::Event(event)) => Some(event.id.0),
            None => None,
            other => panic!("{other:?}"),
        }
    }
}

fn app_on(db: Db) -> App {
    install_crypto();
    let algorithm = Algorithm::default();
    let key = SigningKey::generate(algorithm).unwrap();
    let key = SigningKey::read(algorithm, &key).unwrap();
    let settings = HasherSettings {
        cost: Cost::new(4).unwrap(),
        threads: 1,
        queue: 8,
    };
    App::new(Parts {
        db,
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandomness),
        passwords: PasswordHasher::start(Pepper::new(&[7; 32]).unwrap(), settings).unwrap(),
        tokens: AccessTokens::new(KeyRing::of(key), "gradebook", "gradebook"),
        refresh_secret: vec![9; 32],
        second_factor_secret: vec![5; 32],
        totp_required_of: Vec::new(),
        lifetimes: Lifetimes::default(),
    })
}

fn event(id: i64, kind: LiveKind) -> LiveEvent {
    LiveEvent {
        id: ChangeId(id),
        kind,
        course: None,
        assessment: None,
        student: None,
        version: None,
        amendment: None,
        visible: true,
        exam: false,
    }
}

fn enrolment(id: i64, student: i64) -> LiveEvent {
    LiveEvent {
        student: Some(UserId(student)),
        ..event(id, LiveKind::Roster)
    }
}

fn score_in(id: i64, course: CourseId, exam: bool) -> LiveEvent {
    LiveEvent {
        course: Some(course),
        exam,
        ..event(id, LiveKind::Score)
    }
}

fn void(kind: ChangeKind, user: UserId, version: i64) -> Change {
    let session = (kind == ChangeKind::SessionEnded).then_some(SESSION);
    Change {
        id: ChangeId(1),
        at: i64::MAX,
        kind,
        course: None,
        assessment: None,
        student: None,
        user: Some(user),
        session,
        version: Some(version),
        amendment: None,
    }
}

fn any(courses: &std::collections::HashSet<CourseId>) -> CourseId {
    *courses.iter().next().unwrap()
}

const MANY: i64 = 2 * BACKLOG as i64;

#[tokio::test]
async fn whoever_lags_reads_anew_or_is_signed_out() {
    let school = School::demo().await;
    let mut follower = school.follow("lin.yue").await;
    let own = any(&school.taught_by("lin.yue").await.own);
    school.publish((1..=MANY).map(|id| event(id, LiveKind::Revocation)));
    school.publish([score_in(MANY + 1, own, false)]);
    assert_eq!(school.next(&mut follower).await, Some(Next::Resync));
    assert_eq!(school.next_id(&mut follower).await, Some(MANY + 1));

    let user = school.person("lin.yue").await.user_id().unwrap();
    school.publish([event(MANY + 2, LiveKind::Revocation)]);
    assert_eq!(school.next(&mut follower).await, None);
    // While it waits: the news of it is the first that is lost.
    let ended = tokio::join!(school.next(&mut follower), async {
        let change = void(ChangeKind::SessionEnded, user, 1);
        school.app.revoked.note(&change);
        school.publish((1..=MANY).map(|id| event(id, LiveKind::Score)));
    });
    assert_eq!(ended.0, Some(Next::SignedOut));
}

#[tokio::test]
async fn a_token_that_was_void_before_the_stream_opened_ends_it() {
    let school = School::demo().await;
    let user = school.person("lin.yue").await.user_id().unwrap();
    let change = void(ChangeKind::PasswordChanged, user, VER);
    school.app.revoked.note(&change);
    let mut holds = school.follow("lin.yue").await;
    school.publish([event(1, LiveKind::Revocation)]);
    assert_eq!(school.next(&mut holds).await, None, "it was issued after");
    school
        .app
        .revoked
        .note(&void(ChangeKind::PasswordReset, user, VER + 1));
    let mut void = school.follow("lin.yue").await;
    assert_eq!(school.next(&mut void).await, Some(Next::SignedOut));
}

#[tokio::test]
async fn everybody_has_twenty_streams() {
    let school = School::demo().await;
    let mut open = Vec::new();
    for _ in 0..MOST_STREAMS {
        open.push(school.follow("lin.yue").await);
    }
    let actor = school.person("lin.yue").await;
    let refused = school.app.follow(&actor, VER).await;
    assert!(matches!(refused, Err(FollowError::TooManyStreams)));
    school.follow("chen.siyuan").await;
    open.pop();
    open.push(school.follow("lin.yue").await);
    assert!(school.app.follow(&actor, VER).await.is_err());
}

#[tokio::test]
async fn a_thousand_roster_events_take_one_query_and_are_told_once() {
    let school = School::demo().await;
    let mut follower = school.follow("lin.yue").await;
    let taught = school.taught_by("lin.yue").await;
    let sent = school.app.statements_sent();
    school.publish((1..=500).map(|id| enrolment(id, 9_000 + id)));
    school.publish([score_in(501, any(&taught.own), false)]);
    // The heartbeat comes in between: what was taken from the channel must not be lost.
    let heartbeat = timeout(
        Duration::from_millis(50),
        school.app.next_event(&mut follower),
    );
    assert!(heartbeat.await.is_err());
    school.publish((502..=1_001).map(|id| enrolment(id, 9_000 + id)));
    let Some(Next::Event(told)) = school.next(&mut follower).await else {
        panic!("nothing was told");
    };
    assert_eq!(
        (told.kind, told.id, told.student),
        (LiveKind::Roster, ChangeId(1), None)
    );
    assert_eq!(school.next_id(&mut follower).await, Some(501));
    assert_eq!(school.next(&mut follower).await, None);
    assert_eq!(school.app.statements_sent(), sent + 1);
}

#[tokio::test]
async fn other_students_enrolments_are_nothing_to_a_student() {
    let school = School::demo().await;
    let pupil = crate::demo::demo_accounts().students.remove(0).username;
    let mut follower = school.follow(&pupil).await;
    let me = school.person(&pupil).await.user_id().unwrap();
    let sent = school.app.statements_sent();
    school.publish((1..=1_000).map(|id| enrolment(id, me.0 + id)));
    school.publish([event(1_001, LiveKind::Roster)]);
    assert_eq!(school.next(&mut follower).await, None);
    assert_eq!(school.app.statements_sent(), sent);
    school.publish([enrolment(1_002, me.0)]);
    assert_eq!(school.next_id(&mut follower).await, Some(1_002));
    // The first class: all subjects but those that Ben Foster teaches there.
    let beside = school.taught_by("ben.foster").await.beside;
    let elsewhere = CourseId(9_999);
    let course_created = |id, course| LiveEvent {
        course: Some(course),
        ..event(id, LiveKind::Roster)
    };
    school.publish([
        course_created(1_003, elsewhere),
        course_created(1_004, any(&beside)),
    ]);
    assert_eq!(school.next_id(&mut follower).await, Some(1_004));
}

#[tokio::test]
async fn a_teacher_hears_of_other_courses_exams_only() {
    let school = School::demo().await;
    let ben = school.taught_by("ben.foster").await;
    assert_eq!((ben.own.len(), ben.beside.len()), (1, 2));
    let mut follower = school.follow("ben.foster").await;
    let all = school.taught_by("lin.yue").await;
    let seen: std::collections::HashSet<_> = ben.own.union(&ben.beside).copied().collect();
    let other_class = all.own.union(&all.beside).find(|id| !seen.contains(*id));
    school.publish([
        score_in(1, any(&ben.beside), false),
        score_in(2, *other_class.unwrap(), true),
        score_in(3, any(&ben.beside), true),
        score_in(4, any(&ben.own), false),
    ]);
    assert_eq!(school.next_id(&mut follower).await, Some(3));
    assert_eq!(school.next_id(&mut follower).await, Some(4));
}

#[tokio::test]
async fn a_class_is_taught_term_by_term() {
    let school = School::demo().await;
    let app = &school.app;
    let before = school.taught_by("lin.yue").await;
    let operator = Actor::operator();
    let stamp = app.stamp(&operator);
    let classes = structure::classes(&app.db, "2026-2027").await.unwrap();
    let subjects = structure::subjects(&app.db).await.unwrap();
    let class = classes.first().unwrap().id;
    let pairs: Vec<_> = subjects
        .iter()
        .take(2)
        .map(|(subject, _)| (class, subject.id))
        .collect();
    let spring = NewTerm {
        school_year: "2026-2027".to_owned(),
        name: "Spring".to_owned(),
        starts_on: "2027-02-15".to_owned(),
        ends_on: "2027-07-10".to_owned(),
        weight: Weight::HUNDRED,
    };
    let created = app
        .db
        .write::<_, DemoError, _>(async |tx| {
            let grant = authorize::<ManageSetup>(&operator, WholeSchool)?;
            let term = school::create_term(tx, &grant, &stamp, &spring).await?;
            Ok(school::create_courses(tx, &grant, &stamp, term, &pairs, "All").await?)
        })
        .await
        .unwrap();
    assert_eq!(school.taught_by("lin.yue").await, before);

    let teacher = school.person("lin.yue").await.user_id().unwrap();
    let courses: Vec<CourseId> = created.iter().map(|(_, _, course)| *course).collect();
    app.db
        .write::<_, DemoError, _>(async |tx| {
            let grant = authorize::<ManageSetup>(&operator, WholeSchool)?;
            let first = [(courses[0], teacher)];
            Ok(school::assign_teachers(tx, &grant, &stamp, &first).await?)
        })
        .await
        .unwrap();
    let after = school.taught_by("lin.yue").await;
    assert!(after.own.contains(&courses[0]));
    assert!(after.beside.contains(&courses[1]));
    assert_eq!(after.own.len(), before.own.len() + 1);
}
