//! An exam's analysis.

use actix_web::web::{Json, Path, Query};
use gradebook_app::read::{Class, ExamSettings};
use gradebook_app::{
    AnalysisError, ClassView, ExamAnalysisView, GradeView, StudentView, SubjectView,
};
use gradebook_domain::{AllSubjects, ClassId, ExamId, Figures, Lines, share};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::dto::{SubjectDto, TermDto};
use super::sheet::SheetExamDto;
use crate::access::SignedIn;
use crate::api::words::StateWord;
use crate::number::Number;
use crate::problem::{FieldError, Problem, ProblemBody, database_problem};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AnalysisQuery {
    /// Only this class and its grade level.
    class_id: Option<i64>,
    /// Another exam, to tell by how many places each student went up or down since.
    compare_to: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnalysisDto {
    exam: SheetExamDto,
    term: TermDto,
    settings: SettingsDto,
    /// The exam that ranks are compared with.
    compare_to: Option<SheetExamDto>,
    /// Whether the caller sees every class that sat the exam; a teacher sees the taught ones.
    whole_exam: bool,
    subjects: Vec<SubjectAnalysisDto>,
    all_subjects: Vec<AllSubjectsDto>,
    /// By class and student number.
    students: Vec<StudentPlaceDto>,
}

/// How the exam is analysed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingsDto {
    composite: CompositeDto,
    /// `competition` (1, 1, 3) or `dense` (1, 1, 2).
    rank_style: &'static str,
}

/// What the composite is made of, in percent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CompositeDto {
    mean: Number,
    pass: Number,
    excellent: Number,
}

/// Lines in points.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinesDto {
    full: Number,
    excellent: Number,
    good: Number,
    pass: Number,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubjectAnalysisDto {
    subject: SubjectDto,
    /// Of the first grade level; each class and grade level has its own, too.
    lines: Option<LinesDto>,
    classes: Vec<ClassFiguresDto>,
    grade_levels: Vec<GradeFiguresDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassFiguresDto {
    class_id: i64,
    /// The class's name.
    class: String,
    grade_level: String,
    /// `draft`, `published` or `locked`: drafts count here, but students do not see them yet.
    #[schema(value_type = StateWord)]
    state: &'static str,
    lines: LinesDto,
    #[serde(flatten)]
    figures: FiguresDto,
    /// Among the classes of the grade level, by the unrounded mean.
    rank_by_mean: Option<usize>,
    /// Among the classes of the grade level.
    rank_by_composite: Option<usize>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GradeFiguresDto {
    grade_level: String,
    /// How many classes of the grade level sat the subject.
    classes: usize,
    lines: LinesDto,
    /// Whether nobody set these lines: full marks of the assessment, 60 % pass, 75 % good, excellent
    /// 85 % in Chinese and 90 % elsewhere.
    usual_lines: bool,
    /// Whether the figures are kept back, because they would tell a teacher of single pupils of
    /// other classes.
    withheld: bool,
    #[serde(flatten)]
    figures: FiguresDto,
}

/// Over scored entries; null while nothing is scored. Rates are percentages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FiguresDto {
    count: Option<usize>,
    sum: Option<Number>,
    mean: Option<Number>,
    median: Option<Number>,
    /// Of a grade level: null for a teacher who does not teach all of it.
    highest: Option<Number>,
    /// Of a grade level: null for a teacher who does not teach all of it.
    lowest: Option<Number>,
    standard_deviation: Option<Number>,
    pass_rate: Option<Number>,
    good_rate: Option<Number>,
    excellent_rate: Option<Number>,
    composite: Option<Number>,
    /// Highest first.
    bands: Vec<ScoreBandDto>,
    /// Lowest first.
    histogram: Vec<BinDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScoreBandDto {
    /// `excellent`, `good`, `pass` or `below`.
    name: &'static str,
    /// Its lowest value.
    from: Number,
    count: usize,
    /// Percent of the scored entries.
    rate: Option<Number>,
}

/// From `from` on and below `to`; the last one holds full marks and what is above, too.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BinDto {
    from: Number,
    to: Number,
    count: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllSubjectsDto {
    class_id: i64,
    class: String,
    grade_level: String,
    /// Students with a score in each subject of the class; nobody else counts here.
    counted: usize,
    /// Of these, who pass everything.
    passed_all: usize,
    /// Of these, who are excellent in everything.
    excellent_all: usize,
    /// In percent of `counted`.
    pass_rate: Option<Number>,
    /// In percent of `counted`.
    excellent_rate: Option<Number>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StudentPlaceDto {
    student_id: i64,
    student_number: String,
    name: String,
    class_id: i64,
    /// Sum over the scored subjects.
    total: Option<Number>,
    /// How many subjects are scored.
    counted: usize,
    /// Subjects that the class sat; with fewer in `counted` total and ranks are provisional.
    subjects: usize,
    rank_in_class: Option<usize>,
    /// Null, too, where it would tell a teacher of single pupils of other classes.
    rank_in_grade: Option<usize>,
    /// With `compare_to`: the rank in the grade level at that exam.
    #[serde(skip_serializing_if = "Option::is_none")]
    earlier_rank_in_grade: Option<Option<usize>>,
    /// With `compare_to`: by how many places in the grade level up (positive) or down.
    #[serde(skip_serializing_if = "Option::is_none")]
    rank_change: Option<Option<i64>>,
}

impl From<&Lines> for LinesDto {
    fn from(lines: &Lines) -> Self {
        Self {
            full: lines.full().into(),
            excellent: lines.excellent().into(),
            good: lines.good().into(),
            pass: lines.pass().into(),
        }
    }
}

impl FiguresDto {
    fn new(figures: Option<&Figures>, withheld: bool, extremes: bool) -> Self {
        let statistics = figures.map(|figures| &figures.statistics);
        let count = statistics.map_or(0, |statistics| statistics.count);
        let extreme = |value| Some(value).filter(|_| extremes).map(Number::from);
        Self {
            count: (!withheld).then_some(count),
            sum: statistics.map(|one| one.sum.into()),
            mean: statistics.map(|one| (&one.mean).into()),
            median: statistics.map(|one| (&one.median).into()),
            highest: statistics.and_then(|one| extreme(one.highest)),
            lowest: statistics.and_then(|one| extreme(one.lowest)),
            standard_deviation: statistics.map(|one| one.standard_deviation().into()),
            pass_rate: figures.map(|one| (&one.pass_rate).into()),
            good_rate: figures.map(|one| (&one.good_rate).into()),
            excellent_rate: figures.map(|one| (&one.excellent_rate).into()),
            composite: figures.map(|one| one.composite.into()),
            bands: figures
                .map(|one| one.bands.as_slice())
                .unwrap_or_default()
                .iter()
                .map(|band| ScoreBandDto {
                    name: band.band.as_str(),
                    from: band.from.into(),
                    count: band.count,
                    rate: percent(band.count, count),
                })
                .collect(),
            histogram: figures
                .map(|one| one.histogram.as_slice())
                .unwrap_or_default()
                .iter()
                .map(|bin| BinDto {
                    from: bin.from.into(),
                    to: bin.to.into(),
                    count: bin.count,
                })
                .collect(),
        }
    }
}

impl From<&ClassView> for ClassFiguresDto {
    fn from(view: &ClassView) -> Self {
        Self {
            class_id: view.class.id.0,
            class: view.class.name.clone(),
            grade_level: view.class.grade_level.clone(),
            state: view.state.as_str(),
            lines: (&view.lines).into(),
            figures: FiguresDto::new(view.figures.figures.as_ref(), false, true),
            rank_by_mean: view.figures.rank_by_mean,
            rank_by_composite: view.figures.rank_by_composite,
        }
    }
}

impl From<&GradeView> for GradeFiguresDto {
    fn from(view: &GradeView) -> Self {
        Self {
            grade_level: view.grade_level.clone(),
            classes: view.classes,
            lines: (&view.lines).into(),
            usual_lines: !view.lines_set,
            withheld: view.withheld,
            figures: FiguresDto::new(view.figures.as_ref(), view.withheld, view.extremes),
        }
    }
}

impl From<&SubjectView> for SubjectAnalysisDto {
    fn from(view: &SubjectView) -> Self {
        Self {
            subject: (&view.subject).into(),
            lines: view.grade_levels.first().map(|level| (&level.lines).into()),
            classes: view.classes.iter().map(ClassFiguresDto::from).collect(),
            grade_levels: view
                .grade_levels
                .iter()
                .map(GradeFiguresDto::from)
                .collect(),
        }
    }
}

impl AllSubjectsDto {
    fn new(class: &Class, line: &AllSubjects) -> Self {
        Self {
            class_id: class.id.0,
            class: class.name.clone(),
            grade_level: class.grade_level.clone(),
            counted: line.counted,
            passed_all: line.passed_all,
            excellent_all: line.excellent_all,
            pass_rate: percent(line.passed_all, line.counted),
            excellent_rate: percent(line.excellent_all, line.counted),
        }
    }
}

impl From<&ExamSettings> for SettingsDto {
    fn from(settings: &ExamSettings) -> Self {
        Self {
            composite: CompositeDto {
                mean: settings.weights.mean().into(),
                pass: settings.weights.pass().into(),
                excellent: settings.weights.excellent().into(),
            },
            rank_style: settings.rank_style.as_str(),
        }
    }
}

impl StudentPlaceDto {
    fn new(view: &StudentView, compared: bool) -> Self {
        Self {
            student_id: view.student.id.0,
            student_number: view.student.student_number.clone(),
            name: view.student.name.clone(),
            class_id: view.place.class.0,
            total: view.place.total.map(Number::from),
            counted: view.place.counted,
            subjects: view.subjects,
            rank_in_class: view.place.rank_in_class,
            rank_in_grade: view.place.rank_in_grade,
            earlier_rank_in_grade: compared.then_some(view.earlier_rank),
            rank_change: compared.then_some(view.rank_change),
        }
    }
}

impl From<&ExamAnalysisView> for AnalysisDto {
    fn from(view: &ExamAnalysisView) -> Self {
        Self {
            exam: (&view.exam).into(),
            term: (&view.term).into(),
            settings: (&view.settings).into(),
            compare_to: view.earlier.as_ref().map(SheetExamDto::from),
            whole_exam: view.whole,
            subjects: view.subjects.iter().map(SubjectAnalysisDto::from).collect(),
            all_subjects: view
                .all_subjects
                .iter()
                .map(|(class, line)| AllSubjectsDto::new(class, line))
                .collect(),
            students: view
                .students
                .iter()
                .map(|student| StudentPlaceDto::new(student, view.earlier.is_some()))
                .collect(),
        }
    }
}

fn percent(part: usize, whole: usize) -> Option<Number> {
    share(part, whole).map(|share| (&share).into())
}

/// An exam's analysis: figures by subject, class and grade level, totals and ranks of students. Scores
/// of drafts count; students do not see them.
#[utoipa::path(get, operation_id = "get_exam_analysis", path = "/api/v1/exams/{exam_id}/analysis", tag = "exams",
    params(("exam_id" = i64, Path), AnalysisQuery),
    responses((status = 200, body = AnalysisDto), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn show(
    caller: SignedIn,
    id: Path<i64>,
    query: Query<AnalysisQuery>,
) -> Result<Json<AnalysisDto>, Problem> {
    let view = caller
        .app
        .exam_analysis(
            &caller.actor,
            ExamId(*id),
            query.class_id.map(ClassId),
            query.compare_to.map(ExamId),
        )
        .await;
    let view = view.map_err(|error| problem(&error))?;
    Ok(Json(AnalysisDto::from(&view)))
}

pub(crate) fn problem(error: &AnalysisError) -> Problem {
    match error {
        AnalysisError::NotFound => Problem::not_found(),
        AnalysisError::Forbidden => Problem::forbidden(),
        AnalysisError::UnknownEarlierExam | AnalysisError::SameExam => {
            Problem::invalid(vec![FieldError {
                pointer: "compare_to".to_owned(),
                code: "unknown_exam",
                detail: error.to_string(),
            }])
        }
        AnalysisError::Database(_) => database_problem(error),
    }
}
