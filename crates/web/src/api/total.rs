//! One student's total in a course, explained.

use actix_web::web::{Json, Path};
use gradebook_app::StudentTotalView;
use gradebook_domain::{CourseId, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use super::dto::{CourseDto, StudentDto};
use super::explanation::{Names, ReadingDto};
use crate::access::SignedIn;
use crate::number::Number;
use crate::problem::{Problem, ProblemBody};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StudentTotalDto {
    course: CourseDto,
    student: StudentDto,
    /// Blank and missing cells ignored.
    current: ReadingDto,
    /// Blank and missing cells count zero.
    r#final: ReadingDto,
    /// The letter of the final percentage; null while the course gives none.
    letter: Option<String>,
    /// The same without drafts, as the student sees it.
    student_sees: TotalSeenDto,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TotalSeenDto {
    /// Percent; null when nothing that has a weight counts.
    current: Option<Number>,
    r#final: Option<Number>,
    letter: Option<String>,
}

impl From<&StudentTotalView> for StudentTotalDto {
    fn from(view: &StudentTotalView) -> Self {
        let names = Names {
            categories: &view.categories,
            assessments: view.assessments.iter().collect(),
        };
        Self {
            course: (&view.course).into(),
            student: (&view.student).into(),
            current: ReadingDto::new(&view.current, &names),
            r#final: ReadingDto::new(&view.r#final, &names),
            letter: view.letter.clone(),
            student_sees: TotalSeenDto {
                current: view.seen.current.as_ref().map(Number::from),
                r#final: view.seen.r#final.as_ref().map(Number::from),
                letter: view.seen.letter.clone(),
            },
        }
    }
}

/// One student's total in a course with the whole explanation of both readings. Drafts count, as in
/// the gradebook.
#[utoipa::path(get, operation_id = "get_student_total", path = "/api/v1/courses/{course_id}/students/{student_id}/total", tag = "grades",
    params(("course_id" = i64, Path), ("student_id" = i64, Path)),
    responses((status = 200, body = StudentTotalDto), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
pub(crate) async fn show(
    caller: SignedIn,
    path: Path<(i64, i64)>,
) -> Result<Json<StudentTotalDto>, Problem> {
    let (course, student) = *path;
    let view = caller
        .app
        .student_total(&caller.actor, CourseId(course), UserId(student))
        .await?;
    Ok(Json(StudentTotalDto::from(&view)))
}
