//! A step that cannot simply be undone: what follows from it, a button that does it, a way back.
//!
//! It is a page of its own, so that it works without script and the numbers are those of now. A link to
//! what it is about with `?confirm=` shows it, and so does a form that comes without [`CONFIRMED`]: nothing
//! is done by a form that nobody was shown what follows from. The field says that a page was shown, not which
//! facts: the step judges by those of its own moment, and what was decided on (a day, say) is sent along.

use askama::Template;

use super::frame::Frame;
use crate::i18n::T;

/// The field that says that what follows was shown.
pub(in crate::pages) const CONFIRMED: &str = "confirmed";

/// Whether a form comes from the page that says what follows; an empty field says nothing.
pub(in crate::pages) fn was_shown(said: Option<&str>) -> bool {
    said.is_some_and(|said| !said.is_empty())
}

#[derive(Template)]
#[template(path = "pages/confirm.html")]
pub(super) struct ConfirmPage {
    /// Its title is the question.
    pub(super) frame: Frame,
    pub(super) t: T,
    /// Where it belongs: address and name.
    pub(super) crumbs: Vec<(String, String)>,
    /// What follows, with numbers.
    pub(super) effects: Vec<String>,
    /// Where the form goes.
    pub(super) action: String,
    /// What is sent along, names and values.
    pub(super) sends: Vec<(String, String)>,
    /// What the button says.
    pub(super) submit: String,
    /// Where nothing has happened.
    pub(super) cancel: String,
}
