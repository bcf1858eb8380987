//! What a target takes, and what the totals would be: over the student's own scores and what they type.
//! Nothing that is typed here is kept.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use gradebook_app::{AssessmentGrade, CourseGrades};
use gradebook_auth::Role;
use gradebook_domain::{
    CourseId, CourseTotal, Need, Open, Outlook, Percentage, Points, Score, ScoreLimits,
    ScoreRefusal,
};

use super::frame::{Frame, Visitor};
use super::me::Totals;
use super::page;
use super::words::{ScoreText, subject_name, term_name};
use crate::access::{Has, SafeForm, Student};
use crate::i18n::{Locale, Script, T, script_texts};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "pages/calculator.html")]
pub(super) struct CalculatorPage {
    pub(super) frame: Frame,
    pub(super) t: T,
    pub(super) id: CourseId,
    pub(super) course: String,
    pub(super) term: String,
    pub(super) target: TargetField,
    /// What is open, then what has a score already.
    pub(super) open: Vec<ScoreField>,
    pub(super) entered: Vec<ScoreField>,
    /// Some of what has a score was changed, so that it is shown.
    pub(super) changed: bool,
    /// How many fields cannot be used.
    pub(super) wrong: Option<String>,
    pub(super) answer: Option<Answer>,
    pub(super) totals: Option<Supposed>,
    /// Texts of the script, as JSON.
    pub(super) messages: String,
}

impl CalculatorPage {
    /// Fields under a heading, and whether they are shown at once.
    fn groups(&self) -> [(&[ScoreField], &'static str, bool); 2] {
        [
            (&self.open, "calc-open", true),
            (
                &self.entered,
                "calc-entered",
                self.changed || self.open.is_empty(),
            ),
        ]
    }
}

/// The field of the target.
#[derive(Debug, Clone)]
pub(super) struct TargetField {
    pub(super) value: String,
    pub(super) hint: String,
    pub(super) error: Option<String>,
}

/// A score that may be supposed.
#[derive(Debug, Clone)]
pub(super) struct ScoreField {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) note: String,
    pub(super) max: String,
    pub(super) value: String,
    pub(super) error: Option<String>,
}

/// What the target takes.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) text: String,
    /// What it is in each, where there are several.
    pub(super) each: Vec<(String, String)>,
}

/// Totals as they are and as they would be.
#[derive(Debug, Clone)]
pub(super) struct Supposed {
    pub(super) real: Totals,
    pub(super) current: String,
    pub(super) r#final: String,
    pub(super) letter: Option<String>,
}

/// What was typed, by the names of fields.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed(pub(super) HashMap<String, String>);

impl Typed {
    fn of(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |text| text.trim())
    }
}

/// `GET /me/courses/{course_id}/calculator`.
pub(crate) async fn show(
    request: HttpRequest,
    visitor: Has<Student>,
    id: Path<i64>,
) -> Result<HttpResponse, Problem> {
    respond(&request, &visitor, *id, None).await
}

/// `POST /me/courses/{course_id}/calculator`: calculates; nothing is kept.
pub(crate) async fn submit(
    request: HttpRequest,
    visitor: Has<Student>,
    id: Path<i64>,
    SafeForm(pairs): SafeForm<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let typed = Typed(pairs.into_iter().collect());
    respond(&request, &visitor, *id, Some(&typed)).await
}

async fn respond(
    request: &HttpRequest,
    visitor: &Has<Student>,
    id: i64,
    typed: Option<&Typed>,
) -> Result<HttpResponse, Problem> {
    let grades = visitor.app.my_grades(&visitor.actor, None).await?;
    let mut courses = grades.courses.iter();
    let course = courses
        .find(|one| one.course.id == CourseId(id))
        .ok_or_else(Problem::not_found)?;
    let view = calculator_page(request, course, typed);
    let status = match view.wrong {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    page(status, &view)
}

pub(super) fn calculator_page(
    request: &HttpRequest,
    one: &CourseGrades,
    typed: Option<&Typed>,
) -> CalculatorPage {
    let t = T(Locale::of(request));
    let outlook = one.outlook();
    let nothing = Typed::default();
    let sent = typed.unwrap_or(&nothing);
    let mut supposed: Vec<(Open, Score)> = Vec::new();
    let mut field = |subject: &Subject| {
        let (field, score) = subject.field(t, sent);
        supposed.extend(score.map(|score| (subject.open, score)));
        field
    };
    let open: Vec<ScoreField> = outlook
        .open()
        .filter_map(|open| Subject::of(t, one, open))
        .map(|subject| field(&subject))
        .collect();
    let entered: Vec<ScoreField> = one
        .assessments
        .iter()
        .filter(|grade| grade.score() != Score::Blank)
        .map(|grade| field(&Subject::of_grade(t, grade)))
        .collect();
    let (target, wanted) = target_field(t, one, sent.of("target"));
    let fields = || open.iter().chain(&entered);
    let faults = fields().filter(|field| field.error.is_some()).count();
    let faults = faults + usize::from(target.error.is_some());
    let wrong = (faults > 0).then(|| t.count("calc-wrong", u32::try_from(faults).unwrap_or(0)));
    let with = outlook.assuming(&supposed);
    let answer = wanted.map(|wanted| answer(t, one, &with, &wanted, sent.of("target")));
    let totals = (!supposed.is_empty()).then(|| suppose(t, one, &with.totals()));
    CalculatorPage {
        frame: Frame::new(request, Visitor::Person(Role::Student), t.get("calc-title"))
            .returning_to(&format!("/me/courses/{}/calculator", one.course.id)),
        id: one.course.id,
        course: subject_name(t, &one.course.subject),
        term: term_name(&one.course.term),
        target,
        changed: entered.iter().any(|field| !field.value.is_empty()),
        open,
        entered,
        answer: answer.filter(|_| wrong.is_none()),
        totals: totals.filter(|_| wrong.is_none()),
        wrong,
        messages: script_texts(t.locale(), Script::Student),
        t,
    }
}

/// Something in which a score may be supposed.
struct Subject {
    open: Open,
    name: String,
    title: String,
    note: String,
    limits: ScoreLimits,
}

impl Subject {
    fn of_grade(t: T, grade: &AssessmentGrade) -> Self {
        let limits = grade.assessment.limits;
        let score = ScoreText::new(t, grade.score(), limits.max_score).line();
        Self {
            open: Open::Assessment(grade.assessment.id),
            name: format!("s{}", grade.assessment.id),
            title: grade.assessment.title.clone(),
            note: format!("{} · {score}", grade.category),
            limits,
        }
    }

    fn of(t: T, one: &CourseGrades, open: Open) -> Option<Self> {
        match open {
            Open::Assessment(id) => {
                let mut grades = one.assessments.iter();
                let grade = grades.find(|grade| grade.assessment.id == id)?;
                Some(Self::of_grade(t, grade))
            }
            Open::Category(id) => {
                let mut categories = one.categories.iter();
                let category = categories.find(|category| category.scheme.id == id)?;
                let weight = t.with("percent", "value", category.scheme.weight);
                Some(Self {
                    open,
                    name: format!("c{id}"),
                    title: category.name.clone(),
                    note: t.with("calc-nothing-published", "weight", weight),
                    limits: ScoreLimits {
                        max_score: Points::from_ten_thousandths(100 * Points::SCALE),
                        extra_credit_limit: Points::ZERO,
                    },
                })
            }
        }
    }

    /// The field as it was sent, and the score that it says, if it says one that can be.
    fn field(&self, t: T, sent: &Typed) -> (ScoreField, Option<Score>) {
        let text = sent.of(&self.name);
        let read = match Score::parse_entry(text) {
            Ok(score) => self.limits.check(score).map_err(|refusal| match refusal {
                ScoreRefusal::AboveMaximum { limit } => t.with("calc-above", "limit", limit),
                ScoreRefusal::Negative => t.get("calc-negative"),
            }),
            Err(_) => Err(t.get("calc-no-score")),
        };
        let field = ScoreField {
            name: self.name.clone(),
            title: self.title.clone(),
            note: self.note.clone(),
            max: t.with("out-of", "max", self.limits.max_score),
            value: text.to_owned(),
            error: read.as_ref().err().cloned(),
        };
        (field, read.ok().filter(|score| *score != Score::Blank))
    }
}

/// What may be typed as a target.
pub(super) fn target_hint(t: T, one: &CourseGrades) -> String {
    let scale = one.course.letters.as_ref();
    scale.map_or_else(
        || t.get("calc-target-hint"),
        |scale| {
            let letters = t.list(scale.bands().iter().map(|(letter, _)| letter));
            t.with("calc-target-hint-letters", "letters", letters)
        },
    )
}

/// The field of the target, and the percentage that it says: itself, or where its letter begins.
fn target_field(t: T, one: &CourseGrades, text: &str) -> (TargetField, Option<Percentage>) {
    let bands = one
        .course
        .letters
        .as_ref()
        .map_or(&[][..], |scale| scale.bands());
    let letter = bands
        .iter()
        .find(|(letter, _)| letter.to_lowercase() == text.to_lowercase());
    let number = text.trim_end_matches(['%', '％']).trim_end();
    let highest = Points::from_ten_thousandths(1_000 * Points::SCALE);
    let (wanted, error) = match (text, letter, number.parse::<Points>()) {
        ("", _, _) => (None, None),
        (_, Some((_, from)), _) => (Some(*from), None),
        (_, None, Ok(number)) if (Points::ZERO..=highest).contains(&number) => (Some(number), None),
        (_, None, _) => (None, Some(t.get("calc-no-target"))),
    };
    let field = TargetField {
        value: text.to_owned(),
        hint: target_hint(t, one),
        error,
    };
    (field, wanted.map(Percentage::from_decimal))
}

fn answer(
    t: T,
    one: &CourseGrades,
    outlook: &Outlook,
    wanted: &Percentage,
    target: &str,
) -> Answer {
    let percent = |value: &Percentage| t.with("percent", "value", value.rounded().fixed());
    // A letter is named with where it begins.
    let exact = t.with("percent", "value", wanted);
    let named = if target.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        exact
    } else {
        t.args("calc-letter", &[("letter", target), ("from", &exact)])
    };
    let say = |key: &str, total: &Percentage| {
        t.args(key, &[("target", &named), ("total", &percent(total))])
    };
    let mut each = Vec::new();
    let text = match outlook.need(wanted) {
        Need::NothingOpen(None) => t.get("calc-nothing-counts"),
        Need::NothingOpen(Some(total)) if total >= *wanted => say("calc-closed-reached", &total),
        Need::NothingOpen(Some(total)) => say("calc-closed", &total),
        Need::Unforeseeable => t.get("calc-unforeseeable"),
        Need::Reached(total) => say("calc-reached", &total),
        Need::OutOfReach(total) => say("calc-out-of-reach", &total),
        Need::Scores {
            average,
            each: scores,
            extra_credit,
            ..
        } => {
            each.extend(scores.iter().filter_map(|(open, score)| {
                let subject = Subject::of(t, one, *open)?;
                let max = t.with("out-of", "max", subject.limits.max_score);
                Some((subject.title, format!("{score} {max}")))
            }));
            let needs = match each.as_slice() {
                [(title, score)] => {
                    let title = title.as_str();
                    t.args(
                        "calc-needs-one",
                        &[("target", &named), ("title", title), ("score", score)],
                    )
                }
                _ => t.args(
                    "calc-needs",
                    &[("target", &named), ("average", &percent(&average))],
                ),
            };
            if extra_credit {
                t.with("calc-extra-credit", "needs", needs)
            } else {
                needs
            }
        }
    };
    if each.len() < 2 {
        each.clear();
    }
    Answer { text, each }
}

fn suppose(t: T, one: &CourseGrades, (current, last): &(CourseTotal, CourseTotal)) -> Supposed {
    let shown = |total: &CourseTotal| {
        let found = total.percentage.as_ref();
        found.map_or_else(|| t.get("total-none"), |found| found.rounded().fixed())
    };
    let scale = one.course.letters.as_ref();
    let letter = last.percentage.as_ref().zip(scale);
    Supposed {
        real: Totals::new(t, one),
        current: shown(current),
        r#final: shown(last),
        letter: letter.and_then(|(last, scale)| scale.letter(last).map(str::to_owned)),
    }
}
