//! The forms in which an admin sets an exam's lines, the composite's weights and what follows a tie.

use std::collections::HashMap;

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use gradebook_app::read::ExamSettings;
use gradebook_app::{ExamAnalysisView, LineEdit, LineField, LineRefusal, SetRulesError};
use gradebook_domain::{
    CompositeWeights, ExamId, LinesError, Points, PointsError, RankStyle, SubjectId, Weight,
    WeightError,
};
use url::form_urlencoded;

use super::view::lines_text;
use super::{AnalysisQuery, Choosable, respond};
use crate::access::{Admin, Has, SafeForm};
use crate::i18n::T;
use crate::pages::see_other;
use crate::pages::words::subject_name;
use crate::problem::{Problem, database_problem};

type Sent = HashMap<String, String>;

/// Names of the four fields of a line, highest first.
const FIELDS: [(&str, LineField, &str); 4] = [
    ("full", LineField::Full, "analysis-full"),
    ("excellent", LineField::Excellent, "analysis-excellent"),
    ("good", LineField::Good, "analysis-good"),
    ("pass", LineField::Pass, "analysis-pass"),
];
const TIES: &str = "ties";
const COMPARE_TO: &str = "compare_to";
/// Names of the three weights.
const WEIGHTS: [(&str, &str); 3] = [
    ("mean", "analysis-weight-mean"),
    ("pass", "analysis-weight-pass"),
    ("excellent", "analysis-weight-excellent"),
];

/// Both forms with what is stored, or with what was typed and cannot be.
#[derive(Debug, Clone)]
pub(in crate::pages) struct RulesForms {
    /// What leads back to the page as it is.
    pub(in crate::pages) compare_to: Option<String>,
    pub(in crate::pages) heads: Vec<String>,
    pub(in crate::pages) lines: Vec<LineRow>,
    pub(in crate::pages) weights: Vec<Input>,
    pub(in crate::pages) weights_error: Option<String>,
    pub(in crate::pages) ties: Vec<Choosable>,
}

/// The lines of one subject in one grade level.
#[derive(Debug, Clone)]
pub(in crate::pages) struct LineRow {
    pub(in crate::pages) at: usize,
    pub(in crate::pages) name: String,
    pub(in crate::pages) subject: i64,
    pub(in crate::pages) level: String,
    /// The usual lines hold.
    pub(in crate::pages) usual: Option<String>,
    pub(in crate::pages) inputs: Vec<Input>,
    pub(in crate::pages) error: Option<String>,
}

/// A number to type.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Input {
    pub(in crate::pages) id: String,
    pub(in crate::pages) label: String,
    pub(in crate::pages) value: String,
    /// What holds while nothing is typed.
    pub(in crate::pages) usual: String,
    pub(in crate::pages) wrong: bool,
}

/// What was typed that cannot be, and what is wrong with it.
pub(in crate::pages) struct Refused {
    sent: Sent,
    /// By name of the field.
    wrong: HashMap<String, &'static str>,
}

#[cfg(test)]
impl Refused {
    pub(in crate::pages) fn sample() -> Self {
        let typed = [("line-0-pass", "x"), ("weight-mean", "50")];
        Self {
            sent: typed
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            wrong: HashMap::from([
                ("line-0-pass".to_owned(), "analysis-wrong-number"),
                ("weight".to_owned(), "analysis-wrong-weights"),
            ]),
        }
    }
}

/// The forms for an admin.
pub(super) fn forms(t: T, view: &ExamAnalysisView, refused: Option<Refused>) -> RulesForms {
    let weights = view.settings.weights;
    let stored = [weights.mean(), weights.pass(), weights.excellent()];
    let typed = |name: &str| refused.as_ref().and_then(|one| one.sent.get(name).cloned());
    let style = typed(TIES).unwrap_or_else(|| view.settings.rank_style.to_string());
    let wrong = |name: &str| refused.as_ref().and_then(|one| one.wrong.get(name));
    RulesForms {
        compare_to: view.earlier.as_ref().map(|exam| exam.id.to_string()),
        heads: FIELDS.iter().map(|(_, _, key)| t.get(key)).collect(),
        lines: line_rows(t, view, refused.as_ref()),
        weights: WEIGHTS
            .iter()
            .zip(stored)
            .map(|((name, key), stored)| {
                let id = format!("weight-{name}");
                Input {
                    label: t.get(key),
                    value: typed(&id).unwrap_or_else(|| stored.to_string()),
                    usual: String::new(),
                    wrong: wrong(&id).or_else(|| wrong("weight")).is_some(),
                    id,
                }
            })
            .collect(),
        weights_error: ["weight", "weight-mean", "weight-pass", "weight-excellent"]
            .iter()
            .find_map(|name| wrong(name))
            .map(|key| t.get(key)),
        ties: RankStyle::ALL
            .iter()
            .map(|one| Choosable {
                value: one.to_string(),
                text: t.get(match one {
                    RankStyle::Competition => "analysis-ties-competition",
                    RankStyle::Dense => "analysis-ties-dense",
                }),
                chosen: one.as_str() == style,
            })
            .collect(),
    }
}

/// Every subject and grade level of the exam has a line, whatever class is shown.
fn line_rows(t: T, view: &ExamAnalysisView, refused: Option<&Refused>) -> Vec<LineRow> {
    let several = |subject: &gradebook_app::SubjectView| subject.grade_levels.len() > 1;
    let levels = view
        .subjects
        .iter()
        .flat_map(|subject| subject.grade_levels.iter().map(move |one| (subject, one)));
    levels
        .enumerate()
        .map(|(at, (subject, level))| {
            let mut name = subject_name(t, &subject.subject);
            if several(subject) {
                name = format!("{name} · {}", level.grade_level);
            }
            let lines = &level.lines;
            let stored = [lines.full(), lines.excellent(), lines.good(), lines.pass()];
            let mut error = None;
            let inputs = FIELDS
                .iter()
                .zip(stored)
                .map(|((field, _, key), stored)| {
                    let id = format!("line-{at}-{field}");
                    let kept = if level.lines_set {
                        stored.to_string()
                    } else {
                        String::new()
                    };
                    let wrong = refused.and_then(|one| one.wrong.get(&id)).copied();
                    error = error.or(wrong);
                    Input {
                        label: format!("{name}: {}", t.get(key)),
                        value: refused
                            .and_then(|one| one.sent.get(&id).cloned())
                            .unwrap_or(kept),
                        usual: stored.to_string(),
                        wrong: wrong.is_some(),
                        id,
                    }
                })
                .collect();
            LineRow {
                at,
                subject: subject.subject.id.0,
                level: level.grade_level.clone(),
                usual: (!level.lines_set).then(|| lines_text(t, lines)),
                inputs,
                error: error.map(|key| t.get(key)),
                name,
            }
        })
        .collect()
}

/// `POST /exams/{exam_id}/analysis/lines`.
pub(crate) async fn set_lines(
    request: HttpRequest,
    visitor: Has<Admin>,
    id: Path<i64>,
    form: SafeForm<Sent>,
) -> Result<HttpResponse, Problem> {
    let SafeForm(sent) = form;
    let exam = ExamId(*id);
    let wrong = match lines(&sent) {
        Err(wrong) => wrong,
        Ok(edits) => {
            let wanted: Vec<LineEdit> = edits.iter().map(|(_, edit)| edit.clone()).collect();
            let set = visitor.app.set_exam_lines(&visitor.actor, exam, &wanted);
            match set.await {
                Ok(()) => return Ok(see_other(&back(exam, &sent, "lines"))),
                Err(SetRulesError::Lines(wrong)) => wrong
                    .into_iter()
                    .filter_map(|(at, why)| Some((name(edits.get(at)?.0, why), words(why))))
                    .collect(),
                Err(error) => return Err(problem(&error)),
            }
        }
    };
    refuse(&request, &visitor, exam, sent, wrong).await
}

/// The lines that were typed, each with its place in the form; a row without anything is none.
fn lines(sent: &Sent) -> Result<Vec<(usize, LineEdit)>, HashMap<String, &'static str>> {
    let mut edits = Vec::new();
    let mut wrong = HashMap::new();
    for at in 0.. {
        let field = |name: &str| {
            sent.get(&format!("line-{at}-{name}"))
                .map(|text| text.trim())
        };
        let (Some(subject), Some(level)) = (field("subject"), field("level")) else {
            break;
        };
        let typed = FIELDS.map(|(name, ..)| field(name).unwrap_or_default());
        if typed.iter().all(|text| text.is_empty()) {
            continue;
        }
        let mut values = [Points::ZERO; 4];
        for ((value, text), (name, ..)) in values.iter_mut().zip(typed).zip(FIELDS) {
            match text.parse::<Points>() {
                Ok(points) => *value = points,
                Err(error) => {
                    let key = match error {
                        PointsError::NotANumber if text.is_empty() => "analysis-wrong-missing",
                        PointsError::TooManyDecimals => "analysis-wrong-decimals",
                        PointsError::NotANumber | PointsError::OutOfRange => {
                            "analysis-wrong-number"
                        }
                    };
                    wrong.insert(format!("line-{at}-{name}"), key);
                }
            }
        }
        let [full, excellent, good, pass] = values;
        let edit = LineEdit {
            subject: SubjectId(subject.parse().unwrap_or(0)),
            grade_level: level.to_owned(),
            full,
            excellent,
            good,
            pass,
        };
        edits.push((at, edit));
    }
    if wrong.is_empty() {
        Ok(edits)
    } else {
        Err(wrong)
    }
}

/// The name of the field of a line that is to blame.
fn name(at: usize, why: LineRefusal) -> String {
    let field = FIELDS
        .iter()
        .find(|(_, field, _)| *field == why.field())
        // What the form itself sent: shown at the first field.
        .map_or("full", |(name, ..)| *name);
    format!("line-{at}-{field}")
}

fn words(why: LineRefusal) -> &'static str {
    match why {
        LineRefusal::Order(LinesError::Full) => "analysis-wrong-full",
        LineRefusal::Order(LinesError::Excellent) => "analysis-wrong-excellent",
        LineRefusal::Order(LinesError::Good) => "analysis-wrong-good",
        LineRefusal::Order(LinesError::Pass) => "analysis-wrong-pass",
        LineRefusal::UnknownSubject | LineRefusal::UnknownGradeLevel | LineRefusal::Twice => {
            "analysis-wrong-place"
        }
    }
}

/// `POST /exams/{exam_id}/analysis/settings`.
pub(crate) async fn set_settings(
    request: HttpRequest,
    visitor: Has<Admin>,
    id: Path<i64>,
    form: SafeForm<Sent>,
) -> Result<HttpResponse, Problem> {
    let SafeForm(sent) = form;
    let exam = ExamId(*id);
    match settings(&sent) {
        Err(wrong) => refuse(&request, &visitor, exam, sent, wrong).await,
        Ok(settings) => {
            let set = visitor
                .app
                .set_exam_settings(&visitor.actor, exam, settings)
                .await;
            set.map_err(|error| problem(&error))?;
            Ok(see_other(&back(exam, &sent, "settings")))
        }
    }
}

fn settings(sent: &Sent) -> Result<ExamSettings, HashMap<String, &'static str>> {
    let mut wrong = HashMap::new();
    let [mean, pass, excellent] = WEIGHTS.map(|(name, _)| {
        let name = format!("weight-{name}");
        let typed = sent.get(&name).map(|text| text.trim()).unwrap_or_default();
        typed.parse::<Weight>().unwrap_or_else(|error| {
            let key = match error {
                WeightError::Number(PointsError::TooManyDecimals) => "analysis-wrong-decimals",
                WeightError::Number(_) | WeightError::Negative => "analysis-wrong-number",
            };
            wrong.insert(name, key);
            Weight::ZERO
        })
    });
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let weights = CompositeWeights::new(mean, pass, excellent);
    let style = sent.get(TIES).and_then(|style| style.parse().ok());
    match (weights, style) {
        (Ok(weights), Some(rank_style)) => Ok(ExamSettings {
            weights,
            rank_style,
        }),
        _ => Err(HashMap::from([(
            "weight".to_owned(),
            "analysis-wrong-weights",
        )])),
    }
}

async fn refuse(
    request: &HttpRequest,
    visitor: &Has<Admin>,
    exam: ExamId,
    sent: Sent,
    wrong: HashMap<String, &'static str>,
) -> Result<HttpResponse, Problem> {
    let query = AnalysisQuery {
        compare_to: compare_to(&sent).to_owned(),
        ..AnalysisQuery::default()
    };
    let refused = Refused { sent, wrong };
    let who = (&*visitor.app, &visitor.actor);
    respond(request, who, exam, &query, Some(refused)).await
}

/// The exam of comparison that the page showed when the form was sent.
fn compare_to(sent: &Sent) -> &str {
    sent.get(COMPARE_TO).map_or("", String::as_str)
}

/// Back to the page as it was, with a word on what was done.
fn back(exam: ExamId, sent: &Sent, done: &str) -> String {
    let pairs = [(COMPARE_TO, compare_to(sent)), ("done", done)];
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()))
        .finish();
    format!("/exams/{exam}/analysis?{query}")
}

fn problem(error: &SetRulesError) -> Problem {
    match error {
        SetRulesError::NotFound => Problem::not_found(),
        SetRulesError::Forbidden => Problem::forbidden(),
        // The form shows these itself.
        SetRulesError::Lines(_) => Problem::internal(),
        SetRulesError::Database(_) => database_problem(error),
    }
}
