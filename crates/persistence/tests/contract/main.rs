//! What the rest of the program may expect of a database, checked on SQLite and on MariaDB or MySQL
//! alike. How each test comes by its database is told in `gradebook-test-databases`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test says what it expects by unwrapping it, and its name says what it is about"
)]

mod accounts;
mod analysis;
mod change_log;
mod configuration;
mod constraints;
mod fixture;
mod identity;
mod inspection;
mod keys;
mod membership;
mod migrations;
mod outage;
mod people;
mod reads;
mod scheme;
mod scores;
mod setup;
mod table_rows;
mod terms;
mod write;
