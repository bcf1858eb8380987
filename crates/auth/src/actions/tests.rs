//! Role × relation → decision, for every action.

use std::collections::HashSet;

use gradebook_domain::{ClassId, CourseId, ExamId, SessionId, UserId};

use super::*;
use crate::actor::Via;
use crate::policy::{Denied, authorize};

const ME: UserId = UserId(7);
const OTHER: UserId = UserId(8);

fn actor(role: Role) -> Actor {
    Actor::person(ME, role, SessionId(1), Via::Api)
}

fn course(teaches: bool, enrolled: bool, term_open: bool) -> CourseAccess {
    CourseAccess {
        course: CourseId(1),
        teaches,
        enrolled,
        term_open,
    }
}

fn class_exam(teaches_class: bool) -> ClassExamAccess {
    ClassExamAccess {
        exam: ExamId(1),
        class: ClassId(2),
        teaches_class,
        editable_courses: vec![],
    }
}

fn class(teaches: bool) -> ClassAccess {
    ClassAccess {
        class: ClassId(2),
        teaches,
    }
}

fn exam(taught_classes: Vec<ClassId>) -> ExamAccess {
    ExamAccess {
        exam: ExamId(1),
        taught_classes,
    }
}

/// Collects which actions were judged, and judges them.
#[derive(Default)]
struct Table(HashSet<Permission>);

impl Table {
    fn row<A: Action>(&mut self, who: &Actor, on: A::On, expected: Decision) {
        let name = A::NAME.as_str();
        assert_eq!(A::allows(who, &on), expected, "{name} for {who:?}");
        let answer = authorize::<A>(who, on).map(|grant| {
            assert_eq!((grant.actor(), grant.permission()), (who, A::NAME));
        });
        let from_decision = match expected {
            Allow => Ok(()),
            Hidden => Err(Denied::Hidden),
            Visible => Err(Denied::Visible),
        };
        assert_eq!(answer, from_decision, "{name} for {who:?}");
        self.0.insert(A::NAME);
    }

    fn school<A: Action<On = School>>(&mut self) {
        self.row::<A>(&Actor::operator(), School, Allow);
        self.row::<A>(&actor(Role::Admin), School, Allow);
        self.row::<A>(&actor(Role::Teacher), School, Visible);
        self.row::<A>(&actor(Role::Student), School, Visible);
    }

    /// Rows for admin, own teacher, other teacher and, by relation, student.
    /// The term's state must not matter.
    fn course<A: Action<On = CourseAccess>>(&mut self, enrolled_student: Decision) {
        for open in [false, true] {
            self.row::<A>(&Actor::operator(), course(false, false, open), Allow);
            self.row::<A>(&actor(Role::Admin), course(false, false, open), Allow);
            self.row::<A>(&actor(Role::Teacher), course(true, false, open), Allow);
            self.row::<A>(&actor(Role::Teacher), course(false, false, open), Hidden);
            // Enrolment widens nothing for a teacher, teaching nothing for a student.
            self.row::<A>(&actor(Role::Teacher), course(false, true, open), Hidden);
            self.row::<A>(&actor(Role::Student), course(true, false, open), Hidden);
            self.row::<A>(&actor(Role::Student), course(false, false, open), Hidden);
            self.row::<A>(
                &actor(Role::Student),
                course(false, true, open),
                enrolled_student,
            );
        }
    }

    /// Into a course as those who keep it, into the school as an admin.
    fn import(&mut self) {
        let school = || ImportScope { course: None };
        let into = |teaches| ImportScope {
            course: Some(course(teaches, false, true)),
        };
        self.row::<Import>(&Actor::operator(), school(), Allow);
        self.row::<Import>(&actor(Role::Admin), school(), Allow);
        self.row::<Import>(&actor(Role::Teacher), school(), Visible);
        self.row::<Import>(&actor(Role::Student), school(), Visible);
        self.row::<Import>(&Actor::operator(), into(false), Allow);
        self.row::<Import>(&actor(Role::Admin), into(false), Allow);
        self.row::<Import>(&actor(Role::Teacher), into(true), Allow);
        self.row::<Import>(&actor(Role::Teacher), into(false), Hidden);
        let attended = ImportScope {
            course: Some(course(true, true, true)),
        };
        self.row::<Import>(&actor(Role::Student), attended, Hidden);
    }

    fn class_exam<A: Action<On = ClassExamAccess>>(&mut self) {
        self.row::<A>(&Actor::operator(), class_exam(false), Allow);
        self.row::<A>(&actor(Role::Admin), class_exam(false), Allow);
        self.row::<A>(&actor(Role::Teacher), class_exam(true), Allow);
        self.row::<A>(&actor(Role::Teacher), class_exam(false), Hidden);
        self.row::<A>(&actor(Role::Student), class_exam(true), Hidden);
        self.row::<A>(&actor(Role::Student), class_exam(false), Hidden);
    }

    fn class<A: Action<On = ClassAccess>>(&mut self) {
        self.row::<A>(&Actor::operator(), class(false), Allow);
        self.row::<A>(&actor(Role::Admin), class(false), Allow);
        self.row::<A>(&actor(Role::Teacher), class(true), Allow);
        self.row::<A>(&actor(Role::Teacher), class(false), Hidden);
        self.row::<A>(&actor(Role::Student), class(true), Hidden);
        self.row::<A>(&actor(Role::Student), class(false), Hidden);
    }

    fn exam<A: Action<On = ExamAccess>>(&mut self) {
        let one = || exam(vec![ClassId(2)]);
        self.row::<A>(&Actor::operator(), exam(vec![]), Allow);
        self.row::<A>(&actor(Role::Admin), exam(vec![]), Allow);
        self.row::<A>(&actor(Role::Teacher), one(), Allow);
        self.row::<A>(&actor(Role::Teacher), exam(vec![]), Hidden);
        self.row::<A>(&actor(Role::Student), one(), Hidden);
        self.row::<A>(&actor(Role::Student), exam(vec![]), Hidden);
    }

    /// Rows by role, relation to the course and to the amendment: what the course's teacher, the
    /// admin, whoever made it and a student who made it are told.
    fn amendment<A: Action<On = AmendmentAccess>>(
        &mut self,
        [admin, teacher, maker, student]: [Decision; 4],
    ) {
        for visible in [false, true] {
            let of = |teaches, enrolled, made_by| AmendmentAccess {
                amendment: gradebook_domain::AmendmentId(3),
                course: course(teaches, enrolled, true),
                made_by,
                visible,
            };
            let others = Some(OTHER);
            self.row::<A>(&Actor::operator(), of(false, false, others), admin);
            self.row::<A>(&actor(Role::Admin), of(false, false, others), admin);
            self.row::<A>(&actor(Role::Teacher), of(true, false, others), teacher);
            self.row::<A>(&actor(Role::Teacher), of(true, false, Some(ME)), maker);
            // Who lost the course lost sight of what they proposed there.
            self.row::<A>(&actor(Role::Teacher), of(false, false, Some(ME)), Hidden);
            self.row::<A>(&actor(Role::Teacher), of(false, true, others), Hidden);
            self.row::<A>(&actor(Role::Student), of(true, true, others), Hidden);
            self.row::<A>(&actor(Role::Student), of(false, true, None), Hidden);
            let own = if visible { student } else { Hidden };
            self.row::<A>(&actor(Role::Student), of(false, true, Some(ME)), own);
        }
    }

    fn own_score<A: Action<On = OwnScore>>(&mut self) {
        let of = |teaches, enrolled, student, visible| OwnScore {
            course: course(teaches, enrolled, false),
            student,
            visible,
        };
        self.row::<A>(&actor(Role::Student), of(false, true, ME, true), Allow);
        self.row::<A>(&actor(Role::Student), of(false, true, ME, false), Hidden);
        self.row::<A>(&actor(Role::Student), of(false, true, OTHER, true), Hidden);
        self.row::<A>(&actor(Role::Student), of(true, false, ME, true), Hidden);
        self.row::<A>(&actor(Role::Admin), of(false, false, ME, true), Visible);
        self.row::<A>(&actor(Role::Teacher), of(true, false, ME, true), Visible);
        self.row::<A>(&actor(Role::Teacher), of(false, true, ME, true), Hidden);
        self.row::<A>(&Actor::operator(), of(false, false, ME, true), Visible);
    }

    fn record<A: Action<On = StudentRecord>>(&mut self) {
        let of = |student| StudentRecord { student };
        self.row::<A>(&actor(Role::Student), of(ME), Allow);
        self.row::<A>(&actor(Role::Student), of(OTHER), Hidden);
        for role in [Role::Teacher, Role::Admin] {
            self.row::<A>(&actor(role), of(ME), Visible);
            self.row::<A>(&actor(role), of(OTHER), Visible);
        }
        self.row::<A>(&Actor::operator(), of(OTHER), Visible);
    }

    fn account<A: Action<On = Account>>(&mut self) {
        for role in Role::ALL {
            self.row::<A>(&actor(role), Account { user: ME }, Allow);
            self.row::<A>(&actor(role), Account { user: OTHER }, Hidden);
        }
        self.row::<A>(&Actor::operator(), Account { user: OTHER }, Hidden);
    }
}

#[test]
fn every_action_answers_as_the_table_says() {
    let mut table = Table::default();
    table.school::<ListUsers>();
    table.school::<ManagePeople>();
    table.school::<ManageSetup>();
    table.import();
    table.school::<ExchangeSchool>();
    table.school::<WatchEntry>();
    table.school::<SeeChangeLog>();
    table.course::<SeeCourse>(Allow);
    table.course::<SeeGradebook>(Hidden);
    table.course::<SeeHistory>(Hidden);
    table.course::<EnterScores>(Hidden);
    table.course::<EditAssessments>(Hidden);
    table.course::<ChangeAssessmentState>(Hidden);
    table.course::<ProposeAmendment>(Hidden);
    table.own_score::<RequestReview>();
    table.amendment::<SeeAmendment>([Allow, Allow, Allow, Allow]);
    table.amendment::<AnswerReview>([Allow, Allow, Allow, Visible]);
    table.amendment::<DecideAmendment>([Allow, Visible, Visible, Visible]);
    table.amendment::<WithdrawAmendment>([Visible, Visible, Allow, Allow]);
    table.class_exam::<SeeExamSheet>();
    table.class::<SeeClassList>();
    table.class::<SeeClassReport>();
    table.exam::<SeeExamAnalysis>();
    table.record::<SeeOwnGrades>();
    table.account::<FollowEvents>();
    table.account::<ChangeOwnPassword>();
    table.account::<ChooseOwnLanguage>();
    table.account::<ManageOwnSecondFactor>();
    table.account::<ManageOwnSession>();

    let judged: Vec<_> = ALL.iter().filter(|p| !table.0.contains(p)).collect();
    assert!(judged.is_empty(), "not in the table test: {judged:?}");
}

#[test]
fn a_grant_shows_what_was_granted_on_what_and_to_whom() {
    let teacher = actor(Role::Teacher);
    let grant = authorize::<EnterScores>(&teacher, course(true, false, true)).unwrap();
    let shown = format!("{grant:?}");
    for part in [
        "EnterScores",
        &format!("{:?}", grant.on()),
        &format!("{teacher:?}"),
    ] {
        assert!(shown.contains(part), "{shown}");
    }
}

#[test]
fn names_are_distinct() {
    let names: HashSet<_> = ALL.iter().map(|p| p.as_str()).collect();
    assert_eq!(names.len(), ALL.len());
}

#[test]
fn the_same_answer_whatever_the_way_in() {
    for via in [Via::Web, Via::Api, Via::Cli, Via::Import] {
        let teacher = actor(Role::Teacher).via(via);
        assert_eq!(
            EnterScores::allows(&teacher, &course(true, false, true)),
            Allow
        );
        assert_eq!(ManagePeople::allows(&teacher, &School), Visible);
    }
}
