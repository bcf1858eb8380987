//! One module per table. Nothing outside this crate sees them.
#![allow(
    unreachable_pub,
    missing_docs,
    reason = "the derive macros need `pub` items; nothing here leaves the crate"
)]

pub(crate) mod amendment;
pub(crate) mod assessment;
pub(crate) mod category;
pub(crate) mod change;
pub(crate) mod class;
pub(crate) mod course;
pub(crate) mod course_teacher;
pub(crate) mod enrolment;
pub(crate) mod exam;
pub(crate) mod exam_line;
pub(crate) mod exam_setting;
pub(crate) mod import;
pub(crate) mod presence;
pub(crate) mod recovery_code;
pub(crate) mod school;
pub(crate) mod score;
pub(crate) mod session;
pub(crate) mod signing_key;
pub(crate) mod subject;
pub(crate) mod term;
pub(crate) mod throttle;
pub(crate) mod totp_secret;
pub(crate) mod user;
