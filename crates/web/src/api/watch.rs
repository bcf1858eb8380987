//! How far the entering of scores has come, and which scores look wrong.

use actix_web::web::{Json, Path, Query};
use gradebook_app::read::{Assessment, Course, Student};
use gradebook_app::{Anomaly, AnomalyKind, AnomalyName, Progress, WatchFilter};
use gradebook_domain::{ClassId, CourseId, ExamId, TermId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::dto::{ClassDto, CourseDto, PersonDto, StudentDto, SubjectDto, time};
use super::paging::{Listing, Paging, wrong};
use crate::access::{Admin, Has, SignedIn};
use crate::api::words::StateWord;
use crate::number::Number;
use crate::problem::{Problem, ProblemBody};

/// Which columns, and which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProgressQuery {
    /// The columns of this exam.
    exam_id: Option<i64>,
    /// The columns of this term, unless an exam is named; without either, the term that runs.
    term_id: Option<i64>,
    /// Of these those of a class.
    class_id: Option<i64>,
    /// Of these those of a grade level.
    grade_level: Option<String>,
    /// Of these those of a teacher.
    teacher_id: Option<i64>,
    /// Of these those of a course.
    course_id: Option<i64>,
    /// Whether only columns in which something is missing are listed.
    unfinished: Option<bool>,
    /// Items in the answer: 50 unless stated, at most 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// Which columns, what about them, and which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AnomalyQuery {
    /// The columns of this exam.
    exam_id: Option<i64>,
    /// The columns of this term, unless an exam is named; without either, the term that runs.
    term_id: Option<i64>,
    /// Of these those of a class.
    class_id: Option<i64>,
    /// Of these those of a grade level.
    grade_level: Option<String>,
    /// Of these those of a teacher.
    teacher_id: Option<i64>,
    /// Of these those of a course.
    course_id: Option<i64>,
    /// `all_zero`, `far_from_own_mean` or `still_blank`.
    kind: Option<String>,
    /// Items in the answer: 50 unless stated, at most 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// What about the columns of a course, and which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CourseAnomalyQuery {
    /// `all_zero`, `far_from_own_mean` or `still_blank`.
    kind: Option<String>,
    /// Items in the answer: 50 unless stated, at most 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

fn kind(name: Option<&str>) -> Result<Option<AnomalyName>, Problem> {
    let detail = "kind is all_zero, far_from_own_mean or still_blank";
    let named = |name| AnomalyName::named(name).ok_or_else(|| wrong("kind", detail));
    name.map(named).transpose()
}

/// A part of the columns, and what all of them come to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgressListing {
    #[serde(flatten)]
    listing: Listing<ProgressDto>,
    summary: ProgressSummaryDto,
}

/// Of the columns that were asked for, whether finished or not.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgressSummaryDto {
    assessments: usize,
    /// Those in which nothing is missing.
    complete: usize,
    /// Those that students see.
    published: usize,
}

/// How much of a column is entered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgressDto {
    assessment_id: i64,
    title: String,
    exam_id: Option<i64>,
    date: String,
    #[schema(value_type = StateWord)]
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
    /// `far_from_own_mean`: more than 30 percentage points away from the mean of the student's other
    /// scores, see `own_mean_of` (at least two); `all_zero`: every score of the term is zero (at least
    /// two); `still_blank`: nothing entered three days after the column's day, while most others are.
    kind: &'static str,
    /// Whose score it is; null for `still_blank`.
    student: Option<StudentDto>,
    /// The same as a list; for `still_blank` all who lack a score.
    students: Vec<StudentDto>,
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
    /// Of `far_from_own_mean`: `course` for the student's other scores in the course, `exams` for those in
    /// exams of the term where the course has fewer than two.
    own_mean_of: Option<&'static str>,
    /// Of `all_zero`: how many scores. Of `far_from_own_mean`: how many others. Of `still_blank`: how
    /// many students.
    count: usize,
    /// Of `still_blank`: how many have an entry.
    entered: Option<u64>,
    /// Of `still_blank`: how many should.
    expected: Option<u64>,
    /// The page on which the cell or the column is.
    href: String,
}

impl From<Anomaly> for AnomalyDto {
    fn from(anomaly: Anomaly) -> Self {
        let (course, assessment) = (&anomaly.course, &anomaly.assessment);
        let own = match anomaly.kind {
            AnomalyKind::StillBlank { .. } => None,
            _ => anomaly.students.first(),
        };
        let mut dto = Self {
            kind: anomaly.kind.name().as_str(),
            student: own.map(StudentDto::from),
            students: anomaly.students.iter().map(StudentDto::from).collect(),
            course: course.into(),
            assessment_id: assessment.id.0,
            href: own.map_or_else(
                || column_page(course, assessment),
                |student| cell_page(course, assessment, student),
            ),
            title: assessment.title.clone(),
            date: assessment.held_on.clone(),
            max_score: assessment.limits.max_score.into(),
            value: None,
            percentage: None,
            own_mean: None,
            own_mean_of: None,
            count: anomaly.students.len(),
            entered: None,
            expected: None,
        };
        match anomaly.kind {
            AnomalyKind::FarFromOwnMean(unusual) => {
                dto.value = Some(unusual.value.into());
                dto.percentage = Some((&unusual.percentage).into());
                dto.own_mean = Some((&unusual.own_mean).into());
                dto.own_mean_of = Some(unusual.of.as_str());
                dto.count = unusual.others;
            }
            AnomalyKind::AllZero { count } => dto.count = count,
            AnomalyKind::StillBlank { entered, expected } => {
                (dto.entered, dto.expected) = (Some(entered), Some(expected));
            }
        }
        dto
    }
}

/// The gradebook, with the column named for its script.
pub(crate) fn column_page(course: &Course, assessment: &Assessment) -> String {
    format!("/courses/{}#a{}", course.id, assessment.id)
}

/// The gradebook, with the cell named for its script.
pub(crate) fn cell_page(course: &Course, assessment: &Assessment, student: &Student) -> String {
    format!("{}-s{}", column_page(course, assessment), student.id)
}

/// How far the columns of an exam or a term have come: those whose day has come first, and of these
/// the ones that lack most.
#[utoipa::path(get, operation_id = "list_progress", path = "/api/v1/progress", tag = "set-up", params(ProgressQuery),
    responses((status = 200, body = ProgressListing), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn progress(
    caller: Has<Admin>,
    query: Query<ProgressQuery>,
) -> Result<Json<ProgressListing>, Problem> {
    let query = query.into_inner();
    let paging = Paging::new(query.limit, query.cursor);
    let filter = WatchFilter {
        exam: query.exam_id.map(ExamId),
        term: query.term_id.map(TermId),
        course: query.course_id.map(CourseId),
        class: query.class_id.map(ClassId),
        grade: query.grade_level,
        teacher: query.teacher_id.map(UserId),
    };
    let unfinished = query.unfinished.unwrap_or(false);
    let (skip, limit) = (skip(&paging)?, paging.limit()?);
    let board = caller
        .app
        .progress(&caller.actor, &filter, unfinished, skip, limit)
        .await?;
    Ok(Json(ProgressListing {
        listing: Listing::of(board.rows, ProgressDto::from),
        summary: ProgressSummaryDto {
            assessments: board.summary.assessments,
            complete: board.summary.complete,
            published: board.summary.published,
        },
    }))
}

/// What looks wrong in the scores of an exam or a term.
#[utoipa::path(get, operation_id = "list_anomalies", path = "/api/v1/anomalies", tag = "set-up", params(AnomalyQuery),
    responses((status = 200, body = Listing<AnomalyDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn anomalies(
    caller: Has<Admin>,
    query: Query<AnomalyQuery>,
) -> Result<Json<Listing<AnomalyDto>>, Problem> {
    let query = query.into_inner();
    let paging = Paging::new(query.limit, query.cursor);
    let filter = WatchFilter {
        exam: query.exam_id.map(ExamId),
        term: query.term_id.map(TermId),
        course: query.course_id.map(CourseId),
        class: query.class_id.map(ClassId),
        grade: query.grade_level,
        teacher: query.teacher_id.map(UserId),
    };
    let kind = kind(query.kind.as_deref())?;
    let (skip, limit) = (skip(&paging)?, paging.limit()?);
    let list = caller
        .app
        .anomalies(&caller.actor, &filter, kind, skip, limit)
        .await?;
    Ok(Json(Listing::of(list.rows, AnomalyDto::from)))
}

/// What looks wrong in a course's scores, compared with its own and those of its class in exams.
#[utoipa::path(get, operation_id = "list_course_anomalies", path = "/api/v1/courses/{course_id}/anomalies", tag = "grades",
    params(("course_id" = i64, Path), CourseAnomalyQuery),
    responses((status = 200, body = Listing<AnomalyDto>), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
pub(crate) async fn course_anomalies(
    caller: SignedIn,
    id: Path<i64>,
    query: Query<CourseAnomalyQuery>,
) -> Result<Json<Listing<AnomalyDto>>, Problem> {
    let query = query.into_inner();
    let (paging, kind) = (
        Paging::new(query.limit, query.cursor),
        kind(query.kind.as_deref())?,
    );
    let (skip, limit) = (skip(&paging)?, paging.limit()?);
    let (_, page) = caller
        .app
        .course_anomalies(&caller.actor, CourseId(*id), kind, skip, limit)
        .await?;
    Ok(Json(Listing::of(page, AnomalyDto::from)))
}

/// How many items came before: these lists are put in order anew each time.
fn skip(paging: &Paging) -> Result<usize, Problem> {
    let position = paging.position()?.unwrap_or(0);
    Ok(usize::try_from(position).unwrap_or(usize::MAX))
}
