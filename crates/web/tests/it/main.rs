//! The server as a client meets it, on SQLite and on MariaDB.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected has to fail"
)]

mod access_matrix;
mod admin;
mod agreement;
mod amendments;
mod analysis;
mod attacks;
mod authenticator;
mod browser;
mod changes;
mod entry;
mod errors;
mod exports;
mod first_setup;
mod forge;
mod forms;
mod harness;
mod imports;
mod keys;
mod lists;
mod live;
mod openapi;
mod own_grades;
mod pages;
mod publication;
mod rank;
mod report;
mod scheme;
mod scheme_many;
mod school;
mod scores;
mod second_factor;
mod sessions;
mod setup;
mod setup_pages;
mod sign_in;
mod statements;
mod steps;
mod throttling;
mod undo;
mod watch;
mod workbooks;
mod world;
