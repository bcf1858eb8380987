//! One exam: what it is and which courses sit it.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{Course, ExamCourse};
use gradebook_app::{ExamDetail, ExamPart};
use gradebook_domain::{AssessmentState, ClassId, CourseId, ExamId};

use super::courses::{Tick, course_name};
use super::exams::{ExamForm, courses_of, exam_fields};
use super::{Form, SetupQuery, Typed, frame, sent_ids, t_of};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::{DateText, T};
use crate::pages::frame::Frame;
use crate::pages::words::{class_name, term_name};
use crate::pages::{page, see_other};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "pages/setup/exam.html")]
pub(in crate::pages) struct ExamPage {
    pub(in crate::pages) frame: Frame,
    pub(in crate::pages) t: T,
    pub(in crate::pages) id: i64,
    pub(in crate::pages) term: String,
    pub(in crate::pages) date: DateText,
    /// The sheets of its classes.
    pub(in crate::pages) sheets: Vec<(String, String)>,
    pub(in crate::pages) open: bool,
    pub(in crate::pages) done: Option<String>,
    pub(in crate::pages) alert: Option<String>,
    /// The courses that nobody teaches, in words, if there are any.
    pub(in crate::pages) untaught: Option<String>,
    pub(in crate::pages) rows: Vec<PartRow>,
    /// Courses of the term that do not sit it.
    pub(in crate::pages) others: Vec<Tick>,
    pub(in crate::pages) others_error: Option<String>,
    pub(in crate::pages) form: ExamForm,
}

/// A course that sits the exam.
#[derive(Debug, Clone)]
pub(in crate::pages) struct PartRow {
    pub(in crate::pages) course: i64,
    pub(in crate::pages) name: String,
    pub(in crate::pages) full: String,
    pub(in crate::pages) state: &'static str,
    pub(in crate::pages) state_text: String,
    /// Whether it can be taken out again.
    pub(in crate::pages) empty: bool,
}

/// `GET /admin/exams/{exam_id}`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Admin>,
    exam: Path<i64>,
    query: Query<SetupQuery>,
) -> Result<HttpResponse, Problem> {
    let form = (StatusCode::OK, Form::default());
    respond(&request, &visitor, *exam, &query, form).await
}

async fn respond(
    request: &HttpRequest,
    visitor: &Has<Admin>,
    exam: i64,
    query: &SetupQuery,
    (status, form): (StatusCode, Form),
) -> Result<HttpResponse, Problem> {
    let found = visitor.app.exam(&visitor.actor, ExamId(exam)).await?;
    let courses = courses_of(visitor, found.term.id).await?;
    page(status, &exam_page(request, found, courses, query, &form))
}

/// `POST /admin/exams/{exam_id}`.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Admin>,
    exam: Path<i64>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let fields = exam_fields(&typed);
    let changed = visitor
        .app
        .change_exam(&visitor.actor, ExamId(*exam), &fields)
        .await;
    match changed {
        Ok(_) => Ok(see_other(&format!("/admin/exams/{exam}?done=saved"))),
        Err(error) => {
            let refused = Form::refused(t_of(&request), typed, &error)?;
            respond(&request, &visitor, *exam, &SetupQuery::default(), refused).await
        }
    }
}

/// `POST /admin/exams/{exam_id}/courses`.
pub(crate) async fn add(
    request: HttpRequest,
    visitor: Has<Admin>,
    exam: Path<i64>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let parts: Vec<ExamPart> = sent_ids(&typed, "courses")
        .into_iter()
        .map(|course| ExamPart {
            course: CourseId(course),
            max_score: None,
        })
        .collect();
    let added = visitor
        .app
        .add_to_exam(&visitor.actor, ExamId(*exam), &parts)
        .await;
    match added {
        Ok(_) => Ok(see_other(&format!("/admin/exams/{exam}?done=saved"))),
        Err(error) => {
            let refused = Form::refused(t_of(&request), typed, &error)?;
            respond(&request, &visitor, *exam, &SetupQuery::default(), refused).await
        }
    }
}

/// `POST /admin/exams/{exam_id}/courses/{course_id}/remove`.
pub(crate) async fn remove(
    request: HttpRequest,
    visitor: Has<Admin>,
    path: Path<(i64, i64)>,
    SafeForm(typed): SafeForm<Typed>,
) -> Result<HttpResponse, Problem> {
    let (exam, course) = *path;
    let removed = visitor
        .app
        .remove_from_exam(&visitor.actor, ExamId(exam), CourseId(course))
        .await;
    match removed {
        Ok(()) => Ok(see_other(&format!("/admin/exams/{exam}?done=removed"))),
        Err(error) => {
            let refused = Form::refused(t_of(&request), typed, &error)?;
            respond(&request, &visitor, exam, &SetupQuery::default(), refused).await
        }
    }
}

/// That nobody can enter scores in some courses, but an admin.
fn untaught(t: T, courses: &[ExamCourse]) -> Option<String> {
    let courses = courses.iter().map(|one| &one.course);
    let untaught: Vec<String> = courses
        .filter(|course| course.teachers.is_empty())
        .map(|course| course_name(t, course))
        .collect();
    (!untaught.is_empty()).then(|| t.with("exam-untaught", "courses", t.list(untaught.iter())))
}

pub(in crate::pages) fn exam_page(
    request: &HttpRequest,
    found: ExamDetail,
    courses: Vec<Course>,
    query: &SetupQuery,
    form: &Form,
) -> ExamPage {
    let t = t_of(request);
    let open = found.term.open;
    let row = |one: &ExamCourse| {
        let state = one.assessment.state;
        let (class, key) = match state {
            AssessmentState::Draft => ("is-draft", "exam-state-draft"),
            AssessmentState::Published => ("is-published", "exam-state-published"),
            AssessmentState::Locked => ("is-locked", "exam-state-locked"),
        };
        PartRow {
            course: one.course.id.0,
            name: course_name(t, &one.course),
            full: one.assessment.limits.max_score.to_string(),
            state: class,
            state_text: t.get(key),
            empty: open && one.written == 0 && state == AssessmentState::Draft,
        }
    };
    let sits = |course: &Course| found.courses.iter().any(|one| one.course.id == course.id);
    let others = courses.iter().filter(|course| open && !sits(course));
    let done = match query.done.as_str() {
        "added" => Some("exam-added"),
        "saved" => Some("setup-saved"),
        "removed" => Some("exam-removed"),
        _ => None,
    };
    let exam = &found.exam;
    let mut sheets: Vec<(ClassId, String)> = Vec::new();
    for one in &found.courses {
        let class = &one.course.class;
        if sheets.iter().all(|(id, _)| *id != class.id) {
            sheets.push((class.id, class_name(class)));
        }
    }
    ExamPage {
        frame: frame(
            request,
            exam.name.clone(),
            &format!("/admin/exams/{}", exam.id),
        ),
        t,
        id: exam.id.0,
        term: term_name(&found.term),
        date: t.date(&exam.held_on),
        sheets: sheets
            .into_iter()
            .map(|(class, name)| (format!("/exams/{}/classes/{class}", exam.id), name))
            .collect(),
        open,
        done: done.map(|key| t.get(key)),
        alert: form.alert.clone(),
        untaught: untaught(t, &found.courses).filter(|_| open),
        rows: found.courses.iter().map(row).collect(),
        others: others
            .map(|course| Tick {
                id: course.id.0,
                text: course_name(t, course),
                ticked: form.ticked("courses", &course.id.to_string(), false),
            })
            .collect(),
        others_error: form.error("courses"),
        form: ExamForm::new(t, form, [&exam.name, &exam.kind, &exam.held_on]),
    }
}
