//! Writes, by aggregate. Every write takes the transaction, the proof that it is allowed and the
//! stamp for the change log, and appends its change-log rows itself.

pub mod amendments;
pub mod assessments;
pub mod exam_rules;
pub mod exchange;
pub mod imports;
pub mod keys;
pub mod people;
pub mod presence;
pub mod scheme;
pub mod school;
pub mod scores;
pub mod second_factors;
pub mod sessions;
pub mod the_school;
pub mod throttles;

/// Rows in one multi-row statement: stays below SQLite's 32,766 bound parameters.
pub(crate) const CHUNK: usize = 1_000;

/// Ids in one list of a condition: below the same bound, and more than any class or school year has.
pub(crate) const MANY_IDS: usize = 25_000;
