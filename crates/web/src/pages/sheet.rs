//! A class's sheet of an exam, drawn by the same grid as a gradebook.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use gradebook_app::ExamSheetView;
use gradebook_auth::{Actor, Role};
use gradebook_domain::{ClassId, ExamId};

use super::frame::{Frame, Visitor};
use super::gradebook::{GridPage, entry_link, states_link};
use super::page;
use super::words::{class_name, subject_name, term_name};
use crate::access::SignedIn;
use crate::i18n::{Locale, Script, T, script_texts};
use crate::problem::Problem;

/// `GET /exams/{exam_id}/classes/{class_id}`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: SignedIn,
    path: Path<(i64, i64)>,
) -> Result<HttpResponse, Problem> {
    let (exam, class) = path.into_inner();
    let sheet = visitor
        .app
        .exam_sheet(&visitor.actor, ExamId(exam), ClassId(class))
        .await?;
    page(
        StatusCode::OK,
        &sheet_page(&request, &visitor.actor, &sheet),
    )
}

pub(super) fn sheet_page(request: &HttpRequest, actor: &Actor, sheet: &ExamSheetView) -> GridPage {
    let t = T(Locale::of(request));
    let first = sheet.columns.first().map(|(_, course)| course);
    let class = first.map_or_else(String::new, |course| class_name(&course.class));
    let title = t.args(
        "sheet-title",
        &[("exam", &sheet.exam.name), ("class", &class)],
    );
    // A teacher reads the whole sheet but keeps only the own gradebooks.
    let own: Vec<_> = sheet
        .columns
        .iter()
        .filter(|(_, course)| {
            actor.role == Role::Admin || course.teachers.iter().any(|teacher| actor.is(teacher.id))
        })
        .collect();
    let related = own.iter().map(|(_, course)| {
        let href = format!("/courses/{}", course.id);
        (href, subject_name(t, &course.subject))
    });
    let states = own.iter().map(|(column, course)| {
        let (href, _) = states_link(&column.assessment);
        (href, subject_name(t, &course.subject))
    });
    let entries = own.iter().filter(|(column, _)| column.editable);
    let entries = entries.map(|(column, course)| {
        let (href, _) = entry_link(&column.assessment);
        (href, subject_name(t, &course.subject))
    });
    GridPage {
        frame: Frame::new(request, Visitor::Person(actor.role), title),
        t,
        user: actor.user_id().map_or(0, |user| user.0),
        kind: "sheet",
        import: None,
        url: format!(
            "/api/v1/exams/{}/classes/{}/sheet",
            sheet.exam.id, sheet.class
        ),
        facts: first
            .map(|course| term_name(&course.term))
            .into_iter()
            .chain([t.date(&sheet.exam.held_on).text])
            .collect(),
        term_closed: first.is_some_and(|course| !course.term.open),
        changes: None,
        settings: None,
        report: None,
        related_label: t.get("grid-gradebooks"),
        related: related.collect(),
        anomalies: None,
        analysis: Some(format!(
            "/exams/{}/analysis?class_id={}",
            sheet.exam.id, sheet.class
        )),
        states: states.collect(),
        entries: entries.collect(),
        messages: script_texts(t.locale(), Script::Grid),
    }
}
