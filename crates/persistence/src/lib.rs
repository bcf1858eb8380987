//! Where everything is stored: SQLite in one file, or MySQL/MariaDB.
//!
//! - [`db`]: connections, transactions, retries: the only place that knows which database it is.
//! - `entity`: one module per table, private to this crate.
//! - [`repo`]: writes, by aggregate. A write takes the transaction and the proof that it is allowed.
//! - [`query`]: reads shaped for one purpose each. A read takes any connection.
//! - `words`: what a search is made of, for reads of both kinds.
//! - [`change_log`]: the append-only record that every write adds to.

pub mod change_log;
pub mod db;
mod entity;
mod error;
pub mod query;
pub mod repo;
mod words;

pub use db::{Db, Dialect, Read, Tx};
pub use error::{DatabaseFailure, DbError};
