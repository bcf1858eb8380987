//! Lines of an exam, the weights of its composite, and what follows a tie.

use actix_web::web::{Json, Path};
use gradebook_app::read::ExamSettings;
use gradebook_app::{LineEdit, LineField, LineRefusal, SetRulesError};
use gradebook_domain::{
    CompositeWeights, ExamId, Points, PointsError, RankStyle, SubjectId, Weight, WeightError,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::exam_analysis::SettingsDto;
use crate::access::{Admin, Has};
use crate::json_body::JsonBody;
use crate::number::Number;
use crate::problem::{FieldError, Problem, ProblemBody, database_problem};

/// The lines of an exam; what is not named has the usual lines again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetLinesDto {
    lines: Vec<GivenLineDto>,
}

/// The lines of one subject in one grade level, in points with at most four decimals:
/// 0 ≤ pass ≤ good ≤ excellent ≤ full.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivenLineDto {
    subject_id: i64,
    grade_level: String,
    #[schema(value_type = f64)]
    full: Box<RawValue>,
    #[schema(value_type = f64)]
    excellent: Box<RawValue>,
    #[schema(value_type = f64)]
    good: Box<RawValue>,
    #[schema(value_type = f64)]
    pass: Box<RawValue>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinesOfExamDto {
    /// Those that are set.
    lines: Vec<LineDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineDto {
    subject_id: i64,
    grade_level: String,
    full: Number,
    excellent: Number,
    good: Number,
    pass: Number,
}

impl From<LineEdit> for LineDto {
    fn from(edit: LineEdit) -> Self {
        Self {
            subject_id: edit.subject.0,
            grade_level: edit.grade_level,
            full: edit.full.into(),
            excellent: edit.excellent.into(),
            good: edit.good.into(),
            pass: edit.pass.into(),
        }
    }
}

/// Sets an exam's lines.
#[utoipa::path(put, operation_id = "set_exam_lines", path = "/api/v1/exams/{exam_id}/lines", tag = "exams",
    params(("exam_id" = i64, Path)), request_body = SetLinesDto,
    responses((status = 200, body = LinesOfExamDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn set_lines(
    caller: Has<Admin>,
    id: Path<i64>,
    body: JsonBody<SetLinesDto>,
) -> Result<Json<LinesOfExamDto>, Problem> {
    let edits = edits(body.into_inner().lines)?;
    let set = caller
        .app
        .set_exam_lines(&caller.actor, ExamId(*id), &edits)
        .await;
    set.map_err(|error| problem(&error))?;
    Ok(Json(LinesOfExamDto {
        lines: edits.into_iter().map(LineDto::from).collect(),
    }))
}

/// Every number read exactly from its text, or all the fields that hold none.
fn edits(given: Vec<GivenLineDto>) -> Result<Vec<LineEdit>, Problem> {
    let mut wrong = Vec::new();
    let mut edits = Vec::with_capacity(given.len());
    for (at, line) in given.into_iter().enumerate() {
        let mut points = |field: LineField, raw: &RawValue| {
            read(raw).unwrap_or_else(|error| {
                wrong.push(FieldError {
                    pointer: pointer(at, field),
                    code: "invalid_field",
                    detail: error.to_string(),
                });
                Points::ZERO
            })
        };
        edits.push(LineEdit {
            subject: SubjectId(line.subject_id),
            full: points(LineField::Full, &line.full),
            excellent: points(LineField::Excellent, &line.excellent),
            good: points(LineField::Good, &line.good),
            pass: points(LineField::Pass, &line.pass),
            grade_level: line.grade_level,
        });
    }
    if wrong.is_empty() {
        Ok(edits)
    } else {
        Err(Problem::invalid(wrong))
    }
}

/// A JSON number; a text or anything else is none.
fn read(raw: &RawValue) -> Result<Points, PointsError> {
    let text = raw.get();
    if text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        text.parse()
    } else {
        Err(PointsError::NotANumber)
    }
}

fn pointer(at: usize, field: LineField) -> String {
    let name = match field {
        LineField::Subject => "subject_id",
        LineField::GradeLevel => "grade_level",
        LineField::Full => "full",
        LineField::Excellent => "excellent",
        LineField::Good => "good",
        LineField::Pass => "pass",
    };
    format!("/lines/{at}/{name}")
}

fn problem(error: &SetRulesError) -> Problem {
    match error {
        SetRulesError::NotFound => Problem::not_found(),
        SetRulesError::Forbidden => Problem::forbidden(),
        SetRulesError::Lines(wrong) => {
            let errors = wrong.iter().map(|(at, why)| FieldError {
                pointer: pointer(*at, why.field()),
                code: match why {
                    LineRefusal::UnknownSubject => "unknown_subject",
                    LineRefusal::UnknownGradeLevel => "unknown_grade_level",
                    LineRefusal::Twice => "duplicate_line",
                    LineRefusal::Order(_) => "lines_out_of_order",
                },
                detail: why.to_string(),
            });
            Problem::invalid(errors.collect())
        }
        SetRulesError::Database(_) => database_problem(error),
    }
}

/// How an exam is analysed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivenSettingsDto {
    composite: GivenCompositeDto,
    /// `competition` (1, 1, 3) or `dense` (1, 1, 2).
    rank_style: String,
}

/// What the composite is made of, in percent; 100 in sum.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivenCompositeDto {
    #[schema(value_type = f64)]
    mean: Box<RawValue>,
    #[schema(value_type = f64)]
    pass: Box<RawValue>,
    #[schema(value_type = f64)]
    excellent: Box<RawValue>,
}

/// Sets the weights of an exam's composite, and what follows a tie.
#[utoipa::path(put, operation_id = "set_exam_analysis_settings", path = "/api/v1/exams/{exam_id}/analysis-settings",
    tag = "exams", params(("exam_id" = i64, Path)), request_body = GivenSettingsDto,
    responses((status = 200, body = SettingsDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub(crate) async fn set_settings(
    caller: Has<Admin>,
    id: Path<i64>,
    body: JsonBody<GivenSettingsDto>,
) -> Result<Json<SettingsDto>, Problem> {
    let settings = settings(&body)?;
    let set = caller
        .app
        .set_exam_settings(&caller.actor, ExamId(*id), settings)
        .await;
    set.map_err(|error| problem(&error))?;
    Ok(Json((&settings).into()))
}

fn settings(given: &GivenSettingsDto) -> Result<ExamSettings, Problem> {
    let mut wrong = Vec::new();
    let mut refuse = |pointer: &str, detail: String| {
        wrong.push(FieldError {
            pointer: pointer.to_owned(),
            code: "invalid_field",
            detail,
        });
    };
    let mut weight = |pointer, raw: &RawValue| {
        let points = read(raw).map_err(WeightError::from);
        points
            .and_then(|points| {
                Weight::from_ten_thousandths(points.ten_thousandths()).ok_or(WeightError::Negative)
            })
            .map_err(|error| refuse(pointer, error.to_string()))
            .ok()
    };
    let given_weights = (
        weight("/composite/mean", &given.composite.mean),
        weight("/composite/pass", &given.composite.pass),
        weight("/composite/excellent", &given.composite.excellent),
    );
    let mut weights = None;
    if let (Some(mean), Some(pass), Some(excellent)) = given_weights {
        match CompositeWeights::new(mean, pass, excellent) {
            Ok(made) => weights = Some(made),
            Err(error) => refuse("/composite", error.to_string()),
        }
    }
    let style = given.rank_style.parse::<RankStyle>();
    if style.is_err() {
        refuse(
            "/rank_style",
            "rank_style is competition (1, 1, 3) or dense (1, 1, 2)".to_owned(),
        );
    }
    match (weights, style) {
        (Some(weights), Ok(rank_style)) => Ok(ExamSettings {
            weights,
            rank_style,
        }),
        _ => Err(Problem::invalid(wrong)),
    }
}
