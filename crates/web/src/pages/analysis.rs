//! An exam's analysis: figures by subject and class, charts with a table twin each, ranks of students.

mod rules;
mod students;
mod view;

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::App;
use gradebook_app::read::{Exam, ExamClasses, ExamFilter};
use gradebook_auth::Actor;
use gradebook_domain::{ClassId, ExamId};
use serde::Deserialize;

pub(crate) use rules::{set_lines, set_settings};

use super::frame::Frame;
use super::page;
use crate::access::SignedIn;
use crate::api::exam_analysis::problem;
use crate::i18n::{DateText, T};
use crate::problem::Problem;

pub(super) use rules::{Refused, RulesForms};
pub(super) use view::analysis_page;

/// Exams that can be compared with, at most.
const AT_ONCE: u16 = 200;

#[derive(Template)]
#[template(path = "pages/analysis.html")]
pub(super) struct AnalysisPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) exam: ExamId,
    pub(super) facts: Vec<String>,
    /// Sheets of the classes that are shown.
    pub(super) sheets: Vec<(String, String)>,
    pub(super) class_choice: Vec<Choosable>,
    pub(super) exam_choice: Vec<Choosable>,
    pub(super) filtered: bool,
    pub(super) done: Option<String>,
    /// Columns that students do not see yet.
    pub(super) drafts: Option<String>,
    /// The exam of comparison.
    pub(super) compared: Option<String>,
    pub(super) subjects: Vec<SubjectCard>,
    pub(super) all_subjects: Vec<AllSubjectsRow>,
    /// Whether some totals lack subjects.
    pub(super) incomplete: bool,
    pub(super) groups: Vec<StudentGroup>,
    pub(super) weights: String,
    pub(super) ties: String,
    pub(super) forms: Option<RulesForms>,
    /// Where an admin edits what this page does not show as a whole.
    pub(super) edit_all: Option<String>,
}

/// One of the options of a choice; an empty value is none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choosable {
    pub(super) value: String,
    pub(super) text: String,
    pub(super) chosen: bool,
}

/// One subject of one grade level.
#[derive(Debug, Clone)]
pub(super) struct SubjectCard {
    /// For anchors and ids.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) lines: String,
    pub(super) usual: bool,
    pub(super) rows: Vec<FigureRow>,
    pub(super) withheld: bool,
    /// Band names, each with its lowest value.
    pub(super) band_heads: Vec<String>,
    pub(super) bands: Vec<CountRow>,
    /// Parts of the scale.
    pub(super) bin_heads: Vec<String>,
    pub(super) bins: Vec<CountRow>,
}

/// A class's or a grade level's figures as texts.
#[derive(Debug, Clone)]
pub(super) struct FigureRow {
    pub(super) name: String,
    /// Where the class's sheet is.
    pub(super) href: Option<String>,
    /// The whole grade level.
    pub(super) whole: bool,
    pub(super) draft: bool,
    pub(super) count: String,
    pub(super) mean: String,
    pub(super) rank_by_mean: String,
    pub(super) pass_rate: String,
    pub(super) excellent_rate: String,
    pub(super) composite: String,
    pub(super) rank_by_composite: String,
    pub(super) median: String,
    pub(super) highest: String,
    pub(super) lowest: String,
    pub(super) deviation: String,
    pub(super) sum: String,
}

/// A line of a chart's table twin: what the chart draws and what the table says.
#[derive(Debug, Clone)]
pub(super) struct CountRow {
    pub(super) name: String,
    pub(super) whole: bool,
    pub(super) cells: Vec<(String, String)>,
}

/// Students of a class over all subjects.
#[derive(Debug, Clone)]
pub(super) struct AllSubjectsRow {
    pub(super) class: String,
    pub(super) counted: usize,
    pub(super) passed_all: usize,
    pub(super) pass_rate: String,
    pub(super) excellent_all: usize,
    pub(super) excellent_rate: String,
}

/// The students of a class, best first.
#[derive(Debug, Clone)]
pub(super) struct StudentGroup {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) count: String,
    pub(super) open: bool,
    pub(super) rows: Vec<StudentRow>,
}

/// One student's line.
#[derive(Debug, Clone)]
pub(super) struct StudentRow {
    pub(super) number: String,
    pub(super) name: String,
    pub(super) total: String,
    /// How many of the subjects are in the total, where it is not all of them.
    pub(super) part: Option<String>,
    pub(super) rank_in_class: String,
    pub(super) rank_in_grade: String,
    pub(super) earlier: String,
    pub(super) change: Change,
}

/// How a rank changed: an arrow for the eye, words for everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) class: &'static str,
    pub(super) arrow: &'static str,
    pub(super) words: String,
}

/// What to show.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct AnalysisQuery {
    #[serde(default)]
    class_id: String,
    #[serde(default)]
    compare_to: String,
    /// What was just done.
    done: Option<String>,
}

/// `GET /exams/{exam_id}/analysis`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: SignedIn,
    id: Path<i64>,
    query: Query<AnalysisQuery>,
) -> Result<HttpResponse, Problem> {
    respond(
        &request,
        (&visitor.app, &visitor.actor),
        ExamId(*id),
        &query,
        None,
    )
    .await
}

/// The page, with what was refused if a form led here.
async fn respond(
    request: &HttpRequest,
    (app, actor): (&App, &Actor),
    exam: ExamId,
    query: &AnalysisQuery,
    refused: Option<Refused>,
) -> Result<HttpResponse, Problem> {
    let class = chosen(&query.class_id)?.map(ClassId);
    let earlier = chosen(&query.compare_to)?.map(ExamId);
    let found = app.exam_analysis(actor, exam, class, earlier).await;
    let view = found.map_err(|error| problem(&error))?;
    let exams = app
        .exams(actor, &ExamFilter::default(), None, AT_ONCE)
        .await?;
    let status = if refused.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let others = comparable(&view.exam, exams.items);
    let done = query.done.as_deref();
    page(
        status,
        &analysis_page(request, actor.role, &view, &others, done, refused),
    )
}

/// A number of a choice; nothing chosen is none.
fn chosen(text: &str) -> Result<Option<i64>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Problem::not_found())
}

/// The exams before this one, newest first.
fn comparable(exam: &Exam, exams: Vec<ExamClasses>) -> Vec<Exam> {
    let mut earlier: Vec<Exam> = exams
        .into_iter()
        .map(|one| one.exam)
        .filter(|one| one.id != exam.id && one.held_on <= exam.held_on)
        .collect();
    earlier.sort_by(|a, b| b.held_on.cmp(&a.held_on).then(b.id.cmp(&a.id)));
    earlier
}

/// An exam and its day as one text.
fn dated(t: T, exam: &Exam) -> String {
    let DateText { text, .. } = t.date(&exam.held_on);
    format!("{} · {text}", exam.name)
}
