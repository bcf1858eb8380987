//! One course of a student: every grade, and how the totals come about.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::{CourseGrades, MyReviews};
use gradebook_auth::Role;
use gradebook_domain::{ChangeId, CourseId};

use super::calculator::target_hint;
use super::frame::{Frame, Visitor};
use super::me::Totals;
use super::my_review::with_review;
use super::page;
use super::why::WhyView;
use super::words::{GradeRow, class_name, subject_name, teacher_names, term_name};
use crate::access::{Has, Student};
use crate::cookies;
use crate::i18n::{Locale, Script, T, script_texts};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "pages/my_course.html")]
pub(super) struct MyCoursePage {
    pub(super) frame: Frame,
    /// From where the script follows events.
    pub(super) as_of: ChangeId,
    pub(super) t: T,
    /// Grades are out of sight until they are tapped.
    pub(super) covered: bool,
    pub(super) id: CourseId,
    /// Class, term, teachers.
    pub(super) facts: Vec<String>,
    pub(super) totals: Totals,
    pub(super) grades: Vec<GradeRow>,
    pub(super) readings: Vec<WhyView>,
    /// What may be typed as a target.
    pub(super) target_hint: String,
    /// Texts of the script, as JSON.
    pub(super) messages: String,
}

/// `GET /me/courses/{course_id}`. Whatever is not among the own courses is not found.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Student>,
    path: Path<i64>,
) -> Result<HttpResponse, Problem> {
    let id = CourseId(path.into_inner());
    let grades = visitor.app.my_grades(&visitor.actor, None).await?;
    let course = grades
        .courses
        .iter()
        .find(|one| one.course.id == id)
        .ok_or_else(Problem::not_found)?;
    let reviews = visitor.app.my_reviews(&visitor.actor).await?;
    page(
        StatusCode::OK,
        &my_course_page(&request, course, grades.as_of, &reviews),
    )
}

pub(super) fn my_course_page(
    request: &HttpRequest,
    one: &CourseGrades,
    as_of: ChangeId,
    reviews: &MyReviews,
) -> MyCoursePage {
    let t = T(Locale::of(request));
    let course = &one.course;
    let title = subject_name(t, &course.subject);
    let facts = [
        class_name(&course.class),
        term_name(&course.term),
        teacher_names(t, course),
    ];
    let frame = Frame::new(request, Visitor::Person(Role::Student), title);
    MyCoursePage {
        as_of,
        t,
        covered: cookies::covered(request),
        id: course.id,
        facts: facts.into_iter().filter(|fact| !fact.is_empty()).collect(),
        totals: Totals::new(t, one),
        grades: one
            .assessments
            .iter()
            .map(|grade| {
                let row = GradeRow::new(t, course, grade);
                with_review(&frame, row, grade.assessment.id, reviews)
            })
            .collect(),
        readings: vec![
            WhyView::new(t, one, &one.current),
            WhyView::new(t, one, &one.r#final),
        ],
        target_hint: target_hint(t, one),
        messages: script_texts(t.locale(), Script::Student),
        frame,
    }
}
