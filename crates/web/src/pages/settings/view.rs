//! What there is, in words.

use gradebook_app::GradebookView;
use gradebook_app::read::{Assessment, Category, Course};
use gradebook_domain::{
    AbsentPolicy, Aggregation, AssessmentId, AssessmentState, CategoryId, Points, Weight,
};

use crate::i18n::{DateText, T};
use crate::pages::why::rule;

/// A category with its assessments.
#[derive(Debug, Clone)]
pub(in crate::pages) struct CategoryCard {
    pub(in crate::pages) id: CategoryId,
    pub(in crate::pages) name: String,
    pub(in crate::pages) weight: String,
    /// How its percentage is made.
    pub(in crate::pages) rule: String,
    /// What the weights of its assessments mean, where they are not 100 percent in all.
    pub(in crate::pages) relative: Option<String>,
    pub(in crate::pages) first: bool,
    pub(in crate::pages) last: bool,
    /// Whether it can be deleted: it is empty and not the only one.
    pub(in crate::pages) deletable: bool,
    /// Whether its assessments can go elsewhere: it has some, and is not the only one.
    pub(in crate::pages) emptiable: bool,
    pub(in crate::pages) assessments: Vec<AssessmentRow>,
}

/// An assessment.
#[derive(Debug, Clone)]
pub(in crate::pages) struct AssessmentRow {
    pub(in crate::pages) id: AssessmentId,
    pub(in crate::pages) title: String,
    pub(in crate::pages) date: DateText,
    /// Full marks, extra credit, weight.
    pub(in crate::pages) facts: Vec<String>,
    /// The state as a class of the badge and in a word.
    pub(in crate::pages) state: (&'static str, String),
    pub(in crate::pages) locked: bool,
    pub(in crate::pages) draft: bool,
    /// Whether another one of the same day stands before or after it.
    pub(in crate::pages) movable: (bool, bool),
}

pub(super) fn categories(t: T, book: &GradebookView) -> Vec<CategoryCard> {
    let count = book.categories.len();
    let places = book.categories.iter().enumerate();
    places
        .map(|(place, category)| {
            let assessments = rows(t, book, category);
            CategoryCard {
                id: category.scheme.id,
                name: category.name.clone(),
                weight: t.with("percent", "value", category.scheme.weight),
                rule: rule(t, category),
                relative: weights_within(t, book, category),
                first: place == 0,
                last: place + 1 == count,
                deletable: assessments.is_empty() && count > 1,
                emptiable: !assessments.is_empty() && count > 1,
                assessments,
            }
        })
        .collect()
}

fn rows(t: T, book: &GradebookView, category: &Category) -> Vec<AssessmentRow> {
    // The order of the columns: of one day, whatever the category, by place.
    let all: Vec<&Assessment> = book.columns.iter().map(|one| &one.assessment).collect();
    let day = |place: Option<usize>| Some(&all.get(place?)?.held_on);
    all.iter()
        .enumerate()
        .filter(|(_, one)| one.category == category.scheme.id)
        .map(|(place, one)| {
            let own = Some(&one.held_on);
            let movable = (
                day(place.checked_sub(1)) == own,
                day(Some(place + 1)) == own,
            );
            row(t, one, category.scheme.aggregation, movable)
        })
        .collect()
}

fn row(t: T, one: &Assessment, by: Aggregation, movable: (bool, bool)) -> AssessmentRow {
    let limits = one.limits;
    let extra = (limits.extra_credit_limit > Points::ZERO)
        .then(|| t.with("settings-extra", "points", limits.extra_credit_limit));
    let weight =
        (by == Aggregation::Weighted).then(|| t.with("settings-weight-of", "weight", one.weight));
    let facts = [
        Some(t.with("settings-full-marks", "points", limits.max_score)),
        extra,
        weight,
    ];
    AssessmentRow {
        id: one.id,
        title: one.title.clone(),
        date: t.date(&one.held_on),
        facts: facts.into_iter().flatten().collect(),
        state: match one.state {
            AssessmentState::Draft => ("is-draft", t.get("state-draft")),
            AssessmentState::Published => ("is-published", t.get("state-published")),
            AssessmentState::Locked => ("is-locked", t.get("state-locked")),
        },
        locked: one.state == AssessmentState::Locked,
        draft: one.state == AssessmentState::Draft,
        movable,
    }
}

/// What the weights of a course's categories add up to, and what that means if it is not the whole.
pub(in crate::pages) fn weights(t: T, sum: Points) -> Weights {
    let whole = Points::from_ten_thousandths(Weight::HUNDRED.ten_thousandths());
    let key = match sum.cmp(&whole) {
        _ if sum == Points::ZERO => "settings-weights-none",
        core::cmp::Ordering::Less => "settings-weights-less",
        core::cmp::Ordering::Equal => "settings-weights",
        core::cmp::Ordering::Greater => "settings-weights-more",
    };
    Weights {
        text: t.with(key, "sum", sum),
        whole: sum == whole,
    }
}

/// What weights add up to, in words.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Weights {
    pub(in crate::pages) text: String,
    /// Whether that is 100 percent.
    pub(in crate::pages) whole: bool,
}

/// What the weights within a category mean if they are not 100 percent in all.
fn weights_within(t: T, book: &GradebookView, category: &Category) -> Option<String> {
    if category.scheme.aggregation != Aggregation::Weighted {
        return None;
    }
    let columns = book.columns.iter().map(|one| &one.assessment);
    let own = columns.filter(|one| one.category == category.scheme.id);
    let sum = Weight::sum(own.map(|one| one.weight));
    let whole = Points::from_ten_thousandths(Weight::HUNDRED.ten_thousandths());
    (sum != whole && sum != Points::ZERO).then(|| t.with("settings-weights-relative", "sum", sum))
}

/// How the course counts and what it shows.
pub(super) fn policy(t: T, course: &Course) -> Vec<(String, String)> {
    let absent = match course.absent {
        AbsentPolicy::CountsZero => "settings-absent-zero",
        AbsentPolicy::LeftOut => "settings-absent-left-out",
    };
    let letters = course.letters.as_ref().map(|scale| {
        let band = |(letter, from): &(String, Points)| {
            t.args(
                "settings-band",
                &[("letter", letter), ("from", &from.to_string())],
            )
        };
        t.list(scale.bands().iter().map(band))
    });
    let shown = if course.show_class_statistics {
        "settings-statistics-shown"
    } else {
        "settings-statistics-hidden"
    };
    vec![
        (t.get("settings-absent"), t.get(absent)),
        (
            t.get("settings-letters"),
            letters.unwrap_or_else(|| t.get("settings-scale-none")),
        ),
        (t.get("settings-statistics"), t.get(shown)),
    ]
}
