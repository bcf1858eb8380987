//! Why something of the school's set-up is not done.

use gradebook_auth::Denied;
use gradebook_persistence::{DatabaseFailure, DbError};

use crate::reason::InvalidReason;

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It has to be stated.
    #[error("this has to be filled in")]
    Empty,
    /// More characters than are kept.
    #[error("this has at most {0} characters")]
    TooLong(usize),
    /// Characters that nobody sees.
    #[error("this has characters that cannot be seen, like line breaks")]
    Characters,
    /// No day of the calendar.
    #[error("this is a date like 2026-09-01")]
    NotADate,
    /// No number that can be used here.
    #[error("this is a number with at most four decimals, {0}")]
    NotANumber(&'static str),
    /// Not one of the words that are possible.
    #[error("this is one of: {0}")]
    NotOneOf(&'static str),
    /// The last day is before the first.
    #[error("the last day is before the first")]
    EndsBeforeStart,
    /// Another term of the year has a day in common.
    #[error("{name} of the same school year lasts from {starts_on} to {ends_on}")]
    Overlaps {
        /// The other term.
        name: String,
        /// Its first day.
        starts_on: String,
        /// Its last day.
        ends_on: String,
    },
    /// There is no such thing, or person.
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// Named twice.
    #[error("this is named twice")]
    Twice,
    /// A class with courses stays in its school year.
    #[error("the class has courses, so it stays in its school year")]
    HasCourses,
    /// The class and the term are of different years.
    #[error("the class is of the school year {class}, the term of {term}")]
    OtherYear {
        /// The class's year.
        class: String,
        /// The term's year.
        term: String,
    },
    /// The course is of another term than the exam.
    #[error("this course is of another term than the exam")]
    OtherTerm,
    /// Only students belong to classes.
    #[error("this account is no student's")]
    NotAStudent,
    /// Before the student joined.
    #[error("the student is in the class from {0} on: the day is that one or a later one")]
    BeforeJoining(String),
    /// The enrolment would not reach into a term in which the student has scores in the class.
    #[error("the student has scores in {term}, which begins on {starts_on}: they stay in it")]
    HasScores {
        /// The term.
        term: String,
        /// Its first day.
        starts_on: String,
    },
    /// The student is there already, or was on that day.
    #[error("the student is in the class already, from {0} on")]
    IsThere(String),
    /// The student is not in the class any more.
    #[error("the student left the class on {0}")]
    HasLeft(String),
    /// The same class.
    #[error("this is the class that the student is in")]
    SameClass,
    /// The account cannot be given a course.
    #[error(transparent)]
    NotATeacher(super::NotATeacher),
    /// More than can be handled at once.
    #[error("at most {0} at once")]
    TooMany(usize),
    /// A term of the class begins later.
    #[error("{term} of this class begins on {starts_on}: the day is a later one")]
    TermBegins {
        /// The term.
        term: String,
        /// Its first day.
        starts_on: String,
    },
}

impl Fault {
    /// The code as the interface names it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty
            | Self::TooLong(_)
            | Self::Characters
            | Self::NotADate
            | Self::NotANumber(_)
            | Self::NotOneOf(_)
            | Self::TooMany(_) => "invalid_field",
            Self::EndsBeforeStart => "ends_before_start",
            Self::Overlaps { .. } => "overlapping_dates",
            Self::Unknown(_) => "unknown_reference",
            Self::Twice => "named_twice",
            Self::HasCourses => "has_courses",
            Self::OtherYear { .. } => "other_school_year",
            Self::OtherTerm => "other_term",
            Self::NotAStudent => "not_a_student",
            Self::BeforeJoining(_) => "before_enrolment",
            Self::HasScores { .. } => "has_scores",
            Self::IsThere(_) => "already_enrolled",
            Self::HasLeft(_) => "has_left",
            Self::SameClass => "same_class",
            Self::NotATeacher(why) => why.code(),
            Self::TermBegins { .. } => "term_begins_later",
        }
    }
}

/// A field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Its name; parts of lists as `courses/3/course_id`.
    pub field: String,
    /// What is wrong with it.
    pub fault: Fault,
}

/// Why something of the set-up was not done.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// There is no such thing.
    #[error("not found")]
    NotFound,
    /// The actor may not set the school up.
    #[error("not allowed")]
    Forbidden,
    /// Fields are wrong.
    #[error("some fields cannot be used")]
    Invalid(Vec<Wrong>),
    /// There is another one with this name or code.
    #[error("there is one of this name already")]
    AlreadyExists,
    /// A change that moves grades needs a reason.
    #[error("a reason is needed")]
    ReasonRequired,
    /// The reason cannot be kept.
    #[error(transparent)]
    Reason(#[from] InvalidReason),
    /// The term is closed.
    #[error("the term is closed: open it again first")]
    TermClosed,
    /// The term is closed, or open, already.
    #[error("the term is {0} already")]
    StateAlready(&'static str),
    /// The course's part in the exam is no empty draft any more.
    #[error(
        "this course has scores in the exam, or its scores are published: it stays in the exam"
    )]
    NotEmpty,
    /// The database failed.
    #[error(transparent)]
    Database(DbError),
}

impl SetupError {
    pub(crate) fn field(field: &str, fault: Fault) -> Self {
        Self::Invalid(vec![Wrong {
            field: field.to_owned(),
            fault,
        }])
    }
}

impl DatabaseFailure for SetupError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<DbError> for SetupError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Duplicate(_) => Self::AlreadyExists,
            other => Self::Database(other),
        }
    }
}

impl From<Denied> for SetupError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Hidden => Self::NotFound,
            Denied::Visible => Self::Forbidden,
        }
    }
}
