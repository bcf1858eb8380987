//! A class's sheet of an exam.

use actix_web::web::{Json, Path};
use gradebook_app::ExamSheetView;
use gradebook_app::read::Exam;
use gradebook_domain::{ClassId, ExamId, SheetTotal};
use serde::Serialize;
use utoipa::ToSchema;

use super::amendments::OpenAmendmentDto;
use super::dto::{AssessmentDto, ClassDto, RowDto, ScoreDto, StatisticsDto, TermDto};
use crate::access::SignedIn;
use crate::number::Number;
use crate::problem::{Problem, ProblemBody};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SheetDto {
    exam: SheetExamDto,
    class: Option<ClassDto>,
    term: Option<TermDto>,
    /// One column a subject.
    assessments: Vec<AssessmentDto>,
    students: Vec<RowDto>,
    /// The cells that were ever written; any other is blank at version 0.
    scores: Vec<ScoreDto>,
    totals: Vec<SheetTotalDto>,
    statistics: Vec<StatisticsDto>,
    /// Open requests to change or review a score, in the columns that the caller keeps.
    amendments: Vec<OpenAmendmentDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SheetExamDto {
    id: i64,
    name: String,
    kind: String,
    held_on: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SheetTotalDto {
    student_id: i64,
    /// Sum over the scored subjects.
    total: Option<Number>,
    /// Mean over the scored subjects.
    mean: Option<Number>,
    /// Place in the class by total; equal totals share a place.
    rank: Option<usize>,
}

impl From<&Exam> for SheetExamDto {
    fn from(exam: &Exam) -> Self {
        Self {
            id: exam.id.0,
            name: exam.name.clone(),
            kind: exam.kind.clone(),
            held_on: exam.held_on.clone(),
        }
    }
}

impl From<&SheetTotal> for SheetTotalDto {
    fn from(total: &SheetTotal) -> Self {
        Self {
            student_id: total.student.0,
            total: total.total.map(Number::from),
            mean: total.mean.as_ref().map(Number::from),
            rank: total.rank,
        }
    }
}

impl From<&ExamSheetView> for SheetDto {
    fn from(view: &ExamSheetView) -> Self {
        let first = view.columns.first().map(|(_, course)| course);
        Self {
            exam: (&view.exam).into(),
            class: first.map(|course| ClassDto::from(&course.class)),
            term: first.map(|course| TermDto::from(&course.term)),
            assessments: view
                .columns
                .iter()
                .map(|(column, course)| {
                    AssessmentDto::new(&column.assessment, column.editable, Some(course))
                })
                .collect(),
            students: RowDto::of(&view.students, &view.stays),
            scores: view.cells.iter().map(ScoreDto::from).collect(),
            totals: view.totals.iter().map(SheetTotalDto::from).collect(),
            statistics: view
                .columns
                .iter()
                .filter_map(|(column, _)| {
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

/// A class's sheet of an exam: one column a subject, total and rank.
#[utoipa::path(get, operation_id = "get_exam_sheet", path = "/api/v1/exams/{exam_id}/classes/{class_id}/sheet", tag = "grades",
    params(("exam_id" = i64, Path), ("class_id" = i64, Path)),
    responses((status = 200, body = SheetDto), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
pub(crate) async fn show(
    caller: SignedIn,
    ids: Path<(i64, i64)>,
) -> Result<Json<SheetDto>, Problem> {
    let (exam, class) = *ids;
    let view = caller
        .app
        .exam_sheet(&caller.actor, ExamId(exam), ClassId(class))
        .await?;
    Ok(Json(SheetDto::from(&view)))
}
