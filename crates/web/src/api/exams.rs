//! Lists of exams.

use actix_web::web::{Json, Query};
use gradebook_app::read::ExamClasses;
use gradebook_domain::ExamId;
use serde::Serialize;
use utoipa::ToSchema;

use super::dto::{ClassDto, TermDto};
use super::paging::{Listing, Paging};
use crate::access::SignedIn;
use crate::problem::{Problem, ProblemBody};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExamDto {
    id: i64,
    name: String,
    /// `midterm`, `final`, `monthly` or `quiz`.
    kind: String,
    held_on: String,
    term: TermDto,
    /// The classes whose sheets the caller may see.
    classes: Vec<ClassDto>,
}

impl From<ExamClasses> for ExamDto {
    fn from(found: ExamClasses) -> Self {
        Self {
            id: found.exam.id.0,
            name: found.exam.name,
            kind: found.exam.kind,
            held_on: found.exam.held_on,
            term: (&found.term).into(),
            classes: found.classes.iter().map(ClassDto::from).collect(),
        }
    }
}

/// The exams, newest first. Students see none here.
#[utoipa::path(get, operation_id = "list_exams", path = "/api/v1/exams", tag = "exams", params(Paging),
    responses((status = 200, body = Listing<ExamDto>), (status = 401, body = ProblemBody)))]
pub(crate) async fn list(
    caller: SignedIn,
    paging: Query<Paging>,
) -> Result<Json<Listing<ExamDto>>, Problem> {
    let before = paging.position()?.map(ExamId);
    let page = caller
        .app
        .exams(&caller.actor, before, paging.limit()?)
        .await?;
    Ok(Json(Listing::of(page, ExamDto::from)))
}
