//! The head of a page about one assessment: its course, its day and its state.

use gradebook_app::read::{Assessment, Course};
use gradebook_domain::AssessmentState;

use super::words::{class_name, subject_name, term_name};
use crate::i18n::{DateText, T};

/// What `partials/assessment_head.html` shows.
#[derive(Debug, Clone)]
pub(super) struct AssessmentHead {
    pub(super) title: String,
    /// The gradebook's address and name.
    pub(super) course: (String, String),
    pub(super) date: DateText,
    /// The state as a class of the badge and in a word.
    pub(super) state: (&'static str, String),
    /// What else to know at once.
    pub(super) facts: Vec<String>,
    /// The other page about this assessment: its address and what it is for.
    pub(super) other: Option<(String, String)>,
}

impl AssessmentHead {
    pub(super) fn of(t: T, assessment: &Assessment, course: &Course) -> Self {
        let names = [
            subject_name(t, &course.subject),
            class_name(&course.class),
            term_name(&course.term),
        ];
        Self {
            title: assessment.title.clone(),
            course: (format!("/courses/{}", course.id), names.join(" · ")),
            date: t.date(&assessment.held_on),
            state: state_badge(t, assessment.state),
            facts: Vec::new(),
            other: None,
        }
    }
}

/// A state as a class of its badge and in a word.
pub(super) fn state_badge(t: T, state: AssessmentState) -> (&'static str, String) {
    match state {
        AssessmentState::Draft => ("is-draft", t.get("state-draft")),
        AssessmentState::Published => ("is-published", t.get("state-published")),
        AssessmentState::Locked => ("is-locked", t.get("state-locked")),
    }
}
