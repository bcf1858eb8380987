//! Identifiers: one type a table, so that a student's id cannot be passed where an exam's is meant.

use core::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    )+};
}

ids! {
    /// A person who signs in: admin, teacher or student.
    UserId;
    /// A named span of dates in a school year.
    TermId;
    /// What is taught: Chinese, mathematics, English, …
    SubjectId;
    /// The students who are taught together in a school year.
    ClassId;
    /// A student's membership of a class between two dates.
    EnrolmentId;
    /// One subject taught to one class in one term.
    CourseId;
    /// A weighted group of assessments in a course.
    CategoryId;
    /// An assessment held across subjects, such as a mid-term.
    ExamId;
    /// One column of a gradebook.
    AssessmentId;
    /// A request to change a score that cannot simply be entered any more.
    AmendmentId;
    /// One sign-in of a user.
    SessionId;
    /// One row of the change log.
    ChangeId;
    /// A file that was imported or is about to be.
    ImportId;
    /// A group of changes that is undone as one step, such as an import.
    BatchId;
}
