//! The analysis in the visitor's words.

use std::collections::HashMap;

use actix_web::HttpRequest;
use gradebook_app::read::{Class, Exam};
use gradebook_app::{ClassView, ExamAnalysisView, GradeView, SubjectView};
use gradebook_auth::Role;
use gradebook_domain::{
    AssessmentState, Band, ClassId, Exact, Figures, Lines, Percentage, Points, RankStyle, share,
};

use super::rules::{self, Refused};
use super::students;
use super::{AllSubjectsRow, AnalysisPage, Choosable, CountRow, FigureRow, SubjectCard, dated};
use crate::i18n::{Locale, T};
use crate::pages::frame::{Frame, Visitor};
use crate::pages::words::{class_name, exam_kind, subject_name, term_name};

/// Where there is no number.
const NONE: &str = "–";

pub(in crate::pages) fn analysis_page(
    request: &HttpRequest,
    role: Role,
    view: &ExamAnalysisView,
    others: &[Exam],
    done: Option<&str>,
    refused: Option<Refused>,
) -> AnalysisPage {
    let t = T(Locale::of(request));
    let title = t.with("analysis-title", "exam", &view.exam.name);
    let shown: Vec<&Class> = view
        .classes
        .iter()
        .filter(|class| view.class.is_none_or(|one| one == class.id))
        .collect();
    let path = format!("/exams/{}/analysis", view.exam.id);
    let frame = Frame::new(request, Visitor::Person(role), title);
    AnalysisPage {
        // A form's own address takes no GET.
        frame: match refused {
            Some(_) => frame.returning_to(&path),
            None => frame,
        },
        t,
        exam: view.exam.id,
        facts: [term_name(&view.term), t.date(&view.exam.held_on).text]
            .into_iter()
            .chain(exam_kind(t, &view.exam))
            .collect(),
        sheets: shown
            .iter()
            .map(|class| (sheet(view, class), class_name(class)))
            .collect(),
        class_choice: class_choice(t, view),
        exam_choice: exam_choice(t, view, others),
        filtered: view.class.is_some() || view.earlier.is_some(),
        done: match done {
            Some("lines") => Some(t.get("analysis-done-lines")),
            Some("settings") => Some(t.get("analysis-done-settings")),
            _ => None,
        },
        drafts: drafts(t, view),
        compared: view.earlier.as_ref().map(|exam| dated(t, exam)),
        subjects: view
            .subjects
            .iter()
            .flat_map(|subject| cards(t, view, subject))
            .collect(),
        all_subjects: view
            .all_subjects
            .iter()
            .map(|(class, line)| AllSubjectsRow {
                class: class_name(class),
                counted: line.counted,
                passed_all: line.passed_all,
                pass_rate: rate(share(line.passed_all, line.counted).as_ref()),
                excellent_all: line.excellent_all,
                excellent_rate: rate(share(line.excellent_all, line.counted).as_ref()),
            })
            .collect(),
        incomplete: view
            .students
            .iter()
            .any(|one| one.place.total.is_some() && one.place.counted < one.subjects),
        groups: shown
            .iter()
            .map(|class| students::group(t, view, class))
            .collect(),
        weights: t.args(
            "analysis-composite-of",
            &[
                ("mean", &view.settings.weights.mean().to_string()),
                ("pass", &view.settings.weights.pass().to_string()),
                ("excellent", &view.settings.weights.excellent().to_string()),
            ],
        ),
        ties: t.get(match view.settings.rank_style {
            RankStyle::Competition => "analysis-ties-competition",
            RankStyle::Dense => "analysis-ties-dense",
        }),
        // The form sets all lines at once, so it needs every class.
        forms: (view.may_edit && view.class.is_none()).then(|| rules::forms(t, view, refused)),
        edit_all: (view.may_edit && view.class.is_some()).then(|| format!("{path}#rules")),
    }
}

fn sheet(view: &ExamAnalysisView, class: &Class) -> String {
    format!("/exams/{}/classes/{}", view.exam.id, class.id)
}

fn class_choice(t: T, view: &ExamAnalysisView) -> Vec<Choosable> {
    let all = Choosable {
        value: String::new(),
        text: t.get(if view.whole {
            "analysis-all-classes"
        } else {
            "analysis-own-classes"
        }),
        chosen: view.class.is_none(),
    };
    let each = view.classes.iter().map(|class| Choosable {
        value: class.id.to_string(),
        text: class_name(class),
        chosen: view.class == Some(class.id),
    });
    std::iter::once(all).chain(each).collect()
}

fn exam_choice(t: T, view: &ExamAnalysisView, others: &[Exam]) -> Vec<Choosable> {
    let chosen = view.earlier.as_ref().map(|exam| exam.id);
    let none = Choosable {
        value: String::new(),
        text: t.get("analysis-compare-none"),
        chosen: chosen.is_none(),
    };
    // A later one can be named in the address; then it is among the choices, too.
    let unlisted = view
        .earlier
        .iter()
        .filter(|exam| others.iter().all(|other| other.id != exam.id));
    let each = unlisted.chain(others).map(|exam| Choosable {
        value: exam.id.to_string(),
        text: dated(t, exam),
        chosen: chosen == Some(exam.id),
    });
    std::iter::once(none).chain(each).collect()
}

/// Which subjects students do not see yet, with the classes unless it is all of them.
fn drafts(t: T, view: &ExamAnalysisView) -> Option<String> {
    let named = view.subjects.iter().filter_map(|subject| {
        let drafts: Vec<&ClassView> = subject
            .classes
            .iter()
            .filter(|class| class.state == AssessmentState::Draft)
            .collect();
        let name = subject_name(t, &subject.subject);
        if drafts.is_empty() {
            None
        } else if drafts.len() == subject.classes.len() {
            Some(name)
        } else {
            let classes = t.list(drafts.iter().map(|class| class_name(&class.class)));
            let values = [("subject", name.as_str()), ("classes", classes.as_str())];
            Some(t.args("analysis-draft-classes", &values))
        }
    });
    let named: Vec<String> = named.collect();
    (!named.is_empty()).then(|| t.with("analysis-drafts", "subjects", t.list(named)))
}

/// One card for each grade level that sits the subject.
fn cards(t: T, view: &ExamAnalysisView, subject: &SubjectView) -> Vec<SubjectCard> {
    let several = subject.grade_levels.len() > 1;
    let mut sizes: HashMap<ClassId, usize> = HashMap::new();
    for student in &view.students {
        *sizes.entry(student.place.class).or_default() += 1;
    }
    let levels = subject.grade_levels.iter().enumerate();
    levels
        .map(|(at, level)| {
            let classes: Vec<&ClassView> = subject
                .classes
                .iter()
                .filter(|class| class.class.grade_level == level.grade_level)
                .collect();
            let mut name = subject_name(t, &subject.subject);
            if several {
                name = format!("{name} · {}", level.grade_level);
            }
            // One class alone is the grade level, as far as it sat the exam.
            let whole = level.classes > 1;
            let named = classes
                .iter()
                .map(|class| {
                    let figures = class.figures.figures.as_ref();
                    (class_name(&class.class), false, figures)
                })
                .chain(whole.then(|| (level_name(t, level), true, level.figures.as_ref())));
            let named: Vec<(String, bool, Option<&Figures>)> = named.collect();
            SubjectCard {
                id: format!("s{}-{at}", subject.subject.id),
                name,
                lines: lines_text(t, &level.lines),
                usual: !level.lines_set,
                rows: classes
                    .iter()
                    .map(|class| class_row(view, &sizes, class, level.classes))
                    .chain((whole && !level.withheld).then(|| level_row(t, level)))
                    .collect(),
                withheld: level.withheld,
                band_heads: Band::ALL
                    .iter()
                    .map(|band| {
                        let name = t.get(band_key(*band));
                        match band {
                            Band::Below => format!("{name} < {}", level.lines.pass()),
                            _ => format!("{name} ≥ {}", level.lines.start(*band)),
                        }
                    })
                    .collect(),
                bands: named.iter().filter_map(band_row).collect(),
                bin_heads: named
                    .iter()
                    .find_map(|(_, _, figures)| *figures)
                    .map(bin_heads)
                    .unwrap_or_default(),
                bins: named.iter().filter_map(bin_row).collect(),
            }
        })
        .collect()
}

fn band_key(band: Band) -> &'static str {
    match band {
        Band::Excellent => "band-excellent",
        Band::Good => "band-good",
        Band::Pass => "band-pass",
        Band::Below => "band-below",
    }
}

fn level_name(t: T, level: &GradeView) -> String {
    t.args(
        "analysis-whole-level",
        &[
            ("level", &level.grade_level),
            ("classes", &level.classes.to_string()),
        ],
    )
}

pub(super) fn lines_text(t: T, lines: &Lines) -> String {
    t.args(
        "analysis-lines-are",
        &[
            ("full", &lines.full().to_string()),
            ("excellent", &lines.excellent().to_string()),
            ("good", &lines.good().to_string()),
            ("pass", &lines.pass().to_string()),
        ],
    )
}

fn class_row(
    view: &ExamAnalysisView,
    sizes: &HashMap<ClassId, usize>,
    class: &ClassView,
    classes: usize,
) -> FigureRow {
    let place = |rank: Option<usize>| {
        rank.map_or_else(|| NONE.to_owned(), |rank| format!("{rank}/{classes}"))
    };
    let figures = class.figures.figures.as_ref();
    let scored = figures.map_or(0, |one| one.statistics.count);
    let size = sizes.get(&class.class.id).copied().unwrap_or(scored);
    FigureRow {
        count: format!("{scored}/{}", size.max(scored)),
        name: class_name(&class.class),
        href: Some(sheet(view, &class.class)),
        draft: class.state == AssessmentState::Draft,
        rank_by_mean: place(class.figures.rank_by_mean),
        rank_by_composite: place(class.figures.rank_by_composite),
        ..figures_row(figures, true)
    }
}

fn level_row(t: T, level: &GradeView) -> FigureRow {
    FigureRow {
        name: level_name(t, level),
        whole: true,
        ..figures_row(level.figures.as_ref(), level.extremes)
    }
}

fn figures_row(figures: Option<&Figures>, extremes: bool) -> FigureRow {
    let statistics = figures.map(|figures| &figures.statistics);
    let exact = |number: Option<&Exact>| text(number.map(|number| number.rounded().fixed()));
    let extreme = |value: Option<Points>| text(value.filter(|_| extremes));
    FigureRow {
        name: String::new(),
        href: None,
        whole: false,
        draft: false,
        count: statistics.map_or(0, |one| one.count).to_string(),
        mean: exact(statistics.map(|one| &one.mean)),
        rank_by_mean: NONE.to_owned(),
        pass_rate: rate(figures.map(|one| &one.pass_rate)),
        excellent_rate: rate(figures.map(|one| &one.excellent_rate)),
        composite: text(figures.map(|one| one.composite.fixed())),
        rank_by_composite: NONE.to_owned(),
        median: exact(statistics.map(|one| &one.median)),
        highest: extreme(statistics.map(|one| one.highest)),
        lowest: extreme(statistics.map(|one| one.lowest)),
        deviation: text(statistics.map(|one| one.standard_deviation().fixed())),
        sum: text(statistics.map(|one| one.sum)),
    }
}

pub(super) fn text(value: Option<impl ToString>) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| value.to_string())
}

fn rate(rate: Option<&Percentage>) -> String {
    text(rate.map(|rate| format!("{}%", rate.rounded().fixed())))
}

type Named<'a> = (String, bool, Option<&'a Figures>);

fn band_row((name, whole, figures): &Named<'_>) -> Option<CountRow> {
    let figures = (*figures)?;
    let count = figures.statistics.count;
    Some(CountRow {
        name: name.clone(),
        whole: *whole,
        cells: figures
            .bands
            .iter()
            .map(|band| {
                let part = share(band.count, count);
                let drawn = part.as_ref().map_or_else(String::new, ToString::to_string);
                (drawn, format!("{} ({})", band.count, rate(part.as_ref())))
            })
            .collect(),
    })
}

fn bin_row((name, whole, figures): &Named<'_>) -> Option<CountRow> {
    let cells = (*figures)?
        .histogram
        .iter()
        .map(|bin| (bin.count.to_string(), bin.count.to_string()));
    Some(CountRow {
        name: name.clone(),
        whole: *whole,
        cells: cells.collect(),
    })
}

/// `60–70`; a value on the border belongs to the upper part.
fn bin_heads(figures: &Figures) -> Vec<String> {
    figures
        .histogram
        .iter()
        .map(|bin| format!("{}–{}", bin.from, bin.to))
        .collect()
}
