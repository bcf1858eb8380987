//! A course's gradebook. The page authorises and names it; the grid's script fetches the scores.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::GradebookView;
use gradebook_app::read::Assessment;
use gradebook_auth::Actor;
use gradebook_domain::CourseId;

use super::frame::{Frame, Visitor};
use super::page;
use super::words::{class_name, subject_name, teacher_names, term_name};
use crate::access::SignedIn;
use crate::i18n::{Locale, Script, T, script_texts};
use crate::problem::Problem;

/// A gradebook or an exam sheet: both are a grid with a heading.
#[derive(Template)]
#[template(path = "pages/grid.html")]
pub(super) struct GridPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    /// `gradebook` or `sheet`.
    pub(super) kind: &'static str,
    /// Whose page it is, for what the browser remembers.
    pub(super) user: i64,
    /// Where the script fetches the scores.
    pub(super) url: String,
    /// Term, date, teachers.
    pub(super) facts: Vec<String>,
    pub(super) term_closed: bool,
    /// Where the changes of the course are.
    pub(super) changes: Option<String>,
    /// The course whose scheme can be set up from here.
    pub(super) settings: Option<CourseId>,
    /// Where the report cards of the class are.
    pub(super) report: Option<String>,
    /// Where a file is imported into the course.
    pub(super) import: Option<String>,
    /// What the related sheets are called together, and the sheets.
    pub(super) related_label: String,
    pub(super) related: Vec<(String, String)>,
    /// Where a sheet's figures are.
    pub(super) analysis: Option<String>,
    /// Where a gradebook's unusual scores are.
    pub(super) anomalies: Option<String>,
    /// Without script: the pages on which the states of the own assessments change, and their names.
    pub(super) states: Vec<(String, String)>,
    /// Without script: where the own assessments are entered as a list, and their names.
    pub(super) entries: Vec<(String, String)>,
    /// Texts of the script, as JSON.
    pub(super) messages: String,
}

/// `GET /courses/{course_id}`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: SignedIn,
    path: Path<i64>,
) -> Result<HttpResponse, Problem> {
    let course = CourseId(path.into_inner());
    let book = visitor.app.gradebook(&visitor.actor, course).await?;
    page(
        StatusCode::OK,
        &gradebook_page(&request, &visitor.actor, &book),
    )
}

/// Where the state of an assessment changes without script.
pub(super) fn states_link(assessment: &Assessment) -> (String, String) {
    let href = format!("/assessments/{}/publish", assessment.id);
    (href, assessment.title.clone())
}

/// Where an assessment is entered without script.
pub(super) fn entry_link(assessment: &Assessment) -> (String, String) {
    let href = format!("/assessments/{}/entry", assessment.id);
    (href, assessment.title.clone())
}

pub(super) fn gradebook_page(
    request: &HttpRequest,
    actor: &Actor,
    book: &GradebookView,
) -> GridPage {
    let t = T(Locale::of(request));
    let course = &book.course;
    let subject = subject_name(t, &course.subject);
    let class = class_name(&course.class);
    let title = t.args(
        "gradebook-title",
        &[("subject", &subject), ("class", &class)],
    );
    let related = book.columns.iter().filter_map(|column| {
        let exam = column.assessment.exam?;
        let href = format!("/exams/{exam}/classes/{}", course.class.id);
        Some((href, column.assessment.title.clone()))
    });
    GridPage {
        frame: Frame::new(request, Visitor::Person(actor.role), title),
        t,
        user: actor.user_id().map_or(0, |user| user.0),
        kind: "gradebook",
        url: format!("/api/v1/courses/{}/gradebook", course.id),
        import: Some(format!("/courses/{}/import", course.id)),
        facts: [term_name(&course.term), teacher_names(t, course)]
            .into_iter()
            .filter(|fact| !fact.is_empty())
            .collect(),
        term_closed: !course.term.open,
        changes: Some(format!("/courses/{}/changes", course.id)),
        settings: Some(course.id),
        report: Some(format!(
            "/classes/{}/report?term_id={}",
            course.class.id, course.term.id
        )),
        related_label: t.get("grid-exam-sheets"),
        related: related.collect(),
        analysis: None,
        anomalies: Some(format!("/courses/{}/anomalies", course.id)),
        states: book
            .columns
            .iter()
            .map(|column| states_link(&column.assessment))
            .collect(),
        entries: book
            .columns
            .iter()
            .filter(|column| column.editable)
            .map(|column| entry_link(&column.assessment))
            .collect(),
        messages: script_texts(t.locale(), Script::Grid),
    }
}
