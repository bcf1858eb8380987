//! A course's gradebook.

use actix_web::web::{Json, Path};
use gradebook_app::{GradebookView, StudentTotals};
use gradebook_domain::CourseId;
use serde::Serialize;
use utoipa::ToSchema;

use super::amendments::OpenAmendmentDto;
use super::dto::{AssessmentDto, CategoryDto, CourseDto, RowDto, ScoreDto, StatisticsDto, TermDto};
use crate::access::SignedIn;
use crate::number::Number;
use crate::problem::{Problem, ProblemBody};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GradebookDto {
    course: CourseDto,
    term: TermDto,
    categories: Vec<CategoryDto>,
    assessments: Vec<AssessmentDto>,
    students: Vec<RowDto>,
    /// The cells that were ever written; any other is blank at version 0.
    scores: Vec<ScoreDto>,
    totals: Vec<TotalDto>,
    statistics: Vec<StatisticsDto>,
    /// Open requests to change or review a score.
    amendments: Vec<OpenAmendmentDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TotalDto {
    student_id: i64,
    /// Percent; blank cells ignored.
    current: Option<Number>,
    /// Percent; blank and missing cells count zero.
    r#final: Option<Number>,
    /// The letter of the final percentage; null while the course gives none.
    letter: Option<String>,
    /// In the order of the categories.
    categories: Vec<CategoryTotalDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CategoryTotalDto {
    category_id: i64,
    /// Percent; blank and missing cells ignored.
    current: Option<Number>,
    /// Percent; blank and missing cells count zero.
    r#final: Option<Number>,
}

impl From<&StudentTotals> for TotalDto {
    fn from(totals: &StudentTotals) -> Self {
        Self {
            student_id: totals.student.0,
            current: totals.current.as_ref().map(Number::from),
            r#final: totals.r#final.as_ref().map(Number::from),
            letter: totals.letter.clone(),
            categories: totals
                .categories
                .iter()
                .map(|one| CategoryTotalDto {
                    category_id: one.category.0,
                    current: one.current.as_ref().map(Number::from),
                    r#final: one.r#final.as_ref().map(Number::from),
                })
                .collect(),
        }
    }
}

impl From<&GradebookView> for GradebookDto {
    fn from(view: &GradebookView) -> Self {
        Self {
            course: (&view.course).into(),
            term: (&view.course.term).into(),
            categories: view.categories.iter().map(CategoryDto::from).collect(),
            assessments: view
                .columns
                .iter()
                .map(|column| AssessmentDto::new(&column.assessment, column.editable, None))
                .collect(),
            students: RowDto::of(&view.students, &view.stays),
            scores: view.cells.iter().map(ScoreDto::from).collect(),
            totals: view.totals.iter().map(TotalDto::from).collect(),
            statistics: view
                .columns
                .iter()
                .filter_map(|column| {
                    let statistics = column.statistics.as_ref()?;
                    Some(StatisticsDto::of(
                        column.assessment.id.0,
                        statistics,
                        &column.tenths,
                    ))
                })
                .collect(),
            amendments: view.amendments.iter().map(OpenAmendmentDto::from).collect(),
        }
    }
}

/// A course's gradebook.
#[utoipa::path(get, operation_id = "get_gradebook", path = "/api/v1/courses/{course_id}/gradebook", tag = "grades",
    params(("course_id" = i64, Path)),
    responses((status = 200, body = GradebookDto), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
pub(crate) async fn show(
    caller: SignedIn,
    course: Path<i64>,
) -> Result<Json<GradebookDto>, Problem> {
    let view = caller
        .app
        .gradebook(&caller.actor, CourseId(*course))
        .await?;
    Ok(Json(GradebookDto::from(&view)))
}
