//! How far the entering of scores has come, and which scores look wrong.

mod filters;

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{Course, ExamFilter, Student};
use gradebook_app::{
    Anomaly, AnomalyKind, AnomalyList, AnomalyName, Page, Progress, ProgressBoard, Unusual, UsualOf,
};
use gradebook_auth::Role;
use gradebook_domain::{CourseId, TermId};

pub(crate) use filters::WatchQuery;
pub(super) use filters::{Filters, Sittings};
use filters::{kind_key, kind_select, show_select};

use super::assessment_head::state_badge;
use super::frame::{Frame, Visitor};
use super::page;
use super::words::{course_name, teacher_names};
use crate::access::{Admin, Has, SignedIn};
use crate::api::watch::{cell_page, column_page};
use crate::i18n::{DateText, Locale, T};
use crate::problem::Problem;

/// Rows of one page.
const AT_ONCE: u16 = 100;
/// Exams and terms to choose from, at most.
const MOST_SITTINGS: u16 = 200;

const PROGRESS: &str = "/admin/progress";
const ANOMALIES: &str = "/admin/anomalies";

#[derive(Template)]
#[template(path = "pages/progress.html")]
pub(super) struct ProgressPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) filters: Filters,
    /// The other list with the same filters.
    pub(super) anomalies: String,
    /// "30 of 42 assessments entered, 12 published", and both numbers of the first part.
    pub(super) summary: (String, usize, usize),
    pub(super) rows: Vec<ProgressRow>,
    pub(super) next: Option<String>,
}

/// A column with how much of it is entered.
pub(super) struct ProgressRow {
    pub(super) title: String,
    pub(super) date: DateText,
    pub(super) href: String,
    pub(super) course: String,
    pub(super) entered: u64,
    pub(super) expected: u64,
    pub(super) complete: bool,
    pub(super) due: bool,
    pub(super) state: (&'static str, String),
    pub(super) last: Option<DateText>,
    pub(super) teachers: String,
}

#[derive(Template)]
#[template(path = "pages/anomalies.html")]
pub(super) struct AnomaliesPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    /// The course and its page, if the list is of one.
    pub(super) course: Option<(String, String)>,
    pub(super) filters: Filters,
    /// The other list with the same filters.
    pub(super) progress: String,
    pub(super) rows: Vec<AnomalyRow>,
    pub(super) next: Option<String>,
}

/// Something that somebody should look at.
pub(super) struct AnomalyRow {
    /// Whose score it is, or how many lack one.
    pub(super) who: String,
    pub(super) number: Option<String>,
    pub(super) href: String,
    /// Who lacks one: name, number, page.
    pub(super) blank: Vec<(String, String, String)>,
    pub(super) course: String,
    pub(super) title: String,
    pub(super) date: DateText,
    pub(super) badge: (&'static str, String),
    pub(super) why: String,
}

/// `GET /admin/progress`.
pub(crate) async fn progress(
    request: HttpRequest,
    visitor: Has<Admin>,
    query: Query<WatchQuery>,
) -> Result<HttpResponse, Problem> {
    let (filter, unfinished) = (query.filter()?, query.unfinished());
    let found = visitor
        .app
        .progress(&visitor.actor, &filter, unfinished, query.after, AT_ONCE)
        .await?;
    let sittings = sittings(&visitor).await?;
    let view = progress_page(&request, &query, &sittings, found);
    page(StatusCode::OK, &view)
}

/// What can be asked for.
async fn sittings(visitor: &Has<Admin>) -> Result<Sittings, Problem> {
    let (app, actor) = (&visitor.app, &visitor.actor);
    let mut terms = app.terms(actor, TermId(0), MOST_SITTINGS).await?.items;
    terms.sort_by(|a, b| b.starts_on.cmp(&a.starts_on).then(b.id.cmp(&a.id)));
    Ok(Sittings {
        terms,
        exams: app
            .exams(actor, &ExamFilter::default(), None, MOST_SITTINGS)
            .await?
            .items,
    })
}

pub(super) fn progress_page(
    request: &HttpRequest,
    query: &WatchQuery,
    sittings: &Sittings,
    found: ProgressBoard,
) -> ProgressPage {
    let t = T(Locale::of(request));
    let title = t.get("progress-title");
    let (choice, summary) = (&found.choice, found.summary);
    let own = show_select(t, query);
    let numbers = [summary.complete, summary.assessments, summary.published].map(|n| n.to_string());
    let summed = t.args(
        "progress-summary",
        &[
            ("complete", &numbers[0]),
            ("all", &numbers[1]),
            ("published", &numbers[2]),
        ],
    );
    ProgressPage {
        frame: Frame::new(request, Visitor::Person(Role::Admin), title),
        t,
        filters: Filters::of_school(t, PROGRESS, query, (sittings, choice), own),
        anomalies: query.beside(ANOMALIES),
        summary: (summed, summary.complete, summary.assessments),
        next: found
            .rows
            .next
            .map(|after| query.address(PROGRESS, Some(after))),
        rows: found
            .rows
            .items
            .into_iter()
            .map(|one| progress_row(t, one))
            .collect(),
    }
}

fn progress_row(t: T, one: Progress) -> ProgressRow {
    ProgressRow {
        date: t.date(&one.assessment.held_on),
        href: column_page(&one.course, &one.assessment),
        course: course_name(t, &one.course),
        entered: one.entered,
        expected: one.expected,
        complete: one.is_complete(),
        due: one.due,
        state: state_badge(t, one.assessment.state),
        last: one.last_entry.map(|at| t.instant(at)),
        teachers: Some(teacher_names(t, &one.course))
            .filter(|names| !names.is_empty())
            .unwrap_or_else(|| t.get("home-no-teacher")),
        title: one.assessment.title,
    }
}

/// `GET /admin/anomalies`.
pub(crate) async fn anomalies(
    request: HttpRequest,
    visitor: Has<Admin>,
    query: Query<WatchQuery>,
) -> Result<HttpResponse, Problem> {
    let (filter, kind) = (query.filter()?, query.kind());
    let found = visitor
        .app
        .anomalies(&visitor.actor, &filter, kind, query.after, AT_ONCE)
        .await?;
    let sittings = sittings(&visitor).await?;
    let view = anomalies_page(&request, &query, &sittings, &found);
    page(StatusCode::OK, &view)
}

pub(super) fn anomalies_page(
    request: &HttpRequest,
    query: &WatchQuery,
    sittings: &Sittings,
    found: &AnomalyList,
) -> AnomaliesPage {
    let t = T(Locale::of(request));
    let own = kind_select(t, query);
    let filters = Filters::of_school(t, ANOMALIES, query, (sittings, &found.choice), own);
    list(request, Role::Admin, query, filters, None, &found.rows)
}

/// `GET /courses/{course_id}/anomalies`.
pub(crate) async fn course_anomalies(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    query: Query<WatchQuery>,
) -> Result<HttpResponse, Problem> {
    let (id, kind) = (CourseId(*id), query.kind());
    let (course, found) = visitor
        .app
        .course_anomalies(&visitor.actor, id, kind, query.after, AT_ONCE)
        .await?;
    let view = course_anomalies_page(&request, visitor.actor.role, &query, &course, &found);
    page(StatusCode::OK, &view)
}

pub(super) fn course_anomalies_page(
    request: &HttpRequest,
    role: Role,
    query: &WatchQuery,
    course: &Course,
    found: &Page<Anomaly>,
) -> AnomaliesPage {
    let t = T(Locale::of(request));
    let path = format!("/courses/{}/anomalies", course.id);
    let filters = Filters::of_course(&path, query, kind_select(t, query));
    list(request, role, query, filters, Some(course), found)
}

fn list(
    request: &HttpRequest,
    role: Role,
    query: &WatchQuery,
    filters: Filters,
    course: Option<&Course>,
    found: &Page<Anomaly>,
) -> AnomaliesPage {
    let t = T(Locale::of(request));
    let title = t.get("anomalies-title");
    let of_course = |course: &Course| (format!("/courses/{}", course.id), course_name(t, course));
    AnomaliesPage {
        frame: Frame::new(request, Visitor::Person(role), title),
        t,
        course: course.map(of_course),
        progress: query.beside(PROGRESS),
        next: found
            .next
            .map(|after| query.address(&filters.action, Some(after))),
        rows: found.items.iter().map(|one| anomaly_row(t, one)).collect(),
        filters,
    }
}

/// What is unusual about a score: the same on the list and before publishing.
pub(super) fn unusual_text(t: T, unusual: &Unusual) -> String {
    let key = match unusual.of {
        UsualOf::Course => "unusual-course",
        UsualOf::Exams => "unusual-exams",
    };
    t.args(
        key,
        &[
            ("value", &unusual.value.to_string()),
            ("percent", &unusual.percentage.to_string()),
            ("usual", &unusual.own_mean.to_string()),
            ("count", &unusual.others.to_string()),
        ],
    )
}

fn anomaly_row(t: T, one: &Anomaly) -> AnomalyRow {
    let class = match one.kind.name() {
        AnomalyName::FarFromOwnMean => "is-warning",
        AnomalyName::AllZero => "is-danger",
        AnomalyName::StillBlank => "is-draft",
    };
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let cell = |student: &Student| cell_page(&one.course, &one.assessment, student);
    let why = match &one.kind {
        AnomalyKind::FarFromOwnMean(unusual) => unusual_text(t, unusual),
        AnomalyKind::AllZero { count: zeros } => t.count("anomaly-zero-why", count(*zeros)),
        AnomalyKind::StillBlank { entered, expected } => t.args(
            "anomaly-blank-why",
            &[
                ("entered", &entered.to_string()),
                ("expected", &expected.to_string()),
            ],
        ),
    };
    let own = match (one.kind.name(), one.students.as_slice()) {
        (AnomalyName::FarFromOwnMean | AnomalyName::AllZero, [student, ..]) => Some(student),
        _ => None,
    };
    let blank = |student: &Student| {
        let (name, number) = (student.name.clone(), student.student_number.clone());
        (name, number, cell(student))
    };
    AnomalyRow {
        who: own.map_or_else(
            || t.count("anomaly-blank-count", count(one.students.len())),
            |student| student.name.clone(),
        ),
        number: own.map(|student| student.student_number.clone()),
        href: own.map_or_else(|| column_page(&one.course, &one.assessment), cell),
        blank: match own {
            Some(_) => Vec::new(),
            None => one.students.iter().map(blank).collect(),
        },
        course: course_name(t, &one.course),
        title: one.assessment.title.clone(),
        date: t.date(&one.assessment.held_on),
        badge: (class, t.get(kind_key(one.kind.name()))),
        why,
    }
}
