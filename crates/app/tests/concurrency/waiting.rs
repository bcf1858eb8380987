//! One step waits for another that holds what it needs, and finds what the other made of it.
//!
//! The other step is written out here, so that it can stop halfway: it has taken its locks or even
//! written, and commits only when the first step has had time to run into them.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use gradebook_app::imports::{Agreed, ImportError, ImportOrder, ImportRoster};
use gradebook_app::{
    App, ChangeStateError, EditSchemeError, ExamFields, ExamPart, Fault, MakeAmendment,
    NewAssessment, NewPerson, SetupError,
};
use gradebook_auth::actions::{
    ChangeAssessmentState, CourseAccess, EditAssessments, EnterScores, ManageSetup, School,
};
use gradebook_auth::{Action, Actor, Grant, Role, Via, authorize};
use gradebook_domain::{
    AssessmentId, AssessmentState, ClassId, CourseId, Points, Score, SessionId, TermId, Transition,
    UserId, Weight,
};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::repo::scores::{self, ScoreWrite};
use gradebook_persistence::repo::{amendments, assessments, scheme, school};
use gradebook_persistence::{Db, DbError, Tx};
use gradebook_test_databases::on_both_databases;
use tokio::sync::Notify;

use crate::support::{NOW, TestApp, app_on};

/// A roster that puts the student N2 into another class from `day` on, while a score is entered into
/// the column that `place` has as its draft: why the row is refused.
async fn moved_while_a_score_is_entered(place: Place, first: &str, day: &str) -> &'static str {
    let operator = Actor::operator();
    let place = place.with_newcomer(first).await;
    let year = place.app().class(&operator, place.class).await.unwrap();
    let order = ImportOrder::Roster(ImportRoster {
        file_name: "roster.csv".to_owned(),
        school_year: Some(year.school_year),
        grade_level: Some("Elsewhere".to_owned()),
        class: Some("1".to_owned()),
        first_day: Some(day.to_owned()),
        create_missing: true,
        ..ImportRoster::default()
    });
    let lock = async |tx: &Tx| {
        let columns = HashSet::from([place.draft]);
        assessments::lock(tx, &columns).await.map(|_| ())
    };
    let enter = async |tx: &Tx| place.put(tx, &stamp(&operator), place.draft).await;
    let (file, agreed) = ("学号,姓名\nN2,New\n".as_bytes(), Agreed::default());
    let moving = place
        .app()
        .commit_import(&operator, file, &order, &agreed, &|_| {});
    let (moved, _) = overtaken(&place.school.db, lock, enter, moving).await;
    match moved {
        Err(ImportError::Rejected(outcome)) => outcome.errors[0].code,
        other => panic!("not refused: {other:?}"),
    }
}

/// The demo school's mathematics course of one class.
struct Place {
    school: TestApp,
    course: CourseId,
    class: ClassId,
    term: TermId,
    teacher: Actor,
    draft: AssessmentId,
    published: AssessmentId,
    student: UserId,
}

impl Place {
    async fn of(school: TestApp) -> Self {
        school.app.fill_demo().await.unwrap().unwrap();
        let admin = Actor::operator();
        let courses = school
            .app
            .courses(
                &admin,
                &gradebook_app::CourseFilter::default(),
                CourseId(0),
                200,
            )
            .await
            .unwrap()
            .items;
        let course = courses
            .iter()
            .find(|one| one.subject.code == "mathematics")
            .unwrap();
        let book = school.app.gradebook(&admin, course.id).await.unwrap();
        let column = |state| {
            let columns = book.columns.iter().map(|one| &one.assessment);
            columns
                .clone()
                .find(|one| one.state == state)
                .unwrap()
                .clone()
        };
        let draft = column(AssessmentState::Draft);
        Self {
            course: course.id,
            class: course.class.id,
            term: course.term.id,
            teacher: Actor::person(course.teachers[0].id, Role::Teacher, SessionId(1), Via::Web),
            draft: draft.id,
            published: column(AssessmentState::Published).id,
            student: book.students[0].id,
            school,
        }
    }

    /// With somebody who is in the class from a day on, without any score so far.
    async fn with_newcomer(self, first: &str) -> Self {
        let operator = Actor::operator();
        let new = NewPerson {
            username: "newcomer2".to_owned(),
            name: "New".to_owned(),
            role: Role::Student,
            student_number: Some("N2".to_owned()),
            password: None,
            locale: "en".to_owned(),
            enabled: true,
        };
        let (person, _) = self.app().add_person(&operator, new).await.unwrap();
        let (class, student) = (self.class, person.id);
        let joined = self.app().enrol(&operator, class, student, Some(first));
        joined.await.unwrap();
        Self { student, ..self }
    }

    fn app(&self) -> &App {
        &self.school.app
    }

    fn of_course<A: Action<On = CourseAccess>>(&self) -> Grant<A> {
        let access = CourseAccess {
            course: self.course,
            teaches: false,
            enrolled: false,
            term_open: true,
        };
        authorize::<A>(&Actor::operator(), access).unwrap()
    }

    async fn state(&self, id: AssessmentId) -> AssessmentState {
        let book = self
            .app()
            .gradebook(&Actor::operator(), self.course)
            .await
            .unwrap();
        let mut columns = book.columns.iter().map(|one| &one.assessment);
        columns.find(|one| one.id == id).unwrap().state
    }

    /// Writes 50 into the student's cell of an assessment, which must be locked and the cell new.
    async fn put(
        &self,
        tx: &Tx,
        stamp: &Stamp<'_>,
        assessment: AssessmentId,
    ) -> Result<(), DbError> {
        let write = ScoreWrite {
            course: self.course,
            before: None,
            assessment,
            student: self.student,
            score: Score::Scored(Points::from_whole(50).unwrap()),
            comment: None,
            corrected: false,
        };
        let grants = [self.of_course::<EnterScores>()];
        scores::put(tx, &grants, stamp, vec![write]).await
    }

    async fn add_assessment(&self, actor: &Actor) -> Result<(), EditSchemeError> {
        let new = NewAssessment {
            title: "Late".to_owned(),
            max_score: Points::from_whole(100).unwrap(),
            extra_credit_limit: Points::ZERO,
            category: None,
            weight: Weight::HUNDRED,
            date: None,
        };
        self.app()
            .add_assessment(actor, self.course, &[], &new)
            .await
            .map(|_| ())
    }
}

fn of_school() -> Grant<ManageSetup> {
    authorize::<ManageSetup>(&Actor::operator(), School).unwrap()
}

fn stamp(actor: &Actor) -> Stamp<'_> {
    Stamp {
        at: NOW,
        actor,
        batch: None,
        reason: None,
    }
}

/// What came of `late`, which begins when `first` has done its first half, before it does its second.
/// Also how often `first` was run: more than once if the two stood in each other's way.
async fn overtaken<T>(
    db: &Db,
    first: impl AsyncFn(&Tx) -> Result<(), DbError>,
    second: impl AsyncFn(&Tx) -> Result<(), DbError>,
    late: impl Future<Output = T>,
) -> (T, u32) {
    let halfway = Notify::new();
    let runs = AtomicU32::new(0);
    let other = db.write(async |tx| {
        runs.fetch_add(1, Ordering::Relaxed);
        first(tx).await?;
        halfway.notify_one();
        // The late one comes to wait meanwhile. If it does not, the outcome must be the same.
        tokio::time::sleep(Duration::from_millis(200)).await;
        second(tx).await
    });
    let late = async {
        halfway.notified().await;
        late.await
    };
    let (other, late) = tokio::join!(other, late);
    other.unwrap();
    (late, runs.load(Ordering::Relaxed))
}

async fn nothing(_: &Tx) -> Result<(), DbError> {
    Ok(())
}

on_both_databases! {
    async fn nothing_is_published_into_a_term_that_closes(database: TestDatabase) {
        let place = Place::of(app_on(database).await).await;
        let (operator, db) = (Actor::operator(), &place.school.db);
        let close = async |tx: &Tx| {
            let term = school::lock_term(tx, place.term).await?.unwrap();
            school::close_term(tx, &of_school(), &stamp(&operator), &term).await.map(|_| ())
        };
        let publish = place.app().change_state(&place.teacher, place.draft, Transition::Publish, None);
        let (published, _) = overtaken(db, close, nothing, publish).await;
        assert!(matches!(published, Err(ChangeStateError::TermClosed)), "{published:?}");
        assert_eq!(place.state(place.draft).await, AssessmentState::Draft);
    }

    async fn what_is_published_while_its_term_closes_is_locked(database: TestDatabase) {
        let place = Place::of(app_on(database).await).await;
        let (operator, db) = (Actor::operator(), &place.school.db);
        let publish = async |tx: &Tx| {
            assessments::lock(tx, &HashSet::from([place.draft])).await?;
            let grant = place.of_course::<ChangeAssessmentState>();
            let states = (AssessmentState::Draft, AssessmentState::Published);
            let step = Transition::Publish;
            assessments::change_state(tx, &grant, &stamp(&operator), place.draft, step, states).await.map(|_| ())
        };
        let (closed, _) = overtaken(db, publish, nothing, place.app().close_term(&operator, place.term)).await;
        assert!(!closed.unwrap().0.open);
        assert_eq!(place.state(place.draft).await, AssessmentState::Locked);
    }

    async fn no_assessment_is_added_to_a_term_that_closes(database: TestDatabase) {
        let place = Place::of(app_on(database).await).await;
        let (operator, db) = (Actor::operator(), &place.school.db);
        let lock = async |tx: &Tx| school::lock_term(tx, place.term).await.map(|_| ());
        let close = async |tx: &Tx| {
            let term = school::lock_term(tx, place.term).await?.unwrap();
            school::close_term(tx, &of_school(), &stamp(&operator), &term).await.map(|_| ())
        };
        let (added, _) = overtaken(db, lock, close, place.add_assessment(&place.teacher)).await;
        assert!(matches!(added, Err(EditSchemeError::TermClosed)), "{added:?}");
    }

    async fn who_loses_a_course_while_they_wait_edits_nothing_in_it(database: TestDatabase) {
        let place = Place::of(app_on(database).await).await;
        let (operator, db) = (Actor::operator(), &place.school.db);
        let lock = async |tx: &Tx| scheme::lock(tx, &[place.of_course::<EditAssessments>()]).await.map(|_| ());
        let take = async |tx: &Tx| {
            let nobody = std::collections::BTreeSet::new();
            school::set_teachers(tx, &of_school(), &stamp(&operator), place.course, &nobody).await.map(|_| ())
        };
        let (added, _) = overtaken(db, lock, take, place.add_assessment(&place.teacher)).await;
        assert!(matches!(added, Err(EditSchemeError::NotFound)), "{added:?}");
    }

    async fn nobody_is_taken_out_of_a_class_while_a_score_of_theirs_is_entered(database: TestDatabase) {
        let place = Place::of(app_on(database).await).await;
        let operator = Actor::operator();
        let place = place.with_newcomer("2026-09-01").await;
        let student = place.student;
        let db = &place.school.db;
        let lock = async |tx: &Tx| assessments::lock(tx, &HashSet::from([place.draft])).await.map(|_| ());
        let enter = async |tx: &Tx| place.put(tx, &stamp(&operator), place.draft).await;
        let leaving = place.app().enrol(&operator, place.class, student, Some("2027-08-01"));
        let (left, _) = overtaken(db, lock, enter, leaving).await;
        let Err(SetupError::Invalid(wrong)) = left else {
            panic!("{left:?}");
        };
        assert!(matches!(wrong[0].fault, Fault::HasScores { .. }), "{wrong:?}");
    }

    async fn no_roster_ends_a_membership_while_a_score_of_it_is_entered(database: TestDatabase) {
        let place = Place::of(app_on(database).await).await;
        // It would end before the term begins.
        let code = moved_while_a_score_is_entered(place, "2026-07-01", "2026-07-15").await;
        assert_eq!(code, "has_scores");
    }

    async fn no_roster_takes_a_membership_for_a_mistake_while_a_score_of_it_is_entered(database: TestDatabase) {
        let place = Place::of(app_on(database).await).await;
        // Without the score it becomes one of the other class.
        let code = moved_while_a_score_is_entered(place, "2026-09-01", "2026-09-01").await;
        assert_eq!(code, "before_enrolment");
    }

    async fn a_column_stays_in_its_exam_while_a_score_is_entered(database: TestDatabase) {
        let place = Place::of(app_on(database).await).await;
        let (operator, db) = (Actor::operator(), &place.school.db);
        let exam = ExamFields {
            name: Some("Quiz".to_owned()),
            kind: Some("quiz".to_owned()),
            held_on: Some("2026-12-01".to_owned()),
        };
        let part = ExamPart {
            course: place.course,
            max_score: None,
        };
        let exam = place.app().add_exam(&operator, place.term, &exam, &[part]).await.unwrap();
        let (exam, draft) = (exam.exam.id, exam.courses[0].assessment.id);
        let lock = async |tx: &Tx| assessments::lock(tx, &HashSet::from([draft])).await.map(|_| ());
        let enter = async |tx: &Tx| place.put(tx, &stamp(&operator), draft).await;
        let removing = place.app().remove_from_exam(&operator, exam, place.course);
        let (removed, _) = overtaken(db, lock, enter, removing).await;
        assert!(matches!(removed, Err(SetupError::NotEmpty)), "{removed:?}");
    }

    async fn a_request_and_an_edit_of_the_scheme_do_not_stand_in_each_others_way(database: TestDatabase) {
        let place = Place::of(app_on(database).await).await;
        let db = &place.school.db;
        // As `scheme::lock` does, in two steps.
        let course = async |tx: &Tx| amendments::lock_course(tx, place.published).await.map(|_| ());
        let columns = async |tx: &Tx| assessments::lock(tx, &HashSet::from([place.published])).await.map(|_| ());
        let student = Actor::person(place.student, Role::Student, SessionId(1), Via::Web);
        let request = MakeAmendment {
            assessment: place.published,
            student: None,
            proposed: None,
            reason: Some("look again".to_owned()),
            version: None,
        };
        let (made, runs) = overtaken(db, course, columns, place.app().make_amendment(&student, &request)).await;
        made.unwrap();
        assert_eq!(runs, 1, "neither had to begin anew");
    }
}
