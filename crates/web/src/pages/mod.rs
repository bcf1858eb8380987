//! The pages: request, view model, template.
//!
//! A handler calls one use case, puts what it read into a plain view model in the visitor's
//! language and renders it. Templates decide nothing but what is shown where.

pub(crate) mod account;
pub(crate) mod admin;
pub(crate) mod analysis;
mod assessment_head;
pub(crate) mod batch;
pub(crate) mod calculator;
mod change_lines;
mod confirm;
pub(crate) mod course_changes;
pub(crate) mod cover;
#[cfg(debug_assertions)]
pub(crate) mod design;
mod device;
pub(crate) mod entry;
mod error;
mod finding;
mod frame;
pub(crate) mod gradebook;
pub(crate) mod home;
pub(crate) mod imports;
pub(crate) mod installed;
pub(crate) mod language;
pub(crate) mod login;
pub(crate) mod login_code;
pub(crate) mod me;
pub(crate) mod my_course;
pub(crate) mod my_review;
mod own_path;
pub(crate) mod password;
pub(crate) mod publish;
pub(crate) mod report;
pub(crate) mod review;
pub(crate) mod reviews;
pub(crate) mod scheme_copy;
pub(crate) mod settings;
pub(crate) mod setup;
pub(crate) mod sheet;
mod sittings;
pub(crate) mod totp;
mod trend;
mod visit;
pub(crate) mod watch;
mod why;
pub(crate) mod words;

#[cfg(test)]
mod tests;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

use crate::problem::Problem;

pub(crate) use error::error_page;

const HTML: &str = "text/html; charset=utf-8";

/// A rendered page.
fn page(status: StatusCode, template: &impl Template) -> Result<HttpResponse, Problem> {
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "page not rendered");
        Problem::internal()
    })?;
    Ok(HttpResponse::build(status).content_type(HTML).body(html))
}

/// Sends the browser on with a GET.
fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, location))
        .finish()
}
