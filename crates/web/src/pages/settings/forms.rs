//! The form that is open: its fields with what was typed, and what is wrong with them.

use gradebook_app::GradebookView;
use gradebook_app::read::{Assessment, Category, Course};
use gradebook_domain::{AssessmentId, AssessmentState, CategoryId, Score};

use super::Refused;
use super::fill::Fill;
use crate::i18n::T;
use crate::pages::admin::Field;

/// An open form.
#[derive(Debug, Clone)]
pub(in crate::pages) struct OpenForm {
    /// Where on the page it belongs.
    pub(in crate::pages) at: String,
    /// Which form it is, for the answer.
    pub(in crate::pages) open: String,
    pub(in crate::pages) heading: String,
    /// What it does, said before it is sent.
    pub(in crate::pages) lead: Option<String>,
    /// What stands in the way.
    pub(in crate::pages) refused: Option<String>,
    /// Side by side in rows.
    pub(in crate::pages) rows: Vec<Vec<FormField>>,
    pub(in crate::pages) submit: String,
    /// Another button before it, which sends the same and goes on elsewhere: its value and text.
    pub(in crate::pages) and_then: Option<(&'static str, String)>,
    pub(in crate::pages) danger: bool,
}

/// A field of any kind.
#[derive(Debug, Clone)]
pub(in crate::pages) enum FormField {
    /// One line.
    Text(Field),
    /// One of several.
    Choice(Pick),
    /// Several lines.
    Lines(Field),
    /// Yes or no.
    Check(Field),
    /// A day.
    Day(Field),
    /// Any of several.
    Ticks(Ticks),
}

/// Boxes to tick, of one name.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Ticks {
    pub(in crate::pages) id: &'static str,
    pub(in crate::pages) legend: String,
    pub(in crate::pages) options: Vec<PickOption>,
    pub(in crate::pages) hint: Option<String>,
    pub(in crate::pages) error: Option<String>,
}

/// A choice whose values are made at run time.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Pick {
    pub(in crate::pages) id: &'static str,
    pub(in crate::pages) label: String,
    pub(in crate::pages) options: Vec<PickOption>,
    pub(in crate::pages) hint: Option<String>,
    pub(in crate::pages) error: Option<String>,
}

/// One of its options.
#[derive(Debug, Clone)]
pub(in crate::pages) struct PickOption {
    pub(in crate::pages) value: String,
    pub(in crate::pages) text: String,
    pub(in crate::pages) chosen: bool,
}

/// Which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    NewCategory,
    Category(CategoryId),
    DeleteCategory(CategoryId),
    EmptyCategory(CategoryId),
    NewAssessment(Option<CategoryId>),
    Assessment(AssessmentId),
    DeleteAssessment(AssessmentId),
    Policy,
}

impl Which {
    /// The form of this name, if what it is about is there.
    pub(super) fn named(name: &str, book: &GradebookView) -> Option<Self> {
        let id = |prefix: &str| name.strip_prefix(prefix)?.parse::<i64>().ok();
        let which = match name {
            "category" => Self::NewCategory,
            "assessment" => Self::NewAssessment(None),
            "policy" => Self::Policy,
            _ => None
                .or_else(|| id("category-").map(|id| Self::Category(CategoryId(id))))
                .or_else(|| id("empty-category-").map(|id| Self::EmptyCategory(CategoryId(id))))
                .or_else(|| id("delete-category-").map(|id| Self::DeleteCategory(CategoryId(id))))
                .or_else(|| {
                    id("assessment-in-").map(|id| Self::NewAssessment(Some(CategoryId(id))))
                })
                .or_else(|| id("assessment-").map(|id| Self::Assessment(AssessmentId(id))))
                .or_else(|| {
                    id("delete-assessment-").map(|id| Self::DeleteAssessment(AssessmentId(id)))
                })?,
        };
        let there = match which {
            Self::NewCategory | Self::Policy | Self::NewAssessment(None) => true,
            Self::Category(id)
            | Self::DeleteCategory(id)
            | Self::EmptyCategory(id)
            | Self::NewAssessment(Some(id)) => category(book, id).is_some(),
            Self::Assessment(id) | Self::DeleteAssessment(id) => assessment(book, id).is_some(),
        };
        there.then_some(which)
    }

    fn name(self) -> String {
        match self {
            Self::NewCategory => "category".to_owned(),
            Self::Category(id) => format!("category-{id}"),
            Self::DeleteCategory(id) => format!("delete-category-{id}"),
            Self::EmptyCategory(id) => format!("empty-category-{id}"),
            Self::NewAssessment(None) => "assessment".to_owned(),
            Self::NewAssessment(Some(id)) => format!("assessment-in-{id}"),
            Self::Assessment(id) => format!("assessment-{id}"),
            Self::DeleteAssessment(id) => format!("delete-assessment-{id}"),
            Self::Policy => "policy".to_owned(),
        }
    }

    /// Where on the page the form belongs: at what it is about.
    fn place(self) -> String {
        match self {
            Self::NewCategory => "new-category".to_owned(),
            Self::NewAssessment(None) => "top".to_owned(),
            Self::NewAssessment(Some(id)) => format!("in-{id}"),
            Self::Category(id) | Self::DeleteCategory(id) | Self::EmptyCategory(id) => {
                format!("category-{id}")
            }
            Self::Assessment(id) | Self::DeleteAssessment(id) => format!("assessment-{id}"),
            Self::Policy => "policy".to_owned(),
        }
    }

    /// The form, with what was typed if it was refused.
    pub(super) fn form(
        self,
        t: T,
        (book, others): (&GradebookView, &[Course]),
        refused: Option<&Refused>,
    ) -> OpenForm {
        let fill = Fill { t, refused };
        let (heading, submit, lead, rows) = match self {
            Self::NewCategory => (
                t.get("settings-add-category"),
                "settings-add",
                None,
                fill.category(None),
            ),
            Self::Category(id) => {
                let found = category(book, id);
                let seen = seen(book, |one| one.category == id);
                let mut rows = fill.category(found);
                rows.extend(fill.reason(seen));
                (
                    t.get("settings-edit-category"),
                    "settings-save",
                    published(t, seen),
                    rows,
                )
            }
            Self::NewAssessment(within) => {
                let mut rows = fill.assessment(book, None, within);
                rows.extend(fill.also(&book.course, others));
                (
                    t.get("settings-add-assessment"),
                    "settings-save",
                    Some(t.get("settings-new-is-draft")),
                    rows,
                )
            }
            Self::EmptyCategory(id) => {
                let name = category(book, id).map_or("", |one| one.name.as_str());
                let seen = seen(book, |one| one.category == id);
                let mut rows = fill.emptied(book, id);
                rows.extend(fill.reason(seen));
                (
                    t.with("settings-empty-category", "name", name),
                    "settings-move",
                    published(t, seen),
                    rows,
                )
            }
            Self::Assessment(id) => {
                let found = assessment(book, id);
                let seen = seen(book, |one| one.id == id);
                let mut rows = fill.assessment(book, found, None);
                rows.extend(fill.reason(seen));
                (
                    t.get("settings-edit-assessment"),
                    "settings-save",
                    published(t, seen),
                    rows,
                )
            }
            Self::Policy => {
                let seen = seen(book, |_| true);
                let mut rows = fill.policy(book);
                rows.extend(fill.reason(seen));
                (
                    t.get("settings-policy"),
                    "settings-save",
                    published(t, seen),
                    rows,
                )
            }
            Self::DeleteCategory(id) => {
                let name = category(book, id).map_or("", |one| one.name.as_str());
                let lead = t.with("settings-delete-category-lead", "name", name);
                (
                    t.get("settings-delete-category"),
                    "settings-delete",
                    Some(lead),
                    Vec::new(),
                )
            }
            Self::DeleteAssessment(id) => {
                let title = assessment(book, id).map_or("", |one| one.title.as_str());
                let scores = scores(book, id);
                let (lead, rows) = if scores == 0 {
                    let lead = t.with("settings-delete-assessment-lead", "title", title);
                    (lead, Vec::new())
                } else {
                    (
                        t.count("settings-delete-scores", scores),
                        fill.confirm(title),
                    )
                };
                (
                    t.with("settings-delete-assessment", "title", title),
                    "settings-delete",
                    Some(lead),
                    rows,
                )
            }
        };
        OpenForm {
            at: self.place(),
            open: self.name(),
            heading,
            lead,
            refused: refused
                .filter(|one| one.field.is_none())
                .map(|one| one.text.clone()),
            rows,
            submit: t.get(submit),
            and_then: matches!(self, Self::NewAssessment(_))
                .then(|| ("enter", t.get("settings-save-and-enter"))),
            danger: matches!(self, Self::DeleteCategory(_) | Self::DeleteAssessment(_)),
        }
    }
}

pub(super) fn category(book: &GradebookView, id: CategoryId) -> Option<&Category> {
    book.categories.iter().find(|one| one.scheme.id == id)
}

pub(super) fn assessment(book: &GradebookView, id: AssessmentId) -> Option<&Assessment> {
    let mut columns = book.columns.iter().map(|one| &one.assessment);
    columns.find(|one| one.id == id)
}

fn scores(book: &GradebookView, id: AssessmentId) -> u32 {
    let stored = book.cells.iter().map(|cell| &cell.stored);
    let entered = stored.filter(|one| one.assessment == id && one.score != Score::Blank);
    u32::try_from(entered.count()).unwrap_or(u32::MAX)
}

/// How many of these assessments students see.
fn seen(book: &GradebookView, of: impl Fn(&Assessment) -> bool) -> u32 {
    let columns = book.columns.iter().map(|one| &one.assessment);
    let seen = columns.filter(|one| of(one) && one.state != AssessmentState::Draft);
    u32::try_from(seen.count()).unwrap_or(u32::MAX)
}

fn published(t: T, seen: u32) -> Option<String> {
    (seen > 0).then(|| t.count("settings-published-lead", seen))
}
