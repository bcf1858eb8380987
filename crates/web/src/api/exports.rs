//! Gradebooks, exam sheets and class lists as files.

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use gradebook_app::{App, plain_file_name};
use gradebook_domain::{ClassId, CourseId, ExamId};
use serde::Deserialize;
use url::form_urlencoded::byte_serialize;
use utoipa::IntoParams;

use super::paging::wrong;
use crate::access::{Admin, Has, SignedIn};
use crate::exports::{Book, Format, class_list, gradebook, sheet, write};
use crate::i18n::{Locale, T};
use crate::problem::{Problem, ProblemBody};

/// In which language a file is written.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Language {
    /// `zh-CN` (or `zh`) or `en`; the visitor's language unless stated.
    lang: Option<String>,
}

impl Language {
    pub(super) fn of(&self, request: &HttpRequest) -> Result<T, Problem> {
        let locale = match self.lang.as_deref() {
            None => Locale::of(request),
            Some("zh") => Locale::ZhCn,
            Some(tag) => {
                Locale::from_tag(tag).ok_or_else(|| wrong("lang", "lang is zh-CN or en"))?
            }
        };
        Ok(T(locale))
    }
}

/// A course's gradebook as CSV: students, assessments, category percentages, totals.
#[utoipa::path(get, operation_id = "export_gradebook_csv", path = "/api/v1/courses/{course_id}/gradebook.csv", tag = "exports",
    params(("course_id" = i64, Path), Language),
    responses((status = 200, content_type = "text/csv", body = String), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
pub(crate) async fn gradebook_csv(
    request: HttpRequest,
    caller: SignedIn,
    course: Path<i64>,
    language: Query<Language>,
) -> Result<HttpResponse, Problem> {
    let t = language.of(&request)?;
    gradebook_file(&caller, CourseId(*course), t, Format::Csv).await
}

/// A course's gradebook as a workbook, with a sheet of its assessments.
#[utoipa::path(get, operation_id = "export_gradebook_xlsx", path = "/api/v1/courses/{course_id}/gradebook.xlsx", tag = "exports",
    params(("course_id" = i64, Path), Language),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = [u8]),
        (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn gradebook_xlsx(
    request: HttpRequest,
    caller: SignedIn,
    course: Path<i64>,
    language: Query<Language>,
) -> Result<HttpResponse, Problem> {
    let t = language.of(&request)?;
    gradebook_file(&caller, CourseId(*course), t, Format::Xlsx).await
}

/// A class's sheet of an exam as CSV, in the wide form that imports read.
#[utoipa::path(get, operation_id = "export_exam_sheet_csv", path = "/api/v1/exams/{exam_id}/classes/{class_id}/sheet.csv", tag = "exports",
    params(("exam_id" = i64, Path), ("class_id" = i64, Path), Language),
    responses((status = 200, content_type = "text/csv", body = String), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
pub(crate) async fn sheet_csv(
    request: HttpRequest,
    caller: SignedIn,
    ids: Path<(i64, i64)>,
    language: Query<Language>,
) -> Result<HttpResponse, Problem> {
    let t = language.of(&request)?;
    sheet_file(&caller, *ids, t, Format::Csv).await
}

/// A class's sheet of an exam as a workbook.
#[utoipa::path(get, operation_id = "export_exam_sheet_xlsx", path = "/api/v1/exams/{exam_id}/classes/{class_id}/sheet.xlsx", tag = "exports",
    params(("exam_id" = i64, Path), ("class_id" = i64, Path), Language),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = [u8]),
        (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn sheet_xlsx(
    request: HttpRequest,
    caller: SignedIn,
    ids: Path<(i64, i64)>,
    language: Query<Language>,
) -> Result<HttpResponse, Problem> {
    let t = language.of(&request)?;
    sheet_file(&caller, *ids, t, Format::Xlsx).await
}

/// Who is in a class, as CSV.
#[utoipa::path(get, operation_id = "export_class_csv", path = "/api/v1/classes/{class_id}/students.csv", tag = "exports",
    params(("class_id" = i64, Path), Language),
    responses((status = 200, content_type = "text/csv", body = String), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
pub(crate) async fn class_csv(
    request: HttpRequest,
    caller: SignedIn,
    class: Path<i64>,
    language: Query<Language>,
) -> Result<HttpResponse, Problem> {
    let t = language.of(&request)?;
    class_file(&caller, ClassId(*class), t, Format::Csv).await
}

/// Who is in a class, as a workbook.
#[utoipa::path(get, operation_id = "export_class_xlsx", path = "/api/v1/classes/{class_id}/students.xlsx", tag = "exports",
    params(("class_id" = i64, Path), Language),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = [u8]),
        (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn class_xlsx(
    request: HttpRequest,
    caller: SignedIn,
    class: Path<i64>,
    language: Query<Language>,
) -> Result<HttpResponse, Problem> {
    let t = language.of(&request)?;
    class_file(&caller, ClassId(*class), t, Format::Xlsx).await
}

/// The whole school as a OneRoster 1.2 bundle: a zip of CSV files that other systems read.
#[utoipa::path(get, operation_id = "export_oneroster", path = "/api/v1/oneroster.zip", tag = "exports",
    responses((status = 200, content_type = "application/zip", body = [u8]),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub(crate) async fn oneroster(caller: Has<Admin>) -> Result<HttpResponse, Problem> {
    let bytes = caller.app.export_oneroster(&caller.actor).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/zip"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            download("oneroster", "oneroster", "zip"),
        ))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(bytes))
}

async fn gradebook_file(
    caller: &SignedIn,
    course: CourseId,
    t: T,
    format: Format,
) -> Result<HttpResponse, Problem> {
    let view = caller.app.gradebook(&caller.actor, course).await?;
    file(&caller.app, &gradebook::book(t, &view), format)
}

async fn sheet_file(
    caller: &SignedIn,
    (exam, class): (i64, i64),
    t: T,
    format: Format,
) -> Result<HttpResponse, Problem> {
    let (exam, class) = (ExamId(exam), ClassId(class));
    let view = caller.app.exam_sheet(&caller.actor, exam, class).await?;
    file(&caller.app, &sheet::book(t, &view), format)
}

async fn class_file(
    caller: &SignedIn,
    class: ClassId,
    t: T,
    format: Format,
) -> Result<HttpResponse, Problem> {
    let view = caller.app.class_list(&caller.actor, class).await?;
    file(&caller.app, &class_list::book(t, &view), format)
}

pub(super) fn file(app: &App, book: &Book, format: Format) -> Result<HttpResponse, Problem> {
    let bytes = write(book, format, app.now_s()).map_err(|error| {
        tracing::error!(%error, "export not written");
        Problem::internal()
    })?;
    let ending = format.ending();
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, format.media_type()))
        .insert_header((
            header::CONTENT_DISPOSITION,
            download(&book.plain_name, &book.file_name, ending),
        ))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(bytes))
}

/// To be saved under a name (RFC 6266): the one for people as RFC 8187 writes it, and an ASCII one for
/// clients that know nothing else.
pub(crate) fn download(plain: &str, name: &str, ending: &str) -> HeaderValue {
    // No name of a file on any system.
    let usable = |sign: char| !sign.is_control() && !"/\\:*?\"<>|".contains(sign);
    let name: String = plain_file_name(name)
        .chars()
        .map(|sign| if usable(sign) { sign } else { '_' })
        .collect();
    // It leaves `*` as it is, which there is none of, and writes spaces as `+`.
    let encoded: String = byte_serialize(name.trim().as_bytes()).collect();
    let encoded = encoded.replace('+', "%20");
    let value =
        format!("attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{encoded}.{ending}");
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_for_people_and_for_programs() {
        assert_eq!(
            download("gradebook-7", "数学\u{202e} 3/4\r\n\"a+b\"'", "csv"),
            "attachment; filename=\"gradebook-7.csv\"; \
             filename*=UTF-8''%E6%95%B0%E5%AD%A6%203_4_a%2Bb_%27.csv"
        );
    }
}
