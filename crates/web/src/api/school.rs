//! What the school is called and which language it begins with.

use std::sync::Arc;

use actix_web::web::Json;
use gradebook_app::SchoolFields;
use gradebook_app::read::School;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::setup_problem::setup_problem;
use crate::access::{Admin, Has, Public};
use crate::i18n::Locale;
use crate::json_body::JsonBody;
use crate::problem::{FieldError, Problem, ProblemBody};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SchoolDto {
    /// Empty until somebody says it.
    name: String,
    /// `zh-CN` or `en`: the language of new accounts, and of pages for visitors whose browser asks for
    /// none of ours. Nothing until somebody chooses.
    locale: Option<String>,
}

impl From<Arc<School>> for SchoolDto {
    fn from(school: Arc<School>) -> Self {
        Self {
            name: school.name.clone(),
            locale: Some(school.locale.clone()).filter(|locale| !locale.is_empty()),
        }
    }
}

/// What to change; what is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeSchoolDto {
    /// 1 to 128 characters.
    name: Option<String>,
    /// `zh-CN` or `en`.
    locale: Option<String>,
}

/// The school's name and language, which its sign-in page shows to everybody.
#[utoipa::path(get, operation_id = "get_school", path = "/api/v1/school", tag = "set-up", security(()),
    responses((status = 200, body = SchoolDto)))]
pub(crate) async fn show(visitor: Public) -> Json<SchoolDto> {
    Json(visitor.app.school().into())
}

/// Changes the school's name or language.
#[utoipa::path(patch, operation_id = "change_school", path = "/api/v1/school", tag = "set-up",
    request_body = ChangeSchoolDto,
    responses((status = 200, body = SchoolDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn change(
    caller: Has<Admin>,
    body: JsonBody<ChangeSchoolDto>,
) -> Result<Json<SchoolDto>, Problem> {
    let body = body.into_inner();
    let unknown = |tag: &String| Locale::from_tag(tag).is_none();
    if body.locale.as_ref().is_some_and(unknown) {
        return Err(Problem::invalid(vec![FieldError {
            pointer: "/locale".to_owned(),
            code: "invalid_field",
            detail: "a locale is zh-CN or en".to_owned(),
        }]));
    }
    let typed = SchoolFields {
        name: body.name,
        locale: body.locale,
    };
    let changed = caller.app.change_school(&caller.actor, &typed).await;
    Ok(Json(changed.map_err(|error| setup_problem(&error))?.into()))
}
