//! How far the entering of scores has come, and which scores look wrong.

use actix_web::web::{Json, Path, Query};
use gradebook_app::{Anomaly, AnomalyKind, Progress, WatchFilter};
use gradebook_domain::{CourseId, ExamId, TermId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::dto::{ClassDto, CourseDto, PersonDto, StudentDto, SubjectDto, time};
use super::paging::{Listing, Paging};
use crate::access::{Admin, Has, SignedIn};
use crate::number::Number;
use crate::problem::{Problem, ProblemBody};

/// Which columns, and which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WatchQuery {
    /// The columns of this exam.
    exam_id: Option<i64>,
    /// The columns of this term, unless an exam is named; without either, the term that runs.
    term_id: Option<i64>,
    /// Items in the answer: 50 unless stated, at most 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

impl WatchQuery {
    fn filter(&self) -> WatchFilter {
        WatchFilter {
            exam: self.exam_id.map(ExamId),
            term: self.term_id.map(TermId),
        }
    }

    fn paging(&self) -> Paging {
        Paging::new(self.limit, self.cursor.clone())
    }
}

/// How much of a column is entered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgressDto {
    assessment_id: i64,
    title: String,
    exam_id: Option<i64>,
    date: String,
    /// `draft`, `published` or `locked`.
    state: &'static str,
    course_id: i64,
    class: ClassDto,
    subject: SubjectDto,
    teachers: Vec<PersonDto>,
    /// Students who belong to it.
    expected: u64,
    /// Those with anything but a blank cell.
    entered: u64,
    /// When something was last entered; null if never.
    last_entry_at: Option<String>,
    /// Whether its day has come.
    due: bool,
}

impl From<Progress> for ProgressDto {
    fn from(progress: Progress) -> Self {
        let (assessment, course) = (progress.assessment, progress.course);
        Self {
            assessment_id: assessment.id.0,
            exam_id: assessment.exam.map(|exam| exam.0),
            state: assessment.state.as_str(),
            title: assessment.title,
            date: assessment.held_on,
            course_id: course.id.0,
            class: (&course.class).into(),
            subject: (&course.subject).into(),
            teachers: course.teachers.iter().map(PersonDto::from).collect(),
            expected: progress.expected,
            entered: progress.entered,
            last_entry_at: progress.last_entry.map(time),
            due: progress.due,
        }
    }
}

/// Something that somebody should look at.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnomalyDto {
    /// `far_from_own_mean`: more than 30 points of percent away from the mean of the student's other
    /// scores in the term (at least two); `all_zero`: every score is zero (at least two);
    /// `still_blank`: nothing entered three days after the column's day, while most others are.
    kind: &'static str,
    student: StudentDto,
    course: CourseDto,
    assessment_id: i64,
    title: String,
    date: String,
    max_score: Number,
    /// Of `far_from_own_mean`.
    value: Option<Number>,
    /// Of `far_from_own_mean`: in percent of full marks.
    percentage: Option<Number>,
    /// Of `far_from_own_mean`: the mean of the student's other percentages.
    own_mean: Option<Number>,
    /// Of `all_zero`: how many scores.
    count: Option<usize>,
    /// The page on which the cell is.
    href: String,
}

impl From<Anomaly> for AnomalyDto {
    fn from(anomaly: Anomaly) -> Self {
        let mut dto = Self {
            kind: anomaly.kind.as_str(),
            student: (&anomaly.student).into(),
            course: (&anomaly.course).into(),
            assessment_id: anomaly.assessment.id.0,
            href: cell_page(&anomaly),
            title: anomaly.assessment.title,
            date: anomaly.assessment.held_on,
            max_score: anomaly.assessment.limits.max_score.into(),
            value: None,
            percentage: None,
            own_mean: None,
            count: None,
        };
        match anomaly.kind {
            AnomalyKind::FarFromOwnMean {
                value,
                percentage,
                own_mean,
            } => {
                dto.value = Some(value.into());
                dto.percentage = Some((&percentage).into());
                dto.own_mean = Some((&own_mean).into());
            }
            AnomalyKind::AllZero { count } => dto.count = Some(count),
            AnomalyKind::StillBlank { .. } => {}
        }
        dto
    }
}

/// The gradebook, with the cell named for its script.
pub(crate) fn cell_page(anomaly: &Anomaly) -> String {
    format!(
        "/courses/{}#a{}-s{}",
        anomaly.course.id, anomaly.assessment.id, anomaly.student.id
    )
}

/// How far the columns of an exam or a term have come: those whose day has come first, and of these
/// the ones that lack most.
#[utoipa::path(get, operation_id = "list_progress", path = "/api/v1/progress", tag = "set-up", params(WatchQuery),
    responses((status = 200, body = Listing<ProgressDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn progress(
    caller: Has<Admin>,
    query: Query<WatchQuery>,
) -> Result<Json<Listing<ProgressDto>>, Problem> {
    let paging = query.paging();
    let (skip, limit) = (skip(&paging)?, paging.limit()?);
    let page = caller
        .app
        .progress(&caller.actor, query.filter(), skip, limit)
        .await?;
    Ok(Json(Listing::of(page, ProgressDto::from)))
}

/// What looks wrong in the scores of an exam or a term.
#[utoipa::path(get, operation_id = "list_anomalies", path = "/api/v1/anomalies", tag = "set-up", params(WatchQuery),
    responses((status = 200, body = Listing<AnomalyDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn anomalies(
    caller: Has<Admin>,
    query: Query<WatchQuery>,
) -> Result<Json<Listing<AnomalyDto>>, Problem> {
    let paging = query.paging();
    let (skip, limit) = (skip(&paging)?, paging.limit()?);
    let page = caller
        .app
        .anomalies(&caller.actor, query.filter(), skip, limit)
        .await?;
    Ok(Json(Listing::of(page, AnomalyDto::from)))
}

/// What looks wrong in a course's scores, compared with its own and those of its class in exams.
#[utoipa::path(get, operation_id = "list_course_anomalies", path = "/api/v1/courses/{course_id}/anomalies", tag = "grades",
    params(("course_id" = i64, Path), Paging),
    responses((status = 200, body = Listing<AnomalyDto>), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
pub(crate) async fn course_anomalies(
    caller: SignedIn,
    id: Path<i64>,
    paging: Query<Paging>,
) -> Result<Json<Listing<AnomalyDto>>, Problem> {
    let (skip, limit) = (skip(&paging)?, paging.limit()?);
    let (_, page) = caller
        .app
        .course_anomalies(&caller.actor, CourseId(*id), skip, limit)
        .await?;
    Ok(Json(Listing::of(page, AnomalyDto::from)))
}

/// How many items came before: these lists are put in order anew each time.
fn skip(paging: &Paging) -> Result<usize, Problem> {
    let position = paging.position()?.unwrap_or(0);
    Ok(usize::try_from(position).unwrap_or(usize::MAX))
}
