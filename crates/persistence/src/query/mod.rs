//! Reads shaped for one purpose each: the number of statements never depends on the number of rows.

pub mod access;
pub mod account_log;
pub mod amendments;
pub mod analysis;
pub mod batches;
pub mod changes;
pub mod class_accounts;
pub mod class_list;
pub mod column;
pub mod courses;
pub mod exams;
pub mod gradebook;
pub mod history;
pub mod membership;
pub mod publication;
pub mod report;
pub mod roster;
pub mod roster_import;
pub mod scheme;
pub mod school_counts;
pub mod structure;
pub mod student_grades;
pub mod terms;
pub(crate) mod visible;
pub mod watch;
pub mod whole_school;
