//! A course's categories and assessments: adding, changing and deleting them.

use actix_web::HttpResponse;
use actix_web::web::{Json, Path, Query};
use gradebook_app::{AssessmentChange, CategoryChange, NewAssessment, NewCategory, SchemeFault};
use gradebook_domain::{Aggregation, AssessmentId, CategoryId, CourseId, Points, Weight};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::dto::{AssessmentDto, CategoryDto};
use super::scheme_problem::{problem, refused};
use crate::access::SignedIn;
use crate::json_body::JsonBody;
use crate::number::Number;
use crate::problem::{FieldError, Problem, ProblemBody};

/// A category to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCategoryDto {
    /// Unique in the course.
    #[schema(max_length = 64)]
    name: String,
    /// Percent of the course, with at most four decimals, read exactly.
    #[schema(value_type = f64)]
    weight: Box<RawValue>,
    /// `points` (the default), `mean` or `weighted`.
    aggregation: Option<String>,
    #[serde(default)]
    drop_lowest: u32,
    #[serde(default)]
    drop_highest: u32,
}

/// What a category is to become; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeCategoryDto {
    name: Option<String>,
    #[schema(value_type = Option<f64>)]
    weight: Option<Box<RawValue>>,
    aggregation: Option<String>,
    drop_lowest: Option<u32>,
    drop_highest: Option<u32>,
    /// Its place among the categories, from 1.
    position: Option<usize>,
    /// Why; needed when a published assessment is in it and anything but name and place changes.
    reason: Option<String>,
}

/// An assessment to add: a draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAssessmentDto {
    #[schema(max_length = 128)]
    title: String,
    /// Full marks, with at most four decimals, read exactly.
    #[schema(value_type = f64)]
    max_score: Box<RawValue>,
    /// The course's first category if left out.
    category_id: Option<i64>,
    /// Percent within a `weighted` category; 100 if left out.
    #[schema(value_type = Option<f64>)]
    weight: Option<Box<RawValue>>,
    /// ISO 8601; today if left out.
    date: Option<String>,
    /// How far a score may be above full marks; 0 if left out.
    #[schema(value_type = Option<f64>)]
    extra_credit_limit: Option<Box<RawValue>>,
    /// Other courses that get the same assessment, in their category of the same name.
    #[serde(default)]
    #[schema(max_items = 59)]
    also_in: Vec<i64>,
}

/// The assessment that was added, and those of the other courses.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AddedAssessmentDto {
    #[serde(flatten)]
    assessment: AssessmentDto,
    /// Those of `also_in`, in that order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<AssessmentDto>,
}

/// What an assessment is to become; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeAssessmentDto {
    title: Option<String>,
    #[schema(value_type = Option<f64>)]
    max_score: Option<Box<RawValue>>,
    category_id: Option<i64>,
    #[schema(value_type = Option<f64>)]
    weight: Option<Box<RawValue>>,
    date: Option<String>,
    #[schema(value_type = Option<f64>)]
    extra_credit_limit: Option<Box<RawValue>>,
    /// Its place among the assessments of its day, from 1.
    position: Option<usize>,
    /// Why; needed when it is published and its maximum, weight or category changes.
    reason: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeleteQuery {
    /// The title of the assessment, if it has scores.
    confirm: Option<String>,
}

/// Adds a category to a course.
#[utoipa::path(post, operation_id = "add_category", path = "/api/v1/courses/{course_id}/categories", tag = "scheme",
    params(("course_id" = i64, Path)), request_body = NewCategoryDto,
    responses((status = 201, body = CategoryDto), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn add_category(
    caller: SignedIn,
    course: Path<i64>,
    body: JsonBody<NewCategoryDto>,
) -> Result<HttpResponse, Problem> {
    let body = body.into_inner();
    let new = NewCategory {
        name: body.name,
        weight: weight(&body.weight)?,
        aggregation: aggregation(body.aggregation.as_deref())?.unwrap_or(Aggregation::Points),
        drop_lowest: body.drop_lowest,
        drop_highest: body.drop_highest,
    };
    let course = CourseId(*course);
    let added = caller.app.add_category(&caller.actor, course, &new).await;
    let category = added.map_err(|error| problem(&error))?;
    Ok(HttpResponse::Created().json(CategoryDto::from(&category)))
}

/// Changes a category.
#[utoipa::path(patch, operation_id = "change_category", path = "/api/v1/categories/{category_id}", tag = "scheme",
    params(("category_id" = i64, Path)), request_body = ChangeCategoryDto,
    responses((status = 200, body = CategoryDto), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn change_category(
    caller: SignedIn,
    id: Path<i64>,
    body: JsonBody<ChangeCategoryDto>,
) -> Result<Json<CategoryDto>, Problem> {
    let body = body.into_inner();
    let change = CategoryChange {
        name: body.name,
        weight: body.weight.as_deref().map(weight).transpose()?,
        aggregation: aggregation(body.aggregation.as_deref())?,
        drop_lowest: body.drop_lowest,
        drop_highest: body.drop_highest,
        position: body.position,
        reason: body.reason,
    };
    let id = CategoryId(*id);
    let changed = caller.app.change_category(&caller.actor, id, &change).await;
    let category = changed.map_err(|error| problem(&error))?;
    Ok(Json(CategoryDto::from(&category)))
}

/// Deletes a category without assessments.
#[utoipa::path(delete, operation_id = "delete_category", path = "/api/v1/categories/{category_id}", tag = "scheme",
    params(("category_id" = i64, Path)),
    responses((status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub(crate) async fn delete_category(
    caller: SignedIn,
    id: Path<i64>,
) -> Result<HttpResponse, Problem> {
    let deleted = caller
        .app
        .delete_category(&caller.actor, CategoryId(*id))
        .await;
    deleted.map_err(|error| problem(&error))?;
    Ok(HttpResponse::NoContent().finish())
}

/// Adds a draft assessment to a course, and the same to others: all of them or none.
#[utoipa::path(post, operation_id = "add_assessment", path = "/api/v1/courses/{course_id}/assessments", tag = "scheme",
    params(("course_id" = i64, Path)), request_body = NewAssessmentDto,
    responses((status = 201, body = AddedAssessmentDto), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn add_assessment(
    caller: SignedIn,
    course: Path<i64>,
    body: JsonBody<NewAssessmentDto>,
) -> Result<HttpResponse, Problem> {
    let body = body.into_inner();
    let extra = body.extra_credit_limit.as_deref();
    let new = NewAssessment {
        title: body.title,
        max_score: marks(&body.max_score, SchemeFault::MaxScore)?,
        extra_credit_limit: extra
            .map(|raw| marks(raw, SchemeFault::ExtraCredit))
            .transpose()?
            .unwrap_or(Points::ZERO),
        category: body.category_id.map(CategoryId),
        weight: body
            .weight
            .as_deref()
            .map(weight)
            .transpose()?
            .unwrap_or(Weight::HUNDRED),
        date: body.date,
    };
    let course = CourseId(*course);
    let also: Vec<CourseId> = body.also_in.into_iter().map(CourseId).collect();
    let added = caller
        .app
        .add_assessment(&caller.actor, course, &also, &new)
        .await;
    let added = added.map_err(|error| problem(&error))?;
    let dto = |one| AssessmentDto::new(one, true, None);
    Ok(HttpResponse::Created().json(AddedAssessmentDto {
        assessment: dto(&added.assessment),
        also: added.also.iter().map(dto).collect(),
    }))
}

/// Changes an assessment that is not locked.
#[utoipa::path(patch, operation_id = "change_assessment", path = "/api/v1/assessments/{assessment_id}", tag = "scheme",
    params(("assessment_id" = i64, Path)), request_body = ChangeAssessmentDto,
    responses((status = 200, body = AssessmentDto), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn change_assessment(
    caller: SignedIn,
    id: Path<i64>,
    body: JsonBody<ChangeAssessmentDto>,
) -> Result<Json<AssessmentDto>, Problem> {
    let body = body.into_inner();
    let points = |raw: &Option<Box<RawValue>>, fault| {
        raw.as_deref().map(|raw| marks(raw, fault)).transpose()
    };
    let change = AssessmentChange {
        max_score: points(&body.max_score, SchemeFault::MaxScore)?,
        extra_credit_limit: points(&body.extra_credit_limit, SchemeFault::ExtraCredit)?,
        title: body.title,
        category: body.category_id.map(CategoryId),
        weight: body.weight.as_deref().map(weight).transpose()?,
        date: body.date,
        position: body.position,
        reason: body.reason,
    };
    let id = AssessmentId(*id);
    let changed = caller
        .app
        .change_assessment(&caller.actor, id, &change)
        .await;
    let assessment = changed.map_err(|error| problem(&error))?;
    Ok(Json(AssessmentDto::new(&assessment, true, None)))
}

/// Deletes a draft assessment. One that has scores takes `confirm`, its title.
#[utoipa::path(delete, operation_id = "delete_assessment", path = "/api/v1/assessments/{assessment_id}", tag = "scheme",
    params(("assessment_id" = i64, Path), DeleteQuery),
    responses((status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub(crate) async fn delete_assessment(
    caller: SignedIn,
    id: Path<i64>,
    query: Query<DeleteQuery>,
) -> Result<HttpResponse, Problem> {
    let confirm = query.confirm.as_deref();
    let deleted = caller
        .app
        .delete_assessment(&caller.actor, AssessmentId(*id), confirm)
        .await;
    deleted.map_err(|error| problem(&error))?;
    Ok(HttpResponse::NoContent().finish())
}

fn marks(raw: &RawValue, fault: SchemeFault) -> Result<Points, Problem> {
    let points = Number::read(raw).and_then(|text| text.parse().ok());
    points.ok_or_else(|| refused(fault))
}

fn weight(raw: &RawValue) -> Result<Weight, Problem> {
    let weight = Number::read(raw).and_then(|text| text.parse().ok());
    weight.ok_or_else(|| refused(SchemeFault::Weight))
}

fn aggregation(name: Option<&str>) -> Result<Option<Aggregation>, Problem> {
    name.map(str::parse::<Aggregation>)
        .transpose()
        .map_err(|_| {
            Problem::invalid(vec![FieldError {
                pointer: "/aggregation".to_owned(),
                code: "invalid_field",
                detail: "points, mean or weighted".to_owned(),
            }])
        })
}
