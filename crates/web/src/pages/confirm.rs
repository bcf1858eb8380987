//! A step that cannot simply be undone: what follows from it, a button that does it, a way back.
//!
//! It is a page of its own, at the address of what it is about with `?confirm=`, so that it works
//! without script and the numbers are those of now.

use askama::Template;

use super::frame::Frame;
use crate::i18n::T;

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
    /// What the button sends along, name and value.
    pub(super) sends: Option<(&'static str, &'static str)>,
    /// What the button says.
    pub(super) submit: String,
    /// Where nothing has happened.
    pub(super) cancel: String,
}
