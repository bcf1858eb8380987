//! Every action and its rule: the whole policy on one screen.
//!
//! Reading order: the facts that rules look at, the helpers in which all rules
//! are phrased, then the table. Whether a closed term, a locked assessment or
//! a withdrawn student forbids a change is not decided here: those are answers
//! about single cells (`term_closed`, `locked`, `not_enrolled`) that a save
//! reports cell by cell, whoever asks.

use gradebook_domain::{AmendmentId, ClassId, CourseId, ExamId, UserId};

use crate::actor::{Actor, Role};
use crate::policy::Decision::{Allow, Hidden, Visible};
use crate::policy::{Action, Decision, sealed};

/// The whole school's administration; there is only one school in a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct School;

/// How the actor stands to one course, read in the transaction that uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CourseAccess {
    /// The course.
    pub course: CourseId,
    /// The actor is one of its teachers.
    pub teaches: bool,
    /// The actor is or was a student in it.
    pub enrolled: bool,
    /// Its term is open. A fact for the per-cell refusal `term_closed`; no
    /// rule here denies on it.
    pub term_open: bool,
}

/// How the actor stands to one class's sheet of one exam.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassExamAccess {
    /// The exam.
    pub exam: ExamId,
    /// The class.
    pub class: ClassId,
    /// The actor teaches this class in some course of the exam's term.
    pub teaches_class: bool,
    /// The courses whose columns the actor may edit; each edit is authorised
    /// again as [`EnterScores`] on its own course.
    pub editable_courses: Vec<CourseId>,
}

/// How the actor stands to one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassAccess {
    /// The class.
    pub class: ClassId,
    /// The actor teaches some course of this class, in the term that it is about.
    pub teaches: bool,
}

/// How the actor stands to one exam as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExamAccess {
    /// The exam.
    pub exam: ExamId,
    /// Of the classes that sit it, those that the actor teaches in some course of its term.
    pub taught_classes: Vec<ClassId>,
}

/// What a file is to be imported into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportScope {
    /// One course; without one the file may change any course, class or account.
    pub course: Option<CourseAccess>,
}

/// One student's own score in a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnScore {
    /// The course.
    pub course: CourseAccess,
    /// Whose score it is.
    pub student: UserId,
    /// Its assessment is published or locked.
    pub visible: bool,
}

/// How the actor stands to one amendment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AmendmentAccess {
    /// The amendment.
    pub amendment: AmendmentId,
    /// The course of its score.
    pub course: CourseAccess,
    /// Who made it; `None` for the operator.
    pub made_by: Option<UserId>,
    /// Its assessment is published or locked.
    pub visible: bool,
}

/// One student's own record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StudentRecord {
    /// The student whose record it is.
    pub student: UserId,
}

/// One account with its password, sessions and event stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// The account's owner (for a session: the session's owner).
    pub user: UserId,
}

/// Admins; everybody else knows that there is an administration, hence 403.
fn admin(actor: &Actor, _: &School) -> Decision {
    match actor.role {
        Role::Admin => Allow,
        Role::Teacher | Role::Student => Visible,
    }
}

/// Admins and the course's own teachers; nobody else learns of a gradebook.
fn keeper(actor: &Actor, on: &CourseAccess) -> Decision {
    match actor.role {
        Role::Admin => Allow,
        Role::Teacher if on.teaches => Allow,
        Role::Teacher | Role::Student => Hidden,
    }
}

/// Whoever may change what the file changes: for one course those who keep it, else admins.
fn importer(actor: &Actor, on: &ImportScope) -> Decision {
    match &on.course {
        Some(course) => keeper(actor, course),
        None => admin(actor, &School),
    }
}

/// Those who keep the course, and the students in it.
fn member(actor: &Actor, on: &CourseAccess) -> Decision {
    match actor.role {
        Role::Student if on.enrolled => Allow,
        _ => keeper(actor, on),
    }
}

/// Admins and whoever teaches the class.
fn class_teacher(actor: &Actor, on: &ClassExamAccess) -> Decision {
    match actor.role {
        Role::Admin => Allow,
        Role::Teacher if on.teaches_class => Allow,
        Role::Teacher | Role::Student => Hidden,
    }
}

/// Admins and whoever teaches the class anything.
fn teacher_of_class(actor: &Actor, on: &ClassAccess) -> Decision {
    match actor.role {
        Role::Admin => Allow,
        Role::Teacher if on.teaches => Allow,
        Role::Teacher | Role::Student => Hidden,
    }
}

/// Admins and whoever teaches one of the classes that sit the exam.
fn exam_teacher(actor: &Actor, on: &ExamAccess) -> Decision {
    match actor.role {
        Role::Admin => Allow,
        Role::Teacher if !on.taught_classes.is_empty() => Allow,
        Role::Teacher | Role::Student => Hidden,
    }
}

/// A student of the course, about their own score that they can see. Staff propose instead.
fn own_score(actor: &Actor, on: &OwnScore) -> Decision {
    match actor.role {
        Role::Student if actor.is(on.student) && on.course.enrolled && on.visible => Allow,
        Role::Student => Hidden,
        Role::Admin | Role::Teacher => keeper(actor, &on.course).or_visible(),
    }
}

/// Those who keep the course, and the student who asked, as long as the score is theirs to see.
fn amendment_reader(actor: &Actor, on: &AmendmentAccess) -> Decision {
    match (actor.role, on.made_by) {
        (Role::Student, Some(maker)) if actor.is(maker) && on.visible => Allow,
        _ => keeper(actor, &on.course),
    }
}

/// Those who keep the course; a student who reads it may not answer it.
fn amendment_keeper(actor: &Actor, on: &AmendmentAccess) -> Decision {
    match actor.role {
        Role::Student => amendment_reader(actor, on).or_visible(),
        Role::Admin | Role::Teacher => keeper(actor, &on.course),
    }
}

/// Admins; whoever else can read it knows that there is a decision.
fn amendment_judge(actor: &Actor, on: &AmendmentAccess) -> Decision {
    match actor.role {
        Role::Admin => Allow,
        Role::Teacher | Role::Student => amendment_reader(actor, on).or_visible(),
    }
}

/// Whoever made it.
fn amendment_maker(actor: &Actor, on: &AmendmentAccess) -> Decision {
    let own = on.made_by.is_some_and(|maker| actor.is(maker));
    match amendment_reader(actor, on) {
        Allow if own => Allow,
        other => other.or_visible(),
    }
}

/// The student themself. Staff are told 403: they read grades in gradebooks.
fn own_record(actor: &Actor, on: &StudentRecord) -> Decision {
    match actor.role {
        Role::Student if actor.is(on.student) => Allow,
        Role::Student => Hidden,
        Role::Admin | Role::Teacher => Visible,
    }
}

/// The account's owner, whatever the role; the operator owns none.
fn owner(actor: &Actor, on: &Account) -> Decision {
    if actor.is(on.user) { Allow } else { Hidden }
}

/// Declares each action with its name, facts and rule, and [`Permission`].
macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident = $name:literal on $on:ty: $rule:path;)*) => {
        /// The name of an [`Action`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Permission { $($(#[$doc])* $action,)* }

        impl Permission {
            /// The name as logs and the access matrix write it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$action => $name,)* }
            }
        }

        /// Every action that exists, in the order of the table.
        pub const ALL: &[Permission] = &[$(Permission::$action),*];

        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $action;

            impl sealed::Sealed for $action {}

            impl Action for $action {
                type On = $on;
                const NAME: Permission = Permission::$action;
                fn allows(actor: &Actor, on: &$on) -> Decision { $rule(actor, on) }
            }
        )*
    };
}

actions! {
    /// List and read accounts.
    ListUsers = "list_users" on School: admin;
    /// Create, change, disable accounts and reset their passwords; import rosters.
    ManagePeople = "manage_people" on School: admin;
    /// Terms, subjects, classes, courses and exams.
    ManageSetup = "manage_setup" on School: admin;
    /// Import a file, and see what imports did.
    Import = "import" on ImportScope: importer;
    /// Take the whole school away as files that other systems read, and bring such files in.
    ExchangeSchool = "exchange_school" on School: admin;
    /// How far the entering of scores has come everywhere, and which scores look wrong.
    WatchEntry = "watch_entry" on School: admin;
    /// The change log of the whole school.
    SeeChangeLog = "see_change_log" on School: admin;

    /// Know that a course exists: its name, teachers and assessment titles.
    SeeCourse = "see_course" on CourseAccess: member;
    /// A course's gradebook with all its scores, statistics and exports.
    SeeGradebook = "see_gradebook" on CourseAccess: keeper;
    /// Who changed which score of a course, and when.
    SeeHistory = "see_history" on CourseAccess: keeper;
    /// Enter, change and clear scores, undo a batch.
    EnterScores = "enter_scores" on CourseAccess: keeper;
    /// Create, change and delete categories and assessments.
    EditAssessments = "edit_assessments" on CourseAccess: keeper;
    /// Publish, unpublish, lock and unlock an assessment.
    ChangeAssessmentState = "change_assessment_state" on CourseAccess: keeper;

    /// Propose another score where none can be entered any more.
    ProposeAmendment = "propose_amendment" on CourseAccess: keeper;
    /// Ask to have one's own score looked at again.
    RequestReview = "request_review" on OwnScore: own_score;
    /// Read an amendment.
    SeeAmendment = "see_amendment" on AmendmentAccess: amendment_reader;
    /// Answer a student's request for a review.
    AnswerReview = "answer_review" on AmendmentAccess: amendment_keeper;
    /// Approve or reject an amendment.
    DecideAmendment = "decide_amendment" on AmendmentAccess: amendment_judge;
    /// Take one's own amendment back.
    WithdrawAmendment = "withdraw_amendment" on AmendmentAccess: amendment_maker;

    /// A class's sheet of an exam.
    SeeExamSheet = "see_exam_sheet" on ClassExamAccess: class_teacher;
    /// An exam's analysis: of every class for an admin, of the taught ones for a teacher.
    SeeExamAnalysis = "see_exam_analysis" on ExamAccess: exam_teacher;

    /// Who is in a class: the list with numbers and names.
    SeeClassList = "see_class_list" on ClassAccess: teacher_of_class;

    /// The report cards of a class: what its students read of their own grades.
    SeeClassReport = "see_class_report" on ClassAccess: teacher_of_class;

    /// One's own published grades and report card.
    SeeOwnGrades = "see_own_grades" on StudentRecord: own_record;

    /// Open one's own event stream; each event is authorised again when sent.
    FollowEvents = "follow_events" on Account: owner;
    /// Change one's own password.
    ChangeOwnPassword = "change_own_password" on Account: owner;
    /// Choose the language of one's own pages.
    ChooseOwnLanguage = "choose_own_language" on Account: owner;
    /// Set up, use and remove one's own second factor.
    ManageOwnSecondFactor = "manage_own_second_factor" on Account: owner;
    /// List and end one's own sessions.
    ManageOwnSession = "manage_own_session" on Account: owner;
}

#[cfg(test)]
mod tests;
