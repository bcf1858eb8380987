//! The JSON interface: each handler turns a request into one call of a use case, and its outcome
//! into a response.

pub(crate) mod amendments;
pub(crate) mod assessments;
pub(crate) mod batches;
pub(crate) mod changes;
pub(crate) mod class_students;
pub(crate) mod classes;
pub(crate) mod courses;
pub(crate) mod docs;
pub(crate) mod dto;
pub(crate) mod events;
pub(crate) mod exam_analysis;
pub(crate) mod exam_rules;
pub(crate) mod exams;
mod explanation;
pub(crate) mod exports;
pub(crate) mod gradebook;
pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod imports;
pub(crate) mod me;
pub(crate) mod metadata;
pub(crate) mod my_grades;
pub(crate) mod own_sessions;
mod paging;
mod policy;
pub(crate) mod scheme;
pub(crate) mod scores;
pub(crate) mod second_factor;
mod setup_problem;
pub(crate) mod sheet;
pub(crate) mod subjects;
pub(crate) mod terms;
pub(crate) mod token;
pub(crate) mod total;
pub(crate) mod users;
