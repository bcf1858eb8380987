//! What is done to a whole scheme: copying it to other courses, emptying a category.

use actix_web::web::{Json, Path};
use gradebook_app::{CopiedScheme, CopyScheme, EditSchemeError, MoveAssessments, SchemeFault};
use gradebook_domain::{CategoryId, CourseId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::scheme_problem::{problem, problem_of};
use crate::access::SignedIn;
use crate::json_body::JsonBody;
use crate::number::Number;
use crate::problem::{FieldError, Problem, ProblemBody};

const fn yes() -> bool {
    true
}

/// What is copied, and to where.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CopySchemeDto {
    /// Courses of open terms that the caller may edit.
    #[schema(min_items = 1, max_items = 59)]
    to: Vec<i64>,
    /// Whether the categories are copied: names, weights, how they are put together, drops, order.
    #[serde(default = "yes")]
    categories: bool,
    /// Whether the policy is copied: absences, letters, what is shown of the class.
    #[serde(default = "yes")]
    policy: bool,
    /// The name of a copied category into which the assessments of categories go that are not among
    /// the copied ones. Without it such categories stay, unless they are empty.
    rest_into: Option<String>,
    /// Why; needed when published assessments count differently.
    reason: Option<String>,
    /// Only say what would change.
    #[serde(default)]
    dry_run: bool,
    /// The plan that a dry run showed: if it is another one by now, nothing is done.
    plan_hash: Option<String>,
}

/// What copying did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CopiedSchemesDto {
    dry_run: bool,
    /// What is done, in one number.
    plan_hash: String,
    courses: Vec<CopiedSchemeDto>,
}

/// What it does to a course.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CopiedSchemeDto {
    course_id: i64,
    /// Names of categories that it did not have.
    added: Vec<String>,
    /// Names of categories that count differently.
    changed: Vec<String>,
    /// Names of categories that go.
    removed: Vec<String>,
    /// Names of its own categories that stay, since they hold assessments.
    kept: Vec<String>,
    /// Whether its categories get another order.
    reordered: bool,
    /// Assessments that move to another category.
    moved_assessments: usize,
    policy_changed: bool,
    /// What the weights of its categories add up to afterwards, in percent.
    category_weights: Number,
    /// Published and locked assessments that count differently.
    published_assessments: usize,
    /// Students who see another total or letter.
    students: usize,
}

impl From<&CopiedScheme> for CopiedSchemeDto {
    fn from(copied: &CopiedScheme) -> Self {
        Self {
            course_id: copied.course.id.0,
            added: copied.added.clone(),
            changed: copied.changed.clone(),
            removed: copied.removed.clone(),
            kept: copied.kept.clone(),
            reordered: copied.reordered,
            moved_assessments: copied.moved,
            policy_changed: copied.policy,
            category_weights: copied.weights.into(),
            published_assessments: copied.consequence.assessments,
            students: copied.consequence.students,
        }
    }
}

/// Makes other courses count like this one: all of them or none.
#[utoipa::path(post, operation_id = "copy_scheme", path = "/api/v1/courses/{course_id}/scheme/copy", tag = "scheme",
    params(("course_id" = i64, Path)), request_body = CopySchemeDto,
    responses((status = 200, body = CopiedSchemesDto), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn copy(
    caller: SignedIn,
    course: Path<i64>,
    body: JsonBody<CopySchemeDto>,
) -> Result<Json<CopiedSchemesDto>, Problem> {
    let body = body.into_inner();
    let order = CopyScheme {
        to: body.to.into_iter().map(CourseId).collect(),
        categories: body.categories,
        policy: body.policy,
        rest_into: body.rest_into,
        reason: body.reason,
        dry_run: body.dry_run,
        agreed: body.plan_hash,
    };
    let from = CourseId(*course);
    let copied = caller.app.copy_scheme(&caller.actor, from, &order).await;
    let copied = copied.map_err(|error| match error {
        EditSchemeError::Field(SchemeFault::Category) => Problem::invalid(vec![FieldError {
            pointer: "/rest_into".to_owned(),
            code: "unknown_category",
            detail: "No copied category has this name.".to_owned(),
        }]),
        error => problem_of(&error, "/to"),
    })?;
    Ok(Json(CopiedSchemesDto {
        dry_run: order.dry_run,
        courses: copied.courses.iter().map(CopiedSchemeDto::from).collect(),
        plan_hash: copied.plan_hash,
    }))
}

/// Where the assessments of a category go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoveAssessmentsDto {
    /// Another category of the same course.
    category_id: i64,
    /// Whether the category, empty then, is deleted, too.
    #[serde(default)]
    then_delete: bool,
    /// Why; needed when published assessments move.
    reason: Option<String>,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MovedAssessmentsDto {
    /// How many were moved.
    moved: usize,
    /// Whether the category is gone.
    deleted: bool,
}

/// Moves all assessments of a category to another one of its course.
#[utoipa::path(post, operation_id = "move_assessments", path = "/api/v1/categories/{category_id}/move-assessments", tag = "scheme",
    params(("category_id" = i64, Path)), request_body = MoveAssessmentsDto,
    responses((status = 200, body = MovedAssessmentsDto), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn move_assessments(
    caller: SignedIn,
    id: Path<i64>,
    body: JsonBody<MoveAssessmentsDto>,
) -> Result<Json<MovedAssessmentsDto>, Problem> {
    let body = body.into_inner();
    let order = MoveAssessments {
        to: CategoryId(body.category_id),
        then_delete: body.then_delete,
        reason: body.reason,
    };
    let id = CategoryId(*id);
    let moved = caller.app.move_assessments(&caller.actor, id, &order).await;
    let moved = moved.map_err(|error| problem(&error))?;
    Ok(Json(MovedAssessmentsDto {
        moved: moved.moved,
        deleted: moved.deleted,
    }))
}
