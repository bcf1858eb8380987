//! Imports so far, searched.

use gradebook_app::imports::{ImportOrder, KeptImport};
use gradebook_app::{App, ListCount, Page};
use gradebook_auth::Actor;
use gradebook_domain::{CourseId, ImportId};
use serde::Deserialize;

use super::state_badge;
use crate::api::imports::problem;
use crate::i18n::{DateText, T};
use crate::pages::admin::Badge;
use crate::pages::finding::{Pager, address, sought};
use crate::pages::words::{class_name, subject_name, term_name};
use crate::problem::Problem;

/// Imports on one page.
const SHOWN: u16 = 20;

/// Which part of the list.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Part {
    #[serde(default)]
    q: String,
    #[serde(default)]
    before: String,
}

/// What is shown of the list.
pub(in crate::pages) struct FoundImports {
    pub(in crate::pages) imports: Page<KeptImport>,
    pub(in crate::pages) count: ListCount,
    pub(in crate::pages) text: String,
}

impl FoundImports {
    /// The imports into a course, or all of them.
    pub(super) async fn find(
        app: &App,
        actor: &Actor,
        course: Option<CourseId>,
        part: &Part,
    ) -> Result<Self, Problem> {
        let text = sought(&part.q);
        let before = part.before.parse().ok().map(ImportId);
        let (which, imports) = ((course, text.as_str()), async |which| {
            app.kept_imports(actor, which, before, SHOWN).await
        });
        Ok(Self {
            imports: imports(which).await.map_err(problem)?,
            count: app
                .count_imports(actor, which, before)
                .await
                .map_err(problem)?,
            text,
        })
    }
}

/// The list with its search.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Earlier {
    /// The page that it is on.
    pub(in crate::pages) action: String,
    pub(in crate::pages) text: String,
    /// Something is looked for, and how many are found.
    pub(in crate::pages) found: Option<String>,
    pub(in crate::pages) rows: Vec<ImportRow>,
    pub(in crate::pages) pager: Pager,
}

/// An import in the list.
#[derive(Debug, Clone)]
pub(in crate::pages) struct ImportRow {
    pub(in crate::pages) id: ImportId,
    pub(in crate::pages) file: String,
    pub(in crate::pages) what: What,
    pub(in crate::pages) who: String,
    pub(in crate::pages) when: DateText,
    pub(in crate::pages) badge: Badge,
    pub(in crate::pages) counts: String,
}

/// What a file is imported into, and the address of that.
#[derive(Debug, Clone, Default)]
pub(in crate::pages) struct What {
    pub(in crate::pages) name: String,
    pub(in crate::pages) href: Option<String>,
}

/// The list on the page at `action`; one of a course need not say of which.
pub(super) fn earlier(t: T, action: &str, found: FoundImports, of_course: bool) -> Earlier {
    let shown = found.imports.items.len();
    let pager = Pager::new(t, found.count, shown, found.imports.next, |before| {
        let before = before.map(|id| id.to_string()).unwrap_or_default();
        let chosen = [("q", found.text.as_str()), ("before", &before)];
        format!("{}#so-far", address(action, &chosen))
    });
    let row = |one: &KeptImport| ImportRow {
        what: if of_course {
            What::default()
        } else {
            what(t, one)
        },
        ..row(t, one)
    };
    Earlier {
        action: action.to_owned(),
        found: (!found.text.is_empty()).then(|| {
            let all = u32::try_from(found.count.all).unwrap_or(u32::MAX);
            t.count("imports-found", all)
        }),
        rows: found.imports.items.iter().map(row).collect(),
        pager,
        text: found.text,
    }
}

fn row(t: T, kept: &KeptImport) -> ImportRow {
    ImportRow {
        id: kept.stored.id,
        file: kept.stored.file_name.clone(),
        what: what(t, kept),
        who: kept
            .author
            .clone()
            .unwrap_or_else(|| t.get("imports-operator")),
        when: t.instant(kept.stored.created_at),
        badge: state_badge(t, kept),
        counts: counts(t, kept),
    }
}

/// What a file was imported into.
pub(super) fn what(t: T, kept: &KeptImport) -> What {
    if let Some(course) = &kept.course {
        let names = [
            subject_name(t, &course.subject),
            class_name(&course.class),
            term_name(&course.term),
        ];
        return What {
            name: names.join(" · "),
            href: Some(format!("/courses/{}", course.id)),
        };
    }
    let exam = kept.summary.exam.map(|id| format!("/admin/exams/{id}"));
    match &kept.order {
        Some(ImportOrder::Exam(order)) => What {
            name: format!("{} · {} {}", order.exam, order.school_year, order.term),
            href: exam,
        },
        Some(ImportOrder::Roster(_)) => What {
            name: t.get("imports-of-roster"),
            href: None,
        },
        Some(ImportOrder::Course(_)) | None => What {
            name: t.get("imports-into-course"),
            href: None,
        },
    }
}

fn counts(t: T, kept: &KeptImport) -> String {
    let summary = &kept.summary;
    let rows = summary.new + summary.changed + summary.unchanged;
    if rows + summary.rejected == 0 {
        return String::new();
    }
    let text = |number: usize| number.to_string();
    t.args(
        "imports-counts",
        &[
            ("new", &text(summary.new)),
            ("changed", &text(summary.changed)),
            ("unchanged", &text(summary.unchanged)),
            ("rejected", &text(summary.rejected)),
        ],
    )
}
