//! Grades that stay out of sight on a student's pages until they are tapped, for who reads them among others.
//!
//! It is a matter of the device, so a cookie holds it. The pages say the same with it and without it; what is
//! covered is in a `<details>`, which needs no script.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::access::{Has, SafeForm, Student};
use crate::cookies;

/// The field of the form.
#[derive(Deserialize)]
pub(crate) struct CoverForm {
    #[serde(default)]
    covered: String,
}

/// `POST /me/cover`: covers grades on this device, or shows them.
pub(crate) async fn submit(
    request: HttpRequest,
    _visitor: Has<Student>,
    SafeForm(form): SafeForm<CoverForm>,
) -> HttpResponse {
    HttpResponse::SeeOther()
        .cookie(cookies::cover(&request, form.covered == "yes"))
        .insert_header((header::LOCATION, "/me#this-device"))
        .finish()
}
