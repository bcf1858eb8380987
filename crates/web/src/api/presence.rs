//! Who else has a gradebook open.

use actix_web::web::{Json, Path};
use gradebook_app::read::Person;
use gradebook_app::{Present, Whereabouts};
use gradebook_domain::{AssessmentId, CourseId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::dto::PersonDto;
use crate::access::SignedIn;
use crate::json_body::JsonBody;
use crate::problem::{Problem, ProblemBody};

/// Where the caller is. A page says it when its reader moves, and again before thirty seconds are over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhereaboutsDto {
    /// The column and the row of the cell; neither while there is none.
    assessment_id: Option<i64>,
    student_id: Option<i64>,
    /// The page is being closed.
    #[serde(default)]
    leaving: bool,
}

/// Who else has the gradebook open.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PresenceDto {
    others: Vec<PresentDto>,
}

/// Somebody who has the gradebook open, and the cell where they are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PresentDto {
    user: PersonDto,
    assessment_id: Option<i64>,
    student_id: Option<i64>,
}

impl From<Present> for PresentDto {
    fn from(present: Present) -> Self {
        Self {
            user: PersonDto::from(&Person {
                id: present.user,
                name: present.name,
            }),
            assessment_id: present.place.map(|(assessment, _)| assessment.0),
            student_id: present.place.map(|(_, student)| student.0),
        }
    }
}

/// Says where the caller is in a gradebook, and is told who else has it open.
#[utoipa::path(post, operation_id = "be_present", path = "/api/v1/courses/{course_id}/presence", tag = "grades",
    params(("course_id" = i64, Path)), request_body = WhereaboutsDto,
    responses((status = 200, body = PresenceDto), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn say(
    caller: SignedIn,
    course: Path<i64>,
    body: JsonBody<WhereaboutsDto>,
) -> Result<Json<PresenceDto>, Problem> {
    let place = body
        .assessment_id
        .map(AssessmentId)
        .zip(body.student_id.map(UserId));
    let whereabouts = if body.leaving {
        Whereabouts::Leaving
    } else {
        Whereabouts::Here(place)
    };
    let others = caller
        .app
        .present_in(&caller.actor, CourseId(*course), whereabouts)
        .await?;
    Ok(Json(PresenceDto {
        others: others.into_iter().map(PresentDto::from).collect(),
    }))
}
