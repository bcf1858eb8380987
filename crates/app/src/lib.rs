//! The use cases: what people do with a gradebook, one method of [`App`] each.
//!
//! Pages, the JSON interface, the command line and the importer are four drivers of these methods.
//! A method reads what the policy needs, asks [`gradebook_auth::authorize`], and hands the grant to
//! the persistence crate. Time and randomness come in through [`App`].

mod amendments;
mod analysis;
mod assessments;
mod changes;
mod clock;
mod courses;
pub mod demo;
mod entry;
mod error;
pub mod exports;
mod grades;
mod history;
mod home;
mod identity;
pub mod imports;
mod live;
mod maintenance;
pub mod oneroster;
mod people;
mod preflight;
mod presence;
mod reason;
mod report;
mod scheme;
mod scores;
mod setup;
mod share;
mod sheets;
mod tail;
mod text;
mod username;
mod usual;
mod watch;
mod which_term;

use std::sync::Arc;

use gradebook_auth::{AccessTokens, PasswordHasher, Role};
use gradebook_domain::BatchId;

pub use amendments::{
    AmendmentError, AmendmentSteps, AmendmentView, AnswerReview, ApproveAmendment, MakeAmendment,
    MyRequest, MyReviews, Reviews, WantedScore,
};
pub use analysis::{
    AnalysisError, ClassView, ExamAnalysisView, GradeView, LineEdit, LineField, LineRefusal,
    SetRulesError, StudentView, SubjectView,
};
pub use assessments::ChangeStateError;
pub use changes::{ChangeLogPage, CourseChanges, PublishedChange, name_in};
pub use clock::{Clock, Randomness, SystemClock, SystemRandomness};
pub use courses::{CourseSummary, ListCount, Page};
pub use entry::EntryView;
pub use error::ReadError;
pub use gradebook_persistence::repo::presence::Present;
pub use grades::{AssessmentGrade, Correction, CourseGrades, ExamResult, MyGrades};
pub use history::CellHistoryItem;
pub use home::HomeView;
pub use identity::{
    AuthError, ChangePasswordError, Client, FormHolder, KNOWN_FOR_S, Lifetimes, SecondFactorError,
    SecondFactorState, SessionError, SessionLifetime, SignInError, SignedIn, Standing, TokenPair,
};
pub use live::{FollowError, Follower, LiveEvent, LiveKind, Next};
pub use maintenance::NotReady;
pub use people::{
    AccountEvent, ClassSlips, FirstAdminError, LineFault, NewPassword, NewPerson, PeopleError,
    PersonChange, PersonError, Placement, PrintedSlips, PupilsError,
};
pub use preflight::{EarlierMean, Preflight, UnusualScore};
pub use presence::Whereabouts;
pub use reason::InvalidReason;
pub use report::{ReportView, StudentReport, SubjectReport, TermResult};
pub use scheme::{
    AddedAssessments, AssessmentChange, CategoryChange, ChangeCourseError, Consequence,
    CopiedScheme, CopiedSchemes, CopyScheme, CourseChange, EditSchemeError, HEAVIEST,
    HIGHEST_MARKS, MOST_DROPS, MoveAssessments, MovedAssessments, NewAssessment, NewCategory,
    PolicyChange, SchemeFault, ScoreAbove,
};
pub use scores::{
    BatchView, CellConflict, CellRefusal, CellRestored, CellSaved, CellSkipped, EditReport,
    EnterScores, EnterScoresError, RefusalCode, ScoreEdit, UndoError, UndoReport, WhySkipped,
};
pub use setup::{
    AddedCourses, ClassFields, ClassWithSize, CourseFilter, EnrolledStudent, ExamDetail,
    ExamFields, ExamPart, Fault, NewCourse, NewCourses, NotATeacher, SchoolFields,
    SetTeachersError, SetupError, SubjectFields, SubjectWithMarks, TermFields, Wrong,
};
pub use share::Stay;
pub use sheets::{
    CategoryTotals, CellView, ColumnView, ExamSheetView, GradebookView, StudentTotalView,
    StudentTotals, TotalSeen,
};
pub use tail::TailStopped;
pub use text::plain_file_name;
pub use username::{InvalidUsername, username_key};
pub use usual::{Unusual, UsualOf};
pub use watch::{
    Anomaly, AnomalyKind, AnomalyList, AnomalyName, Progress, ProgressBoard, ProgressSummary,
    WatchChoice, WatchFilter,
};

/// What the use cases return, as the persistence crate reads it.
pub mod read {
    pub use gradebook_persistence::change_log::{ChangeKind, Way};
    pub use gradebook_persistence::query::account_log::AccountChange;
    pub use gradebook_persistence::query::account_ties::AccountTies;
    pub use gradebook_persistence::query::amendments::{AmendmentFilter, OpenAmendment};
    pub use gradebook_persistence::query::changes::{
        ChangeFilter, ChangeGroup, GroupAssessment, LoggedChange, Sight,
    };
    pub use gradebook_persistence::query::class_accounts::ClassAccounts;
    pub use gradebook_persistence::query::class_list::Member;
    pub use gradebook_persistence::query::courses::{Class, Course, Person, Subject, Term};
    pub use gradebook_persistence::query::exam_list::{ExamClasses, ExamFilter};
    pub use gradebook_persistence::query::exams::ExamCourse;
    pub use gradebook_persistence::query::gradebook::{Assessment, Category, Exam, Student};
    pub use gradebook_persistence::query::history::CellChange;
    pub use gradebook_persistence::query::roster::{ClassFilter, Enrolment};
    pub use gradebook_persistence::query::school_counts::SchoolCounts;
    pub use gradebook_persistence::query::terms::TermContent;
    pub use gradebook_persistence::repo::amendments::{Amendment, Answer, Decision, Proposal};
    pub use gradebook_persistence::repo::exam_rules::ExamSettings;
    pub use gradebook_persistence::repo::people::{PeopleFilter, User};
    pub use gradebook_persistence::repo::school::EnrolmentDates;
    pub use gradebook_persistence::repo::scores::StoredScore;
    pub use gradebook_persistence::repo::sessions::OpenSession;
    pub use gradebook_persistence::repo::the_school::School;
}
/// Opening and migrating the database, for whoever starts the program.
pub use gradebook_persistence::db::{
    ConnectError, ConnectOptions, Inspection, MigrationState, MigrationStep,
};
pub use gradebook_persistence::{DatabaseFailure, Db, DbError, Dialect};

/// What the use cases need from outside.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Randomness>,
    /// The threads that hash passwords.
    pub passwords: PasswordHasher,
    /// Signs and checks access tokens.
    pub tokens: AccessTokens,
    /// Seals refresh tokens, form tokens and the like; at least 32 random bytes.
    pub refresh_secret: Vec<u8>,
    /// Seals the secrets of authenticator apps; at least 32 random bytes. Without it every second
    /// factor is lost.
    pub second_factor_secret: Vec<u8>,
    /// The roles of which the school requires a second factor.
    pub totp_required_of: Vec<Role>,
    /// How long tokens and sessions live.
    pub lifetimes: Lifetimes,
}

/// The application.
pub struct App {
    pub(crate) db: Db,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Randomness>,
    pub(crate) passwords: PasswordHasher,
    pub(crate) tokens: AccessTokens,
    pub(crate) refresh: identity::refresh_token::RefreshTokens,
    pub(crate) forms: identity::form_token::FormTokens,
    pub(crate) tickets: identity::sign_in_ticket::Tickets,
    pub(crate) devices: identity::known_device::KnownDevices,
    pub(crate) throttles: identity::throttle::Throttles,
    pub(crate) factors: identity::second_factor::SecondFactors,
    pub(crate) totp_required_of: Vec<Role>,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) revoked: identity::revocation::Revocations,
    pub(crate) live: live::Live,
    pub(crate) tail: tail::Tail,
    pub(crate) imports: imports::Underway,
    pub(crate) plans: imports::Plans,
    pub(crate) room: imports::Room,
    pub(crate) school: setup::the_school::Known,
    pub(crate) first_admin: people::first_admin::SetupCode,
}

impl App {
    /// Puts the application together. [`App::follow_changes`] must run beside it for events and
    /// revocation.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            db: parts.db,
            clock: parts.clock,
            random: parts.random,
            passwords: parts.passwords,
            tokens: parts.tokens,
            refresh: identity::refresh_token::RefreshTokens::new(&parts.refresh_secret),
            forms: identity::form_token::FormTokens::new(&parts.refresh_secret),
            tickets: identity::sign_in_ticket::Tickets::new(&parts.refresh_secret),
            devices: identity::known_device::KnownDevices::new(&parts.refresh_secret),
            throttles: identity::throttle::Throttles::new(&parts.refresh_secret),
            factors: identity::second_factor::SecondFactors::new(&parts.second_factor_secret),
            totp_required_of: parts.totp_required_of,
            lifetimes: parts.lifetimes,
            revoked: identity::revocation::Revocations::default(),
            live: live::Live::new(),
            tail: tail::Tail::default(),
            imports: imports::Underway::default(),
            plans: imports::Plans::default(),
            room: imports::Room::default(),
            school: setup::the_school::Known::default(),
            first_admin: people::first_admin::SetupCode::new(&parts.second_factor_secret),
        }
    }

    /// The public keys and the issuer of access tokens.
    #[must_use]
    pub fn tokens(&self) -> &AccessTokens {
        &self.tokens
    }

    /// The roles of which the school requires a second factor.
    #[must_use]
    pub fn totp_required_of(&self) -> &[Role] {
        &self.totp_required_of
    }

    /// Unix seconds by the application's clock.
    #[must_use]
    pub fn now_s(&self) -> i64 {
        self.clock.now_ms().div_euclid(1000)
    }

    /// Number of SQL statements sent so far, so that tests can prove that no query runs in a loop.
    #[must_use]
    pub fn statements_sent(&self) -> u64 {
        self.db.statements_sent()
    }

    /// A new number for a batch of changes: 53 random bits, so that JavaScript reads it exactly.
    pub(crate) fn new_batch(&self) -> BatchId {
        let mut bytes = [0_u8; 8];
        self.random.fill(&mut bytes);
        BatchId((i64::from_le_bytes(bytes) & ((1 << 53) - 1)).max(1))
    }
}
