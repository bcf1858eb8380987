//! Lists of courses.

use actix_web::web::{Json, Query};
use gradebook_domain::CourseId;

use super::dto::CourseDto;
use super::paging::{Listing, Paging};
use crate::access::SignedIn;
use crate::problem::{Problem, ProblemBody};

/// The courses that the caller may see.
#[utoipa::path(get, operation_id = "list_courses", path = "/api/v1/courses", tag = "courses", params(Paging),
    responses((status = 200, body = Listing<CourseDto>), (status = 401, body = ProblemBody)))]
pub(crate) async fn list(
    caller: SignedIn,
    paging: Query<Paging>,
) -> Result<Json<Listing<CourseDto>>, Problem> {
    let after = CourseId(paging.position()?.unwrap_or(0));
    let page = caller
        .app
        .courses(&caller.actor, after, paging.limit()?)
        .await?;
    Ok(Json(Listing::of(page, |course| CourseDto::from(&course))))
}
