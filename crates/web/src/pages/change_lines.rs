//! Batches and single changes of the log as lines of a list.

use std::collections::HashMap;

use gradebook_app::name_in;
use gradebook_app::read::{ChangeGroup, Course, LoggedChange, Way};
use gradebook_domain::{BatchId, CourseId, Score};

use super::admin::changes::{source, words};
use super::words::course_name;
use crate::i18n::{DateText, T};

/// Titles of assessments on one line; an import can have changed hundreds.
const MOST_TITLES: usize = 3;

/// A batch or a single change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChangeLine {
    pub(super) what: String,
    /// Where the batch is shown with its undo.
    pub(super) href: Option<String>,
    /// The assessments, the student or the account that it is about.
    pub(super) about: String,
    /// What a single score was and what it became.
    pub(super) score: Option<(String, String)>,
    /// What a single remark was, where that is known, and what it became.
    pub(super) remark: Option<(Option<String>, String)>,
    pub(super) reason: Option<String>,
    /// The course it happened in: its page and its name.
    pub(super) course: Option<(String, String)>,
    pub(super) who: String,
    pub(super) through: Option<String>,
    pub(super) at: DateText,
    /// What was done one after the other, when the line stands for all of it.
    pub(super) parts: Vec<ChangeLine>,
}

/// What a list tells beside its lines.
#[derive(Debug, Clone, Copy)]
pub(super) enum Around<'a> {
    /// The courses are named.
    School(&'a HashMap<CourseId, Course>),
    /// All is of one course; a batch that reaches further says how many scores it has in all.
    OneCourse(&'a HashMap<BatchId, u64>),
}

/// A line of the list.
pub(super) fn change_line(t: T, group: &ChangeGroup, around: Around<'_>) -> ChangeLine {
    let newest = &group.newest;
    let single = group.changes <= 1;
    let course = newest.course.and_then(|id| {
        let Around::School(courses) = around else {
            return None;
        };
        let course = courses.get(&id)?;
        Some((format!("/courses/{id}/changes"), course_name(t, course)))
    });
    let whole = newest.batch.and_then(|batch| match around {
        Around::OneCourse(whole) => whole.get(&batch).filter(|whole| **whole > group.scores),
        Around::School(_) => None,
    });
    let mut text = what(t, group);
    if let Some(whole) = whole {
        let whole = u32::try_from(*whole).unwrap_or(u32::MAX);
        text.push_str(&t.count("batch-whole", whole));
    }
    ChangeLine {
        what: text,
        href: newest
            .batch
            .filter(|_| group.scores > 0)
            .map(|batch| match (whole, newest.course) {
                // It leads back to this course, whichever its newest score is of.
                (Some(_), Some(course)) => format!("/batches/{batch}?course={course}"),
                _ => format!("/batches/{batch}"),
            }),
        about: about(t, group),
        score: newest
            .score
            .filter(|(before, after)| single && before != after)
            .map(|(before, after)| (score_text(t, before), score_text(t, after))),
        remark: newest.comment.clone().filter(|_| single),
        reason: newest.reason.clone(),
        course,
        who: who(t, newest),
        through: through(t, newest),
        at: t.instant(newest.at),
        parts: Vec::new(),
    }
}

/// What was done, in words.
pub(super) fn what(t: T, group: &ChangeGroup) -> String {
    let number = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    let newest = &group.newest;
    if group.scores > 0 {
        return t.count(way_key(newest), number(group.scores));
    }
    let text = newest
        .kind
        .map_or_else(|| t.get("change-unknown"), |kind| t.get(words(kind)));
    if group.changes > 1 {
        let numbers = [
            ("all", number(group.changes)),
            ("more", number(group.changes - 1)),
        ];
        t.counted("batch-actions", &numbers, &[("what", &text)])
    } else {
        text
    }
}

fn way_key(change: &LoggedChange) -> &'static str {
    match change.way {
        Some(Way::Typed) => "batch-typed",
        Some(Way::Paste) => "batch-paste",
        Some(Way::Fill) => "batch-fill",
        Some(Way::Clear) => "batch-clear",
        Some(Way::Undo) if change.undoes.is_some() => "batch-undone",
        Some(Way::Undo) => "batch-undo",
        Some(Way::Redo) => "batch-redo",
        None if change.source == "import" => "batch-import",
        None => "batch-typed",
    }
}

fn about(t: T, group: &ChangeGroup) -> String {
    let newest = &group.newest;
    let deleted = || t.get("batch-deleted-assessment");
    // What is called otherwise now, or is gone, had a name then.
    let own = name_in(newest).filter(|_| group.changes <= 1);
    let titles: Vec<String> = match &newest.assessment {
        _ if own.is_some() => own.into_iter().collect(),
        _ if !group.assessments.is_empty() => {
            let named = group.assessments.iter();
            named
                .map(|one| one.title.clone().unwrap_or_else(deleted))
                .collect()
        }
        Some((_, title)) => vec![title.clone().unwrap_or_else(deleted)],
        None => Vec::new(),
    };
    // The assessments of one exam in many courses have one title.
    let mut distinct: Vec<String> = Vec::new();
    for title in titles {
        if !distinct.contains(&title) {
            distinct.push(title);
        }
    }
    let person = if group.changes <= 1 {
        newest.student.as_ref().or(newest.user.as_ref())
    } else {
        None
    };
    let mut parts: Vec<String> = person.map(|(_, name)| name.clone()).into_iter().collect();
    if !distinct.is_empty() {
        let all = distinct.len();
        distinct.truncate(MOST_TITLES);
        let titles = t.list(&distinct);
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let more = all.saturating_sub(MOST_TITLES);
        let numbers = [("all", number(all)), ("more", number(more))];
        parts.push(if more > 0 {
            t.counted("batch-titles", &numbers, &[("titles", &titles)])
        } else {
            titles
        });
    }
    parts.join(" · ")
}

/// Who did it.
pub(super) fn who(t: T, change: &LoggedChange) -> String {
    change
        .actor
        .as_ref()
        .map_or_else(|| t.get("change-by-operator"), |(_, name)| name.clone())
}

/// By which way, where it is worth a word.
pub(super) fn through(t: T, change: &LoggedChange) -> Option<String> {
    source(&change.source)
        .filter(|_| change.actor.is_some() || change.source == "import")
        .map(|key| t.get(key))
}

/// A score as a value or a word.
pub(super) fn score_text(t: T, score: Score) -> String {
    let key = match score {
        Score::Scored(value) => return value.to_string(),
        Score::Blank => "status-blank",
        Score::Absent => "status-absent",
        Score::Excused => "status-excused",
        Score::Missing => "status-missing",
    };
    t.get(key)
}
