//! Empty tables to fill in and import.

use actix_web::http::header;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use gradebook_domain::SubjectId;

use crate::access::{Admin, Has};
use crate::api::exports::download;
use crate::exports::{Format, forms, write};
use crate::i18n::{Locale, T};
use crate::pages::words::subject_name;
use crate::problem::Problem;

/// Subjects of one school.
const MOST_SUBJECTS: u16 = 200;

/// `GET /admin/imports/forms/{name}`: `roster` or `scores`, as `.csv` or `.xlsx`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
    name: Path<String>,
) -> Result<HttpResponse, Problem> {
    let t = T(Locale::of(&request));
    let (kind, ending) = name.split_once('.').unwrap_or_default();
    let format = [Format::Csv, Format::Xlsx];
    let format = format.into_iter().find(|format| format.ending() == ending);
    let format = format.ok_or_else(Problem::not_found)?;
    let book = match kind {
        "roster" => forms::roster(t),
        "scores" => {
            let app = &visitor.app;
            let subjects = app.subjects(&visitor.actor, SubjectId(0), MOST_SUBJECTS);
            let subjects = subjects.await?.items;
            let names = subjects.iter().map(|(subject, _)| subject_name(t, subject));
            forms::scores(t, names)
        }
        _ => return Err(Problem::not_found()),
    };
    let file = write(&book, format, visitor.app.now_s()).map_err(|error| {
        tracing::error!(%error, "an empty table could not be written");
        Problem::internal()
    })?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, format.media_type()))
        .insert_header((
            header::CONTENT_DISPOSITION,
            download(&book.plain_name, &book.file_name, format.ending()),
        ))
        .body(file))
}
