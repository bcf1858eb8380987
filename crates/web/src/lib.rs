//! HTTP, pages and the command line: four drivers of the use cases in `gradebook_app`.
//!
//! - [`routes`]: every path, on one screen.
//! - `access`: the only way for a handler to get at the application.
//! - `api`: the JSON interface; `pages`: the same use cases as HTML.
//! - [`problem`]: every error that a client can see.

pub mod access;
mod api;
mod assets;
mod audience;
pub mod cli;
pub mod config;
mod cookies;
mod error_answers;
mod exports;
mod headers;
mod i18n;
mod json_body;
mod number;
mod oneroster_report;
pub mod openapi;
mod pages;
mod plain_bodies;
pub mod problem;
mod qr;
pub mod routes;
mod same_origin;
pub mod secrets;
pub mod server;
mod shutdown;
mod slow_bodies;
pub mod telemetry;
mod upload;
