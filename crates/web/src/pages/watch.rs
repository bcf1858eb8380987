//! How far the entering of scores has come, and which scores look wrong.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::read::{Course, ExamClasses};
use gradebook_app::{Anomaly, AnomalyKind, Page, Progress, WatchFilter};
use gradebook_auth::Role;
use gradebook_domain::{CourseId, ExamId, TermId};
use serde::Deserialize;

use super::frame::{Frame, Visitor};
use super::page;
use super::publish::state_badge;
use super::words::{class_name, subject_name, teacher_names, term_name};
use crate::access::{Admin, Has, SignedIn};
use crate::api::watch::cell_page;
use crate::i18n::{DateText, Locale, T};
use crate::problem::Problem;

/// Rows of one page.
const AT_ONCE: u16 = 100;
/// Exams to choose from, at most.
const MOST_EXAMS: u16 = 200;

#[derive(Template)]
#[template(path = "pages/progress.html")]
pub(super) struct ProgressPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) choice: Vec<(String, String, bool)>,
    pub(super) of: String,
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
    pub(super) choice: Vec<(String, String, bool)>,
    pub(super) of: String,
    pub(super) rows: Vec<AnomalyRow>,
    pub(super) next: Option<String>,
}

/// Something that somebody should look at.
pub(super) struct AnomalyRow {
    pub(super) student: String,
    pub(super) number: String,
    pub(super) href: String,
    pub(super) course: String,
    pub(super) title: String,
    pub(super) date: DateText,
    pub(super) badge: (&'static str, String),
    pub(super) why: String,
}

/// Which columns, and which part of the list.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct WatchQuery {
    /// `e` and the id of an exam, or `t` and that of a term.
    #[serde(default)]
    of: String,
    /// How many rows came before.
    #[serde(default)]
    after: usize,
}

impl WatchQuery {
    fn filter(&self) -> Result<WatchFilter, Problem> {
        let id = |text: &str| text.parse::<i64>().map_err(|_| Problem::not_found());
        if let Some(exam) = self.of.strip_prefix('e') {
            let exam = Some(ExamId(id(exam)?));
            return Ok(WatchFilter { exam, term: None });
        }
        match self.of.strip_prefix('t') {
            Some(term) => Ok(WatchFilter {
                exam: None,
                term: Some(TermId(id(term)?)),
            }),
            None if self.of.is_empty() => Ok(WatchFilter::default()),
            None => Err(Problem::not_found()),
        }
    }
}

/// `GET /admin/progress`.
pub(crate) async fn progress(
    request: HttpRequest,
    visitor: Has<Admin>,
    query: Query<WatchQuery>,
) -> Result<HttpResponse, Problem> {
    let filter = query.filter()?;
    let found = visitor
        .app
        .progress(&visitor.actor, filter, query.after, AT_ONCE)
        .await?;
    let exams = visitor
        .app
        .exams(&visitor.actor, None, MOST_EXAMS)
        .await?
        .items;
    page(
        StatusCode::OK,
        &progress_page(&request, &query.of, &exams, found),
    )
}

pub(super) fn progress_page(
    request: &HttpRequest,
    of: &str,
    exams: &[ExamClasses],
    found: Page<Progress>,
) -> ProgressPage {
    let t = T(Locale::of(request));
    ProgressPage {
        frame: Frame::new(
            request,
            Visitor::Person(Role::Admin),
            t.get("progress-title"),
        ),
        t,
        choice: choice(t, of, exams),
        of: of.to_owned(),
        next: found
            .next
            .map(|after| format!("/admin/progress?of={of}&after={after}")),
        rows: found
            .items
            .into_iter()
            .map(|one| progress_row(t, one))
            .collect(),
    }
}

fn progress_row(t: T, one: Progress) -> ProgressRow {
    ProgressRow {
        date: t.date(&one.assessment.held_on),
        href: format!("/courses/{}", one.course.id),
        course: course_name(t, &one.course),
        entered: one.entered,
        expected: one.expected,
        complete: one.entered >= one.expected,
        due: one.due,
        state: state_badge(t, one.assessment.state),
        last: one.last_entry.map(|at| t.instant(at)),
        teachers: Some(teacher_names(t, &one.course))
            .filter(|names| !names.is_empty())
            .unwrap_or_else(|| t.get("home-no-teacher")),
        title: one.assessment.title,
    }
}

fn course_name(t: T, course: &Course) -> String {
    format!(
        "{} · {}",
        subject_name(t, &course.subject),
        class_name(&course.class)
    )
}

/// The term that runs, then each term and exam.
fn choice(t: T, of: &str, exams: &[ExamClasses]) -> Vec<(String, String, bool)> {
    let mut options = vec![(String::new(), t.get("watch-this-term"))];
    for one in exams {
        let value = format!("t{}", one.term.id);
        if options.iter().all(|(known, _)| *known != value) {
            options.push((value, term_name(&one.term)));
        }
    }
    options.extend(exams.iter().map(|one| {
        let name = format!("{} · {}", one.exam.name, term_name(&one.term));
        (format!("e{}", one.exam.id), name)
    }));
    options
        .into_iter()
        .map(|(value, text)| (value.clone(), text, value == of))
        .collect()
}

/// `GET /admin/anomalies`.
pub(crate) async fn anomalies(
    request: HttpRequest,
    visitor: Has<Admin>,
    query: Query<WatchQuery>,
) -> Result<HttpResponse, Problem> {
    let filter = query.filter()?;
    let found = visitor
        .app
        .anomalies(&visitor.actor, filter, query.after, AT_ONCE)
        .await?;
    let exams = visitor
        .app
        .exams(&visitor.actor, None, MOST_EXAMS)
        .await?
        .items;
    page(
        StatusCode::OK,
        &anomalies_page(&request, &query.of, &exams, found),
    )
}

pub(super) fn anomalies_page(
    request: &HttpRequest,
    of: &str,
    exams: &[ExamClasses],
    found: Page<Anomaly>,
) -> AnomaliesPage {
    let t = T(Locale::of(request));
    AnomaliesPage {
        frame: Frame::new(
            request,
            Visitor::Person(Role::Admin),
            t.get("anomalies-title"),
        ),
        t,
        course: None,
        choice: choice(t, of, exams),
        of: of.to_owned(),
        next: found
            .next
            .map(|after| format!("/admin/anomalies?of={of}&after={after}")),
        rows: found.items.iter().map(|one| anomaly_row(t, one)).collect(),
    }
}

/// `GET /courses/{course_id}/anomalies`.
pub(crate) async fn course_anomalies(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    query: Query<WatchQuery>,
) -> Result<HttpResponse, Problem> {
    let id = CourseId(*id);
    let (course, found) = visitor
        .app
        .course_anomalies(&visitor.actor, id, query.after, AT_ONCE)
        .await?;
    page(
        StatusCode::OK,
        &course_anomalies_page(&request, visitor.actor.role, &course, found),
    )
}

pub(super) fn course_anomalies_page(
    request: &HttpRequest,
    role: Role,
    course: &Course,
    found: Page<Anomaly>,
) -> AnomaliesPage {
    let t = T(Locale::of(request));
    let title = t.get("anomalies-title");
    let own = format!("/courses/{}/anomalies", course.id);
    AnomaliesPage {
        frame: Frame::new(request, Visitor::Person(role), title),
        t,
        course: Some((format!("/courses/{}", course.id), course_name(t, course))),
        choice: Vec::new(),
        of: String::new(),
        next: found.next.map(|after| format!("{own}?after={after}")),
        rows: found.items.iter().map(|one| anomaly_row(t, one)).collect(),
    }
}

fn anomaly_row(t: T, one: &Anomaly) -> AnomalyRow {
    let (class, key, why) = match &one.kind {
        AnomalyKind::FarFromOwnMean {
            value,
            percentage,
            own_mean,
        } => {
            let values = [
                ("value", value.to_string()),
                ("percentage", percentage.to_string()),
                ("mean", own_mean.to_string()),
            ];
            let values = values.each_ref().map(|(name, text)| (*name, text.as_str()));
            let why = t.args("anomaly-far-why", &values);
            ("is-warning", "anomaly-far", why)
        }
        AnomalyKind::AllZero { count } => (
            "is-danger",
            "anomaly-zero",
            t.count(
                "anomaly-zero-why",
                u32::try_from(*count).unwrap_or(u32::MAX),
            ),
        ),
        AnomalyKind::StillBlank { entered, expected } => {
            let values = [
                ("entered", entered.to_string()),
                ("expected", expected.to_string()),
            ];
            let values = values.each_ref().map(|(name, text)| (*name, text.as_str()));
            let why = t.args("anomaly-blank-why", &values);
            ("is-draft", "anomaly-blank", why)
        }
    };
    AnomalyRow {
        student: one.student.name.clone(),
        number: one.student.student_number.clone(),
        href: cell_page(one),
        course: course_name(t, &one.course),
        title: one.assessment.title.clone(),
        date: t.date(&one.assessment.held_on),
        badge: (class, t.get(key)),
        why,
    }
}
