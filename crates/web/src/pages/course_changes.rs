//! What happened in a course: batches and single changes, newest first.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::CourseChanges;
use gradebook_auth::Role;
use gradebook_domain::{AssessmentId, ChangeId, CourseId};
use serde::Deserialize;

use super::change_lines::{Around, ChangeLine};
use super::frame::{Frame, Visitor};
use super::page;
use super::sittings::change_lines;
use super::words::{class_name, subject_name};
use crate::access::SignedIn;
use crate::i18n::{Locale, T};
use crate::problem::Problem;

/// Lines of one page.
const AT_ONCE: u16 = 50;

#[derive(Template)]
#[template(path = "pages/course_changes.html")]
pub(super) struct CourseChangesPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) course: CourseId,
    pub(super) course_name: String,
    pub(super) lines: Vec<ChangeLine>,
    /// Where older lines are.
    pub(super) older: Option<String>,
    /// Where the newest lines are, on a later page.
    pub(super) newest: Option<String>,
    /// Where the changes of all columns are, if these are of one.
    pub(super) all: Option<String>,
}

/// Which part of the list to show.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct BeforeQuery {
    before: Option<i64>,
    /// Of this column alone.
    assessment: Option<i64>,
}

/// `GET /courses/{course_id}/changes`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    query: Query<BeforeQuery>,
) -> Result<HttpResponse, Problem> {
    let before = query.before.map(ChangeId);
    let column = query.assessment.map(AssessmentId);
    let found = visitor
        .app
        .course_changes(&visitor.actor, CourseId(*id), column, before, AT_ONCE)
        .await?;
    let view = course_changes_page(&request, visitor.actor.role, &found, column, before);
    page(StatusCode::OK, &view)
}

pub(super) fn course_changes_page(
    request: &HttpRequest,
    role: Role,
    found: &CourseChanges,
    column: Option<AssessmentId>,
    before: Option<ChangeId>,
) -> CourseChangesPage {
    let t = T(Locale::of(request));
    let course = &found.course;
    let subject = subject_name(t, &course.subject);
    let class = class_name(&course.class);
    let all = format!("/courses/{}/changes", course.id);
    let (own, and) = match column {
        Some(column) => (format!("{all}?assessment={column}"), '&'),
        None => (all.clone(), '?'),
    };
    CourseChangesPage {
        frame: Frame::new(request, Visitor::Person(role), t.get("changes-title")),
        t,
        course: course.id,
        course_name: t.args(
            "gradebook-title",
            &[("subject", &subject), ("class", &class)],
        ),
        lines: change_lines(t, &found.groups.items, Around::OneCourse(&found.whole)),
        older: found.groups.next.map(|id| format!("{own}{and}before={id}")),
        newest: before.map(|_| own),
        all: column.map(|_| all),
    }
}
