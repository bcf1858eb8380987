//! A student's grades: the newest first, then courses and exams.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::{AssessmentGrade, CourseGrades, ExamResult, MyGrades};
use gradebook_auth::Role;
use gradebook_domain::{Band, ChangeId, CourseId, Score};

use super::frame::{Frame, Visitor};
use super::page;
use super::trend::Trend;
use super::visit::Visit;
use super::words::{GradeRow, ScoreText, exam_kind, subject_name, teacher_names, term_name};
use crate::access::{Has, Student};
use crate::cookies;
use crate::i18n::{DateText, Locale, Script, T, script_texts};
use crate::problem::Problem;

/// How many of the newest grades are shown before the courses.
const NEWEST: usize = 8;

#[derive(Template)]
#[template(path = "pages/me.html")]
pub(super) struct MePage {
    pub(super) frame: Frame,
    /// From where the script follows events.
    pub(super) as_of: ChangeId,
    pub(super) t: T,
    /// Grades are out of sight until they are tapped.
    pub(super) covered: bool,
    pub(super) newest: Vec<GradeRow>,
    pub(super) terms: Vec<TermCourses>,
    pub(super) exams: Vec<ExamCard>,
    /// Texts of the script, as JSON.
    pub(super) messages: String,
}

/// A term with its courses.
#[derive(Debug, Clone)]
pub(super) struct TermCourses {
    starts_on: String,
    pub(super) name: String,
    pub(super) courses: Vec<CourseCard>,
}

/// A course with its totals.
#[derive(Debug, Clone)]
pub(super) struct CourseCard {
    pub(super) id: CourseId,
    pub(super) subject: String,
    pub(super) teachers: String,
    pub(super) totals: Totals,
    /// How the scores have gone, from two on.
    pub(super) trend: Option<Trend>,
}

/// The two readings of a course's total.
#[derive(Debug, Clone)]
pub(super) struct Totals {
    /// What the page knows them by.
    pub(super) live: String,
    pub(super) current: String,
    pub(super) r#final: String,
    /// What the script reads out before a new total.
    pub(super) spoken_current: String,
    pub(super) spoken_final: String,
    /// The letter of the final total, if the course gives letters.
    pub(super) letter: Option<String>,
    pub(super) spoken_letter: String,
}

/// An exam over all subjects.
#[derive(Debug, Clone)]
pub(super) struct ExamCard {
    pub(super) live: String,
    pub(super) name: String,
    pub(super) kind: Option<String>,
    pub(super) date: DateText,
    pub(super) subjects: Vec<(String, ScoreText)>,
    /// How many of its subjects are published, while some are not.
    pub(super) part: Option<String>,
    /// Sum and full marks; `None` when nothing is scored.
    pub(super) total: Option<(String, Option<String>)>,
    /// The band in the class, if the term shows it.
    pub(super) band: Option<String>,
}

/// `GET /me`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Student>,
) -> Result<HttpResponse, Problem> {
    let grades = visitor.app.my_grades(&visitor.actor, None).await?;
    let user = visitor.actor.user_id().ok_or_else(Problem::forbidden)?;
    let visit = Visit::of(&request, user, visitor.app.now_s());
    let view = me_page(&request, &grades, visit.new_since());
    let mut response = page(StatusCode::OK, &view)?;
    // A page that follows new grades by itself is no visit: nobody may be looking.
    if !request.headers().contains_key("x-live") {
        response
            .add_cookie(&visit.cookie(&request))
            .map_err(|_| Problem::internal())?;
    }
    Ok(response)
}

/// `new_since`: from when on a grade is new, unix milliseconds.
pub(super) fn me_page(request: &HttpRequest, grades: &MyGrades, new_since: i64) -> MePage {
    let t = T(Locale::of(request));
    MePage {
        as_of: grades.as_of,
        frame: Frame::new(request, Visitor::Person(Role::Student), t.get("me-title")),
        t,
        covered: cookies::covered(request),
        newest: newest(t, &grades.courses, new_since),
        terms: by_term(t, &grades.courses),
        exams: grades.exams.iter().map(|exam| exam_card(t, exam)).collect(),
        messages: script_texts(t.locale(), Script::Student),
    }
}

fn newest(t: T, courses: &[CourseGrades], new_since: i64) -> Vec<GradeRow> {
    let mut entered: Vec<_> = courses
        .iter()
        .flat_map(|course| course.assessments.iter().map(move |grade| (course, grade)))
        .filter(|(_, grade)| grade.score() != Score::Blank)
        .collect();
    // What came into sight last comes first; of what came at once, the latest day, then the order of
    // subjects.
    entered.sort_by(|(_, a), (_, b)| {
        let key = |grade: &AssessmentGrade| (grade.shown_at(), grade.assessment.held_on.clone());
        key(b).cmp(&key(a))
    });
    entered
        .into_iter()
        .take(NEWEST)
        .map(|(course, grade)| GradeRow {
            group: subject_name(t, &course.course.subject),
            href: Some(format!(
                "/me/courses/{}#score-{}",
                course.course.id, grade.assessment.id
            )),
            corrected_at: None,
            was: None,
            class: None,
            is_new: grade.shown_at().is_some_and(|at| at > new_since),
            ..GradeRow::new(t, &course.course, grade)
        })
        .collect()
}

/// Courses under their terms, the newest term first.
fn by_term(t: T, courses: &[CourseGrades]) -> Vec<TermCourses> {
    let mut terms: Vec<TermCourses> = Vec::new();
    for one in courses {
        let card = CourseCard {
            id: one.course.id,
            subject: subject_name(t, &one.course.subject),
            teachers: teacher_names(t, &one.course),
            totals: Totals::new(t, one),
            trend: Trend::of(t, one),
        };
        let name = term_name(&one.course.term);
        match terms.iter_mut().find(|term| term.name == name) {
            Some(term) => term.courses.push(card),
            None => terms.push(TermCourses {
                starts_on: one.course.term.starts_on.clone(),
                name,
                courses: vec![card],
            }),
        }
    }
    terms.sort_by(|a, b| b.starts_on.cmp(&a.starts_on));
    terms
}

impl Totals {
    pub(super) fn new(t: T, one: &CourseGrades) -> Self {
        let subject = subject_name(t, &one.course.subject);
        let shown = |total: &gradebook_domain::CourseTotal| {
            total.percentage.as_ref().map_or_else(
                || t.get("total-none"),
                |percentage| percentage.rounded().fixed(),
            )
        };
        let spoken = |reading: &str| {
            let reading = t.get(reading);
            t.args("total-of", &[("name", &subject), ("reading", &reading)])
        };
        Self {
            live: format!("c{}", one.course.id),
            current: shown(&one.current),
            r#final: shown(&one.r#final),
            spoken_current: spoken("total-current"),
            spoken_final: spoken("total-final"),
            letter: one.letter.clone(),
            spoken_letter: spoken("report-letter"),
        }
    }
}

/// The quarter of the class, in words.
const fn rank_band(band: Band) -> &'static str {
    match band {
        Band::Excellent => "rank-excellent",
        Band::Good => "rank-good",
        Band::Pass => "rank-pass",
        Band::Below => "rank-below",
    }
}

fn exam_card(t: T, result: &ExamResult) -> ExamCard {
    ExamCard {
        live: format!("e{}", result.exam.id),
        name: result.exam.name.clone(),
        kind: exam_kind(t, &result.exam),
        date: t.date(&result.exam.held_on),
        part: result.total.map(|_| {
            let counted = |score: &Score| score.value().is_some();
            let scores = result.subjects.iter().map(|(_, _, score)| score);
            let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            let count = number(scores.filter(|score| counted(score)).count());
            let all = number(result.sat);
            if count < all {
                let numbers = [("count", count), ("all", all)];
                t.counted("exam-part-of", &numbers, &[])
            } else {
                t.count("exam-part", count)
            }
        }),
        subjects: result
            .subjects
            .iter()
            .map(|(subject, full, score)| {
                (subject_name(t, subject), ScoreText::new(t, *score, *full))
            })
            .collect(),
        total: result.total.map(|total| {
            let full = result.full.map(|full| t.with("out-of", "max", full));
            (total.to_string(), full)
        }),
        band: result.band.map(|band| t.get(rank_band(band))),
    }
}
